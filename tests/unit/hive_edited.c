#include "hive_edited.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "reach/cage_nursery.h"

struct edited
edit_with(int fd, int log1, int log2, const struct reg_edit *edits, size_t count)
{
	struct hive_files files = { fd, { -1, log1, log2 }, "C:\\H" };
	struct edited e = { .fd = fd };

	e.heard = hive_edit(&files, edits, count, &e.states, e.why);
	cage_nursery_end();
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
	if (e.heard != HEARD)
		assert_true(e.states.before < 0 && e.states.ready < 0 &&
		            e.states.after < 0);
	return e;
}

struct edited
edit(const char *name, const struct reg_edit *edits, size_t count)
{
	return edit_with(hive_data_fd(name), -1, -1, edits, count);
}

struct edited
edit_once(const char *name, struct reg_edit edit)
{
	return edit_with(hive_data_fd(name), -1, -1, &edit, 1);
}

void
done(struct edited *e)
{
	hive_states_close(&e->states);
	close(e->fd);
}

void
is_done(const struct edited *e)
{
	if (e->heard != HEARD)
		fail_msg("%s", e->why);
	assert_string_equal(e->why, "");
}

void
is_refused(struct edited e, const char *why)
{
	assert_int_not_equal(e.heard, HEARD);
	assert_string_equal(e.why, why);
	done(&e);
}

/* Its name is its end. */
size_t
record_of(struct span s, const char *name)
{
	size_t len = strlen(name);

	for (size_t at = 4096 + 32; at + 80 + len < s.left; at += 4) {
		if (span_is(span_at(s, at, 2), "nk", 2) &&
		    span_is(span_at(s, at + 76, len), name, len) &&
		    s.at[at + 72] == len)
			return at;
	}
	fail_msg("no key %s", name);
	return 0;
}
