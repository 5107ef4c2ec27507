#include "tests/unit/array_view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int
by_address(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;

	return memcmp(x->verdict.key, y->verdict.key, ADDRESS_KEY);
}

static int
worst_first(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;

	if (x->verdict.state != y->verdict.state)
		return x->verdict.state < y->verdict.state ? -1 : 1;
	return by_address(a, b);
}

static enum err
start_over(struct view *view, enum view_order order)
{
	struct array_view *a = view->from;

	if (a->count > 0) /* qsort may not be given NULL, not even for nothing */
		qsort(a->rows, a->count, sizeof *a->rows,
		      order == VIEW_BY_ADDRESS ? by_address : worst_first);
	a->at = 0;
	a->rewinds++;
	return OK;
}

static enum err
next(struct view *view, struct row *out, bool *more)
{
	struct array_view *a = view->from;

	if (a->at == a->fail_at)
		return ERR_SYSTEM;
	*more = a->at < a->count;
	if (*more)
		*out = a->rows[a->at++];
	return OK;
}

void
array_view_init(struct array_view *a, struct row *rows, size_t count)
{
	static char *words[] = { "/usr/bin/confine", "scan", "10.0.0.0/22" };

	*a = (struct array_view){ .rows = rows, .count = count, .fail_at = SIZE_MAX };
	a->view = (struct view){
		.run = { .started_ms = 1795376008123,
		         .version = "1.2.3",
		         .command = "scan",
		         .argv = words,
		         .argc = 3 },
		.summary = { .command = "scan", .targets = 1024, .seconds = 1.8 },
		.with_absent = true,
		.from = a,
		.rewind = start_over,
		.next = next,
	};
	for (size_t i = 0; i < count; i++)
		a->view.summary.count[rows[i].verdict.state]++;
}
