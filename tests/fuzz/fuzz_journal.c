/*
 * A journal that somebody sent: opened as undo opens it, and walked completely.  It is
 * a file in memory, as SQLite wants a name.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mend/journal.h"

#define FILE_MOST (256u << 10)
#define PARTS_TRIED 3
#define BYTES_MOST (8u << 20) /* chunks may share their pages: not more than this */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static char path[64];

static void
put_file(const uint8_t *bytes, size_t len)
{
	if (!path[0]) {
		snprintf(path, sizeof path, "/dev/shm/confine-fuzz-%d", (int)getpid());
		/* Lines for people only; what the sanitizers say goes past it. */
		stderr = fopen("/dev/null", "w");
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	(void)close(fd);
}

static void
read_part(struct journal *j, int64_t step, int part)
{
	struct part_reader *r = NULL;
	static uint8_t piece[100000];
	uint64_t all = 0;
	size_t got = 1;

	if (journal_part_open(j, step, part, &r) != OK || !r)
		return;
	while (got > 0 && all < BYTES_MOST) {
		if (part_read(r, piece, sizeof piece, &got) != OK)
			break;
		all += got;
	}
	if (all > part_len(r))
		abort();
	part_close(r);
}

static enum err
read_step(void *with, struct step_row *row)
{
	struct journal *j = with;

	if (memchr(row->path, 0, sizeof row->path) == NULL)
		abort();
	for (int part = 0; part < PARTS_TRIED; part++)
		read_part(j, row->id, part);
	return OK;
}

static void
read_plan(struct journal *j)
{
	struct plan *p = NULL;
	struct step_row row;
	bool found = false;

	if (journal_plan(j, &p) != OK)
		return;
	if (p->count != journal_about(j)->changes)
		abort();
	for (size_t i = 0; i < p->count; i++) {
		if (journal_step_of(j, p->at[i].id, &row, &found) == OK)
			step_row_free(&row);
	}
	plan_free(p);
}

static void
walk(bool for_writing)
{
	struct journal *j = NULL;

	if (journal_open(path, for_writing, &j) != OK)
		return;
	read_plan(j);
	enum err err = journal_steps(j, for_writing, read_step, j);
	if (err == OK && for_writing)
		err = journal_set_state(j, JOURNAL_UNDOING);
	if (err == OK)
		err = journal_commit(j);
	journal_free(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > FILE_MOST)
		return 0;
	put_file(bytes, len);
	walk(false);
	walk(true);
	(void)unlink(path);
	return 0;
}
