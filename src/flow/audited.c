#include "flow/audited.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "base/when.h"

const char *const audited_advice[] = {
	"A disk that does not run: confine audit enable /mnt/c; confine audit status "
	"says what it records now.",
	"Windows Vista and later, as an administrator: auditpol /set /subcategory:"
	"{0CCE9215-69AE-11D9-BED3-505054503030} /success:enable /failure:enable",
	"Windows 2000, XP and 2003: secpol.msc, Local Policies, Audit Policy: \"Audit "
	"logon events\" and \"Audit account logon events\", Success and Failure.",
	"A domain: the same two in the Default Domain Policy and the Default Domain "
	"Controllers Policy (Computer Configuration, Windows Settings, Security "
	"Settings, Local Policies, Audit Policy), or its members turn it off again; "
	"then gpupdate. Let the Security log be 10 MB or more.",
};
const size_t audited_advice_count = sizeof audited_advice / sizeof audited_advice[0];

static const char *const names[] = {
	[AUDITED_WELL] = "yes",
	[AUDITED_NOT] = "no",
	[AUDITED_NOT_FOR_A_WHILE] = "for-a-while",
	[AUDITED_ONLY_LOCKOUTS] = "only-lockouts",
	[AUDITED_ONLY_SUCCESSES] = "only-successes",
	[AUDITED_NO_LOGONS] = "no-logons",
};

const char *
audited_name(enum audited_how how)
{
	return names[how];
}

/* To the second, for people. */
static void
short_when(char out[WHEN_ROOM], int64_t ms)
{
	when_text(out, ms);
	out[10] = ' ';
	out[19] = '\0';
}

void
audited_because(const struct audited *a, char out[WHY_ROOM])
{
	char off[WHEN_ROOM];
	char on[WHEN_ROOM];

	out[0] = '\0';
	short_when(off, a->off_ms);
	short_when(on, a->on_ms);
	switch (a->how) {
	case AUDITED_WELL: return;
	case AUDITED_NOT:
		(void)snprintf(out, WHY_ROOM,
		               "failed logons are not recorded since %s UTC, when its "
		               "policy was changed.",
		               off);
		return;
	case AUDITED_NOT_FOR_A_WHILE:
		(void)snprintf(out, WHY_ROOM,
		               "failed logons were not recorded from %s to %s UTC.",
		               off, on);
		return;
	case AUDITED_ONLY_LOCKOUTS:
		(void)snprintf(out, WHY_ROOM,
		               "%" PRIu64 " accounts were locked out, and not one "
		               "failed logon is recorded.",
		               a->lockouts);
		return;
	case AUDITED_ONLY_SUCCESSES:
		(void)snprintf(out, WHY_ROOM,
		               "%" PRIu64 " logons and not one that failed, while "
		               "accounts were being locked out elsewhere.",
		               a->successes);
		return;
	case AUDITED_NO_LOGONS:
		(void)text_copy(out, WHY_ROOM,
		                "not one logon is recorded, whether it failed or not.");
		return;
	}
}

/* ---- JSON */

static void
number(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_int(j, (int64_t)v);
}

static void
when(struct json *j, const char *key, int64_t ms)
{
	if (!ms)
		return;
	json_key(j, key);
	json_when(j, ms);
}

static void
text(struct json *j, const char *key, const char *utf8)
{
	json_key(j, key);
	json_text(j, utf8);
}

void
audited_json(struct json *j, const struct audited *a)
{
	char why[WHY_ROOM];

	audited_because(a, why);
	json_open(j, '{');
	text(j, "type", "audit");
	text(j, "machine", a->machine);
	text(j, "failures_recorded", audited_name(a->how));
	number(j, "successes", a->successes);
	number(j, "failures", a->failures);
	number(j, "lockouts", a->lockouts);
	when(j, "off", a->off_ms);
	when(j, "on", a->on_ms);
	text(j, "why", why);
	text(j, "next", audited_advice[0]);
	json_close(j, '}');
}
