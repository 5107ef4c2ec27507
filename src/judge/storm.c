#include "judge/storm.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "judge/storm_parts.h"

#define LOCKED_OUT 0xC0000234u
#define WRONG_PASSWORD 0xC000006Au
#define PREAUTH_FAILED 0x18u
#define FIRST_ROOM 4096

/* The first numbers of each table are taken: see OTHERS and ONCE. */
static enum err
number_first(struct numbered *n)
{
	uint32_t number = 0;

	TRY(numbered_of(n, "\001others", &number)); /* such no attempt has */
	return numbered_of(n, "\001once", &number);
}

static enum err
number_all_first(struct storm *s)
{
	TRY(number_first(&s->accounts));
	TRY(number_first(&s->workstations));
	TRY(number_first(&s->addresses));
	return number_first(&s->targets);
}

static void
own_new(struct storm **s)
{
	storm_free(*s);
}

enum err
storm_new(struct storm **out)
{
	OWN(own_new) struct storm *s = calloc(1, sizeof *s);

	if (!s)
		return ERR_MEMORY;
	s->most = ATTEMPTS_MOST;
	TRY(number_all_first(s));
	*out = GIVE(s);
	return OK;
}

void
storm_free(struct storm *s)
{
	if (!s)
		return;
	numbered_free(&s->accounts);
	numbered_free(&s->workstations);
	numbered_free(&s->addresses);
	numbered_free(&s->targets);
	free(s->sources);
	free(s->is_of_several);
	free(s->tasks);
	free(s->at);
	free(s);
}

const struct storm_counts *
storm_counts(const struct storm *s)
{
	return &s->counts;
}

/* ---- taking */

/* A Kerberos or NTLM check is for a logon over the network. */
static bool
is_network(const struct attempt *a)
{
	return a->logon_type == 3 || a->told == TOLD_BY_NTLM ||
	       a->told == TOLD_BY_KERBEROS || a->kind == ATTEMPT_BY_US;
}

static bool
is_machine_account(const char *account)
{
	size_t len = strlen(account);

	return len > 1 && account[len - 1] == '$';
}

/* Who checked the password says that there is one: an account. */
static bool
is_known(const struct attempt *a)
{
	return a->status == LOCKED_OUT || a->status == WRONG_PASSWORD ||
	       (a->told == TOLD_BY_KERBEROS && a->status == PREAUTH_FAILED);
}

static enum err
fold(struct storm *s)
{
	TRY(storm_fold(s));
	s->folded = s->count;
	s->folds++;
	return OK;
}

static enum err
make_room(struct storm *s)
{
	if (s->count < s->room)
		return OK;
	if (s->room == s->most)
		return fold(s);
	size_t room = s->room ? 2 * s->room : FIRST_ROOM;
	room = room < s->most ? room : s->most;
	struct told *at = realloc(s->at, room * sizeof *at);
	if (!at)
		return ERR_MEMORY;
	s->at = at;
	s->room = room;
	return OK;
}

/* A full table is folded for, unless that was done a moment ago. */
static enum err
number_text(struct storm *s, struct numbered *n, const char *text)
{
	uint32_t number = 0;
	enum err err = numbered_of(n, text, &number);

	if (err == ERR_LIMIT && s->count > s->folded + s->most / 8)
		err = fold(s);
	return err == ERR_LIMIT ? OK : err;
}

/* Once more after a fold, which forgets what nothing has. */
static enum err
number_texts(struct storm *s, const struct attempt *a)
{
	size_t folds = 0;

	do {
		folds = s->folds;
		TRY(number_text(s, &s->accounts, a->account));
		TRY(number_text(s, &s->workstations, a->workstation));
		TRY(number_text(s, &s->addresses, a->address));
		TRY(number_text(s, &s->targets, a->target));
	} while (s->folds != folds);
	return OK;
}

static uint32_t
number_of(const struct numbered *n, const char *text, uint32_t others)
{
	uint32_t number = numbered_find(n, text);

	return number || !text[0] ? number : others;
}

static enum err
keep(struct storm *s, const struct attempt *a)
{
	TRY(make_room(s));
	TRY(number_texts(s, a));
	uint32_t address = number_of(&s->addresses, a->address, OTHERS);
	if (address == OTHERS) { /* others' are no source */
		s->counts.passed_over++;
		return OK;
	}
	s->has_recovered = s->has_recovered || a->is_recovered;
	s->at[s->count++] = (struct told){
		.time_ms = a->time_ms,
		.count = 1,
		.account = number_of(&s->accounts, a->account, OTHERS),
		.name = number_of(&s->workstations, a->workstation, OTHERS),
		.address = address,
		.target = number_of(&s->targets, a->target, OTHERS),
		.kind = (uint8_t)a->kind,
		.told = (uint8_t)a->told,
		.is_network = is_network(a),
		.is_recovered = a->is_recovered,
		.is_locked = a->status == LOCKED_OUT,
		.is_known = is_known(a),
		.is_machine = is_machine_account(a->account),
	};
	return OK;
}

/* Policy, faults and people with old passwords are counted and never weigh. */
enum err
storm_take(struct storm *s, const struct attempt *a)
{
	bool fails = a->kind >= ATTEMPT_GUESS && a->kind <= ATTEMPT_FAULT;

	if (a->is_local) {
		s->counts.local += fails;
		return OK;
	}
	s->counts.kinds[a->kind]++;
	switch (a->kind) {
	case ATTEMPT_GUESS:
	case ATTEMPT_SUCCESS:
	case ATTEMPT_LOCKOUT:
	case ATTEMPT_BY_US:
	case ATTEMPT_TASK: return keep(s, a);
	default: return OK;
	}
}

/* ---- judging */

static int
by_likelihood(const void *x, const void *y)
{
	const struct attacker *a = x;
	const struct attacker *b = y;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	if (a->first_ms != b->first_ms && attacker_is_one(a))
		return a->first_ms < b->first_ms ? -1 : 1;
	if (a->failures != b->failures)
		return a->failures > b->failures ? -1 : 1;
	if (a->last_ms != b->last_ms)
		return a->last_ms > b->last_ms ? -1 : 1;
	int order = strcmp(a->address, b->address);
	if (order == 0)
		order = strcmp(a->workstation, b->workstation);
	return order ? order : strcmp(a->unknown_on, b->unknown_on);
}

/* The most likely ones so far, and how many gave way to them. */
struct likely {
	struct attacker *at;
	size_t count;
	struct storm_counts *counts;
};

#define LIKELY_ROOM (STORM_TOLD + STORM_TOLD / 4)

static void
drop_unlikely(struct likely *l)
{
	qsort(l->at, l->count, sizeof *l->at, by_likelihood);
	for (; l->count > STORM_TOLD; l->count--) {
		l->counts->untold++;
		l->counts->untold_attackers += attacker_is_one(&l->at[l->count - 1]);
	}
}

/* A part for each source, of which only those that guess are attackers. */
static enum err
weigh_all(struct storm *s, struct likely *out)
{
	OWN(own_mem)
	uint32_t *scratch = calloc((size_t)s->accounts.count + 1, sizeof *scratch);
	OWN(own_mem)
	uint32_t *names = calloc((size_t)s->workstations.count + 1, sizeof *names);
	OWN(own_mem)
	int64_t *last_ms = calloc((size_t)s->accounts.count + 1, sizeof *last_ms);

	if (!scratch || !names || !last_ms)
		return ERR_MEMORY;
	for (size_t begin = 0; begin < s->count;) {
		size_t end = begin;
		uint32_t source = s->at[begin].source;

		while (end < s->count && s->at[end].source == source)
			end++;
		struct judged_part part = { s,       s->at + begin, end - begin,
			                    scratch, names,         last_ms };
		struct attacker *a = &out->at[out->count];
		*a = (struct attacker){ .source = source };
		TRY(storm_weigh(&part, &s->sources[source], a));
		out->count += a->failures > 0;
		if (out->count == LIKELY_ROOM)
			drop_unlikely(out);
		begin = end;
	}
	drop_unlikely(out);
	return OK;
}

enum err
storm_judge(struct storm *s, struct attacker **out, size_t *count)
{
	*out = NULL;
	*count = 0;
	if (s->count == 0)
		return OK;
	TRY(storm_drop_twins(s));
	TRY(storm_find_sources(s));
	TRY(storm_find_tasks(s));
	size_t most = s->source_count < LIKELY_ROOM ? s->source_count : LIKELY_ROOM;
	OWN(own_mem) struct attacker *all = calloc(most + 1, sizeof *all);
	if (!all)
		return ERR_MEMORY;
	struct likely likely = { .at = all, .counts = &s->counts };
	TRY(weigh_all(s, &likely));
	*count = likely.count;
	*out = GIVE(all);
	return OK;
}
