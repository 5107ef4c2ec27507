#include "reach/visit_p2p.h"

#include "know/fragile.h"
#include "know/p2p_ports.h"
#include "reach/visit_note.h"

#define SWEEP_QUIET_MOST 64u /* silent ports in a row: a firewall, not a host */
#define PORT_LAST 65535u

struct p2p_ask
visit_p2p_ask(const struct visit *v)
{
	if (v->stage == VISIT_SWEEP)
		return (struct p2p_ask){ .port = (uint16_t)v->sweep_port, .tcp = true };
	return v->p2p.at[v->p2p_at];
}

/* The worm never listens there, or somebody delicate does, or we asked already. */
static bool
leave_alone(const struct visit *v, uint16_t port)
{
	if (p2p_port_is_barred(port) || port_is_fragile(port))
		return true;
	for (unsigned i = 0; i < v->plan->port_count; i++) {
		if (v->plan->ports[i].port == port)
			return true;
	}
	for (unsigned i = 0; i < v->p2p.count; i++) {
		if (v->p2p.at[i].tcp && v->p2p.at[i].port == port)
			return true;
	}
	return false;
}

static void
sweep_on(struct visit *v, int64_t now_ms)
{
	do
		v->sweep_port++;
	while (v->sweep_port <= PORT_LAST && leave_alone(v, (uint16_t)v->sweep_port));

	v->sweep.finished = v->sweep_port > PORT_LAST;
	if (!v->sweep.finished && v->sweep_quiet < SWEEP_QUIET_MOST)
		return;
	visit_note_sweep(v, now_ms);
	v->stage = VISIT_DONE;
}

static int64_t
skew_ms(const struct visit *v)
{
	const struct reading *r = readings_last(&v->readings, READING_SYSTEM);

	return r && r->as.system.has_time ? r->as.system.skew_s * 1000 : 0;
}

void
visit_p2p_first(struct visit *v, int64_t now_ms)
{
	const struct visit_plan *plan = v->plan;

	v->stage = VISIT_DONE;
	v->tries = 0;
	if (!plan->p2p || v->address.family != 4 || !(v->present || plan->deep))
		return;
	p2p_plan_make(&v->p2p, plan->has_real ? plan->real : v->address.bytes, now_ms,
	              skew_ms(v));
	v->p2p_at = 0;
	v->stage = VISIT_P2P;
}

static void
next_port(struct visit *v, int64_t now_ms)
{
	v->tries = 0;
	v->again = false;
	if (v->stage == VISIT_SWEEP) {
		sweep_on(v, now_ms);
		return;
	}
	v->p2p_at++;
	if (v->p2p_at < v->p2p.count)
		return;
	v->stage = VISIT_DONE;
	if (v->plan->deep && v->present) {
		v->stage = VISIT_SWEEP;
		sweep_on(v, now_ms);
	}
}

void
visit_p2p_begin(struct visit *v)
{
	struct p2p_ask ask = visit_p2p_ask(v);
	struct chat *c = v->chat;

	c->as.p2p.probe = p2p_probe_make(ask.tcp ? P2P_TCP : P2P_UDP,
	                                 v->random + ask.port * 0x9E3779B97F4A7C15u);
	p2p_talk_init(&c->talk, &c->as.p2p);
}

static void
swept(struct visit *v, enum link link)
{
	v->sweep.asked++;
	if (link == LINK_OPEN)
		v->sweep.open++;
	if (link == LINK_OPEN || link == LINK_REFUSED) {
		v->sweep_quiet = 0;
		return;
	}
	v->sweep.silent++;
	v->sweep_quiet++;
}

void
visit_p2p_unlinked(struct visit *v, enum link link, int64_t now_ms)
{
	struct p2p_ask ask = visit_p2p_ask(v);

	if (v->stage == VISIT_SWEEP)
		swept(v, link);
	else if (!v->again)
		visit_note_p2p(v, &ask,
		               link == LINK_REFUSED ? HEARD_REFUSED : HEARD_NOTHING,
		               NULL, now_ms);
	next_port(v, now_ms);
}

/*
 * Of its own ports all that came of them; of those swept only the sign of the
 * worm: any service may say something there that looks like a wrong checksum.
 */
static bool
worth_noting(const struct visit *v, const struct p2p_story *story)
{
	return v->stage == VISIT_P2P || (story->answered && story->class == P2P_VALID);
}

/*
 * A wrong checksum may be a damaged packet: that port is asked once more.  It
 * stays noted, and only an answer of a peer changes it.
 */
static bool
ask_again(struct visit *v, const struct p2p_story *story)
{
	if (v->stage != VISIT_P2P || !story->answered || story->class != P2P_BAD_SUM ||
	    v->again)
		return false;
	v->again = true;
	return true;
}

void
visit_p2p_talked(struct visit *v, int64_t now_ms)
{
	const struct p2p_story *story = &v->chat->as.p2p;
	struct p2p_ask ask = visit_p2p_ask(v);
	enum heard heard = story->answered ? HEARD : HEARD_NOTHING;

	if (!story->answered && v->refused && !ask.tcp)
		heard = HEARD_REFUSED;
	v->present |= ask.tcp || story->answered;
	if (v->stage == VISIT_SWEEP)
		swept(v, LINK_OPEN);
	bool valid = story->answered && story->class == P2P_VALID;
	if (worth_noting(v, story) && (!v->again || valid))
		visit_note_p2p(v, &ask, heard, story, now_ms);
	if (ask_again(v, story))
		return;
	next_port(v, now_ms);
}
