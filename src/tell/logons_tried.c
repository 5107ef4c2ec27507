/*
 * The accounts that are guessed, and the machines attacked, most tried first: on a
 * screen and on a page.
 */
#include <inttypes.h>

#include "tell/html_text.h"
#include "tell/logons.h"
#include "tell/logons_tables.h"
#include "tell/safe.h"

#define SHOWN 10 /* of each; a page has more behind it, folded */
#define NAME_COLUMNS 24

/* What is told of one kind. */
struct tried_kind {
	const struct tried *at;
	size_t count;     /* at hand */
	uint64_t total;   /* with those that are not */
	bool is_accounts; /* which can be locked out */
};

static size_t
least(size_t a, uint64_t b)
{
	return a < b ? a : (size_t)b;
}

static struct tried_kind
accounts_of(const struct told_logons *told)
{
	return (struct tried_kind){ told->accounts,
		                    least(told->account_count, told->top),
		                    told->account_total, true };
}

static struct tried_kind
targets_of(const struct told_logons *told)
{
	return (struct tried_kind){ told->targets, least(told->target_count, told->top),
		                    told->target_total, false };
}

/* ---- on a screen */

static void
line(FILE *f, const struct tried *t, bool is_account)
{
	fputs("  ", f);
	safe_cell(f, t->name, NAME_COLUMNS);
	fprintf(f, "  %9" PRIu64 " failures from %" PRIu32 " %s%s\n", t->failures,
	        t->sources, t->sources == 1 ? "source" : "sources",
	        is_account && t->is_locked ? ", locked out" : "");
}

static void
lines(FILE *f, struct tried_kind k, const char *heading)
{
	size_t count = least(k.count, SHOWN);

	if (count == 0)
		return;
	fprintf(f, "\n%s\n", heading);
	for (size_t i = 0; i < count; i++)
		line(f, &k.at[i], k.is_accounts);
	if (k.total > count)
		fprintf(f, "  and %" PRIu64 " more\n", k.total - count);
}

void
logons_text_tried(FILE *f, const struct told_logons *told)
{
	if (told->attackers == 0)
		return;
	lines(f, accounts_of(told), "Accounts that are guessed most:");
	lines(f, targets_of(told), "Machines that are attacked most:");
}

/* ---- on a page */

static void
row(FILE *f, const struct tried *t, bool is_account)
{
	fputs("<tr><th scope=\"row\">", f);
	html_foreign(f, t->name);
	if (is_account && t->is_locked)
		fputs("<span>locked out</span>", f);
	fputs("</th><td>", f);
	html_counted(f, t->failures, "failure", "failures");
	fputs("<span>from ", f);
	html_counted(f, t->sources, "source", "sources");
	fputs("</span></td><td>", f);
	html_time(f, t->first_ms);
	fputs("<span>to ", f);
	html_time(f, t->last_ms);
	fputs("</span></td></tr>\n", f);
}

static void
table(FILE *f, struct tried_kind k, size_t from, size_t to)
{
	fprintf(f,
	        "<div class=\"wide\"><table class=\"few\"><caption>%s</caption>\n"
	        "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">How much</th>"
	        "<th scope=\"col\">When</th></tr></thead>\n<tbody>\n",
	        from > 0        ? "Tried less."
	        : k.is_accounts ? "Accounts that are guessed most."
	                        : "Machines that are attacked most.",
	        k.is_accounts ? "Account" : "Machine");
	for (size_t i = from; i < to; i++)
		row(f, &k.at[i], k.is_accounts);
	fputs("</tbody></table></div>\n", f);
}

static void
tables(FILE *f, struct tried_kind k)
{
	size_t count = least(k.count, SHOWN);

	if (count == 0)
		return;
	table(f, k, 0, count);
	if (k.count > count) {
		fputs("<details><summary>The next <b>", f);
		html_count(f, k.count - count);
		fputs("</b></summary>\n", f);
		table(f, k, count, k.count);
		fputs("</details>\n", f);
	}
	if (k.total > k.count)
		logons_more_html(f, k.total - k.count);
}

void
logons_html_tried(FILE *f, const struct told_logons *told)
{
	struct tried_kind accounts = accounts_of(told);
	struct tried_kind targets = targets_of(told);

	if (told->attackers == 0 || accounts.count + targets.count == 0)
		return;
	fputs("<section>\n<h2 id=\"tried\">Under attack</h2>\n<p>", f);
	html_counted(f, accounts.total, "account is guessed", "accounts are guessed");
	fputs(", on ", f);
	html_counted(f, targets.total, "machine.", "machines.");
	fputs("</p>\n", f);
	tables(f, accounts);
	tables(f, targets);
	fputs("</section>\n", f);
}
