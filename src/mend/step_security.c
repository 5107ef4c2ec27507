/*
 * A file is given the descriptor of another one, in one call; the old one is kept, and
 * given back in one call.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/kept_parts.h"
#include "mend/step_parts.h"

#define DESCRIPTORS_MOST (2 * KEPT_XATTR_MOST + 16)

/* Appends its length and bytes. */
static enum err
read_descriptor(struct stage *stage, const char *path, struct spot *s, struct buf *out)
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };

	if (!bytes)
		return ERR_MEMORY;
	TRY(step_find(stage, path, s));
	if (!s->there)
		return step_refuse(
		    stage, "%s is not there any more; make the plan again", path);
	const struct kept_thing thing = spot_thing(stage, s);
	TRY(kept_get(&thing, NTFS_DESCRIPTOR, &v, stage->why));
	if (!v.there)
		return step_refuse(stage,
		                   "%s has no descriptor that this mount could give or "
		                   "take; mount the volume with ntfs-3g",
		                   s->path);
	buf_le32(out, (uint32_t)v.len);
	buf_put(out, v.bytes, v.len);
	return OK;
}

enum err
step_keep_security(struct stage *stage, const char *path, const char *like,
                   struct step_row *out)
{
	struct spot s = { .folder = -1, .thing = -1 };
	struct spot model = { .folder = -1, .thing = -1 };
	struct step_facts facts;
	struct buf both;

	*out = (struct step_row){ .kind = STEP_SECURITY, .state = STEP_KEPT };
	buf_init(&both, DESCRIPTORS_MOST);
	enum err err = step_begin(stage, &facts);
	if (err == OK)
		err = read_descriptor(stage, path, &s, &both);
	if (err == OK)
		err = read_descriptor(stage, like, &model, &both);
	if (err == OK) {
		(void)text_copy(out->path, sizeof out->path, s.path);
		facts.own = buf_span(&both);
		err = both.bad ? ERR_MEMORY : step_add(stage, &facts, out);
	}
	buf_free(&both);
	spot_close(&s);
	spot_close(&model);
	return err;
}

/* The two descriptors of a row. */
struct pair {
	struct span before;
	struct span after;
};

static enum err
pair_of(const struct place *p, struct pair *out)
{
	struct span s = p->facts.own;
	uint32_t before = span_le32(&s);

	out->before = span_cut(&s, before);
	uint32_t after = span_le32(&s);
	out->after = span_cut(&s, after);
	if (!s.bad && out->before.left > 0 && out->after.left > 0)
		return OK;
	return step_refuse(p->stage,
	                   "the journal's entry on %s is not what this version writes; "
	                   "use the version that wrote it",
	                   p->row->path);
}

/* Is this what it has now? */
static enum err
has(const struct place *p, struct span descriptor, bool *is)
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	const struct kept_thing thing = spot_thing(p->stage, &p->spot);
	struct kept_value v = { .bytes = bytes };

	if (!bytes)
		return ERR_MEMORY;
	TRY(kept_get(&thing, NTFS_DESCRIPTOR, &v, p->stage->why));
	*is = v.there && span_is(descriptor, v.bytes, v.len);
	return OK;
}

static enum err
gone(const struct place *p)
{
	return step_refuse(p->stage,
	                   "%s is not there any more; put it back, then go on",
	                   p->row->path);
}

static enum stands
look_at(struct place *p)
{
	struct pair pair;
	bool is_before = false;
	bool is_after = false;

	if (pair_of(p, &pair) != OK)
		return STANDS_UNREAD;
	/* A later step may have taken it off: it comes back before this is undone. */
	if (p->has_no_folder || !p->spot.there)
		return STANDS_AFTER;
	if (has(p, pair.before, &is_before) != OK ||
	    has(p, pair.after, &is_after) != OK)
		return STANDS_UNREAD;
	if (is_before)
		return STANDS_BEFORE;
	if (is_after)
		return STANDS_AFTER;
	(void)step_refuse(
	    p->stage,
	    "somebody has changed since who may open %s; look at it, then "
	    "set it yourself",
	    p->spot.path);
	return STANDS_OTHER;
}

static enum stands
look(struct stage *stage, struct step_row *row)
{
	return place_look(stage, row, look_at);
}

/* From one descriptor to another; what has neither is left alone. */
static enum err
change(struct place *p, struct span from, struct span to)
{
	bool was = false;
	bool is = false;

	if (!p->spot.there)
		return gone(p);
	TRY(has(p, to, &is));
	TRY(has(p, from, &was));
	if (!was && !is)
		return step_refuse(
		    p->stage,
		    "somebody has changed since who may open %s; look at "
		    "it, then begin again",
		    p->spot.path);
	step_may_write(p->stage, p->row);
	if (!is && setxattr(kept_path_of(p->spot.thing).text, NTFS_DESCRIPTOR, to.at,
	                    to.left, 0) != 0)
		return step_because(p->stage, "set who may open", p->spot.path, errno);
	TRY(has(p, to, &is));
	if (!is)
		return step_refuse(
		    p->stage,
		    "who may open %s was set, and is something else now; "
		    "check the file system",
		    p->spot.path);
	return place_settle(p, TIMES_AS_THEY_ARE);
}

static enum err
give(struct place *p)
{
	struct pair pair;

	TRY(pair_of(p, &pair));
	return change(p, pair.before, pair.after);
}

static enum err
give_back(struct place *p)
{
	struct pair pair;

	TRY(pair_of(p, &pair));
	return change(p, pair.after, pair.before);
}

static enum err
apply(struct stage *stage, struct step_row *row)
{
	return place_run(stage, row, give);
}

static enum err
undo(struct stage *stage, struct step_row *row)
{
	return place_run(stage, row, give_back);
}

const struct step_ops step_security_ops = { "descriptor", apply, look, undo };
