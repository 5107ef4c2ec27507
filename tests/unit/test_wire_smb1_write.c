/*
 * What we send, byte by byte as it was tried against a real server: every
 * req-s1-* in tests/data/smb.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hex.h"
#include "wire/dcerpc.h"
#include "wire/ntlm.h"
#include "wire/smb1.h"
#include "wire/srvsvc.h"

#define UID 0x0800
#define TID 0x0801
#define FID 0x4000
#define SERVER "192.0.2.10"

static struct buf out;

static int
start(void **state)
{
	(void)state;
	buf_init(&out, 4096);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	buf_free(&out);
	return 0;
}

static void
assert_written(const char *file)
{
	struct hex expected = hex_file(file);

	assert_int_not_equal(expected.len, 0);
	if (out.len != expected.len)
		fail_msg("%s: %zu bytes, not %zu", file, out.len, expected.len);
	assert_memory_equal(out.at, expected.at, expected.len);
	buf_clear(&out);
}

/* Ids as at one place of the flow: `has` counts UID, then TID. */
static const struct smb1_ids *
ids(uint16_t mid, int has, uint16_t flags2)
{
	static struct smb1_ids ids;

	ids = (struct smb1_ids){ .flags2 = SMB1_FLAGS2 | flags2,
		                 .mid = mid,
		                 .uid = has > 0 ? UID : 0,
		                 .tid = has > 1 ? TID : 0 };
	return &ids;
}

static void
negotiate(void **state)
{
	(void)state;
	smb1_negotiate_write(&out, ids(1, 0, 0));
	assert_written("req-s1-negotiate");
	smb1_negotiate_write(&out, ids(1, 0, SMB1_EXTENDED));
	assert_written("req-s1-negotiate-ext");
}

static void
the_null_session(void **state)
{
	struct smb1_login nobody = {
		.lm = span_of("", 1), .nt = span_of("", 0), .user = "", .domain = ""
	};

	(void)state;
	smb1_session_write(&out, ids(2, 0, 0), &nobody);
	assert_written("req-s1-session-anon");
	smb1_session_write(&out, ids(2, 0, SMB1_UNICODE), &nobody);
	assert_written("req-s1-session-anon-unicode");
}

static void
the_session_with_a_token_raw_or_wrapped(void **state)
{
	struct buf token;
	struct buf wrapped;

	(void)state;
	buf_init(&token, 256);
	buf_init(&wrapped, 256);
	ntlm_negotiate_write(&token, NTLM_FLAGS);
	smb1_session_blob_write(&out, ids(2, 0, SMB1_EXTENDED), 0, buf_span(&token));
	assert_written("req-s1-session-ext1-raw");
	spnego_first_write(&wrapped, buf_span(&token));
	smb1_session_blob_write(&out, ids(2, 0, SMB1_EXTENDED), 0, buf_span(&wrapped));
	assert_written("req-s1-session-ext1-spnego");

	buf_clear(&token);
	buf_clear(&wrapped);
	ntlm_anonymous_write(&token);
	smb1_session_blob_write(&out, ids(3, 1, SMB1_EXTENDED), 0, buf_span(&token));
	assert_written("req-s1-session-ext2-anon-raw");
	spnego_next_write(&wrapped, buf_span(&token));
	smb1_session_blob_write(&out, ids(3, 1, SMB1_EXTENDED), 0, buf_span(&wrapped));
	assert_written("req-s1-session-ext2-anon-spnego");
	buf_free(&token);
	buf_free(&wrapped);
}

static void
the_tree_of_pipes(void **state)
{
	(void)state;
	smb1_tree_write(&out, ids(3, 1, 0), SERVER, "IPC");
	assert_written("req-s1-tree-ipc");
	smb1_tree_write(&out, ids(3, 1, SMB1_UNICODE), SERVER, "IPC");
	assert_written("req-s1-tree-ipc-unicode");
}

static void
a_server_name_without_end_is_cut(void **state)
{
	char name[400];

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	smb1_tree_write(&out, ids(3, 1, 0), name, "IPC");
	assert_in_range(out.len, 100, 300);
}

static void
the_three_pipes(void **state)
{
	(void)state;
	smb1_create_write(&out, ids(4, 2, 0), "browser", SMB1_READ_AND_WRITE);
	assert_written("req-s1-create-browser");
	smb1_create_write(&out, ids(4, 2, 0), "srvsvc", SMB1_READ_AND_WRITE);
	assert_written("req-s1-create-srvsvc");
	smb1_create_write(&out, ids(4, 2, 0), "wkssvc", SMB1_READ_AND_WRITE);
	assert_written("req-s1-create-wkssvc");
	smb1_create_write(&out, ids(4, 2, SMB1_UNICODE), "browser",
	                  SMB1_READ_AND_WRITE);
	assert_written("req-s1-create-browser-unicode");
}

static void
rpc_by_transaction(void **state)
{
	struct hex bind = hex_file("req-rpc-bind");
	struct hex control = hex_file("req-rpc-probe1");
	struct hex path = hex_file("req-rpc-probe2");

	(void)state;
	smb1_transact_write(&out, ids(5, 2, 0), FID, hex_span(&bind));
	assert_written("req-s1-trans-bind");
	smb1_transact_write(&out, ids(5, 2, SMB1_UNICODE), FID, hex_span(&bind));
	assert_written("req-s1-trans-bind-unicode");
	smb1_transact_write(&out, ids(6, 2, 0), FID, hex_span(&control));
	assert_written("req-s1-trans-probe1");
	smb1_transact_write(&out, ids(7, 2, 0), FID, hex_span(&path));
	assert_written("req-s1-trans-probe2");
}

static void
rpc_by_write_and_read(void **state)
{
	struct hex bind = hex_file("req-rpc-bind");
	struct hex control = hex_file("req-rpc-probe1");
	struct hex path = hex_file("req-rpc-probe2");

	(void)state;
	smb1_write_write(&out, ids(5, 2, 0), FID, hex_span(&bind));
	assert_written("req-s1-write-bind");
	smb1_read_write(&out, ids(6, 2, 0), FID);
	assert_written("req-s1-read");
	smb1_write_write(&out, ids(7, 2, 0), FID, hex_span(&control));
	assert_written("req-s1-write-probe1");
	smb1_write_write(&out, ids(9, 2, 0), FID, hex_span(&path));
	assert_written("req-s1-write-probe2");
}

static void
the_way_out(void **state)
{
	(void)state;
	smb1_close_write(&out, ids(8, 2, 0), FID);
	assert_written("req-s1-close");
	smb1_tree_disconnect_write(&out, ids(9, 2, 0));
	assert_written("req-s1-tree-disconnect");
	smb1_logoff_write(&out, ids(10, 1, 0));
	assert_written("req-s1-logoff");
}

static void
the_rpc_messages_themselves(void **state)
{
	struct buf stub;

	(void)state;
	buf_init(&stub, 128);
	dcerpc_bind_write(&out, 1);
	assert_written("req-rpc-bind");
	srvsvc_question_write(&stub, SRVSVC_CONTROL);
	assert_int_equal(stub.len, 64);
	dcerpc_request_write(&out, 2, SRVSVC_PATH_CANONICALIZE, buf_span(&stub));
	assert_written("req-rpc-probe1");
	buf_clear(&stub);
	srvsvc_question_write(&stub, SRVSVC_PATH);
	assert_int_equal(stub.len, 72);
	dcerpc_request_write(&out, 3, SRVSVC_PATH_CANONICALIZE, buf_span(&stub));
	assert_written("req-rpc-probe2");
	buf_free(&stub);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(negotiate, start, stop),
		cmocka_unit_test_setup_teardown(the_null_session, start, stop),
		cmocka_unit_test_setup_teardown(the_session_with_a_token_raw_or_wrapped,
		                                start, stop),
		cmocka_unit_test_setup_teardown(the_tree_of_pipes, start, stop),
		cmocka_unit_test_setup_teardown(a_server_name_without_end_is_cut, start,
		                                stop),
		cmocka_unit_test_setup_teardown(the_three_pipes, start, stop),
		cmocka_unit_test_setup_teardown(rpc_by_transaction, start, stop),
		cmocka_unit_test_setup_teardown(rpc_by_write_and_read, start, stop),
		cmocka_unit_test_setup_teardown(the_way_out, start, stop),
		cmocka_unit_test_setup_teardown(the_rpc_messages_themselves, start,
		                                stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
