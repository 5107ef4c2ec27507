/* Event logs of Windows NT 4 to 2003: what their records say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/when.h"
#include "evt_sample.h"
#include "format/evt_walk.h"
#include "hive_data.h"

#define LOG_MOST (1u << 20)
#define ALL SIZE_MAX

static struct buf file;

static int
empty(void **state)
{
	(void)state;
	buf_free(&file);
	buf_init(&file, LOG_MOST);
	return 0;
}

static void
assert_text(struct span utf16, const char *expected)
{
	char text[256];

	assert_true(text_from_utf16(utf16, text, sizeof text));
	assert_string_equal(text, expected);
}

static struct evt_given
read_file(void)
{
	assert_false(file.bad);
	return evt_read(buf_span(&file), ALL);
}

/* Reads one record of this id, with the strings "s0", "s1", ... or `texts`. */
static struct evt_given
one(uint32_t id, uint16_t count, const char *const *texts)
{
	static const char *const numbered[] = { "s0",  "s1",  "s2",  "s3", "s4",  "s5",
		                                "s6",  "s7",  "s8",  "s9", "s10", "s11",
		                                "s12", "s13", "s14", "s15" };

	(void)empty(NULL);
	evt_sample_one(&file, id, texts ? texts : numbered, count);
	return read_file();
}

static void
a_real_log_in_use_is_read(void **state)
{
	struct span log = packed_data("evt/SysEvent-wrapped-dirty.Evt");
	struct evt_given g = evt_read(log, 1000);

	(void)state;
	assert_int_equal(g.heard, HEARD);
	assert_int_equal(g.tally.records, 6063);
	assert_int_equal(g.tally.recovered, 438);
	assert_int_equal(g.tally.undecodable, 1);
	assert_int_equal(g.tally.security, 0);
	assert_int_equal(g.events, 0);
	assert_int_equal(g.found.next, 7455);
	assert_int_equal(g.found.oldest, 1392);
	assert_true(g.found.is_dirty && g.found.is_wrapped && g.found.has_end);
	assert_false(g.found.is_cut || g.found.is_carved);
	assert_int_equal(g.found.gaps, 0);
	assert_int_equal(g.found.jumps, 0);
	assert_int_equal(when_from_filetime(g.tally.first), 1311748907000);
	assert_int_equal(when_from_filetime(g.tally.last), 1333774681000);
	hive_data_free(log);
}

/* As it comes from a disk that was full, or from one with bad sectors. */
static void
a_real_log_cut_anywhere_gives_no_more(void **state)
{
	struct span log = packed_data("evt/SysEvent-wrapped-dirty.Evt");
	const uint64_t all = 6063 + 438;

	(void)state;
	for (size_t len = 0; len < log.left; len += len < 200 ? 1 : 49999) {
		uint8_t *copy = malloc(len + 1); /* so that a read outside is seen */

		assert_non_null(copy);
		memcpy(copy, log.at, len);
		struct evt_given g = evt_read(span_of(copy, len), 1 << 16);
		free(copy);
		assert_int_equal(g.heard, len < 48 ? HEARD_SHORT : HEARD);
		assert_true(g.found.is_cut || len < 48);
		assert_true(g.tally.records + g.tally.recovered <= all);
	}
	hive_data_free(log);
}

static void
a_real_log_with_a_hole_has_the_rest(void **state)
{
	struct span log = packed_data("evt/SysEvent-wrapped-dirty.Evt");
	uint8_t *copy = malloc(log.left);

	(void)state;
	assert_non_null(copy);
	for (size_t at = 0; at + 65536 < log.left; at += 163840) {
		memcpy(copy, log.at, log.left);
		memset(copy + at, 0, 65536);
		struct evt_given g = evt_read(span_of(copy, log.left), 1 << 16);

		assert_int_equal(g.heard, HEARD);
		assert_true(g.tally.records + g.tally.recovered > 6501 - 400);
		assert_true(g.tally.records + g.tally.recovered <= 6501);
	}
	free(copy);
	hive_data_free(log);
}

static void
the_record_in_two_pieces_is_whole(void **state)
{
	struct span log = packed_data("evt/SysEvent-wrapped-dirty.Evt");
	static struct evt evt;
	struct evt_place place = { 0 };
	size_t work = ALL;
	struct evt_source source = evt_source_of(&log);

	(void)state;
	assert_int_equal(evt_begin(&evt, &source), HEARD);
	while (place.offset != 0x1EFF10)
		assert_true(evt_next(&evt, &work, &place));
	assert_int_equal(evt_get(place.bytes.at, 8), 1572);
	assert_int_equal(place.bytes.left, 344);
	assert_true(place.bytes.at == evt.wrapped);
	hive_data_free(log);
}

static void
a_failed_logon_of_xp_has_no_address(void **state)
{
	(void)state;
	evt_sample(&file, 0, 3, NULL);
	struct evt_given g = read_file();
	const struct log_event *e = &g.last;

	assert_int_equal(g.events, 3);
	assert_int_equal(g.tally.records, 3);
	assert_int_equal(g.tally.security, 3);
	assert_int_equal(g.tally.undecodable, 0);
	assert_int_equal(e->provider, LOG_SECURITY);
	assert_int_equal(e->id, 529);
	assert_true(e->is_failure);
	assert_false(e->is_recovered);
	assert_int_equal(e->number, 3);
	assert_int_equal(when_from_filetime(e->time), 1240000002000);
	assert_int_equal(e->logon_type, 3);
	assert_int_equal(e->port, 0);
	assert_int_equal(e->status, 0);
	assert_text(e->text[LOG_COMPUTER], "FILESRV");
	assert_text(e->text[LOG_USER], "user2");
	assert_text(e->text[LOG_DOMAIN], "WARDNET");
	assert_text(e->text[LOG_WORKSTATION], "WARD-3");
	assert_text(e->text[LOG_LOGON_PROCESS], "NtLmSsp ");
	assert_int_equal(e->text[LOG_ADDRESS].left, 0);
	assert_int_equal(e->text[LOG_SUBJECT].left, 0);
	assert_int_equal(when_from_filetime(g.tally.first), 1240000000000);
	assert_int_equal(when_from_filetime(g.tally.last), 1240000002000);
}

static void
a_failed_logon_of_2003_has_one(void **state)
{
	(void)state;
	evt_sample(&file, 0, 3, "10.0.3.7");
	struct evt_given g = read_file();

	assert_int_equal(g.events, 3);
	assert_text(g.last.text[LOG_ADDRESS], "10.0.3.7");
	assert_int_equal(g.last.port, 1027);
	assert_text(g.last.text[LOG_USER], "user2");
}

struct expected {
	uint16_t id, count;
	const char *user, *domain, *workstation, *address, *process, *subject, *server;
};

/* Each form, with as many strings as it has to have at least, and one less. */
static const struct expected forms[] = {
	{ 529, 13, "s0", "s1", "s5", "s11", "s3", "", "" },
	{ 529, 12, "s0", "s1", "s5", "", "s3", "", "" },
	{ 529, 6, "s0", "s1", "s5", "", "s3", "", "" },
	{ 530, 13, "s0", "s1", "s5", "s11", "s3", "", "" },
	{ 531, 6, "s0", "s1", "s5", "", "s3", "", "" },
	{ 532, 13, "s0", "s1", "s5", "s11", "s3", "", "" },
	{ 533, 6, "s0", "s1", "s5", "", "s3", "", "" },
	{ 534, 13, "s0", "s1", "s5", "s11", "s3", "", "" },
	{ 535, 6, "s0", "s1", "s5", "", "s3", "", "" },
	{ 536, 13, "s0", "s1", "s5", "s11", "s3", "", "" },
	{ 539, 13, "s0", "s1", "s5", "s11", "s3", "", "" },
	{ 539, 12, "s0", "s1", "s5", "", "s3", "", "" },
	{ 537, 15, "s0", "s1", "s5", "s13", "s3", "", "" },
	{ 537, 14, "s0", "s1", "s5", "", "s3", "", "" },
	{ 537, 6, "s0", "s1", "s5", "", "s3", "", "" },
	{ 528, 15, "s0", "s1", "s6", "s13", "s4", "", "" },
	{ 528, 8, "s0", "s1", "s6", "", "s4", "", "" },
	{ 528, 7, "s0", "s1", "s6", "", "s4", "", "" },
	{ 540, 15, "s0", "s1", "s6", "s13", "s4", "", "" },
	{ 540, 14, "s0", "s1", "s6", "", "s4", "", "" },
	{ 540, 7, "s0", "s1", "s6", "", "s4", "", "" },
	{ 552, 12, "s4", "s5", "", "s10", "", "s0", "s7" },
	{ 552, 8, "s4", "s5", "", "", "", "s0", "s7" },
	{ 602, 9, "s6", "s7", "", "", "", "", "s0" },
	{ 602, 8, "", "", "", "", "", "", "" },
	{ 644, 6, "s0", "", "s1", "", "", "", "" },
	{ 672, 13, "s0", "s1", "", "s9", "", "", "" },
	{ 672, 9, "s0", "s1", "", "s8", "", "", "" },
	{ 675, 6, "s0", "", "", "s5", "", "", "" },
	{ 676, 6, "s0", "s1", "", "s5", "", "", "" },
	{ 680, 4, "s1", "", "s2", "", "", "", "" },
	{ 680, 3, "s1", "", "s2", "", "", "", "" },
	{ 681, 4, "s1", "", "s2", "", "", "", "" },
	{ 516, 0, "", "", "", "", "", "", "" },
	{ 517, 6, "", "", "", "", "", "", "" },
	{ 612, 16, "", "s3", "", "", "", "", "" },
	{ 612, 14, "", "s3", "", "", "", "", "" },
	{ 612, 13, "", "", "", "", "", "", "" },
};

static void
the_count_of_strings_tells_the_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		const struct expected *f = &forms[i];
		struct evt_given g = one(f->id, f->count, NULL);

		assert_int_equal(g.events, 1);
		assert_int_equal(g.last.id, f->id);
		assert_text(g.last.text[LOG_USER], f->user);
		assert_text(g.last.text[LOG_DOMAIN], f->domain);
		assert_text(g.last.text[LOG_WORKSTATION], f->workstation);
		assert_text(g.last.text[LOG_ADDRESS], f->address);
		assert_text(g.last.text[LOG_LOGON_PROCESS], f->process);
		assert_text(g.last.text[LOG_SUBJECT], f->subject);
		assert_text(g.last.text[LOG_SERVER], f->server);
	}
}

static void
with_fewer_strings_it_is_undecodable(void **state)
{
	static const uint16_t least[][2] = { { 529, 6 }, { 536, 6 }, { 537, 6 },
		                             { 539, 6 }, { 528, 7 }, { 540, 7 },
		                             { 552, 8 }, { 644, 2 }, { 672, 9 },
		                             { 675, 6 }, { 676, 6 }, { 680, 3 },
		                             { 681, 4 } };

	(void)state;
	for (size_t i = 0; i < sizeof least / sizeof least[0]; i++) {
		struct evt_given g = one(least[i][0], (uint16_t)(least[i][1] - 1),
		                         NULL);

		assert_int_equal(g.events, 0);
		assert_int_equal(g.tally.undecodable, 1);
		assert_int_equal(one(least[i][0], least[i][1], NULL).events, 1);
	}
}

static void
numbers_are_read_from_texts(void **state)
{
	const char *fault[] = { "u", "d",          "3",   "p",        "n",
		                "w", "0xC000006D", "0x0", "-",        "-",
		                "-", "1234",       "-",   "10.0.0.1", "445" };
	const char *check[] = { "NTLM", "u", "w", "0xc000006A" };
	const char *old_check[] = { "NTLM", "u", "w", "3221225578" };
	const char *ticket[] = { "u", "sid", "krbtgt", "2", "0x18", "10.0.0.1" };
	struct log_event e = one(537, 15, fault).last;

	(void)state;
	assert_int_equal(e.status, 0xC000006D);
	assert_int_equal(e.logon_type, 3);
	assert_int_equal(e.process_id, 1234);
	assert_int_equal(e.port, 445);
	fault[7] = "0xC0000064";
	assert_int_equal(one(537, 15, fault).last.status, 0xC0000064);
	assert_int_equal(one(537, 8, fault).last.status, 0xC0000064);
	assert_int_equal(one(537, 7, fault).last.status, 0);
	assert_int_equal(one(680, 4, check).last.status, 0xC000006A);
	assert_int_equal(one(681, 4, old_check).last.status, 0xC000006A);
	assert_int_equal(one(675, 6, ticket).last.status, 0x18);
}

static void
what_is_no_number_is_zero(void **state)
{
	static const char *const odd[] = { "",           "-",          "0x",
		                           "12a",        "4294967297", "0x100000001",
		                           "%%1234",     "0xC000006G", "-1",
		                           "0x0xC00006A" };
	const char *check[] = { "NTLM", "u", "w", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		check[3] = odd[i];
		assert_int_equal(one(681, 4, check).last.status, 0);
	}
	check[3] = "4294967295";
	assert_int_equal(one(681, 4, check).last.status, UINT32_MAX);
	check[3] = "0xFFFFFFFF";
	assert_int_equal(one(681, 4, check).last.status, UINT32_MAX);
}

static void
names_of_sources_are_compared_without_case(void **state)
{
	static const char *const names[] = { "Security", "SECURITY", "sEcUrItY" };

	(void)state;
	for (size_t n = 0; n < 3; n++) {
		one(529, 6, NULL);
		for (size_t i = 0; i < 8; i++)
			file.at[48 + 56 + 2 * i] = (uint8_t)names[n][i];
		assert_int_equal(read_file().events, 1);
	}
}

static void
another_source_is_not_read(void **state)
{
	(void)state;
	one(529, 6, NULL);
	/* Any bit but that of the case, and of the zero behind. */
	for (size_t bit = 0; bit < 18 * 8; bit++) {
		uint8_t *byte = &file.at[48 + 56 + bit / 8];

		if (bit < 16 * 8 && bit % 16 == 5)
			continue;
		*byte ^= (uint8_t)(1 << bit % 8);
		struct evt_given g = read_file();
		assert_int_equal(g.events, 0);
		assert_int_equal(g.tally.records, 1);
		assert_int_equal(g.tally.security, 0);
		*byte ^= (uint8_t)(1 << bit % 8);
	}
}

static void
a_success_is_none(void **state)
{
	(void)state;
	one(680, 4, NULL);
	assert_true(read_file().last.is_failure);
	file.at[48 + 24] = 8;
	assert_int_equal(read_file().events, 1);
	assert_false(read_file().last.is_failure);
	file.at[48 + 24] = 4; /* information */
	assert_false(read_file().last.is_failure);
}

static void
only_the_lower_half_of_an_id_counts(void **state)
{
	(void)state;
	one(0xA0000000u + 529, 6, NULL);
	assert_int_equal(read_file().last.id, 529);
	assert_int_equal(one(538, 6, NULL).events, 0);
	assert_int_equal(one(538, 6, NULL).tally.security, 1);
}

/* The record is at 48; its strings begin where it says at 36. */
static void
strings_end_inside_the_record(void **state)
{
	(void)state;
	one(529, 6, NULL);
	uint8_t *record = file.at + 48;
	uint32_t len = evt_get(record, 0);
	uint32_t at = evt_get(record, 36);

	evt_set(record, 36, len - 4);
	assert_int_equal(read_file().tally.undecodable, 1);
	evt_set(record, 36, UINT32_MAX);
	assert_int_equal(read_file().tally.undecodable, 1);
	evt_set(record, 36, 52);
	assert_int_equal(read_file().tally.undecodable, 1);
	evt_set(record, 36, at + 6); /* behind the first of them */
	assert_int_equal(read_file().events, 0);
	evt_set(record, 36, at);
	assert_int_equal(read_file().events, 1);
}

static void
a_count_that_cannot_be_is_undecodable(void **state)
{
	static const uint16_t counts[] = { 40, 256, 257, 1000, 65535 };

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		one(529, 6, NULL);
		file.at[48 + 26] = (uint8_t)counts[i];
		file.at[48 + 27] = (uint8_t)(counts[i] >> 8);
		assert_int_equal(read_file().events, 0);
		assert_int_equal(read_file().tally.undecodable, 1);
	}
}

static void
strings_up_to_256_are_allowed(void **state)
{
	const char *many[257];

	(void)state;
	for (size_t i = 0; i < 257; i++)
		many[i] = "";
	assert_int_equal(one(612, 256, many).events, 1);
	assert_int_equal(one(612, 257, many).events, 0);
}

/* Every length of a string, so that its end is in every place of a step. */
static void
ends_are_found_in_every_place(void **state)
{
	char user[200] = "";
	const char *check[] = { "NTLM", user, "WARD-3", "0x1" };

	(void)state;
	for (size_t len = 0; len < sizeof user - 1; len++) {
		struct log_event e = one(680, 4, check).last;

		assert_text(e.text[LOG_USER], user);
		assert_text(e.text[LOG_WORKSTATION], "WARD-3");
		assert_int_equal(e.status, 1);
		user[len] = 'x';
	}
}

static void
a_computer_without_end_is_undecodable(void **state)
{
	(void)state;
	one(517, 0, NULL);
	uint32_t len = evt_get(file.at + 48, 0);

	memset(file.at + 48 + 56 + 18, 'x', len - 56 - 18 - 4);
	assert_int_equal(read_file().events, 0);
	assert_int_equal(read_file().tally.undecodable, 1);
	memset(file.at + 48 + len - 6, 0, 2);
	assert_int_equal(read_file().events, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_log_in_use_is_read),
		cmocka_unit_test(a_real_log_cut_anywhere_gives_no_more),
		cmocka_unit_test(a_real_log_with_a_hole_has_the_rest),
		cmocka_unit_test(the_record_in_two_pieces_is_whole),
		cmocka_unit_test(a_failed_logon_of_xp_has_no_address),
		cmocka_unit_test_setup(a_failed_logon_of_2003_has_one, empty),
		cmocka_unit_test(the_count_of_strings_tells_the_form),
		cmocka_unit_test(with_fewer_strings_it_is_undecodable),
		cmocka_unit_test(numbers_are_read_from_texts),
		cmocka_unit_test(what_is_no_number_is_zero),
		cmocka_unit_test(names_of_sources_are_compared_without_case),
		cmocka_unit_test(another_source_is_not_read),
		cmocka_unit_test(a_success_is_none),
		cmocka_unit_test(only_the_lower_half_of_an_id_counts),
		cmocka_unit_test(strings_end_inside_the_record),
		cmocka_unit_test(a_count_that_cannot_be_is_undecodable),
		cmocka_unit_test(strings_up_to_256_are_allowed),
		cmocka_unit_test(ends_are_found_in_every_place),
		cmocka_unit_test(a_computer_without_end_is_undecodable),
	};

	(void)empty(NULL);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&file);
	return failed;
}
