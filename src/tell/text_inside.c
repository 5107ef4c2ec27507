#include "tell/text_inside.h"

#include <inttypes.h>
#include <string.h>

#include "know/traces.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/para.h"
#include "tell/safe.h"
#include "tell/statuses.h"

#define GRADE_COLUMNS 15 /* "  undetermined " */
#define PLACE_INDENT 6
#define PLACES_SHOWN 4 /* of one trace, without -v */

enum err
text_inside_is_for(struct view *view, const struct style *style, bool *is)
{
	const char *command = view->run.command;
	uint64_t machines = 0;
	struct row row = { 0 };
	bool more = true;

	*is = strcmp(command, "check") == 0 || strcmp(command, "usb") == 0 ||
	      strcmp(command, "clean") == 0;
	if (!*is)
		return OK;
	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		machines += row.verdict.inside;
		if (!row.verdict.inside)
			break;
	}
	/* Absent hosts may have no rows, yet they were asked. */
	*is = !more && machines == view->summary.targets;
	return OK;
}

static const char *
color_of(enum state state)
{
	switch (state) {
	case STATE_INFECTED: return "\x1b[1;31m";
	case STATE_SUSPECT: return "\x1b[1;35m";
	case STATE_CLEAN: return "\x1b[32m";
	case STATE_UNKNOWN:
	case STATE_NO_SIGN:
	case STATE_ABSENT: break;
	}
	return "\x1b[33m";
}

void
text_inside_headline(FILE *f, const struct verdict *v, const struct style *style)
{
	char letters[VARIANTS_ROOM];

	variants_words(letters, v->variants);
	safe_text(f, v->host);
	fputs(v->os.utf8[0] ? ", " : "", f);
	safe_text(f, v->os.utf8);
	fprintf(f, ": %s%s%s", style->color ? color_of(v->state) : "",
	        state_name(v->state), style->color ? "\x1b[0m" : "");
	fprintf(f, "%s%s%s\n", *letters ? " (variant " : "", letters,
	        *letters ? ")" : "");
	struct para p = para_begin(f, "", 2);
	para_words(&p, v->why);
	para_end(&p);
	if (!v->next[0])
		return;
	p = para_begin(f, "", 2);
	para_words(&p, "Next:");
	para_words(&p, v->next);
	para_end(&p);
}

/* A path stays whole, however long: it is to be copied. */
static void
place(FILE *f, const struct finding *finding, bool with_evidence)
{
	fprintf(f, "%*s", PLACE_INDENT, "");
	safe_text(f, finding->where);
	fputc('\n', f);
	if (!with_evidence || finding->field_count == 0)
		return;
	struct para p = para_begin(f, "", PLACE_INDENT + 2);
	for (size_t i = 0; i < finding->field_count; i++) {
		const struct field *field = &finding->fields[i];
		char pair[FIELD_KEY_ROOM + FIELD_TEXT_ROOM + 24];

		if (field->is_text)
			snprintf(pair, sizeof pair, "%s=%s", field->key, field->text);
		else
			snprintf(pair, sizeof pair, "%s=%" PRId64, field->key,
			         field->number);
		para_word(&p, pair);
	}
	para_end(&p);
}

/* The reason why a place could not be read stands in its evidence. */
static const char *
because_of(const struct finding *finding)
{
	for (size_t i = 0; i < finding->field_count; i++) {
		if (strcmp(finding->fields[i].key, "because") == 0)
			return finding->fields[i].text;
	}
	return "";
}

static bool
is_first_of_its_trace(const struct findings *all, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (strcmp(all->at[i].trace, all->at[at].trace) == 0)
			return false;
	}
	return true;
}

/* A trace with all the places where it was seen. */
static void
sign(FILE *f, const struct findings *all, size_t first, const struct style *style)
{
	const struct finding *lead = &all->at[first];
	const struct trace *t = trace_find(lead->trace);
	char head[GRADE_COLUMNS + 8];
	size_t shown = 0;
	size_t count = 0;

	snprintf(head, sizeof head, "  %-*s", GRADE_COLUMNS - 2,
	         grade_name(lead->grade));
	struct para p = para_begin(f, head, GRADE_COLUMNS);
	para_word(&p, lead->trace);
	para_words(&p, "-");
	para_words(&p, t ? t->title : "This confine does not know this sign.");
	para_end(&p);
	for (size_t i = first; i < all->count; i++) {
		const struct finding *finding = &all->at[i];

		if (strcmp(finding->trace, lead->trace) != 0)
			continue;
		count++;
		if (shown == PLACES_SHOWN && style->verbose == 0)
			continue;
		shown++;
		place(f, finding, style->verbose > 0);
		if (style->verbose > 0 || !because_of(finding)[0])
			continue;
		p = para_begin(f, "", PLACE_INDENT + 2);
		para_words(&p, because_of(finding));
		para_end(&p);
	}
	if (count > shown)
		fprintf(f, "%*sand %zu more; -v shows them.\n", PLACE_INDENT, "",
		        count - shown);
}

void
text_inside_signs(FILE *f, const struct findings *all, const struct style *style)
{
	static const enum grade order[] = { GRADE_CONCLUSIVE, GRADE_STRONG, GRADE_WEAK,
		                            GRADE_UNDETERMINED, GRADE_EXONERATING };

	if (all->count == 0)
		return;
	fputs("\nSigns\n", f);
	for (size_t g = 0; g < sizeof order / sizeof order[0]; g++) {
		for (size_t i = 0; i < all->count; i++) {
			if (all->at[i].grade == order[g] &&
			    is_first_of_its_trace(all, i))
				sign(f, all, i, style);
		}
	}
}

static void
not_asked(FILE *f, const struct verdict *v)
{
	if (v->not_asked_count == 0)
		return;
	fputs("\nNot looked at, since it is not there to be looked at\n", f);
	for (size_t i = 0; i < v->not_asked_count; i++) {
		struct para p = para_begin(f, "", 2);

		para_words(&p, v->not_asked[i]);
		para_end(&p);
	}
}

static void
machine(FILE *f, const struct row *row, const struct style *style)
{
	text_inside_headline(f, &row->verdict, style);
	if (row->mended)
		mended_text(f, row->mended);
	text_inside_signs(f, &row->findings, style);
	if (row->statuses && row->statuses->count > 0) {
		fputs("\nDefences\n", f);
		statuses_text(f, row->statuses, style, false);
	}
	if (style->verbose > 0)
		not_asked(f, &row->verdict);
}

enum err
text_inside_page(FILE *f, struct view *view, const struct style *style)
{
	struct row row = { 0 };
	bool more = false;

	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (bool first = true;; first = false) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		fputs(first ? "" : "\n", f);
		machine(f, &row, style);
	}
	return tell_flush(f);
}
