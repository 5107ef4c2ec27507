#include "journal_sample.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "plan_sample.h"

static char folder[64];

static int
make_folder(const char *above)
{
	snprintf(folder, sizeof folder, "%s/confine-journal-XXXXXX", above);
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

int
journal_folder_made(void **state)
{
	(void)state;
	return make_folder("/tmp");
}

int
journal_folder_in_memory(void **state)
{
	(void)state;
	return make_folder(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

static int
remove_one(const char *path, const struct stat *s, int what, struct FTW *at)
{
	(void)s;
	(void)what;
	(void)at;
	return remove(path);
}

int
journal_folder_gone(void **state)
{
	(void)state;
	return chdir("/") == 0 && nftw(folder, remove_one, 16,
	                               FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0
	           ? 0
	           : -1;
}

struct run
journal_run(void)
{
	static char confine[] = "confine";
	static char clean[] = "clean";
	static char machine[] = "/mnt/c";
	static char *const words[] = { confine, clean, machine };

	return (struct run){ .started_ms = JOURNAL_STARTED,
		             .version = "0.1.0",
		             .command = "clean",
		             .argv = words,
		             .argc = 3 };
}

struct journal *
journal_of_sample(void)
{
	struct journal *j = NULL;
	struct plan *p = plan_sample();
	struct run run = journal_run();

	assert_int_equal(journal_make("j", &run, p, -1, &j), OK);
	plan_free(p);
	return j;
}

struct journal *
journal_reopened(bool for_writing)
{
	struct journal *j = NULL;

	assert_int_equal(journal_open(JOURNAL_PATH, for_writing, &j), OK);
	return j;
}

int64_t
journal_put_step(struct journal *j, const char *path)
{
	struct step_row row = { .kind = 2, .state = 1 };

	(void)text_copy(row.path, sizeof row.path, path);
	buf_init(&row.facts, 64);
	buf_text(&row.facts, "facts of ");
	buf_text(&row.facts, path);
	assert_int_equal(journal_add_step(j, &row), OK);
	step_row_free(&row);
	return row.id;
}

/* Not the same in any two chunks, nor in any two parts. */
static uint8_t
byte_at(int part, uint64_t at)
{
	return (uint8_t)(at * 2654435761u >> 11 ^ at >> 13 ^ (uint64_t)part);
}

#define PIECE 40000u /* no divisor of a chunk */

enum err
journal_put_part(struct journal *j, int64_t step, int part, uint64_t len)
{
	struct part_writer *w = NULL;
	char sha256[SHA256_TEXT];
	uint8_t piece[PIECE];
	uint64_t got = 0;
	size_t n = 0;

	TRY(journal_part_begin(j, step, part, &w));
	for (uint64_t at = 0; at < len; at += n) {
		n = len - at < PIECE ? (size_t)(len - at) : PIECE;
		for (size_t i = 0; i < n; i++)
			piece[i] = byte_at(part, at + i);
		enum err err = part_write(w, span_of(piece, n));
		if (err != OK) {
			part_drop(w);
			return err;
		}
	}
	TRY(part_end(w, &got, sha256));
	assert_int_equal(got, len);
	assert_int_equal(strlen(sha256), 64);
	return OK;
}

uint64_t
journal_part_is_whole(struct journal *j, int64_t step, int part)
{
	struct part_reader *r = NULL;
	static uint8_t piece[100000];
	size_t got = 1;
	uint64_t len = 0;

	assert_int_equal(journal_part_open(j, step, part, &r), OK);
	assert_non_null(r);
	while (got > 0) {
		assert_int_equal(part_read(r, piece, sizeof piece, &got), OK);
		for (size_t i = 0; i < got; i++) {
			if (piece[i] != byte_at(part, len + i))
				fail();
		}
		len += got;
	}
	assert_int_equal(part_len(r), len);
	part_close(r);
	return len;
}
