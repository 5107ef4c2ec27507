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

enum err
storm_new(struct storm **out)
{
	*out = calloc(1, sizeof **out);
	return *out ? OK : ERR_MEMORY;
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
make_room(struct storm *s)
{
	if (s->count < s->room)
		return OK;
	size_t room = s->room ? 2 * s->room : FIRST_ROOM;
	room = room < ATTEMPTS_MOST ? room : ATTEMPTS_MOST;
	struct told *at = realloc(s->at, room * sizeof *at);
	if (!at)
		return ERR_MEMORY;
	s->at = at;
	s->room = room;
	return OK;
}

static enum err
number_texts(struct storm *s, const struct attempt *a, struct told *t)
{
	TRY(numbered_of(&s->accounts, a->account, &t->account));
	TRY(numbered_of(&s->workstations, a->workstation, &t->name));
	TRY(numbered_of(&s->addresses, a->address, &t->address));
	return numbered_of(&s->targets, a->target, &t->target);
}

static enum err
keep(struct storm *s, const struct attempt *a)
{
	struct told t = { .time_ms = a->time_ms,
		          .count = 1,
		          .kind = (uint8_t)a->kind,
		          .told = (uint8_t)a->told,
		          .is_network = is_network(a),
		          .is_recovered = a->is_recovered,
		          .is_locked = a->status == LOCKED_OUT,
		          .is_known = is_known(a),
		          .is_machine = is_machine_account(a->account) };
	enum err err = s->count < ATTEMPTS_MOST ? number_texts(s, a, &t) : ERR_LIMIT;

	if (err == ERR_LIMIT) {
		s->counts.passed_over++;
		return OK;
	}
	TRY(err);
	TRY(make_room(s));
	s->at[s->count++] = t;
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
	case ATTEMPT_BY_US: return keep(s, a);
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

/* A part for each source, of which only those that guess are attackers. */
static enum err
weigh_all(struct storm *s, struct attacker *out, size_t *count)
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
		out[*count] = (struct attacker){ .source = source };
		if (source > 0)
			TRY(storm_weigh(&part, &s->sources[source], &out[*count]));
		*count += out[*count].failures > 0;
		begin = end;
	}
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
	OWN(own_mem)
	struct attacker *all = calloc((size_t)s->source_count + 1, sizeof *all);
	if (!all)
		return ERR_MEMORY;
	TRY(weigh_all(s, all, count));
	qsort(all, *count, sizeof *all, by_likelihood);
	*out = GIVE(all);
	return OK;
}
