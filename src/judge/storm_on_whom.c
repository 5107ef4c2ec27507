/* The machines that a source tried: how many, and which of them the most. */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "judge/storm_parts.h"

static int
by_target(const void *x, const void *y)
{
	const struct told *a = *(const struct told *const *)x;
	const struct told *b = *(const struct told *const *)y;

	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	return a->time_ms < b->time_ms ? -1 : a->time_ms > b->time_ms;
}

/* The most tried stay, and stand in that order. */
static void
show(struct attacker *out, const struct victim *one)
{
	size_t place = out->targets_shown;

	while (place > 0 && out->targets[place - 1].failures < one->failures)
		place--;
	if (place == TARGETS_MOST)
		return;
	out->targets_shown += out->targets_shown < TARGETS_MOST;
	memmove(&out->targets[place + 1], &out->targets[place],
	        (out->targets_shown - place - 1) * sizeof out->targets[0]);
	out->targets[place] = *one;
}

/* Guesses on one machine; those that are not told apart any more have no name. */
static void
take(const struct storm *s, const struct told *const *at, size_t count,
     struct attacker *out)
{
	struct victim one = { .first_ms = at[0]->time_ms };

	for (size_t i = 0; i < count; i++)
		one.failures += at[i]->count;
	(void)text_copy(one.name, sizeof one.name,
	                numbered_text(&s->targets, at[0]->target));
	out->target_count++;
	if (one.name[0])
		show(out, &one);
}

enum err
storm_count_targets(const struct judged_part *part, const struct told *const *guesses,
                    size_t count, struct attacker *out)
{
	OWN(own_mem)
	const struct told **sorted = calloc(count + 1, sizeof(struct told *));

	if (!sorted)
		return ERR_MEMORY;
	memcpy(sorted, guesses, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_target);
	for (size_t begin = 0; begin < count;) {
		size_t end = begin;

		while (end < count && sorted[end]->target == sorted[begin]->target)
			end++;
		if (sorted[begin]->target)
			take(part->storm, sorted + begin, end - begin, out);
		begin = end;
	}
	return OK;
}
