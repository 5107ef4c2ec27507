#include "reach/visit.h"

#include <stdlib.h>
#include <string.h>

#include "reach/visit_note.h"
#include "reach/visit_p2p.h"
#include "reach/visit_smb.h"

#define LATER_LEAST_MS 5000u /* "too many sessions" passes within 5 to 15 s */
#define LATER_SPREAD_MS 10000u
#define TURN_MS 250u
#define REST_MOST_MS 30000u /* for a Server service to come back */

void
visit_begin(struct visit *v, struct visit_plan *plan, const struct address *a,
            int64_t now_ms, uint64_t random)
{
	memset(v, 0, sizeof *v);
	v->plan = plan;
	v->address = *a;
	v->began_ms = now_ms;
	v->random = random;
	v->stage = VISIT_SMB;
	(void)text_copy(v->called, sizeof v->called, "*SMBSERVER");
	v->login = SMB_ANONYMOUS;
	if (plan->account)
		v->login = plan->login;
}

void
visit_end(struct visit *v)
{
	visit_smb_tried(v);
	readings_free(&v->readings);
}

static bool
is_p2p(const struct visit *v)
{
	return v->stage == VISIT_P2P || v->stage == VISIT_SWEEP;
}

static struct step
wait_step(uint32_t wait_ms)
{
	return (struct step){ .kind = STEP_WAIT, .wait_ms = wait_ms };
}

static struct step
p2p_step(const struct visit *v)
{
	struct p2p_ask ask = visit_p2p_ask(v);
	bool first = v->p2p_at == 0 && v->tries == 0 && !v->again;

	return (struct step){ .kind = ask.tcp ? STEP_TCP : STEP_UDP,
		              .port = ask.port,
		              .p2p = v->stage == VISIT_P2P && first };
}

struct step
visit_next(const struct visit *v)
{
	struct step step = { .kind = STEP_TCP };

	switch (v->stage) {
	case VISIT_SMB:
	case VISIT_SMB2:
	case VISIT_IDENTIFY:
	case VISIT_ALIVE: step.port = v->plan->ports[v->port_at].port; return step;
	case VISIT_NBSTAT:
		step.kind = STEP_UDP;
		step.port = v->plan->nbstat_port;
		return step;
	case VISIT_TURN: return wait_step(TURN_MS);
	case VISIT_WAIT:
		return wait_step(LATER_LEAST_MS +
		                 (uint32_t)(v->random % LATER_SPREAD_MS));
	case VISIT_REST:
		return wait_step(v->plan->budget_ms / 2 < REST_MOST_MS
		                     ? v->plan->budget_ms / 2
		                     : REST_MOST_MS);
	case VISIT_P2P:
	case VISIT_SWEEP: return p2p_step(v);
	case VISIT_DONE: break;
	}
	return (struct step){ .kind = STEP_DONE };
}

static bool
open_chat(struct visit *v, int64_t now_ms)
{
	v->refused = v->expired = false;
	v->chat = calloc(1, sizeof *v->chat);
	if (!v->chat)
		return false;
	if (is_p2p(v))
		visit_p2p_begin(v);
	else
		visit_smb_begin(v, now_ms);
	(void)talk_begin(&v->chat->talk);
	return true;
}

bool
visit_linked(struct visit *v, enum link link, int64_t now_ms)
{
	if (link == LINK_SILENT && v->tries < v->plan->retries) {
		v->tries++;
		return true;
	}
	if (link == LINK_OPEN && !visit_smb_may_talk(v))
		return true;
	if (link == LINK_OPEN)
		return open_chat(v, now_ms);
	if (is_p2p(v))
		visit_p2p_unlinked(v, link, now_ms);
	else
		visit_smb_unlinked(v, link, now_ms);
	return true;
}

void
visit_talked(struct visit *v, int64_t now_ms)
{
	bool smb = v->stage == VISIT_SMB || v->stage == VISIT_ALIVE ||
	           v->stage == VISIT_IDENTIFY;

	if (is_p2p(v))
		visit_p2p_talked(v, now_ms);
	else
		visit_smb_talked(v, now_ms);
	talk_free(&v->chat->talk);
	if (smb)
		smb_story_free(&v->chat->as.smb);
	free(v->chat);
	v->chat = NULL;
}

void
visit_waited(struct visit *v)
{
	if (v->stage == VISIT_TURN)
		visit_smb_turn(v);
	else
		v->stage = v->stage == VISIT_REST ? VISIT_ALIVE : VISIT_SMB;
}

void
visit_out_of_time(struct visit *v, int64_t now_ms)
{
	switch (v->stage) {
	case VISIT_DONE: return;
	case VISIT_P2P:
		visit_note_not_asked(v, READING_P2P, "p2p-not-asked", now_ms);
		break;
	case VISIT_SWEEP: visit_note_sweep(v, now_ms); break;
	default:
		if (!v->present)
			visit_note_port(v, LINK_NOT_TRIED, now_ms);
		else if (!readings_last(&v->readings, READING_SMB))
			visit_note_not_asked(v, READING_SMB, "not-reached-in-time",
			                     now_ms);
		if (v->plan->p2p && v->present)
			visit_note_not_asked(v, READING_P2P, "p2p-not-asked", now_ms);
		break;
	}
	v->stage = VISIT_DONE;
}
