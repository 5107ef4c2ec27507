/*
 * Hives through the cage.  What is expected of the real ones is what their makers, or
 * other programs, say of them (tests/data/hive/README.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "reach/hive.h"

struct opened {
	struct hive *hive;
	struct hive_state state;
	enum heard heard;
	char why[WHY_ROOM];
};

/* Takes the descriptors. */
static struct opened
open_fds(int fd, int log1, int log2)
{
	struct hive_files files = { fd, { -1, log1, log2 }, "C:\\H" };
	struct opened o;

	o.heard = hive_open(&files, &o.hive, &o.state, o.why);
	close(fd);
	if (log1 >= 0)
		close(log1);
	if (log2 >= 0)
		close(log2);
	return o;
}

static struct opened
open_data(const char *name)
{
	return open_fds(hive_data_fd(name), -1, -1);
}

static void
close_it(struct opened *o)
{
	hive_free(o->hive);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}

/* The names of the subkeys, each followed by a blank. */
static void
has_subkeys(struct opened *o, const char *path, const char *names)
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

static enum heard
ask(struct opened *o, const char *path, char why[WHY_ROOM])
{
	struct reg_key k;
	enum heard heard = hive_key(o->hive, path, &k, why);

	reg_key_free(&k);
	return heard;
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
		struct opened o = open_data(sound[i].name);

		assert_int_equal(o.heard, HEARD);
		assert_string_equal(o.state.note, "");
		assert_false(o.state.dirty || o.state.replayed || o.state.rebuilt);
		has_subkeys(&o, "", sound[i].subkeys);
		close_it(&o);
	}
}

static void
what_is_in_the_logs_only_is_seen(void **state)
{
	struct opened o = open_fds(hive_data_fd("NewDirtyHive1"),
	                           hive_data_fd("NewDirtyHive1.LOG1"),
	                           hive_data_fd("NewDirtyHive1.LOG2"));

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.dirty && o.state.replayed);
	assert_string_equal(o.state.note, "");
	has_subkeys(&o, "", "Key3 ");
	has_subkeys(&o, "key3", "Key3_1 Key3_2 Key3_3 ");
	close_it(&o);
}

static void
a_dirty_hive_without_its_logs_says_so(void **state)
{
	struct opened o = open_data("NewDirtyHive1");

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.dirty);
	assert_false(o.state.replayed);
	assert_string_equal(
	    o.state.note, "writes to it were under way, and no sound log is beside it: "
			  "the last changes may be missing");
	has_subkeys(&o, "", "Key1 Key2 ");
	close_it(&o);
}

static void
logs_of_another_hive_are_of_no_use(void **state)
{
	struct opened o = open_fds(hive_data_fd("NewDirtyHive1"),
	                           hive_data_fd("OldDirtyHive.LOG1"), -1);

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.dirty);
	assert_false(o.state.replayed);
	assert_string_equal(o.state.note,
	                    "writes to it were under way, and its logs are of another "
	                    "time: the last changes may be missing");
	close_it(&o);
}

static void
a_lost_base_block_is_rebuilt(void **state)
{
	struct span s = hive_data("OldDirtyHive");
	uint8_t *bytes = (uint8_t *)(uintptr_t)s.at;

	(void)state;
	memset(bytes, 0, 512);
	struct opened o = open_fds(hive_data_put(s), hive_data_fd("OldDirtyHive.LOG1"),
	                           -1);
	assert_int_equal(o.heard, HEARD);
	assert_true(o.state.rebuilt && o.state.replayed);
	has_subkeys(&o, "", "key_with_many_subkeys ");
	close_it(&o);
	hive_data_free(s);
}

static void
a_hive_that_ends_too_early_says_so(void **state)
{
	struct opened o = open_data("TruncatedHive");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_string_equal(o.state.note,
	                    "it ends after 12288 of 491520 bytes: what was behind them "
	                    "is missing; look for an older copy of it");
	assert_int_equal(ask(&o, "key_with_many_subkeys", why), HEARD_ODD);
	assert_string_equal(why, "C:\\H, key key_with_many_subkeys: the list of its "
	                         "subkeys is damaged; look for an older copy of the "
	                         "hive");
	close_it(&o);
}

static void
a_damaged_list_is_not_an_empty_one(void **state)
{
	struct opened o = open_data("corrupt_sub_key_list.hiv");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(o.heard, HEARD);
	assert_int_equal(ask(&o, "", why), HEARD_ODD);
	assert_string_equal(why, "C:\\H, its root: the list of its subkeys is damaged; "
	                         "look for an older copy of the hive");
	assert_int_equal(ask(&o, "17\\below", why), HEARD_ODD);
	close_it(&o);
}

/* ---- keys */

static void
keys_are_found_whatever_the_case(void **state)
{
	struct opened o = open_data("SECURITY-win8");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(ask(&o, "Policy\\PolAdtEv", why), HEARD);
	assert_int_equal(ask(&o, "policy\\POLADTEV", why), HEARD);
	assert_int_equal(ask(&o, "POLICY\\PolAdtEv", why), HEARD);
	assert_int_equal(ask(&o, "Policy", why), HEARD);
	close_it(&o);
}

static void
a_key_that_is_not_there_is_nothing(void **state)
{
	struct opened o = open_data("SECURITY-win8");
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(ask(&o, "Policies", why), HEARD_NOTHING);
	assert_int_equal(ask(&o, "Polic", why), HEARD_NOTHING);
	assert_int_equal(ask(&o, "Policies\\PolAdtEv", why), HEARD_NOTHING);
	assert_int_equal(ask(&o, "Policy\\PolAdtEv\\below", why), HEARD_NOTHING);
	assert_int_equal(ask(&o, "\\Policy", why), HEARD_NOTHING);
	assert_int_equal(ask(&o, "Policy", why), HEARD);
	close_it(&o);
}

static void
values_come_whole(void **state)
{
	struct opened o = open_data("BigDataHive");
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
	close_it(&o);
}

static void
short_values_come_whole(void **state)
{
	struct opened o = open_data("rlenvalue_test_hive");
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "ModerateValueParent", &k, why), HEARD);
	assert_int_equal(k.value_count, 6);
	assert_int_equal(reg_value(&k, "3Bytes")->bytes.left, 3);
	assert_true(span_is(reg_value(&k, "3Bytes")->bytes, "012", 3));
	assert_int_equal(reg_value(&k, "33Bytes")->bytes.left, 33);
	reg_key_free(&k);
	close_it(&o);
}

static void
names_with_a_zero_are_shown_and_found(void **state)
{
	struct opened o = open_data("special");
	char why[WHY_ROOM] = "";
	struct reg_key k;
	uint32_t number = 1;

	(void)state;
	assert_int_equal(ask(&o, "zero", why), HEARD_NOTHING);
	assert_int_equal(hive_key(o.hive, "ZERO\xef\xbf\xbdkey", &k, why), HEARD);
	assert_true(reg_u32(reg_value(&k, "zero\xef\xbf\xbdval"), &number));
	assert_int_equal(number, 0);
	reg_key_free(&k);
	close_it(&o);
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
	struct opened o = open_data("NewDirtyHive1.recovered-by-windows10");
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "Key3", &k, why), HEARD);
	assert_true(k.has_security);
	assert_int_equal(k.security.left, 144);
	assert_true(span_is(span_at(k.security, 0, sizeof sd), sd, sizeof sd));
	reg_key_free(&k);
	close_it(&o);
}

/* ---- made by hand */

/* Where a key's record with this name begins; its name is of that length. */
static size_t
key_at(struct span s, const char *name)
{
	size_t len = strlen(name);

	for (size_t at = 4096; at + 80 + len <= s.left; at += 8) {
		if (memcmp(s.at + at + 4, "nk", 2) == 0 && s.at[at + 76] == len &&
		    memcmp(s.at + at + 80, name, len) == 0)
			return at;
	}
	fail_msg("no key %s", name);
	return 0;
}

/* 100_sub_keys.hiv, with bytes of one key's record replaced. */
static struct opened
open_changed(const char *key, size_t at, const char *bytes, size_t len)
{
	struct span s = hive_data("100_sub_keys.hiv");
	uint8_t *record = (uint8_t *)(uintptr_t)s.at + key_at(s, key);

	memcpy(record + at, bytes, len);
	struct opened o = open_fds(hive_data_put(s), -1, -1);
	assert_int_equal(o.heard, HEARD);
	hive_data_free(s);
	return o;
}

static void
two_keys_of_one_name_are_not_one(void **state)
{
	struct opened o = open_changed("52", 80, "53", 2);
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(ask(&o, "53", why), HEARD_ODD);
	assert_string_equal(why,
	                    "C:\\H, key 53: there are two keys of this name, which "
	                    "Windows does not allow; look at both with a registry "
	                    "editor");
	assert_int_equal(ask(&o, "54", why), HEARD);
	assert_int_equal(ask(&o, "52", why), HEARD_NOTHING);
	close_it(&o);
}

static void
one_damaged_record_hides_no_other(void **state)
{
	struct opened o = open_changed("52", 76, "\xff\xff", 2); /* its name's length */
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(ask(&o, "", why), HEARD_ODD);
	assert_int_equal(ask(&o, "53", why), HEARD);
	assert_int_equal(ask(&o, "52", why), HEARD_ODD); /* it may be that one */
	close_it(&o);
}

static void
a_damaged_list_of_values_is_not_an_empty_one(void **state)
{
	struct opened o = open_changed("52", 44, "\x01\x02\x03\x00", 4);
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(ask(&o, "52", why), HEARD_ODD);
	assert_string_equal(why, "C:\\H, key 52: a value in it is damaged; look for an "
	                         "older copy of the hive");
	assert_int_equal(ask(&o, "53", why), HEARD);
	close_it(&o);
}

static void
security_that_cannot_be_read_is_empty_but_there(void **state)
{
	struct opened o = open_changed("52", 48, "\xff\xff\xff\xff", 4);
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "52", &k, why), HEARD);
	assert_true(k.has_security);
	assert_int_equal(k.security.left, 0);
	reg_key_free(&k);
	close_it(&o);
}

static void
a_predefined_key_has_no_values(void **state)
{
	/* Of Windows 2000 and XP: Perflib\009.  The count is a handle. */
	struct opened o = open_changed("52", 6, "\x60", 1);
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "52", &k, why), HEARD);
	assert_int_equal(k.value_count, 0);
	reg_key_free(&k);
	assert_int_equal(hive_key(o.hive, "53", &k, why), HEARD);
	assert_int_equal(k.value_count, 1);
	reg_key_free(&k);
	close_it(&o);
}

static void
a_path_that_is_too_deep_or_too_long_is_not_followed(void **state)
{
	struct opened o = open_data("UnicodeHive");
	char why[WHY_ROOM] = "";
	char longest[8000];

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(ask(&o, longest, why), NOT_ASKED);
	longest[4096] = '\0';
	assert_int_equal(ask(&o, longest, why), HEARD_NOTHING);
	assert_int_equal(ask(&o, "Привет\\Ключ", why), HEARD);
	close_it(&o);
}

/* ---- files that are no hives */

static void
is_not_opened(int fd, enum heard heard, const char *why)
{
	struct opened o = open_fds(fd, -1, -1);

	assert_int_equal(o.heard, heard);
	assert_string_equal(o.why, why);
	assert_null(o.hive);
	close_it(&o);
}

static void
what_is_no_hive_is_refused_in_words(void **state)
{
	uint8_t zeros[8192] = { 0 };
	int large = memfd_create("large", MFD_CLOEXEC);

	(void)state;
	is_not_opened(hive_data_put(span_of(zeros, 0)), HEARD_SHORT,
	              "the file is empty; look for an older copy of it");
	is_not_opened(hive_data_put(span_of(zeros, 8191)), HEARD_SHORT,
	              "the file is too small for a registry hive; look for an older "
	              "copy of it");
	is_not_opened(hive_data_put(span_of(zeros, 8192)), HEARD_ODD,
	              "the file is no registry hive; look for an older copy of it");
	is_not_opened(hive_data_fd("SAMBadHBinHeader"), HEARD_ODD,
	              "this registry hive is damaged inside; look for an older copy of "
	              "it");
	is_not_opened(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), HEARD_ODD,
	              "the file cannot be read: Is a directory; copy it from another "
	              "system, or look for an older copy of it");
	assert_int_equal(ftruncate(large, (512L << 20) + 1), 0);
	is_not_opened(large, NOT_ASKED,
	              "this registry hive is larger than 512 MB, which none of Windows "
	              "is; see what was put in its place");
}

static void
a_wrong_checksum_is_refused_in_words(void **state)
{
	struct span s = hive_data("minimal");
	uint8_t *bytes = (uint8_t *)(uintptr_t)s.at;

	(void)state;
	bytes[48] ^= 1;
	is_not_opened(hive_data_put(s), HEARD_ODD,
	              "the first block of this registry hive is damaged, and no log "
	              "beside it replaces it; look for an older copy of it");
	hive_data_free(s);
}

static void
a_version_that_is_not_known_is_refused_in_words(void **state)
{
	struct span s = hive_data("minimal");
	uint8_t *bytes = (uint8_t *)(uintptr_t)s.at;

	(void)state;
	bytes[20] ^= 2; /* 1 becomes 3, and so does the checksum */
	bytes[508] ^= 2;
	is_not_opened(
	    hive_data_put(s), HEARD_ODD,
	    "this registry hive is of a version that is not known; look at it "
	    "on its own Windows");
	hive_data_free(s);
}

/* ---- many */

static void
many_hives_are_open_at_once(void **state)
{
	struct opened o[16];
	int before = dup(0);

	(void)state;
	close(before);
	for (size_t i = 0; i < 16; i++)
		o[i] = open_data(i % 2 ? "special" : "UnicodeHive");
	for (size_t i = 0; i < 16; i++)
		has_subkeys(&o[i], "",
		            i % 2 ? "abcd_äöüß weird™ zero\xef\xbf\xbdkey "
		                  : "Привет ");
	for (size_t i = 0; i < 16; i++)
		hive_free(o[i].hive);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	int after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

static void
every_key_is_found_again(void **state)
{
	struct opened o = open_data("100_sub_keys.hiv");
	char why[WHY_ROOM] = "";
	char name[8];

	(void)state;
	for (unsigned turn = 0; turn < 3; turn++) {
		for (unsigned i = 1; i <= 100; i++) {
			(void)snprintf(name, sizeof name, "%u", i);
			assert_int_equal(ask(&o, name, why), HEARD);
		}
		assert_int_equal(ask(&o, "101", why), HEARD_NOTHING);
	}
	close_it(&o);
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
	struct opened o = open_data("NewDirtyHive1.recovered-by-windows10");
	char why[WHY_ROOM] = "";

	(void)state;
	if (!kill_children())
		skip();
	assert_int_equal(ask(&o, "Key3", why), HEARD_ODD);
	assert_string_equal(why,
	                    "C:\\H, key Key3: the decoder died of it, so it is "
	                    "damaged or made to do that; look for an older copy of "
	                    "the hive");
	assert_int_equal(ask(&o, "Key3", why), HEARD);
	close_it(&o);
}

static void
nine_deaths_are_enough(void **state)
{
	struct opened o = open_data("minimal");
	char why[WHY_ROOM] = "";

	(void)state;
	for (unsigned deaths = 1; deaths <= 9; deaths++) {
		if (!kill_children())
			skip();
		assert_int_equal(ask(&o, "", why), HEARD_ODD);
		assert_int_equal(ask(&o, "", why), deaths < 9 ? HEARD : HEARD_ODD);
	}
	close_it(&o);
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
		cmocka_unit_test(two_keys_of_one_name_are_not_one),
		cmocka_unit_test(one_damaged_record_hides_no_other),
		cmocka_unit_test(a_damaged_list_of_values_is_not_an_empty_one),
		cmocka_unit_test(security_that_cannot_be_read_is_empty_but_there),
		cmocka_unit_test(a_predefined_key_has_no_values),
		cmocka_unit_test(a_path_that_is_too_deep_or_too_long_is_not_followed),
		cmocka_unit_test(what_is_no_hive_is_refused_in_words),
		cmocka_unit_test(a_wrong_checksum_is_refused_in_words),
		cmocka_unit_test(a_version_that_is_not_known_is_refused_in_words),
		cmocka_unit_test(many_hives_are_open_at_once),
		cmocka_unit_test(every_key_is_found_again),
		cmocka_unit_test(
		    a_decoder_that_died_of_one_question_is_replaced_for_the_next),
		cmocka_unit_test(nine_deaths_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
