#include "reach/hive_find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reach/hive_path.h"

#define DEPTH_MOST 64 /* Windows allows 512; nobody asks for half of these */

/* A key on the way, with what is below it once somebody wanted to know. */
struct step {
	hive_node_h key;
	struct span name;    /* as it was asked for; points into the path */
	enum hive_said said; /* of its children; 0: they were not asked for */
	hive_node_h *children;
	struct hive_name *names;
	size_t count;
	bool has_unnamed; /* a child whose record is damaged */
};

struct hive_find {
	hive_h *h;
	struct span bytes;
	struct step steps[DEPTH_MOST + 1]; /* the root is the first */
	size_t depth;                      /* the last one's index */
	char path[HIVE_PATH_MOST];         /* what their names point into */
};

static void
forget_children(struct step *s)
{
	free(s->children);
	free(s->names);
	*s = (struct step){ .key = s->key, .name = s->name };
}

/* Back to a key on the way. */
static void
go_back(struct hive_find *f, size_t depth)
{
	while (f->depth > depth)
		forget_children(&f->steps[f->depth--]);
}

struct hive_find *
hive_find_new(hive_h *h, struct span bytes)
{
	struct hive_find *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->h = h;
	f->bytes = bytes;
	f->steps[0].key = hivex_root(h);
	return f;
}

void
hive_find_free(struct hive_find *f)
{
	if (!f)
		return;
	go_back(f, 0);
	forget_children(&f->steps[0]);
	free(f);
}

/* ---- children */

static enum hive_said
read_names(struct hive_find *f, struct step *s)
{
	struct hive_key_head head;

	s->names = calloc(s->count + 1, sizeof *s->names);
	if (!s->names)
		return HIVE_SAID_MEMORY;
	for (size_t i = 0; i < s->count; i++) {
		if (hive_key_head_read(f->bytes, s->children[i], &head) == HEARD)
			s->names[i] = head.name;
		else
			s->has_unnamed = true;
	}
	return HIVE_SAID_IT;
}

static enum hive_said
read_children(struct hive_find *f, struct step *s)
{
	if (s->key == 0)
		return HIVE_SAID_RECORD;
	s->children = hivex_node_children(f->h, s->key);
	if (!s->children)
		return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_SUBKEYS;
	while (s->children[s->count])
		s->count++;
	return read_names(f, s);
}

static enum hive_said
want_children(struct hive_find *f, struct step *s)
{
	if (!s->said)
		s->said = read_children(f, s);
	return s->said;
}

enum hive_said
hive_find_children(struct hive_find *f, struct hive_found *out)
{
	struct step *s = &f->steps[f->depth];
	enum hive_said said = want_children(f, s);

	if (said == HIVE_SAID_IT && s->has_unnamed)
		said = HIVE_SAID_SUBKEYS;
	*out = (struct hive_found){ s->key, s->names, s->count };
	return said;
}

/* ---- paths */

/* The child of that name; all are looked at, as a second one would hide there. */
static enum hive_said
child_of(struct hive_find *f, struct step *s, struct span name, hive_node_h *out)
{
	enum hive_said said = want_children(f, s);
	size_t found = 0;

	if (said != HIVE_SAID_IT)
		return said;
	for (size_t i = 0; i < s->count; i++) {
		if (s->names[i].bytes.at && hive_name_is(s->names[i], name)) {
			*out = s->children[i];
			found++;
		}
	}
	if (found > 1)
		return HIVE_SAID_TWINS;
	if (found == 0)
		return s->has_unnamed ? HIVE_SAID_SUBKEYS : HIVE_SAID_NO_KEY;
	return HIVE_SAID_IT;
}

/* How many steps of the last way lead towards `path`; takes their names off it. */
static size_t
steps_in_common(const struct hive_find *f, struct span *path)
{
	size_t depth = 0;

	while (depth < f->depth && path->left > 0) {
		struct span rest = *path;
		struct span name = hive_path_next(&rest);
		struct span there = f->steps[depth + 1].name;

		if (!span_is(name, there.at, there.left))
			break;
		*path = rest;
		depth++;
	}
	return depth;
}

/* One step further: the key `name` below the last, which begins at `at` in the path. */
static enum hive_said
step_to(struct hive_find *f, struct span name, size_t at)
{
	hive_node_h key = 0;

	if (f->depth == DEPTH_MOST)
		return HIVE_SAID_DEEP;
	enum hive_said said = child_of(f, &f->steps[f->depth], name, &key);
	if (said != HIVE_SAID_IT)
		return said;
	f->steps[++f->depth] = (struct step){
		.key = key,
		.name = span_at(span_of(f->path, sizeof f->path), at, name.left),
	};
	return HIVE_SAID_IT;
}

enum hive_said
hive_find_path(struct hive_find *f, struct span path, size_t *used)
{
	struct span rest = path;

	*used = 0;
	if (path.left > sizeof f->path)
		return HIVE_SAID_DEEP;
	go_back(f, steps_in_common(f, &rest));
	/* The names of the steps that are kept stand at the same places in it. */
	(void)span_copy(path, f->path, sizeof f->path);
	while (rest.left > 0) {
		size_t at = path.left - rest.left;
		struct span name = hive_path_next(&rest);
		enum hive_said said = step_to(f, name, at);

		/* Damage is the parent's, twins are their own. */
		*used = said == HIVE_SAID_TWINS ? at + name.left : at > 0 ? at - 1 : 0;
		if (said != HIVE_SAID_IT)
			return said;
	}
	*used = path.left;
	return HIVE_SAID_IT;
}
