#include "log_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/own.h"
#include "format/evtx.h"

#define TIME 133000000000000000 /* 2022-06-18 */

/* ---- a reader that obeys */

struct evtx *__real_evtx_new(log_event_seen, void *);
struct evtx *__wrap_evtx_new(log_event_seen, void *);
enum heard __real_evtx_chunk_read(struct evtx *, struct span, uint64_t,
                                  struct log_tally *);
enum heard __wrap_evtx_chunk_read(struct evtx *, struct span, uint64_t,
                                  struct log_tally *);

static log_event_seen told_to;
static void *told_with;

struct evtx *
__wrap_evtx_new(log_event_seen seen, void *with)
{
	told_to = seen;
	told_with = with;
	return __real_evtx_new(seen, with);
}

/* A logon that failed, of the user whose name is behind the command. */
static void
give(struct span chunk, uint16_t id, struct log_tally *tally)
{
	struct log_event e = {
		.provider = id == 1102 ? LOG_EVENTLOG : LOG_AUDITING,
		.id = id,
		.is_failure = true,
		.time = TIME,
		.status = 0xC000006A,
		.logon_type = 3,
	};

	e.text[LOG_USER] = span_at(chunk, 2, 16);
	e.text[LOG_COMPUTER] = span_of("W\0A\0R\0D\0", 8);
	e.text[LOG_ADDRESS] = span_of("1\0.\0002\0.\0003\0.\0004\0", 14);
	tally->records++;
	tally->security++;
	tally->first = tally->last = TIME;
	told_to(told_with, &e);
}

enum heard
__wrap_evtx_chunk_read(struct evtx *e, struct span chunk, uint64_t offset,
                       struct log_tally *tally)
{
	struct span s = chunk;

	switch (span_le16(&s)) {
	case '+': give(chunk, 4625, tally); return HEARD;
	case '0': give(chunk, 1102, tally); return HEARD;
	case 'x': abort();
	case '*':
		for (size_t i = 0; i < LOG_SAMPLE_MANY; i++)
			give(chunk, 4625, tally);
		return HEARD;
	default: return __real_evtx_chunk_read(e, chunk, offset, tally);
	}
}

/* ---- logs */

struct temp_tree log_sample_tree;

/* A log with a chunk for each command, and the name of an account in each of them. */
void
log_sample_put(const char *path, const char *commands, const char *account)
{
	size_t len = EVTX_HEAD + strlen(commands) * EVTX_CHUNK;
	OWN(own_mem) uint8_t *bytes = calloc(1, len);

	assert_non_null(bytes);
	memcpy(bytes, "ElfFile", 8);
	for (size_t i = 0; commands[i]; i++) {
		uint8_t *chunk = bytes + EVTX_HEAD + i * EVTX_CHUNK;

		chunk[0] = (uint8_t)commands[i];
		for (size_t c = 0; account[c] && c < 8; c++)
			chunk[2 + 2 * c] = (uint8_t)account[c];
	}
	temp_file(&log_sample_tree, path, bytes, len);
}

/* A log of the old kind: its header, which says that it is empty, and its end. */
void
log_sample_put_old(const char *path, size_t len)
{
	static const uint8_t head[] = {
		0x30, 0,    0,    0,    'L',  'f',  'L',  'e',  1,    0,    0,
		0,    1,    0,    0,    0,    0x30, 0,    0,    0,    0x30, 0,
		0,    0,    1,    0,    0,    0,    0,    0,    0,    0,    0,
		0,    1,    0,    0,    0,    0,    0,    0,    0,    0,    0,
		0x30, 0,    0,    0,    0x28, 0,    0,    0,    0x11, 0x11, 0x11,
		0x11, 0x22, 0x22, 0x22, 0x22, 0x33, 0x33, 0x33, 0x33, 0x44, 0x44,
		0x44, 0x44, 0x30, 0,    0,    0,    0x30, 0,    0,    0,    1,
		0,    0,    0,    0,    0,    0,    0,    0x28, 0,    0,    0,
	};
	OWN(own_mem) uint8_t *bytes = calloc(1, len);

	assert_non_null(bytes);
	assert_true(len >= sizeof head);
	memcpy(bytes, head, sizeof head);
	temp_file(&log_sample_tree, path, bytes, len);
}

/* ---- what is told */

enum err
log_sample_attempt(void *with, const struct attempt *a)
{
	struct log_sample_heard *h = with;

	if (h->attempts++ < 300) {
		buf_text(&h->lines, " ");
		buf_text(&h->lines, a->account);
	}
	return h->refuses;
}

enum err
log_sample_file(void *with, const struct log_told *t)
{
	static const char *const kinds[] = {
		[LOG_IS_EVT] = "evt",       [LOG_IS_EVTX] = "evtx",
		[LOG_IS_CARVED] = "carved", [LOG_IS_XML] = "xml",
		[LOG_IS_JSON] = "json",     [LOG_IS_CSV] = "csv",
		[LOG_IS_NONE] = "none",
	};
	struct log_sample_heard *h = with;
	size_t root = strlen(log_sample_tree.root) + 1;
	bool is_ours = strncmp(t->path, log_sample_tree.root, root - 1) == 0;

	buf_text(&h->lines, h->lines.len > 0 ? "\n" : "");
	buf_text(&h->lines, is_ours && t->path[root - 1] ? t->path + root : t->path);
	buf_text(&h->lines, " ");
	buf_text(&h->lines, kinds[t->kind]);
	if (t->why[0]) {
		buf_text(&h->lines, ": ");
		buf_text(&h->lines, t->why);
	}
	h->last = *t;
	if (h->cuts)
		assert_int_equal(truncate(h->cuts, 0), 0);
	h->cuts = NULL;
	return OK;
}

static bool
hear_progress(void *with, uint64_t done)
{
	struct log_sample_heard *h = with;

	assert_true(done >= h->done);
	h->done = done;
	return h->goes_on;
}

size_t
log_sample_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(d);
	while (readdir(d))
		count++;
	closedir(d);
	return count;
}

enum err
log_sample_read(struct log_sample_heard *h, const char *const *paths, size_t count)
{
	struct log_sink sink = { log_sample_attempt, log_sample_file, hear_progress,
		                 h };
	size_t before = log_sample_descriptors();

	h->goes_on = true;
	buf_init(&h->lines, 1u << 20);
	enum err err = log_files_read(paths, count, &sink);
	assert_int_equal(log_sample_descriptors(), before);
	return err;
}

/* Attempts come before the name of the file that they were in. */
void
log_sample_told(const char *path, const char *lines)
{
	struct log_sample_heard h = { .done = 0 };

	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_string_equal(buf_string(&h.lines), lines);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody left behind */
	assert_int_equal(errno, ECHILD);
	buf_free(&h.lines);
}

int
log_sample_make(void **state)
{
	(void)state;
	temp_make(&log_sample_tree);
	return 0;
}

int
log_sample_remove(void **state)
{
	(void)state;
	temp_remove(&log_sample_tree);
	return 0;
}
