/* What a disk of the lab is to be, and its smaller formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "format/job.h"
#include "know/netsvcs.h"
#include "know/patches.h"
#include "know/service_names.h"
#include "lab/disk_hives.h"
#include "lab/disk_plan.h"
#include "lab/disk_services.h"
#include "lab/job_make.h"

static struct disk_plan
plan(const char *windows, const char *variant, uint64_t seed)
{
	struct disk_plan p;
	struct disk_wish wish = {
		.windows = windows, .variant = variant, .clean = !variant, .seed = seed
	};

	assert_int_equal(disk_plan(&wish, &p), OK);
	return p;
}

static void
the_clean_twin_is_the_same_machine(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct disk_plan ill = plan("xp", "D", seed);
		struct disk_plan clean = plan("xp", NULL, seed);

		assert_string_equal(ill.computer, clean.computer);
		assert_ptr_equal(ill.level, clean.level);
		assert_int_equal(ill.installed, clean.installed);
		assert_int_equal(ill.noise | NOISE_PATCHED,
		                 clean.noise | NOISE_PATCHED);
		assert_false(plan_has(&ill, NOISE_PATCHED));
		assert_int_equal(clean.worm.letter, 0);
	}
}

static void
every_windows_and_every_noise_is_drawn(void **state)
{
	static const char *const words[] = {
		"2000", "xp", "2003", "vista", "2008", "7"
	};
	unsigned noise = 0;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		for (uint64_t seed = 0; seed < 60; seed++) {
			struct disk_plan p = plan(words[i], NULL, seed);

			assert_string_equal(p.level->word, words[i]);
			assert_int_equal(p.level->column, i);
			assert_true(p.released < p.installed);
			assert_true(p.installed < p.last_used);
			noise |= p.noise;
		}
	}
	assert_int_equal(noise, 2 * NOISE_OLD_NAME - 1);
}

static void
the_worm_comes_after_the_installation_and_has_a_name_of_its_kind(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct disk_plan b = plan("xp", "B", seed);
		struct disk_plan d = plan("xp", "D", seed);

		assert_true(b.installed < b.worm.at && b.worm.at < b.last_used);
		assert_int_equal(b.worm.jobs, 24);
		assert_int_equal(d.worm.jobs, 0);
		assert_int_equal(strspn(b.worm.service, "abcdefghijklmnopqrstuvwxyz"),
		                 strlen(b.worm.service));
		assert_true(service_name_is_glued(d.worm.service));
		assert_null(netsvcs_member_find(d.worm.service));
		assert_true(display_name_is_of_words(b.worm.display));
	}
}

/* Held against the table of updates: the first version that has the fix. */
static void
versions_are_those_of_the_table_of_updates(void **state)
{
	(void)state;
	for (size_t i = 0; i < disk_levels_count; i++) {
		const struct disk_level *level = &disk_levels[i];
		const struct windows_told told = {
			level->version[0],   level->version[1], level->version[2],
			level->service_pack, level->is_server,  false,
			PROCESSOR_X86
		};
		const struct windows_level *known = windows_level(&told);

		assert_non_null(known);
		for (size_t k = 0; k < FIXED_MOST && level->fixed[k].kb; k++) {
			const struct fixed *fixed = &level->fixed[k];
			const struct patch_row *row = patch_of_level(fixed->kb, known,
			                                             PROCESSOR_X86);

			assert_non_null(row);
			assert_int_equal(row->fixed & 0xFFFF, fixed->last);
			assert_true(text_begins(row->path, "System32\\"));
			assert_true(text_same(row->path + 9, fixed->file));
			assert_true(level->release < fixed->last);
		}
	}
}

static void
every_service_has_a_start_for_each_windows(void **state)
{
	(void)state;
	for (size_t i = 0; i < stock_services_count; i++) {
		const struct stock_service *s = &stock_services[i];

		assert_int_equal(strlen(s->starts), 6);
		assert_int_equal(strspn(s->starts, "-01234D"), 6);
		assert_true(*s->file && *s->display);
	}
}

static void
netsvcs_ends_with_b_and_holds_nothing_of_a_clean_machine(void **state)
{
	struct buf members = { 0 };
	struct disk_plan b = plan("xp", "B", 4);
	struct disk_plan clean = plan("xp", NULL, 4);

	(void)state;
	buf_init(&members, 8192);
	disk_netsvcs(&b, &members);
	const char *text = buf_string(&members);
	assert_string_equal(strrchr(text, '\n') + 1, b.worm.service);
	assert_true(text_begins(text, "6to4\nAppMgmt\n"));
	buf_clear(&members);
	disk_netsvcs(&clean, &members);
	assert_null(strstr(buf_string(&members), b.worm.service));
	buf_free(&members);
}

static void
a_job_is_read_as_it_was_meant(void **state)
{
	struct buf file = { 0 };
	struct job job;
	char text[64];

	(void)state;
	buf_init(&file, 4096);
	job_make(&file, &(struct job_order){ .product = 0x0501,
	                                     .id = 1,
	                                     .application = "rundll32.exe",
	                                     .parameters = "abc.de,fgh",
	                                     .author = "SYSTEM",
	                                     .comment = "Created by NetScheduleJobAdd.",
	                                     .hour = 7,
	                                     .year = 2009,
	                                     .every_day = true });
	assert_false(file.bad);
	assert_int_equal(job_read(buf_span(&file), &job), HEARD);
	assert_int_equal(job.product, 0x0501);
	(void)text_from_utf16(job.parameters, text, sizeof text);
	assert_string_equal(text, "abc.de,fgh");
	(void)text_from_utf16(job.comment, text, sizeof text);
	assert_string_equal(text, "Created by NetScheduleJobAdd.");
	assert_int_equal(job.trigger_count, 1);
	assert_int_equal(job.trigger.begins.year, 2009);
	assert_int_equal(job.trigger.begins.hour, 7);
	assert_int_equal(job.trigger.rhythm, JOB_MONTHLY);
	/* The offsets of the head, written out: 0x46, and behind the strings. */
	assert_int_equal(file.at[20], 0x46);
	assert_int_equal(file.at[22] | file.at[23] << 8, file.len - 50);
	buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clean_twin_is_the_same_machine),
		cmocka_unit_test(every_windows_and_every_noise_is_drawn),
		cmocka_unit_test(
		    the_worm_comes_after_the_installation_and_has_a_name_of_its_kind),
		cmocka_unit_test(versions_are_those_of_the_table_of_updates),
		cmocka_unit_test(every_service_has_a_start_for_each_windows),
		cmocka_unit_test(
		    netsvcs_ends_with_b_and_holds_nothing_of_a_clean_machine),
		cmocka_unit_test(a_job_is_read_as_it_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
