#include "flow/audited.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json_put.h"
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

void
audited_because(const struct audited *a, char out[WHY_ROOM])
{
	char off[WHEN_ROOM];
	char on[WHEN_ROOM];

	out[0] = '\0';
	when_for_people(off, a->off_ms);
	when_for_people(on, a->on_ms);
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

void
audited_json(struct json *j, const struct audited *a)
{
	char why[WHY_ROOM];

	audited_because(a, why);
	json_open(j, '{');
	json_put_text(j, "type", "audit");
	json_put_text(j, "machine", a->machine);
	json_put_text(j, "failures_recorded", audited_name(a->how));
	json_put_count(j, "successes", a->successes);
	json_put_count(j, "failures", a->failures);
	json_put_count(j, "lockouts", a->lockouts);
	json_put_when_if(j, "off", a->off_ms);
	json_put_when_if(j, "on", a->on_ms);
	json_put_text(j, "why", why);
	json_put_text(j, "next", audited_advice[0]);
	json_close(j, '}');
}
