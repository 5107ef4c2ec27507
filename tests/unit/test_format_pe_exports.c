#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/pe_exports.h"

static uint8_t bytes[65536];

/* tests/data/tasks/NAME.dll */
static struct span
file_of(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/tasks/%s.dll", TEST_DATA, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	return span_of(bytes, len);
}

static enum pe_error
ask(struct span file, const char *name, bool *has)
{
	struct pe_source source = pe_source_of(&file);
	struct pe pe;

	*has = false;
	enum pe_error error = pe_read(&source, &pe);
	return error == PE_OK ? pe_exports(&source, &pe, name, has) : error;
}

/* objdump -p names the two functions of each file. */
static void
functions_are_found_letter_for_letter(void **state)
{
	static const struct {
		const char *name;
		bool has;
	} rows[] = {
		{ "delnodexn", true }, { "another", true },     { "delnodexm", false },
		{ "delnodex", false }, { "delnodexnn", false }, { "Delnodexn", false },
		{ "", false },
	};
	bool has = false;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(ask(file_of("exports-delnodexn"), rows[i].name, &has),
		                 PE_OK);
		assert_int_equal(has, rows[i].has);
	}
}

static void
a_cut_file_has_no_more_than_it_had(void **state)
{
	struct span whole = file_of("exports-delnodexn");
	bool has = false;
	size_t first = 0;

	(void)state;
	for (size_t len = 0; len <= whole.left; len++) {
		enum pe_error error = ask(span_of(bytes, len), "delnodexn", &has);

		if (has && first == 0)
			first = len;
		assert_false(has && error != PE_OK);
	}
	/* Its name is the last of the table, and stands whole from there on. */
	assert_true(first > 0);
	assert_memory_equal(bytes + first - sizeof "delnodexn", "delnodexn", 10);
}

static void
a_table_that_points_nowhere_is_told(void **state)
{
	struct span file = file_of("exports-delnodexn");
	struct pe_source source = pe_source_of(&file);
	struct pe pe;
	bool has = false;
	uint64_t at = 0;

	(void)state;
	assert_int_equal(pe_read(&source, &pe), PE_OK);
	assert_true(pe_offset(&pe, pe.exports.rva, &at));
	memset(bytes + at + 24, 0xFF, 4); /* four thousand million names */
	enum pe_error error = ask(file, "nobody", &has);
	assert_true(error != PE_OK && !has);
	memset(bytes + at + 32, 0xFF, 4); /* that lie outside */
	assert_int_equal(ask(file, "nobody", &has), PE_TRUNCATED);
	pe.exports.rva = 0;
	assert_int_equal(pe_exports(&source, &pe, "delnodexn", &has), PE_OK);
	assert_false(has);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found_letter_for_letter),
		cmocka_unit_test(a_cut_file_has_no_more_than_it_had),
		cmocka_unit_test(a_table_that_points_nowhere_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
