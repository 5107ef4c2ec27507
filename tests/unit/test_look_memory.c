#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../fake/case_play.h"
#include "hex.h"
#include "know/rsa_keys.h"
#include "reach/raw.h"

static void
every_case_is_told_as_it_ought_to_be(void **state)
{
	static const struct case_detector detectors[] = { { "memory", look_memory } };

	(void)state;
	cases_play("memory-", detectors, 1);
}

static void
the_keys_are_those_of_the_paper(void **state)
{
	(void)state;
	assert_int_equal(rsa_keys_count, 3);
	assert_int_equal(rsa_keys[0].variants, VARIANT_A);
	assert_int_equal(rsa_keys[1].variants, VARIANT_B | VARIANT_C);
	assert_int_equal(rsa_keys[2].variants, VARIANT_D);
	assert_int_equal(strlen(rsa_keys[0].hex), 256);
	assert_int_equal(strlen(rsa_keys[1].hex), 1024);
	assert_int_equal(strlen(rsa_keys[2].hex), 1024);
	assert_memory_equal(rsa_keys[0].hex, "cff07b6189d716e8", 16);
	assert_memory_equal(rsa_keys[1].hex, "e7a72df545ca1249", 16);
	assert_memory_equal(rsa_keys[2].hex, "13e5a419ad584633", 16);
}

/* ---- a file that is nothing but a file */

/* A file of `before` zeros, then the key, then some more. */
static int
image_with_key(size_t before, const struct rsa_key *key)
{
	static struct hex bytes;
	FILE *file = tmpfile();

	assert_non_null(file);
	bytes.len = 0;
	hex_add(&bytes, key->hex);
	assert_int_equal(fseek(file, (long)before, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	for (int i = 0; i < 100; i++)
		assert_int_equal(fputc(0, file), 0);
	assert_int_equal(fflush(file), 0);
	int fd = dup(fileno(file));
	fclose(file);
	return fd;
}

static void
finds_key(struct machine *m, uint64_t offset, const struct rsa_key *key)
{
	static const struct installation none;
	struct findings found = { .count = 0 };
	struct inside in = { .machine = m, .windows = &none, .out = &found };

	assert_int_equal(look_memory(&in), OK);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.at[0].trace, "memory-key");
	assert_int_equal(found.at[0].grade, GRADE_CONCLUSIVE);
	assert_int_equal(found.at[0].variants, key->variants);
	assert_string_equal(found.at[0].where, m->called);
	assert_string_equal(found.at[0].fields[0].key, "offset");
	assert_int_equal(found.at[0].fields[0].number, offset);
}

static void
a_key_in_a_memory_image_tells_the_variant(void **state)
{
	static const size_t offsets[] = { 0, 1, 1048575, 1048576 - 64, 3000000 };

	(void)state;
	for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
		const struct rsa_key *key = &rsa_keys[i % rsa_keys_count];
		int fd = image_with_key(offsets[i], key);
		char path[32];
		char why[WHY_ROOM];
		struct machine *m = NULL;

		(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		assert_int_equal(raw_open(path, &m, why), OK);
		finds_key(m, offsets[i], key);
		machine_free(m);
		close(fd);
	}
}

static void
standard_input_is_searched_as_it_comes(void **state)
{
	int fd = image_with_key(2000000, &rsa_keys[1]);
	int was = dup(STDIN_FILENO);
	char why[WHY_ROOM];
	struct machine *m = NULL;

	(void)state;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(raw_open("-", &m, why), OK);
	assert_string_equal(m->called, "standard input");
	finds_key(m, 2000000, &rsa_keys[1]);
	assert_int_equal(dup2(was, STDIN_FILENO), STDIN_FILENO);
	machine_free(m);
	close(was);
	close(fd);
}

static void
a_stream_is_not_read_twice(void **state)
{
	int was = dup(STDIN_FILENO);
	char why[WHY_ROOM];
	struct machine *m = NULL;
	struct machine_file file;
	char bytes[4];
	size_t got = 0;
	int pair[2];

	(void)state;
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(write(pair[1], "abcd", 4), 4);
	close(pair[1]);
	assert_int_equal(dup2(pair[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(raw_open("-", &m, why), OK);
	assert_int_equal(dup2(was, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(machine_open(m, RAW_FILE, &file), HEARD);
	assert_int_equal(
	    machine_read(m, &file, (struct machine_want){ 0, bytes, 4 }, &got), HEARD);
	assert_int_equal(got, 4);
	assert_int_equal(
	    machine_read(m, &file, (struct machine_want){ 0, bytes, 4 }, &got),
	    NOT_ASKED);
	assert_string_equal(machine_why(m),
	                    "standard input can be read once only; name a file");
	assert_int_equal(
	    machine_read(m, &file, (struct machine_want){ 4, bytes, 4 }, &got), HEARD);
	assert_int_equal(got, 0);
	machine_free(m);
	close(pair[0]);
	close(was);
}

static void
what_is_no_file_is_refused_in_a_sentence(void **state)
{
	static const struct {
		const char *path;
		const char *why;
	} rows[] = {
		{ "/nonexistent/x", "cannot look at /nonexistent/x: No such file or "
		                    "directory" },
		{ "/dev", "cannot look at /dev: it is no file and no disk; feed it to "
		          "standard input (-)" },
		{ "/dev/null", "cannot look at /dev/null: it is no file and no disk; "
		               "feed it to standard input (-)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char why[WHY_ROOM] = "";
		struct machine *m = NULL;

		assert_int_equal(raw_open(rows[i].path, &m, why), ERR_REFUSED);
		assert_string_equal(why, rows[i].why);
		assert_null(m);
	}
}

static void
a_raw_file_has_nothing_but_itself(void **state)
{
	int fd = image_with_key(0, &rsa_keys[0]);
	char path[32];
	char why[WHY_ROOM];
	struct machine *m = NULL;
	struct machine_file file;
	struct file_facts facts;
	struct file_list list;
	struct reg_key key;

	(void)state;
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	assert_int_equal(raw_open(path, &m, why), OK);
	assert_int_equal(m->drive_count, 0);
	assert_string_equal(m->windows, "");
	assert_int_equal(machine_key(m, "HKLM\\SYSTEM", &key), HEARD_NOTHING);
	assert_int_equal(machine_list(m, "C:\\", &list), HEARD_NOTHING);
	assert_int_equal(machine_stat(m, "C:\\x", &facts), HEARD_NOTHING);
	assert_int_equal(machine_stat(m, RAW_FILE, &facts), HEARD);
	assert_int_equal(facts.size, 228);
	assert_int_equal(machine_open(m, "C:\\x", &file), HEARD_NOTHING);
	machine_free(m);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_told_as_it_ought_to_be),
		cmocka_unit_test(the_keys_are_those_of_the_paper),
		cmocka_unit_test(a_key_in_a_memory_image_tells_the_variant),
		cmocka_unit_test(standard_input_is_searched_as_it_comes),
		cmocka_unit_test(a_stream_is_not_read_twice),
		cmocka_unit_test(what_is_no_file_is_refused_in_a_sentence),
		cmocka_unit_test(a_raw_file_has_nothing_but_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
