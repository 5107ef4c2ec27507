#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/own.h"
#include "hex.h"
#include "tsv.h"
#include "wire/p2p.h"

static void
cipher_is_the_same_both_ways(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/cipher.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		uint64_t key = strtoull(t.field[0], NULL, 16);
		struct hex plain = hex_of(t.field[1]);
		struct hex cipher = hex_of(t.field[2]);
		struct hex work = plain;

		p2p_cipher(key, work.at, work.len);
		assert_memory_equal(work.at, cipher.at, cipher.len);
		p2p_cipher(key, work.at, work.len);
		assert_memory_equal(work.at, plain.at, plain.len);
	}
	assert_int_equal(rows, 6);
}

static void
checksum_is_as_the_table_says(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/checksum.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		struct hex bytes = hex_of(t.field[0]);

		assert_int_equal(p2p_checksum(hex_span(&bytes)),
		                 strtoul(t.field[1], NULL, 16));
	}
	assert_int_equal(rows, 9);
}

static enum p2p_transport
transport_of(const char *name)
{
	return strcmp(name, "tcp") == 0 ? P2P_TCP : P2P_UDP;
}

/* The random number that gives these halves of a key: each is one less. */
static void
probe_is_the_one_that_nmap_sends(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/probes.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		uint64_t low = strtoul(t.field[1], NULL, 16) - 1;
		uint64_t high = strtoul(t.field[2], NULL, 16) - 1;
		struct hex wire = hex_of(t.field[3]);
		struct p2p_probe p = p2p_probe_make(transport_of(t.field[0]),
		                                    high << 32 | low);

		assert_int_equal(p.len, wire.len);
		assert_memory_equal(p.bytes, wire.at, wire.len);
	}
	assert_int_equal(rows, 16);
}

static enum p2p_class
class_of(const char *name)
{
	static const char *const names[] = { [P2P_VALID] = "VALID",
		                             [P2P_ECHO] = "ECHO",
		                             [P2P_BAD_SUM] = "BAD_SUM",
		                             [P2P_SHORT] = "SHORT" };

	for (unsigned c = P2P_VALID; c <= P2P_SHORT; c++) {
		if (strcmp(names[c], name) == 0)
			return (enum p2p_class)c;
	}
	fail_msg("no such class: %s", name);
	return P2P_SHORT;
}

static struct p2p_probe
probe_of(const char *transport, const char *wire)
{
	struct p2p_probe probe = { .transport = transport_of(transport) };
	struct hex bytes = hex_of(wire);

	probe.len = (uint8_t)span_copy(hex_span(&bytes), probe.bytes,
	                               sizeof probe.bytes);
	return probe;
}

static void
every_reply_is_judged_as_the_table_says(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/replies.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		struct p2p_probe probe = probe_of(t.field[0], t.field[2]);
		struct hex reply = hex_of(t.field[3]);
		struct p2p_answer answer;
		enum p2p_class class = p2p_judge(&probe, hex_span(&reply), &answer);

		if (class != class_of(t.field[5]))
			fail_msg("%s, %s: %d", t.field[0], t.field[1], (int)class);
	}
	assert_int_equal(rows, 36);
}

#define PROBE "01000000020000000388a4ad0000"
#define SYSTEM                                                                   \
	"cdab3412ed5ead0b1be8a1800405394f16545840fefbb98f4511461146155554554510" \
	"54ddd5486b441040"

static void
a_peer_tells_its_windows(void **state)
{
	struct p2p_probe probe = probe_of("udp", PROBE);
	struct hex reply = hex_of(SYSTEM);
	struct p2p_answer answer;

	(void)state;
	assert_int_equal(p2p_judge(&probe, hex_span(&reply), &answer), P2P_VALID);
	assert_true(answer.has_system);
	assert_int_equal(answer.os_major, 5);
	assert_int_equal(answer.os_minor, 1);
	assert_int_equal(answer.os_build, 2600);
	assert_int_equal(answer.service_pack, 3);
}

static void
every_cut_of_a_reply_is_short(void **state)
{
	struct p2p_probe probe = probe_of("udp", PROBE);
	struct hex reply = hex_of(SYSTEM);
	struct p2p_answer answer;

	(void)state;
	for (size_t len = 0; len < 8 + 2 + 26 + 4; len++) {
		assert_int_equal(p2p_judge(&probe, span_of(reply.at, len), &answer),
		                 P2P_SHORT);
		assert_false(answer.has_system);
	}
}

static void
a_reply_without_end_is_judged_on_what_fits(void **state)
{
	static uint8_t flood[100000];
	struct p2p_probe probe = probe_of("udp", PROBE);
	struct p2p_answer answer;

	(void)state;
	assert_int_equal(p2p_judge(&probe, span_of(flood, sizeof flood), &answer),
	                 P2P_BAD_SUM);
}

static void
a_stream_is_whole_when_its_prefix_is_satisfied(void **state)
{
	static const uint8_t reply[] = { 3, 0, 1, 2, 3 };

	(void)state;
	for (size_t len = 0; len < sizeof reply; len++)
		assert_false(p2p_tcp_is_whole(span_of(reply, len)));
	assert_true(p2p_tcp_is_whole(span_of(reply, sizeof reply)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cipher_is_the_same_both_ways),
		cmocka_unit_test(checksum_is_as_the_table_says),
		cmocka_unit_test(probe_is_the_one_that_nmap_sends),
		cmocka_unit_test(every_reply_is_judged_as_the_table_says),
		cmocka_unit_test(a_peer_tells_its_windows),
		cmocka_unit_test(every_cut_of_a_reply_is_short),
		cmocka_unit_test(a_reply_without_end_is_judged_on_what_fits),
		cmocka_unit_test(a_stream_is_whole_when_its_prefix_is_satisfied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
