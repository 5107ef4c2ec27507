#include "format/hive_log.h"

#include <string.h>

#include "format/hive_marvin.h"

#define PAGE 4096
#define SECTOR 512
#define CHECKSUM_AT 508
#define ENTRY_HEAD 40   /* of a log entry */
#define ENTRY_HASHED 32 /* of those, by the second hash */
#define REFERENCE 8
#define BROKEN_MOST 8 /* each costs the time to hash it */
#define FIRST_BIN_WRITTEN_AT (HIVE_HEAD + 20)

static const uint8_t base_signature[4] = { 'r', 'e', 'g', 'f' };
static const uint8_t entry_signature[4] = { 'H', 'v', 'L', 'E' };
static const uint8_t dirt_signature[4] = { 'D', 'I', 'R', 'T' };

/* ---- base blocks */

uint32_t
hive_base_checksum(struct span base)
{
	struct span s = span_at(base, 0, CHECKSUM_AT);
	uint32_t sum = 0;

	while (s.left > 0)
		sum ^= span_le32(&s);
	if (sum == UINT32_MAX)
		return UINT32_MAX - 1;
	return sum == 0 ? 1 : sum;
}

enum heard
hive_base_read(struct span file, struct hive_base *out)
{
	struct span base = span_at(file, 0, HIVE_BASE);
	struct span s = base;

	*out = (struct hive_base){ .is_sound = false };
	if (base.bad)
		return HEARD_SHORT;
	struct span signature = span_cut(&s, sizeof base_signature);
	out->begun = span_le32(&s);
	out->ended = span_le32(&s);
	out->written = span_le64(&s);
	out->major = span_le32(&s);
	out->minor = span_le32(&s);
	out->kind = span_le32(&s);
	(void)span_cut(&s, 8); /* always "direct memory load"; the root's place */
	out->bins_len = span_le32(&s);
	out->cluster = span_le32(&s);
	struct span sum = span_at(base, CHECKSUM_AT, 4);
	out->is_sound = span_le32(&sum) == hive_base_checksum(base);
	return span_is(signature, base_signature, sizeof base_signature) ? HEARD
	                                                                 : HEARD_ODD;
}

/* ---- writing to the hive */

static bool
fits(const struct hive_image *h, uint64_t offset, uint64_t len)
{
	return offset <= h->room && len <= h->room - offset;
}

static void
put(struct hive_image *h, size_t offset, struct span bytes)
{
	if (!bytes.bad && bytes.left > 0 && fits(h, offset, bytes.left))
		memcpy(h->at + offset, bytes.at, bytes.left);
}

static void
put_le32(struct hive_image *h, size_t offset, uint32_t v)
{
	uint8_t bytes[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
		             (uint8_t)(v >> 24) };

	put(h, offset, span_of(bytes, sizeof bytes));
}

/* The bins may have grown; their number is that of the log. */
static void
take_length(struct hive_image *h, uint32_t bins_len)
{
	put_le32(h, 40, bins_len);
	if (h->len < HIVE_HEAD + (size_t)bins_len)
		h->len = HIVE_HEAD + (size_t)bins_len;
}

/* The base block of a hive whose last write was this one, and ended. */
static void
seal(struct hive_image *h, uint32_t sequence)
{
	put_le32(h, 4, sequence);
	put_le32(h, 8, sequence);
	put_le32(h, 28, HIVE_PRIMARY);
	put_le32(h, CHECKSUM_AT, hive_base_checksum(span_of(h->at, HIVE_BASE)));
}

static bool
is_length(const struct hive_image *h, uint32_t bins_len)
{
	return bins_len > 0 && bins_len % PAGE == 0 && fits(h, HIVE_HEAD, bins_len);
}

/* ---- the logs */

struct log {
	struct span bytes;
	struct hive_base base;
};

struct logs {
	struct log at[HIVE_LOGS_MOST];
	size_t count;
};

/* The state that a replay works on. */
struct replay {
	struct hive_image *hive;
	struct hive_base base; /* of the hive */
	struct hive_replay *told;
};

static bool
is_old(uint32_t kind)
{
	return kind == HIVE_LOG_XP || kind == HIVE_LOG_2000;
}

/* Those that are whole, of one format, in the order of the files. */
static void
choose_logs(const struct span given[HIVE_LOGS_MOST], bool old, struct logs *out)
{
	out->count = 0;
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++) {
		struct log *l = &out->at[out->count];

		l->bytes = given[i];
		if (hive_base_read(given[i], &l->base) != HEARD || !l->base.is_sound ||
		    l->base.begun != l->base.ended)
			continue;
		if (old ? is_old(l->base.kind) : l->base.kind == HIVE_LOG_ENTRIES)
			out->count++;
	}
}

static void
rebuild_base(struct replay *r, const struct log *l)
{
	put(r->hive, 0, span_at(l->bytes, 0, HIVE_BASE));
	seal(r->hive, l->base.begun);
	r->told->rebuilt = true;
}

/* ---- the old format: which sectors of 512 bytes are dirty, then those */

struct dirt {
	struct span bitmap; /* a bit for each sector of the bins, lowest first */
	struct span sectors;
};

static size_t
count_bits(struct span bytes)
{
	size_t count = 0;

	while (bytes.left > 0)
		count += (size_t)__builtin_popcount(span_u8(&bytes));
	return count;
}

/* False where it is cut short, or none: then nothing of it may be used. */
static bool
dirt_read(const struct log *l, struct dirt *out)
{
	bool is_sector = l->base.cluster == 2 || l->base.cluster == 4 ||
	                 l->base.cluster == 8;
	size_t head = SECTOR * (is_sector ? (size_t)l->base.cluster : 1);
	size_t bitmap = l->base.bins_len / SECTOR / 8;
	size_t behind = head + sizeof dirt_signature + bitmap;
	size_t sectors = (behind + SECTOR - 1) / SECTOR * SECTOR;
	struct span s = l->bytes;

	(void)span_cut(&s, head);
	if (!span_is(span_cut(&s, sizeof dirt_signature), dirt_signature,
	             sizeof dirt_signature))
		return false;
	out->bitmap = span_cut(&s, bitmap);
	out->sectors = span_at(l->bytes, sectors, count_bits(out->bitmap) * SECTOR);
	return !out->bitmap.bad && !out->sectors.bad;
}

static void
apply_dirt(struct hive_image *h, const struct dirt *d)
{
	struct span bitmap = d->bitmap;
	struct span sectors = d->sectors;
	size_t at = HIVE_HEAD;

	while (bitmap.left > 0) {
		unsigned byte = span_u8(&bitmap);

		for (unsigned bit = 0; bit < 8; bit++, at += SECTOR) {
			if (byte >> bit & 1)
				put(h, at, span_cut(&sectors, SECTOR));
		}
	}
}

/* When the hive was written last; its first bin has a copy. */
static uint64_t
time_of_hive(const struct replay *r)
{
	struct span bin = span_at(span_of(r->hive->at, r->hive->len),
	                          FIRST_BIN_WRITTEN_AT, 8);

	return r->base.is_sound ? r->base.written : span_le64(&bin);
}

/*
 * The one that goes with the last write that was begun.  Where none has its time, a
 * later one holds all that writes which failed ought to have written; Windows 8 takes
 * it always, earlier ones only where the base block is lost.
 */
static const struct log *
fitting_old_log(const struct replay *r, const struct logs *logs)
{
	uint64_t written = time_of_hive(r);
	const struct log *last = NULL;

	for (size_t i = 0; i < logs->count; i++) {
		const struct log *l = &logs->at[i];

		if (l->base.written == written)
			return l;
		if (l->base.written > written &&
		    (!last || l->base.written > last->base.written))
			last = l;
	}
	return last;
}

static void
replay_old(struct replay *r, const struct logs *logs)
{
	const struct log *l = fitting_old_log(r, logs);
	struct dirt d;

	if (!l || !is_length(r->hive, l->base.bins_len) || !dirt_read(l, &d))
		return;
	if (!r->base.is_sound)
		rebuild_base(r, l);
	apply_dirt(r->hive, &d);
	take_length(r->hive, l->base.bins_len);
	seal(r->hive, l->base.begun);
	r->told->replayed = true;
}

/* ---- the new format: one entry behind the other */

struct entry {
	uint32_t sequence;
	uint32_t bins_len;
	uint32_t count;
	struct span references;
	struct span pages;
};

static bool
hashes_fit(struct span whole, uint64_t body_hash, uint64_t head_hash)
{
	struct span body = whole;

	(void)span_cut(&body, ENTRY_HEAD);
	return hive_marvin(span_at(whole, 0, ENTRY_HASHED)) == head_hash &&
	       hive_marvin(body) == body_hash;
}

/* Do all pages lie in the bins, and is each of them there? */
static bool
pages_fit(const struct entry *e)
{
	struct span references = e->references;
	struct span pages = e->pages;

	while (references.left > 0) {
		uint32_t offset = span_le32(&references);
		uint32_t len = span_le32(&references);

		if (len > e->bins_len || offset > e->bins_len - len)
			return false;
		(void)span_cut(&pages, len);
	}
	return !pages.bad;
}

/* Takes one off the front; false where it is not one, or not whole. */
static bool
entry_next(struct span *rest, const struct hive_image *h, struct entry *out)
{
	struct span s = *rest;

	struct span signature = span_cut(&s, sizeof entry_signature);
	uint32_t len = span_le32(&s);
	(void)span_le32(&s); /* flags: of transactions, none of our business */
	out->sequence = span_le32(&s);
	out->bins_len = span_le32(&s);
	out->count = span_le32(&s);
	uint64_t body_hash = span_le64(&s);
	uint64_t head_hash = span_le64(&s);
	if (s.bad || !span_is(signature, entry_signature, sizeof entry_signature) ||
	    len % SECTOR != 0 || len < ENTRY_HEAD || len > rest->left)
		return false;
	struct span whole = span_cut(rest, len);
	s = whole;
	(void)span_cut(&s, ENTRY_HEAD);
	if (out->count > s.left / REFERENCE || !is_length(h, out->bins_len))
		return false;
	out->references = span_cut(&s, (size_t)out->count * REFERENCE);
	out->pages = s;
	return hashes_fit(whole, body_hash, head_hash) && pages_fit(out);
}

static void
apply_entry(struct replay *r, struct entry e)
{
	while (e.references.left > 0) {
		uint32_t offset = span_le32(&e.references);
		uint32_t len = span_le32(&e.references);

		put(r->hive, HIVE_HEAD + (size_t)offset, span_cut(&e.pages, len));
	}
	take_length(r->hive, e.bins_len);
	seal(r->hive, e.sequence);
	r->told->entries++;
	r->told->replayed = true;
}

/* Entries one after the other; *next is the number that has to come. */
static void
apply_entries(struct replay *r, const struct log *l, uint32_t *next)
{
	struct span rest = l->bytes;
	struct entry e;

	(void)span_cut(&rest, SECTOR);
	*next = l->base.begun;
	while (entry_next(&rest, r->hive, &e) && e.sequence == *next) {
		apply_entry(r, e);
		(*next)++;
	}
}

/*
 * The number of the last sound entry anywhere in the log, also behind a broken one; 0
 * where there is none from `first` on.  With more broken ones than a log can have by
 * accident no more is looked for, and it is UINT32_MAX.
 */
static uint32_t
last_sound_entry(const struct hive_image *h, const struct log *l, uint32_t first)
{
	struct span rest = l->bytes;
	uint32_t last = 0;
	unsigned broken = 0;

	(void)span_cut(&rest, SECTOR);
	while (rest.left >= SECTOR && broken <= BROKEN_MOST) {
		struct span here = rest;
		struct entry e;

		if (entry_next(&rest, h, &e)) {
			if (e.sequence >= first && e.sequence > last)
				last = e.sequence;
			continue;
		}
		rest = here;
		broken += span_is(span_at(here, 0, sizeof entry_signature),
		                  entry_signature, sizeof entry_signature);
		(void)span_cut(&rest, SECTOR);
	}
	return broken > BROKEN_MOST ? UINT32_MAX : last;
}

/*
 * Where the replay did not come to the last one, something before that is broken.  An
 * entry that is broken and the last one is no loss: it was never written to its end.
 */
static bool
has_more(const struct replay *r, const struct logs *logs, uint32_t first)
{
	uint32_t last = 0;

	for (size_t i = 0; i < logs->count; i++) {
		uint32_t its = last_sound_entry(r->hive, &logs->at[i], first);

		last = its > last ? its : last;
	}
	return last > 0 && last - first + 1 != r->told->entries;
}

/* Three at most. */
static void
sort_by_sequence(struct logs *logs)
{
	for (size_t i = 1; i < logs->count; i++) {
		for (size_t k = i; k > 0; k--) {
			struct log *a = &logs->at[k - 1];
			struct log *b = &logs->at[k];

			if (a->base.begun > b->base.begun) {
				struct log earlier = *b;

				*b = *a;
				*a = earlier;
			}
		}
	}
}

/*
 * A log goes on where the one before ended.  What is older than the hive's last whole
 * write is in it already; without a base block nobody can say, and only the last log
 * is used.
 */
static void
replay_new(struct replay *r, struct logs *logs)
{
	uint32_t next = 0;
	uint32_t first = 0;
	size_t i = 0;

	sort_by_sequence(logs);
	if (!r->base.is_sound && logs->count > 0) {
		i = logs->count - 1;
		rebuild_base(r, &logs->at[i]);
	}
	for (; i < logs->count; i++) {
		const struct log *l = &logs->at[i];

		if (r->base.is_sound && l->base.begun < r->base.ended)
			continue;
		if (first == 0)
			first = l->base.begun;
		if (r->told->entries > 0 && l->base.begun != next)
			break;
		apply_entries(r, l, &next);
	}
	r->told->lost = first > 0 && has_more(r, logs, first);
}

enum heard
hive_log_replay(struct hive_image *h, const struct span given[HIVE_LOGS_MOST],
                struct hive_replay *told)
{
	struct replay r = { .hive = h, .told = told };
	struct logs old, fresh;

	*told = (struct hive_replay){ .dirty = false };
	if (h->len < HIVE_HEAD)
		return HEARD_SHORT;
	if (hive_base_read(span_of(h->at, h->len), &r.base) != HEARD)
		r.base.is_sound = false;
	told->dirty = !r.base.is_sound || r.base.begun != r.base.ended;
	if (!told->dirty)
		return HEARD;
	choose_logs(given, false, &fresh);
	choose_logs(given, true, &old);
	told->logs = (unsigned)(fresh.count + old.count);
	replay_new(&r, &fresh);
	if (!told->replayed && !told->rebuilt)
		replay_old(&r, &old);
	return HEARD;
}
