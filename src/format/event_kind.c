#include "format/event_kind.h"

#include <string.h>

#include "format/event_csv.h"
#include "format/event_letters.h"

#define BEGINNING_MOST (16u << 10)

/* The name space of every event that Windows has ever written as XML. */
static const char name_space[] = "schemas.microsoft.com/win/2004/08/events";

static bool
has(struct span s, const char *word)
{
	return span_find(s, word, strlen(word)) != SIZE_MAX;
}

/* One of these has every event as JSON, whoever wrote it. */
static bool
is_json(struct span s)
{
	static const char *const names[] = {
		"\"EventID\":",   "\"EventId\":",       "\"event_id\":",
		"\"EventCode\":", "winlog.event_id\":", "\"ProviderName\":"
	};
	/* PowerShell, of the columns that people select. */
	bool is_selected = has(s, "\"Id\":") && has(s, "\"TimeCreated\":");
	bool is_one = is_selected;

	while (s.left > 0 && s.at[0] <= ' ')
		(void)span_cut(&s, 1);
	if (s.left == 0 || (s.at[0] != '{' && s.at[0] != '[' && !has(s, "Record 1\n{")))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		is_one = is_one || has(s, names[i]);
	return is_one;
}

static size_t
times(struct span s, const char *word)
{
	size_t count = 0;
	size_t at = 0;

	while ((at = span_find(s, word, strlen(word))) != SIZE_MAX) {
		(void)span_cut(&s, at + strlen(word));
		count++;
	}
	return count;
}

/* What is left of an .evtx has all these words, too, and more than words. */
static bool
is_plain(struct span s)
{
	bool is_one = true;

	for (size_t i = 0; i < s.left; i++)
		is_one = is_one && (s.at[i] >= ' ' || s.at[i] == '\t' ||
		                    s.at[i] == '\r' || s.at[i] == '\n');
	return is_one;
}

/* What people read (wevtutil), Export-Clixml, and tables that have no names for their
 * columns, or in another language.  A log says it of every event; who writes about
 * logs, once. */
static bool
is_other(struct span s)
{
	static const char *const words[] = {
		"Microsoft-Windows-Security-Auditing",
		"Microsoft Windows security auditing",
		",Security,Failure Audit,", /* Windows XP */
		",Security,Success Audit,",
		"\tSecurity\tFailure Audit\t",
		"\tSecurity\tSuccess Audit\t",
	};
	size_t count = 2 *
	               times(s, ">System.Diagnostics.Eventing.Reader.EventLogRecord<");

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		count += times(s, words[i]);
	return count >= 2 && is_plain(s);
}

bool
event_kind_is_possible(struct span beginning)
{
	size_t mark = 0;
	enum event_letters letters = event_letters_of(beginning, &mark);

	/* Bytes with a zero among them are no text. */
	return beginning.left > 0 &&
	       (letters != LETTERS_BYTES || !memchr(beginning.at, 0, beginning.left));
}

enum event_kind
event_kind_of(struct span beginning)
{
	enum event_kind kind = EVENT_KIND_NONE;
	struct buf text;
	size_t mark = 0;
	enum event_letters letters = event_letters_of(beginning, &mark);

	if (!event_kind_is_possible(beginning))
		return EVENT_KIND_NONE;
	(void)span_cut(&beginning, mark);
	if (beginning.left > BEGINNING_MOST)
		beginning.left = BEGINNING_MOST;
	buf_init(&text, 2 * BEGINNING_MOST); /* UTF-8 can be longer */
	(void)event_letters_take(letters, beginning, true, &text);
	struct span s = buf_span(&text);
	if ((has(s, "<Event") || has(s, ":Event")) && has(s, name_space))
		kind = EVENT_KIND_XML;
	else if (is_json(s))
		kind = EVENT_KIND_JSON;
	else if (event_csv_is_log(s))
		kind = EVENT_KIND_CSV;
	else if (is_other(s))
		kind = EVENT_KIND_OTHER;
	buf_free(&text);
	return kind;
}
