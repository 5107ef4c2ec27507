#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/patches_store.h"

#define WANTED "WindowsXP-KB958644-x86-ENU.exe"
#define NEWER "WindowsXP-KB2705219-v2-x86-ENU.exe"
/* Of the English KB958644, as the tables have it; and another. */
#define KNOWN "5c135a8dae5721849430afe27af255f83e64f62b"
#define OTHER "0123456789abcdef0123456789abcdef01234567"

static struct package_file files[4];
static struct package_store store = { .at = files };
static struct statuses statuses;

static int
begin(void **state)
{
	(void)state;
	store.count = 0;
	struct status *s = statuses_add(&statuses, STATUS_PATCH, NEED_DOING);
	if (!s)
		return 1;
	status_text(s, "package", WANTED);
	status_text(s, "newest", NEWER);
	snprintf(s->next, sizeof s->next, "Get it.");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	statuses_free(&statuses);
	return 0;
}

static void
put(const char *name, const char *sha1, enum signature_is is)
{
	struct package_file *f = &files[store.count++];

	*f = (struct package_file){ .size = 1 };
	f->signature.is = is;
	f->signature.signed_ms = INT64_C(1224676800000);
	snprintf(f->name, sizeof f->name, "%s", name);
	snprintf(f->sha1, sizeof f->sha1, "%s", sha1);
	snprintf(f->signature.why, sizeof f->signature.why, "signature %d", (int)is);
}

static void
assert_found(const char *verdict, const char *file, const char *then)
{
	const struct status *s = &statuses.at[0];

	patches_from_store(&store, &statuses);
	assert_string_equal(status_field(s, "file_verdict")->text, verdict);
	assert_string_equal(status_field(s, "file")->text, file);
	assert_string_equal(s->next, then);
}

static void
a_known_hash_finds_the_file_whatever_its_name(void **state)
{
	(void)state;
	put("p1.exe", KNOWN, SIGNATURE_OPEN);
	put(WANTED, OTHER, SIGNATURE_NONE);
	assert_found("hash-known", "p1.exe",
	             "Use p1.exe (its SHA-1 is the one of this package). Get it.");
}

static void
a_good_signature_over_a_known_hash_leaves_no_question(void **state)
{
	(void)state;
	put("p1.exe", KNOWN, SIGNATURE_GOOD);
	assert_found("verified", "p1.exe",
	             "Use p1.exe (signature 1 on 2008-10-22, and its hash is known). "
	             "Get it.");
}

static void
a_good_signature_alone_leaves_the_rest_to_the_name(void **state)
{
	(void)state;
	put("windowsxp-kb958644-x86-enu_" OTHER ".exe", OTHER, SIGNATURE_GOOD);
	assert_found("verified", "windowsxp-kb958644-x86-enu_" OTHER ".exe",
	             "Use windowsxp-kb958644-x86-enu_" OTHER
	             ".exe (signature 1 on 2008-10-22; that it is this update, its "
	             "name says). Get it.");
}

static void
a_good_signature_under_another_name_is_another_file(void **state)
{
	(void)state;
	put("WindowsXP-KB958644-x86-DEU.exe", OTHER, SIGNATURE_GOOD);
	put("notes.txt", OTHER, SIGNATURE_NONE);
	assert_found("absent", "", "It is not in the folder. Get it.");
}

static void
the_newer_one_serves_too_and_the_best_is_taken(void **state)
{
	(void)state;
	put(WANTED, OTHER, SIGNATURE_BAD);
	put(NEWER, OTHER, SIGNATURE_GOOD);
	assert_found("verified", NEWER,
	             "Use " NEWER
	             " (signature 1 on 2008-10-22; that it is this update, "
	             "its name says). Get it.");
}

static void
a_bad_signature_counts_more_than_a_known_hash(void **state)
{
	(void)state;
	put(WANTED, KNOWN, SIGNATURE_BAD);
	assert_found("bad", WANTED,
	             "Never use " WANTED " of the folder: signature 4. Get it.");
}

static void
a_good_signature_does_not_help_a_name_that_lies_about_the_hash(void **state)
{
	(void)state;
	put("windowsxp-kb958644-x86-enu_" KNOWN ".exe", OTHER, SIGNATURE_GOOD);
	patches_from_store(&store, &statuses);
	assert_string_equal(status_field(&statuses.at[0], "file_because")->text,
	                    "its name promises another hash");
}

static void
a_status_that_wants_no_package_is_left_alone(void **state)
{
	(void)state;
	statuses_free(&statuses);
	struct status *s = statuses_add(&statuses, STATUS_PATCH, NEED_NOTHING);
	assert_non_null(s);
	status_text(s, "package", "");
	status_text(s, "newest", "");
	put(WANTED, KNOWN, SIGNATURE_GOOD);
	patches_from_store(&store, &statuses);
	assert_null(status_field(&statuses.at[0], "file"));
	assert_string_equal(statuses.at[0].next, "");
}

static void
a_name_without_end_leaves_the_advice_readable(void **state)
{
	char name[NAME_ROOM];

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	put(name, KNOWN, SIGNATURE_OPEN);
	patches_from_store(&store, &statuses);
	assert_non_null(strstr(statuses.at[0].next, "Get it."));
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		CASE(a_known_hash_finds_the_file_whatever_its_name),
		CASE(a_good_signature_over_a_known_hash_leaves_no_question),
		CASE(a_good_signature_alone_leaves_the_rest_to_the_name),
		CASE(a_good_signature_under_another_name_is_another_file),
		CASE(the_newer_one_serves_too_and_the_best_is_taken),
		CASE(a_bad_signature_counts_more_than_a_known_hash),
		CASE(a_good_signature_does_not_help_a_name_that_lies_about_the_hash),
		CASE(a_status_that_wants_no_package_is_left_alone),
		CASE(a_name_without_end_leaves_the_advice_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
