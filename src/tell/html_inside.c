#include "tell/html_inside.h"

#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "know/traces.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/html_hosts.h"
#include "tell/html_page.h"
#include "tell/html_text.h"
#include "tell/statuses.h"
#include "tell/svg_map.h"
#include "tell/tally.h"

static void
title(FILE *f, const struct tally *t)
{
	static const enum state order[] = { STATE_INFECTED, STATE_SUSPECT,
		                            STATE_UNKNOWN, STATE_CLEAN };

	html_counted(f, t->rows, "machine", "machines");
	fputs(" looked at from inside", f);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		if (t->count[order[i]] == 0)
			continue;
		fputs(": ", f);
		if (t->rows > 1) {
			html_count(f, t->count[order[i]]);
			fputc(' ', f);
		}
		fputs(state_name(order[i]), f);
		return;
	}
}

static void
finding_row(FILE *f, const struct finding *finding)
{
	const struct trace *t = trace_find(finding->trace);

	fprintf(f, "<tr><td>%s</td><th scope=\"row\"><a href=\"#t-",
	        grade_name(finding->grade));
	html_text(f, finding->trace);
	fputs("\">", f);
	html_text(f, finding->trace);
	fputs("</a><span>", f);
	html_text(f, t ? t->title : "");
	fputs("</span></th><td><bdi>", f);
	html_text(f, finding->where);
	fputs("</bdi><span>", f);
	for (size_t i = 0; i < finding->field_count; i++) {
		const struct field *field = &finding->fields[i];

		fputs(i > 0 ? "; " : "", f);
		html_text(f, field->key);
		fputs(": ", f);
		if (field->is_text)
			html_foreign(f, field->text);
		else
			fprintf(f, "%" PRId64, field->number);
	}
	fputs("</span></td></tr>\n", f);
}

static void
findings_table(FILE *f, const struct findings *all)
{
	static const enum grade order[] = { GRADE_CONCLUSIVE, GRADE_STRONG, GRADE_WEAK,
		                            GRADE_UNDETERMINED, GRADE_EXONERATING };

	if (all->count == 0) {
		fputs("<p>No sign of the worm.</p>\n", f);
		return;
	}
	fputs("<div class=\"wide\"><table class=\"inside\"><caption>What was seen, "
	      "and where.</caption>\n<thead><tr><th scope=\"col\">Grade</th>"
	      "<th scope=\"col\">Sign</th><th scope=\"col\">Where, and the evidence"
	      "</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t g = 0; g < sizeof order / sizeof order[0]; g++) {
		for (size_t i = 0; i < all->count; i++) {
			if (all->at[i].grade == order[g])
				finding_row(f, &all->at[i]);
		}
	}
	fputs("</tbody></table></div>\n", f);
}

static void
not_asked(FILE *f, const struct verdict *v)
{
	if (v->not_asked_count == 0)
		return;
	fputs("<h3>Not looked at, since it is not there to be looked at</h3>\n<ul>", f);
	for (size_t i = 0; i < v->not_asked_count; i++) {
		fputs("<li>", f);
		html_text(f, v->not_asked[i]);
		fputs("</li>", f);
	}
	fputs("</ul>\n", f);
}

void
html_inside_machine(FILE *f, const struct row *row)
{
	const struct verdict *v = &row->verdict;
	char letters[VARIANTS_ROOM];

	variants_words(letters, v->variants);
	fprintf(f, "<section class=\"state st-%s\">\n<h2>", svg_class(v->state));
	svg_mark(f, v->state);
	fputc(' ', f);
	html_text(f, v->host);
	fprintf(f, ": %s", state_name(v->state));
	fprintf(f, "%s%s</h2>\n<p class=\"when\">", *letters ? ", variant " : "",
	        letters);
	html_said(f, &v->os);
	fputs(" ", f);
	html_said(f, &v->domain);
	fputs("</p>\n<p class=\"lead\">", f);
	html_text(f, v->why);
	fputs("</p>\n<p class=\"lead next\">", f);
	html_text(f, v->next);
	fputs("</p>\n<h3>Signs</h3>\n", f);
	findings_table(f, &row->findings);
	if (row->statuses && row->statuses->count > 0) {
		fputs("<h3>Defences</h3>\n", f);
		statuses_html(f, row->statuses);
	}
	if (row->mended) {
		fputs("<h3>What was changed on it</h3>\n<p>", f);
		mended_html(f, row->mended);
		fputs("</p>\n", f);
		if (row->mended->plan)
			changes_html(f, row->mended->plan);
	}
	not_asked(f, v);
	fputs("</section>\n", f);
}

static enum err
how(FILE *f, const struct view *view)
{
	fputs("<section>\n<h2 id=\"how\">How it was looked at</h2>\n"
	      "<dl class=\"how\">",
	      f);
	TRY(html_command(f, &view->run));
	fprintf(f, "</dd>\n<dt>Took</dt><dd>%.1f s</dd>\n<dt>Version</dt><dd>confine ",
	        view->summary.seconds);
	html_text(f, view->run.version);
	fputs("</dd></dl>\n<p>Files and the registry were read, as they lie on the "
	      "disk; looking changes nothing. What this cannot see: a worm that is in "
	      "the memory of a running machine and left nothing on its disk.</p>\n"
	      "</section>\n",
	      f);
	return OK;
}

static enum err
each(struct view *view, const struct style *style, struct tally *t, FILE *f)
{
	struct row row = { 0 };
	bool more = false;

	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			return OK;
		if (t)
			tally_row(t, &row);
		else
			html_inside_machine(f, &row);
	}
}

static void
signs_section(FILE *f, const struct tally *t)
{
	fputs("<section>\n<h2 id=\"signs\">The signs in this report</h2>\n", f);
	html_signs(f, t);
	fputs("</section>\n", f);
}

enum err
html_inside_signs(FILE *f, const struct row *before, const struct row *after)
{
	OWN(own_mem) struct tally *t = calloc(1, sizeof *t);

	if (!t)
		return ERR_MEMORY;
	tally_row(t, before);
	if (after)
		tally_row(t, after);
	tally_sort(t);
	signs_section(f, t);
	return OK;
}

enum err
html_inside_page(FILE *f, struct view *view, const struct style *style)
{
	OWN(own_mem) struct tally *t = calloc(1, sizeof *t);

	if (!t)
		return ERR_MEMORY;
	TRY(each(view, style, t, f));
	tally_sort(t);
	html_head_begin(f);
	title(f, t);
	html_head_end(f);
	fputs("<header>\n<p class=\"kind\">Conficker report</p>\n<h1>", f);
	title(f, t);
	fputs("</h1>\n<p class=\"when\">", f);
	html_time(f, view->run.started_ms);
	fputs("</p>\n</header>\n<main>\n", f);
	TRY(each(view, style, NULL, f));
	TRY(how(f, view));
	signs_section(f, t);
	html_page_end(f);
	return tell_flush(f);
}
