#include "flow/logons.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_put.h"
#include "base/text.h"
#include "base/when.h"

#define PERIOD_ROOM 64

static void
widen(struct logons_totals *t, const struct log_told *log)
{
	if (log->first_ms && (!t->first_ms || log->first_ms < t->first_ms))
		t->first_ms = log->first_ms;
	if (log->last_ms > t->last_ms)
		t->last_ms = log->last_ms;
	if (log->cleared_ms > t->cleared_ms)
		t->cleared_ms = log->cleared_ms;
}

void
logons_add(struct logons_totals *t, const struct log_told *log)
{
	if (log->kind == LOG_IS_NONE) {
		t->unread++;
		return;
	}
	t->logs++;
	t->marred += log->is_cut || log->why[0] || log->undecodable || log->lost ||
	             !log->security;
	t->bytes += log->bytes;
	t->records += log->records;
	t->recovered += log->recovered;
	t->security += log->security;
	t->undecodable += log->undecodable;
	t->failures += log->failures;
	widen(t, log);
}

/* ---- JSON */

static const char *
kind_name(enum log_kind kind)
{
	static const char *const names[] = {
		[LOG_IS_EVT] = "evt",       [LOG_IS_EVTX] = "evtx",
		[LOG_IS_CARVED] = "carved", [LOG_IS_XML] = "xml",
		[LOG_IS_JSON] = "json",     [LOG_IS_CSV] = "csv",
		[LOG_IS_NONE] = "none",
	};

	return names[kind];
}

void
log_told_json(struct json *j, const struct log_told *log)
{
	json_open(j, '{');
	json_put_text(j, "type", "log");
	json_put_text_if(j, "path", log->path);
	json_put_text(j, "kind", kind_name(log->kind));
	json_put_text_if(j, "computer", log->computer);
	json_put_when_or_null(j, "first", log->first_ms);
	json_put_when_or_null(j, "last", log->last_ms);
	json_put_count(j, "records", log->records);
	json_put_count(j, "recovered", log->recovered);
	json_put_count(j, "undecodable", log->undecodable);
	if (log->lost)
		json_put_count(j, "lost", log->lost);
	json_put_count(j, "security", log->security);
	json_put_count(j, "failures", log->failures);
	if (log->cleared_ms)
		json_put_when_or_null(j, "cleared", log->cleared_ms);
	json_put_flag(j, "cut", log->is_cut);
	json_put_flag(j, "dirty", log->is_dirty);
	json_put_text_if(j, "why", log->why);
	json_close(j, '}');
}

void
logons_summary_json(struct json *j, const struct logons_sum *s)
{
	const struct logons_totals *t = s->totals;
	char why[WHY_ROOM] = "";

	if (s->attackers == 0)
		logons_empty_because(t, why);
	json_open(j, '{');
	json_put_text(j, "type", "summary");
	json_put_text(j, "command", "logons");
	json_put_count(j, "attackers", s->attackers + t->untold_attackers);
	json_put_count(j, "logs", t->logs);
	json_put_count(j, "unread", t->unread);
	json_put_count(j, "records", t->records);
	json_put_count(j, "recovered", t->recovered);
	json_put_count(j, "undecodable", t->undecodable);
	json_put_count(j, "security", t->security);
	json_put_count(j, "failures", t->failures);
	json_put_count(j, "local", t->local);
	json_put_count(j, "told_twice", t->twice);
	if (t->unaudited)
		json_put_count(j, "unaudited", t->unaudited);
	json_put_flag(j, "machines_untold", t->machines_untold);
	if (t->passed_over)
		json_put_count(j, "passed_over", t->passed_over);
	if (t->copies)
		json_put_count(j, "copies", t->copies);
	json_put_when_or_null(j, "first", t->first_ms);
	json_put_when_or_null(j, "last", t->last_ms);
	json_put_text_if(j, "why", why);
	json_key(j, "seconds");
	json_real(j, s->seconds);
	json_put_flag(j, "interrupted", t->is_interrupted);
	json_close(j, '}');
}

/* ---- what it comes to */

int
logons_exit_code(const struct logons_sum *s)
{
	const struct logons_totals *t = s->totals;

	if (s->attackers > 0)
		return 1;
	if (t->logs == 0)
		return 2;
	return t->unread || t->marred || t->passed_over || t->is_interrupted ||
	               t->unaudited || t->machines_untold || logons_are_uncovered(t)
	           ? 3
	           : 0;
}

bool
logons_are_uncovered(const struct logons_totals *t)
{
	bool has_since = t->since_ms != INT64_MIN;
	bool has_until = t->until_ms != INT64_MAX;

	if (t->first_ms == 0) /* there are old records only */
		return false;
	return (has_since && (t->first_ms > t->since_ms || t->last_ms < t->since_ms)) ||
	       (has_until && t->first_ms >= t->until_ms);
}

/* " from ... to ... UTC", or "" where nothing says so. */
static void
period(const struct logons_totals *t, char out[PERIOD_ROOM])
{
	char first[WHEN_ROOM] = "";
	char last[WHEN_ROOM] = "";

	out[0] = '\0';
	if (t->first_ms == 0)
		return;
	when_for_people(first, t->first_ms);
	when_for_people(last, t->last_ms);
	(void)snprintf(out, PERIOD_ROOM, " from %.19s to %.19s UTC", first, last);
}

static void
empty_because(const struct logons_totals *t, char out[WHY_ROOM])
{
	char when[PERIOD_ROOM];

	period(t, when);
	if (t->logs == 0)
		(void)text_copy(out, WHY_ROOM, "No event log was read.");
	else if (t->security == 0 && t->records > 0 && t->undecodable >= t->records)
		(void)snprintf(out, WHY_ROOM,
		               "Not one of %" PRIu64 " records could be read.",
		               t->records);
	else if (t->security == 0)
		(void)snprintf(out, WHY_ROOM,
		               "None of %" PRIu64 " records is of a Security log, so "
		               "there is nothing to judge: name SecEvent.Evt or "
		               "Security.evtx.",
		               t->records);
	else if (logons_are_uncovered(t))
		(void)snprintf(out, WHY_ROOM,
		               "The logs go%s, which is not all of the time that was "
		               "asked for: find older copies of them, or the logs of "
		               "other machines.",
		               when);
	else if (t->failures > 0)
		(void)snprintf(out, WHY_ROOM,
		               "Of %" PRIu64 " failed logons%s none is of a machine "
		               "that guesses passwords: %" PRIu64 " were local.",
		               t->failures, when, t->local);
	else if (t->undecodable > 0)
		(void)snprintf(out, WHY_ROOM,
		               "Among %" PRIu64 " Security events%s no failed logon "
		               "could be read.",
		               t->security, when);
	else
		(void)snprintf(out, WHY_ROOM,
		               "No logon failed among %" PRIu64 " Security events%s; "
		               "if failures are not audited, none is written: see "
		               "confine audit status.",
		               t->security, when);
}

static void __attribute__((format(printf, 2, 3)))
add(char out[WHY_ROOM], const char *format, ...)
{
	size_t len = strlen(out);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(out + len, WHY_ROOM - len, format, args);
	va_end(args);
}

void
logons_empty_because(const struct logons_totals *t, char out[WHY_ROOM])
{
	if (t->is_interrupted) {
		(void)text_copy(out, WHY_ROOM,
		                "It was interrupted: not all logs were read.");
		return;
	}
	empty_because(t, out);
	if (t->before + t->after > 0)
		add(out, " %" PRIu64 " events are not of the time that was asked for.",
		    t->before + t->after);
	if (t->undecodable > 0 && t->security > 0)
		add(out, " Of %" PRIu64 " %s that could not be read nothing is known.",
		    t->undecodable, t->undecodable == 1 ? "record" : "records");
	if (t->machines_untold)
		add(out, " %s", LOGONS_MACHINES_UNTOLD);
	if (t->unaudited > 0)
		add(out,
		    " Who attacks %" PRIu64
		    " %s is unknown, because failed logons are not recorded there.",
		    t->unaudited, t->unaudited == 1 ? "machine" : "machines");
}
