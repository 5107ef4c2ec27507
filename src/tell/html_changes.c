/*
 * Changes in HTML: a table, and the page of a command that changed a machine, which
 * tells the story: how it was, what was done, how it is, what stays to be done.
 */
#include <string.h>

#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/html_inside.h"
#include "tell/html_page.h"
#include "tell/html_text.h"
#include "tell/statuses.h"

static void
one_row(FILE *f, const struct change *c)
{
	char where[CHANGE_PLACE_ROOM];

	change_place(c, where);
	fprintf(f, "<tr><td>%s</td><th scope=\"row\">", change_state_name(c->state));
	html_foreign(f, c->says);
	fputs("<span>", f);
	html_text(f, change_kind_name(c->kind));
	fputs("</span></th><td><bdi>", f);
	html_text(f, where);
	fputs("</bdi><span>", f);
	for (size_t i = 0; i < c->sign_count; i++) {
		fputs(i > 0 ? "; " : "rests on: ", f);
		html_text(f, c->signs[i]);
	}
	fputs(c->from[0] ? "; from: " : "", f);
	html_foreign(f, c->from);
	fputs(c->error[0] ? "; failed: " : "", f);
	html_foreign(f, c->error);
	fputs("</span></td></tr>\n", f);
}

void
changes_html(FILE *f, const struct plan *plan)
{
	if (plan->count == 0)
		return;
	fputs("<div class=\"wide\"><table class=\"inside\"><caption>What was changed, "
	      "in this order, and what each change rests on.</caption>\n"
	      "<thead><tr><th scope=\"col\">State</th><th scope=\"col\">Change</th>"
	      "<th scope=\"col\">Where, and why</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < plan->count; i++)
		one_row(f, &plan->at[i]);
	fputs("</tbody></table></div>\n", f);
}

void
mended_html(FILE *f, const struct mended *m)
{
	char words[MENDED_WORDS_ROOM];

	mended_words(m, words);
	fputs("Changed ", f);
	html_text(f, words);
	fputs(m->journal[0] ? ". What undoes it: <code>" : ".", f);
	html_text(f, m->journal);
	fputs(m->journal[0] ? "</code>" : "", f);
}

static void
notes(FILE *f, const char *title, const struct plan_note *at, size_t count)
{
	if (count == 0)
		return;
	fprintf(f, "<h3>%s</h3>\n<ul>", title);
	for (size_t i = 0; i < count; i++) {
		fputs("<li>", f);
		html_foreign(f, at[i].says);
		if (at[i].target[0]) {
			fputs(" <bdi>", f);
			html_text(f, at[i].target);
			fputs("</bdi>", f);
		}
		fputs("</li>", f);
	}
	fputs("</ul>\n", f);
}

static void
steps(FILE *f, const struct told_changes *told)
{
	if (told->step_count == 0)
		return;
	fputs("<h3>Commands to type next</h3>\n<ul>", f);
	for (size_t i = 0; i < told->step_count; i++) {
		fputs("<li><code>", f);
		html_text(f, told->steps[i].command);
		fprintf(f, "</code>: %s</li>", told->steps[i].why);
	}
	fputs("</ul>\n", f);
}

/* "WARD-35: clean, was infected" */
static void
title(FILE *f, const struct told_changes *told)
{
	const struct row *now = told->after ? told->after : told->before;

	html_text(f, told->host);
	if (!told->judged || !now)
		return;
	fprintf(f, ": %s", state_name(now->verdict.state));
	if (told->after && told->before &&
	    told->before->verdict.state != now->verdict.state)
		fprintf(f, ", was %s", state_name(told->before->verdict.state));
}

static void
look(FILE *f, const char *heading, const struct row *row, bool judged)
{
	if (!row)
		return;
	if (judged) {
		fprintf(f, "<p class=\"kind\">%s</p>\n", heading);
		html_inside_machine(f, row);
	} else if (row->statuses && row->statuses->count > 0) {
		fprintf(f, "<section>\n<h2>%s</h2>\n", heading);
		statuses_html(f, row->statuses);
		fputs("</section>\n", f);
	}
}

static void
deeds(FILE *f, const struct told_changes *told)
{
	fputs("<section>\n<h2 id=\"changes\">What was done</h2>\n<p class=\"lead\">",
	      f);
	html_text(f, told->outcome);
	fputs("</p>\n", f);
	if (told->journal[0]) {
		fputs("<p>All of it can be put back from the journal: <code>", f);
		html_text(f, told->journal);
		fputs("</code></p>\n", f);
	}
	changes_html(f, told->plan);
	fputs("</section>\n", f);
}

static enum err
rest(FILE *f, const struct told_changes *told)
{
	const struct plan *plan = told->plan;

	fputs("<section>\n<h2 id=\"rest\">What stays to be done</h2>\n", f);
	if (!told->is_undo) {
		notes(f, "Found, and left alone", plan->left, plan->left_count);
		notes(f, "For a person to do", plan->persons, plan->person_count);
	}
	steps(f, told);
	fputs("<dl class=\"how\">", f);
	TRY(html_command(f, told->run));
	fputs("</dd></dl>\n</section>\n", f);
	return OK;
}

enum err
changes_html_page(FILE *f, const struct told_changes *told, const struct style *style)
{
	(void)style;
	html_head_begin(f);
	html_text(f, told->run->command);
	fputs(", ", f);
	title(f, told);
	html_head_end(f);
	fputs("<header>\n<p class=\"kind\">Conficker report: ", f);
	html_text(f, told->run->command);
	fputs("</p>\n<h1>", f);
	title(f, told);
	fputs("</h1>\n<p class=\"when\">", f);
	html_time(f, told->run->started_ms);
	fputs("</p>\n</header>\n<main>\n", f);
	look(f, "Before", told->before, told->judged);
	deeds(f, told);
	look(f, "After", told->after, told->judged);
	TRY(rest(f, told));
	if (told->judged && told->before)
		TRY(html_inside_signs(f, told->before, told->after));
	html_page_end(f);
	return tell_flush(f);
}
