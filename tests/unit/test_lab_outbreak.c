/* The lab's outbreak of guessing: what each of those in it does, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/evt.h"
#include "format/evtx.h"
#include "lab/evtx_security.h"
#include "evt_sample.h"
#include "lab/outbreak.h"

#define LOG_MOST (64u << 20)
#define BEGINS 1240000000u
#define TARGET 3 /* of the worm */

static const struct outbreak network = { .seed = 3,
	                                 .begins = BEGINS,
	                                 .seconds = 3600,
	                                 .machines = 200,
	                                 .targets = 12,
	                                 .accounts = 30,
	                                 .has_addresses = true };

/* What one machine did on one target. */
struct seen {
	const char *from; /* its address */
	unsigned events, failures, successes, lockouts, locked_out;
	unsigned nameless, accounts, longest, shortest_gap, longest_gap;
	uint32_t first, last;
	unsigned run;
	char user[OUTBREAK_NAME_ROOM];
	bool in_order;
	uint32_t before; /* of anybody */
};

static void
note_account(struct seen *s, const char *user)
{
	if (strcmp(user, s->user) != 0) {
		s->accounts++;
		s->run = 0;
		(void)strncat(memset(s->user, 0, sizeof s->user), user,
		              sizeof s->user - 1);
	}
	s->run++;
	s->longest = s->run > s->longest ? s->run : s->longest;
}

static void
note(void *with, uint16_t id, const struct evt_logon *l)
{
	struct seen *s = with;

	s->in_order &= l->time >= s->before;
	s->before = l->time;
	if (strcmp(l->address, s->from) != 0)
		return;
	if (id == 644) {
		s->lockouts++;
		return;
	}
	unsigned gap = l->time - s->last;
	if (s->events++ == 0) {
		s->first = l->time;
		s->shortest_gap = UINT32_MAX;
	} else {
		s->shortest_gap = gap < s->shortest_gap ? gap : s->shortest_gap;
		s->longest_gap = gap > s->longest_gap ? gap : s->longest_gap;
	}
	s->last = l->time;
	s->failures += id == 529;
	s->locked_out += id == 539;
	s->successes += id == 540;
	s->nameless += *l->user == 0;
	note_account(s, l->user);
	assert_int_equal(l->type, 3);
}

static struct seen
seen_of(const struct outbreak *s, unsigned target, unsigned machine)
{
	char name[OUTBREAK_NAME_ROOM], address[OUTBREAK_NAME_ROOM];
	struct seen seen = { .from = address, .in_order = true };

	outbreak_machine(machine, name, address);
	outbreak_target(s, target, note, &seen);
	assert_true(seen.in_order);
	return seen;
}

static void
the_worm_takes_one_account_after_the_other(void **state)
{
	(void)state;
	for (unsigned target = 0; target < network.targets; target++) {
		struct seen s = seen_of(&network, target, outbreak_worm(&network));
		double rate = s.failures / (double)(s.last - s.first);

		assert_true(rate > 4.5 && rate < 66);
		assert_true(s.accounts >= s.failures / outbreak_tries());
		assert_true(s.longest >= outbreak_tries() - 5);
		assert_true(s.failures <= 30 * outbreak_tries() + 20);
		assert_true(s.accounts <= 30 + 20);
	}
	assert_true(outbreak_tries() > 150 && outbreak_tries() < 350);
}

static void
other_machines_are_left_alone(void **state)
{
	(void)state;
	assert_true(outbreak_worm(&network) >= network.targets);
	for (unsigned target = network.targets; target < network.machines; target++)
		assert_true(
		    seen_of(&network, target, outbreak_worm(&network)).failures < 20);
}

static void
accounts_are_locked_out(void **state)
{
	struct outbreak s = network;
	struct seen free_of_it = seen_of(&s, TARGET, outbreak_worm(&s));

	(void)state;
	assert_int_equal(free_of_it.lockouts, 0);
	assert_int_equal(free_of_it.locked_out, 0);
	s.lockout_after = 5;
	struct seen seen = seen_of(&s, TARGET, outbreak_worm(&s));
	assert_true(seen.lockouts > 5 && seen.lockouts <= 30);
	assert_int_equal(seen.failures + seen.locked_out, free_of_it.failures);
	assert_true(seen.failures <= 5 * (seen.lockouts + 1) + 10);
}

static void
the_service_tries_every_minute(void **state)
{
	struct seen s = seen_of(&network, outbreak_service_target(&network),
	                        outbreak_service(&network));

	(void)state;
	assert_int_equal(s.events, 60);
	assert_int_equal(s.accounts, 1);
	assert_int_equal(s.shortest_gap, 60);
	assert_int_equal(s.longest_gap, 60);
}

static void
the_scanner_has_no_names(void **state)
{
	struct seen s = seen_of(&network, TARGET, outbreak_scanner(&network));

	(void)state;
	assert_true(s.nameless >= 15 && s.nameless <= 20);
	assert_true(s.events - s.nameless < 5);
}

static void
people_come_in_after_a_few_tries(void **state)
{
	unsigned successes = 0, failures = 0;

	(void)state;
	for (unsigned machine = 0; machine < network.machines; machine++) {
		if (machine == outbreak_scanner(&network) ||
		    machine == outbreak_worm(&network))
			continue;
		struct seen s = seen_of(&network, 100, machine);
		successes += s.successes;
		failures += s.failures;
		assert_true(s.failures < 10);
	}
	assert_true(successes >= 1 && failures >= successes);
	assert_true(failures <= 3 * (successes + 1));
}

/* What was scheduled on a target, and how soon after the worm got in. */
struct scheduled {
	char worm[OUTBREAK_NAME_ROOM]; /* its address */
	unsigned at_jobs, others, successes;
	uint32_t success;
	char user[OUTBREAK_NAME_ROOM];
};

static void
note_task(void *with, uint16_t id, const struct evt_logon *l)
{
	struct scheduled *s = with;

	if (id == 540 && strcmp(l->address, s->worm) == 0) {
		s->successes++;
		s->success = l->time;
		(void)strncat(s->user, l->user, sizeof s->user - 1);
	}
	if (id != 602)
		return;
	if (strcmp(l->task, "At1") != 0) {
		s->others++;
		return;
	}
	s->at_jobs++;
	assert_int_equal(s->successes, 1);
	assert_in_range(l->time, s->success, s->success + 10);
	assert_string_equal(l->user, s->user);
}

static void
where_the_worm_gets_in_an_at_job_follows(void **state)
{
	struct outbreak s = network;

	(void)state;
	s.lockout_after = 50;
	for (unsigned target = 0; target < network.targets; target++) {
		struct scheduled seen = { .at_jobs = 0 };
		char name[OUTBREAK_NAME_ROOM];

		outbreak_machine(outbreak_worm(&s), name, seen.worm);
		outbreak_target(&s, target, note_task, &seen);
		assert_int_equal(seen.at_jobs, target % 3 == 1);
		assert_int_equal(seen.at_jobs, outbreak_falls(&s, target));
		assert_true(seen.others > 0);
	}
}

static struct buf
written(uint64_t seed)
{
	struct outbreak s = network;
	struct buf out;
	struct evt_write w = { .out = &out };

	s.seed = seed;
	buf_init(&out, LOG_MOST);
	outbreak_write(&s, TARGET, &w);
	assert_false(out.bad);
	return out;
}

static void
a_seed_gives_the_same_log_again(void **state)
{
	struct buf first = written(3);
	struct buf again = written(3);
	struct buf other = written(4);

	(void)state;
	assert_int_equal(first.len, again.len);
	assert_memory_equal(first.at, again.at, first.len);
	assert_false(first.len == other.len &&
	             memcmp(first.at, other.at, first.len) == 0);
	buf_free(&first);
	buf_free(&again);
	buf_free(&other);
}

static void
count_event(void *with, const struct log_event *e)
{
	unsigned *events = with;

	(void)e;
	++*events;
}

static void
count_seen(void *with, uint16_t id, const struct evt_logon *l)
{
	unsigned *events = with;

	(void)id;
	(void)l;
	++*events;
}

static void
the_log_is_read_whole(void **state)
{
	static struct evt evt;
	struct buf log = written(3);
	struct log_tally tally = { 0 };
	unsigned events = 0, told = 1; /* the policy */
	struct span bytes = buf_span(&log);
	struct evt_source source = evt_source_of(&bytes);

	(void)state;
	outbreak_target(&network, TARGET, count_seen, &told);
	assert_int_equal(evt_begin(&evt, &source), HEARD);
	while (evt_go_on(&evt, 1 << 20, count_event, &events, &tally)) {
	}
	assert_int_equal(events, told);
	assert_int_equal(tally.undecodable, 0);
	assert_int_equal(evt.found.gaps, 0);
	buf_free(&log);
}

/* ---- a network with newer machines */

static struct outbreak
mixed(void)
{
	struct outbreak s = network;

	s.late = 40;
	return s;
}

static void
so_many_machines_are_late(void **state)
{
	struct outbreak s = mixed();
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0; i < s.machines; i++) {
		count += outbreak_is_late(&s, i);
		assert_false(outbreak_is_late(&network, i));
	}
	assert_true(count > 60 && count < 100);
	assert_true(outbreak_is_late(&s, outbreak_controller(&s)));
	assert_int_not_equal(outbreak_controller(&s), outbreak_worm(&s));
	s.late = 100;
	for (unsigned i = 0; i < s.machines; i++)
		assert_true(outbreak_is_late(&s, i));
}

struct kinds {
	unsigned of_old_logons, tickets, refused, of_machines;
};

static void
note_kind(void *with, uint16_t id, const struct evt_logon *l)
{
	struct kinds *k = with;

	k->tickets += id == 672;
	k->refused += id == 675;
	k->of_machines += id == 672 && l->user[strlen(l->user) - 1] == '$';
	k->of_old_logons += id == 540;
	assert_true(l->millis < 1000);
}

static void
people_log_on_to_the_controller_by_kerberos(void **state)
{
	struct outbreak s = mixed();
	struct kinds there = { 0 }, elsewhere = { 0 };

	(void)state;
	outbreak_target(&s, outbreak_controller(&s), note_kind, &there);
	outbreak_target(&s, outbreak_controller(&s) + 1, note_kind, &elsewhere);
	assert_int_equal(there.of_old_logons, 0);
	assert_true(there.refused > 0 && there.tickets > there.of_machines);
	assert_true(there.of_machines > 60 && there.of_machines < 120);
	assert_int_equal(elsewhere.tickets + elsewhere.refused, 0);
	assert_true(elsewhere.of_old_logons > 0);
}

static enum err
put_in_buf(void *with, uint64_t at, struct span bytes)
{
	struct buf *file = with;

	if (at < file->len) {
		assert_true(at + bytes.left <= file->len);
		memcpy(file->at + at, bytes.at, bytes.left);
		return OK;
	}
	assert_int_equal(at, file->len);
	buf_put(file, bytes.at, bytes.left);
	return OK;
}

/* Is told of the same attempts as .evt is: what fails, and whom they lock out. */
static void
a_late_log_is_read_whole(void **state)
{
	struct outbreak s = mixed();
	struct buf file;
	struct log_tally tally = { 0 };
	unsigned events = 0, told = 1; /* the policy */

	(void)state;
	buf_init(&file, LOG_MOST);
	struct evtx_write w = { .put = put_in_buf, .with = &file };
	assert_int_equal(outbreak_write_late(&s, TARGET, &w), OK);
	outbreak_target(&s, TARGET, count_seen, &told);
	struct evtx *reader = evtx_new(count_event, &events);
	assert_non_null(reader);
	for (size_t at = EVTX_HEAD; at < file.len; at += EVTX_CHUNK)
		assert_int_equal(
		    evtx_chunk_read(reader, span_at(buf_span(&file), at, EVTX_CHUNK),
		                    at, &tally),
		    HEARD);
	assert_int_equal(events, told);
	assert_int_equal(tally.undecodable + tally.recovered, 0);
	assert_int_equal(tally.records, w.next - 1);
	evtx_free(reader);
	buf_free(&file);
}

/* ---- the writer itself */

static enum err
put_nowhere(void *with, uint64_t at, struct span bytes)
{
	unsigned *left = with;

	(void)at;
	(void)bytes;
	return (*left)-- > 0 ? OK : ERR_SYSTEM;
}

static void
what_cannot_be_written_ends_it(void **state)
{
	(void)state;
	for (unsigned room = 0; room < 4; room++) {
		struct outbreak s = mixed();
		unsigned left = room;
		struct evtx_write w = { .put = put_nowhere, .with = &left };

		assert_int_equal(outbreak_write_late(&s, TARGET, &w), ERR_SYSTEM);
		assert_int_equal(left, UINT32_MAX); /* nothing was tried after it */
	}
}

static void
a_record_too_large_for_a_chunk_is_a_limit(void **state)
{
	static char name[70000];
	unsigned left = 100;
	struct evtx_write w = { .put = put_nowhere, .with = &left, .computer = "A" };
	struct evt_logon l = { .user = name, .domain = "", .status = 1 };

	(void)state;
	memset(name, 'a', sizeof name - 1);
	evtx_write_begin(&w);
	evtx_security_logon(&w, &l);
	assert_int_equal(w.err, ERR_LIMIT);
	assert_int_equal(evtx_write_end(&w), ERR_LIMIT);
	name[25000] = 0;
	w = (struct evtx_write){ .put = put_nowhere, .with = &left, .computer = "A" };
	evtx_write_begin(&w);
	for (unsigned i = 0; i < 3; i++)
		evtx_security_logon(&w, &l);
	assert_int_equal(w.chunks, 2);
	assert_int_equal(evtx_write_end(&w), OK);
}

/* From the catalogue of such sums: "123456789". */
static void
sums_are_those_of_the_standard(void **state)
{
	struct crc32 crc;
	const char *text = "123456789";

	(void)state;
	crc32_prepare(&crc);
	assert_int_equal(crc32_add(&crc, 0, span_of(text, 9)), 0xcbf43926);
	for (size_t i = 0; i <= 9; i++) {
		uint32_t first = crc32_add(&crc, 0, span_of(text, i));

		assert_int_equal(crc32_add(&crc, first, span_of(text + i, 9 - i)),
		                 0xcbf43926);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worm_takes_one_account_after_the_other),
		cmocka_unit_test(other_machines_are_left_alone),
		cmocka_unit_test(accounts_are_locked_out),
		cmocka_unit_test(the_service_tries_every_minute),
		cmocka_unit_test(the_scanner_has_no_names),
		cmocka_unit_test(people_come_in_after_a_few_tries),
		cmocka_unit_test(where_the_worm_gets_in_an_at_job_follows),
		cmocka_unit_test(a_seed_gives_the_same_log_again),
		cmocka_unit_test(the_log_is_read_whole),
		cmocka_unit_test(so_many_machines_are_late),
		cmocka_unit_test(people_log_on_to_the_controller_by_kerberos),
		cmocka_unit_test(a_late_log_is_read_whole),
		cmocka_unit_test(what_cannot_be_written_ends_it),
		cmocka_unit_test(a_record_too_large_for_a_chunk_is_a_limit),
		cmocka_unit_test(sums_are_those_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
