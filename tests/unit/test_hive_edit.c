/* Changes to copies of hives, through the cages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "hive_edited.h"

/* ---- reading what became of it */

static struct hive *
opened(int fd)
{
	struct hive_files files = { fd, { -1, -1, -1 }, "C:\\H" };
	struct hive_state state;
	struct hive *h = NULL;
	char why[WHY_ROOM];

	assert_int_equal(hive_open(&files, &h, &state, why), HEARD);
	assert_string_equal(state.note, "");
	assert_false(state.dirty);
	return h;
}

static void
has_value(int fd, const char *key, const char *name, uint32_t type, struct span bytes)
{
	struct hive *h = opened(fd);
	char why[WHY_ROOM] = "";
	struct reg_key k;

	assert_int_equal(hive_key(h, key, &k, why), HEARD);
	const struct reg_value *v = reg_value(&k, name);
	assert_non_null(v);
	assert_int_equal(v->type, type);
	assert_int_equal(v->bytes.left, bytes.left);
	assert_memory_equal(v->bytes.at, bytes.at, bytes.left);
	reg_key_free(&k);
	hive_free(h);
}

/* "value value | subkey subkey" */
static void
key_has(int fd, const char *key, const char *names)
{
	struct hive *h = opened(fd);
	char all[1024] = "";
	char why[WHY_ROOM] = "";
	struct reg_key k;

	assert_int_equal(hive_key(h, key, &k, why), HEARD);
	for (size_t i = 0; i < k.value_count; i++) {
		strncat(all, k.values[i].name, 100);
		strncat(all, " ", 2);
	}
	strncat(all, "|", 2);
	for (size_t i = 0; i < k.subkey_count; i++) {
		strncat(all, " ", 2);
		strncat(all, k.subkeys[i], 100);
	}
	assert_string_equal(all, names);
	reg_key_free(&k);
	hive_free(h);
}

static void
has_no_key(int fd, const char *key)
{
	struct hive *h = opened(fd);
	char why[WHY_ROOM] = "";
	struct reg_key k;

	assert_int_equal(hive_key(h, key, &k, why), HEARD_NOTHING);
	reg_key_free(&k);
	hive_free(h);
}

/* ---- every kind of edit */

#define NAMES "SAM\\Domains\\Account\\Users\\Names"

static void
a_value_is_set_with_its_very_type_and_bytes(void **state)
{
	static const struct reg_edit edits[] = {
		SET("SAM\\Domains", "netsvcs", 7, "A\0\0\0B\0\0\0\0\0"),
		SET("SAM\\Domains", "Odd", 0x1234, "abc"),
		SET("SAM\\Domains", "None", 0, ""),
		SET("sam\\DOMAINS", "netSVCS", 7, "A\0\0\0\0\0"),
		SET("SAM\\Domains", "", 4, "\1\0\0\0"),
	};
	struct edited e = edit("SAM-win7", edits, 5);

	(void)state;
	is_done(&e);
	has_value(e.states.after, "SAM\\Domains", "netsvcs", 7,
	          span_of("A\0\0\0\0\0", 6));
	has_value(e.states.after, "SAM\\Domains", "Odd", 0x1234, span_of("abc", 3));
	has_value(e.states.after, "SAM\\Domains", "None", 0, span_of("", 0));
	has_value(e.states.after, "SAM\\Domains", "", 4, span_of("\1\0\0\0", 4));
	done(&e);
}

static void
what_was_there_is_not_written_again(void **state)
{
	static const struct reg_edit nothing[] = {
		DELETE_VALUE("SAM\\Domains", "Nothing"),
		DELETE_VALUE("SAM\\No\\Key", "Nothing"),
		DELETE_KEY("SAM\\No\\Key"),
		MAKE_KEY("SAM\\Domains"),
	};
	struct edited e = edit("SAM-win7", nothing, 4);
	struct span before = hive_data("SAM-win7");
	uint8_t *after = malloc(before.left + 1);

	(void)state;
	is_done(&e);
	assert_int_equal(pread(e.states.after, after, before.left + 1, 0), before.left);
	assert_memory_equal(after, before.at, before.left);
	free(after);
	hive_data_free(before);
	done(&e);
}

static void
a_value_goes_and_the_others_stay_in_their_order(void **state)
{
	static const struct reg_edit first[] = {
		SET("New", "One", 1, "A\0"),   SET("New", "Two", 1, "B\0"),
		SET("New", "Three", 1, "C\0"), SET("New", "Four", 1, "D\0"),
		DELETE_VALUE("New", "two"),
	};
	struct edited e = edit("minimal", first, 5);

	(void)state;
	is_done(&e);
	key_has(e.states.after, "New", "One Three Four |");
	done(&e);
}

static void
a_key_goes_with_all_below_it(void **state)
{
	struct edited e = edit_once("SAM-win7", (struct reg_edit)DELETE_KEY(NAMES));

	(void)state;
	is_done(&e);
	has_no_key(e.states.after, NAMES);
	has_no_key(e.states.after, NAMES "\\Preston");
	key_has(e.states.ready, NAMES, " | Administrator Guest Preston");
	done(&e);
}

static void
keys_are_made_where_they_are_missing(void **state)
{
	static const struct reg_edit edits[] = {
		MAKE_KEY("SafeBoot\\Minimal\\Base"),
		SET("SafeBoot\\Minimal\\Base", "", 1, "D\0\0\0"),
		SET("SafeBoot\\Network\\{4D36E967-E325-11CE-BFC1-08002BE10318}", "", 1,
		    "D\0\0\0"),
	};
	struct edited e = edit("minimal", edits, 3);

	(void)state;
	is_done(&e);
	key_has(e.states.after, "", "| SafeBoot");
	key_has(e.states.after, "safeboot", "| Minimal Network");
	key_has(e.states.after, "SafeBoot\\minimal\\Base", " |");
	done(&e);
}

static void
the_last_of_several_edits_counts(void **state)
{
	static const struct reg_edit edits[] = {
		SET("A\\B", "One", 1, "1\0"),
		DELETE_KEY("A"),
		SET("A\\C", "Two", 1, "2\0"),
		SET("A\\C", "Two", 3, "3"),
		MAKE_KEY("A\\D"),
		DELETE_KEY("a\\d"),
		SET("A\\C", "Gone", 1, "1\0"),
		DELETE_VALUE("A\\C", "gone"),
	};
	struct edited e = edit("minimal", edits, 8);

	(void)state;
	is_done(&e);
	key_has(e.states.after, "A", "| C");
	key_has(e.states.after, "A\\C", "Two |");
	has_value(e.states.after, "A\\C", "Two", 3, span_of("3", 1));
	done(&e);
}

static void
a_key_that_the_library_cannot_ask_for_is_found(void **state)
{
	static const struct reg_edit edits[] = {
		SET("zero\xef\xbf\xbdkey", "New", 1, "A\0"),
		SET("abcd_äöüß", "New", 1, "A\0"),
		DELETE_KEY("weird™"),
	};
	struct edited e = edit("special", edits, 2);
	struct edited gone = edit_once("special", edits[2]);

	(void)state;
	/* One of its values has a zero in its name, and would be written without it. */
	is_refused(e,
	           "C:\\H: key zero\xef\xbf\xbdkey: a name in it, or one that it is "
	           "to have, cannot be written as it is; change it with the registry "
	           "editor of its own Windows");
	is_done(&gone);
	key_has(gone.states.after, "", "| abcd_äöüß zero\xef\xbf\xbdkey");
	done(&gone);
	gone = edit_once("special", (struct reg_edit)DELETE_KEY("zero\xef\xbf\xbdkey"));
	is_done(&gone);
	key_has(gone.states.after, "", "| abcd_äöüß weird™");
	done(&gone);
	gone = edit_once("special", edits[1]);
	is_done(&gone);
	has_value(gone.states.after, "abcd_äöüß", "New", 1, span_of("A\0", 2));
	done(&gone);
}

static void
names_of_other_letters_are_kept(void **state)
{
	struct edited e = edit_once("UnicodeHive",
	                            (struct reg_edit)SET("Привет", "мир", 1, "A\0"));

	(void)state;
	is_done(&e);
	key_has(e.states.after, "Привет", "мир | Ключ");
	done(&e);
}

static void
a_hive_is_changed_behind_its_logs(void **state)
{
	struct reg_edit set = SET("Key3\\Key3_1", "Name", 1, "A\0");
	struct edited e = edit_with(hive_data_fd("NewDirtyHive1"),
	                            hive_data_fd("NewDirtyHive1.LOG1"),
	                            hive_data_fd("NewDirtyHive1.LOG2"), &set, 1);

	(void)state;
	is_done(&e);
	assert_true(e.states.was_dirty);
	key_has(e.states.ready, "", "| Key3");
	key_has(e.states.after, "Key3\\Key3_1", "Name |");
	done(&e);
}

/* ---- what is refused */

static void
dirty_hives_without_their_logs_are_refused(void **state)
{
	struct reg_edit set = SET("New", "Name", 1, "A\0");

	(void)state;
	is_refused(edit_once("NewDirtyHive1", set),
	           "C:\\H: writes to it were under way, and no sound log is beside it: "
	           "the last changes may be missing, so it is not changed; start this "
	           "Windows and shut it down properly, then try again");
	is_refused(edit_with(hive_data_fd("NewDirtyHive1"),
	                     hive_data_fd("OldDirtyHive.LOG1"), -1, &set, 1),
	           "C:\\H: writes to it were under way, and its logs are of another "
	           "time: the last changes may be missing, so it is not changed; start "
	           "this Windows and shut it down properly, then try again");
}

static void
a_log_that_lost_entries_is_refused(void **state)
{
	struct reg_edit set = SET("New", "Name", 1, "A\0");
	struct span log = hive_data("NewDirtyHive1.LOG1");
	uint8_t *bytes = (uint8_t *)(uintptr_t)log.at;

	(void)state;
	bytes[600] ^= 1; /* in its first entry; there are later ones */
	is_refused(
	    edit_with(hive_data_fd("NewDirtyHive1"), hive_data_put(log),
	              hive_data_fd("NewDirtyHive1.LOG2"), &set, 1),
	    "C:\\H: one of its logs is damaged, and the last writes are missing; "
	    "look for an older copy of the log, or for what Windows makes of it, "
	    "so it is not changed; start this Windows and shut it down properly, "
	    "then try again");
	hive_data_free(log);
}

static void
damaged_hives_are_refused(void **state)
{
	static const struct {
		const char *name;
		const char *why;
	} damaged[] = {
		{ "TruncatedHive",
		  "C:\\H: it ends after 12288 of 491520 bytes: what was behind them is "
		  "missing; look for an older copy of it, so it is not changed; start "
		  "this Windows and shut it down properly, then try again" },
		{ "SAMBadHBinHeader",
		  "C:\\H: this registry hive is damaged inside; look "
		  "for an older copy of it" },
		{ "corrupt_sub_key_list.hiv",
		  "C:\\H: key New: the list of its subkeys is damaged; look for an "
		  "older copy of the hive" },
	};
	struct reg_edit set = SET("New", "Name", 1, "A\0");

	(void)state;
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++)
		is_refused(edit_once(damaged[i].name, set), damaged[i].why);
}

/* The library opens it, and changes it; only who reads all of it meets the damage. */
static void
a_hive_that_is_damaged_elsewhere_is_refused(void **state)
{
	struct reg_edit set = SET("", "Name", 1, "A\0");
	struct span s = hive_data("SAM-win7");
	uint8_t *bytes = (uint8_t *)(uintptr_t)s.at;

	(void)state;
	bytes[record_of(s, "Preston")] = 'x';
	is_refused(
	    edit_with(hive_data_put(s), -1, -1, &set, 1),
	    "C:\\H: key SAM\\Domains\\Account\\Users\\Names: a second reader "
	    "(libregf) cannot read it, so a change could not be verified; look for "
	    "an older copy of the hive");
	hive_data_free(s);
}

static void
long_values_are_refused(void **state)
{
	static uint8_t many[1000000];
	struct reg_edit set = {
		REG_EDIT_SET, 3, "New", "Name", { many, 16344, false }
	};
	struct reg_edit beside = SET("key_with_bigdata", "Name", 1, "A\0");
	const char *why = "C:\\H: key New: it has, or is to have, a value of more than "
			  "16,344 bytes, and such a key is not changed here; change it "
			  "with the registry editor of its own Windows";
	struct edited e = edit_once("minimal", set);

	(void)state;
	is_done(&e);
	has_value(e.states.after, "New", "Name", 3, span_of(many, 16344));
	done(&e);
	set.bytes.left = 16345;
	is_refused(edit_once("minimal", set), why);
	set.bytes.left = sizeof many;
	is_refused(edit_once("minimal", set), why);
	is_refused(
	    edit_once("BigDataHive", beside),
	    "C:\\H: key key_with_bigdata: it has, or is to have, a value of more "
	    "than 16,344 bytes, and such a key is not changed here; change it "
	    "with the registry editor of its own Windows");
}

static void
what_cannot_be_an_edit_is_refused(void **state)
{
	struct reg_edit root = DELETE_KEY("");
	struct reg_edit letters = MAKE_KEY("Ключ");
	struct reg_edit empty = MAKE_KEY("A\\\\B");

	(void)state;
	is_refused(edit_once("minimal", root), "C:\\H: its root: the root of a hive is "
	                                       "never deleted; name a key below it");
	is_refused(
	    edit_once("minimal", letters),
	    "C:\\H: key Ключ: a name in it, or one that it is to have, cannot be "
	    "written as it is; change it with the registry editor of its own "
	    "Windows");
	is_refused(
	    edit_once("minimal", empty),
	    "C:\\H: key A\\\\B: a name in it, or one that it is to have, cannot be "
	    "written as it is; change it with the registry editor of its own "
	    "Windows");
}

/* Two parents of one list: a key that goes below one would be gone below the other. */
static void
a_key_whose_list_another_has_too_is_refused(void **state)
{
	struct edited e = edit_once("BadListHive", (struct reg_edit)DELETE_KEY("1"));

	(void)state;
	is_done(&e);
	key_has(e.states.after, "", "| 2 3 4");
	done(&e);
	is_refused(
	    edit_once("BadListHive", (struct reg_edit)DELETE_KEY("2")),
	    "C:\\H: key 3: a second reader (libregf) could not read it any more, "
	    "so nothing of this is written; report it with the hive");
}

/* As before lists had hashes; the library cannot take a key off such a one. */
static void
a_list_of_windows_nt_is_refused(void **state)
{
	struct span s = hive_data("100_sub_keys.hiv");
	uint8_t *bytes = (uint8_t *)(uintptr_t)s.at;
	size_t lh = span_find(s, "lh", 2);
	size_t lf = span_find(s, "lf", 2);
	size_t at = lh != SIZE_MAX ? lh : lf;

	(void)state;
	assert_int_not_equal(at, SIZE_MAX);
	size_t count = (size_t)bytes[at + 2] | (size_t)bytes[at + 3] << 8;
	bytes[at + 1] = 'i';
	for (size_t i = 0; i < count; i++)
		memmove(bytes + at + 4 + 4 * i, bytes + at + 4 + 8 * i, 4);
	struct edited e = edit_with(hive_data_put(s), -1, -1,
	                            &(struct reg_edit)DELETE_KEY("50"), 1);
	is_refused(e, "C:\\H: key 50: the list that it is in is of a kind that is not "
	              "changed here; change it with the registry editor of its own "
	              "Windows");
	hive_data_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_set_with_its_very_type_and_bytes),
		cmocka_unit_test(what_was_there_is_not_written_again),
		cmocka_unit_test(a_value_goes_and_the_others_stay_in_their_order),
		cmocka_unit_test(a_key_goes_with_all_below_it),
		cmocka_unit_test(keys_are_made_where_they_are_missing),
		cmocka_unit_test(the_last_of_several_edits_counts),
		cmocka_unit_test(a_key_that_the_library_cannot_ask_for_is_found),
		cmocka_unit_test(names_of_other_letters_are_kept),
		cmocka_unit_test(a_hive_is_changed_behind_its_logs),
		cmocka_unit_test(dirty_hives_without_their_logs_are_refused),
		cmocka_unit_test(a_log_that_lost_entries_is_refused),
		cmocka_unit_test(damaged_hives_are_refused),
		cmocka_unit_test(a_hive_that_is_damaged_elsewhere_is_refused),
		cmocka_unit_test(long_values_are_refused),
		cmocka_unit_test(what_cannot_be_an_edit_is_refused),
		cmocka_unit_test(a_key_whose_list_another_has_too_is_refused),
		cmocka_unit_test(a_list_of_windows_nt_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
