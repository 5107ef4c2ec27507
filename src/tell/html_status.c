/* Statuses in HTML: a table, and the page of a command that asks for them alone. */
#include <string.h>

#include "tell/html_page.h"
#include "tell/html_text.h"
#include "tell/formats.h"
#include "tell/statuses.h"

static const char *
need_html(enum status_need need)
{
	switch (need) {
	case NEED_NOTHING: return "In order";
	case NEED_DOING: return "<b>To do</b>";
	case NEED_TELLING: break;
	}
	return "Unknown";
}

static void
field_html(FILE *f, const struct status_field *field)
{
	html_text(f, field->key);
	fputs(": <bdi>", f);
	if (field->is == STATUS_TEXT)
		html_text(f, field->text);
	else if (field->is == STATUS_BOOL)
		fputs(field->number ? "yes" : "no", f);
	else
		fprintf(f, "%lld", (long long)field->number);
	fputs("</bdi>", f);
}

static void
fields_html(FILE *f, const struct status *s)
{
	bool first = true;

	fputs("<span>", f);
	for (size_t i = 0; i < s->field_count; i++) {
		const struct status_field *field = &s->fields[i];

		if (field->is == STATUS_TEXT && !field->text[0])
			continue;
		fputs(first ? "" : "; ", f);
		field_html(f, field);
		first = false;
	}
	fputs("</span>", f);
}

static void
one_row(FILE *f, const struct status *s)
{
	fprintf(f, "<tr><td>%s</td><th scope=\"row\"><bdi>", need_html(s->need));
	html_text(f, status_called(s));
	fputs("</bdi></th><td>", f);
	html_text(f, s->says);
	fputs(s->next[0] ? "<br>" : "", f);
	html_text(f, s->next);
	fields_html(f, s);
	fputs("</td></tr>\n", f);
}

static void
rest_row(FILE *f, uint64_t count, const struct status *last)
{
	fprintf(f, "<tr><td>%s</td><th scope=\"row\">… <bdi>", need_html(last->need));
	html_text(f, status_called(last));
	fputs("</bdi></th><td>and ", f);
	html_count(f, count);
	fputs(" more alike; <code>--format json</code> has them all.</td></tr>\n", f);
}

static void
table(FILE *f, const struct statuses *all, const char *caption)
{
	if (all->count == 0)
		return;
	fprintf(f,
	        "<div class=\"wide\"><table class=\"inside\"><caption>%s</caption>\n",
	        caption);
	fputs("<thead><tr><th scope=\"col\">State</th><th scope=\"col\">What</th>"
	      "<th scope=\"col\">How it stands, and what to do</th></tr></thead>\n"
	      "<tbody>\n",
	      f);
	for (size_t i = 0; i < all->count;) {
		size_t shown = 0;
		size_t count = statuses_alike(all, i, &shown);

		for (size_t k = 0; k < shown; k++)
			one_row(f, &all->at[i + k]);
		i += count;
		if (count > shown)
			rest_row(f, count - shown, &all->at[i - 1]);
	}
	fputs("</tbody></table></div>\n", f);
}

void
statuses_html(FILE *f, const struct statuses *all)
{
	table(f, all,
	      "How its defences stand. Only signs decide whether it is infected.");
}

static void
title(FILE *f, const struct told_statuses *told)
{
	size_t count[NEED_TELLING + 1] = { 0 };

	for (size_t i = 0; i < told->statuses->count; i++)
		count[told->statuses->at[i].need]++;
	html_text(f, told->of ? told->of->host : told->run->command);
	fputs(": ", f);
	if (count[NEED_DOING] + count[NEED_TELLING] == 0)
		fputs(told->statuses->count > 0 ? "all in order" : "nothing there", f);
	if (count[NEED_DOING] > 0) {
		html_count(f, count[NEED_DOING]);
		fputs(" to do", f);
	}
	if (count[NEED_TELLING] == 0)
		return;
	fputs(count[NEED_DOING] > 0 ? ", " : "", f);
	html_count(f, count[NEED_TELLING]);
	fputs(" unknown", f);
}

enum err
statuses_html_page(FILE *f, const struct told_statuses *told, const struct style *style)
{
	const struct verdict *of = told->of;

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
	html_text(f, of ? of->os.utf8 : "");
	fputs("</p>\n</header>\n<main>\n<section>\n", f);
	table(f, told->statuses, "How it stands, and what to do about it.");
	fputs(told->statuses->count == 0 ? "<p>Nothing there.</p>\n" : "", f);
	fputs("<dl class=\"how\">", f);
	TRY(html_command(f, told->run));
	fputs("</dd></dl>\n</section>\n", f);
	html_page_end(f);
	return tell_flush(f);
}
