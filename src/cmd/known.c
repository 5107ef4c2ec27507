#include "cmd/known.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/span.h"
#include "base/text.h"
#include "base/when.h"
#include "know/p2p_ports.h"
#include "know/worm_names.h"
#include "sys/clock.h"
#include "sys/random.h"
#include "wire/nbss.h"
#include "wire/p2p.h"
#include "wire/srvsvc.h"

#define HEX_ROOM 512
#define BYTES_MOST 1024

static bool
bytes_are(struct span bytes, const char *hex)
{
	char text[HEX_ROOM];

	text_hex(text, sizeof text, bytes);
	return !bytes.bad && strcmp(text, hex) == 0;
}

static bool
times_are_read_and_written(void)
{
	char text[WHEN_ROOM];
	int64_t ms = 0;

	when_text(text, 1330516800123);
	return strcmp(text, "2012-02-29T12:00:00.123Z") == 0 &&
	       when_from_text(text, &ms) && ms == 1330516800123 &&
	       !when_from_text("2011-02-29T12:00:00.123Z", &ms) &&
	       when_to_filetime(1330516800123) == 129749904001230000;
}

static bool
windows_text_is_read_and_written(void)
{
	static const char text[] = "W\xC3\xA4rd \xF0\x9F\x8F\xA5";
	OWN(buf_free) struct buf b = { 0 };

	buf_init(&b, BYTES_MOST);
	buf_utf16(&b, text);
	struct said again = said_from_utf16(buf_span(&b));
	return bytes_are(buf_span(&b), "5700e400720064002000"
	                               "3cd8e5df") &&
	       strcmp(again.utf8, text) == 0;
}

static bool
file_names_follow_from_the_computers(void)
{
	static const char computer[] = "kang";
	struct worm_names names = worm_names_of(span_of(computer, sizeof computer - 1));

	return strcmp(names.b, "erlpibph") == 0 && strcmp(names.d, "rvjykf") == 0;
}

static bool
p2p_weeks_turn_on_monday(void)
{
	return p2p_week(345599999) == -1 && p2p_week(1795391999999) == 2967 &&
	       p2p_week(1795392000000) == 2968;
}

static bool
ports_are(const struct p2p_ports *p, const uint16_t expected[4])
{
	return p->tcp_fixed == expected[0] && p->udp_fixed == expected[1] &&
	       p->tcp_weekly == expected[2] && p->udp_weekly == expected[3];
}

static bool
p2p_ports_follow_from_address_and_week(void)
{
	static const uint8_t host[4] = { 10, 0, 0, 5 };
	static const uint8_t twice[4] = { 10, 236, 80, 193 };
	struct p2p_ports p = p2p_ports(host, 2047, P2P_PLAIN);
	struct p2p_ports plain = p2p_ports(twice, 2785, P2P_PLAIN);
	struct p2p_ports redrawn = p2p_ports(twice, 2785, P2P_REDRAW);

	return ports_are(&p, (uint16_t[]){ 29191, 41192, 55449, 19605 }) &&
	       ports_are(&plain, (uint16_t[]){ 46129, 9126, 9126, 50098 }) &&
	       ports_are(&redrawn, (uint16_t[]){ 46129, 9126, 61031, 28554 });
}

static bool
p2p_cipher_and_checksum_are_the_worms(void)
{
	uint8_t bytes[] = { 0x01, 0x80, 0, 0, 0, 0 };
	static const uint8_t summed[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	p2p_cipher(0x0000000200000001, bytes, sizeof bytes);
	return bytes_are(span_of(bytes, sizeof bytes), "038820800000") &&
	       p2p_checksum(span_of(summed, sizeof summed)) == 0x284A;
}

static bool
p2p_question_is_the_harmless_one(void)
{
	/* The halves of the key are 1 and 2. */
	struct p2p_probe udp = p2p_probe_make(P2P_UDP, 0x0000000100000000);
	struct p2p_probe tcp = p2p_probe_make(P2P_TCP, 0x0000000100000000);

	return bytes_are(span_of(udp.bytes, udp.len), "01000000020000000388a4ad0000") &&
	       bytes_are(span_of(tcp.bytes, tcp.len),
	                 "0e0001000000020000000788b4ad0000");
}

static bool
p2p_echo_is_no_answer(void)
{
	static const uint8_t peer[] = { 0xcd, 0xab, 0x34, 0x12, 0xed, 0x5e, 0xad,
		                        0x0b, 0x9b, 0xe8, 0xac, 0xcc, 0x03, 0x04 };
	struct p2p_probe ours = p2p_probe_make(P2P_UDP, 0x0000000100000000);
	struct p2p_answer answer;

	return p2p_judge(&ours, span_of(peer, sizeof peer), &answer) == P2P_VALID &&
	       p2p_judge(&ours, span_of(ours.bytes, ours.len), &answer) == P2P_ECHO;
}

static bool
question_is(enum srvsvc_question question, const char *hex)
{
	OWN(buf_free) struct buf b = { 0 };

	buf_init(&b, BYTES_MOST);
	srvsvc_question_write(&b, question);
	return bytes_are(buf_span(&b), hex);
}

static bool
server_questions_are_the_harmless_ones(void)
{
	return question_is(SRVSVC_CONTROL, "0100000002000000000000000200000061000000"
	                                   "0200000000000000020000005c000000"
	                                   "02000000"
	                                   "0200000000000000020000005c000000"
	                                   "0100000001000000") &&
	       question_is(SRVSVC_PATH, "0100000002000000000000000200000061000000"
	                                "0500000000000000050000005c002e002e005c00"
	                                "0000000002000000"
	                                "0200000000000000020000005c000000"
	                                "0100000001000000");
}

static bool
server_answers_are_read(void)
{
	static const uint8_t infected[] = { 2, 0, 0, 0, 0,    0, 0x45, 0x5C,
		                            1, 0, 0, 0, 0x57, 0, 0,    0 };
	struct srvsvc_answer answer;
	struct span stub = span_of(infected, sizeof infected);

	return srvsvc_answer_read(stub, &answer) == HEARD && answer.code == 87 &&
	       srvsvc_answer_read(span_at(stub, 0, 12), &answer) == HEARD_ODD;
}

static bool
netbios_names_are_encoded(void)
{
	OWN(buf_free) struct buf b = { 0 };

	buf_init(&b, BYTES_MOST);
	nbss_request_write(&b, "*SMBSERVER");
	return bytes_are(buf_span(&b),
	                 "8100004420434b4644454e45434644454646434647454646434341434143"
	                 "41434143414341002045444550454f4547454a454f454643414341434143"
	                 "414341434143414341414100");
}

static bool
random_numbers_differ(void)
{
	uint64_t a = random_u64();
	uint64_t b = random_u64();

	return a != 0 && b != 0 && a != b;
}

/* The ports of the week, and the names of the day, hang on it. */
static bool
clock_is_past_the_worms_birth(void)
{
	int64_t steady = clock_steady();

	return clock_now() > 1230768000000 /* 2009 */ && clock_steady() >= steady;
}

const struct known knowns[] = {
	{ "times are read and written", times_are_read_and_written },
	{ "Windows' text is read and written", windows_text_is_read_and_written },
	{ "the worm's file names follow from the computer's",
	  file_names_follow_from_the_computers },
	{ "P2P: the week turns on Monday", p2p_weeks_turn_on_monday },
	{ "P2P: ports follow from address and week",
	  p2p_ports_follow_from_address_and_week },
	{ "P2P: cipher and checksum are the worm's",
	  p2p_cipher_and_checksum_are_the_worms },
	{ "P2P: our question is the harmless one", p2p_question_is_the_harmless_one },
	{ "P2P: an echo is no answer", p2p_echo_is_no_answer },
	{ "SMB: our two questions are the harmless ones",
	  server_questions_are_the_harmless_ones },
	{ "SMB: the answers are read", server_answers_are_read },
	{ "NetBIOS: names are encoded", netbios_names_are_encoded },
	{ "random numbers differ", random_numbers_differ },
	{ "the clock is past the worm's birth", clock_is_past_the_worms_birth },
};
const size_t knowns_count = sizeof knowns / sizeof knowns[0];
