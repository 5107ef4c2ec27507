#include "tell/logons_tables.h"

#include <inttypes.h>

#include "tell/html_text.h"
#include "tell/logons_words.h"

/* ---- machines */

static void
remark(FILE *f, const char *words)
{
	fputs("<span>", f);
	html_text(f, words);
	fputs("</span>", f);
}

static void
who(FILE *f, const struct attacker *a)
{
	struct remarks remarks;
	char words[WORDS_ROOM];

	logons_called_html(f, a);
	logons_remarks(a, &remarks);
	for (size_t i = 0; i < remarks.count; i++)
		remark(f, remarks.at[i]);
	if (!a->host[0])
		return;
	logons_in_the_case(a, words);
	remark(f, words);
}

static void
how_much(FILE *f, const struct attacker *a)
{
	bool is_one = attacker_is_one(a);

	html_counted(f, a->failures, is_one ? "guess" : "failed logon",
	             is_one ? "guesses" : "failed logons");
	fputs("<span>", f);
	html_counted(f, a->accounts, "account", "accounts");
	fputs(" on ", f);
	html_counted(f, a->target_count, "machine", "machines");
	fputs("</span>", f);
}

static void
event(FILE *f, int64_t ms, const char *words)
{
	if (!ms)
		return;
	fprintf(f, "<span>%s ", words);
	html_time(f, ms);
	fputs("</span>", f);
}

static void
when(FILE *f, const struct attacker *a)
{
	html_time(f, a->first_ms);
	event(f, a->last_ms, "to");
	event(f, a->locked_ms, "first lockout");
	event(f, a->got_in_ms, "got in");
	event(f, a->task_ms, "At job made");
}

static void
reasons(FILE *f, const struct attacker *a)
{
	fputs(a->reason_count > 0 ? "<ul>" : "nothing speaks for it", f);
	for (size_t i = 0; i < a->reason_count; i++) {
		char words[WORDS_ROOM];

		logons_reason(a->reasons[i], words);
		fputs("<li>", f);
		html_text(f, words);
		fputs("</li>", f);
	}
	fputs(a->reason_count > 0 ? "</ul>" : "", f);
}

static void
machine(FILE *f, const struct attacker *a, size_t number)
{
	fputs("<tr", f);
	if (number)
		fprintf(f, " id=\"a%zu\"", number);
	fprintf(f, "><td class=\"n\">%.2f</td><th scope=\"row\">", a->score);
	who(f, a);
	fputs("</th><td>", f);
	how_much(f, a);
	fputs("</td><td>", f);
	when(f, a);
	fputs("</td><td>", f);
	reasons(f, a);
	fputs("</td></tr>\n", f);
}

static void
machines_begin(FILE *f, const char *caption)
{
	fprintf(f,
	        "<div class=\"wide\"><table class=\"guess\"><caption>%s</caption>\n"
	        "<thead><tr><th scope=\"col\" class=\"n\">Score</th>"
	        "<th scope=\"col\">Machine</th><th scope=\"col\">How much</th>"
	        "<th scope=\"col\">When</th><th scope=\"col\">Why</th></tr></thead>\n"
	        "<tbody>\n",
	        caption);
}

void
logons_more_html(FILE *f, uint64_t more)
{
	if (more == 0)
		return;
	fputs("<p class=\"aside\">… and ", f);
	html_count(f, more);
	fputs(" more; <code>--top</code> shows more of them.</p>\n", f);
}

static size_t
shown(const struct told_logons *told, size_t count)
{
	return count < told->top ? count : (size_t)told->top;
}

void
logons_attackers_html(FILE *f, const struct told_logons *told)
{
	size_t count = shown(told, told->attackers);

	machines_begin(f, "Machines that guess passwords, most likely first; from a "
	                  "score of 0.5 on it is one, and 1 is the most.");
	for (size_t i = 0; i < count; i++)
		machine(f, &told->at[i], i + 1);
	fputs("</tbody></table></div>\n", f);
	logons_more_html(f, told->attackers - count);
}

void
logons_sources_html(FILE *f, const struct told_logons *told)
{
	size_t others = told->count - told->attackers;
	size_t count = shown(told, others);

	if (others == 0)
		return;
	fputs("<details><summary><b>", f);
	html_counted(f, others, "other source", "other sources");
	fputs("</b> of failed logons, below the line</summary>\n", f);
	machines_begin(f, "Their habits are those of people, services and scanners: "
	                  "look at them last.");
	for (size_t i = 0; i < count; i++)
		machine(f, &told->at[told->attackers + i], 0);
	fputs("</tbody></table></div>\n", f);
	logons_more_html(f, others - count);
	fputs("</details>\n", f);
}

/* ---- logs */

static void
covers(FILE *f, const struct log_told *log)
{
	if (!log->first_ms) {
		fputs("nothing", f);
		return;
	}
	html_time(f, log->first_ms);
	fputs("<span>to ", f);
	html_time(f, log->last_ms);
	fputs("</span>", f);
	if (!log->cleared_ms)
		return;
	fputs("<span>cleared ", f);
	html_time(f, log->cleared_ms);
	fputs("</span>", f);
}

static void
holds(FILE *f, const struct log_told *log)
{
	html_counted(f, log->records, "record", "records");
	fputs("<span>", f);
	html_counted(f, log->failures, "failed logon", "failed logons");
	fputs("</span>", f);
	if (!log->undecodable)
		return;
	fputs("<span>", f);
	html_count(f, log->undecodable);
	fputs(" could not be read</span>", f);
}

static void
log_row(FILE *f, const struct log_told *log, bool is_whole)
{
	fputs("<tr><th scope=\"row\">", f);
	html_foreign(f, log->path);
	if (log->computer[0]) {
		fputs("<span>of ", f);
		html_foreign(f, log->computer);
		fputs("</span>", f);
	}
	fputs("</th><td>", f);
	if (!is_whole) {
		html_text(f, logons_trouble(log));
		fputs("</td><td>", f);
	}
	covers(f, log);
	fputs("</td><td>", f);
	holds(f, log);
	fputs("</td></tr>\n", f);
}

static void
logs_begin(FILE *f, const char *caption, bool is_whole)
{
	fprintf(f,
	        "<div class=\"wide\"><table class=\"%s\"><caption>%s</caption>\n"
	        "<thead><tr><th scope=\"col\">Log</th>%s<th scope=\"col\">Covers</th>"
	        "<th scope=\"col\">Holds</th></tr></thead>\n<tbody>\n",
	        is_whole ? "logs" : "logs marred", caption,
	        is_whole ? "" : "<th scope=\"col\">What is the matter</th>");
}

static void
logs_end(FILE *f, uint64_t all, size_t count)
{
	fputs("</tbody></table></div>\n", f);
	if (all <= count)
		return;
	fputs("<p class=\"aside\">… and ", f);
	html_count(f, all - count);
	fputs(" more; <code>--format json</code> has them all.</p>\n", f);
}

static void
marred_logs(FILE *f, const struct told_logons *told)
{
	if (told->log_count == 0)
		return;
	logs_begin(f, "Not read whole: what is missing may be what matters.", false);
	for (size_t i = 0; i < told->log_count; i++)
		log_row(f, &told->logs[i], false);
	logs_end(f, told->totals->unread + told->totals->marred, told->log_count);
}

static void
whole_logs(FILE *f, const struct told_logons *told)
{
	uint64_t all = told->totals->logs - told->totals->marred;

	if (told->whole_count == 0)
		return;
	fputs("<details><summary><b>", f);
	html_counted(f, all, "log", "logs");
	fputs("</b> read whole</summary>\n", f);
	logs_begin(f, "In the order in which they were read.", true);
	for (size_t i = 0; i < told->whole_count; i++)
		log_row(f, &told->whole[i], true);
	logs_end(f, all, told->whole_count);
	fputs("</details>\n", f);
}

void
logons_logs_html(FILE *f, const struct told_logons *told)
{
	marred_logs(f, told);
	whole_logs(f, told);
}
