/*
 * CSV after RFC 4180, with plain line feeds: one line a host, as they come.
 * What would act on a terminal is spelled out, so that a host's name cannot
 * break its line in two; and a cell that a spreadsheet would take for a formula
 * gets an apostrophe in front.
 */
#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "base/when.h"
#include "tell/csv_cell.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/logons.h"
#include "tell/safe.h"
#include "tell/statuses.h"

/* Columns are only ever added at the end. */
#define COLUMNS                                                             \
	"host,name,domain,os,state,variants,reasons,why,next,time,took_ms," \
	"to_do,place,journal"

#define TO_DO_MOST (64u * 1024) /* what is longer is left out */

static void
quoted_bytes(FILE *f, const char *spelled)
{
	for (; *spelled; spelled++) {
		if (*spelled == '"')
			fputc('"', f);
		fputc(*spelled, f);
	}
}

void
csv_cell(FILE *f, const char *utf8, char behind)
{
	bool formula = *utf8 && strchr("=+-@\t\r", *utf8);
	bool quotes = strpbrk(utf8, ",\"") || *utf8 == ' ';
	char spelled[SAFE_ROOM];

	fputs(quotes ? "\"" : "", f);
	fputs(formula ? "'" : "", f);
	while (*utf8) {
		safe_spell(spelled, text_next(&utf8));
		quoted_bytes(f, spelled);
	}
	fputs(quotes ? "\"" : "", f);
	fputc(behind, f);
}

static void
text_cell(FILE *f, const char *utf8)
{
	csv_cell(f, utf8, ',');
}

static void
reasons_cell(FILE *f, const struct verdict *v)
{
	char all[REASONS_MOST * TRACE_ROOM] = { 0 };
	size_t len = 0;

	for (size_t i = 0; i < v->reason_count && i < REASONS_MOST; i++) {
		len += (size_t)snprintf(all + len, sizeof all - len, "%s%s",
		                        i ? " " : "", v->reasons[i]);
	}
	text_cell(f, all);
}

/* Where it stands by what was changed on it, and what undo takes. */
static void
mended_cells(FILE *f, const struct row *row)
{
	const struct mended *m = row->mended;
	const char *place = m ? mended_place(m, &row->verdict) : NULL;

	text_cell(f, place ? place : "");
	csv_cell(f, m ? m->journal : "", '\n');
}

static enum err
begin(FILE *f, const struct run *run)
{
	(void)run;
	fputs(COLUMNS "\n", f);
	return tell_flush(f);
}

static enum err
row(FILE *f, const struct row *row)
{
	const struct verdict *v = &row->verdict;
	char letters[VARIANTS_ROOM];
	char time[WHEN_ROOM];
	OWN(buf_free) struct buf to_do = { .ceiling = TO_DO_MOST };

	variants_text(letters, v->variants);
	when_text(time, v->time_ms);
	text_cell(f, v->host);
	text_cell(f, v->name.utf8);
	text_cell(f, v->domain.utf8);
	text_cell(f, v->os.utf8);
	text_cell(f, tell_state(v->state));
	text_cell(f, letters);
	reasons_cell(f, v);
	text_cell(f, v->why);
	text_cell(f, v->next);
	text_cell(f, time);
	fprintf(f, "%" PRId64 ",", v->took_ms);
	if (row->statuses)
		statuses_brief(&to_do, row->statuses, NEED_DOING);
	text_cell(f, buf_string(&to_do));
	mended_cells(f, row);
	return tell_flush(f);
}

static enum err
end(FILE *f, const struct summary *summary)
{
	(void)summary;
	return tell_flush(f);
}

const struct format csv_format = {
	.name = "csv",
	.suffix = ".csv",
	.begin = begin,
	.row = row,
	.end = end,
	.statuses = statuses_csv,
	.changes = changes_csv,
	.logons = logons_csv,
};
