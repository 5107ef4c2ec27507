/*
 * Statuses as CSV: a line each; the columns are the keys of their fields, as they
 * first occur, between "type,host" and "need,says,next".
 */
#include <string.h>

#include "tell/csv_cell.h"
#include "tell/formats.h"
#include "tell/statuses.h"

#define COLUMNS_MOST 40

struct columns {
	const char *key[COLUMNS_MOST];
	size_t count;
};

static void
add(struct columns *c, const char *key)
{
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->key[i], key) == 0)
			return;
	}
	if (c->count < COLUMNS_MOST)
		c->key[c->count++] = key;
}

static void
cell(FILE *f, const struct status_field *field)
{
	char number[24];

	if (!field) {
		csv_cell(f, "", ',');
		return;
	}
	snprintf(number, sizeof number, "%lld", (long long)field->number);
	if (field->is == STATUS_TEXT)
		csv_cell(f, field->text, ',');
	else if (field->is == STATUS_BOOL)
		csv_cell(f, field->number ? "true" : "false", ',');
	else
		fprintf(f, "%s,", number);
}

static void
line(FILE *f, const struct status *s, const struct columns *c)
{
	csv_cell(f, status_kind_name(s->kind), ',');
	csv_cell(f, s->host, ',');
	for (size_t i = 0; i < c->count; i++)
		cell(f, status_field(s, c->key[i]));
	csv_cell(f, status_need_name(s->need), ',');
	csv_cell(f, s->says, ',');
	csv_cell(f, s->next, '\n');
}

enum err
statuses_csv(FILE *f, const struct told_statuses *told, const struct style *style)
{
	const struct statuses *all = told->statuses;
	struct columns c = { .count = 0 };

	(void)style;
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->at[i].field_count; k++)
			add(&c, all->at[i].fields[k].key);
	}
	fputs("type,host,", f);
	for (size_t i = 0; i < c.count; i++)
		fprintf(f, "%s,", c.key[i]);
	fputs("need,says,next\n", f);
	for (size_t i = 0; i < all->count; i++)
		line(f, &all->at[i], &c);
	return tell_flush(f);
}
