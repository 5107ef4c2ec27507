/*
 * Whether this machine would write down who guesses passwords on it: the event log
 * is how the next attacker is found.  What it cannot tell: a domain's group policy
 * sets the same again, every 90 minutes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "format/audit_policy.h"
#include "look/defences.h"

#define POLICY "HKLM\\SECURITY\\Policy\\PolAdtEv"
#define LOG_FAIR (10u << 20) /* a storm overwrites a smaller log within minutes */
#define BOTH (AUDIT_SUCCESS | AUDIT_FAILURE)

static const char turn_on_old[] =
    "On it, as administrator: secpol.msc, Local Policies, Audit Policy: switch on "
    "Success and Failure there. A domain sets it again by group policy.";

static const char *
setting_words(unsigned setting)
{
	static const char *const words[] = { "nothing", "success", "failure",
		                             "success and failure" };

	return words[setting & BOTH];
}

struct question {
	const char *category;
	unsigned wanted;
	unsigned is;
	const char *purpose;
	const char *subcategory; /* its GUID, as auditpol takes it in any language */
};

static enum err
add(struct statuses *out, const struct question *q, const struct audit_policy *policy)
{
	bool enough = policy->is_on && (q->is & q->wanted) == q->wanted;
	unsigned is = policy->is_on ? q->is : 0;
	struct status *s = statuses_add(out, STATUS_AUDIT,
	                                enough ? NEED_NOTHING : NEED_DOING);

	if (!s)
		return ERR_MEMORY;
	status_text(s, "category", q->category);
	status_bool(s, "success", is & AUDIT_SUCCESS);
	status_bool(s, "failure", is & AUDIT_FAILURE);
	status_text(s, "wanted", setting_words(q->wanted));
	status_text(s, "evidence", POLICY);
	snprintf(s->says, sizeof s->says, "%s: it records %s%s", q->purpose,
	         setting_words(is), enough ? "." : "; wanted: ");
	size_t len = strlen(s->says);
	if (enough)
		return OK;
	snprintf(s->says + len, sizeof s->says - len, "%s.", setting_words(q->wanted));
	if (policy->by_subcategory)
		snprintf(s->next, sizeof s->next,
		         "On it, as administrator: auditpol /set "
		         "/subcategory:{0CCE%s-69AE-11D9-BED3-505054503030} "
		         "/success:enable /failure:enable",
		         q->subcategory);
	else
		(void)text_copy(s->next, sizeof s->next, turn_on_old);
	return OK;
}

static enum err
add_policy(const struct audit_policy *p, struct statuses *out)
{
	const struct question questions[] = {
		{ "Logon", BOTH, p->logon, "Logons at this machine", "9215" },
		{ "Account Logon", AUDIT_FAILURE, p->account_logon,
		  "Passwords checked by this machine", "923F" },
		{ "Account Management", AUDIT_SUCCESS, p->account_management,
		  "Accounts locked out or changed", "9235" },
	};

	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
		TRY(add(out, &questions[i], p));
	return OK;
}

static enum err
add_untold(struct statuses *out, const char *because, const char *next)
{
	struct status *s = statuses_add(out, STATUS_AUDIT, NEED_TELLING);

	if (!s)
		return ERR_MEMORY;
	status_text(s, "category", "Logon");
	status_text(s, "evidence", because);
	snprintf(s->says, sizeof s->says, "What it records could not be read: %s",
	         because);
	(void)text_copy(s->next, sizeof s->next, next);
	return OK;
}

static enum err
add_unknown(struct statuses *out, const char *because)
{
	return add_untold(out, because,
	                  "Look at the SECURITY hive of another copy, or ask the "
	                  "running machine with auditpol or secpol.msc.");
}

/* How large the Security log may grow. */
static enum err
add_log_size(const struct inside *in, struct statuses *out)
{
	char key[PATH_ROOM];
	uint32_t size = 0;

	snprintf(key, sizeof key, "%s\\Services\\EventLog\\Security",
	         in->windows->sets[0]);
	if (machine_u32(in->machine, key, "MaxSize", &size) != HEARD)
		return OK; /* Windows' default; the log still is one */
	struct status *s = statuses_add(out, STATUS_AUDIT,
	                                size < LOG_FAIR ? NEED_DOING : NEED_NOTHING);
	if (!s)
		return ERR_MEMORY;
	status_text(s, "category", "Security log size");
	status_number(s, "bytes", size);
	status_text(s, "evidence", key);
	snprintf(s->says, sizeof s->says, "The Security log holds %" PRIu32 " KB%s.",
	         size / 1024,
	         size < LOG_FAIR ? ": a storm of the worm overwrites it in minutes"
	                         : "");
	if (size < LOG_FAIR)
		(void)text_copy(
		    s->next, sizeof s->next,
		    "On it: eventvwr.msc, Security, Properties: 10,240 KB or "
		    "more, overwrite as needed.");
	return OK;
}

/* With it, recording failures would stop the machine in the first storm. */
static enum err
add_crash(const struct inside *in, struct statuses *out)
{
	char key[PATH_ROOM];
	uint32_t crash = 0;

	snprintf(key, sizeof key, "%s\\Control\\Lsa", in->windows->sets[0]);
	if (machine_u32(in->machine, key, "CrashOnAuditFail", &crash) != HEARD ||
	    crash == 0)
		return OK;
	struct status *s = statuses_add(out, STATUS_AUDIT, NEED_DOING);
	if (!s)
		return ERR_MEMORY;
	status_text(s, "category", "CrashOnAuditFail");
	status_number(s, "value", crash);
	status_text(s, "evidence", key);
	(void)text_copy(s->says, sizeof s->says,
	                "This machine stops when its Security log is full, and a storm "
	                "of the worm fills it.");
	(void)text_copy(s->next, sizeof s->next,
	                "Decide on this before failures are recorded: set "
	                "CrashOnAuditFail to 0, or make the log overwrite old events.");
	return OK;
}

enum err
defence_audit(const struct inside *in, struct statuses *out)
{
	struct reg_key key;
	struct audit_policy policy;

	if (!in->windows->there)
		return add_untold(out, "no Windows was found here",
		                  "Name the volume or folder that holds the Windows.");
	enum heard heard = machine_key(in->machine, POLICY, &key);
	const struct reg_value *value = heard == HEARD ? reg_value(&key, "") : NULL;
	enum err err = OK;
	if (heard != HEARD && heard != HEARD_NOTHING)
		err = add_unknown(out, machine_why(in->machine));
	else if (!value)
		err = add_unknown(out, POLICY " is not there");
	else if (audit_policy_read(value->bytes, &policy) != HEARD)
		err = add_unknown(out, POLICY " is not as any Windows writes it");
	else
		err = add_policy(&policy, out);
	reg_key_free(&key);
	TRY(err);
	if (in->windows->set_count == 0)
		return OK;
	TRY(add_log_size(in, out));
	return add_crash(in, out);
}
