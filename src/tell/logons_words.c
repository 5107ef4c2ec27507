#include "tell/logons_words.h"

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
logons_when(int64_t ms, char out[WHEN_ROOM])
{
	when_text(out, ms);
	out[10] = ' ';
	out[19] = '\0';
}

const char *
logons_host(const struct attacker *a)
{
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
	return log->security ? "some of its records could not be read"
	                     : "no record of it is of a Security log";
}
