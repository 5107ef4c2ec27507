#include "tell/logons_words.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "tell/html_text.h"

/* "rate:26449/min" is the reason, its number, and per what. */
struct reason_row {
	const char *reason;
	const char *per;            /* "/min", or "" */
	const char *before, *after; /* words around the number */
};

static const struct reason_row reason_rows[] = {
	{ "rate", "/min", "", " guesses a minute" },
	{ "rate", "/hour", "", " guesses an hour" },
	{ "accounts", "/hour", "", " different accounts in an hour" },
	{ "accounts-at-once", "", "faster from account to account than anybody types",
	  "" },
	{ "tries-of-one-account", "", "", " tries of one account" },
	{ "targets", "", "", " machines tried" },
	{ "administrator", "", "administrators among the accounts", "" },
	{ "network", "", "over the network, as the worm does", "" },
	{ "lockouts", "", "accounts locked out: ", "" },
	{ "accounts-in-order", "", "one account after the other, in order", "" },
	{ "hours-of-a-day", "", "at work in ", " different hours of a day" },
	{ "password-known", "",
	  "it got in with a password that it was guessing: change it", "" },
	{ "then-an-at-job", "",
	  "then an At job was made where it got in, as the worm does to be run", "" },
	{ "then-the-right-password", "",
	  "but then the right password: a person, perhaps", "" },
	{ "service-with-an-old-password", "",
	  "but at even gaps: a service or a task with an old password", "" },
	{ "machine-accounts-only", "", "but machine accounts only: a broken trust",
	  "" },
	{ "no-account-names", "", "but without names: a scanner, or an inventory", "" },
	{ "recovered-records-only", "", "but out of old records only", "" },
};

void
logons_reason(const char *reason, char out[WORDS_ROOM])
{
	size_t len = strcspn(reason, ":");
	const char *number = reason[len] ? reason + len + 1 : "";
	size_t digits = strcspn(number, "/");

	for (size_t i = 0; i < sizeof reason_rows / sizeof reason_rows[0]; i++) {
		const struct reason_row *r = &reason_rows[i];

		if (strlen(r->reason) != len || strncmp(r->reason, reason, len) != 0 ||
		    strcmp(r->per, number + digits) != 0)
			continue;
		(void)snprintf(out, WORDS_ROOM, "%s%.*s%s", r->before, (int)digits,
		               number, r->after);
		return;
	}
	(void)text_copy(out, WORDS_ROOM, reason);
}

void
logons_called_html(FILE *f, const struct attacker *a)
{
	char called[2 * ATTEMPT_TEXT];

	if (a->workstation[0] && a->address[0]) {
		html_foreign(f, a->workstation);
		fputs(" (", f);
		html_text(f, a->address);
		fputs(")", f);
		return;
	}
	attacker_called(a, called);
	html_foreign(f, called);
}

void
logons_period(int64_t first_ms, int64_t last_ms, char out[PERIOD_ROOM])
{
	char first[WHEN_ROOM];
	char last[WHEN_ROOM];

	when_for_people(first, first_ms);
	when_for_people(last, last_ms);
	(void)snprintf(out, PERIOD_ROOM, "%.19s to %.19s UTC", first, last);
}

static void
forged(const struct attacker *a, struct remarks *out)
{
	(void)snprintf(out->at[out->count++], WORDS_ROOM,
	               "It gave %" PRIu64 " different names for itself, so none is its "
	               "own.",
	               a->names);
}

static void
claimed(const struct attacker *a, struct remarks *out)
{
	(void)snprintf(out->at[out->count++], WORDS_ROOM,
	               "It calls itself %s, which is a machine that it attacks: %s.",
	               a->claimed,
	               a->workstation[0]
	                   ? "itself, or the name is forged, or the logon relayed"
	                   : "another address has that name, so it is forged, or the "
	                     "logon relayed");
}

static void
made_a_job(const struct attacker *a, struct remarks *out)
{
	(void)snprintf(
	    out->at[out->count++], WORDS_ROOM,
	    "An At job was made on %s after it had got in there: look at that "
	    "machine as well.",
	    a->task_on);
}

void
logons_remarks(const struct attacker *a, struct remarks *out)
{
	out->count = 0;
	if (a->task_on[0])
		made_a_job(a, out);
	if (a->is_forged)
		forged(a, out);
	if (a->claimed[0])
		claimed(a, out);
	if (a->is_odd)
		(void)text_copy(out->at[out->count++], WORDS_ROOM,
		                "No Windows machine can have the name that it gives.");
	if (a->is_shared)
		(void)text_copy(out->at[out->count++], WORDS_ROOM,
		                "Many people work through it: look behind it.");
	if (a->is_itself)
		(void)text_copy(out->at[out->count++], WORDS_ROOM,
		                "Its own log says that it tries the others.");
}

void
logons_in_the_case(const struct attacker *a, char out[WORDS_ROOM])
{
	(void)snprintf(out, WORDS_ROOM, "In the case it is %s, which is %s %s.",
	               a->host, state_name(a->host_state),
	               attacker_is_settled(a) ? "by a look inside since" : "now");
}

const char *
logons_host(const struct attacker *a)
{
	if (a->host[0])
		return a->host;
	return a->address[0] ? a->address : a->workstation;
}

bool
logons_is_plain_host(const char *name)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.:_-";

	return name[0] && name[0] != '-' && strspn(name, plain) == strlen(name);
}

const char *
logons_trouble(const struct log_told *log)
{
	if (log->why[0])
		return log->why;
	if (log->is_cut)
		return "it is cut: what is behind its end is missing";
	if (log->lost)
		return "Windows lost events before it could write them";
	if (!log->security && log->undecodable == 0)
		return "no record of it is of a Security log";
	if (log->kind == LOG_IS_CSV || log->kind == LOG_IS_JSON)
		return "some of its records could not be read: their times, or who "
		       "failed and why, are missing or in another language; save the "
		       "log as .evtx";
	return "some of its records could not be read";
}
