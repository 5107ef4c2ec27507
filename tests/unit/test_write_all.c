/* Writes that are cut short: by a limit, and by a pipe that is full. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sys/write_all.h"

static const char words[] = "what is written has to be there";
#define WORDS (sizeof words - 1)

static void
assert_holds(int fd, off_t from, const char *expected, size_t len)
{
	char got[64] = "";

	assert_int_equal(pread(fd, got, sizeof got, from), len);
	assert_memory_equal(got, expected, len);
}

static void
all_of_it_is_there(void **state)
{
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	int fd = fileno(f);
	assert_true(write_all(fd, span_of(words, 4)));
	assert_true(write_all(fd, span_of(words + 4, WORDS - 4)));
	assert_true(write_all(fd, span_of(words, 0)));
	assert_holds(fd, 0, words, WORDS);
	assert_true(write_all_at(fd, span_of("WHAT", 4), 0));
	assert_true(write_all_at(fd, span_of(words, WORDS), WORDS + 9));
	assert_holds(fd, WORDS + 9, words, WORDS);
	fclose(f);
}

/* The first write is short, the second one fails. */
static void
a_limit_on_the_way_is_said(void **state)
{
	struct rlimit old;
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	struct rlimit low = { 10, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	bool good = write_all(fileno(f), span_of(words, WORDS));
	int why = errno;
	bool at = write_all_at(fileno(f), span_of(words, 4), 7);
	int why_at = errno;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_false(good);
	assert_int_equal(why, EFBIG);
	assert_false(at);
	assert_int_equal(why_at, EFBIG);
	assert_holds(fileno(f), 0, "what iswha", 10);
	fclose(f);
}

static void
a_full_pipe_is_said(void **state)
{
	static const char much[1 << 20];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	assert_false(write_all(ends[1], span_of(much, sizeof much)));
	assert_int_equal(errno, EAGAIN);
	assert_false(write_all(-1, span_of(words, WORDS)));
	assert_int_equal(errno, EBADF);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_is_there),
		cmocka_unit_test(a_limit_on_the_way_is_said),
		cmocka_unit_test(a_full_pipe_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
