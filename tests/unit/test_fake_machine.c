#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "../fake/fake_machine.h"

static const char text[] = "about a small one\n"
			   "windows C:\\WINDOWS\n"
			   "user HKU\\S-1 \"C:\\Documents and Settings\\Kang\"\n"
			   "cannot name-times\n"
			   "key HKLM\\SYSTEM\\Select\n"
			   "\tdword Current 0x2\n"
			   "\tmulti \"two words\" one \"\" three\n"
			   "\tmore \"two words\" four\n"
			   "key HKLM\\SYSTEM\\Locked\n"
			   "\tsecurity locked\n"
			   "key HKLM\\SYSTEM\\Bad\n"
			   "\tunreadable the hive is broken here\n"
			   "file C:\\WINDOWS\\system32\\x\n"
			   "\tattributes hidden system\n"
			   "\ttext MZ\n"
			   "\tsize 10\n"
			   "\tbreaks 8 the disk ends here\n"
			   "expect file-x C:\\WINDOWS\\system32\\x\n";

static void
a_key_is_there_with_its_values_and_subkeys(void **state)
{
	struct fake_case *c = fake_case_of(text);
	struct reg_key key;
	char word[16];
	uint32_t n = 0;

	(void)state;
	assert_int_equal(machine_key(c->machine, "hklm\\system", &key), HEARD);
	assert_int_equal(key.subkey_count, 3);
	assert_true(reg_has_subkey(&key, "select"));
	reg_key_free(&key);
	assert_int_equal(machine_key(c->machine, "HKLM\\SYSTEM\\Select", &key), HEARD);
	assert_true(reg_u32(reg_value(&key, "current"), &n));
	assert_int_equal(n, 2);
	struct span rest = reg_value(&key, "two words")->bytes;
	static const char *const words[] = { "one", "", "three", "four" };
	for (size_t i = 0; i < 4; i++) {
		assert_true(reg_multi_next(&rest, word, sizeof word));
		assert_string_equal(word, words[i]);
	}
	assert_false(reg_multi_next(&rest, word, sizeof word));
	reg_key_free(&key);
	assert_int_equal(machine_key(c->machine, "HKLM\\SYSTEM\\No", &key),
	                 HEARD_NOTHING);
	fake_case_free(c);
}

static void
what_cannot_be_read_says_why(void **state)
{
	struct fake_case *c = fake_case_of(text);
	struct reg_key key;
	struct machine_file f;
	uint8_t bytes[16];
	size_t got = 0;

	(void)state;
	assert_int_equal(machine_key(c->machine, "HKLM\\SYSTEM\\Bad", &key), HEARD_ODD);
	assert_string_equal(machine_why(c->machine), "the hive is broken here");
	assert_int_equal(machine_open(c->machine, "C:\\WINDOWS\\system32\\x", &f),
	                 HEARD);
	assert_int_equal(
	    machine_read(c->machine, &f, (struct machine_want){ 0, bytes, 8 }, &got),
	    HEARD);
	assert_memory_equal(bytes, "MZ\r\n\0\0\0\0", 8);
	assert_int_equal(
	    machine_read(c->machine, &f, (struct machine_want){ 8, bytes, 8 }, &got),
	    HEARD_SHORT);
	machine_close_file(c->machine, &f);
	fake_machine_fail_at(c->machine, 0);
	assert_int_equal(machine_key(c->machine, "HKLM", &key), NOT_ASKED);
	assert_true(machine_failed(c->machine));
	fake_case_free(c);
}

static void
files_have_folders_facts_and_lists(void **state)
{
	struct fake_case *c = fake_case_of(text);
	struct file_facts facts;
	struct file_list list;

	(void)state;
	assert_int_equal(machine_stat(c->machine, "c:\\windows", &facts), HEARD);
	assert_true(facts.is_folder);
	assert_int_equal(machine_stat(c->machine, "C:\\WINDOWS\\System32\\X", &facts),
	                 HEARD);
	assert_int_equal(facts.attributes, FILE_HIDDEN | FILE_SYSTEM);
	assert_int_equal(facts.size, 10);
	assert_true(facts.has_times && !facts.has_name_times);
	assert_int_equal(machine_list(c->machine, "C:\\WINDOWS\\system32", &list),
	                 HEARD);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.at[0].name, "x");
	assert_true(list.at[0].is_file);
	file_list_free(&list);
	fake_case_free(c);
}

static void
descriptors_are_made_byte_for_byte(void **state)
{
	/* [MS-DTYP] 2.4.6: a protected DACL of one entry, for S-1-5-18. */
	static const uint8_t locked[] = {
		1,    0, 4,    0x90, 0, 0, 0,  0, 0, 0, 0, 0, 0,  0, 0,  0,
		20,   0, 0,    0,    2, 0, 28, 0, 1, 0, 0, 0, 0,  0, 20, 0,
		0x3F, 0, 0x0F, 0,    1, 1, 0,  0, 0, 0, 0, 5, 18, 0, 0,  0
	};
	struct fake_case *c = fake_case_of(text);
	struct reg_key key;

	(void)state;
	assert_int_equal(machine_key(c->machine, "HKLM\\SYSTEM\\Locked", &key), HEARD);
	assert_true(key.has_security);
	assert_true(span_is(key.security, locked, sizeof locked));
	reg_key_free(&key);
	fake_case_free(c);
}

static void
a_case_keeps_what_it_expects(void **state)
{
	struct fake_case *c = fake_case_of(text);

	(void)state;
	assert_string_equal(c->about, "a small one");
	assert_int_equal(c->expect_count, 1);
	assert_string_equal(c->expects[0].place, "C:\\WINDOWS\\system32\\x");
	assert_string_equal(c->machine->users[0].profile,
	                    "C:\\Documents and Settings\\Kang");
	assert_string_equal(c->machine->drives[0].root, "C:\\");
	fake_case_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_there_with_its_values_and_subkeys),
		cmocka_unit_test(what_cannot_be_read_says_why),
		cmocka_unit_test(files_have_folders_facts_and_lists),
		cmocka_unit_test(descriptors_are_made_byte_for_byte),
		cmocka_unit_test(a_case_keeps_what_it_expects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
