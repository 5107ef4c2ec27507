#include "judge/auditing.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/numbered.h"

#define SUCCESSES_LEAST 20 /* among which somebody would have mistyped */

struct auditing {
	struct numbered machines;
	struct audited *at; /* by number - 1 */
	size_t count, room;
	bool is_full;                              /* of machines: others were let be */
	int64_t first_lockout_ms, last_lockout_ms; /* on any of them; 0: none */
};

enum err
auditing_new(struct auditing **out)
{
	*out = calloc(1, sizeof **out);
	return *out ? OK : ERR_MEMORY;
}

void
auditing_free(struct auditing *a)
{
	if (!a)
		return;
	numbered_free(&a->machines);
	free(a->at);
	free(a);
}

/* NULL where there are too many. */
static enum err
find(struct auditing *all, const char *machine, struct audited **out)
{
	uint32_t number = 0;

	*out = NULL;
	if (machine[0] == '\0')
		return OK;
	enum err err = numbered_of(&all->machines, machine, &number);
	if (err == ERR_LIMIT || number > AUDITED_MOST) {
		all->is_full = true;
		return OK;
	}
	TRY(err);
	if (number > all->room) {
		size_t room = all->room ? 2 * all->room : 16;
		struct audited *at = realloc(all->at, room * sizeof *at);

		if (!at)
			return ERR_MEMORY;
		all->at = at;
		all->room = room;
	}
	*out = &all->at[number - 1];
	if (number <= all->count)
		return OK;
	**out = (struct audited){ .how = AUDITED_WELL };
	(void)text_copy((*out)->machine, sizeof(*out)->machine, machine);
	all->count = number;
	return OK;
}

static void
later(int64_t *ms, int64_t than)
{
	if (*ms == 0 || than > *ms)
		*ms = than;
}

static void
sooner(int64_t *ms, int64_t than)
{
	if (*ms == 0 || than < *ms)
		*ms = than;
}

/* Policies are told again and again: what counts is when it went off first, and then
 * on first. */
static void
went_off(struct audited *of, int64_t ms)
{
	bool is_off = of->off_ms && of->off_ms >= of->on_ms;

	if (is_off && ms > of->on_ms)
		sooner(&of->off_ms, ms);
	else
		later(&of->off_ms, ms);
}

static void
went_on(struct audited *of, int64_t ms)
{
	if (of->off_ms && ms >= of->off_ms && of->on_ms >= of->off_ms)
		sooner(&of->on_ms, ms);
	else
		later(&of->on_ms, ms);
}

static bool
is_failure(const struct attempt *a)
{
	return a->kind >= ATTEMPT_GUESS && a->kind <= ATTEMPT_FAULT;
}

static void
note(struct auditing *all, struct audited *of, const struct attempt *a)
{
	switch (a->kind) {
	case ATTEMPT_AUDITED: went_on(of, a->time_ms); return;
	case ATTEMPT_UNAUDITED: went_off(of, a->time_ms); return;
	case ATTEMPT_LOCKOUT:
		of->lockouts++;
		later(&all->last_lockout_ms, a->time_ms);
		sooner(&all->first_lockout_ms, a->time_ms);
		break;
	case ATTEMPT_SUCCESS: of->successes++; break;
	default:
		if (!is_failure(a))
			return;
		of->failures++;
		later(&of->failed_ms, a->time_ms);
	}
	sooner(&of->first_ms, a->time_ms);
	later(&of->last_ms, a->time_ms);
}

enum err
auditing_take(struct auditing *all, const struct attempt *a)
{
	struct audited *of = NULL;

	TRY(find(all, a->kind == ATTEMPT_BY_US ? a->workstation : a->target, &of));
	if (of)
		note(all, of, a);
	return OK;
}

enum err
auditing_log(struct auditing *all, const struct log_told *log)
{
	struct audited *of = NULL;

	if (log->security == 0 || log->attempts > 0)
		return OK;
	return find(all, log->path, &of);
}

/* ---- judging */

/* Nobody locks an account out without failing; who locks it out may have failed
 * elsewhere, and then nothing is known of this machine. */
static enum audited_how
how_of(const struct auditing *all, const struct audited *a)
{
	bool is_off = a->off_ms && a->off_ms >= a->on_ms;
	bool is_while = all->first_lockout_ms && a->first_ms <= all->last_lockout_ms &&
	                a->last_ms >= all->first_lockout_ms;

	if (is_off && a->failed_ms <= a->off_ms)
		return AUDITED_NOT;
	if (a->off_ms && !is_off)
		return AUDITED_NOT_FOR_A_WHILE;
	if (a->failures > 0)
		return AUDITED_WELL;
	if (a->lockouts > 0)
		return AUDITED_ONLY_LOCKOUTS;
	if (a->successes == 0)
		return AUDITED_NO_LOGONS;
	return is_while && a->successes >= SUCCESSES_LEAST ? AUDITED_ONLY_SUCCESSES
	                                                   : AUDITED_WELL;
}

static int
by_machine(const void *x, const void *y)
{
	const struct audited *a = x;
	const struct audited *b = y;

	return strcmp(a->machine, b->machine);
}

const struct audited *
auditing_judge(struct auditing *all, size_t *count)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		all->at[i].how = how_of(all, &all->at[i]);
		if (all->at[i].how != AUDITED_WELL)
			all->at[kept++] = all->at[i];
	}
	if (kept > 1)
		qsort(all->at, kept, sizeof *all->at, by_machine);
	all->count = kept;
	*count = kept;
	return all->at;
}

bool
auditing_is_full(const struct auditing *all)
{
	return all->is_full;
}
