/* Who lives in the lab: a function of the seed and the address alone. */
#include <string.h>

#include "lab_sample.h"

#include "lab/range.h"

static size_t
population(const char *range_text, const struct draw *draw)
{
	struct range range;
	struct host host;
	size_t count = 0;

	assert_int_equal(range_read(range_text, &range), OK);
	for (uint64_t i = 0; i < range.count; i++) {
		struct address at = range_at(&range, i);

		count += host_draw(draw, &at, &host);
	}
	return count;
}

static void
the_same_seed_gives_the_same_host(void **state)
{
	struct mix mix;
	struct draw draw = { .seed = 4, .respond = 1, .mix = &mix };
	struct host one;
	struct host other;

	(void)state;
	assert_int_equal(mix_read(mix_default, &mix), OK);
	memset(&one, 0, sizeof one);
	memset(&other, 0, sizeof other);
	assert_true(host_draw(&draw, &SAMPLE_ADDRESS, &one));
	assert_true(host_draw(&draw, &SAMPLE_ADDRESS, &other));
	assert_ptr_equal(one.kind, other.kind);
	assert_ptr_equal(one.flavour, other.flavour);
	assert_string_equal(one.name, other.name);
	assert_int_equal(one.dice, other.dice);
	draw.seed = 5;
	assert_true(host_draw(&draw, &SAMPLE_ADDRESS, &other));
	assert_int_not_equal(one.dice, other.dice);
}

static void
the_part_that_answers_is_what_was_asked_for(void **state)
{
	struct mix mix;
	struct draw draw = { .seed = 1, .respond = 0.1, .mix = &mix };

	(void)state;
	assert_int_equal(mix_read("clean=5,infected-old=2", &mix), OK);
	assert_int_equal(population("127.7.0.0/16", &draw), 6479);
	draw.respond = 0;
	assert_int_equal(population("127.7.0.0/20", &draw), 0);
	draw.respond = 1;
	assert_int_equal(population("127.7.0.0/20", &draw), 4096);
}

static void
kinds_come_by_their_weights(void **state)
{
	struct mix mix;
	struct draw draw = { .seed = 1, .respond = 1, .mix = &mix };
	size_t infected = 0;
	struct host host;

	(void)state;
	assert_int_equal(mix_read("clean=3,infected-old=1,samba=0", &mix), OK);
	for (unsigned i = 0; i < 4096; i++) {
		struct address at = {
			.family = 4, .bytes = { 127, 0, (uint8_t)(i >> 8), (uint8_t)i }
		};

		assert_true(host_draw(&draw, &at, &host));
		assert_string_not_equal(host.kind->name, "samba");
		infected += strcmp(host.kind->name, "infected-old") == 0;
	}
	assert_in_range(infected, 950, 1100);
}

static void
a_mix_has_kinds_weights_and_peers(void **state)
{
	struct mix mix;

	(void)state;
	assert_int_equal(mix_read("clean=5,infected-old+p2p=2,silent+p2p-silent", &mix),
	                 OK);
	assert_int_equal(mix.count, 3);
	assert_int_equal(mix.weight, 8);
	assert_string_equal(mix.shares[1].kind->name, "infected-old");
	assert_int_equal(mix.shares[1].peer, PEER_VALID);
	assert_int_equal(mix.shares[1].weight, 2);
	assert_int_equal(mix.shares[2].peer, PEER_SILENT);
	assert_int_equal(mix.shares[2].weight, 1);
}

static void
a_mix_that_makes_no_sense_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",          "clean,",        "nosuch",  "clean+p2q", "clean=",
		"clean=-1",  "clean=1x",      "clean=0", "=3",        "clean=5=6",
		"clean=1e3", "clean=1000001", "+p2p",    "clean+",
	};
	struct mix mix;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(mix_read(wrong[i], &mix), ERR_REFUSED);
}

static void
a_kind_has_a_name_of_its_own_and_a_state(void **state)
{
	char text[KIND_ROOM];

	(void)state;
	for (size_t i = 0; i < kinds_count; i++) {
		struct host host = sample_host(kinds[i].name, 1);

		for (size_t j = i + 1; j < kinds_count; j++)
			assert_string_not_equal(kinds[i].name, kinds[j].name);
		kind_text(text, &kinds[i], PEER_BAD_SUM);
		assert_true(strlen(text) + 1 < KIND_ROOM);
		assert_non_null(host_state(&host));
		assert_int_not_equal(host.answer, ANSWER_EITHER);
	}
}

static void
what_a_look_ends_with_follows_from_smb_and_peers(void **state)
{
	static const struct {
		const char *kind;
		const char *state;
	} rows[] = {
		{ "clean", "no-sign" },
		{ "unpatched", "no-sign" },
		{ "infected-old", "infected" },
		{ "infected-new", "infected" },
		{ "infected-zero", "suspect" },
		{ "samba", "unknown" },
		{ "silent", "unknown" },
		{ "clean+p2p", "infected" },
		{ "denied+p2p", "infected" },
		{ "clean+p2p-echo", "no-sign" },
		{ "clean+p2p-silent", "no-sign" },
		{ "clean+p2p-badsum", "suspect" },
		{ "infected-old+p2p-badsum", "infected" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct host host = sample_host(rows[i].kind, 1);

		assert_string_equal(host_state(&host), rows[i].state);
	}
}

static enum peer
peer_under_p2p(const char *kind, uint8_t family)
{
	struct mix mix;
	struct draw draw = { .seed = 1, .respond = 1, .mix = &mix, .p2p = true };
	struct address at = { .family = family, .bytes = { 127, 0, 0, 9 } };
	struct host host;

	assert_int_equal(mix_read(kind, &mix), OK);
	assert_true(host_draw(&draw, &at, &host));
	return host.peer;
}

static void
infected_hosts_are_peers_when_asked_for(void **state)
{
	(void)state;
	assert_int_equal(peer_under_p2p("infected-old", 4), PEER_VALID);
	assert_int_equal(peer_under_p2p("infected-old+p2p-echo", 4), PEER_ECHO);
	assert_int_equal(peer_under_p2p("clean", 4), PEER_NONE);
	assert_int_equal(peer_under_p2p("denied", 4), PEER_NONE);
	assert_int_equal(peer_under_p2p("infected-old+p2p", 6), PEER_NONE);
}

static void
a_range_is_masked_and_counted(void **state)
{
	struct range range;

	(void)state;
	assert_int_equal(range_read("127.7.200.77/22", &range), OK);
	assert_int_equal(range.count, 1024);
	struct address first = range_at(&range, 0);
	struct address last = range_at(&range, 1023);
	assert_memory_equal(first.bytes, ((uint8_t[]){ 127, 7, 200, 0 }), 4);
	assert_memory_equal(last.bytes, ((uint8_t[]){ 127, 7, 203, 255 }), 4);
	assert_int_equal(range_read("127.7.0.1", &range), OK);
	assert_int_equal(range.count, 1);
	assert_int_equal(range_read("::1", &range), OK);
	assert_int_equal(range.count, 1);
}

static void
a_range_that_is_not_the_lab_s_is_refused(void **state)
{
	static const char *const wrong[] = {
		"10.0.0.0/24", "192.168.1.1", "126.0.0.0/8",  "128.0.0.1",
		"0.0.0.0/0",   "127.0.0.0/7", "127.0.0.0/33", "127.0.0.0/",
		"127.0.0.0/x", "127.0.0",     "localhost",    "",
		"::2",         "::1/127",     "::/0",
	};
	struct range range;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(range_read(wrong[i], &range), ERR_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_host),
		cmocka_unit_test(the_part_that_answers_is_what_was_asked_for),
		cmocka_unit_test(kinds_come_by_their_weights),
		cmocka_unit_test(a_mix_has_kinds_weights_and_peers),
		cmocka_unit_test(a_mix_that_makes_no_sense_is_refused),
		cmocka_unit_test(a_kind_has_a_name_of_its_own_and_a_state),
		cmocka_unit_test(what_a_look_ends_with_follows_from_smb_and_peers),
		cmocka_unit_test(infected_hosts_are_peers_when_asked_for),
		cmocka_unit_test(a_range_is_masked_and_counted),
		cmocka_unit_test(a_range_that_is_not_the_lab_s_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
