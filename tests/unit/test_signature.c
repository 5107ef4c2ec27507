#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "know/microsoft_roots.h"
#include "reach/package_store.h"

#define ROOT "cc1776dfae9aa03cd0561e1ee4a943aeb75002ea"
#define FOLDER_ROOM 64
#define FILE_MOST 65536

/*
 * The tests' own authority in the place of Microsoft's: this program is linked with
 * --wrap=microsoft_root, and nothing else is.
 */
const struct microsoft_root *__wrap_microsoft_root(const char *thumbprint);
const struct microsoft_root *__real_microsoft_root(const char *thumbprint);

static bool own_root;

const struct microsoft_root *
__wrap_microsoft_root(const char *thumbprint)
{
	static const struct microsoft_root ours = { ROOT, "the tests' own", "-" };

	if (own_root)
		return strcmp(thumbprint, ROOT) == 0 ? &ours : NULL;
	return __real_microsoft_root(thumbprint);
}

static char folder[FOLDER_ROOM];
static uint8_t bytes[FILE_MOST];
static size_t len;

static int
begin(void **state)
{
	(void)state;
	own_root = true;
	snprintf(folder, sizeof folder, "/tmp/confine-test-XXXXXX");
	return mkdtemp(folder) ? 0 : 1;
}

static void
path_of(char *to, size_t room, const char *name)
{
	snprintf(to, room, "%s/%s", folder, name);
}

static int
end(void **state)
{
	static const char *const names[] = { "p.exe", "p.cer", "link", "fifo" };
	char path[FOLDER_ROOM + 16];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		path_of(path, sizeof path, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

/* A file of tests/data/packages into `bytes`. */
static void
take(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/packages/%s", TEST_DATA, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	assert_in_range(len, 100, sizeof bytes - 64);
}

static void
put(const char *name)
{
	char path[FOLDER_ROOM + 16];

	path_of(path, sizeof path, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* What the folder's only file is, now that `bytes` are in it. */
static struct package_file
seen(void)
{
	struct package_store store;
	char why[WHY_ROOM];

	put("p.exe");
	assert_int_equal(package_store_read(folder, &store, why), OK);
	assert_int_equal(store.count, 1);
	struct package_file f = store.at[0];
	package_store_free(&store);
	return f;
}

static void
assert_seen(enum signature_is is, const char *why)
{
	struct package_file f = seen();

	if (f.signature.is != is || !strstr(f.signature.why, why))
		fail_msg("%d, %s", f.signature.is, f.signature.why);
}

static void
a_countersigned_program_is_good_though_all_has_expired(void **state)
{
	(void)state;
	take("good.exe");
	struct package_file f = seen();
	assert_int_equal(f.signature.is, SIGNATURE_GOOD);
	assert_int_equal(f.signature.signed_ms, INT64_C(1224676800000));
	assert_string_equal(f.name, "p.exe");
	assert_int_equal(f.size, len);
}

static void
a_time_stamp_token_is_as_good(void **state)
{
	(void)state;
	take("token.exe");
	struct package_file f = seen();
	assert_int_equal(f.signature.is, SIGNATURE_GOOD);
	assert_int_equal(f.signature.signed_ms, INT64_C(1224676800000));
}

static void
no_authority_but_microsofts_is_believed(void **state)
{
	(void)state;
	own_root = false;
	take("good.exe");
	assert_seen(SIGNATURE_BAD, "does not go back to Microsoft");
	take("token.exe");
	assert_seen(SIGNATURE_BAD, "does not go back to Microsoft");
}

static void
a_root_that_is_not_at_hand_may_lie_beside_it(void **state)
{
	(void)state;
	take("no-root.exe");
	assert_seen(SIGNATURE_OPEN, "put Microsoft's root certificate");
	take("root.cer");
	put("p.cer");
	take("no-root.exe");
	assert_seen(SIGNATURE_GOOD, "");
	own_root = false; /* it is believed for its thumbprint only */
	assert_seen(SIGNATURE_BAD, "does not go back to Microsoft");
}

static void
what_lacks_something_is_not_good(void **state)
{
	(void)state;
	take("unsigned.exe");
	assert_seen(SIGNATURE_NONE, "it is not signed");
	take("no-stamp.exe");
	assert_seen(SIGNATURE_OPEN, "no time stamp");
	take("late-stamp.exe");
	assert_seen(SIGNATURE_BAD, "signer's certificate was not valid when");
	take("other-stamp.exe");
	assert_seen(SIGNATURE_BAD, "time stamp's certificate is not for that use");
	take("other-signer.exe");
	assert_seen(SIGNATURE_BAD, "signed by \"Acme\"");
	take("other-use.exe");
	assert_seen(SIGNATURE_BAD, "signer's certificate is not for that use");
}

/* Every byte but the four of the checksum counts; a sample of them is changed. */
static void
one_changed_byte_breaks_it(void **state)
{
	(void)state;
	take("good.exe");
	size_t pe = bytes[0x3C];
	size_t table = 3072;
	for (size_t at = 0; at < table; at += 97) {
		if (at >= pe + 24 + 64 && at < pe + 24 + 68)
			continue;
		bytes[at] ^= 0x40;
		struct package_file f = seen();
		if (f.signature.is == SIGNATURE_GOOD)
			fail_msg("byte %zu", at);
		bytes[at] ^= 0x40;
	}
	bytes[2000] ^= 1;
	assert_seen(SIGNATURE_BAD, "changed after it had been signed");
	bytes[2000] ^= 1;
	bytes[pe + 24 + 64] ^= 0xFF; /* the checksum */
	assert_seen(SIGNATURE_GOOD, "");
}

/* Some of it nobody signs (a certificate that is there twice): that may change. */
static void
a_changed_signature_is_refused_and_breaks_nothing(void **state)
{
	size_t good = 0;
	size_t all = 0;

	(void)state;
	take("good.exe");
	for (size_t at = 3072; at < len - 8; at += 41) {
		bytes[at] ^= 0x21;
		struct package_file f = seen();
		assert_null(strstr(f.signature.why, "decoder"));
		good += f.signature.is == SIGNATURE_GOOD;
		all++;
		bytes[at] ^= 0x21;
	}
	assert_true(good < all / 4);
}

static void
what_was_appended_is_refused(void **state)
{
	(void)state;
	take("good.exe");
	bytes[len++] = 0;
	assert_seen(SIGNATURE_BAD, "appended");
}

static void
a_cut_program_is_never_good(void **state)
{
	(void)state;
	take("good.exe");
	size_t whole = len;
	for (len = 0; len < whole; len += 211)
		assert_true(seen().signature.is != SIGNATURE_GOOD);
}

/* Links, pipes and folders are no packages. */
static void
only_plain_files_are_looked_at(void **state)
{
	char path[FOLDER_ROOM + 16];

	(void)state;
	path_of(path, sizeof path, "link");
	assert_int_equal(symlink("/etc/passwd", path), 0);
	path_of(path, sizeof path, "fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	take("unsigned.exe");
	struct package_file f = seen();
	assert_string_equal(f.name, "p.exe");
}

static void
a_hash_is_that_of_the_whole_file(void **state)
{
	(void)state;
	for (len = 0; len < 3; len++)
		bytes[len] = (uint8_t)('a' + len);
	struct package_file f = seen();
	assert_string_equal(f.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_int_equal(f.signature.is, SIGNATURE_NONE);
}

static void
a_folder_that_is_not_there_is_refused(void **state)
{
	struct package_store store;
	char why[WHY_ROOM] = "";

	(void)state;
	assert_int_equal(package_store_read("/nonexistent/x", &store, why),
	                 ERR_REFUSED);
	assert_non_null(strstr(why, "/nonexistent/x"));
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		CASE(a_countersigned_program_is_good_though_all_has_expired),
		CASE(a_time_stamp_token_is_as_good),
		CASE(no_authority_but_microsofts_is_believed),
		CASE(a_root_that_is_not_at_hand_may_lie_beside_it),
		CASE(what_lacks_something_is_not_good),
		CASE(one_changed_byte_breaks_it),
		CASE(a_changed_signature_is_refused_and_breaks_nothing),
		CASE(what_was_appended_is_refused),
		CASE(a_cut_program_is_never_good),
		CASE(only_plain_files_are_looked_at),
		CASE(a_hash_is_that_of_the_whole_file),
		CASE(a_folder_that_is_not_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
