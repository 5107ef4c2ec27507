/* Attackers as CSV: a line each, most likely first. */
#include <inttypes.h>

#include "base/own.h"
#include "base/when.h"
#include "tell/csv_cell.h"
#include "tell/formats.h"
#include "tell/logons.h"

#define CELL_MOST (64u << 10)

static void
list_cell(FILE *f, const char *list, size_t count, size_t step)
{
	OWN(buf_free) struct buf cell = { .ceiling = CELL_MOST };

	for (size_t i = 0; i < count; i++) {
		buf_text(&cell, i > 0 ? " " : "");
		buf_text(&cell, list + i * step);
	}
	csv_cell(f, buf_string(&cell), ',');
}

static void
line(FILE *f, const struct told_logons *told, size_t place)
{
	const struct attacker *a = &told->at[place];
	char called[2 * ATTEMPT_TEXT] = "";
	char began[WHEN_ROOM];
	char first[WHEN_ROOM];
	char last[WHEN_ROOM];

	when_text(first, a->first_ms);
	when_text(last, a->last_ms);
	csv_cell(f, attacker_is_one(a) ? "attacker" : "source", ',');
	csv_cell(f, a->workstation, ',');
	csv_cell(f, a->address, ',');
	fprintf(f, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s,%s,%.2f,", a->failures,
	        a->accounts, a->target_count, first, last, a->score);
	list_cell(f, a->reasons[0], a->reason_count, REASON_ROOM);
	list_cell(f, a->targets[0].name, a->targets_shown, sizeof a->targets[0]);
	csv_cell(f, a->unknown_on, ',');
	for (size_t i = 0; i < told->spread_count; i++) {
		if (told->spread[i].to == place)
			attacker_called(&told->at[told->spread[i].from], called);
	}
	when_text(began, a->began_ms);
	csv_cell(f, began, ',');
	csv_cell(f, called, '\n');
}

enum err
logons_csv(FILE *f, const struct told_logons *told, const struct style *style)
{
	size_t count = style->verbose > 0 ? told->count : told->attackers;

	fputs("type,workstation,address,failures,accounts,targets,first,last,score,"
	      "reasons,target_names,unknown_on,began,from\n",
	      f);
	for (size_t i = 0; i < count && i < told->top; i++)
		line(f, told, i);
	return tell_flush(f);
}
