/*
 * The RPC answers and what the Server service says in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hex.h"
#include "wire/dcerpc.h"
#include "wire/smb1.h"
#include "wire/srvsvc.h"

/* The RPC bytes that a recorded transaction carries. */
static struct span
rpc_in(struct hex *file, const char *name)
{
	struct smb1_reply r;
	struct smb1_piece piece;

	*file = hex_file(name);
	assert_int_equal(smb1_reply_read(hex_message(file), &r), HEARD);
	assert_int_equal(smb1_transact_read(&r, &piece), HEARD);
	return piece.bytes;
}

static struct dcerpc_answer
answer_in(const char *name, uint32_t call_id)
{
	struct hex file;
	struct dcerpc_answer a;

	assert_int_equal(dcerpc_answer_read(rpc_in(&file, name), call_id, &a), HEARD);
	return a;
}

static void
bind_is_accepted_with_an_address(void **state)
{
	struct dcerpc_answer a = answer_in("resp-s1-trans-bind-ack", 1);

	(void)state;
	assert_int_equal(a.type, DCERPC_BIND_ACK);
	assert_true(a.accepted);
	assert_string_equal(a.secondary_address.utf8, "\\PIPE\\browser");
	a = answer_in("resp-samba-s1-trans-bind", 1);
	assert_true(a.accepted);
	assert_string_equal(a.secondary_address.utf8, "\\pipe\\srvsvc");
}

static void
bind_is_rejected(void **state)
{
	struct dcerpc_answer a = answer_in("resp-s1-trans-bind-rejected", 1);

	(void)state;
	assert_int_equal(a.type, DCERPC_BIND_ACK);
	assert_false(a.accepted);
	a = answer_in("resp-s1-trans-bind-nak", 1);
	assert_int_equal(a.type, DCERPC_BIND_NAK);
	assert_int_equal(a.fault, 4);
	a = answer_in("resp-samba-s1-trans-bind-wkssvc", 1);
	assert_false(a.accepted);
}

static void
faults_carry_their_status(void **state)
{
	struct dcerpc_answer a = answer_in("resp-s1-trans-fault-oprange", 2);

	(void)state;
	assert_int_equal(a.type, DCERPC_FAULT);
	assert_int_equal(a.fault, 0x1C010002);
	assert_int_equal(answer_in("resp-s1-trans-fault-access", 2).fault, 5);
	assert_int_equal(answer_in("resp-s1-trans-fault-stub", 2).fault, 0x6F7);
	assert_int_equal(answer_in("resp-samba-s1-trans-probe1", 2).fault, 0x1C010002);
}

static void
an_answer_that_did_not_execute_is_a_fault(void **state)
{
	struct hex file;
	struct span rpc = rpc_in(&file, "resp-s1-trans-infected-ad-p2");
	struct dcerpc_answer a;

	(void)state;
	file.at[rpc.at - file.at + 3] |= 0x20;
	assert_int_equal(dcerpc_answer_read(rpc, 3, &a), HEARD);
	assert_int_equal(a.type, DCERPC_FAULT);
	assert_int_equal(a.stub_len, 0);
}

static void
every_answer_to_the_questions(void **state)
{
	static const struct {
		const char *file;
		uint32_t call;
		uint32_t code;
		const char *outbuf;
	} rows[] = {
		{ "clean-7b-p1", 2, 0x7B, "\0\0" },
		{ "clean-7b-p2", 3, 0x7B, "\0\0" },
		{ "clean-84b-p1", 2, 0x84B, "\0\0" },
		{ "clean-84b-p2", 3, 0x7B, "\0\0" },
		{ "clean-stale-p1", 2, 0x84B, "\0\0" },
		{ "clean-stale-p2", 3, 0x7B, "\0\0" },
		{ "infected-ad-p1", 2, 0x84B, "\0\0" },
		{ "infected-ad-p2", 3, 0x57, "\0\0" },
		{ "infected-ad-zero-p1", 2, 0x84B, "\0\0" },
		{ "infected-ad-zero-p2", 3, 0x57, "\0\0" },
		{ "infected-e-p1", 2, 0, "\x5C\0" },
		{ "infected-e-p2", 3, 0x7B, "\0\0" },
		{ "infected-e-zero-p1", 2, 0, "\0\0" },
		{ "infected-e-zero-p2", 3, 0x7B, "\0\0" },
		{ "both-57-p1", 2, 0x57, "\0\0" },
		{ "both-57-p2", 3, 0x57, "\0\0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char name[64];
		struct srvsvc_answer said;

		snprintf(name, sizeof name, "resp-s1-trans-%s", rows[i].file);
		struct dcerpc_answer a = answer_in(name, rows[i].call);
		assert_int_equal(a.type, DCERPC_RESPONSE);
		assert_int_equal(a.stub_len, 16);
		assert_int_equal(srvsvc_answer_read(span_of(a.stub, 16), &said), HEARD);
		if (said.code != rows[i].code)
			fail_msg("%s: %x", name, (unsigned)said.code);
		assert_memory_equal(said.outbuf, rows[i].outbuf, 2);
		assert_int_equal(said.max_count, 2);
	}
}

static void
another_shape_is_not_genuine(void **state)
{
	struct dcerpc_answer a = answer_in("resp-s1-trans-emulator-p1", 2);
	struct srvsvc_answer said;

	(void)state;
	assert_int_equal(a.stub_len, 24);
	assert_int_equal(srvsvc_answer_read(span_of(a.stub, 24), &said), HEARD_ODD);
	a = answer_in("bad-stub-12", 3);
	assert_int_equal(srvsvc_answer_read(span_of(a.stub, a.stub_len), &said),
	                 HEARD_ODD);
	a = answer_in("bad-maxcount", 3);
	assert_int_equal(srvsvc_answer_read(span_of(a.stub, 16), &said), HEARD_ODD);
	for (size_t len = 0; len < 16; len++)
		assert_int_equal(srvsvc_answer_read(span_of(a.stub, len), &said),
		                 HEARD_ODD);
}

/* Two fragments of one answer, together. */
static struct hex
two_fragments(void)
{
	struct hex first = hex_file("resp-rpc-frag1");
	struct hex second = hex_file("resp-rpc-frag2");

	assert_int_equal(first.len + second.len, 64);
	memcpy(first.at + first.len, second.at, second.len);
	first.len += second.len;
	return first;
}

static void
fragments_become_one_answer(void **state)
{
	struct hex both = two_fragments();
	struct dcerpc_answer a;
	struct srvsvc_answer said;

	(void)state;
	for (size_t len = 0; len < both.len; len++)
		assert_int_equal(dcerpc_answer_read(span_of(both.at, len), 3, &a),
		                 HEARD_SHORT);
	assert_int_equal(dcerpc_answer_read(hex_span(&both), 3, &a), HEARD);
	assert_int_equal(a.stub_len, 16);
	assert_int_equal(srvsvc_answer_read(span_of(a.stub, 16), &said), HEARD);
	assert_int_equal(said.code, 0x57);
}

static void
fragments_out_of_order_are_odd(void **state)
{
	struct hex second = hex_file("resp-rpc-frag2");
	struct hex both = two_fragments();
	struct dcerpc_answer a;

	(void)state;
	assert_int_equal(dcerpc_answer_read(hex_span(&second), 3, &a), HEARD_ODD);
	both.at[32 + 3] |= 1; /* two that say they are the first */
	assert_int_equal(dcerpc_answer_read(hex_span(&both), 3, &a), HEARD_ODD);
	both = two_fragments();
	both.at[32 + 2] = 3; /* a fault in the middle */
	assert_int_equal(dcerpc_answer_read(hex_span(&both), 3, &a), HEARD_ODD);
}

static void
many_small_fragments_come_to_an_end(void **state)
{
	struct hex first = hex_file("resp-rpc-frag1");
	struct dcerpc_answer a;
	struct buf b;

	(void)state;
	buf_init(&b, DCERPC_BYTES_MOST);
	buf_put(&b, first.at, first.len);
	first.at[3] = 0;
	while (b.len + first.len <= DCERPC_BYTES_MOST)
		buf_put(&b, first.at, first.len);
	assert_int_equal(dcerpc_answer_read(buf_span(&b), 3, &a), HEARD_SHORT);
	assert_int_equal(a.stub_len, 8 * (DCERPC_BYTES_MOST / 32));
	buf_free(&b);
}

static void
what_no_windows_sends_is_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		enum reason reason;
	} breaks[] = {
		{ 0, 4, REASON_RPC_PROTOCOL },  /* version */
		{ 1, 2, REASON_RPC_PROTOCOL },  /* its minor */
		{ 2, 14, REASON_RPC_PROTOCOL }, /* type */
		{ 4, 0, REASON_DREP },
		{ 8, 15, REASON_RPC_PROTOCOL }, /* length under that of a header */
		{ 8, 20, REASON_RPC_PROTOCOL }, /* or of a response */
		{ 10, 8, REASON_RPC_PROTOCOL }, /* authentication, not asked for */
		{ 12, 9, REASON_RPC_PROTOCOL }, /* another call */
		{ 3, 2, REASON_RPC_PROTOCOL },  /* last, and no first */
	};

	(void)state;
	for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
		struct hex file;
		struct span rpc = rpc_in(&file, "resp-s1-trans-infected-ad-p2");
		struct dcerpc_answer a;

		file.at[(size_t)(rpc.at - file.at) + breaks[i].at] = breaks[i].byte;
		assert_int_equal(dcerpc_answer_read(rpc, 3, &a), HEARD_ODD);
		assert_int_equal(a.reason, breaks[i].reason);
	}
}

static void
numbers_the_other_way_round_are_refused(void **state)
{
	struct hex file = hex_file("resp-rpc-bigendian");
	struct dcerpc_answer a;

	(void)state;
	assert_int_equal(dcerpc_answer_read(hex_span(&file), 3, &a), HEARD_ODD);
	assert_int_equal(a.reason, REASON_DREP);
}

static void
every_cut_is_short(void **state)
{
	static const struct {
		const char *file;
		uint32_t call;
	} rows[] = {
		{ "resp-s1-trans-bind-ack", 1 },
		{ "resp-s1-trans-bind-nak", 1 },
		{ "resp-s1-trans-fault-oprange", 2 },
		{ "resp-s1-trans-infected-ad-p2", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hex file;
		struct span rpc = rpc_in(&file, rows[i].file);
		struct dcerpc_answer a;

		for (size_t len = 0; len < rpc.left; len++)
			assert_int_equal(
			    dcerpc_answer_read(span_of(rpc.at, len), rows[i].call, &a),
			    HEARD_SHORT);
	}
}

/* The fragment says that it is as long as what was kept of it. */
static void
every_shortened_bind_ack_is_odd(void **state)
{
	struct hex file;
	struct span rpc = rpc_in(&file, "resp-s1-trans-bind-ack");
	struct dcerpc_answer a;

	(void)state;
	for (size_t len = 16; len < 46; len++) {
		file.at[rpc.at - file.at + 8] = (uint8_t)len;
		assert_int_equal(dcerpc_answer_read(rpc, 1, &a), HEARD_ODD);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bind_is_accepted_with_an_address),
		cmocka_unit_test(bind_is_rejected),
		cmocka_unit_test(faults_carry_their_status),
		cmocka_unit_test(an_answer_that_did_not_execute_is_a_fault),
		cmocka_unit_test(every_answer_to_the_questions),
		cmocka_unit_test(another_shape_is_not_genuine),
		cmocka_unit_test(fragments_become_one_answer),
		cmocka_unit_test(fragments_out_of_order_are_odd),
		cmocka_unit_test(many_small_fragments_come_to_an_end),
		cmocka_unit_test(what_no_windows_sends_is_odd),
		cmocka_unit_test(numbers_the_other_way_round_are_refused),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(every_shortened_bind_ack_is_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
