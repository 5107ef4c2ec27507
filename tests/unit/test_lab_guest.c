/*
 * Connections of the lab over a pair of sockets, with a clock that the test
 * sets; and confine's own conversation with every kind of host.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab_sample.h"

#include "hex.h"
#include "lab/guest.h"
#include "lab/peer.h"
#include "wire/p2p.h"
#include "wire/smb_talk.h"

#define ROUNDS_MOST 400

/* One client of one host. */
struct wire {
	struct crowd crowd;
	struct watched door;
	struct host host;
	int client;
	uint8_t got[65536];
	size_t got_len;
	bool closed; /* the host hung up */
};

static void
wire_up(struct wire *w, enum role role)
{
	int pair[2];

	crowd_init(&w->crowd, epoll_create1(0));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	w->client = pair[0];
	w->door = (struct watched){ role, -1, false, &w->host };
	w->got_len = 0;
	w->closed = false;
	guest_welcome(&w->crowd, pair[1], &w->door);
	assert_int_equal(w->crowd.count, 1);
}

static void
wire_down(struct wire *w)
{
	crowd_free(&w->crowd);
	close(w->crowd.epoll);
	close(w->client);
}

/* Lets `ms` pass for the host, then takes what it sent. */
static void
wire_turn(struct wire *w, int64_t ms)
{
	struct epoll_event event;

	w->crowd.steady_ms += ms;
	while (epoll_wait(w->crowd.epoll, &event, 1, 0) == 1)
		guest_event(&w->crowd, event.data.ptr, event.events);
	crowd_tick(&w->crowd);
	crowd_reap(&w->crowd, 0);
	ssize_t len = recv(w->client, w->got, sizeof w->got, 0);
	w->got_len = len > 0 ? (size_t)len : 0;
	w->closed = len == 0 || (len < 0 && errno == ECONNRESET);
}

static void
wire_say(struct wire *w, const char *name)
{
	struct hex request = hex_file(name);

	assert_int_equal(send(w->client, request.at, request.len, MSG_NOSIGNAL),
	                 request.len);
	wire_turn(w, 1);
}

static struct wire wire; /* too large for the stack */

static void
a_message_may_come_byte_by_byte(void **state)
{
	struct hex request = hex_file("req-s1-negotiate");

	(void)state;
	wire.host = sample_host("clean", 1);
	wire_up(&wire, ROLE_SMB);
	for (size_t i = 0; i < request.len; i++) {
		assert_int_equal(wire.got_len, 0);
		assert_int_equal(send(wire.client, request.at + i, 1, MSG_NOSIGNAL), 1);
		wire_turn(&wire, 1);
	}
	assert_in_range(wire.got_len, 100, 140);
	wire_down(&wire);
}

static void
a_message_that_is_too_long_is_hung_up_on(void **state)
{
	static const uint8_t head[] = { 0, 0, 0x20, 0x01 }; /* one past the most */

	(void)state;
	wire.host = sample_host("clean", 1);
	wire_up(&wire, ROLE_SMB);
	assert_int_equal(send(wire.client, head, sizeof head, MSG_NOSIGNAL), 4);
	wire_turn(&wire, 1);
	assert_true(wire.closed);
	assert_int_equal(wire.crowd.count, 0);
	wire_down(&wire);
}

static void
who_asks_and_does_not_read_is_hung_up_on(void **state)
{
	struct hex request = hex_file("req-s1-negotiate");
	struct epoll_event event;
	int small = 1;

	(void)state;
	wire.host = sample_host("clean", 1);
	wire_up(&wire, ROLE_SMB);
	struct guest *guest = TAILQ_FIRST(&wire.crowd.by_age);
	(void)setsockopt(guest->watched.fd, SOL_SOCKET, SO_SNDBUF, &small,
	                 sizeof small);
	for (int i = 0; i < 2000 && wire.crowd.count == 1; i++) {
		(void)send(wire.client, request.at, request.len, MSG_NOSIGNAL);
		while (epoll_wait(wire.crowd.epoll, &event, 1, 0) == 1)
			guest_event(&wire.crowd, event.data.ptr, event.events);
	}
	assert_int_equal(wire.crowd.count, 0);
	wire_down(&wire);
}

static void
who_is_quiet_for_two_minutes_is_hung_up_on(void **state)
{
	(void)state;
	wire.host = sample_host("silent", 1);
	wire_up(&wire, ROLE_SMB);
	wire_say(&wire, "req-s1-negotiate");
	wire_turn(&wire, GUEST_IDLE_MS);
	assert_false(wire.closed);
	wire_turn(&wire, 1);
	assert_true(wire.closed);
	wire_down(&wire);
}

static void
a_host_that_drips_sends_a_byte_a_second(void **state)
{
	(void)state;
	wire.host = sample_host("slow-drip", 1);
	wire_up(&wire, ROLE_SMB);
	wire_say(&wire, "req-s1-negotiate");
	for (int second = 0; second < 5; second++) {
		wire_turn(&wire, 999);
		assert_int_equal(wire.got_len, 0);
		wire_turn(&wire, 1);
		assert_int_equal(wire.got_len, 1);
	}
	wire_down(&wire);
}

static void
a_flood_does_not_end(void **state)
{
	(void)state;
	for (int small = 0; small < 2; small++) {
		size_t total = 0;

		wire.host = sample_host(small ? "flood-small" : "flood", 1);
		wire_up(&wire, ROLE_SMB);
		wire_say(&wire, "req-s1-negotiate");
		for (int i = 0; i < 100; i++) {
			wire_turn(&wire, CROWD_TICK_MS);
			total += wire.got_len;
		}
		assert_in_range(total, 1000000, 2000000);
		wire_down(&wire);
	}
}

static void
half_an_answer_is_all_that_comes(void **state)
{
	(void)state;
	wire.host = sample_host("half", 1);
	wire_up(&wire, ROLE_SMB);
	wire_say(&wire, "req-s1-negotiate");
	assert_in_range(wire.got_len, 40, 70);
	wire_say(&wire, "req-s1-session-anon");
	assert_int_equal(wire.got_len, 0);
	assert_false(wire.closed);
	wire_down(&wire);
}

/* Carries what both say; whoever has nothing to say is quiet, or gone. */
static void
converse(struct talk *talk)
{
	for (int i = 0; i < ROUNDS_MOST && talk->after < AFTER_DONE; i++) {
		struct span out = buf_span(&talk->out);

		if (out.left > 0)
			(void)send(wire.client, out.at, out.left, MSG_NOSIGNAL);
		buf_clear(&talk->out);
		wire_turn(&wire, 1);
		if (wire.got_len == 0 && !wire.closed)
			wire_turn(&wire, CROWD_TICK_MS);
		if (wire.got_len > 0)
			(void)talk_feed(talk, span_of(wire.got, wire.got_len));
		else if (talk->after == AFTER_PAUSE)
			(void)talk_resume(talk);
		else if (wire.closed)
			(void)talk_closed(talk);
		else
			(void)talk_quiet(talk);
	}
}

/* Asks the host in `wire` as a scan does; the story is the caller's to free. */
static void
ask_host(const struct smb_ask *ask, struct smb_story *story)
{
	struct talk talk;

	wire_up(&wire, ask->netbios ? ROLE_NETBIOS : ROLE_SMB);
	smb_talk_init(&talk, story, ask);
	(void)talk_begin(&talk);
	converse(&talk);
	assert_true(talk.after >= AFTER_DONE);
	talk_free(&talk);
	wire_down(&wire);
}

static void
expect_codes(const char *kind, enum answer answer, uint32_t control, uint32_t path)
{
	struct smb_ask ask = { .login = SMB_ANONYMOUS,
		               .called = "*SMBSERVER",
		               .server = "127.7.0.9" };

	for (int netbios = 0; netbios < 2; netbios++) {
		struct smb_story story = { 0 };

		ask.netbios = netbios;
		wire.host = sample_host_with(kind, answer);
		wire.host.dice |= 1; /* infected-old: 0x84B for the control path */
		ask_host(&ask, &story);
		assert_int_equal(story.heard.reason, REASON_NONE);
		assert_int_equal(story.heard.control.code, control);
		assert_int_equal(story.heard.path.code, path);
		assert_string_equal(story.heard.system.name.utf8, wire.host.name);
		assert_string_equal(story.heard.system.native_os.utf8,
		                    wire.host.flavour->native_os);
		smb_story_free(&story);
	}
}

static void
confine_hears_what_every_honest_kind_answers(void **state)
{
	(void)state;
	expect_codes("clean", ANSWER_CLEAN, 0x84B, 0x7B);
	expect_codes("clean-7b", ANSWER_CLEAN_7B, 0x7B, 0x7B);
	expect_codes("unpatched", ANSWER_UNPATCHED, 0x84B, 0);
	expect_codes("infected-old", ANSWER_INFECTED_OLD, 0x84B, 0x57);
	expect_codes("infected-new", ANSWER_INFECTED_NEW, 0, 0x7B);
	expect_codes("both-57", ANSWER_BOTH_57, 0x57, 0x57);
	expect_codes("browser-off", ANSWER_INFECTED_OLD, 0x84B, 0x57);
	expect_codes("guest", ANSWER_CLEAN, 0x84B, 0x7B);
	expect_codes("keepalive", ANSWER_INFECTED_OLD, 0x84B, 0x57);
	expect_codes("not-supported", ANSWER_INFECTED_OLD, 0x84B, 0x57);
	expect_codes("pipe-busy-twice", ANSWER_CLEAN, 0x84B, 0x7B);
}

static void
confine_puts_every_sort_of_fragments_together(void **state)
{
	struct smb_ask ask = { .login = SMB_ANONYMOUS, .server = "127.7.0.9" };

	(void)state;
	for (unsigned sort = 0; sort < 3; sort++) {
		struct smb_story story = { 0 };

		wire.host = sample_host_with("fragments", ANSWER_INFECTED_OLD);
		wire.host.dice = sort;
		ask_host(&ask, &story);
		assert_int_equal(story.heard.reason, REASON_NONE);
		assert_int_equal(story.heard.path.code, 0x57);
		smb_story_free(&story);
	}
}

static void
confine_hears_why_the_others_do_not_answer(void **state)
{
	static const struct {
		const char *kind;
		enum reason reason;
	} rows[] = {
		{ "samba", REASON_NOT_WINDOWS },
		{ "denied", REASON_ACCESS_DENIED_TREE },
		{ "no-ipc", REASON_NO_IPC_SHARE },
		{ "no-tree-id", REASON_NO_TREE },
		{ "pipes-denied", REASON_NEED_CREDENTIALS },
		{ "pipe-not-found", REASON_PIPE_NOT_FOUND },
		{ "pipe-busy", REASON_PIPE_BUSY },
		{ "bind-refused", REASON_NO_SRVSVC },
		{ "share-level", REASON_SHARE_LEVEL },
		{ "too-many", REASON_TOO_MANY_SESSIONS },
		{ "anon-refused", REASON_ANONYMOUS_REFUSED },
		{ "smb2-only", REASON_SMB1_OFF },
		{ "no-dialect", REASON_SMB1_OFF },
		{ "emulator", REASON_NOT_GENUINE },
		{ "silent", REASON_NO_REPLY },
		{ "flood", REASON_ENDLESS },
		{ "flood-small", REASON_ENDLESS },
	};
	struct smb_ask ask = { .login = SMB_ANONYMOUS, .server = "127.7.0.9" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct smb_story story = { 0 };

		wire.host = sample_host(rows[i].kind, 1);
		ask_host(&ask, &story);
		assert_string_equal(reason_id(story.heard.reason),
		                    reason_id(rows[i].reason));
		smb_story_free(&story);
	}
}

static void
ntlmssp_opens_what_the_simple_form_does_not(void **state)
{
	struct smb_ask ask = { .login = SMB_ANONYMOUS_NTLMSSP, .server = "127.7.0.9" };
	struct smb_story story = { 0 };

	(void)state;
	wire.host = sample_host_with("anon-refused", ANSWER_INFECTED_OLD);
	ask_host(&ask, &story);
	assert_int_equal(story.heard.reason, REASON_NONE);
	assert_int_equal(story.heard.path.code, 0x57);
	assert_string_equal(story.heard.system.name.utf8, wire.host.name);
	smb_story_free(&story);
	wire.host = sample_host("anon-refused-both", 1);
	ask_host(&ask, &story);
	assert_int_equal(story.heard.reason, REASON_ANONYMOUS_REFUSED);
	smb_story_free(&story);
}

static void
an_account_opens_closed_pipes_and_some_are_refused(void **state)
{
	struct smb_account account = { .user = "nurse", .domain = "CLINIC" };
	struct smb_ask ask = { .login = SMB_NTLMV2,
		               .server = "127.7.0.9",
		               .account = &account };
	struct smb_story story = { 0 };

	(void)state;
	wire.host = sample_host_with("pipes-denied", ANSWER_INFECTED_OLD);
	ask_host(&ask, &story);
	assert_int_equal(story.heard.path.code, 0x57);
	smb_story_free(&story);
	(void)text_copy(account.user, sizeof account.user, "wrong");
	ask_host(&ask, &story);
	assert_true(story.heard.credentials_refused);
	smb_story_free(&story);
}

static enum p2p_class
ask_peer(const char *kind, enum p2p_transport transport, bool spoil)
{
	struct host host = sample_host(kind, 1);
	struct p2p_probe probe = p2p_probe_make(transport, 0x1234567890ABCDEF);
	struct p2p_answer answer;
	struct buf out;

	buf_init(&out, 256);
	if (spoil)
		probe.bytes[probe.len - 1] ^= 1;
	peer_answer(&host, transport, span_of(probe.bytes, probe.len), &out);
	enum p2p_class class = out.len == 0
	                           ? (enum p2p_class)0
	                           : p2p_judge(&probe, buf_span(&out), &answer);
	buf_free(&out);
	return class;
}

static void
peers_answer_as_their_suffix_says(void **state)
{
	(void)state;
	for (int transport = P2P_UDP; transport <= P2P_TCP; transport++) {
		enum p2p_transport t = (enum p2p_transport)transport;

		assert_int_equal(ask_peer("clean+p2p", t, false), P2P_VALID);
		assert_int_equal(ask_peer("clean+p2p-echo", t, false), P2P_ECHO);
		assert_int_equal(ask_peer("clean+p2p-badsum", t, false), P2P_BAD_SUM);
		assert_int_equal(ask_peer("clean+p2p-silent", t, false), 0);
		assert_int_equal(ask_peer("clean+p2p", t, true), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_may_come_byte_by_byte),
		cmocka_unit_test(a_message_that_is_too_long_is_hung_up_on),
		cmocka_unit_test(who_asks_and_does_not_read_is_hung_up_on),
		cmocka_unit_test(who_is_quiet_for_two_minutes_is_hung_up_on),
		cmocka_unit_test(a_host_that_drips_sends_a_byte_a_second),
		cmocka_unit_test(a_flood_does_not_end),
		cmocka_unit_test(half_an_answer_is_all_that_comes),
		cmocka_unit_test(confine_hears_what_every_honest_kind_answers),
		cmocka_unit_test(confine_puts_every_sort_of_fragments_together),
		cmocka_unit_test(confine_hears_why_the_others_do_not_answer),
		cmocka_unit_test(ntlmssp_opens_what_the_simple_form_does_not),
		cmocka_unit_test(an_account_opens_closed_pipes_and_some_are_refused),
		cmocka_unit_test(peers_answer_as_their_suffix_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
