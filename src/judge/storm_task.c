/*
 * What came of a success: the worm copies itself to the machine that it got into, and
 * makes an At job there.  A job is the success's where it was made on the same machine
 * within minutes after it, by the same account, or by nobody that is told: the machine
 * may write itself there, as its service makes the job.
 */
#include <stdlib.h>

#include "base/text.h"
#include "judge/storm_parts.h"

/* As Windows calls its own account in the languages that it was sold in. */
static const char *const systems[] = { "SYSTEM", "Système", "SISTEMA", "СИСТЕМА" };

static bool
is_system(const char *account)
{
	for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
		if (text_same(account, systems[i]))
			return true;
	}
	return false;
}

static int
by_target(const void *x, const void *y)
{
	const struct task_told *a = x;
	const struct task_told *b = y;

	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return a->time_ms < b->time_ms ? -1 : a->time_ms > b->time_ms;
}

/* False where it is not known any more which machine it was: others are not told apart,
 * and one would be any of them. */
static bool
read_task(const struct storm *s, const struct told *t, struct task_told *out)
{
	const char *account = numbered_text(&s->accounts, t->account);
	bool is_own = t->account == 0 || t->is_machine || is_system(account);

	*out = (struct task_told){ .time_ms = t->time_ms,
		                   .target = t->target,
		                   .account = is_own ? 0 : t->account };
	return t->target > ONCE;
}

enum err
storm_find_tasks(struct storm *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		count += s->at[i].kind == ATTEMPT_TASK;
	free(s->tasks);
	s->task_count = 0;
	s->tasks = calloc(count + 1, sizeof *s->tasks);
	if (!s->tasks)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->count; i++) {
		if (s->at[i].kind == ATTEMPT_TASK)
			s->task_count += read_task(s, &s->at[i],
			                           &s->tasks[s->task_count]);
	}
	qsort(s->tasks, s->task_count, sizeof *s->tasks, by_target);
	return OK;
}

/* The first of these, not before that time; 0: it is later than soon, or none. */
static int64_t
first_of(const struct storm *s, struct task_told least)
{
	size_t low = 0;
	size_t high = s->task_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_target(&s->tasks[middle], &least) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == s->task_count)
		return 0;
	const struct task_told *t = &s->tasks[low];
	bool is_one = t->target == least.target && t->account == least.account &&
	              t->time_ms - least.time_ms <= STORM_AFTER_MS;
	return is_one ? t->time_ms : 0;
}

/* Who only checked a password is no machine that was logged on to; and of accounts that
 * are not told apart any more none is known to have been guessed. */
int64_t
storm_task_after(const struct storm *s, const struct told *success)
{
	struct task_told own = { success->time_ms, success->target, 0 };
	struct task_told same = { success->time_ms, success->target, success->account };

	if (success->told != TOLD_BY_LOGON || success->account <= ONCE)
		return 0;
	int64_t by_nobody = first_of(s, own);
	int64_t by_it = first_of(s, same);
	if (by_nobody == 0 || by_it == 0)
		return by_nobody + by_it;
	return by_it < by_nobody ? by_it : by_nobody;
}
