#include "reach/log_turn.h"

#include "format/evtx.h"

_Static_assert(LOG_STRETCH_BYTES % EVTX_CHUNK == 0, "a stretch has whole chunks");

static void
skip_those_not_read(const struct log_inputs *in, struct log_turn *t)
{
	while (t->input < in->count && in->kinds[t->input] == LOG_IS_NONE)
		t->input++;
}

struct log_turn
log_turn_first(const struct log_inputs *in)
{
	struct log_turn t = { .input = 0 };

	skip_those_not_read(in, &t);
	return t;
}

void
log_turn_pass_input(const struct log_inputs *in, struct log_turn *t)
{
	t->number++;
	t->stretch = 0;
	t->input++;
	skip_those_not_read(in, t);
}

void
log_turn_pass(const struct log_inputs *in, struct log_turn *t)
{
	uint64_t from = 0;
	uint64_t to = 0;

	log_turn_place(in, t, &from, &to);
	if (to == in->bytes[t->input]) {
		log_turn_pass_input(in, t);
		return;
	}
	t->number++;
	t->stretch++;
}

void
log_turn_place(const struct log_inputs *in, const struct log_turn *t, uint64_t *from,
               uint64_t *to)
{
	uint64_t end = in->bytes[t->input];

	*from = t->stretch > 0 ? EVTX_HEAD + t->stretch * LOG_STRETCH_BYTES : 0;
	*to = EVTX_HEAD + (t->stretch + 1) * LOG_STRETCH_BYTES;
	if (in->kinds[t->input] != LOG_IS_EVTX || *to > end)
		*to = end;
}
