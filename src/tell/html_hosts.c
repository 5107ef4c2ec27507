#include "tell/html_hosts.h"

#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "know/traces.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/html_text.h"
#include "tell/statuses.h"
#include "tell/svg_map.h"

#define DEFENCES_MOST (256u * 1024) /* of 4,096 statuses by their names */

const char *
html_state(enum state state)
{
	static const char *const words[] = {
		[STATE_INFECTED] = "Infected", [STATE_SUSPECT] = "Suspect",
		[STATE_UNKNOWN] = "Unknown",   [STATE_NO_SIGN] = "No sign",
		[STATE_CLEAN] = "Clean",       [STATE_ABSENT] = "Nothing there",
	};

	return state >= STATE_INFECTED && state <= STATE_ABSENT ? words[state]
	                                                        : "Unknown";
}

/* What a state does and does not say: the caption of its table. */
static const char *
state_sentence(enum state state)
{
	static const char *const sentences[] = {
		[STATE_INFECTED] = "The worm is there: nothing else that is known "
				   "answers so, or leaves such traces.",
		[STATE_SUSPECT] = "What was seen is seldom anything but the worm, yet "
				  "no proof. Look inside.",
		[STATE_UNKNOWN] = "Something is there, but the question could not be "
				  "settled. That is neither good nor bad news.",
		[STATE_NO_SIGN] = "It answered as an uninfected machine does, at that "
				  "moment. From outside, no more can be said.",
		[STATE_CLEAN] = "Looked at from inside, in every place that applies, "
				"and nothing was found.",
		[STATE_ABSENT] = "No port that was asked took a connection. Counted as "
				 "unknown: a firewall looks the same.",
	};

	return sentences[state];
}

static void
table_begin(FILE *f, enum state state, uint64_t count)
{
	fprintf(f, "<section class=\"state st-%s\">\n<h3 id=\"st-%s\">",
	        svg_class(state), svg_class(state));
	svg_mark(f, state);
	fprintf(f, " %s <span class=\"n\">", html_state(state));
	html_counted(f, count, "host", "hosts");
	fputs("</span></h3>\n<table class=\"hosts\"><caption>", f);
	fputs(state_sentence(state), f);
	fputs("</caption>\n<thead><tr><th scope=\"col\" class=\"host\">Host</th>"
	      "<th scope=\"col\" class=\"name\">Name</th>"
	      "<th scope=\"col\" class=\"os\">System</th>"
	      "<th scope=\"col\">Reason and evidence</th></tr></thead>\n<tbody>\n",
	      f);
}

static void
table_end(FILE *f)
{
	fputs("</tbody></table>\n</section>\n", f);
}

static void
field_item(FILE *f, const struct field *field)
{
	fputs(" <code>", f);
	html_text(f, field->key);
	fputc('=', f);
	if (field->is_text)
		html_foreign(f, field->text);
	else
		fprintf(f, "%" PRId64, field->number);
	fputs("</code>", f);
}

static void
finding_item(FILE *f, const struct finding *finding)
{
	fputs("<li><a href=\"#t-", f);
	html_text(f, finding->trace);
	fputs("\">", f);
	html_text(f, finding->trace);
	fprintf(f, "</a>, %s, at ", grade_name(finding->grade));
	html_text(f, finding->where);
	fputs(finding->field_count > 0 ? ":" : "", f);
	for (size_t i = 0; i < finding->field_count && i < FIELDS_MOST; i++)
		field_item(f, &finding->fields[i]);
	fputs("</li>", f);
}

/* What there is to do about its defences; in full only in a report on it alone. */
static void
defences_item(FILE *f, const struct statuses *all)
{
	OWN(buf_free) struct buf b = { .ceiling = DEFENCES_MOST };

	statuses_brief(&b, all, NEED_DOING);
	if (b.len == 0 || b.bad)
		return;
	fputs("<li>to be done about its defences: ", f);
	html_text(f, buf_string(&b));
	fputs("</li>", f);
}

/* The first reason; and what a sceptic would ask for, folded away. */
static void
evidence(FILE *f, const struct row *row)
{
	const struct verdict *v = &row->verdict;
	char letters[VARIANTS_ROOM];

	variants_text(letters, v->variants);
	fputs("<details><summary>", f);
	html_text(f, v->reason_count > 0 ? v->reasons[0] : "no reason");
	if (*letters)
		fprintf(f, " <b>%s</b>", letters);
	fputs("</summary><p>", f);
	html_text(f, v->why);
	fputc(' ', f);
	html_text(f, v->next);
	fputs("</p><ul>", f);
	for (size_t i = 0; i < row->findings.count; i++)
		finding_item(f, &row->findings.at[i]);
	if (row->statuses)
		defences_item(f, row->statuses);
	if (row->mended) {
		fputs("<li>", f);
		mended_html(f, row->mended);
		fputs("</li>", f);
	}
	fputs(v->inside ? "<li>looked at from inside " : "<li>asked ", f);
	html_time(f, v->time_ms);
	fprintf(f, ", took %" PRId64 " ms", v->took_ms);
	if (v->has_skew)
		fprintf(f, "; its clock minus ours: %" PRId64 " s", v->skew_s);
	fputs("</li></ul></details>", f);
}

static void
host_row(FILE *f, const struct row *row)
{
	const struct verdict *v = &row->verdict;

	fputs("<tr><th scope=\"row\">", f);
	html_text(f, v->host);
	fputs("</th><td>", f);
	html_said(f, &v->name);
	if (!said_is_empty(&v->domain)) {
		fputs("<span>", f);
		html_said(f, &v->domain);
		fputs("</span>", f);
	}
	fputs("</td><td>", f);
	html_said(f, &v->os);
	fputs("</td><td>", f);
	evidence(f, row);
	fputs("</td></tr>\n", f);
}

enum err
html_hosts(FILE *f, struct view *view, const struct style *style,
           const struct tally *tally)
{
	struct row row = { 0 };
	enum state open = (enum state)0; /* the state whose table is open */
	bool more = false;

	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		enum state state = row.verdict.state;
		if (state != open) {
			if (open)
				table_end(f);
			table_begin(f, state, tally->count[state]);
			open = state;
		}
		host_row(f, &row);
	}
	if (open)
		table_end(f);
	return OK;
}

static void
source_items(FILE *f, const char *tags)
{
	while (*tags) {
		char tag[FIELD_KEY_ROOM] = { 0 };
		size_t len = strcspn(tags, " ");

		if (len < sizeof tag)
			memcpy(tag, tags, len);
		const struct source *source = source_find(tag);
		fputs("<li>", f);
		html_text(f, source ? source->text : tag);
		fputs("</li>", f);
		tags += len;
		tags += strspn(tags, " ");
	}
}

static void
sign(FILE *f, const struct trace *t)
{
	char letters[VARIANTS_ROOM];

	variants_text(letters, t->variants);
	fputs("<dt id=\"t-", f);
	html_text(f, t->id);
	fputs("\"><code>", f);
	html_text(f, t->id);
	const char *side = t->grade == GRADE_EXONERATING ? "speaks against" : "fits";
	fprintf(f, "</code> <span>%s", grade_name(t->grade));
	if (*letters)
		fprintf(f, ", %s variants %s", side, letters);
	fputs("</span></dt>\n<dd><p>", f);
	html_text(f, t->meaning);
	fputs("</p>\n<p><i>What fools it:</i> ", f);
	html_text(f, t->fooled);
	fputs("</p>\n<ul class=\"sources\">", f);
	source_items(f, t->sources);
	fputs("</ul></dd>\n", f);
}

void
html_signs(FILE *f, const struct tally *tally)
{
	fputs("<dl class=\"signs\">\n", f);
	for (size_t i = 0; i < tally->traces; i++) {
		const struct trace *t = trace_find(tally->trace[i]);

		if (t)
			sign(f, t);
	}
	fputs("</dl>\n", f);
}
