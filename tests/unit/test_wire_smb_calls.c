/*
 * The pipe and the calls on it, with a played server: refusals, faults, breakage,
 * and goodbyes.  See smb_play.h for the words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "smb_play.h"

#define TREE "s1-negotiate-xp s1-session-xp s1-tree "
#define OPEN TREE "s1-create "
#define BOUND OPEN "s1-trans-bind-ack "

static struct smb_play p;

static void
pipes_that_are_refused(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         TREE "s1-create-access-denied s1-create-access-denied "
	              "s1-create-access-denied ok ok");
	assert_int_equal(p.story.heard.status, 0xC0000022);
	assert_null(p.story.heard.pipe);
	play_end(&p, "need-credentials", "open pipe", "NSTCCCtl");
	play_all(&p, SMB_ANONYMOUS,
	         TREE
	         "s1-create-not-found s1-create-not-found s1-create-not-found ok ok");
	play_end(&p, "pipe-not-found", "open pipe", "NSTCCCtl");
	play_all(&p, SMB_ANONYMOUS,
	         TREE "s1-create-not-found s1-create-access-denied s1-create-not-found "
	              "ok ok");
	play_end(&p, "need-credentials", "open pipe", "NSTCCCtl");
	play_all(&p, SMB_ANONYMOUS,
	         TREE "s1-create-not-supported s1-create-not-supported "
	              "s1-create-not-supported ok ok");
	play_end(&p, "not-supported", "open pipe", "NSTCCCtl");
	play_all(&p, SMB_ANONYMOUS, TREE "C0000236 C0000236 C0000034 ok ok");
	play_end(&p, "rpc-service-down", "open pipe", "NSTCCCtl");
}

static void
the_second_pipe_will_do(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         TREE "s1-create-not-found s1-create s1-trans-bind-ack "
	              "s1-trans-infected-ad-p1 s1-trans-infected-ad-p2 ok ok ok");
	assert_string_equal(p.story.heard.pipe, "srvsvc");
	assert_int_equal(p.story.heard.path.code, 0x57);
	play_end(&p, "", "", "NSTCCXXXctl");
}

static void
a_busy_pipe_is_waited_for(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         TREE "s1-create-pipe-not-available C00000AE s1-create closed");
	assert_string_equal(p.said, "NSTC.C.CX");
	play_stop(&p);
	play_all(&p, SMB_ANONYMOUS,
	         TREE "C00000AC C00000AC C00000AC C00000AC C00000AC C00000AC "
	              "C0000034 C0000034 ok ok");
	play_end(&p, "pipe-busy", "open pipe", "NSTC.C.C.C.C.CCCtl");
}

static void
a_bind_that_is_rejected_closes_the_pipe_and_tries_the_next(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         OPEN "s1-trans-bind-rejected ok s1-create s1-trans-bind-nak ok "
	              "s1-create s1-trans-bind-ack s1-trans-clean-7b-p1 "
	              "s1-trans-clean-7b-p2 ok ok ok");
	assert_string_equal(p.story.heard.pipe, "wkssvc");
	play_end(&p, "", "", "NSTCXcCXcCXXXctl");
	play_all(&p, SMB_ANONYMOUS,
	         OPEN "s1-trans-bind-rejected ok s1-create s1-trans-bind-nak ok "
	              "s1-create s1-trans-bind-nak ok ok ok");
	play_end(&p, "no-srvsvc", "bind", "NSTCXcCXcCXctl");
}

static void
a_fault_on_the_control_does_not_keep_from_asking(void **state)
{
	const struct smb_heard *h = &p.story.heard;

	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-fault-oprange s1-trans-infected-ad-p2 ok ok ok");
	assert_int_equal(h->control.heard, HEARD_REFUSED);
	assert_int_equal(h->control.rpc_fault, 0x1C010002);
	assert_int_equal(h->path.heard, HEARD);
	assert_int_equal(h->path.code, 0x57);
	play_end(&p, "op-not-implemented", "ask control", "NSTCXXXctl");
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-fault-access s1-trans-infected-ad-p2 ok ok ok");
	play_end(&p, "access-denied-rpc", "ask control", "NSTCXXXctl");
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-fault-stub s1-trans-infected-ad-p2 ok ok ok");
	play_end(&p, "bad-stub", "ask control", "NSTCXXXctl");
}

static void
an_emulator_is_not_genuine(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-emulator-p1 s1-trans-infected-ad-p2 ok ok ok");
	assert_int_equal(p.story.heard.control.heard, HEARD_ODD);
	assert_int_equal(p.story.heard.control.reason, REASON_NOT_GENUINE);
	play_end(&p, "not-genuine", "ask control", "NSTCXXXctl");
}

static void
a_pipe_that_breaks_is_not_asked_again(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, BOUND "C000014B ok ok ok");
	assert_int_equal(p.story.heard.again, SMB_AGAIN_ALIVE);
	assert_int_equal(p.story.heard.path.heard, NOT_ASKED);
	play_end(&p, "pipe-broken", "ask control", "NSTCXXctl");
	play_all(&p, SMB_ANONYMOUS, BOUND "s1-trans-clean-7b-p1 C00000B0 ok ok ok");
	assert_int_equal(p.story.heard.again, SMB_AGAIN_ALIVE);
	assert_int_equal(p.story.heard.path.heard, HEARD_REFUSED);
	play_end(&p, "pipe-broken", "ask path", "NSTCXXXctl");
	play_all(&p, SMB_ANONYMOUS, BOUND "s1-trans-clean-7b-p1 closed");
	assert_int_equal(p.talk.after, AFTER_LOST);
	assert_int_equal(p.story.heard.again, SMB_AGAIN_ALIVE);
	play_end(&p, "closed-early", "ask path", "NSTCXXX");
}

static void
a_call_without_answer_is_left_politely(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, BOUND "quiet");
	assert_true(p.talk.brief);
	assert_int_equal(p.story.heard.control.heard, HEARD_NOTHING);
	assert_int_equal(p.story.heard.path.heard, NOT_ASKED);
	/* The late answer comes after all, and is not taken for a goodbye's. */
	play(&p, "raw:resp-s1-trans-infected-ad-p1");
	assert_string_equal(p.said, "NSTCXXc");
	play(&p, "ok ok ok");
	assert_int_equal(p.talk.after, AFTER_DONE);
	assert_int_equal(p.story.heard.control.heard, HEARD_NOTHING);
	play_end(&p, "no-reply", "ask control", "NSTCXXctl");
	play_all(&p, SMB_ANONYMOUS, BOUND "C0000102 ok ok ok");
	play_end(&p, "server-timeout", "ask control", "NSTCXXctl");
}

static void
goodbyes_that_fail_change_nothing(void **state)
{
	static const char *const ends[] = {
		"quiet quiet quiet",
		"closed",
		"ok closed",
		"C0000022 C0000022 C0000022",
		"half:s1-tree quiet quiet quiet",
	};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		play_all(&p, SMB_ANONYMOUS,
		         BOUND "s1-trans-clean-7b-p1 s1-trans-infected-ad-p2");
		play(&p, ends[i]);
		assert_int_equal(p.talk.after, AFTER_DONE);
		assert_int_equal(p.story.heard.path.code, 0x57);
		assert_int_equal(p.story.heard.reason, REASON_NONE);
		play_stop(&p);
	}
}

static void
rpc_by_write_and_read_where_transactions_are_not_known(void **state)
{
	static const char *const refusals[] = { "C00000BB", "C0000002", "00010002",
		                                "dos:00010002" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		play_all(&p, SMB_ANONYMOUS, OPEN);
		play(&p, refusals[i]);
		play(&p, "written samba-s1-read-bind written samba-s1-read-probe1 "
		         "written s1-read-infected-ad-p2 ok ok ok");
		assert_int_equal(p.story.heard.path.code, 0x57);
		play_end(&p, "op-not-implemented", "ask control", "NSTCXWRWRWRctl");
	}
}

static void
a_write_that_is_cut_is_an_error(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         OPEN "C00000BB written samba-s1-read-bind "
	              "s1-write-ok ok ok ok");
	play_end(&p, "bad-message", "ask control", "NSTCXWRWctl");
}

static void
every_broken_answer_is_an_error(void **state)
{
	static const struct {
		const char *file;
		const char *reason;
	} rows[] = {
		{ "bad-bytecount", "bad-message" },
		{ "bad-callid", "rpc-protocol" },
		{ "bad-command", "bad-message" },
		{ "bad-datacount", "bad-message" },
		{ "bad-dataoffset", "bad-message" },
		{ "bad-length-huge", "endless" },
		{ "bad-length-short", "bad-message" },
		{ "bad-magic", "bad-transport" },
		{ "bad-maxcount", "not-genuine" },
		{ "bad-mid", "bad-message" },
		{ "bad-stub-12", "not-genuine" },
		{ "bad-wordcount", "bad-message" },
		/* The rest of the fragment is read, and never comes. */
		{ "bad-fraglen", "no-reply" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char word[64];

		play_all(&p, SMB_ANONYMOUS, BOUND "s1-trans-clean-7b-p1");
		snprintf(word, sizeof word, "raw:%s", rows[i].file);
		play(&p, word);
		play(&p, "quiet quiet quiet quiet");
		assert_int_not_equal(p.story.heard.path.heard, HEARD);
		assert_true(p.talk.after == AFTER_DONE || p.talk.after == AFTER_LOST);
		if (strcmp(reason_id(p.story.heard.reason), rows[i].reason) != 0)
			fail_msg("%s: %s", rows[i].file,
			         reason_id(p.story.heard.reason));
		assert_string_equal(reason_id(p.story.heard.path.reason),
		                    rows[i].reason);
		play_stop(&p);
	}
}

/* A transaction's answer with `len` bytes of RPC, one piece of `total`. */
static void
hear_piece(const struct span rpc, uint16_t total, uint16_t displacement,
           uint32_t status)
{
	struct buf b;

	buf_init(&b, 1024);
	buf_be32(&b, (uint32_t)(56 + rpc.left));
	buf_put(&b, "\xFFSMB\x25", 5);
	buf_le32(&b, status);
	buf_u8(&b, 0x98);
	buf_le16(&b, 0x4001);
	buf_zero(&b, 14);
	buf_le16(&b, 0x1234);
	buf_le16(&b, 0x0800);
	buf_put(&b, p.last + 4 + 30, 2);
	buf_u8(&b, 10);
	buf_le16(&b, 0);
	buf_le16(&b, total);
	buf_zero(&b, 8);
	buf_le16(&b, (uint16_t)rpc.left);
	buf_le16(&b, 56);
	buf_le16(&b, displacement);
	buf_zero(&b, 2);
	buf_le16(&b, (uint16_t)(1 + rpc.left));
	buf_u8(&b, 0);
	buf_put(&b, rpc.at, rpc.left);
	play_bytes(&p, b.at, b.len);
	buf_free(&b);
}

#define ASKED BOUND "s1-trans-clean-84b-p1"
#define STATUS_MORE 0x80000005

static void
an_answer_in_two_fragments(void **state)
{
	struct hex rpc = hex_file("resp-rpc-frag1");
	struct hex rest = hex_file("resp-rpc-frag2");

	(void)state;
	memcpy(rpc.at + 32, rest.at, 32);
	play_all(&p, SMB_ANONYMOUS, ASKED);
	hear_piece(span_of(rpc.at, 64), 64, 0, 0);
	play(&p, "ok ok ok");
	assert_int_equal(p.story.heard.path.code, 0x57);
	play_end(&p, "", "", "NSTCXXXctl");
}

static void
an_answer_in_two_messages(void **state)
{
	struct hex rpc = hex_file("resp-rpc-frag1");
	struct hex rest = hex_file("resp-rpc-frag2");

	(void)state;
	memcpy(rpc.at + 32, rest.at, 32);
	play_all(&p, SMB_ANONYMOUS, ASKED);
	hear_piece(span_of(rpc.at, 40), 64, 0, 0);
	assert_int_equal(p.talk.after, AFTER_MORE);
	hear_piece(span_of(rpc.at + 40, 24), 64, 40, 0);
	assert_int_equal(p.story.heard.path.code, 0x57);
	play_stop(&p);
	play_all(&p, SMB_ANONYMOUS, ASKED);
	hear_piece(span_of(rpc.at, 40), 64, 0, 0);
	hear_piece(span_of(rpc.at + 40, 24), 64, 39, 0); /* over one another */
	play(&p, "ok ok ok");
	play_end(&p, "bad-message", "ask path", "NSTCXXXctl");
}

static void
the_rest_of_an_answer_is_read(void **state)
{
	struct hex answer = hex_file("resp-s1-trans-infected-ad-p2");
	struct hex read = hex_file("resp-s1-read-infected-ad-p2");
	const uint8_t *rpc = answer.at + answer.len - 40;

	(void)state;
	play_all(&p, SMB_ANONYMOUS, ASKED);
	hear_piece(span_of(rpc, 30), 30, 0, STATUS_MORE);
	assert_string_equal(p.said, "NSTCXXXR");
	/* The recorded READ, with only the last ten bytes in it. */
	read.at[3] = (uint8_t)(read.at[3] - 30);
	read.at[4 + 33 + 10] = 10;
	read.at[4 + 33 + 24] = (uint8_t)(read.at[4 + 33 + 24] - 30);
	memcpy(read.at + 4 + 30, p.last + 4 + 30, 2);
	memcpy(read.at + read.len - 40, rpc + 30, 10);
	play_bytes(&p, read.at, read.len - 30);
	play(&p, "ok ok ok");
	assert_int_equal(p.story.heard.path.code, 0x57);
	play_end(&p, "", "", "NSTCXXXRctl");
}

static void
a_verdict_needs_every_answer(void **state)
{
	static const char *const answers[] = {
		"s1-negotiate-xp",
		"s1-session-xp",
		"s1-tree",
		"s1-create",
		"s1-trans-bind-ack",
		"s1-trans-infected-ad-p1",
		"s1-trans-infected-ad-p2",
	};
	static const char *const instead[] = { "quiet", "closed", "C0000001" };

	(void)state;
	for (size_t i = 0; i < 7 * 3; i++) {
		play_start(&p, SMB_ANONYMOUS);
		for (size_t k = 0; k < i / 3; k++)
			play(&p, answers[k]);
		play(&p, instead[i % 3]);
		for (size_t k = 0; k < 7; k++)
			play(&p, "quiet");
		assert_true(p.talk.after == AFTER_DONE || p.talk.after == AFTER_LOST);
		assert_int_not_equal(p.story.heard.path.heard, HEARD);
		assert_int_not_equal(p.story.heard.reason, REASON_NONE);
		play_stop(&p);
	}
}

static void
an_answer_that_is_cut_is_never_a_verdict(void **state)
{
	struct hex answer = hex_file("resp-s1-trans-infected-ad-p2");

	(void)state;
	for (size_t len = 0; len < answer.len - 4; len++) {
		play_all(&p, SMB_ANONYMOUS, ASKED);
		answer.at[3] = (uint8_t)len;
		play_bytes(&p, answer.at, 4 + len);
		assert_int_not_equal(p.story.heard.path.heard, HEARD);
		assert_int_equal(p.story.heard.reason, REASON_BAD_MESSAGE);
		play_stop(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipes_that_are_refused),
		cmocka_unit_test(the_second_pipe_will_do),
		cmocka_unit_test(a_busy_pipe_is_waited_for),
		cmocka_unit_test(
		    a_bind_that_is_rejected_closes_the_pipe_and_tries_the_next),
		cmocka_unit_test(a_fault_on_the_control_does_not_keep_from_asking),
		cmocka_unit_test(an_emulator_is_not_genuine),
		cmocka_unit_test(a_pipe_that_breaks_is_not_asked_again),
		cmocka_unit_test(a_call_without_answer_is_left_politely),
		cmocka_unit_test(goodbyes_that_fail_change_nothing),
		cmocka_unit_test(
		    rpc_by_write_and_read_where_transactions_are_not_known),
		cmocka_unit_test(a_write_that_is_cut_is_an_error),
		cmocka_unit_test(every_broken_answer_is_an_error),
		cmocka_unit_test(an_answer_in_two_fragments),
		cmocka_unit_test(an_answer_in_two_messages),
		cmocka_unit_test(the_rest_of_an_answer_is_read),
		cmocka_unit_test(a_verdict_needs_every_answer),
		cmocka_unit_test(an_answer_that_is_cut_is_never_a_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
