/* The cage in conversation: what is asked is answered, and nothing outlives it. */
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
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/cage.h"
#include "sys/clock.h"

#define OUTPUT (1u << 20)

typedef int serve_fn(const int *, size_t, struct cage_line *, void *);

static struct cage *
start(serve_fn *serve, void *arg)
{
	struct cage_service service = {
		.serve = serve,
		.arg = arg,
		.limits = { 1, 32u << 20, OUTPUT },
	};
	struct cage *cage = NULL;

	assert_int_equal(cage_start(&service, &cage), OK);
	return cage;
}

static enum heard
ask(struct cage *cage, struct span question, struct buf *answer)
{
	enum heard heard = 0;

	buf_clear(answer);
	assert_int_equal(cage_ask(cage, question, answer, &heard), OK);
	return heard;
}

static void
nobody_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int
echo(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;

	(void)in_fds;
	(void)in_count;
	(void)arg;
	while (cage_hear(line, &question))
		(void)cage_say(line, question);
	return 0;
}

static void
each_question_is_answered(void **state)
{
	struct cage *cage = start(echo, NULL);
	struct buf answer;

	(void)state;
	buf_init(&answer, 2 * OUTPUT);
	assert_int_equal(ask(cage, span_of("one", 3), &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "one", 3));
	assert_int_equal(ask(cage, span_of("", 0), &answer), HEARD);
	assert_int_equal(answer.len, 0);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(ask(cage, span_of(&i, sizeof i), &answer), HEARD);
	assert_true(span_is(buf_span(&answer), &(unsigned){ 999 }, 4));
	cage_end(cage);
	nobody_is_left();
	buf_free(&answer);
}

static void
what_is_as_long_as_the_limit_goes_both_ways(void **state)
{
	struct cage *cage = start(echo, NULL);
	uint8_t *much = malloc(OUTPUT + 1);
	enum heard heard = HEARD;
	struct buf answer;

	(void)state;
	assert_non_null(much);
	memset(much, 'm', OUTPUT + 1);
	buf_init(&answer, 2 * OUTPUT);
	assert_int_equal(ask(cage, span_of(much, OUTPUT), &answer), HEARD);
	assert_true(span_is(buf_span(&answer), much, OUTPUT));
	assert_int_equal(cage_ask(cage, span_of(much, OUTPUT + 1), &answer, &heard),
	                 ERR_LIMIT);
	assert_int_equal(heard, NOT_ASKED);
	assert_int_equal(ask(cage, span_of("on", 2), &answer), HEARD); /* it lives */
	cage_end(cage);
	buf_free(&answer);
	free(much);
}

/* The first answer is good, the second question's is what the test is about. */
static serve_fn *second;

static bool
echo_once(struct cage_line *line)
{
	struct span question;

	return cage_hear(line, &question) && cage_say(line, question);
}

static int
serve_twice(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;

	if (!echo_once(line))
		return 1;
	if (!cage_hear(line, &question))
		return 0;
	return second(in_fds, in_count, line, arg);
}

/* How the second question ends, and that this is how it stays. */
static enum heard
ends_with(serve_fn *serve)
{
	second = serve;
	struct cage *cage = start(serve_twice, NULL);
	struct buf answer;

	buf_init(&answer, 2 * OUTPUT);
	assert_int_equal(ask(cage, span_of("good", 4), &answer), HEARD);
	enum heard heard = ask(cage, span_of("bad", 3), &answer);
	assert_int_equal(answer.len, 0);
	nobody_is_left();
	assert_int_equal(ask(cage, span_of("again", 5), &answer), heard);
	cage_end(cage);
	buf_free(&answer);
	return heard;
}

static int
crash(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	(void)in_fds;
	(void)in_count;
	(void)line;
	(void)arg;
	signal(SIGABRT, SIG_DFL);
	abort();
}

static int
leave(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	(void)in_fds;
	(void)in_count;
	(void)line;
	(void)arg;
	return 0;
}

static int
sleep_on(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	volatile unsigned turns = 0;

	(void)in_fds;
	(void)in_count;
	(void)line;
	(void)arg;
	for (;;)
		turns++;
	return 0;
}

static int
say_too_much(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	static const uint8_t much[OUTPUT + 1];

	(void)in_fds;
	(void)in_count;
	(void)arg;
	(void)cage_say(line, span_of(much, sizeof much));
	return 0;
}

/* A frame that promises ten bytes, brings two, and ends. */
static int
say_half(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	const uint8_t half[6] = { 10, 0, 0, 0, 'x', 'y' };
	int line_fd = 3; /* where the first input would be, were there one */

	(void)in_fds;
	(void)in_count;
	(void)line;
	(void)arg;
	return write(line_fd, half, sizeof half) == 6 ? 0 : 1;
}

static void
a_child_that_dies_is_odd(void **state)
{
	(void)state;
	assert_int_equal(ends_with(crash), HEARD_ODD);
	assert_int_equal(ends_with(leave), HEARD_ODD);
	assert_int_equal(ends_with(say_half), HEARD_ODD);
}

static void
a_child_that_does_not_answer_is_ended_in_time(void **state)
{
	int64_t began = clock_steady();

	(void)state;
	assert_int_equal(ends_with(sleep_on), HEARD_NOTHING);
	int64_t took = clock_steady() - began;
	assert_true(took >= 1000 && took < 5000);
}

static void
a_child_that_says_too_much_is_short(void **state)
{
	(void)state;
	assert_int_equal(ends_with(say_too_much), HEARD_SHORT);
}

static int
answer_twice(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;

	(void)in_fds;
	(void)in_count;
	(void)arg;
	while (cage_hear(line, &question)) {
		(void)cage_say(line, question);
		(void)cage_say(line, question);
	}
	return 0;
}

static void
a_child_that_speaks_unasked_is_ended(void **state)
{
	struct cage *cage = start(answer_twice, NULL);
	struct buf answer;

	(void)state;
	buf_init(&answer, OUTPUT);
	assert_int_equal(ask(cage, span_of("one", 3), &answer), HEARD);
	usleep(100000);
	assert_int_equal(ask(cage, span_of("two", 3), &answer), HEARD_SHORT);
	nobody_is_left();
	cage_end(cage);
	buf_free(&answer);
}

static void
a_question_that_is_not_taken_ends_in_time(void **state)
{
	/* It hears nothing: a long question fills the line. */
	struct cage *cage = start(sleep_on, NULL);
	uint8_t *much = calloc(1, OUTPUT);
	struct buf answer;

	(void)state;
	assert_non_null(much);
	buf_init(&answer, OUTPUT);
	assert_int_equal(ask(cage, span_of(much, OUTPUT), &answer), HEARD_NOTHING);
	cage_end(cage);
	nobody_is_left();
	buf_free(&answer);
	free(much);
}

static void
an_answer_for_which_we_have_no_room_is_our_failure(void **state)
{
	struct cage *cage = start(echo, NULL);
	enum heard heard = 0;
	struct buf small;

	(void)state;
	buf_init(&small, 4);
	assert_int_equal(cage_ask(cage, span_of("12345", 5), &small, &heard),
	                 ERR_MEMORY);
	assert_int_equal(heard, NOT_ASKED);
	nobody_is_left();
	cage_end(cage);
	buf_free(&small);
}

/* Says, of a hundred descriptors, those that are open. */
static int
list_descriptors(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;

	(void)in_fds;
	(void)in_count;
	(void)arg;
	while (cage_hear(line, &question)) {
		uint8_t open_ones[100];
		size_t count = 0;

		for (int fd = 0; fd < 100; fd++) {
#ifdef __SANITIZE_ADDRESS__
			if (fd == STDERR_FILENO)
				continue;
#endif
			if (fcntl(fd, F_GETFD) >= 0)
				open_ones[count++] = (uint8_t)fd;
		}
		(void)cage_say(line, span_of(open_ones, count));
	}
	return 0;
}

#define MANY 20

static void
many_cages_hold_nothing_of_each_other(void **state)
{
	struct cage *cages[MANY];
	struct buf answer;

	(void)state;
	buf_init(&answer, OUTPUT);
	for (size_t i = 0; i < MANY; i++)
		cages[i] = start(list_descriptors, NULL);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(ask(cages[i], span_of("?", 1), &answer), HEARD);
		assert_true(span_is(buf_span(&answer), "\x03", 1)); /* its line */
	}
	cage_end(cages[0]);
	cage_end(cages[MANY - 1]);
	for (size_t i = 1; i + 1 < MANY; i++) {
		assert_int_equal(ask(cages[i], span_of("?", 1), &answer), HEARD);
		cage_end(cages[i]);
	}
	nobody_is_left();
	buf_free(&answer);
}

/* Two inputs with a gap between them, read in turn. */
static int
read_inputs(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;
	char letters[2] = "--";

	(void)arg;
	if (!cage_hear(line, &question))
		return 0;
	if (in_count != 3 || in_fds[1] != -1 || pread(in_fds[0], letters, 1, 0) != 1 ||
	    pread(in_fds[2], letters + 1, 1, 0) != 1)
		return 1;
	return cage_say(line, span_of(letters, 2)) ? 0 : 1;
}

static void
inputs_keep_their_places(void **state)
{
	int first = memfd_create("first", MFD_CLOEXEC);
	int third = memfd_create("third", MFD_CLOEXEC);
	struct cage_service service = {
		.serve = read_inputs,
		.in_fds = { first, -1, third },
		.in_count = 3,
		.limits = { 1, 32u << 20, OUTPUT },
	};
	struct cage *cage = NULL;
	struct buf answer;

	(void)state;
	assert_int_equal(write(first, "1", 1), 1);
	assert_int_equal(write(third, "3", 1), 1);
	buf_init(&answer, OUTPUT);
	assert_int_equal(cage_start(&service, &cage), OK);
	assert_int_equal(ask(cage, span_of("?", 1), &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "13", 2));
	cage_end(cage);
	buf_free(&answer);
	close(first);
	close(third);
}

static void
no_more_inputs_than_there_are_places(void **state)
{
	struct cage_service service = { .serve = echo,
		                        .in_count = CAGE_INPUTS_MOST + 1 };
	struct cage *cage = NULL;

	(void)state;
	assert_int_equal(cage_start(&service, &cage), ERR_LIMIT);
	assert_null(cage);
	cage_end(cage);
}

static int
answer_and_loop(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	(void)echo_once(line);
	return sleep_on(in_fds, in_count, line, arg);
}

/* Its child holds a pipe's end and never looks whether it is alone. */
static _Noreturn void
be_killed_with_a_cage(int pipe_end)
{
	struct cage_service service = {
		.serve = answer_and_loop,
		.in_fds = { pipe_end },
		.in_count = 1,
		.limits = { 5, 32u << 20, OUTPUT },
	};
	struct cage *cage = NULL;
	struct buf answer;

	buf_init(&answer, OUTPUT);
	if (cage_start(&service, &cage) == OK)
		(void)ask(cage, span_of("?", 1), &answer);
	raise(SIGKILL);
	_exit(1);
}

static void
a_killed_parent_takes_its_child_along(void **state)
{
	int64_t began = clock_steady();
	int alive[2];
	char byte = 0;

	(void)state;
	assert_int_equal(pipe(alive), 0);
	pid_t parent = fork();
	if (parent == 0)
		be_killed_with_a_cage(alive[1]);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	close(alive[1]);
	/* The end of the pipe: nobody is left who holds the other one. */
	assert_int_equal(read(alive[0], &byte, 1), 0);
	assert_true(clock_steady() - began < 4000);
	close(alive[0]);
}

static void
a_hundred_conversations_leave_nothing_open(void **state)
{
	struct buf answer;
	int before = dup(0);

	(void)state;
	close(before);
	buf_init(&answer, OUTPUT);
	for (unsigned i = 0; i < 100; i++) {
		struct cage *cage = start(i % 2 ? echo : leave, NULL);

		(void)ask(cage, span_of("?", 1), &answer);
		cage_end(cage);
	}
	int after = dup(0);
	close(after);
	assert_int_equal(after, before);
	nobody_is_left();
	buf_free(&answer);
}

static volatile sig_atomic_t alarms;

static void
count_alarm(int signal_number)
{
	(void)signal_number;
	alarms++;
}

static void
signals_do_not_disturb_a_conversation(void **state)
{
	struct sigaction counts = { .sa_handler = count_alarm };
	struct itimerval often = { { 0, 200 }, { 0, 200 } };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct cage *cage = start(echo, NULL);
	uint8_t *much = calloc(1, OUTPUT);
	struct buf answer;

	(void)state;
	assert_non_null(much);
	buf_init(&answer, 2 * OUTPUT);
	sigaction(SIGALRM, &counts, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(ask(cage, span_of(much, OUTPUT), &answer), HEARD);
	setitimer(ITIMER_REAL, &never, NULL);
	assert_true(alarms > 0);
	cage_end(cage);
	buf_free(&answer);
	free(much);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_question_is_answered),
		cmocka_unit_test(what_is_as_long_as_the_limit_goes_both_ways),
		cmocka_unit_test(a_child_that_dies_is_odd),
		cmocka_unit_test(a_child_that_does_not_answer_is_ended_in_time),
		cmocka_unit_test(a_child_that_says_too_much_is_short),
		cmocka_unit_test(a_child_that_speaks_unasked_is_ended),
		cmocka_unit_test(a_question_that_is_not_taken_ends_in_time),
		cmocka_unit_test(an_answer_for_which_we_have_no_room_is_our_failure),
		cmocka_unit_test(many_cages_hold_nothing_of_each_other),
		cmocka_unit_test(inputs_keep_their_places),
		cmocka_unit_test(no_more_inputs_than_there_are_places),
		cmocka_unit_test(a_killed_parent_takes_its_child_along),
		cmocka_unit_test(a_hundred_conversations_leave_nothing_open),
		cmocka_unit_test(signals_do_not_disturb_a_conversation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
