/* Changes as CSV: a line each.  Columns are only ever added at the end. */
#include <inttypes.h>
#include <string.h>

#include "tell/changes.h"
#include "tell/csv_cell.h"
#include "tell/formats.h"

#define COLUMNS                                                           \
	"type,host,id,kind,target,name,string,why,state,says,from,error," \
	"was,size,signs,journal"

static void
signs_cell(FILE *f, const struct change *c)
{
	char all[SIGNS_MOST * (SIGN_ROOM + 1)] = { 0 };
	size_t len = 0;

	for (size_t i = 0; i < c->sign_count; i++)
		len += (size_t)snprintf(all + len, sizeof all - len, "%s%s",
		                        i ? " " : "", c->signs[i]);
	csv_cell(f, all, ',');
}

static void
line(FILE *f, const struct told_changes *told, const struct change *c)
{
	fputs("change,", f);
	csv_cell(f, told->host, ',');
	fprintf(f, "%u,", c->id);
	csv_cell(f, change_kind_name(c->kind), ',');
	csv_cell(f, c->target, ',');
	csv_cell(f, c->name, ',');
	csv_cell(f, c->string, ',');
	csv_cell(f, c->why, ',');
	csv_cell(f, change_state_name(c->state), ',');
	csv_cell(f, c->says, ',');
	csv_cell(f, c->from, ',');
	csv_cell(f, c->error, ',');
	csv_cell(f, c->was, ',');
	fprintf(f, "%" PRIu64 ",", c->size);
	signs_cell(f, c);
	csv_cell(f, told->journal, '\n');
}

enum err
changes_csv(FILE *f, const struct told_changes *told, const struct style *style)
{
	(void)style;
	fputs(COLUMNS "\n", f);
	for (size_t i = 0; i < told->plan->count; i++)
		line(f, told, &told->plan->at[i]);
	return tell_flush(f);
}
