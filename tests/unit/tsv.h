/* Reads a table of tests/data line by line; comments and the header are skipped. */
#ifndef TESTS_TSV_H
#define TESTS_TSV_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TSV_FIELDS 16

struct tsv {
	FILE *file;
	bool past_header;
	char line[1024];
	char *field[TSV_FIELDS];
	size_t count;
};

static inline struct tsv
tsv_open(const char *path)
{
	return (struct tsv){ .file = fopen(path, "r") };
}

static inline void
own_tsv(struct tsv *t)
{
	if (t->file)
		fclose(t->file);
}

static inline void
tsv_split(struct tsv *t)
{
	char *at = t->line;

	at[strcspn(at, "\n")] = 0;
	for (t->count = 0; t->count < TSV_FIELDS;) {
		t->field[t->count++] = at;
		at = strchr(at, '\t');
		if (!at)
			return;
		*at++ = 0;
	}
}

/* The next row, in t->field; false at the end. */
static inline bool
tsv_next(struct tsv *t)
{
	while (t->file && fgets(t->line, sizeof t->line, t->file)) {
		if (t->line[0] == '#' || t->line[0] == '\n')
			continue;
		tsv_split(t);
		if (t->past_header)
			return true;
		t->past_header = true;
	}
	return false;
}

#endif
