/*
 * Variants D and E listen for their peers on ports that follow from the host's
 * own address and from the week.  An answer of theirs carries a checksum, so a
 * right one is no accident (1 in 4 thousand million).
 *
 * What fools it: an echo of our own question (told apart here; nmap takes it for
 * infected), a service that answers anything (wrong checksum).  What it cannot
 * see: variants A, B and C, which have no such ports; a host behind NAT, whose
 * ports follow from an address that we do not know; a filtered port.
 *
 * Silence is never taken for a good sign.  "Refused" is one, for D and E, only
 * where every port refused and the clocks agree on the week.
 */
#include "look/look.h"

#include "know/traces.h"

#define SKEW_MOST_S (24 * 3600) /* beyond it the host may live in another week */

struct tally {
	const struct reading *first[P2P_FOUND_SHORT + 1];
	unsigned found[P2P_FOUND_SHORT + 1];
	const struct reading *silent;
	const struct reading *refused;
	const struct reading *not_asked;
};

static void
add_finding(struct findings *out, const char *trace, const struct reading *r,
            unsigned count)
{
	struct finding *f = trace_found(out, trace);
	const struct p2p_reading *p = &r->as.p2p;

	f->time_ms = r->time_ms;
	(void)text_copy(f->where, sizeof f->where, r->where);
	if (count > 1)
		finding_number(f, "ports", count);
	if (r->heard != HEARD)
		return;
	finding_text(f, "port_rule",
	             p->swept     ? "none: found open"
	             : p->redrawn ? "weekly, drawn again"
	             : p->weekly  ? "weekly"
	                          : "fixed");
	if (p->weekly)
		finding_number(f, "week", p->week);
	finding_number(f, "bytes", p->bytes);
	finding_text(f, "first_bytes", p->first);
	if (p->has_system)
		finding_number(f, "os_build", p->build);
}

/* On a port that is not the host's own, anything but a peer's answer. */
static bool
is_chatter(const struct reading *r)
{
	return r->as.p2p.swept &&
	       (r->heard != HEARD || r->as.p2p.found != P2P_FOUND_VALID);
}

static struct tally
count_all(const struct readings *readings)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < readings->count; i++) {
		const struct reading *r = &readings->at[i];

		if (r->kind != READING_P2P || is_chatter(r))
			continue;
		if (r->heard == HEARD && r->as.p2p.found > 0) {
			if (!t.first[r->as.p2p.found])
				t.first[r->as.p2p.found] = r;
			t.found[r->as.p2p.found]++;
		} else if (r->heard == HEARD_REFUSED) {
			t.refused = r;
		} else if (r->heard == NOT_ASKED) {
			t.not_asked = r;
		} else {
			t.silent = r;
		}
	}
	return t;
}

static bool
clock_is_far(const struct readings *readings)
{
	const struct reading *r = readings_last(readings, READING_SYSTEM);

	if (!r || !r->as.system.has_time)
		return false;
	return r->as.system.skew_s > SKEW_MOST_S || r->as.system.skew_s < -SKEW_MOST_S;
}

/* No valid answer and no half one: what do closed doors say? */
static void
judge_silence(const struct readings *readings, const struct tally *t,
              struct findings *out)
{
	if (t->not_asked)
		add_finding(out, "p2p-not-asked", t->not_asked, 1);
	else if (t->silent)
		add_finding(out, "p2p-silent", t->silent, 1);
	else if (t->refused && clock_is_far(readings))
		add_finding(out, "p2p-clock", t->refused, 1);
	else if (t->refused)
		add_finding(out, "p2p-refused", t->refused, 1);
}

static void
look_at_sweep(const struct readings *readings, struct findings *out)
{
	const struct reading *r = readings_last(readings, READING_SWEEP);

	if (!r || r->as.sweep.finished)
		return;
	struct finding *f = trace_found(out, "p2p-deep-unfinished");
	f->time_ms = r->time_ms;
	(void)text_copy(f->where, sizeof f->where, r->where);
	finding_number(f, "asked", r->as.sweep.asked);
	finding_number(f, "open", r->as.sweep.open);
	finding_number(f, "silent", r->as.sweep.silent);
}

void
look_p2p(const struct readings *readings, struct findings *out)
{
	struct tally t = count_all(readings);
	const struct reading *valid = t.first[P2P_FOUND_VALID];
	const struct reading *bad_sum = t.first[P2P_FOUND_BAD_SUM];

	look_at_sweep(readings, out);
	if (valid) {
		add_finding(out, valid->as.p2p.swept ? "p2p-deep-answer" : "p2p-answer",
		            valid, t.found[P2P_FOUND_VALID]);
		return;
	}
	if (bad_sum && t.found[P2P_FOUND_BAD_SUM] >= 2)
		add_finding(out, "p2p-two-bad-sums", bad_sum,
		            t.found[P2P_FOUND_BAD_SUM]);
	else if (bad_sum)
		add_finding(out, "p2p-bad-sum", bad_sum, 1);
	else if (t.first[P2P_FOUND_ECHO])
		add_finding(out, "p2p-echo", t.first[P2P_FOUND_ECHO],
		            t.found[P2P_FOUND_ECHO]);
	else if (t.first[P2P_FOUND_SHORT])
		add_finding(out, "p2p-short", t.first[P2P_FOUND_SHORT],
		            t.found[P2P_FOUND_SHORT]);
	else
		judge_silence(readings, &t, out);
}
