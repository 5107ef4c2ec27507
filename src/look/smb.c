/*
 * The worm rewrites the entry of NetpwPathCanonicalize inside the Server service,
 * to keep other worms out by the door that it came through.  Two harmless paths
 * show it, asked over SRVSVC opnum 31:
 *
 *   "\"     (P1, the control) an honest Windows cannot fit the result into the
 *           two bytes we offer and says 2123 or 123; only variant E says 0.
 *   "\..\"  (P2) an honest Windows says 123, 0 or 2123; variants A to D refuse
 *           it with 87 before Windows sees it.
 *
 * What fools it: software that filters this function ("virtual patches"),
 * honeypots, servers that reject both paths.  What it cannot see: a worm that
 * lives in another process, or sleeps on the disk.
 *
 * Bytes 6 and 7 of the answer are stale padding on clean and infected hosts
 * alike.  They are kept as evidence and never decide.
 *
 * Sources: Leder & Werner 2009 (sections 2, 4, 5); MS-SRVS 3.1.4.30.
 */
#include "look/look.h"

#include <string.h>

#include "know/traces.h"

#define CODE_SUCCESS 0u
#define CODE_INVALID_PARAMETER 0x57u /* 87 */
#define CODE_INVALID_NAME 0x7Bu      /* 123 */
#define CODE_BUF_TOO_SMALL 0x84Bu    /* 2123 */

#define OUTBUF_ROOT 0x005Cu /* "\" as one UTF-16 unit */
#define OUTBUF_ZERO 0x0000u

static bool
both_heard(const struct smb_reading *s)
{
	return s->control.heard == HEARD && s->path.heard == HEARD;
}

/* The control was refused with something else than 87, as an honest host does. */
static bool
control_is_good(const struct smb_reading *s)
{
	return s->control.heard == HEARD && s->control.code != CODE_SUCCESS &&
	       s->control.code != CODE_INVALID_PARAMETER;
}

static bool
path_is_honest(const struct smb_reading *s)
{
	return s->path.code == CODE_INVALID_NAME || s->path.code == CODE_SUCCESS ||
	       s->path.code == CODE_BUF_TOO_SMALL;
}

static bool
control_succeeded(const struct smb_reading *s)
{
	return s->control.heard == HEARD && s->control.code == CODE_SUCCESS;
}

/* The trace for a pair of which at least the control was heard, code 0. */
static const char *
after_success(const struct smb_reading *s)
{
	if (s->path.heard == HEARD && s->path.code == CODE_INVALID_PARAMETER)
		return "netpath-invalid-parameter";
	if (s->control.outbuf == OUTBUF_ROOT)
		return "netpath-root-accepted";
	return s->control.outbuf == OUTBUF_ZERO ? "zero-outbuf" : "unexpected-success";
}

/*
 * The decision table, in its order: an answer of impossible shape decides first
 * (it has come as a call that was not heard, reason not-genuine), then the two
 * certain signs, then the rest.
 */
static const char *
decide(const struct smb_reading *s)
{
	if (s->control.heard != HEARD && s->control.heard != NOT_ASKED &&
	    s->path.heard == HEARD && s->path.code == CODE_INVALID_PARAMETER)
		return "no-control";
	if (control_succeeded(s))
		return after_success(s);
	if (s->control.heard != HEARD)
		return s->control.reason;
	if (s->path.heard != HEARD)
		return s->path.reason;
	if (s->path.code == CODE_INVALID_PARAMETER)
		return control_is_good(s) ? "netpath-invalid-parameter"
		                          : "both-rejected";
	if (path_is_honest(s))
		return control_is_good(s) ? "netpath-clean-answer"
		                          : "netpath-clean-odd";
	return "netpath-return-unknown";
}

static bool
not_genuine(const struct call_reading *c)
{
	return c->heard != HEARD && strcmp(c->reason, "not-genuine") == 0;
}

static void
evidence(struct finding *f, const struct smb_reading *s)
{
	if (s->path.heard == HEARD)
		finding_number(f, "win32_error", s->path.code);
	if (s->control.heard == HEARD) {
		finding_number(f, "control_error", s->control.code);
		finding_number(f, "outbuf", s->control.outbuf);
	}
	if (!said_is_empty(&s->pipe))
		finding_text(f, "pipe", s->pipe.utf8);
	if (s->control.stub[0])
		finding_text(f, "control_stub", s->control.stub);
	if (s->path.stub[0])
		finding_text(f, "path_stub", s->path.stub);
	if (s->guest || s->account)
		finding_text(f, "session", s->guest ? "guest" : "account");
}

/* Why there is no answer: the status and the place, for those who want them. */
static void
circumstance(struct finding *f, const struct smb_reading *s)
{
	uint32_t fault = s->control.fault ? s->control.fault : s->path.fault;

	if (s->status)
		finding_number(f, "status", s->status);
	if (fault)
		finding_number(f, "fault", fault);
	if (!said_is_empty(&s->stage))
		finding_text(f, "stage", s->stage.utf8);
}

static void
add(struct findings *out, const char *trace, const struct reading *r)
{
	struct finding *f = trace_found(out, trace);

	f->time_ms = r->time_ms;
	(void)text_copy(f->where, sizeof f->where, r->where);
	evidence(f, &r->as.smb);
	if (!both_heard(&r->as.smb))
		circumstance(f, &r->as.smb);
}

/*
 * What came of the account, where the question was then put without it: people
 * who gave one want to know.
 */
static void
add_account(const struct readings *readings, const struct reading *last,
            struct findings *out)
{
	static const char *const of_account[] = {
		"account-locked-out", "account-restriction", "credentials-stopped",
		"logon-failure", "logon-type-not-granted"
	};

	for (const struct reading *r = readings->at; r < last; r++) {
		for (size_t i = 0; i < sizeof of_account / sizeof *of_account; i++) {
			if (r->kind == READING_SMB &&
			    strcmp(r->reason, of_account[i]) == 0)
				add(out, of_account[i], r);
		}
	}
}

/* Refused for want of rights, which the account was to give. */
static bool
is_denied(const char *trace)
{
	return strcmp(trace, "need-credentials") == 0 ||
	       strcmp(trace, "anonymous-refused") == 0 ||
	       text_begins(trace, "access-denied-");
}

void
look_smb(const struct readings *readings, struct findings *out)
{
	const struct reading *r = readings_last(readings, READING_SMB);

	if (!r)
		return;
	const struct smb_reading *s = &r->as.smb;
	const char *trace = r->reason;

	if (not_genuine(&s->control) || not_genuine(&s->path))
		trace = "not-genuine";
	else if (s->control.heard == HEARD || s->path.heard == HEARD ||
	         s->control.reason[0])
		trace = decide(s);

	if (!trace[0])
		trace = r->reason[0] ? r->reason : "status-other";
	if (is_denied(trace))
		add_account(readings, r, out);
	add(out, trace, r);
	if (s->died)
		add(out, "service-may-have-stopped", r);
	if (s->guest && s->account)
		add(out, "account-is-guest", r);
	if (!is_denied(trace))
		add_account(readings, r, out);
}
