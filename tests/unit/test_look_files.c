/* The file rule, asked for single files and swept over the places. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fake/case_play.h"
#include "../fake/fake_machine.h"
#include "base/own.h"
#include "lab/inert_dll.h"
#include "look/installation.h"
#include "look/worm_file.h"
#include "look/worm_file_parts.h"

static void
every_case_finds_what_it_expects(void **state)
{
	static const struct case_detector files[] = { { "files", look_files } };

	(void)state;
	cases_play("files-", files, 1);
}

/* ---- single files */

struct scene {
	struct fake_case *machine;
	struct installation windows;
	struct findings found;
	struct inside in;
};

static struct scene *
scene(const char *files)
{
	static struct scene s;
	char text[4096];

	snprintf(text, sizeof text, "include xp\n%s", files);
	s.machine = fake_case_of(text);
	s.found.count = 0;
	assert_int_equal(installation_find(s.machine->machine, &s.windows, &s.found),
	                 OK);
	s.in = (struct inside){ .machine = s.machine->machine,
		                .windows = &s.windows,
		                .out = &s.found };
	return &s;
}

static void
drop(struct scene *s)
{
	installation_free(&s->windows);
	fake_case_free(s->machine);
}

static struct file_judged
judge(const char *files, const char *path, unsigned named)
{
	struct scene *s = scene(files);
	struct file_judged j;

	worm_file_judge(&s->in, path, named, &j);
	drop(s);
	return j;
}

#define SYSTEM32 "C:\\WINDOWS\\system32\\"

static void
what_a_service_names_in_a_copied_tree_is_the_worm(void **state)
{
	const char *files = "cannot attributes times name-times file-security\n"
			    "file " SYSTEM32 "zorizr.dll\n\tinert 1\n";
	struct file_judged j = judge(files, SYSTEM32 "zorizr.dll", TRAIT_NAMED);

	(void)state;
	assert_int_equal(j.is, FILE_IS_WORM);
	assert_int_equal(j.traits, TRAIT_NAMED | TRAIT_PACKED | TRAIT_RANDOM_NAME);
	assert_int_equal(strlen(j.sha256), 64);
	assert_int_equal(j.variants, 0x1F);

	j = judge(files, SYSTEM32 "zorizr.dll", 0);
	assert_int_equal(j.is, FILE_IS_SUSPECT);
}

static void
a_packed_library_in_its_own_folder_needs_more_than_being_named(void **state)
{
	const char *files = "file C:\\Vendor\\agent.dll\n\tinert 1\n";
	struct file_judged j = judge(files, "C:\\Vendor\\agent.dll", 0);

	(void)state;
	assert_int_equal(j.is, FILE_IS_OTHER);
	assert_int_equal(j.traits, TRAIT_PACKED);
	j = judge(files, "C:\\Vendor\\agent.dll", TRAIT_NAMED);
	assert_int_equal(j.is, FILE_IS_SUSPECT);
}

static void
the_version_decides_whatever_else_it_has(void **state)
{
	const char *files = "file " SYSTEM32 "zodjru.dll\n"
			    "\tvendor zodjru.dll A Company\n"
			    "\tattributes hidden system\n"
			    "\tsecurity locked\n";
	struct file_judged j = judge(files, SYSTEM32 "zodjru.dll", TRAIT_NAMED);

	(void)state;
	assert_int_equal(j.is, FILE_IS_OTHER);
	assert_true(j.traits & TRAIT_VERSIONED);
	assert_true(j.traits & TRAIT_COMPUTED_NAME);
	assert_int_equal(j.variants, VARIANT_B | VARIANT_C);
}

static void
absent_unread_and_no_file_are_three_answers(void **state)
{
	const char *files = "file " SYSTEM32 "ulaugl.dll\n\tunreadable access denied\n"
			    "file " SYSTEM32 "lost.dll\n\tlost a damaged entry\n"
			    "folder " SYSTEM32 "drivers\n"
			    "file " SYSTEM32 "pipe.dll\n\tis other\n";
	struct file_judged j = judge(files, SYSTEM32 "none.dll", TRAIT_NAMED);

	(void)state;
	assert_int_equal(j.is, FILE_IS_ABSENT);
	j = judge(files, SYSTEM32 "ulaugl.dll", TRAIT_NAMED);
	assert_int_equal(j.is, FILE_IS_UNREAD);
	assert_string_equal(j.because, "access denied");
	assert_true(j.traits & TRAIT_COMPUTED_NAME);
	assert_int_equal(j.variants, VARIANT_D);
	j = judge(files, SYSTEM32 "lost.dll", 0);
	assert_int_equal(j.is, FILE_IS_UNREAD);
	assert_string_equal(j.because, "a damaged entry");
	j = judge(files, SYSTEM32 "drivers", 0);
	assert_int_equal(j.is, FILE_IS_OTHER);
	j = judge(files, SYSTEM32 "pipe.dll", 0);
	assert_int_equal(j.is, FILE_IS_UNREAD);
	assert_non_null(strstr(j.because, "no plain file"));
}

static void
the_evidence_is_what_a_sceptic_would_ask_for(void **state)
{
	struct file_judged j = {
		.is = FILE_IS_WORM,
		.traits = TRAITS_FOR,
		.facts = { .size = 62976,
		           .has_times = true,
		           .has_name_times = true,
		           .times = { .created = 128526480000000000u },
		           .name_times = { .created = 128769120000000000u } },
		.sha256 = "e3b0c442"
	};
	struct finding f = { .field_count = 0 };

	(void)state;
	worm_file_evidence(&f, &j);
	assert_int_equal(f.field_count, 5);
	assert_string_equal(f.fields[0].key, "sha256");
	assert_string_equal(f.fields[0].text, "e3b0c442");
	assert_string_equal(f.fields[1].key, "size");
	assert_int_equal(f.fields[1].number, 62976);
	assert_string_equal(f.fields[2].key, "traits");
	assert_string_equal(f.fields[2].text, "computed-name hidden locked "
	                                      "time-twin packed named random-name");
	assert_string_equal(f.fields[3].key, "created");
	assert_string_equal(f.fields[3].text, "2008-04-14T12:00:00.000Z");
	assert_string_equal(f.fields[4].key, "name_created");
	assert_string_equal(f.fields[4].text, "2009-01-20T08:00:00.000Z");
}

static void
the_hash_is_that_of_sha256sum(void **state)
{
	struct file_judged j = judge("file " SYSTEM32
	                             "zodjru.dll\n\tdata pe/versions-i686.dll\n",
	                             SYSTEM32 "zodjru.dll", 0);

	(void)state;
	assert_string_equal(
	    j.sha256,
	    "215261f05f262ef6ead2f4936833c2728a7885802164ebc220ab1d7e10fe84ac");
}

/* ---- names */

static bool
is_computed(const char *computer, const char *name, variants *out)
{
	struct installation w = { .there = true, .name_count = 1 };

	snprintf(w.names[0], sizeof w.names[0], "%s", computer);
	return worm_file_name_is_computed(&w, name, out);
}

static void
every_spelling_of_the_computers_name_is_tried(void **state)
{
	variants v = 0;

	(void)state;
	assert_true(is_computed("KANG", "erlpibph.dll", &v)); /* of kang */
	assert_int_equal(v, VARIANT_B | VARIANT_C);
	assert_true(is_computed("kang", "ulaugl", &v)); /* of KANG */
	assert_int_equal(v, VARIANT_D);
	assert_true(is_computed("dc01", "RHAFBGHQ.DLL", &v));
	/* By another implementation, of the bytes of code page 1252. */
	assert_true(is_computed("M\xC3\x9CLLER-1", "jlsll.dll", &v));
	assert_true(is_computed("M\xC3\x9CLLER-1", "qqlzyyv.dll", &v)); /* in small */
	assert_true(is_computed("m\xC3\xBCller-1", "rzomx.dll", &v));
	assert_int_equal(v, VARIANT_D);
	assert_false(is_computed("kang", "erlpibpg.dll", &v));
	assert_int_equal(v, 0);
	assert_false(is_computed("kang", "erlpibph.exe", &v));
	assert_false(is_computed("kang", "", &v));
	assert_false(is_computed("", "erlpibph.dll", &v));
	assert_false(is_computed("\xE6\x97\xA5\xE6\x9C\xAC", "erlpibph.dll", &v));
}

static void
a_drawn_name_is_letters_alone(void **state)
{
	(void)state;
	assert_true(worm_file_name_is_drawn("zorizr.dll"));
	assert_true(worm_file_name_is_drawn("kq.vmx"));
	assert_false(worm_file_name_is_drawn("abcd.dll"));
	assert_false(worm_file_name_is_drawn("abcdefghi.dll"));
	assert_false(worm_file_name_is_drawn("Zorizr.dll"));
	assert_false(worm_file_name_is_drawn("zorizr.sys"));
	assert_false(worm_file_name_is_drawn("zorizr"));
	assert_false(worm_file_name_is_drawn("zorizr."));
	assert_false(worm_file_name_is_drawn(".dll"));
	assert_false(worm_file_name_is_drawn("a.b.vmx"));
}

/* ---- the shape */

struct shape {
	struct buf bytes;
	struct span span;
	struct pe_source source;
	struct pe pe;
};

static struct shape *
shape(void)
{
	static struct shape s;

	buf_free(&s.bytes);
	buf_init(&s.bytes, 1 << 20);
	assert_int_equal(inert_dll(&s.bytes, 1), OK);
	s.span = buf_span(&s.bytes);
	s.source = pe_source_of(&s.span);
	assert_int_equal(pe_read(&s.source, &s.pe), PE_OK);
	return &s;
}

static bool
is_packed(const struct shape *s)
{
	bool is = false;

	assert_int_equal(worm_file_is_packed(&s->source, &s->pe, &is), PE_OK);
	return is;
}

static void
renamed_sections_hide_nothing_while_the_layout_is_there(void **state)
{
	struct shape *s = shape();

	(void)state;
	assert_true(is_packed(s));
	memcpy(s->pe.sections[0].name, ".text", 6);
	memcpy(s->pe.sections[1].name, ".data", 6);
	assert_true(is_packed(s));
	s->pe.entry_section = 0;
	assert_false(is_packed(s));
	memcpy(s->pe.sections[0].name, "UPX0", 5);
	memcpy(s->pe.sections[1].name, "UPX1", 5);
	assert_true(is_packed(s));
	buf_free(&s->bytes);
}

static void
code_that_is_not_packed_is_no_noise(void **state)
{
	struct shape *s = shape();

	(void)state;
	/* Every third byte a zero, as code has them. */
	for (size_t i = s->pe.sections[1].raw_at; i < s->bytes.len; i += 3)
		s->bytes.at[i] = 0;
	assert_false(is_packed(s));
	buf_free(&s->bytes);
}

static void
a_library_with_exports_is_a_library(void **state)
{
	struct shape *s = shape();
	uint32_t at = s->pe.sections[1].raw_at;

	(void)state;
	s->pe.exports.rva = s->pe.sections[1].rva;
	memset(s->bytes.at + at, 0, 40);
	s->bytes.at[at + 24] = 1; /* DllRegisterServer, say, or rubbish */
	assert_true(is_packed(s));
	s->bytes.at[at + 24] = 2;
	assert_false(is_packed(s));
	buf_free(&s->bytes);
}

/* ---- limits */

static void
a_folder_full_of_them_leaves_room_for_other_findings(void **state)
{
	char files[4096] = "";
	size_t len = 0;

	(void)state;
	for (char c = 'a'; c <= 'z'; c++)
		len += (size_t)snprintf(files + len, sizeof files - len,
		                        "file " SYSTEM32 "abcd%c.dll\n\tinert 1\n", c);
	struct scene *s = scene(files);
	assert_int_equal(look_files(&s->in), OK);
	assert_int_equal(s->found.count, 24);
	const struct finding *last = &s->found.at[23];
	assert_string_equal(last->fields[last->field_count - 1].key, "more");
	assert_int_equal(last->fields[last->field_count - 1].number, 2);
	drop(s);
}

static void
no_memory_at_any_question_is_an_error_and_not_a_clean_machine(void **state)
{
	const char *files = "file " SYSTEM32 "zodjru.dll\n\tinert 1\n"
			    "\tattributes hidden system\n\tsecurity locked\n"
			    "file C:\\WINDOWS\\system32\\config\\systemprofile\\Local "
			    "Settings\\Temporary Internet "
			    "Files\\Content.IE5\\Q\\a[1].gif\n\tbytes 4d5a\n";

	(void)state;
	for (size_t nth = 0;; nth++) {
		struct scene *s = scene(files);

		fake_machine_fail_at(s->machine->machine, nth);
		enum err err = look_files(&s->in);
		bool failed = machine_failed(s->machine->machine);
		size_t count = s->found.count;
		drop(s);
		if (!failed) {
			assert_int_equal(err, OK);
			assert_int_equal(count, 2);
			break;
		}
		assert_int_equal(err, ERR_MEMORY);
	}
}

static void
without_windows_there_is_nothing_to_sweep(void **state)
{
	struct fake_case *c = fake_case_of("drive C:\\ the disk\nfile C:\\x\n");
	struct installation windows = { .there = false };
	struct findings found = { .count = 0 };
	struct inside in = { .machine = c->machine,
		             .windows = &windows,
		             .out = &found };

	(void)state;
	assert_int_equal(look_files(&in), OK);
	assert_int_equal(found.count, 0);
	fake_case_free(c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_finds_what_it_expects),
		cmocka_unit_test(what_a_service_names_in_a_copied_tree_is_the_worm),
		cmocka_unit_test(
		    a_packed_library_in_its_own_folder_needs_more_than_being_named),
		cmocka_unit_test(the_version_decides_whatever_else_it_has),
		cmocka_unit_test(absent_unread_and_no_file_are_three_answers),
		cmocka_unit_test(the_evidence_is_what_a_sceptic_would_ask_for),
		cmocka_unit_test(the_hash_is_that_of_sha256sum),
		cmocka_unit_test(every_spelling_of_the_computers_name_is_tried),
		cmocka_unit_test(a_drawn_name_is_letters_alone),
		cmocka_unit_test(
		    renamed_sections_hide_nothing_while_the_layout_is_there),
		cmocka_unit_test(code_that_is_not_packed_is_no_noise),
		cmocka_unit_test(a_library_with_exports_is_a_library),
		cmocka_unit_test(a_folder_full_of_them_leaves_room_for_other_findings),
		cmocka_unit_test(
		    no_memory_at_any_question_is_an_error_and_not_a_clean_machine),
		cmocka_unit_test(without_windows_there_is_nothing_to_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
