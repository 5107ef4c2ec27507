/* What the lab's hosts answer, message by message, without a socket. */
#include <string.h>

#include "lab_sample.h"

#include "hex.h"
#include "lab/exchange.h"
#include "lab/netbios.h"
#include "lab/smb1.h"
#include "lab/status.h"

#define OUT_MOST 4096
#define STATUS_AT 9 /* with the transport header */

/* A host, and a client that speaks in the files of tests/data/smb. */
struct desk {
	struct host host;
	struct session session;
	struct buf out;
};

static struct desk
desk_of(struct host host)
{
	struct desk desk = { .host = host };

	desk.host.stale = false;
	buf_init(&desk.out, OUT_MOST);
	return desk;
}

static enum then
say_bytes(struct desk *desk, struct span message)
{
	struct exchange x = { &desk->host, &desk->session, 0, &desk->out };

	buf_clear(&desk->out);
	return smb1_answer(&x, message);
}

static enum then
say(struct desk *desk, const char *name)
{
	struct hex request = hex_file(name);

	return say_bytes(desk, hex_message(&request));
}

static uint32_t
status_of(struct desk *desk)
{
	struct span s = span_at(buf_span(&desk->out), STATUS_AT, 4);

	return span_le32(&s);
}

/* Says a line of requests; all must succeed. */
static void
say_all(struct desk *desk, const char *const *names)
{
	for (; *names; names++) {
		assert_int_equal(say(desk, *names), THEN_GO_ON);
		assert_int_equal(status_of(desk), STATUS_OK);
	}
}

static const char *const to_bound[] = {
	"req-s1-negotiate",      "req-s1-session-anon", "req-s1-tree-ipc",
	"req-s1-create-browser", "req-s1-trans-bind",   NULL,
};

static void
expect_file(struct desk *desk, const char *name)
{
	struct hex expected = hex_file(name);

	assert_int_equal(desk->out.len, expected.len);
	assert_memory_equal(desk->out.at, expected.at, expected.len);
}

static void
kinds_answer_the_two_paths_as_their_vectors(void **state)
{
	static const struct {
		const char *kind;
		const char *vector;
		bool stale;
	} rows[] = {
		{ "clean", "clean-84b", false },
		{ "clean", "clean-stale", true },
		{ "clean-7b", "clean-7b", false },
		{ "infected-new", "infected-e", true },
		{ "infected-zero", "infected-e-zero", false },
		{ "both-57", "both-57", false },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct desk desk = desk_of(sample_host(rows[i].kind, 1));

		desk.host.stale = rows[i].stale;
		say_all(&desk, to_bound);
		assert_int_equal(say(&desk, "req-s1-trans-probe1"), THEN_GO_ON);
		snprintf(name, sizeof name, "resp-s1-trans-%s-p1", rows[i].vector);
		expect_file(&desk, name);
		assert_int_equal(say(&desk, "req-s1-trans-probe2"), THEN_GO_ON);
		snprintf(name, sizeof name, "resp-s1-trans-%s-p2", rows[i].vector);
		expect_file(&desk, name);
		buf_free(&desk.out);
	}
}

static void
an_old_infection_refuses_the_step_upwards(void **state)
{
	struct host host = sample_host("infected-old", 1);

	(void)state;
	host.dice |= 1; /* answers the control path with 0x84B */
	struct desk desk = desk_of(host);
	say_all(&desk, to_bound);
	(void)say(&desk, "req-s1-trans-probe1");
	expect_file(&desk, "resp-s1-trans-infected-ad-zero-p1");
	(void)say(&desk, "req-s1-trans-probe2");
	expect_file(&desk, "resp-s1-trans-infected-ad-zero-p2");
	buf_free(&desk.out);
}

static void
an_emulator_answers_in_another_shape(void **state)
{
	struct desk desk = desk_of(sample_host("emulator", 1));

	(void)state;
	say_all(&desk, to_bound);
	(void)say(&desk, "req-s1-trans-probe1");
	expect_file(&desk, "resp-s1-trans-emulator-p1");
	buf_free(&desk.out);
}

static void
the_answers_around_the_question_are_as_the_vectors(void **state)
{
	struct desk desk = desk_of(sample_host("clean", 1));

	(void)state;
	(void)say(&desk, "req-s1-negotiate");
	(void)say(&desk, "req-s1-session-anon");
	(void)say(&desk, "req-s1-tree-ipc");
	(void)say(&desk, "req-s1-create-browser");
	expect_file(&desk, "resp-s1-create");
	(void)say(&desk, "req-s1-trans-bind");
	expect_file(&desk, "resp-s1-trans-bind-ack");
	(void)say(&desk, "req-s1-write-bind");
	expect_file(&desk, "resp-s1-write-ok");
	buf_free(&desk.out);
}

static void
unicode_and_extended_security_work_as_well(void **state)
{
	static const char *const unicode[] = {
		"req-s1-negotiate",
		"req-s1-session-anon-unicode",
		"req-s1-tree-ipc-unicode",
		"req-s1-create-browser-unicode",
		"req-s1-trans-bind-unicode",
		"req-s1-trans-probe1",
		"req-s1-close",
		"req-s1-tree-disconnect",
		"req-s1-logoff",
		NULL,
	};
	struct desk desk = desk_of(sample_host("clean", 1));

	(void)state;
	say_all(&desk, unicode);
	desk.session = (struct session){ 0 };
	assert_int_equal(say(&desk, "req-s1-negotiate-ext"), THEN_GO_ON);
	(void)say(&desk, "req-s1-session-ext1-spnego");
	assert_int_equal(status_of(&desk), STATUS_MORE_PROCESSING);
	assert_int_not_equal(span_find(buf_span(&desk.out), "NTLMSSP\0\2\0\0", 11),
	                     SIZE_MAX);
	(void)say(&desk, "req-s1-session-ext2-anon-spnego");
	assert_int_equal(status_of(&desk), STATUS_OK);
	buf_free(&desk.out);
}

static void
each_refusal_comes_at_its_place(void **state)
{
	static const struct {
		const char *kind;
		const char *refused;
		uint32_t status;
	} rows[] = {
		{ "anon-refused", "req-s1-session-anon", STATUS_ACCESS_DENIED },
		{ "too-many", "req-s1-session-anon", STATUS_REQUEST_NOT_ACCEPTED },
		{ "denied", "req-s1-tree-ipc", STATUS_ACCESS_DENIED },
		{ "no-ipc", "req-s1-tree-ipc", STATUS_BAD_NETWORK_NAME },
		{ "pipes-denied", "req-s1-create-browser", STATUS_ACCESS_DENIED },
		{ "pipe-not-found", "req-s1-create-browser",
		  STATUS_OBJECT_NAME_NOT_FOUND },
		{ "samba", "req-s1-create-browser", STATUS_OBJECT_NAME_NOT_FOUND },
		{ "pipe-busy", "req-s1-create-browser", STATUS_PIPE_NOT_AVAILABLE },
		{ "not-supported", "req-s1-trans-bind", STATUS_NOT_SUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct desk desk = desk_of(sample_host(rows[i].kind, 1));
		const char *const *name = to_bound;

		for (; strcmp(*name, rows[i].refused) != 0; name++) {
			assert_int_equal(say(&desk, *name), THEN_GO_ON);
			assert_int_equal(status_of(&desk), STATUS_OK);
		}
		(void)say(&desk, *name);
		assert_int_equal(status_of(&desk), rows[i].status);
		buf_free(&desk.out);
	}
}

static void
a_number_that_was_not_given_out_is_refused(void **state)
{
	struct desk desk = desk_of(sample_host("clean", 1));

	(void)state;
	assert_int_equal(say(&desk, "req-s1-tree-ipc"), THEN_CLOSE);
	(void)say(&desk, "req-s1-negotiate");
	(void)say(&desk, "req-s1-tree-ipc");
	assert_int_equal(status_of(&desk), STATUS_SMB_BAD_UID);
	(void)say(&desk, "req-s1-session-anon");
	(void)say(&desk, "req-s1-create-browser");
	assert_int_equal(status_of(&desk), STATUS_SMB_BAD_TID);
	(void)say(&desk, "req-s1-tree-ipc");
	(void)say(&desk, "req-s1-trans-bind");
	assert_int_equal(status_of(&desk), STATUS_INVALID_HANDLE);
	(void)say(&desk, "req-s1-create-browser");
	(void)say(&desk, "req-s1-read");
	assert_int_equal(status_of(&desk), STATUS_PIPE_EMPTY);
	buf_free(&desk.out);
}

static void
a_request_cut_short_is_hung_up_on(void **state)
{
	static const char *const names[] = {
		"req-s1-negotiate",
		"req-s1-session-anon",
		"req-s1-tree-ipc",
		"req-s1-create-browser",
		"req-s1-trans-bind",
		"req-s1-write-probe1",
		"req-s1-session-ext1-spnego",
		"req-s1-close",
	};
	struct desk desk = desk_of(sample_host("clean", 1));

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct hex request = hex_file(names[i]);
		struct span whole = hex_message(&request);

		for (size_t len = 0; len < whole.left; len++) {
			struct span cut = span_at(whole, 0, len);

			assert_int_equal(say_bytes(&desk, cut), THEN_CLOSE);
		}
		(void)say(&desk, names[i]);
	}
	buf_free(&desk.out);
}

static void
smb2_is_spoken_by_those_that_can(void **state)
{
	struct host ten = sample_host("smb2-only", 1);
	struct host xp = sample_host("clean", 1);

	(void)state;
	ten.dice |= 3; /* takes older dialects than 3.1.1 too */
	while (xp.flavour->smb2_dialect)
		xp = sample_host("clean", xp.dice);
	struct desk desk = desk_of(ten);
	assert_int_equal(say(&desk, "req-s1-negotiate"), THEN_CLOSE);
	(void)say(&desk, "req-s2-negotiate");
	assert_int_equal(desk.out.len, 206);
	assert_memory_equal(desk.out.at + 4 + 68, "\x02\x03", 2);
	(void)say(&desk, "req-s2-negotiate-311");
	assert_int_equal(desk.out.len, 272);
	assert_memory_equal(desk.out.at + 4 + 68, "\x11\x03", 2);
	(void)say(&desk, "req-s2-session-raw");
	assert_memory_equal(desk.out.at + 4 + 72, "NTLMSSP\0\2\0\0\0", 12);
	buf_free(&desk.out);
	desk = desk_of(xp);
	assert_int_equal(say(&desk, "req-s2-negotiate"), THEN_GO_ON);
	assert_int_equal(desk.out.len, 0);
	buf_free(&desk.out);
}

static void
a_host_is_called_by_its_name(void **state)
{
	static const uint8_t accepted[] = { 0x82, 0, 0, 0 };
	static const uint8_t refused[] = { 0x83, 0, 0, 1, 0x82 };
	struct hex call = hex_file("req-nb-session-smbserver");
	struct desk desk = desk_of(sample_host("clean", 1));
	struct exchange x = { &desk.host, &desk.session, 0, &desk.out };

	(void)state;
	assert_int_equal(netbios_session(&x, hex_message(&call)), THEN_GO_ON);
	assert_memory_equal(desk.out.at, accepted, sizeof accepted);
	buf_clear(&desk.out);
	desk.host = sample_host("name-refused", 1);
	assert_int_equal(netbios_session(&x, hex_message(&call)), THEN_CLOSE);
	assert_memory_equal(desk.out.at, refused, sizeof refused);
	buf_clear(&desk.out);
	(void)text_copy(desk.host.name, sizeof desk.host.name, "XPBOX");
	call = hex_file("req-nb-session-xpbox");
	assert_int_equal(netbios_session(&x, hex_message(&call)), THEN_GO_ON);
	buf_free(&desk.out);
}

static void
nbstat_tells_the_name(void **state)
{
	struct hex question = hex_file("req-nb-nbstat");
	struct hex expected = hex_file("resp-nb-nbstat");
	struct host host = sample_host("clean", 1);
	struct buf out;

	(void)state;
	buf_init(&out, OUT_MOST);
	(void)text_copy(host.name, sizeof host.name, "XPBOX");
	(void)text_copy(host.group, sizeof host.group, "WORKGROUP");
	host.dice = 0xABCDEF;
	netbios_status(&host, hex_span(&question), &out);
	assert_int_equal(out.len, expected.len);
	assert_memory_equal(out.at, expected.at, expected.len);
	for (size_t len = 0; len < question.len; len++) {
		buf_clear(&out);
		netbios_status(&host, span_of(question.at, len), &out);
		assert_int_equal(out.len, 0);
	}
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_answer_the_two_paths_as_their_vectors),
		cmocka_unit_test(an_old_infection_refuses_the_step_upwards),
		cmocka_unit_test(an_emulator_answers_in_another_shape),
		cmocka_unit_test(the_answers_around_the_question_are_as_the_vectors),
		cmocka_unit_test(unicode_and_extended_security_work_as_well),
		cmocka_unit_test(each_refusal_comes_at_its_place),
		cmocka_unit_test(a_number_that_was_not_given_out_is_refused),
		cmocka_unit_test(a_request_cut_short_is_hung_up_on),
		cmocka_unit_test(smb2_is_spoken_by_those_that_can),
		cmocka_unit_test(a_host_is_called_by_its_name),
		cmocka_unit_test(nbstat_tells_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
