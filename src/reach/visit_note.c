#include "reach/visit_note.h"

#include <stdio.h>
#include <string.h>

/* "445/tcp" or "139/nbt": the current port of the SMB question. */
static void
name_port(const struct visit *v, char where[WHERE_ROOM])
{
	unsigned at = v->port_at < v->plan->port_count ? v->port_at
	                                               : v->plan->port_count - 1;
	const struct port_ask *p = &v->plan->ports[at];

	snprintf(where, WHERE_ROOM, "%u/%s", p->port, p->netbios ? "nbt" : "tcp");
}

static struct reading *
add(struct visit *v, enum reading_kind kind, int64_t now_ms)
{
	struct reading *r = readings_add(&v->readings, kind);

	if (!r)
		return NULL;
	r->time_ms = now_ms;
	name_port(v, r->where);
	return r;
}

void
visit_note_port(struct visit *v, enum link link, int64_t now_ms)
{
	struct reading *r = add(v, READING_PORT, now_ms);

	if (!r)
		return;
	switch (link) {
	case LINK_OPEN: r->heard = HEARD; break;
	case LINK_REFUSED: r->heard = HEARD_REFUSED; break;
	case LINK_SILENT: r->heard = HEARD_NOTHING; break;
	case LINK_UNREACHABLE:
		r->heard = HEARD_NOTHING;
		(void)text_copy(r->reason, sizeof r->reason, "unreachable");
		break;
	case LINK_NOT_TRIED:
		r->heard = NOT_ASKED;
		(void)text_copy(r->reason, sizeof r->reason, "not-reached-in-time");
		break;
	}
}

static enum heard
heard_of(enum reason reason)
{
	switch (reason) {
	case REASON_NONE: return HEARD;
	case REASON_NO_REPLY:
	case REASON_SLOW: return HEARD_NOTHING;
	case REASON_CLOSED_EARLY: return HEARD_SHORT;
	case REASON_BAD_TRANSPORT:
	case REASON_BAD_MESSAGE:
	case REASON_NOT_GENUINE:
	case REASON_ENDLESS: return HEARD_ODD;
	default: return HEARD_REFUSED;
	}
}

/*
 * "No reply" is for those who accept the connection and never say a word.  Who
 * has begun to answer is slow, unless it is the question itself that it is silent
 * about while there is time left.
 */
static enum reason
told(const struct visit *v, const struct smb_heard *h, enum reason reason)
{
	bool asked = h->control.heard != NOT_ASKED;

	if (reason == REASON_NO_REPLY && h->negotiated && (v->expired || !asked))
		return REASON_SLOW;
	return reason;
}

static void
note_call(struct call_reading *to, const struct smb_call *c, enum reason reason)
{
	to->heard = c->heard ? c->heard : NOT_ASKED;
	(void)text_copy(to->reason, sizeof to->reason, reason_id(reason));
	to->fault = c->rpc_fault;
	to->code = c->code;
	to->outbuf = (uint32_t)c->outbuf[0] | (uint32_t)c->outbuf[1] << 8;
	text_hex(to->stub, sizeof to->stub, span_of(c->stub, c->stub_len));
}

void
visit_note_smb(struct visit *v, const struct smb_heard *h, int64_t now_ms)
{
	struct reading *r = add(v, READING_SMB, now_ms);

	if (!r)
		return;
	r->heard = heard_of(h->reason);
	(void)text_copy(r->reason, sizeof r->reason, reason_id(told(v, h, h->reason)));
	r->as.smb.guest = h->guest;
	r->as.smb.account = h->logged_in &&
	                    (v->login == SMB_NTLMV2 || v->login == SMB_NTLMV1);
	r->as.smb.status = h->status;
	if (h->stage)
		r->as.smb.stage = said_from_utf8(h->stage);
	if (h->pipe)
		r->as.smb.pipe = said_from_utf8(h->pipe);
	r->as.smb.address = h->secondary_address;
	note_call(&r->as.smb.control, &h->control, told(v, h, h->control.reason));
	note_call(&r->as.smb.path, &h->path, told(v, h, h->path.reason));
}

/* Keeps what an earlier conversation told, where a later one says nothing. */
static void
prefer(struct said *to, const struct said *from)
{
	if (!said_is_empty(from))
		*to = *from;
}

/* One reading, however many conversations add to it. */
static struct reading *
system_of(struct visit *v, int64_t now_ms)
{
	for (size_t i = 0; i < v->readings.count; i++) {
		if (v->readings.at[i].kind == READING_SYSTEM)
			return &v->readings.at[i];
	}
	return add(v, READING_SYSTEM, now_ms);
}

void
visit_note_system(struct visit *v, const struct smb_system *s, int64_t now_ms)
{
	struct reading *r = system_of(v, now_ms);

	if (!r)
		return;
	struct system_reading *known = &r->as.system;
	r->heard = HEARD;
	prefer(&known->native_os, &s->native_os);
	prefer(&known->native_lm, &s->native_lm);
	prefer(&known->name, &s->name);
	prefer(&known->domain, &s->domain);
	prefer(&known->dns_name, &s->dns_name);
	if (s->has_version) {
		known->has_version = true;
		known->major = s->major;
		known->minor = s->minor;
		known->build = s->build;
	}
	if (s->smb2_dialect)
		known->smb2_dialect = s->smb2_dialect;
	if (s->has_time) {
		known->has_time = true;
		known->skew_s = (s->time_ms - now_ms) / 1000;
	}
}

static enum p2p_found found_of(enum p2p_class class)
{
	switch (class) {
	case P2P_VALID: return P2P_FOUND_VALID;
	case P2P_ECHO: return P2P_FOUND_ECHO;
	case P2P_BAD_SUM: return P2P_FOUND_BAD_SUM;
	case P2P_SHORT: return P2P_FOUND_SHORT;
	}
	return P2P_FOUND_SHORT;
}

void
visit_note_p2p(struct visit *v, const struct p2p_ask *ask, enum heard heard,
               const struct p2p_story *story, int64_t now_ms)
{
	struct reading *r = add(v, READING_P2P, now_ms);

	if (!r)
		return;
	struct p2p_reading *p = &r->as.p2p;
	snprintf(r->where, sizeof r->where, "%u/%s", ask->port,
	         ask->tcp ? "tcp" : "udp");
	p->weekly = ask->weekly;
	p->redrawn = ask->redrawn;
	p->week = ask->week;
	p->swept = v->stage == VISIT_SWEEP;
	r->heard = heard;
	if (heard == HEARD_NOTHING && story && ask->tcp)
		(void)text_copy(r->reason, sizeof r->reason,
		                "no-reply"); /* it opened */
	if (heard != HEARD || !story)
		return;
	p->found = found_of(story->class);
	p->bytes = story->bytes;
	text_hex(p->first, sizeof p->first, span_of(story->first, story->first_len));
	p->has_system = story->class == P2P_VALID && story->answer.has_system;
	p->major = story->answer.os_major;
	p->minor = story->answer.os_minor;
	p->build = story->answer.os_build;
}

void
visit_note_sweep(struct visit *v, int64_t now_ms)
{
	struct reading *r = add(v, READING_SWEEP, now_ms);

	if (!r)
		return;
	(void)text_copy(r->where, sizeof r->where, "1-65535/tcp");
	r->heard = HEARD;
	r->as.sweep = v->sweep;
}

void
visit_note_not_asked(struct visit *v, enum reading_kind kind, const char *reason,
                     int64_t now_ms)
{
	struct reading *r = add(v, kind, now_ms);

	if (!r)
		return;
	r->heard = NOT_ASKED;
	(void)text_copy(r->reason, sizeof r->reason, reason);
}
