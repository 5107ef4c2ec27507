/* Descriptors that go to a child with a question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/cage.h"

#define OUTPUT (1u << 20)

static unsigned
open_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Says the first byte of each descriptor that it was given, and how many it has besides
 * those that it was born with. */
static int
read_given(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct span question;
	unsigned before = open_descriptors();
	char said[CAGE_GIVEN_MOST + 1];

	(void)in_fds;
	(void)in_count;
	(void)arg;
	while (cage_hear(line, &question)) {
		struct cage_gift given = cage_given(line);

		for (size_t i = 0; i < given.count; i++) {
			if (pread(given.fds[i], &said[i], 1, 0) != 1)
				return 1;
		}
		said[given.count] = (char)(open_descriptors() - before);
		(void)cage_say(line, span_of(said, given.count + 1));
	}
	return 0;
}

static enum heard
give(struct cage *cage, const int *fds, size_t count, struct buf *answer)
{
	enum heard heard = 0;

	buf_clear(answer);
	assert_int_equal(cage_give(cage, (struct cage_gift){ fds, count },
	                           span_of("?", 1), answer, &heard),
	                 OK);
	return heard;
}

static void
what_is_given_takes_the_place_of_what_was(void **state)
{
	struct cage_service service = { .serve = read_given,
		                        .limits = { 1, 32u << 20, OUTPUT },
		                        .takes = true };
	struct cage *cage = NULL;
	struct buf answer;
	int fds[2] = { memfd_create("a", MFD_CLOEXEC), memfd_create("b", MFD_CLOEXEC) };

	(void)state;
	assert_int_equal(write(fds[0], "a", 1), 1);
	assert_int_equal(write(fds[1], "b", 1), 1);
	buf_init(&answer, OUTPUT);
	assert_int_equal(cage_start(&service, &cage), OK);
	assert_int_equal(give(cage, NULL, 0, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "\x00", 1));
	assert_int_equal(give(cage, fds, 2, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "ab\x02", 3));
	assert_int_equal(give(cage, NULL, 0, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "ab\x02", 3));
	assert_int_equal(give(cage, fds + 1, 1, &answer), HEARD);
	assert_true(span_is(buf_span(&answer), "b\x01", 2));
	cage_end(cage);
	close(fds[0]);
	close(fds[1]);
	buf_free(&answer);
}

/* Again and again as many as there may be: none of them stays. */
static void
as_many_as_may_be_are_given(void **state)
{
	struct cage_service service = { .serve = read_given,
		                        .limits = { 1, 32u << 20, OUTPUT },
		                        .takes = true };
	struct cage *cage = NULL;
	struct buf answer;
	int fds[CAGE_GIVEN_MOST + 1];
	enum heard heard = 0;

	(void)state;
	fds[0] = memfd_create("a", MFD_CLOEXEC);
	for (size_t i = 1; i < CAGE_GIVEN_MOST + 1; i++)
		fds[i] = fds[0];
	assert_int_equal(write(fds[0], "a", 1), 1);
	buf_init(&answer, OUTPUT);
	assert_int_equal(cage_start(&service, &cage), OK);
	for (int turn = 0; turn < 3; turn++) {
		assert_int_equal(give(cage, fds, CAGE_GIVEN_MOST, &answer), HEARD);
		assert_int_equal(answer.len, CAGE_GIVEN_MOST + 1);
		assert_int_equal(answer.at[CAGE_GIVEN_MOST], CAGE_GIVEN_MOST);
	}
	assert_int_equal(cage_give(cage, (struct cage_gift){ fds, CAGE_GIVEN_MOST + 1 },
	                           span_of("?", 1), &answer, &heard),
	                 ERR_LIMIT);
	cage_end(cage);
	close(fds[0]);
	buf_free(&answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_given_takes_the_place_of_what_was),
		cmocka_unit_test(as_many_as_may_be_are_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
