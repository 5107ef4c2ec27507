/*
 * What the second reader says of two hives, where more was changed than was asked for,
 * or less.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "hive_edited.h"

#define NAMES "SAM\\Domains\\Account\\Users\\Names"

static const struct reg_edit new_name[] = { SET("SAM\\Domains", "New", 1, "A\0") };

/* What it says of a change where byte `at` was changed, too. */
static enum heard
spoiled(off_t at, uint8_t mask, char why[WHY_ROOM])
{
	struct edited e = edit("SAM-win7", new_name, 1);
	uint8_t byte = 0;

	is_done(&e);
	assert_int_equal(pread(e.states.after, &byte, 1, at), 1);
	byte ^= mask;
	assert_int_equal(pwrite(e.states.after, &byte, 1, at), 1);
	enum heard heard = hive_differ_only_in(e.states.ready, e.states.after, new_name,
	                                       1, why);
	done(&e);
	return heard;
}

static void
one_byte_that_no_edit_asked_for_is_seen(void **state)
{
	struct span s = hive_data("SAM-win7");
	size_t preston = record_of(s, "Preston");
	size_t aliases = record_of(s, "Aliases");
	const struct {
		size_t at;
		const char *why;
	} bytes[] = {
		{ preston + 76 + 2, /* its name */
		  "key " NAMES "\\Preston: its name, class or time would be another, "
		  "which no change asked for, so nothing of this is written; report it "
		  "with the hive" },
		{ preston + 4, /* its time */
		  "key " NAMES "\\Preston: its name, class or time would be another, "
		  "which no change asked for, so nothing of this is written; report it "
		  "with the hive" },
		{ aliases + 36, /* how many values it has */
		  NULL },
	};
	char why[WHY_ROOM];

	(void)state;
	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
		assert_int_equal(spoiled((off_t)bytes[i].at, 1, why), HEARD_ODD);
		if (bytes[i].why)
			assert_string_equal(why, bytes[i].why);
	}
	hive_data_free(s);
}

static enum heard
differ(const struct reg_edit *made, size_t made_count, const struct reg_edit *named,
       size_t named_count, char why[WHY_ROOM])
{
	struct edited e = edit("SAM-win7", made, made_count);

	is_done(&e);
	enum heard heard = hive_differ_only_in(e.states.ready, e.states.after, named,
	                                       named_count, why);
	done(&e);
	return heard;
}

static void
an_edit_that_was_not_named_is_seen(void **state)
{
	static const struct {
		struct reg_edit edit;
		const char *why;
	} others[] = {
		{ SET("SAM\\Domains\\Account", "F", 3, "abc"),
		  "key SAM\\Domains\\Account: a value would be another, " },
		{ SET("SAM\\Domains\\Account", "New", 3, "abc"),
		  "key SAM\\Domains\\Account: a value would be another, " },
		{ DELETE_VALUE("SAM\\Domains\\Account", "V"),
		  "key SAM\\Domains\\Account: a value would be another, " },
		{ DELETE_KEY(NAMES "\\Guest"),
		  "key " NAMES "\\Guest: its name, class or time would be another, " },
		{ DELETE_KEY(NAMES "\\Preston"),
		  "key " NAMES "\\Preston: it would be gone, " },
		{ MAKE_KEY("SAM\\Zzz"), "key SAM\\Zzz: it would be new, " },
	};
	char why[WHY_ROOM];

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct reg_edit both[] = { new_name[0], others[i].edit };

		assert_int_equal(differ(both, 2, both, 2, why), HEARD);
		assert_int_equal(differ(both, 2, new_name, 1, why), HEARD_ODD);
		assert_memory_equal(why, others[i].why, strlen(others[i].why));
	}
}

static void
an_edit_that_is_not_so_is_seen(void **state)
{
	static const struct reg_edit others[] = {
		SET("SAM\\Domains", "New", 1, "B\0"),
		SET("SAM\\Domains", "New", 2, "A\0"),
		SET("SAM\\Domains", "Other", 1, "A\0"),
		DELETE_VALUE("SAM\\Domains", "New"),
		DELETE_KEY("SAM\\Domains"),
		MAKE_KEY("SAM\\Other"),
	};
	char why[WHY_ROOM];

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct reg_edit named[] = { new_name[0], others[i] };

		assert_int_equal(differ(new_name, 1, named, 2, why), HEARD_ODD);
		assert_non_null(
		    strstr(why, ": it would not be as the change wants it, "));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_byte_that_no_edit_asked_for_is_seen),
		cmocka_unit_test(an_edit_that_was_not_named_is_seen),
		cmocka_unit_test(an_edit_that_is_not_so_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
