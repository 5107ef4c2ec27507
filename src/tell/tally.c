#include "tell/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "know/traces.h"

static struct group *
group_of(struct tally *t, const struct verdict *v)
{
	const char *reason = v->reason_count > 0 ? v->reasons[0] : "";

	for (size_t i = 0; i < t->groups; i++) {
		struct group *g = &t->group[i];

		if (g->state == v->state && strcmp(g->reason, reason) == 0)
			return g;
	}
	if (t->groups == GROUPS_MOST)
		return NULL;
	struct group *g = &t->group[t->groups++];
	*g = (struct group){ .state = v->state };
	text_copy(g->reason, sizeof g->reason, reason);
	text_copy(g->host, sizeof g->host, v->host);
	text_copy(g->why, sizeof g->why, v->why);
	text_copy(g->next, sizeof g->next, v->next);
	return g;
}

static void
note_trace(struct tally *t, const char *id)
{
	for (size_t i = 0; i < t->traces; i++) {
		if (strcmp(t->trace[i], id) == 0)
			return;
	}
	if (t->traces < GROUPS_MOST)
		text_copy(t->trace[t->traces++], TRACE_ROOM, id);
}

void
tally_row(struct tally *t, const struct row *row)
{
	const struct verdict *v = &row->verdict;
	struct group *g = group_of(t, v);

	t->rows++;
	t->mended += row->mended != NULL;
	t->count[v->state]++;
	t->inside[v->state] += v->inside;
	if (g)
		g->count++;
	else
		t->rest++;
	for (size_t i = 0; i < v->reason_count && i < REASONS_MOST; i++)
		note_trace(t, v->reasons[i]);
	for (size_t i = 0; i < row->findings.count; i++)
		note_trace(t, row->findings.at[i].trace);
}

static int
by_weight(const void *a, const void *b)
{
	const struct group *x = a;
	const struct group *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->reason, y->reason);
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(a, b);
}

void
tally_sort(struct tally *t)
{
	qsort(t->group, t->groups, sizeof t->group[0], by_weight);
	qsort(t->trace, t->traces, sizeof t->trace[0], by_id);
}

uint64_t
tally_told(const struct tally *t)
{
	return t->rows - t->count[STATE_ABSENT];
}

uint64_t
tally_inside(const struct tally *t)
{
	uint64_t sum = 0;

	for (int i = STATE_INFECTED; i < STATE_ABSENT; i++)
		sum += t->inside[i];
	return sum;
}

const char *
group_title(const struct group *g)
{
	const struct trace *trace = trace_find(g->reason);

	return trace ? trace->title : g->why;
}

const char *
group_next(const struct group *g)
{
	const struct trace *trace = trace_find(g->reason);

	return trace ? trace->next : g->next;
}
