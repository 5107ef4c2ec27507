#include "tests/unit/logons_sample.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define BEGIN_MS 1232098200000LL /* 2009-01-16 09:30 UTC */
#define MINUTE_MS 60000LL
#define BED_TARGETS 9

/* What some of them call themselves; the others are "WARD-7". */
static const char *const odd_names[] = {
	[3] = "</text></svg><script>alert(1)</script>",
	[4] = "\xE2\x80\xAEgpj.exe",
	[5] = "\x1B]0;owned\x07\"'&<!--]]>",
	[6] =
	    "\xD7\x9E\xD7\x97\xD7\x9C\xD7\xA7\xD7\x94 \xD7\xA9\xD7\x9C\xD7\x95\xD7\xA9",
	[7] = "\xE7\xAC\xAC\xE4\xB8\x89\xE7\x97\x85\xE6\xA3\x9F\xE7\x9A\x84\xE7\x94\xB5"
	      "\xE8\x84\x91\xE5\x8F\xB7",
	[8] =
	    "A-NAME-THAT-IS-FAR-LONGER-THAN-WINDOWS-EVER-LET-ANY-MACHINE-HAVE-AND-THEN-"
	    "SOME-MORE-OF-IT-TO-FILL-THE-ROOM",
};
#define ODD_NAMES (sizeof odd_names / sizeof odd_names[0])

static void
name_of(size_t i, char out[ATTEMPT_TEXT])
{
	if (i < ODD_NAMES && odd_names[i])
		(void)text_copy(out, ATTEMPT_TEXT, odd_names[i]);
	else
		(void)snprintf(out, ATTEMPT_TEXT, "WARD-%zu", i);
}

static void
add_target(struct attacker *a, const char *name, uint64_t failures, int64_t first_ms)
{
	if (a->targets_shown == TARGETS_MOST)
		return;
	struct victim *t = &a->targets[a->targets_shown++];

	(void)text_copy(t->name, sizeof t->name, name);
	t->failures = failures;
	t->first_ms = first_ms;
}

static void
add_targets(struct attacker *a, size_t i, size_t attackers)
{
	char name[ATTEMPT_TEXT];

	/* Two that begin after that, as domain controllers write their names. */
	for (size_t next = 2 * i + 1; next <= 2 * i + 2 && next < attackers; next++) {
		char full[ATTEMPT_TEXT + 16];

		name_of(next, name);
		(void)snprintf(full, sizeof full, "%s%s", name,
		               next % 2 ? ".example.org" : "");
		add_target(a, full, 5000, a->first_ms);
	}
	if (i > 0) { /* and back */
		name_of((i - 1) / 2, name);
		add_target(a, name, 700, a->first_ms + MINUTE_MS);
	}
	for (size_t k = 0; k < BED_TARGETS; k++) {
		(void)snprintf(name, sizeof name, "BED-%zu", (i * 5 + k) % 40);
		add_target(a, name, 40 + 300 * k, a->first_ms);
	}
	a->target_count = a->targets_shown + (i == 0 ? 50 : 0);
}

static void
make_attacker(struct attacker *a, size_t i, size_t attackers)
{
	static const char *const reasons[] = { "rate:1354/min", "accounts:20/hour",
		                               "lockouts:3", "something-new:7" };

	*a = (struct attacker){
		.failures = 60000 / (i + 1),
		.accounts = 20,
		.names = 1,
		.score = 0.98 - 0.4 * (double)i / (double)attackers,
		.first_ms = BEGIN_MS + (int64_t)i * 11 * MINUTE_MS,
		.last_ms = BEGIN_MS + (int64_t)(i + 40) * 11 * MINUTE_MS,
		.began_ms = BEGIN_MS + (int64_t)i * 11 * MINUTE_MS,
		.locked_ms = i % 2 ? 0 : BEGIN_MS + (int64_t)(i + 2) * 11 * MINUTE_MS,
		.got_in_ms = i % 4 ? 0 : BEGIN_MS + (int64_t)(i + 20) * 11 * MINUTE_MS,
	};
	a->got_in = a->got_in_ms != 0;
	name_of(i, a->workstation);
	if (i % 3 == 0)
		(void)snprintf(a->address, sizeof a->address, "10.0.%zu.%zu",
		               i / 250 % 250, i % 250 + 1);
	for (size_t k = 0; k < sizeof reasons / sizeof reasons[0]; k++)
		(void)text_copy(a->reasons[a->reason_count++], REASON_ROOM, reasons[k]);
	for (uint32_t k = 0; k < SPARKS; k++)
		a->sparks[k] = (k * 37 + (uint32_t)i * 11) % 97;
	add_targets(a, i, attackers);
}

static void
make_other(struct attacker *a, size_t i)
{
	*a = (struct attacker){
		.failures = 3,
		.accounts = 1,
		.names = 1,
		.target_count = 1,
		.first_ms = BEGIN_MS + (int64_t)i * MINUTE_MS,
		.last_ms = BEGIN_MS + (int64_t)(i + 1) * MINUTE_MS,
	};
	(void)snprintf(a->workstation, sizeof a->workstation, "DESK-%zu", i);
	add_target(a, "FILESRV", 3, a->first_ms);
}

static void
make_logs(struct logons_sample *s)
{
	static const char *const paths[] = { "logs/<b>SecEvent.Evt",
		                             "logs/\xE2\x80\xAEtvE.tnevEceS",
		                             "letter.txt" };

	for (size_t i = 0; i < 3; i++) {
		s->logs[i] = (struct log_told){ .kind = LOG_IS_EVT,
			                        .records = 900,
			                        .security = 900,
			                        .is_cut = i == 0,
			                        .undecodable = i == 1 ? 4 : 0 };
		(void)text_copy(s->logs[i].path, PATH_ROOM, paths[i]);
	}
	s->logs[2].kind = LOG_IS_NONE;
	(void)text_copy(s->logs[2].why, WHY_ROOM, "it is no event log");
	for (size_t i = 0; i < 2; i++) {
		s->whole[i] = (struct log_told){ .kind = LOG_IS_EVTX,
			                         .records = 48000,
			                         .security = 48000,
			                         .failures = 30000,
			                         .first_ms = BEGIN_MS,
			                         .last_ms = BEGIN_MS + 900 * MINUTE_MS,
			                         .cleared_ms = i ? BEGIN_MS : 0 };
		(void)snprintf(s->whole[i].path, PATH_ROOM, "logs/dc%zu.evtx", i);
		(void)snprintf(s->whole[i].computer, ATTEMPT_TEXT, "DC%zu", i);
	}
}

/* Each of them by the one that add_targets has try it. */
static struct spread *
make_spread(size_t attackers)
{
	struct spread *spread = calloc(attackers + 1, sizeof *spread);

	if (!spread)
		abort();
	for (size_t i = 1; i < attackers; i++) {
		int64_t began_ms = BEGIN_MS + (int64_t)i * 11 * MINUTE_MS;
		int64_t before_ms = began_ms - 7 * MINUTE_MS;

		spread[i - 1] = (struct spread){ .from = (i - 1) / 2,
			                         .to = i,
			                         .failures = 4000,
			                         .attacked_ms = before_ms,
			                         .success_ms = i % 2 ? before_ms : 0,
			                         .began_ms = began_ms };
	}
	return spread;
}

static void
make_tried(struct logons_sample *s)
{
	for (size_t i = 0; i < SAMPLE_TRIED; i++) {
		struct tried t = { .failures = 9000 - 200 * i,
			           .sources = 1 + (uint32_t)i % 3,
			           .first_ms = BEGIN_MS,
			           .last_ms = BEGIN_MS + 90 * MINUTE_MS };

		s->accounts[i] = s->targets[i] = t;
		s->accounts[i].is_locked = i % 4 == 0;
		(void)snprintf(s->accounts[i].name, ATTEMPT_TEXT, "user%02zu", i);
		name_of(i, s->targets[i].name);
	}
	(void)text_copy(s->accounts[1].name, ATTEMPT_TEXT, "<i>\xE2\x80\xAEnimda</i>");
}

static void
make_unaudited(struct logons_sample *s)
{
	for (size_t i = 0; i < SAMPLE_UNAUDITED; i++) {
		s->unaudited[i] = (struct audited){ .how = AUDITED_NOT,
			                            .off_ms = BEGIN_MS,
			                            .successes = 40 };
		(void)snprintf(s->unaudited[i].machine, PATH_ROOM, "%sDEAF-%zu",
		               i ? "" : "<b>", i);
	}
}

void
logons_sample_init(struct logons_sample *s, size_t attackers, size_t others)
{
	static char *words[] = { "confine", "logons", "logs", NULL };
	struct attacker *at = calloc(attackers + others + 1, sizeof *at);

	if (!at)
		abort();
	*s = (struct logons_sample){
		.run = { .version = "0.1.0",
		         .command = "logons",
		         .argv = words,
		         .argc = 3,
		         .started_ms = BEGIN_MS },
		.totals = { .logs = 4,
		            .unread = 1,
		            .marred = 2,
		            .records = 97800,
		            .security = 97800,
		            .failures = 60000,
		            .twice = 12,
		            .since_ms = INT64_MIN,
		            .until_ms = INT64_MAX,
		            .first_ms = BEGIN_MS,
		            .last_ms = BEGIN_MS + 900 * MINUTE_MS },
	};
	for (size_t i = 0; i < attackers; i++)
		make_attacker(&at[i], i, attackers);
	for (size_t i = 0; i < others; i++)
		make_other(&at[attackers + i], i);
	make_logs(s);
	make_tried(s);
	make_unaudited(s);
	s->told = (struct told_logons){ .run = &s->run,
		                        .at = at,
		                        .count = attackers + others,
		                        .attackers = attackers,
		                        .totals = &s->totals,
		                        .logs = s->logs,
		                        .log_count = 3,
		                        .whole = s->whole,
		                        .whole_count = 2,
		                        .spread = make_spread(attackers),
		                        .spread_count = attackers ? attackers - 1 : 0,
		                        .accounts = s->accounts,
		                        .account_count = SAMPLE_TRIED,
		                        .account_total = SAMPLE_TRIED + 7,
		                        .targets = s->targets,
		                        .target_count = SAMPLE_TRIED,
		                        .target_total = SAMPLE_TRIED,
		                        .unaudited = s->unaudited,
		                        .top = 20,
		                        .seconds = 1.5 };
}

void
logons_sample_free(struct logons_sample *s)
{
	free((void *)s->told.at);
	free((void *)s->told.spread);
}

void
logons_sample_deafen(struct logons_sample *s, size_t machines)
{
	s->told.unaudited_count = s->totals.unaudited = machines < SAMPLE_UNAUDITED
	                                                    ? machines
	                                                    : SAMPLE_UNAUDITED;
}
