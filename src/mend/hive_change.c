#include "mend/hive_change.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "base/own.h"
#include "format/hive_log_write.h"

#define FACTS_VERSION 1
#define LOG_MOST (512u << 20)
#define TIMES_MOST (64u << 10)
#define FIRST_BIN_WRITTEN_AT (HIVE_HEAD + 20)

void
hive_change_init(struct hive_change *c)
{
	*c = (struct hive_change){ .was_dirty = false };
	buf_init(&c->hive_times, TIMES_MOST);
	buf_init(&c->log_times, TIMES_MOST);
	buf_init(&c->folder_times, TIMES_MOST);
	buf_init(&c->old_log, LOG_MOST);
	hive_runs_init(&c->change);
	hive_runs_init(&c->replay);
}

void
hive_change_free(struct hive_change *c)
{
	buf_free(&c->hive_times);
	buf_free(&c->log_times);
	buf_free(&c->folder_times);
	buf_free(&c->old_log);
	hive_runs_free(&c->change);
	hive_runs_free(&c->replay);
}

static void
sha256_of(struct span bytes, uint8_t out[HIVE_SHA256])
{
	struct sha256_ctx hash;

	sha256_init(&hash);
	sha256_update(&hash, bytes.left, bytes.at);
	sha256_digest(&hash, HIVE_SHA256, out);
}

/* ---- making one */

static void
put_le64(uint8_t *to, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

/* The first bin has a copy of the time, for when the first block is lost. */
static void
stamp_after(const struct hive_images *i, uint32_t number)
{
	hive_base_stamp(i->after, (struct hive_stamp){ number, number, i->written });
	put_le64(i->after + FIRST_BIN_WRITTEN_AT, i->written);
}

static void
fill_forms(const struct hive_images *i, uint32_t number, struct hive_change *out)
{
	uint8_t(*f)[HIVE_BASE] = out->forms;

	(void)span_copy(i->before, f[FORM_BEFORE], HIVE_BASE);
	(void)span_copy(i->ready, f[FORM_READY], HIVE_BASE);
	memcpy(f[FORM_AFTER], i->after, HIVE_BASE);
	memcpy(f[FORM_TO_AFTER], i->after, HIVE_BASE);
	hive_base_stamp(f[FORM_TO_AFTER],
	                (struct hive_stamp){ number, number - 1, i->written });
	memcpy(f[FORM_TO_READY], f[FORM_READY], HIVE_BASE);
	hive_base_stamp(f[FORM_TO_READY],
	                (struct hive_stamp){ number + 1, number, i->written + 1 });
}

/* Nothing but HIVE_BASE of the first block may be another. */
static bool
same_head(struct span a, const uint8_t *b)
{
	return span_is(span_at(a, HIVE_BASE, HIVE_HEAD - HIVE_BASE), b + HIVE_BASE,
	               HIVE_HEAD - HIVE_BASE);
}

/* The same bytes in the same place, however many. */
static bool
is_one(struct span a, struct span b)
{
	return a.at == b.at && a.left == b.left;
}

static bool
same_bytes(struct span a, const struct hive_images *i)
{
	return span_is(a, i->after, i->after_len);
}

static const char *
refusal_of(const struct hive_images *i, const struct hive_base *ready)
{
	if (ready->cluster != 1)
		return "its logs count in sectors of another size than 512 bytes; "
		       "change it with the registry editor of its own Windows";
	if (!same_head(i->before, i->ready.at) || !same_head(i->ready, i->after))
		return "its first block would be another, which no change asked for, "
		       "so nothing of this is written; report it with the hive";
	return "more of it would be another than can be kept; make fewer changes at "
	       "once";
}

enum err
hive_change_between(const struct hive_images *i, struct hive_change *out,
                    const char **why)
{
	struct hive_base ready;

	*why = "it is too short for a registry hive; look for an older copy of it";
	if (i->before.left < 2 * (size_t)HIVE_HEAD || i->ready.left < i->before.left ||
	    i->after_len < i->ready.left || hive_base_read(i->ready, &ready) != HEARD)
		return ERR_REFUSED;
	*why = refusal_of(i, &ready);
	if (ready.cluster != 1 || !same_head(i->before, i->ready.at) ||
	    !same_head(i->ready, i->after))
		return ERR_REFUSED;
	if (!same_bytes(i->ready, i))
		stamp_after(i, ready.begun + 1);
	fill_forms(i, ready.begun + 1, out);
	out->before_len = i->before.left;
	out->ready_len = i->ready.left;
	out->after_len = i->after_len;
	out->was_dirty = !is_one(i->before, i->ready) &&
	                 !span_is(i->before, i->ready.at, i->ready.left);
	sha256_of(i->before, out->before_sha256);
	sha256_of(span_of(i->after, i->after_len), out->after_sha256);
	if (out->was_dirty)
		TRY(hive_runs_between(i->before, i->ready, &out->replay));
	return hive_runs_between(i->ready, span_of(i->after, i->after_len),
	                         &out->change);
}

bool
hive_change_is_empty(const struct hive_change *c)
{
	return memcmp(c->forms[FORM_AFTER], c->forms[FORM_READY], HIVE_BASE) == 0;
}

enum hive_form
hive_change_form(const struct hive_change *c, const uint8_t base[HIVE_BASE])
{
	for (unsigned form = 0; form < HIVE_FORMS; form++) {
		if (memcmp(c->forms[form], base, HIVE_BASE) == 0)
			return (enum hive_form)form;
	}
	return HIVE_FORMS;
}

/* ---- its logs */

static void
pages_of(const struct hive_change *c, enum hive_form form, struct hive_pages *pages)
{
	for (size_t i = 0; i < c->change.count; i++) {
		const struct hive_run *run = &c->change.at[i];

		pages[i].offset = (uint32_t)(run->offset - HIVE_HEAD);
		pages[i].bytes = form == FORM_TO_AFTER ? hive_run_new(&c->change, run)
		                                       : hive_run_old(&c->change, run);
	}
}

enum err
hive_change_log(const struct hive_change *c, enum hive_form form, struct buf *out)
{
	OWN(own_mem)
	struct hive_pages *pages = calloc(c->change.count + 1, sizeof *pages);
	uint8_t clean[HIVE_BASE];
	struct hive_base base;

	if (!pages)
		return ERR_MEMORY;
	pages_of(c, form, pages);
	memcpy(clean, c->forms[form], sizeof clean);
	if (hive_base_read(span_of(clean, sizeof clean), &base) != HEARD)
		return ERR_REFUSED;
	hive_base_stamp(clean,
	                (struct hive_stamp){ base.begun, base.begun, base.written });
	struct hive_log_new log = { span_of(clean, sizeof clean), c->log_kind, pages,
		                    c->change.count };
	if (hive_log_write(&log, out))
		return OK;
	return out->bad ? ERR_MEMORY : ERR_REFUSED;
}

/* ---- facts */

static void
put_part(struct buf *facts, const struct buf *part)
{
	buf_le32(facts, (uint32_t)part->len);
	buf_put(facts, part->at, part->len);
}

void
hive_change_put(const struct hive_change *c, struct buf *facts)
{
	buf_u8(facts, FACTS_VERSION);
	buf_u8(facts, c->was_dirty);
	buf_u8(facts, c->has_log);
	buf_put(facts, c->log_ending, LOG_ENDING_ROOM);
	buf_le32(facts, c->log_kind);
	buf_le64(facts, c->before_len);
	buf_le64(facts, c->ready_len);
	buf_le64(facts, c->after_len);
	buf_put(facts, c->before_sha256, HIVE_SHA256);
	buf_put(facts, c->after_sha256, HIVE_SHA256);
	for (unsigned form = 0; form < HIVE_FORMS; form++)
		buf_put(facts, c->forms[form], HIVE_BASE);
	put_part(facts, &c->hive_times);
	put_part(facts, &c->log_times);
	put_part(facts, &c->folder_times);
}

static void
read_part(struct span *s, struct buf *out)
{
	uint32_t len = span_le32(s);
	struct span part = span_cut(s, len);

	buf_put(out, part.at, part.left);
}

static bool
is_ending(const char ending[LOG_ENDING_ROOM])
{
	return strcmp(ending, ".LOG") == 0 || strcmp(ending, ".LOG1") == 0;
}

static bool
is_kind(uint32_t kind)
{
	return kind == HIVE_LOG_XP || kind == HIVE_LOG_2000 || kind == HIVE_LOG_ENTRIES;
}

enum err
hive_change_read(struct span s, struct hive_change *out)
{
	uint8_t version = span_u8(&s);

	out->was_dirty = span_u8(&s) != 0;
	out->has_log = span_u8(&s) != 0;
	(void)span_copy(span_cut(&s, LOG_ENDING_ROOM), out->log_ending,
	                LOG_ENDING_ROOM - 1);
	out->log_kind = span_le32(&s);
	out->before_len = span_le64(&s);
	out->ready_len = span_le64(&s);
	out->after_len = span_le64(&s);
	(void)span_copy(span_cut(&s, HIVE_SHA256), out->before_sha256, HIVE_SHA256);
	(void)span_copy(span_cut(&s, HIVE_SHA256), out->after_sha256, HIVE_SHA256);
	for (unsigned form = 0; form < HIVE_FORMS; form++)
		(void)span_copy(span_cut(&s, HIVE_BASE), out->forms[form], HIVE_BASE);
	read_part(&s, &out->hive_times);
	read_part(&s, &out->log_times);
	read_part(&s, &out->folder_times);
	if (out->hive_times.bad || out->log_times.bad || out->folder_times.bad)
		return ERR_MEMORY;
	bool is_sound = !s.bad && s.left == 0 && version == FACTS_VERSION &&
	                is_ending(out->log_ending) && is_kind(out->log_kind) &&
	                out->before_len <= out->ready_len &&
	                out->ready_len <= out->after_len;
	return is_sound ? OK : ERR_REFUSED;
}
