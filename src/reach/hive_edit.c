/*
 * Copies in memory of their own, and up to three children: one brings a copy that is
 * not up to date there with its logs, one changes it, one compares.  The last sees the
 * bytes from a side that shares nothing with the others.
 */
#include "reach/hive_edit.h"

#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "format/hive_log.h"
#include "reach/cage.h"
#include "reach/hive_compare.h"
#include "reach/hive_copy.h"
#include "reach/hive_edit_pack.h"
#include "reach/hive_edit_serve.h"
#include "reach/hive_once.h"
#include "reach/regf_library.h"

#define SECONDS 60 /* 12 MB with 30,000 keys: edited in 0.1, compared in 1.5 */
#define MEMORY_AT_LEAST (128u << 20)
#define ANSWER_MOST 4096
#define GROWTH_MOST (64u << 20) /* by edits: four thousand of 16 KB */
#define PATH_MOST 160           /* long paths give way, so that the words have room */

static enum heard
about(enum heard heard, char why[WHY_ROOM], const char *what, const char *words)
{
	char whole[PATH_ROOM + WHY_ROOM];
	bool is_cut = strlen(what) > PATH_MOST;

	(void)snprintf(whole, sizeof whole, "%.*s%s: %s", PATH_MOST, what,
	               is_cut ? "..." : "", words);
	(void)text_copy_utf8(why, WHY_ROOM, whole);
	return heard;
}

static enum heard
about_key(enum heard heard, char why[WHY_ROOM], const char *path, const char *words)
{
	char what[PATH_ROOM + 8];

	if (path[0] == '\0')
		return about(heard, why, "its root", words);
	(void)snprintf(what, sizeof what, "key %s", path);
	return about(heard, why, what, words);
}

struct edits {
	const struct reg_edit *at;
	size_t count;
};

/* Begins a conversation about edits, which are the child's from here on. */
static enum heard
start(struct cage_service *service, struct edits edits, struct cage **out,
      char why[WHY_ROOM])
{
	struct buf packed;
	enum heard heard = HEARD;

	*out = NULL;
	if (!hive_edits_pack(edits.at, edits.count, &packed)) {
		heard = hive_no_memory(why);
	} else {
		service->arg = packed.at;
		service->arg_len = packed.len;
		heard = cage_start(service, out) == OK ? HEARD : hive_no_cage(why);
	}
	buf_free(&packed);
	return heard;
}

/* ---- do they differ? */

static const char *const differs_words[HIVE_DIFFERS_COUNT] = {
	[HIVE_SAME] = "",
	[HIVE_KEY_GONE] = "it would be gone, which no change asked for",
	[HIVE_KEY_NEW] = "it would be new, which no change asked for",
	[HIVE_KEY_DIFFERS] =
	    "its name, class or time would be another, which no change "
	    "asked for",
	[HIVE_SECURITY_DIFFERS] =
	    "its security would be another, which no change asked "
	    "for",
	[HIVE_VALUES_DIFFER] = "a value would be another, which no change asked for",
	[HIVE_NOT_DONE] = "it would not be as the change wants it",
	[HIVE_UNREAD_BEFORE] =
	    "a second reader (libregf) cannot read it, so a change "
	    "could not be verified; look for an older copy of the hive",
	[HIVE_UNREAD_AFTER] = "a second reader (libregf) could not read it any more",
	[HIVE_TOO_DEEP] =
	    "it lies deeper than Windows allows; look at it with a registry "
	    "editor",
	[HIVE_NO_MEMORY] = "there was no memory to verify it; close other programs",
};

static enum heard
heard_of(enum hive_differs found)
{
	return found == HIVE_SAME                                  ? HEARD
	       : found == HIVE_NO_MEMORY || found == HIVE_TOO_DEEP ? NOT_ASKED
	                                                           : HEARD_ODD;
}

/* Is it what a change did, and not how the hive was? */
static bool
is_ours(enum hive_differs found)
{
	return (found >= HIVE_KEY_GONE && found <= HIVE_NOT_DONE) ||
	       found == HIVE_UNREAD_AFTER;
}

static enum heard
differs_because(struct span answer, char why[WHY_ROOM])
{
	char path[PATH_ROOM] = "";
	char words[WHY_ROOM];
	unsigned found = span_u8(&answer);

	(void)span_copy(answer, path, sizeof path - 1);
	if (found == HIVE_SAME)
		return HEARD;
	if (found == 0 || found >= HIVE_DIFFERS_COUNT)
		return hive_died(HEARD_ODD, SECONDS, why);
	(void)snprintf(words, sizeof words, "%s%s", differs_words[found],
	               is_ours(found)
	                   ? ", so nothing of this is written; report it with "
	                     "the hive"
	                   : "");
	return about_key(heard_of(found), why, path, words);
}

static struct cage_limits
comparing_limits(uint64_t len)
{
	return (struct cage_limits){ SECONDS, MEMORY_AT_LEAST + 8 * (size_t)len,
		                     ANSWER_MOST };
}

static bool
load_reader(void)
{
	char why[WHY_ROOM];

	return regf_library_load(why) == OK;
}

static enum heard
begin_comparing(const int hives[2], struct edits edits, struct cage **out,
                char why[WHY_ROOM])
{
	struct cage_service service = {
		.serve = hive_compare_serve,
		.in_fds = { hives[HIVE_BEFORE], hives[HIVE_AFTER] },
		.in_count = 2,
		.prepare = load_reader,
		.limits = comparing_limits(hive_length(hives[HIVE_BEFORE]) +
		                           hive_length(hives[HIVE_AFTER])),
	};

	enum heard heard = start(&service, edits, out, why);
	if (heard == HEARD || regf_library_load(why) == OK)
		return heard;
	return NOT_ASKED; /* and it said why */
}

/* Waits for its answer.  It is not needed any more then, and ends while we go on. */
static enum heard
hear_out(struct cage *cage, struct buf *answer, char why[WHY_ROOM])
{
	struct cage_limits limits = { .seconds = SECONDS };
	uint8_t go = 0;
	enum heard heard = hive_ask(cage, &limits, span_of(&go, 1), answer, why);

	cage_dismiss(cage);
	return heard;
}

static enum heard
end_comparing(struct cage *cage, char why[WHY_ROOM])
{
	struct buf answer;

	buf_init(&answer, ANSWER_MOST);
	enum heard heard = hear_out(cage, &answer, why);
	if (heard == HEARD)
		heard = differs_because(buf_span(&answer), why);
	buf_free(&answer);
	return heard;
}

enum heard
hive_differ_only_in(int before, int after, const struct reg_edit *edits, size_t count,
                    char why[WHY_ROOM])
{
	struct cage *cage = NULL;
	int hives[2] = { [HIVE_BEFORE] = before, [HIVE_AFTER] = after };

	why[0] = '\0';
	enum heard heard = begin_comparing(hives, (struct edits){ edits, count }, &cage,
	                                   why);
	if (heard == HEARD)
		heard = end_comparing(cage, why);
	cage_end(cage);
	return heard;
}

/* ---- up to date */

static enum heard
not_up_to_date(const char *note, char why[WHY_ROOM])
{
	(void)snprintf(why, WHY_ROOM,
	               "%.300s, so it is not changed; start this Windows and shut it "
	               "down properly, then try again",
	               note);
	return NOT_ASKED;
}

/* Its base block says that no write was under way, and that all of it is there. */
static bool
is_up_to_date(int fd)
{
	uint8_t bytes[HIVE_BASE];
	struct hive_base base;

	return pread(fd, bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes &&
	       hive_base_read(span_of(bytes, sizeof bytes), &base) == HEARD &&
	       base.is_sound && base.begun == base.ended && base.major == 1 &&
	       hive_length(fd) >= HIVE_HEAD + (uint64_t)base.bins_len;
}

static enum heard
share(int fd, int *out, char why[WHY_ROOM])
{
	*out = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return *out >= 0 ? HEARD : hive_no_memory(why);
}

static enum heard
replay_logs(const struct hive_files *files, struct hive_states *s, char why[WHY_ROOM])
{
	struct hive_files copy = *files;
	struct hive_state state;
	struct hive *h = NULL;

	copy.fd = s->before;
	enum heard heard = hive_open(&copy, &h, &state, why);
	if (heard != HEARD)
		return heard;
	s->was_dirty = state.dirty;
	heard = state.note[0] == '\0' ? share(hive_memfd(h), &s->ready, why)
	                              : not_up_to_date(state.note, why);
	hive_free(h);
	return heard;
}

static enum heard
bring_up_to_date(const struct hive_files *files, struct hive_states *s,
                 char why[WHY_ROOM])
{
	return is_up_to_date(s->before) ? share(s->before, &s->ready, why)
	                                : replay_logs(files, s, why);
}

/* ---- the edits */

static enum heard
said_because(struct span answer, const struct hive_states *s, char why[WHY_ROOM])
{
	uint8_t said = span_u8(&answer);
	uint32_t at = span_le32(&answer);

	if (answer.bad || !hive_said_words(said))
		return hive_died(HEARD_ODD, SECONDS, why);
	if (said == HIVE_SAID_IT)
		return HEARD;
	if (at < s->count)
		return about_key(hive_said_heard(said), why, s->edits[at].key,
		                 hive_said_words(said));
	(void)text_copy_utf8(why, WHY_ROOM, hive_said_words(said));
	return hive_said_heard(said);
}

/*
 * The library turns names from one encoding into another with iconv, which loads what
 * it needs from files when it is first asked; in the cage that would be the end.  So
 * it is loaded before, for as long as we live.
 */
static bool
load_encodings(void)
{
	static const char *const pairs[][2] = {
		{ "UTF-8", "LATIN1" },
		{ "LATIN1", "UTF-8" },
		{ "UTF-8", "UTF-16LE" },
		{ "UTF-16LE", "UTF-8" },
	};
	static iconv_t loaded[sizeof pairs / sizeof pairs[0]];

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		if (!loaded[i])
			loaded[i] = iconv_open(pairs[i][0], pairs[i][1]);
		if (loaded[i] == (iconv_t)-1) {
			loaded[i] = NULL;
			return false;
		}
	}
	return true;
}

static struct cage_limits
editing_limits(size_t len)
{
	return (struct cage_limits){ SECONDS, MEMORY_AT_LEAST + 4 * (len + GROWTH_MOST),
		                     ANSWER_MOST };
}

static enum heard
begin_editing(struct hive_states *s, char why[WHY_ROOM])
{
	struct edits edits = { s->edits, s->count };
	size_t len = (size_t)hive_length(s->after);
	struct cage_service service = {
		.serve = hive_edit_serve,
		.in_fds = { s->after },
		.in_count = 1,
		.prepare = load_encodings,
		.limits = editing_limits(len),
		.opens_memfd = true,
		.memfd_most = len + GROWTH_MOST,
	};

	return start(&service, edits, &s->editing, why);
}

static enum heard
end_editing(struct hive_states *s, char why[WHY_ROOM])
{
	struct buf answer;

	buf_init(&answer, ANSWER_MOST);
	enum heard heard = hear_out(s->editing, &answer, why);
	if (heard == HEARD)
		heard = said_because(buf_span(&answer), s, why);
	buf_free(&answer);
	if (heard == HEARD && !hive_fill_up(s->after, s->ready))
		heard = hive_no_memory(why);
	return heard;
}

/* ---- all of it */

static enum heard
make_copies(const struct hive_files *files, struct hive_states *s, char why[WHY_ROOM])
{
	uint64_t len = 0;
	enum heard heard = hive_copy(files->fd, &s->before, &len, why);

	if (heard == HEARD)
		heard = bring_up_to_date(files, s, why);
	if (heard == HEARD)
		heard = hive_copy(s->ready, &s->after, &len, why);
	return heard;
}

static void
end_cages(struct hive_states *s)
{
	cage_end(s->editing);
	cage_end(s->comparing);
	s->editing = s->comparing = NULL;
}

/* What it came to, in words about the hive. */
static enum heard
settle(struct hive_states *s, enum heard heard, const char *called,
       const char words[WHY_ROOM], char why[WHY_ROOM])
{
	if (heard == HEARD)
		return HEARD;
	hive_states_close(s);
	return about(heard, why, called, words);
}

enum heard
hive_edit_begin(const struct hive_files *files, const struct reg_edit *edits,
                size_t count, struct hive_states *out, char why[WHY_ROOM])
{
	char words[WHY_ROOM] = "";

	*out = (struct hive_states)HIVE_STATES_NONE;
	out->edits = edits;
	out->count = count;
	why[0] = '\0';
	if (count > REG_EDITS_MOST)
		return about(NOT_ASKED, why, files->called,
		             "more than 4,096 changes at once; make them in two runs");
	enum heard heard = make_copies(files, out, words);
	if (heard == HEARD && count > 0)
		heard = begin_editing(out, words);
	return settle(out, heard, files->called, words, why);
}

enum heard
hive_edit_compare(struct hive_states *s, const char *called, char why[WHY_ROOM])
{
	struct edits edits = { s->edits, s->count };
	int hives[2] = { [HIVE_BEFORE] = s->ready, [HIVE_AFTER] = s->after };
	char words[WHY_ROOM] = "";

	if (s->comparing || s->is_over || s->count == 0)
		return HEARD;
	enum heard heard = end_editing(s, words);
	if (heard == HEARD)
		heard = begin_comparing(hives, edits, &s->comparing, words);
	return settle(s, heard, called, words, why);
}

enum heard
hive_edit_end(struct hive_states *s, const char *called, char why[WHY_ROOM])
{
	char words[WHY_ROOM] = "";
	enum heard heard = hive_edit_compare(s, called, why);

	if (heard != HEARD || s->is_over)
		return heard;
	if (s->comparing)
		heard = end_comparing(s->comparing, words);
	s->is_over = true;
	return settle(s, heard, called, words, why);
}

enum heard
hive_edit(const struct hive_files *files, const struct reg_edit *edits, size_t count,
          struct hive_states *out, char why[WHY_ROOM])
{
	enum heard heard = hive_edit_begin(files, edits, count, out, why);

	if (heard == HEARD)
		heard = hive_edit_end(out, files->called, why);
	end_cages(out);
	return heard;
}

void
hive_states_close(struct hive_states *s)
{
	int *const fds[] = { &s->before, &s->ready, &s->after };

	end_cages(s);
	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}
