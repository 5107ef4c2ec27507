/*
 * Whether the host was there to be asked at all.  A port that accepted a
 * connection has answered, whatever follows, and then this detector is silent:
 * the others have something to say.
 *
 * What fools it: a firewall that resets on behalf of hosts that do not exist, or
 * that hides the ones that do.
 */
#include "look/look.h"

#include <string.h>

#include "know/traces.h"

static void
found_at(struct findings *out, const char *trace, const struct reading *r)
{
	struct finding *f = trace_found(out, trace);

	f->time_ms = r->time_ms;
	(void)text_copy(f->where, sizeof f->where, r->where);
}

/* On a P2P port, whoever it came from: there is somebody. */
static bool
is_answer(const struct reading *r)
{
	return r->kind == READING_P2P &&
	       (r->heard == HEARD || strcmp(r->reason, "no-reply") == 0);
}

void
look_reach(const struct readings *readings, struct findings *out)
{
	const struct reading *refused = NULL;
	const struct reading *silent = NULL;
	const struct reading *held = NULL;
	const struct reading *alive = NULL;

	for (size_t i = 0; i < readings->count; i++) {
		const struct reading *r = &readings->at[i];

		if (is_answer(r))
			alive = r;
		if (r->kind != READING_PORT)
			continue;
		switch (r->heard) {
		case HEARD: return;
		case HEARD_REFUSED: refused = r; break;
		case NOT_ASKED: held = r; break;
		default: silent = r; break;
		}
	}
	if (held)
		found_at(out, held->reason[0] ? held->reason : "not-reached-in-time",
		         held);
	if (alive && (refused || silent))
		found_at(out, "no-smb", alive);
	else if (refused)
		found_at(out, silent ? "filtered" : "absent-refused", refused);
	else if (silent && strcmp(silent->reason, "unreachable") == 0)
		found_at(out, "unreachable", silent);
	else if (silent)
		found_at(out, "absent-silent", silent);
}
