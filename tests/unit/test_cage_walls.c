/*
 * What nobody in the cage may do: each deed is tried in a decoding, in a
 * conversation, and in those whose child may open its memfd by name: to read it, and
 * to write it anew as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/cage.h"
#include "reach/cage_walls.h"

#define OUTPUT (64u << 10)
#define LINE_FD 4 /* behind the one input */
static const struct cage_limits limits = { 2, 32u << 20, OUTPUT };

static pid_t tests_pid;

struct deed {
	void (*do_it)(void);
};

/* Says "done" if it lives so long: then the deed was possible. */
static int
decode(int in, int out, void *arg)
{
	const struct deed *deed = arg;

	(void)in;
	deed->do_it();
	return write(out, "done", 4) == 4 ? 0 : 1;
}

static int
serve(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	const struct deed *deed = arg;
	struct span question;

	(void)in_fds;
	(void)in_count;
	while (cage_hear(line, &question)) {
		deed->do_it();
		(void)cage_say(line, span_of("done", 4));
	}
	return 0;
}

static int
a_memfd(void)
{
	int fd = memfd_create("in", MFD_CLOEXEC);

	assert_int_equal(write(fd, "abc", 3), 3);
	return fd;
}

static enum heard
in_a_decoding(struct deed *deed, struct buf *answer)
{
	struct cage_work work = { decode, -1, deed, limits };
	enum heard heard = 0;

	assert_int_equal(cage_run(&work, answer, &heard), OK);
	return heard;
}

enum opens { OPENS_NOTHING, OPENS_MEMFD, OPENS_IT_ANEW, TAKES_DESCRIPTORS };

static enum heard
in_a_conversation(struct deed *deed, enum opens opens, struct buf *answer)
{
	int fd = a_memfd();
	struct cage_service service = {
		.serve = serve,
		.in_fds = { fd },
		.in_count = 1,
		.arg = deed,
		.limits = limits,
		.opens_memfd = opens == OPENS_MEMFD || opens == OPENS_IT_ANEW,
		.takes = opens == TAKES_DESCRIPTORS,
		.memfd_most = opens == OPENS_IT_ANEW ? 16 : 0,
	};
	struct cage *cage = NULL;
	enum heard heard = 0;

	assert_int_equal(cage_start(&service, &cage), OK);
	assert_int_equal(cage_ask(cage, span_of("?", 1), answer, &heard), OK);
	cage_end(cage);
	close(fd);
	return heard;
}

static void
is_stopped(void (*do_it)(void))
{
	struct deed deed = { do_it };
	struct buf answer;

	buf_init(&answer, OUTPUT);
	assert_int_equal(in_a_decoding(&deed, &answer), HEARD_ODD);
	for (enum opens o = OPENS_NOTHING; o <= TAKES_DESCRIPTORS; o++)
		assert_int_equal(in_a_conversation(&deed, o, &answer), HEARD_ODD);
	assert_int_equal(answer.len, 0);
	buf_free(&answer);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody left behind */
}

static void
receive_a_message(void)
{
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	(void)recvmsg(LINE_FD, &message, MSG_DONTWAIT);
}

static void
only_who_takes_descriptors_receives_messages(void **state)
{
	struct deed deed = { receive_a_message };
	struct buf answer;

	(void)state;
	buf_init(&answer, OUTPUT);
	for (enum opens o = OPENS_NOTHING; o <= OPENS_IT_ANEW; o++)
		assert_int_equal(in_a_conversation(&deed, o, &answer), HEARD_ODD);
	assert_int_equal(in_a_conversation(&deed, TAKES_DESCRIPTORS, &answer), HEARD);
	buf_free(&answer);
}

static void
nothing(void)
{
}

static void
doing_nothing_is_allowed(void **state)
{
	struct deed deed = { nothing };
	struct buf answer;

	(void)state;
	buf_init(&answer, OUTPUT);
	assert_int_equal(in_a_decoding(&deed, &answer), HEARD);
	for (enum opens o = OPENS_NOTHING; o <= TAKES_DESCRIPTORS; o++)
		assert_int_equal(in_a_conversation(&deed, o, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "donedonedonedonedone", 20));
	buf_free(&answer);
}

static void
open_file(void)
{
	(void)open("/etc/passwd", O_RDONLY);
}

static void
make_file(void)
{
	(void)open("/tmp/made-in-the-cage", O_WRONLY | O_CREAT, 0600);
}

static void
remove_file(void)
{
	(void)unlink("/tmp/made-in-the-cage");
}

static void
make_socket(void)
{
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void
run_program(void)
{
	char *const none[] = { NULL };

	execve("/bin/true", none, none);
}

static void
make_child(void)
{
	if (fork() == 0)
		_exit(0);
}

static void
kill_parent(void)
{
	kill(tests_pid, SIGTERM);
}

static void
make_code(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
trace_parent(void)
{
	(void)syscall(SYS_ptrace, 16, tests_pid, 0, 0);
}

static void
raise_limits(void)
{
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 10, 10 });
}

static void
write_memfd_by_name(void)
{
	(void)open(CAGE_MEMFD_NAME, O_RDWR);
}

static void
empty_memfd_by_name(void)
{
	(void)open(CAGE_MEMFD_NAME, O_RDONLY | O_TRUNC);
}

static void
append_to_memfd_by_name(void)
{
	(void)open(CAGE_MEMFD_NAME, O_WRONLY | O_APPEND);
}

static void
open_memfd_to_write_only(void)
{
	(void)open(CAGE_MEMFD_NAME, O_WRONLY);
}

static void
make_file_anew(void)
{
	(void)open("/tmp/made-in-the-cage", O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static void
write_memfd_anew(void)
{
	(void)open(CAGE_MEMFD_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

/* Sixteen bytes it may have. */
static void
write_too_much(void)
{
	uint8_t many[17] = { 0 };
	int fd = open(CAGE_MEMFD_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	while (write(fd, many, sizeof many) > 0)
		continue;
}

/* The same letters somewhere else in memory, where others may be put. */
static void
open_from_another_address(void)
{
	char name[32];

	snprintf(name, sizeof name, "%s", CAGE_MEMFD_NAME);
	(void)open(name, O_RDONLY);
}

static void
opening_a_file_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(open_file);
}

static void
making_a_file_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(make_file);
	assert_int_equal(access("/tmp/made-in-the-cage", F_OK), -1);
}

static void
removing_a_file_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(remove_file);
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
	(void)state;
	is_stopped(kill_parent);
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

static void
raising_its_limits_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(raise_limits);
}

static void
opening_the_memfd_for_writing_ends_the_decoder(void **state)
{
	(void)state;
	is_stopped(write_memfd_by_name);
	is_stopped(empty_memfd_by_name);
	is_stopped(append_to_memfd_by_name);
	is_stopped(open_memfd_to_write_only);
	is_stopped(write_too_much);
}

static void
nothing_else_is_written_anew(void **state)
{
	(void)state;
	is_stopped(make_file_anew);
	assert_int_equal(access("/tmp/made-in-the-cage", F_OK), -1);
}

static void
the_memfd_is_written_anew_where_it_is_wanted(void **state)
{
	struct deed deed = { write_memfd_anew };
	struct buf answer;

	(void)state;
	buf_init(&answer, OUTPUT);
	assert_int_equal(in_a_conversation(&deed, OPENS_NOTHING, &answer), HEARD_ODD);
	assert_int_equal(in_a_conversation(&deed, OPENS_MEMFD, &answer), HEARD_ODD);
	assert_int_equal(in_a_conversation(&deed, OPENS_IT_ANEW, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "done", 4));
	buf_free(&answer);
}

static void
only_our_own_constant_may_be_opened(void **state)
{
	(void)state;
	is_stopped(open_from_another_address);
}

static int
read_by_name(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;
	char letters[8] = { 0 };

	(void)in_fds;
	(void)in_count;
	(void)arg;
	while (cage_hear(line, &question)) {
		int fd = open(CAGE_MEMFD_NAME, O_RDONLY | O_CLOEXEC);
		ssize_t got = read(fd, letters, sizeof letters);

		(void)cage_say(line, span_of(letters, got > 0 ? (size_t)got : 0));
	}
	return 0;
}

static void
the_memfd_may_be_opened_where_it_is_wanted(void **state)
{
	int fd = a_memfd();
	struct cage_service service = {
		.serve = read_by_name,
		.in_fds = { fd },
		.in_count = 1,
		.limits = limits,
		.opens_memfd = true,
	};
	struct cage *cage = NULL;
	struct buf answer;
	enum heard heard = 0;

	(void)state;
	buf_init(&answer, OUTPUT);
	assert_int_equal(cage_start(&service, &cage), OK);
	assert_int_equal(cage_ask(cage, span_of("?", 1), &answer, &heard), OK);
	assert_int_equal(heard, HEARD);
	assert_true(span_is(buf_span(&answer), "abc", 3));
	cage_end(cage);
	buf_free(&answer);
	close(fd);
}

/* A memfd is no file to Landlock; everything that has a place in a folder is. */
static int
open_behind_landlock(void)
{
	char name[32];
	int memfd = memfd_create("in", 0);

	if (!cage_raise_landlock())
		return 1;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 2;
	if (open("/tmp/made-in-the-cage", O_WRONLY | O_CREAT, 0600) >= 0)
		return 3;
	snprintf(name, sizeof name, "/proc/self/fd/%d", memfd);
	return open(name, O_RDONLY) >= 0 ? 0 : 4;
}

static void
landlock_alone_denies_every_file_but_a_memfd(void **state)
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

static int
remember_pid(void **state)
{
	(void)state;
	tests_pid = getpid();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doing_nothing_is_allowed),
		cmocka_unit_test(only_who_takes_descriptors_receives_messages),
		cmocka_unit_test(opening_a_file_ends_the_decoder),
		cmocka_unit_test(making_a_file_ends_the_decoder),
		cmocka_unit_test(removing_a_file_ends_the_decoder),
		cmocka_unit_test(making_a_socket_ends_the_decoder),
		cmocka_unit_test(running_a_program_ends_the_decoder),
		cmocka_unit_test(making_a_child_ends_the_decoder),
		cmocka_unit_test(killing_the_parent_ends_the_decoder),
		cmocka_unit_test(making_code_ends_the_decoder),
		cmocka_unit_test(tracing_the_parent_ends_the_decoder),
		cmocka_unit_test(raising_its_limits_ends_the_decoder),
		cmocka_unit_test(opening_the_memfd_for_writing_ends_the_decoder),
		cmocka_unit_test(nothing_else_is_written_anew),
		cmocka_unit_test(the_memfd_is_written_anew_where_it_is_wanted),
		cmocka_unit_test(only_our_own_constant_may_be_opened),
		cmocka_unit_test(the_memfd_may_be_opened_where_it_is_wanted),
		cmocka_unit_test(landlock_alone_denies_every_file_but_a_memfd),
	};

	return cmocka_run_group_tests(tests, remember_pid, NULL);
}
