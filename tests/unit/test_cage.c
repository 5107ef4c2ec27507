#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/cage.h"
#include "sys/clock.h"

#define OUTPUT (64u << 10)

static enum heard
caged(int (*decode)(int, int, void *), int in_fd, void *arg, struct buf *answer)
{
	struct cage_work work = { decode, in_fd, arg, { 1, 32u << 20, OUTPUT } };
	enum heard heard = 0;

	buf_init(answer, 1 << 20);
	assert_int_equal(cage_run(&work, answer, &heard), OK);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody left behind */
	assert_int_equal(errno, ECHILD);
	return heard;
}

/* What became of a deed that has nothing to read. */
static enum heard
outcome(int (*deed)(int, int, void *))
{
	struct buf answer;
	enum heard heard = caged(deed, -1, NULL, &answer);

	buf_free(&answer);
	return heard;
}

/* Says "done" if it lives so long: then the deed was possible. */
static int
done(int out)
{
	return write(out, "done", 4) == 4 ? 0 : 1;
}

static int
shout(int in, int out, void *arg)
{
	char letters[64];
	ssize_t got = read(in, letters, sizeof letters);

	(void)arg;
	for (ssize_t i = 0; i < got; i++)
		letters[i] = (char)(letters[i] - 32);
	return write(out, letters, (size_t)got) == got ? 0 : 1;
}

static void
what_is_decoded_comes_back(void **state)
{
	struct buf answer;
	int in = memfd_create("in", 0);

	(void)state;
	assert_int_equal(write(in, "abc", 3), 3);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	assert_int_equal(caged(shout, in, NULL, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "ABC", 3));
	buf_free(&answer);
	assert_int_equal(close(in), 0);
}

static int
use_memory(int in, int out, void *arg)
{
	struct stat st;
	uint8_t *bytes = malloc(8u << 20);

	(void)in;
	(void)arg;
	if (!bytes || fstat(out, &st) != 0)
		return 1;
	memset(bytes, 1, 8u << 20);
	bytes = realloc(bytes, 16u << 20);
	free(bytes);
	return done(out);
}

static void
memory_and_fstat_are_to_be_had(void **state)
{
	struct buf answer;

	(void)state;
	assert_int_equal(caged(use_memory, -1, NULL, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "done", 4));
	buf_free(&answer);
}

static int
count_descriptors(int in, int out, void *arg)
{
	int most = *(int *)arg;

	if (in != -1)
		return 1;
	for (int fd = 0; fd <= most; fd++) {
#ifdef __SANITIZE_ADDRESS__
		if (fd == STDERR_FILENO)
			continue;
#endif
		if (fd != out && fcntl(fd, F_GETFD) >= 0)
			return 1;
	}
	return done(out);
}

static void
no_other_descriptor_is_there(void **state)
{
	struct buf answer;
	int secret = open("/etc/passwd", O_RDONLY);
	int high = fcntl(secret, F_DUPFD, 200);

	(void)state;
	assert_true(high >= 200);
	assert_int_equal(caged(count_descriptors, -1, &high, &answer), HEARD);
	assert_int_equal(answer.len, 4);
	buf_free(&answer);
	close(secret);
	close(high);
}

static int
crash(int in, int out, void *arg)
{
	volatile int *nowhere = NULL;

	(void)in;
	(void)out;
	(void)arg;
	signal(SIGSEGV, SIG_DFL);
	return *nowhere;
}

static int
give_up(int in, int out, void *arg)
{
	(void)in;
	(void)arg;
	return done(out) + 7;
}

static void
a_decoder_that_crashes_is_odd(void **state)
{
	(void)state;
	assert_int_equal(outcome(crash), HEARD_ODD);
}

static void
a_decoder_that_gives_up_is_odd(void **state)
{
	(void)state;
	assert_int_equal(outcome(give_up), HEARD_ODD);
}

static int
loop(int in, int out, void *arg)
{
	volatile unsigned turns = 0;

	(void)in;
	(void)out;
	(void)arg;
	for (;;)
		turns++;
	return 0;
}

static int
close_and_loop(int in, int out, void *arg)
{
	close(out);
	return loop(in, out, arg);
}

static void
a_decoder_that_loops_is_ended_in_time(void **state)
{
	int64_t began = clock_steady();

	(void)state;
	assert_int_equal(outcome(loop), HEARD_NOTHING);
	assert_int_equal(outcome(close_and_loop), HEARD_NOTHING);
	int64_t took = clock_steady() - began;
	assert_true(took >= 2000 && took < 6000);
}

static int
write_without_end(int in, int out, void *arg)
{
	char much[4096] = { 0 };

	(void)in;
	(void)arg;
	while (write(out, much, sizeof much) > 0)
		continue;
	return 0;
}

static void
a_decoder_that_never_stops_writing_is_short(void **state)
{
	struct buf answer;

	(void)state;
	assert_int_equal(caged(write_without_end, -1, NULL, &answer), HEARD_SHORT);
	assert_true(answer.len <= OUTPUT);
	buf_free(&answer);
}

static int
allocate_without_end(int in, int out, void *arg)
{
	(void)in;
	(void)arg;
	for (unsigned mega = 0; mega < 4096; mega++) {
		void *more = mmap(NULL, 1u << 20, PROT_READ | PROT_WRITE,
		                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (more == MAP_FAILED)
			return mega < 64 ? done(out) : 1;
		memset(more, 1, 1u << 20);
	}
	return 1;
}

static void
a_decoder_that_never_stops_allocating_meets_the_limit(void **state)
{
	(void)state;
	assert_int_equal(outcome(allocate_without_end), HEARD);
}

static void
a_hundred_runs_leave_nothing_open(void **state)
{
	int before = dup(0);

	(void)state;
	close(before);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(outcome(i % 2 ? crash : use_memory),
		                 i % 2 ? HEARD_ODD : HEARD);
	int after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

static void
the_probe_says_what_is_in_force(void **state)
{
	struct cage_state cage;

	(void)state;
	cage_probe(&cage);
	print_message("seccomp %d, Landlock %d (version %d)\n", cage.seccomp,
	              cage.landlock, cage.landlock_abi);
	assert_int_equal(cage.landlock, cage.landlock_abi > 0);
	assert_true(cage.seccomp); /* every kernel since 4.14 */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_decoded_comes_back),
		cmocka_unit_test(memory_and_fstat_are_to_be_had),
		cmocka_unit_test(no_other_descriptor_is_there),
		cmocka_unit_test(a_decoder_that_crashes_is_odd),
		cmocka_unit_test(a_decoder_that_gives_up_is_odd),
		cmocka_unit_test(a_decoder_that_loops_is_ended_in_time),
		cmocka_unit_test(a_decoder_that_never_stops_writing_is_short),
		cmocka_unit_test(a_decoder_that_never_stops_allocating_meets_the_limit),
		cmocka_unit_test(a_hundred_runs_leave_nothing_open),
		cmocka_unit_test(the_probe_says_what_is_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
