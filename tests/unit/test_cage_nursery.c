/*
 * Children that are born in the nursery: what they see, whose they are, and what
 * happens where there is no nursery.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/cage.h"
#include "reach/cage_nursery.h"

#define SAYS_MOST (1u << 20)
#define LONG (200u << 10) /* longer than a message to the nursery may be */

static int in_memory;
static unsigned prepared;
static bool may_be_prepared = true;

static bool
prepare(void)
{
	prepared++;
	return may_be_prepared;
}

/* Says its argument, a string, and what it sees in memory. */
static int
say_what_is_seen(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;
	struct buf answer;

	(void)in_fds;
	(void)in_count;
	buf_init(&answer, SAYS_MOST);
	buf_text(&answer, arg);
	buf_u8(&answer, (uint8_t)in_memory);
	buf_u8(&answer, (uint8_t)prepared);
	while (cage_hear(line, &question))
		(void)cage_say(line, buf_span(&answer));
	return 0;
}

/* Of each input its first byte, '-' where there is none. */
static int
say_inputs(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;
	struct buf answer;

	(void)arg;
	buf_init(&answer, SAYS_MOST);
	for (size_t i = 0; i < in_count; i++) {
		uint8_t byte = '-';

		if (in_fds[i] >= 0 && pread(in_fds[i], &byte, 1, 0) != 1)
			byte = '?';
		buf_u8(&answer, byte);
	}
	/* The line is behind them, and nothing behind that. */
	for (int fd = 3 + (int)in_count + 1; fd < 64; fd++) {
		uint8_t byte;

		if (read(fd, &byte, 1) >= 0 || errno != EBADF)
			buf_u8(&answer, '!');
	}
	while (cage_hear(line, &question))
		(void)cage_say(line, buf_span(&answer));
	return 0;
}

static struct cage_service
service_of(char *text, size_t len)
{
	return (struct cage_service){
		.serve = say_what_is_seen,
		.arg = text,
		.arg_len = len,
		.limits = { 10, 32u << 20, SAYS_MOST },
	};
}

/* What one child of that service says. */
static void
hear(const struct cage_service *service, struct buf *said)
{
	struct cage *cage = NULL;
	enum heard heard = 0;

	buf_init(said, SAYS_MOST);
	assert_int_equal(cage_start(service, &cage), OK);
	assert_int_equal(cage_ask(cage, span_of("?", 1), said, &heard), OK);
	assert_int_equal(heard, HEARD);
	cage_end(cage);
}

static void
says(const struct cage_service *service, const char *text, int memory)
{
	struct buf said;

	hear(service, &said);
	assert_int_equal(said.len, strlen(text) + 2);
	assert_memory_equal(said.at, text, strlen(text));
	assert_int_equal(said.at[strlen(text)], memory);
	buf_free(&said);
}

static void
nobody_is_left(void)
{
	cage_nursery_end();
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int
begin_anew(void **state)
{
	(void)state;
	cage_nursery_end();
	in_memory = 1;
	prepared = 0;
	may_be_prepared = true;
	return 0;
}

/* ---- what they see */

static void
it_sees_its_argument_and_not_what_we_got_since(void **state)
{
	char text[] = "first";
	struct cage_service service = service_of(text, sizeof text);

	(void)state;
	says(&service, "first", 1);
	in_memory = 2;
	memcpy(text, "other", sizeof text);
	says(&service, "other", 1);
	/* One that is to see all of it does. */
	service.arg_len = 0;
	says(&service, "other", 2);
	nobody_is_left();
}

static void
it_has_its_inputs_in_their_places_and_no_more(void **state)
{
	int a = memfd_create("a", 0);
	int b = memfd_create("b", 0);
	struct cage_service service = {
		.serve = say_inputs,
		.in_fds = { a, -1, b },
		.in_count = 3,
		.arg = (char[]){ "x" },
		.arg_len = 1,
		.limits = { 10, 32u << 20, SAYS_MOST },
	};
	struct buf said;

	(void)state;
	assert_int_equal(write(a, "A", 1), 1);
	assert_int_equal(write(b, "B", 1), 1);
	for (int turn = 0; turn < 3; turn++) {
		hear(&service, &said);
		assert_int_equal(said.len, 3);
		assert_memory_equal(said.at, "A-B", 3);
		buf_free(&said);
	}
	close(a);
	close(b);
	nobody_is_left();
}

static void
preparing_has_an_effect_that_stays(void **state)
{
	char text[] = "";
	struct cage_service service = service_of(text, sizeof text);
	struct buf said;

	(void)state;
	service.prepare = prepare;
	for (unsigned turn = 1; turn <= 3; turn++) {
		hear(&service, &said);
		assert_int_equal(said.at[1], turn);
		buf_free(&said);
	}
	assert_int_equal(prepared, 0); /* there, not here */
	nobody_is_left();
}

static void
one_that_cannot_be_prepared_is_not_born(void **state)
{
	char text[] = "";
	struct cage_service service = service_of(text, sizeof text);
	struct cage *cage = NULL;

	(void)state;
	service.prepare = prepare;
	may_be_prepared = false;
	assert_int_equal(cage_start(&service, &cage), ERR_SYSTEM);
	assert_null(cage);
	nobody_is_left();
}

/* ---- without a nursery */

static void
a_long_argument_comes_all_the_same(void **state)
{
	char *text = malloc(LONG);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LONG);
	text[LONG - 1] = '\0';
	struct cage_service service = service_of(text, LONG);
	says(&service, text, 1);
	free(text);
	nobody_is_left();
}

static long
nursery_by_the_system(void)
{
	char name[64];
	char text[64] = "";

	(void)snprintf(name, sizeof name, "/proc/self/task/%d/children", getpid());
	FILE *f = fopen(name, "r");
	if (!f)
		return 0;
	if (!fgets(text, sizeof text, f))
		text[0] = '\0';
	fclose(f);
	return strtol(text, NULL, 10);
}

/* Last of all: no other is begun then. */
static void
a_nursery_that_dies_is_done_without(void **state)
{
	char text[] = "still";
	struct cage_service service = service_of(text, sizeof text);

	(void)state;
	says(&service, "still", 1);
	long pid = nursery_by_the_system();
	if (pid == 0)
		skip();
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
	in_memory = 3;
	says(&service, "still", 3);
	says(&service, "still", 3);
	nobody_is_left();
}

/* ---- whose they are */

static void
one_that_we_forked_has_its_own(void **state)
{
	char text[] = "whose";
	struct cage_service service = service_of(text, sizeof text);
	int status = 0;

	(void)state;
	says(&service, "whose", 1);
	in_memory = 4;
	pid_t child = fork();
	if (child == 0) {
		/* Begun here, so with what is in memory here. */
		says(&service, "whose", 4);
		nobody_is_left();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	says(&service, "whose", 1);
	nobody_is_left();
}

static void
ctrl_c_does_not_end_it(void **state)
{
	char text[] = "stays";
	struct cage_service service = service_of(text, sizeof text);

	(void)state;
	says(&service, "stays", 1);
	long pid = nursery_by_the_system();
	if (pid == 0)
		skip();
	assert_int_equal(kill((pid_t)pid, SIGINT), 0);
	in_memory = 5;
	says(&service, "stays", 1);
	nobody_is_left();
}

#define TEST(name) cmocka_unit_test_setup(name, begin_anew)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_sees_its_argument_and_not_what_we_got_since),
		TEST(it_has_its_inputs_in_their_places_and_no_more),
		TEST(preparing_has_an_effect_that_stays),
		TEST(one_that_cannot_be_prepared_is_not_born),
		TEST(a_long_argument_comes_all_the_same),
		TEST(one_that_we_forked_has_its_own),
		TEST(ctrl_c_does_not_end_it),
		TEST(a_nursery_that_dies_is_done_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
