/*
 * Of which machines nothing can be said, since they do not record what fails: on a
 * screen and on a page.
 */
#include <inttypes.h>

#include "tell/html_text.h"
#include "tell/logons.h"
#include "tell/para.h"

#define SHOWN 12 /* without -v, and on a page */

/* ---- on a screen */

void
logons_text_audit(FILE *f, const struct told_logons *told, const struct style *style)
{
	size_t most = style->verbose > 0 ? told->unaudited_count : SHOWN;
	char why[WHY_ROOM];

	if (told->unaudited_count == 0)
		return;
	fputs(
	    "\nWho attacks these is unknown, because failed logons are not recorded:\n",
	    f);
	for (size_t i = 0; i < told->unaudited_count && i < most; i++) {
		struct para p = para_begin(f, "  ", 4);

		para_word(&p, told->unaudited[i].machine);
		audited_because(&told->unaudited[i], why);
		para_words(&p, "-");
		para_words(&p, why);
		para_end(&p);
	}
	if (told->unaudited_count > most)
		fprintf(f, "  and %zu more\n", told->unaudited_count - most);
	fputs("How it is turned on:\n", f);
	for (size_t i = 0; i < audited_advice_count; i++) {
		struct para p = para_begin(f, "  ", 4);

		para_words(&p, audited_advice[i]);
		para_end(&p);
	}
}

/* ---- on a page */

static void
row(FILE *f, const struct audited *a)
{
	char why[WHY_ROOM];

	fputs("<tr><th scope=\"row\">", f);
	html_foreign(f, a->machine);
	fputs("</th><td>", f);
	audited_because(a, why);
	html_text(f, why);
	fputs("</td></tr>\n", f);
}

static void
advice(FILE *f)
{
	fputs("<details open><summary>How it is turned on</summary>\n<ul>", f);
	for (size_t i = 0; i < audited_advice_count; i++) {
		fputs("<li>", f);
		html_text(f, audited_advice[i]);
		fputs("</li>\n", f);
	}
	fputs("</ul></details>\n", f);
}

void
logons_html_audit(FILE *f, const struct told_logons *told)
{
	size_t count = told->unaudited_count < SHOWN ? told->unaudited_count : SHOWN;

	if (told->unaudited_count == 0)
		return;
	fputs("<section>\n<h2 id=\"unknown\">Who attacks ", f);
	html_counted(f, told->unaudited_count, "machine", "machines");
	fputs(" is unknown</h2>\n<div class=\"wide\"><table class=\"few\">"
	      "<caption>Failed logons are not recorded there.</caption>\n<thead><tr>"
	      "<th scope=\"col\">Machine</th><th scope=\"col\">Because</th></tr>"
	      "</thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < count; i++)
		row(f, &told->unaudited[i]);
	fputs("</tbody></table></div>\n", f);
	if (told->unaudited_count > count) {
		fputs("<p class=\"aside\">… and ", f);
		html_count(f, told->unaudited_count - count);
		fputs(" more; <code>--format json</code> has them all.</p>\n", f);
	}
	advice(f);
	fputs("</section>\n", f);
}
