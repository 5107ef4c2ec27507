#include "reach/wheel.h"

#include <assert.h>
#include <stdlib.h>

enum err
wheel_init(struct wheel *w, uint32_t room)
{
	*w = (struct wheel){ .room = room };
	w->heap = calloc(room, sizeof *w->heap);
	return w->heap ? OK : ERR_MEMORY;
}

void
wheel_free(struct wheel *w)
{
	free(w->heap);
	*w = (struct wheel){ 0 };
}

static void
put(struct wheel *w, uint32_t place, struct alarm *a)
{
	w->heap[place] = a;
	a->place = place;
}

static void
up(struct wheel *w, uint32_t place)
{
	struct alarm *a = w->heap[place];

	while (place > 0) {
		uint32_t above = (place - 1) / 2;

		if (w->heap[above]->at_ms <= a->at_ms)
			break;
		put(w, place, w->heap[above]);
		place = above;
	}
	put(w, place, a);
}

static void
down(struct wheel *w, uint32_t place)
{
	struct alarm *a = w->heap[place];

	for (;;) {
		uint32_t below = place * 2 + 1;

		if (below >= w->count)
			break;
		if (below + 1 < w->count &&
		    w->heap[below + 1]->at_ms < w->heap[below]->at_ms)
			below++;
		if (a->at_ms <= w->heap[below]->at_ms)
			break;
		put(w, place, w->heap[below]);
		place = below;
	}
	put(w, place, a);
}

void
wheel_set(struct wheel *w, struct alarm *a, int64_t at_ms)
{
	if (a->place == WHEEL_NOWHERE) {
		assert(w->count < w->room);
		put(w, w->count++, a);
	}
	a->at_ms = at_ms;
	up(w, a->place);
	down(w, a->place);
}

void
wheel_drop(struct wheel *w, struct alarm *a)
{
	uint32_t place = a->place;

	if (place == WHEEL_NOWHERE)
		return;
	a->place = WHEEL_NOWHERE;
	struct alarm *last = w->heap[--w->count];
	if (last == a)
		return;
	put(w, place, last);
	up(w, place);
	down(w, last->place);
}

struct alarm *
wheel_first(const struct wheel *w)
{
	return w->count > 0 ? w->heap[0] : NULL;
}
