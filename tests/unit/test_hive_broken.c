/*
 * Hives that were damaged by hand, and files that are none: each is told in words,
 * and hides nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "hive_tried.h"

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
static struct tried
open_changed(const char *key, size_t at, const char *bytes, size_t len)
{
	struct span s = hive_data("100_sub_keys.hiv");
	uint8_t *record = (uint8_t *)(uintptr_t)s.at + key_at(s, key);

	memcpy(record + at, bytes, len);
	struct tried o = tried_open(hive_data_put(s), -1, -1);
	assert_int_equal(o.heard, HEARD);
	hive_data_free(s);
	return o;
}

static void
two_keys_of_one_name_are_not_one(void **state)
{
	struct tried o = open_changed("52", 80, "53", 2);
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(tried_ask(&o, "53", why), HEARD_ODD);
	assert_string_equal(why,
	                    "C:\\H, key 53: there are two keys of this name, which "
	                    "Windows does not allow; look at both with a registry "
	                    "editor");
	assert_int_equal(tried_ask(&o, "54", why), HEARD);
	assert_int_equal(tried_ask(&o, "52", why), HEARD_NOTHING);
	tried_close(&o);
}

static void
one_damaged_record_hides_no_other(void **state)
{
	struct tried o = open_changed("52", 76, "\xff\xff", 2); /* its name's length */
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(tried_ask(&o, "", why), HEARD_ODD);
	assert_int_equal(tried_ask(&o, "53", why), HEARD);
	assert_int_equal(tried_ask(&o, "52", why), HEARD_ODD); /* it may be that one */
	tried_close(&o);
}

static void
a_damaged_list_of_values_is_not_an_empty_one(void **state)
{
	struct tried o = open_changed("52", 44, "\x01\x02\x03\x00", 4);
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(tried_ask(&o, "52", why), HEARD_ODD);
	assert_string_equal(why, "C:\\H, key 52: a value in it is damaged; look for an "
	                         "older copy of the hive");
	assert_int_equal(tried_ask(&o, "53", why), HEARD);
	tried_close(&o);
}

static void
security_that_cannot_be_read_is_empty_but_there(void **state)
{
	struct tried o = open_changed("52", 48, "\xff\xff\xff\xff", 4);
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "52", &k, why), HEARD);
	assert_true(k.has_security);
	assert_int_equal(k.security.left, 0);
	reg_key_free(&k);
	tried_close(&o);
}

static void
a_predefined_key_has_no_values(void **state)
{
	/* Of Windows 2000 and XP: Perflib\009.  The count is a handle. */
	struct tried o = open_changed("52", 6, "\x60", 1);
	char why[WHY_ROOM] = "";
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key(o.hive, "52", &k, why), HEARD);
	assert_int_equal(k.value_count, 0);
	reg_key_free(&k);
	assert_int_equal(hive_key(o.hive, "53", &k, why), HEARD);
	assert_int_equal(k.value_count, 1);
	reg_key_free(&k);
	tried_close(&o);
}

static void
a_path_that_is_too_deep_or_too_long_is_not_followed(void **state)
{
	struct tried o = tried_data("UnicodeHive");
	char why[WHY_ROOM] = "";
	char longest[8000];

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(tried_ask(&o, longest, why), NOT_ASKED);
	longest[4096] = '\0';
	assert_int_equal(tried_ask(&o, longest, why), HEARD_NOTHING);
	assert_int_equal(tried_ask(&o, "Привет\\Ключ", why), HEARD);
	tried_close(&o);
}

/* ---- files that are no hives */

static void
is_not_opened(int fd, enum heard heard, const char *why)
{
	struct tried o = tried_open(fd, -1, -1);

	assert_int_equal(o.heard, heard);
	assert_string_equal(o.why, why);
	assert_null(o.hive);
	tried_close(&o);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_keys_of_one_name_are_not_one),
		cmocka_unit_test(one_damaged_record_hides_no_other),
		cmocka_unit_test(a_damaged_list_of_values_is_not_an_empty_one),
		cmocka_unit_test(security_that_cannot_be_read_is_empty_but_there),
		cmocka_unit_test(a_predefined_key_has_no_values),
		cmocka_unit_test(a_path_that_is_too_deep_or_too_long_is_not_followed),
		cmocka_unit_test(what_is_no_hive_is_refused_in_words),
		cmocka_unit_test(a_wrong_checksum_is_refused_in_words),
		cmocka_unit_test(a_version_that_is_not_known_is_refused_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
