/*
 * For people at a terminal: a line a host within 80 columns, the worst first;
 * then what the reasons mean, the sum, and the commands to type next.  A first
 * walk over the rows finds how wide the columns must be.
 */
#include <inttypes.h>

#include "base/own.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/logons.h"
#include "tell/para.h"
#include "tell/safe.h"
#include "tell/shell.h"
#include "tell/statuses.h"
#include "tell/tally.h"
#include "tell/text_inside.h"

#define STATE_COLUMNS 8 /* "infected" */
#define REASON_LEAST 17 /* what a reason gets even beside long names */
#define OS_FAIR 14      /* "Windows XP SP3" */
#define GAP 2           /* between two columns */
#define EVIDENCE_INDENT 4

struct columns {
	unsigned host;
	unsigned os;
	unsigned name;
};

/* Widest that a column gets, whatever stands in it. */
static const struct columns widest = { .host = 39, .os = 26, .name = 16 };
/* What it keeps where the line is too short for all. */
static const struct columns narrowest = { .host = 15, .os = 8, .name = 7 };

static void
widen(unsigned *column, const char *utf8, unsigned most)
{
	unsigned width = safe_width(utf8);

	if (width > most)
		width = most;
	if (width > *column)
		*column = width;
}

/* Takes from a column what the line is over; returns what is still missing. */
static unsigned
narrow(unsigned *column, unsigned least, unsigned over)
{
	unsigned spare = *column > least ? *column - least : 0;
	unsigned take = spare < over ? spare : over;

	*column -= take;
	return over - take;
}

static unsigned
reason_room(const struct columns *c)
{
	unsigned taken = c->host + c->os + c->name + STATE_COLUMNS + 4 * GAP;

	return taken < PARA_COLUMNS ? PARA_COLUMNS - taken : 0;
}

static void
fit(struct columns *c)
{
	unsigned room = reason_room(c);
	unsigned taken = c->host + c->os + c->name + STATE_COLUMNS + 4 * GAP;
	unsigned over = taken + REASON_LEAST - PARA_COLUMNS;

	if (room >= REASON_LEAST)
		return;
	over = narrow(&c->os, OS_FAIR, over);
	over = narrow(&c->name, narrowest.name, over);
	over = narrow(&c->os, narrowest.os, over);
	narrow(&c->host, narrowest.host, over);
}

static enum err
survey(struct view *view, const struct style *style, struct tally *tally,
       struct columns *c)
{
	struct row row = { 0 };
	bool more = false;

	*c = (struct columns){ 1, 1, 1 };
	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		tally_row(tally, &row);
		widen(&c->host, row.verdict.host, widest.host);
		widen(&c->os, row.verdict.os.utf8, widest.os);
		widen(&c->name, row.verdict.name.utf8, widest.name);
	}
	tally_sort(tally);
	fit(c);
	return OK;
}

static const char *
color_of(enum state state)
{
	switch (state) {
	case STATE_INFECTED: return "\x1b[1;31m";
	case STATE_SUSPECT: return "\x1b[1;35m";
	case STATE_UNKNOWN: return "\x1b[33m";
	case STATE_CLEAN: return "\x1b[32m";
	case STATE_NO_SIGN:
	case STATE_ABSENT: break;
	}
	return "";
}

static void
state_cell(FILE *f, enum state state, bool color)
{
	const char *on = color ? color_of(state) : "";

	fputs(on, f);
	safe_cell(f, tell_state(state), STATE_COLUMNS);
	fputs(*on ? "\x1b[0m" : "", f);
	fprintf(f, "%*s", GAP, "");
}

static void
cell(FILE *f, const char *utf8, unsigned columns)
{
	safe_cell(f, *utf8 ? utf8 : "-", columns);
	fprintf(f, "%*s", GAP, "");
}

/* Variants and first reason; nothing where there is nothing to do about it. */
static void
reason_text(char *out, size_t room, const struct verdict *v)
{
	char letters[VARIANTS_ROOM];
	bool calm = v->state == STATE_NO_SIGN || v->state == STATE_CLEAN;

	variants_text(letters, v->variants);
	snprintf(out, room, "%s%s%s", letters, *letters ? " " : "",
	         calm || v->reason_count == 0 ? "" : v->reasons[0]);
}

/* The last cell of a line, without blanks behind it. */
static void
last_cell(FILE *f, const char *utf8, unsigned most)
{
	unsigned width = safe_width(utf8);

	safe_cell(f, utf8, width < most ? width : most);
	fputc('\n', f);
}

static void
host_line(FILE *f, const struct verdict *v, const struct columns *c, bool color)
{
	const char *name = said_is_empty(&v->name) ? "-" : v->name.utf8;
	char reason[VARIANTS_ROOM + TRACE_ROOM + 1];

	reason_text(reason, sizeof reason, v);
	cell(f, v->host, c->host);
	state_cell(f, v->state, color);
	cell(f, v->os.utf8, c->os);
	if (!*reason) {
		last_cell(f, name, c->name);
		return;
	}
	cell(f, name, c->name);
	last_cell(f, reason, reason_room(c));
}

/* Codes of Windows are looked up in hexadecimal. */
static void
number_pair(char *out, size_t room, const struct field *field)
{
	if (field->number > 0xFFFF)
		snprintf(out, room, "%s=0x%" PRIX64, field->key,
		         (uint64_t)field->number);
	else
		snprintf(out, room, "%s=%" PRId64, field->key, field->number);
}

static void
finding_lines(FILE *f, const struct finding *finding)
{
	struct para p = para_begin(f, "", EVIDENCE_INDENT);

	para_word(&p, finding->where);
	para_word(&p, finding->trace);
	para_words(&p, grade_name(finding->grade));
	for (size_t i = 0; i < finding->field_count && i < FIELDS_MOST; i++) {
		const struct field *field = &finding->fields[i];
		char pair[FIELD_KEY_ROOM + FIELD_TEXT_ROOM];

		if (field->is_text)
			snprintf(pair, sizeof pair, "%s=%s", field->key, field->text);
		else
			number_pair(pair, sizeof pair, field);
		para_word(&p, pair);
	}
	para_end(&p);
}

/* -v: all of what the line above had to cut short, and what was seen. */
static void
evidence(FILE *f, const struct row *row)
{
	const struct verdict *v = &row->verdict;
	struct para p = para_begin(f, "", EVIDENCE_INDENT);

	para_words(&p, v->why);
	para_words(&p, v->next);
	para_end(&p);
	p = para_begin(f, "", EVIDENCE_INDENT);
	para_word(&p, v->host);
	para_words(&p, "calls itself");
	para_word(&p, said_is_empty(&v->name) ? "nothing" : v->name.utf8);
	if (!said_is_empty(&v->domain)) {
		para_words(&p, "of");
		para_word(&p, v->domain.utf8);
	}
	if (!said_is_empty(&v->os)) {
		para_words(&p, "on");
		para_word(&p, v->os.utf8);
	}
	para_end(&p);
	if (row->mended)
		mended_text(f, row->mended);
	for (size_t i = 0; i < row->findings.count; i++)
		finding_lines(f, &row->findings.at[i]);
}

/* A sentence a reason, and what to do about it. */
static void
meanings(FILE *f, const struct tally *tally)
{
	for (size_t i = 0; i < tally->groups; i++) {
		const struct group *g = &tally->group[i];
		char head[TRACE_ROOM + 48];

		snprintf(head, sizeof head, "%" PRIu64 " %s, %s:", g->count,
		         tell_state(g->state), *g->reason ? g->reason : "no reason");
		fputs(i == 0 ? "\n" : "", f);
		struct para p = para_begin(f, head, 2);
		para_words(&p, group_title(g));
		para_words(&p, group_next(g));
		para_end(&p);
	}
	if (tally->rest > 0)
		fprintf(f, "%" PRIu64 " more, for other reasons: see -v.\n",
		        tally->rest);
}

static void
sum(FILE *f, const struct summary *summary, const struct tally *tally)
{
	static const enum state order[] = { STATE_INFECTED, STATE_SUSPECT,
		                            STATE_UNKNOWN, STATE_NO_SIGN, STATE_CLEAN };
	char part[64];

	snprintf(part, sizeof part,
	         "\n%" PRIu64 " address%s in %.1f s:", summary->targets,
	         summary->targets == 1 ? "" : "es", summary->seconds);
	struct para p = para_begin(f, part, 2);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		/* No look from outside ends there: "0 clean" would only frighten. */
		if (order[i] == STATE_CLEAN && tally->count[STATE_CLEAN] == 0)
			continue;
		snprintf(part, sizeof part, "%" PRIu64 " %s,", tally->count[order[i]],
		         state_name(order[i]));
		para_words(&p, part);
	}
	snprintf(part, sizeof part, "%" PRIu64 " absent.",
	         summary->count[STATE_ABSENT]);
	para_words(&p, part);
	if (summary->interrupted)
		para_words(&p, "Interrupted: not all were asked.");
	para_end(&p);
}

/* One command to copy, on a line of its own however long it is. */
static void
step(FILE *f, struct buf *command, const char *does)
{
	fputs("  ", f);
	safe_text(f, buf_string(command));
	fprintf(f, "  # %s\n", does);
	buf_clear(command);
}

static void
step_of_case(FILE *f, struct buf *b, const char *case_name, const char *does)
{
	buf_text(b, " --case ");
	shell_word(b, case_name);
	step(f, b, does);
}

static void
next_steps(FILE *f, const struct view *view, const struct tally *tally,
           const char *case_name)
{
	const struct group *worst = tally->groups > 0 ? &tally->group[0] : NULL;
	bool open = worst && worst->state <= STATE_UNKNOWN;
	OWN(buf_free) struct buf b = { .ceiling = 4u * 1024 * 1024 };

	fputs("\nNext:\n", f);
	if (view->summary.interrupted && case_name) {
		buf_text(&b, "confine scan --resume");
		step_of_case(f, &b, case_name, "ask the others too");
	}
	if (open && case_name) {
		buf_text(&b, "confine case show ");
		shell_word(&b, worst->host);
		step_of_case(f, &b, case_name, "what was seen on it");
	}
	if (open && *worst->reason) {
		buf_text(&b, "confine explain ");
		shell_word(&b, worst->reason);
		step(f, &b, "what that means");
	}
	if (case_name) {
		buf_text(&b, "confine report -o report.html");
		step_of_case(f, &b, case_name, "all of it, as a page");
		return;
	}
	shell_command(&b, &view->run);
	step_of_case(f, &b, "confine-case.db", "the same, and keep it");
}

static enum err
page(FILE *f, struct view *view, const struct style *style)
{
	OWN(own_mem) struct tally *tally = calloc(1, sizeof *tally);
	struct columns c = { 0 };
	struct row row = { 0 };
	bool more = false;
	bool inside = false;

	TRY(text_inside_is_for(view, style, &inside));
	if (inside)
		return text_inside_page(f, view, style);
	if (!tally)
		return ERR_MEMORY;
	TRY(survey(view, style, tally, &c));
	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		host_line(f, &row.verdict, &c, style->color);
		if (style->verbose > 0)
			evidence(f, &row);
	}
	meanings(f, tally);
	sum(f, &view->summary, tally);
	next_steps(f, view, tally, style->case_name);
	return tell_flush(f);
}

const struct format text_format = {
	.name = "text",
	.suffix = ".txt",
	.page = page,
	.statuses = statuses_text_page,
	.changes = changes_text_page,
	.logons = logons_text,
};
