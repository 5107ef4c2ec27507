/*
 * The order of things: 445, then 139, and on each: the null session without
 * extended security first (an infected host of 2009 failed the other form), the
 * account before it where one was given; SMB2 where SMB1 is off; the NTLMSSP
 * null session where the simple one is refused.  At most five connections.
 */
#include "reach/visit_smb.h"

#include <string.h>

#include "base/text.h"
#include "reach/visit_note.h"
#include "reach/visit_p2p.h"
#include "sys/address.h"
#include "sys/random.h"

#define CONNECTIONS_MOST 5
#define LATER_MOST 2
#define TURNS_MOST 80 /* waited for the account: 20 s, then without it */

static const struct port_ask *
port_of(const struct visit *v)
{
	return &v->plan->ports[v->port_at];
}

static void
fill_ask(const struct visit *v, struct smb_ask *ask, int64_t now_ms)
{
	ask->login = v->stage == VISIT_SMB ? v->login : SMB_CHALLENGE;
	ask->netbios = port_of(v)->netbios;
	memcpy(ask->called, v->called, sizeof ask->called);
	address_text(ask->server, &v->address);
	ask->account = v->plan->account;
	ask->now_ms = now_ms;
	/* Nonce and GUID: without an account nobody gains by guessing them. */
	if (!ask->account || random_bytes(ask->random, sizeof ask->random) != OK)
		memcpy(ask->random, &v->random, sizeof v->random);
}

static bool
has_account(const struct visit *v)
{
	return v->login == SMB_NTLMV2 || v->login == SMB_NTLMV1;
}

/*
 * Until the account has been let in somewhere, no more logins are under way than
 * refusals are left: a wrong password must not have reached a thousand hosts when
 * the first of them says so.
 */
static bool
take_turn(struct visit *v)
{
	struct visit_plan *plan = v->plan;

	if (v->trying)
		return true;
	if (!plan->accepted && plan->refusals + plan->trying >= plan->refusals_most)
		return false;
	v->trying = true;
	plan->trying++;
	return true;
}

static bool
is_stopped(const struct visit_plan *plan)
{
	return plan->refusals >= plan->refusals_most;
}

bool
visit_smb_may_talk(struct visit *v)
{
	if (v->stage != VISIT_SMB || !has_account(v) || is_stopped(v->plan) ||
	    take_turn(v))
		return true;
	v->present = true;
	v->stage = VISIT_TURN;
	return false;
}

void
visit_smb_turn(struct visit *v)
{
	if (++v->turns_waited >= TURNS_MOST)
		v->login = SMB_ANONYMOUS;
	else if (!is_stopped(v->plan) && !take_turn(v))
		return;
	v->stage = VISIT_SMB;
}

void
visit_smb_tried(struct visit *v)
{
	if (v->trying)
		v->plan->trying--;
	v->trying = false;
}

void
visit_smb_begin(struct visit *v, int64_t now_ms)
{
	struct chat *c = v->chat;

	if (v->stage == VISIT_SMB && has_account(v) && is_stopped(v->plan)) {
		visit_note_not_asked(v, READING_SMB, "credentials-stopped", now_ms);
		v->login = SMB_ANONYMOUS;
	}
	fill_ask(v, &c->ask, now_ms);
	if (v->stage == VISIT_NBSTAT) {
		c->as.nbstat.id = (uint16_t)v->random;
		nbstat_talk_init(&c->talk, &c->as.nbstat);
		return;
	}
	if (v->stage == VISIT_SMB && v->connections == 0)
		visit_note_port(v, LINK_OPEN, now_ms);
	v->present = true;
	v->connections++;
	v->tries = 0;
	if (v->stage == VISIT_SMB2) {
		c->as.smb2.only_311 = v->only_311;
		smb2_talk_init(&c->talk, &c->as.smb2, &c->ask);
		return;
	}
	smb_talk_init(&c->talk, &c->as.smb, &c->ask);
}

/* Done with this port: the next one where it told us nothing, else go on. */
static void
leave_port(struct visit *v, bool told, int64_t now_ms)
{
	const struct reading *r = readings_last(&v->readings, READING_SYSTEM);
	bool nameless = !r || (said_is_empty(&r->as.system.native_os) &&
	                       !r->as.system.has_version);

	if (told && v->negotiated && nameless && v->stage == VISIT_SMB &&
	    v->connections < CONNECTIONS_MOST) {
		v->stage = VISIT_IDENTIFY;
		return;
	}
	if (!told && v->port_at + 1u < v->plan->port_count) {
		v->port_at++;
		v->stage = VISIT_SMB;
		v->connections = 0;
		v->tries = 0;
		return;
	}
	visit_p2p_first(v, now_ms);
}

/* The SMB reading that was noted last, or NULL. */
static struct reading *
newest(struct visit *v)
{
	struct reading *r = v->readings.count > 0
	                        ? &v->readings.at[v->readings.count - 1]
	                        : NULL;

	return r && r->kind == READING_SMB ? r : NULL;
}

void
visit_smb_unlinked(struct visit *v, enum link link, int64_t now_ms)
{
	struct reading *r = v->stage == VISIT_ALIVE ? newest(v) : NULL;

	v->tries = 0;
	visit_smb_tried(v);
	if (v->stage == VISIT_SMB && v->connections == 0) {
		visit_note_port(v, link, now_ms);
		leave_port(v, false, now_ms);
		return;
	}
	if (r)
		r->as.smb.died = true;
	leave_port(v, v->stage != VISIT_NBSTAT, now_ms);
}

/* Another connection to the same port, in another way?  True if so. */
static bool
try_again(struct visit *v, const struct smb_heard *h)
{
	if (v->connections >= CONNECTIONS_MOST)
		return false;
	/* What it tells, it may tell nobody in particular as well. */
	if (has_account(v) && h->negotiated && !h->logged_in &&
	    h->again == SMB_AGAIN_NO) {
		v->login = SMB_ANONYMOUS;
		return true;
	}
	switch (h->again) {
	case SMB_AGAIN_NO: return false;
	case SMB_AGAIN_SMB2: v->stage = VISIT_SMB2; return !port_of(v)->netbios;
	case SMB_AGAIN_NTLMSSP:
		if (v->login == SMB_ANONYMOUS_NTLMSSP)
			return false;
		v->login = SMB_ANONYMOUS_NTLMSSP;
		return true;
	case SMB_AGAIN_NAME:
		v->stage = VISIT_NBSTAT;
		return strcmp(v->called, "*SMBSERVER") == 0;
	case SMB_AGAIN_LATER: v->stage = VISIT_WAIT; return v->later++ < LATER_MOST;
	case SMB_AGAIN_SESSION:
		if (v->session_again)
			return false;
		v->session_again = true;
		return true;
	case SMB_AGAIN_ALIVE: v->stage = VISIT_REST; return true;
	}
	return false;
}

static void
asked(struct visit *v, const struct smb_heard *h, int64_t now_ms)
{
	visit_note_system(v, &h->system, now_ms);
	visit_note_smb(v, h, now_ms);
	v->negotiated |= h->negotiated;
	visit_smb_tried(v);
	if (has_account(v) && h->logged_in && !h->guest)
		v->plan->accepted = true;
	if (h->credentials_refused)
		v->plan->refusals += h->reason == REASON_ACCOUNT_LOCKED
		                         ? v->plan->refusals_most
		                         : 1;
	if (try_again(v, h))
		return;
	v->stage = VISIT_SMB;
	leave_port(v, h->negotiated || h->reason == REASON_SMB1_OFF, now_ms);
}

static void
named(struct visit *v, const struct nbstat_story *n, int64_t now_ms)
{
	if (!n->heard || !n->name[0]) {
		leave_port(v, false, now_ms);
		return;
	}
	memcpy(v->called, n->name, sizeof v->called);
	v->stage = VISIT_SMB;
}

/* Any answer in SMB2, a refusal as well. */
static bool
speaks_smb2(const struct visit *v, const struct smb2_story *s)
{
	return s->heard || v->only_311 || s->reason == REASON_STATUS_OTHER ||
	       s->reason == REASON_NOT_SUPPORTED;
}

static void
identified_smb2(struct visit *v, const struct smb2_story *s, int64_t now_ms)
{
	bool speaks = speaks_smb2(v, s);
	struct reading *r = newest(v);

	/* No newer Windows after all: it treats whoever comes like that. */
	if (!speaks && r)
		(void)text_copy(r->reason, sizeof r->reason, reason_id(s->reason));
	if (s->heard)
		visit_note_system(v, &s->system, now_ms);
	if (s->again_311 && !v->only_311 && v->connections < CONNECTIONS_MOST) {
		v->only_311 = true;
		return;
	}
	leave_port(v, speaks, now_ms);
}

void
visit_smb_talked(struct visit *v, int64_t now_ms)
{
	struct chat *c = v->chat;

	switch (v->stage) {
	case VISIT_NBSTAT: named(v, &c->as.nbstat, now_ms); break;
	case VISIT_SMB2: identified_smb2(v, &c->as.smb2, now_ms); break;
	case VISIT_IDENTIFY:
		visit_note_system(v, &c->as.smb.heard.system, now_ms);
		leave_port(v, true, now_ms);
		break;
	case VISIT_ALIVE:
		if (!c->as.smb.heard.negotiated)
			visit_smb_unlinked(v, LINK_SILENT, now_ms);
		else
			leave_port(v, true, now_ms);
		break;
	default: asked(v, &c->as.smb.heard, now_ms); break;
	}
}
