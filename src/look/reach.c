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

/* The latest reading of each sort. */
struct doors {
	const struct reading *heard;
	const struct reading *refused;
	const struct reading *silent;
	const struct reading *held;
	const struct reading *other; /* a P2P port that answered */
};

static void
sort(struct doors *d, const struct reading *r)
{
	if (is_answer(r))
		d->other = r;
	if (r->kind != READING_PORT)
		return;
	switch (r->heard) {
	case HEARD: d->heard = r; break;
	case HEARD_REFUSED: d->refused = r; break;
	case NOT_ASKED: d->held = r; break;
	default: d->silent = r; break;
	}
}

void
look_reach(const struct readings *readings, struct findings *out)
{
	struct doors d = { 0 };

	for (size_t i = 0; i < readings->count; i++)
		sort(&d, &readings->at[i]);
	if (d.heard)
		return;
	if (d.held)
		found_at(out,
		         d.held->reason[0] ? d.held->reason : "not-reached-in-time",
		         d.held);
	if (d.other && (d.refused || d.silent))
		found_at(out, "no-smb", d.other);
	else if (d.refused)
		found_at(out, d.silent ? "filtered" : "absent-refused", d.refused);
	else if (d.silent && strcmp(d.silent->reason, "unreachable") == 0)
		found_at(out, "unreachable", d.silent);
	else if (d.silent)
		found_at(out, "absent-silent", d.silent);
}
