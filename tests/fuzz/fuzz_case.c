/*
 * A case that somebody sent: opened as `report` opens it, and read completely: hosts,
 * runs, what was changed on each; and then opened to be written.  It is a file in
 * memory, as SQLite wants a name.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keep/mends.h"
#include "keep/past.h"

#define FILE_MOST (128u << 10)
#define HOSTS_MOST 64 /* as far as one input is walked */

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

static enum err
see_mended(void *with, const struct mended *m)
{
	char words[MENDED_WORDS_ROOM];

	(void)with;
	if (!memchr(m->journal, 0, sizeof m->journal) ||
	    !memchr(m->command, 0, sizeof m->command) ||
	    !memchr(m->before, 0, sizeof m->before) ||
	    !memchr(m->after, 0, sizeof m->after))
		abort();
	if (!m->state || m->state > MENDED_PART_UNDONE || m->done > m->changes)
		abort();
	mended_words(m, words);
	return OK;
}

static enum err
see_row(void *with, const struct row *row)
{
	(void)with;
	if (!memchr(row->verdict.host, 0, sizeof row->verdict.host))
		abort();
	return OK;
}

static enum err
see_run(void *with, const struct past_run *past)
{
	(void)with;
	if (past->run.argv[past->run.argc])
		abort();
	return OK;
}

static enum err
see_host(struct case_file *c, const struct row *row)
{
	char host[sizeof row->verdict.host];

	/* What the next question gives out may lie where this row does. */
	memcpy(host, row->verdict.host, sizeof host);
	TRY(mends_of(c, row->verdict.key, see_mended, NULL));
	return past_rows(c, host, see_row, NULL);
}

static enum err
see_hosts(struct case_file *c)
{
	struct view view;
	static struct row rows[HOSTS_MOST];
	size_t count = 0;
	bool more = true;

	TRY(case_view(c, true, &view));
	enum err err = view.rewind(&view, VIEW_WORST_FIRST);
	while (err == OK && more && count < HOSTS_MOST) {
		err = view.next(&view, &rows[count], &more);
		count += err == OK && more;
	}
	case_view_end(&view);
	for (size_t i = 0; i < count && err == OK; i++)
		err = see_host(c, &rows[i]);
	return err;
}

static void
walk(enum case_mode mode)
{
	struct case_file *c = NULL;
	char journal[PATH_ROOM];
	char *spec = NULL;

	if (case_open(path, mode, &c) != OK)
		return;
	enum err err = see_hosts(c);
	if (err == OK)
		err = past_runs(c, see_run, NULL);
	if (err == OK)
		err = mends_last_journal(c, journal);
	if (err == OK)
		err = case_last_spec(c, "scan", &spec);
	free(spec);
	own_case(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > FILE_MOST)
		return 0;
	put_file(bytes, len);
	walk(CASE_READ);
	walk(CASE_WRITE);
	(void)unlink(path);
	return 0;
}
