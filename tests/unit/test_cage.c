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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/cage.h"
#include "reach/cage_walls.h"
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

static void
is_stopped(int (*deed)(int, int, void *))
{
	struct buf answer;

	assert_int_equal(caged(deed, -1, NULL, &answer), HEARD_ODD);
	assert_int_equal(answer.len, 0);
	buf_free(&answer);
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
open_file(int in, int out, void *arg)
{
	(void)in;
	(void)arg;
	(void)open("/etc/passwd", O_RDONLY);
	return done(out);
}

static int
make_socket(int in, int out, void *arg)
{
	(void)in;
	(void)arg;
	(void)socket(AF_INET, SOCK_STREAM, 0);
	return done(out);
}

static int
run_program(int in, int out, void *arg)
{
	char *const none[] = { NULL };

	(void)in;
	(void)arg;
	execve("/bin/true", none, none);
	return done(out);
}

static int
make_child(int in, int out, void *arg)
{
	(void)in;
	(void)arg;
	if (fork() == 0)
		_exit(0);
	return done(out);
}

static int
kill_parent(int in, int out, void *arg)
{
	(void)in;
	kill(*(pid_t *)arg, SIGTERM);
	return done(out);
}

static int
make_code(int in, int out, void *arg)
{
	(void)in;
	(void)arg;
	(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return done(out);
}

static int
trace_parent(int in, int out, void *arg)
{
	(void)in;
	(void)arg;
	(void)syscall(SYS_ptrace, 16, getppid(), 0, 0);
	return done(out);
}

static void
opening_a_file_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(open_file);
}

static void
making_a_socket_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(make_socket);
}

static void
running_a_program_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(run_program);
}

static void
making_a_child_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(make_child);
}

static void
killing_the_parent_ends_the_decoder(void **state)
{
	struct buf answer;
	pid_t parent = getpid();

	(void)state;
	assert_int_equal(caged(kill_parent, -1, &parent, &answer), HEARD_ODD);
	assert_int_equal(answer.len, 0);
	buf_free(&answer);
}

static void
making_code_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(make_code);
}

static void
tracing_the_parent_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(trace_parent);
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

static int
open_behind_landlock(void)
{
	return cage_raise_landlock() && open("/etc/passwd", O_RDONLY) < 0 &&
	               errno == EACCES
	           ? 0
	           : 1;
}

static void
landlock_alone_denies_every_file(void **state)
{
	int status = 0;

	(void)state;
	if (cage_landlock_version() == 0)
		skip();
	pid_t child = fork();
	if (child == 0)
		_exit(open_behind_landlock());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
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
		cmocka_unit_test(opening_a_file_ends_the_decoder),
		cmocka_unit_test(making_a_socket_ends_the_decoder),
		cmocka_unit_test(running_a_program_ends_the_decoder),
		cmocka_unit_test(making_a_child_ends_the_decoder),
		cmocka_unit_test(killing_the_parent_ends_the_decoder),
		cmocka_unit_test(making_code_ends_the_decoder),
		cmocka_unit_test(tracing_the_parent_ends_the_decoder),
		cmocka_unit_test(a_decoder_that_crashes_is_odd),
		cmocka_unit_test(a_decoder_that_gives_up_is_odd),
		cmocka_unit_test(a_decoder_that_loops_is_ended_in_time),
		cmocka_unit_test(a_decoder_that_never_stops_writing_is_short),
		cmocka_unit_test(a_decoder_that_never_stops_allocating_meets_the_limit),
		cmocka_unit_test(a_hundred_runs_leave_nothing_open),
		cmocka_unit_test(landlock_alone_denies_every_file),
		cmocka_unit_test(the_probe_says_what_is_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
