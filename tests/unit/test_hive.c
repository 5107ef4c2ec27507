/*
 * Hives through the cage.  What is expected of the real ones is what their makers, or
 * other programs, say of them (tests/data/hive/README.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "hive_tried.h"
#include "reach/cage_nursery.h"

/* The names of the subkeys, each followed by a blank. */
static void
has_subkeys(struct tried *o, const char *path, const char *names)
{
	char why[WHY_ROOM] = "";
	char all[4096] = "";
	struct reg_key k;

	assert_int_equal(hive_key(o->hive, path, &k, why), HEARD);
	for (size_t i = 0; i < k.subkey_count; i++) {
		size_t len = strlen(all);

		(void)snprintf(all + len, sizeof all - len, "%s ", k.subkeys[i]);
	}
	assert_string_equal(all, names);
	reg_key_free(&k);
}

/* ---- the real ones */

static void
sound_hives_open_without_a_note(void **state)
{
	static const struct {
		const char *name;
		const char *subkeys;
	} sound[] = {
		{ "minimal", "" },
		{ "special", "abcd_äöüß weird™ zero\xef\xbf\xbdkey " },
		{ "rlenvalue_test_hive", "ModerateValueParent " },
		{ "UnicodeHive", "Привет " },
		{ "BadListHive", "1 2 3 4 " },
		{ "BigDataHive", "key_with_bigdata " },
		{ "SAM-win7", "SAM " },
		{ "SAM-win8", "SAM " },
		{ "SECURITY-win8", "Cache Policy RXACT " },
		{ "NewDirtyHive1.recovered-by-windows10", "Key3 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
		struct tried o = tried_data(sound[i].name);

		assert_int_equal(o.heard, HEARD);
		assert_string_equal(o.state.note, "");
		assert_false(o.state.dirty || o.state.replayed || o.state.rebuilt);
		has_subkeys(&o, "", sound[i].subkeys);
		tried_close(&o);
	}
}

static void
what_is_in_the_logs_only_is_seen(void **state)
{
	struct tried o = tried_open(hive_data_fd("NewDirtyHive1"),
	                            hive_data_fd("NewDirtyHive1.LOG1"),
	                            hive_data_fd("NewDirtyHive1.LOG2"));

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.dirty && o.state.replayed);
	assert_string_equal(o.state.note, "");
	has_subkeys(&o, "", "Key3 ");
	has_subkeys(&o, "key3", "Key3_1 Key3_2 Key3_3 ");
	tried_close(&o);
}

static void
a_dirty_hive_without_its_logs_says_so(void **state)
{
	struct tried o = tried_data("NewDirtyHive1");

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.dirty);
	assert_false(o.state.replayed);
	assert_string_equal(
	    o.state.note, "writes to it were under way, and no sound log is beside it: "
			  "the last changes may be missing");
	has_subkeys(&o, "", "Key1 Key2 ");
	tried_close(&o);
}

static void
logs_of_another_hive_are_of_no_use(void **state)
{
	struct tried o = tried_open(hive_data_fd("NewDirtyHive1"),
	                            hive_data_fd("OldDirtyHive.LOG1"), -1);

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.dirty);
	assert_false(o.state.replayed);
	assert_string_equal(o.state.note,
	                    "writes to it were under way, and its logs are of another "
	                    "time: the last changes may be missing");
	tried_close(&o);
}

static void
a_lost_base_block_is_rebuilt(void **state)
{
	struct span s = hive_data("OldDirtyHive");
	uint8_t *bytes = (uint8_t *)(uintptr_t)s.at;

	(void)state;
	memset(bytes, 0, 512);
	struct tried o = tried_open(hive_data_put(s), hive_data_fd("OldDirtyHive.LOG1"),
	                            -1);
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.rebuilt && o.state.replayed);
	has_subkeys(&o, "", "key_with_many_subkeys ");
	tried_close(&o);
	hive_data_free(s);
}

static void
a_hive_that_ends_too_early_says_so(void **state)
{
	struct tried o = tried_data("TruncatedHive");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_string_equal(o.state.note,
	                    "it ends after 12288 of 491520 bytes: what was behind them "
	                    "is missing; look for an older copy of it");
	assert_int_equal(tried_ask(&o, "key_with_many_subkeys", why), HEARD_ODD);
	assert_string_equal(why, "C:\\H, key key_with_many_subkeys: the list of its "
	                         "subkeys is damaged; look for an older copy of the "
	                         "hive");
	tried_close(&o);
}

static void
a_damaged_list_is_not_an_empty_one(void **state)
{
	struct tried o = tried_data("corrupt_sub_key_list.hiv");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_int_equal(tried_ask(&o, "", why), HEARD_ODD);
	assert_string_equal(why, "C:\\H, its root: the list of its subkeys is damaged; "
	                         "look for an older copy of the hive");
	assert_int_equal(tried_ask(&o, "17\\below", why), HEARD_ODD);
	tried_close(&o);
}

/* ---- keys */

static void
keys_are_found_whatever_the_case(void **state)
{
	struct tried o = tried_data("SECURITY-win8");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(tried_ask(&o, "Policy\\PolAdtEv", why), HEARD);
	assert_int_equal(tried_ask(&o, "policy\\POLADTEV", why), HEARD);
	assert_int_equal(tried_ask(&o, "POLICY\\PolAdtEv", why), HEARD);
	assert_int_equal(tried_ask(&o, "Policy", why), HEARD);
	tried_close(&o);
}

static void
a_key_that_is_not_there_is_nothing(void **state)
{
	struct tried o = tried_data("SECURITY-win8");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(tried_ask(&o, "Policies", why), HEARD_NOTHING);
	assert_int_equal(tried_ask(&o, "Polic", why), HEARD_NOTHING);
	assert_int_equal(tried_ask(&o, "Policies\\PolAdtEv", why), HEARD_NOTHING);
	assert_int_equal(tried_ask(&o, "Policy\\PolAdtEv\\below", why), HEARD_NOTHING);
	assert_int_equal(tried_ask(&o, "\\Policy", why), HEARD_NOTHING);
	assert_int_equal(tried_ask(&o, "Policy", why), HEARD);
	tried_close(&o);
}

static void
values_come_whole(void **state)
{
	struct tried o = tried_data("BigDataHive");
	const struct reg_value *v = NULL;
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "key_with_bigdata", &k, why), HEARD);
	assert_int_equal(k.value_count, 2);
	assert_int_equal(k.written_ms, 1488644205758);
	v = reg_value(&k, "");
	assert_non_null(v);
	assert_int_equal(v->type, REG_TYPE_BINARY);
	assert_int_equal(v->bytes.left, 16345);
	for (size_t i = 0; i < v->bytes.left; i++)
		assert_int_equal(v->bytes.at[i], '1');
	v = reg_value(&k, "V");
	assert_non_null(v);
	assert_int_equal(v->bytes.left, 81725);
	for (size_t i = 0; i < v->bytes.left; i++)
		assert_int_equal(v->bytes.at[i], '2');
	reg_key_free(&k);
	tried_close(&o);
}

static void
short_values_come_whole(void **state)
{
	struct tried o = tried_data("rlenvalue_test_hive");
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "ModerateValueParent", &k, why), HEARD);
	assert_int_equal(k.value_count, 6);
	assert_int_equal(reg_value(&k, "3Bytes")->bytes.left, 3);
	assert_true(span_is(reg_value(&k, "3Bytes")->bytes, "012", 3));
	assert_int_equal(reg_value(&k, "33Bytes")->bytes.left, 33);
	reg_key_free(&k);
	tried_close(&o);
}

static void
names_with_a_zero_are_shown_and_found(void **state)
{
	struct tried o = tried_data("special");
	char why[WHY_ROOM] = "";
	struct reg_key k;
	uint32_t number = 1;

	(void)state;
	assert_int_equal(tried_ask(&o, "zero", why), HEARD_NOTHING);
	assert_int_equal(hive_key(o.hive, "ZERO\xef\xbf\xbdkey", &k, why), HEARD);
	assert_true(reg_u32(reg_value(&k, "zero\xef\xbf\xbdval"), &number));
	assert_int_equal(number, 0);
	reg_key_free(&k);
	tried_close(&o);
}

/* Administrators and SYSTEM all, a logon session to read: as reglookup -s has it. */
static void
who_may_what_comes_with_the_key(void **state)
{
	static const uint8_t sd[] = {
		0x01, 0x00, 0x04, 0x80, 0x64, 0x00, 0x00, 0x00, 0x74, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x02, 0x00, 0x50, 0x00,
		0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x3f, 0x00, 0x0f, 0x00,
	};
	struct tried o = tried_data("NewDirtyHive1.recovered-by-windows10");
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "Key3", &k, why), HEARD);
	assert_true(k.has_security);
	assert_int_equal(k.security.left, 144);
	assert_true(span_is(span_at(k.security, 0, sizeof sd), sd, sizeof sd));
	reg_key_free(&k);
	tried_close(&o);
}

/* ---- many */

static void
many_hives_are_open_at_once(void **state)
{
	struct tried o[16];
	int before = dup(0);

	(void)state;
	close(before);
	for (size_t i = 0; i < 16; i++)
		o[i] = tried_data(i % 2 ? "special" : "UnicodeHive");
	for (size_t i = 0; i < 16; i++)
		has_subkeys(&o[i], "",
		            i % 2 ? "abcd_äöüß weird™ zero\xef\xbf\xbdkey "
		                  : "Привет ");
	for (size_t i = 0; i < 16; i++)
		hive_free(o[i].hive);
	cage_nursery_end();
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	int after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

static void
every_key_is_found_again(void **state)
{
	struct tried o = tried_data("100_sub_keys.hiv");
	char why[WHY_ROOM] = "";
	char name[8];

	(void)state;
	for (unsigned turn = 0; turn < 3; turn++) {
		for (unsigned i = 1; i <= 100; i++) {
			(void)snprintf(name, sizeof name, "%u", i);
			assert_int_equal(tried_ask(&o, name, why), HEARD);
		}
		assert_int_equal(tried_ask(&o, "101", why), HEARD_NOTHING);
	}
	tried_close(&o);
}

/* Kills all children of this process; false where the system does not list them. */
static bool
kill_children(void)
{
	int pid = 0;
	FILE *f = fopen("/proc/thread-self/children", "r");

	if (!f)
		return false;
	while (fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	(void)fclose(f);
	return pid != 0;
}

static void
a_decoder_that_died_of_one_question_is_replaced_for_the_next(void **state)
{
	struct tried o = tried_data("NewDirtyHive1.recovered-by-windows10");
	char why[WHY_ROOM] = "";

	(void)state;
	if (!kill_children())
		skip();
	assert_int_equal(tried_ask(&o, "Key3", why), HEARD_ODD);
	assert_string_equal(why,
	                    "C:\\H, key Key3: the decoder died of it, so it is "
	                    "damaged or made to do that; look for an older copy of "
	                    "the hive");
	assert_int_equal(tried_ask(&o, "Key3", why), HEARD);
	tried_close(&o);
}

static void
nine_deaths_are_enough(void **state)
{
	struct tried o = tried_data("minimal");
	char why[WHY_ROOM] = "";
	char name[16];

	(void)state;
	assert_int_equal(tried_ask(&o, "", why), HEARD);
	for (unsigned deaths = 1; deaths <= 9; deaths++) {
		if (!kill_children())
			skip();
		(void)snprintf(name, sizeof name, "none %u", deaths);
		assert_int_equal(tried_ask(&o, name, why), HEARD_ODD);
		assert_int_equal(tried_ask(&o, name, why),
		                 deaths < 9 ? HEARD_NOTHING : HEARD_ODD);
	}
	/* What was answered before is known for all that. */
	assert_int_equal(tried_ask(&o, "", why), HEARD);
	tried_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_hives_open_without_a_note),
		cmocka_unit_test(what_is_in_the_logs_only_is_seen),
		cmocka_unit_test(a_dirty_hive_without_its_logs_says_so),
		cmocka_unit_test(logs_of_another_hive_are_of_no_use),
		cmocka_unit_test(a_lost_base_block_is_rebuilt),
		cmocka_unit_test(a_hive_that_ends_too_early_says_so),
		cmocka_unit_test(a_damaged_list_is_not_an_empty_one),
		cmocka_unit_test(keys_are_found_whatever_the_case),
		cmocka_unit_test(a_key_that_is_not_there_is_nothing),
		cmocka_unit_test(values_come_whole),
		cmocka_unit_test(short_values_come_whole),
		cmocka_unit_test(names_with_a_zero_are_shown_and_found),
		cmocka_unit_test(who_may_what_comes_with_the_key),
		cmocka_unit_test(many_hives_are_open_at_once),
		cmocka_unit_test(every_key_is_found_again),
		cmocka_unit_test(
		    a_decoder_that_died_of_one_question_is_replaced_for_the_next),
		cmocka_unit_test(nine_deaths_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
