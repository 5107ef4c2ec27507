/*
 * JSON Lines: the run, then the findings of a host and its verdict, host after
 * host as they come, the summary last.  Each line goes out whole and at once,
 * so that a reader at the other end of a pipe sees a host when it is done.
 */
#include "base/own.h"
#include "tell/formats.h"

/* A run's line holds all words of the command; the kernel takes two million
 * bytes of these, and an escape makes six bytes of one. */
#define LINE_CEILING (16u * 1024 * 1024)

static enum err
line_end(FILE *f, struct buf *line)
{
	buf_u8(line, '\n');
	if (line->bad)
		return ERR_MEMORY;
	fwrite(line->at, 1, line->len, f);
	buf_clear(line);
	return OK;
}

static enum err
begin(FILE *f, const struct run *run)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct json j;

	json_init(&j, &line);
	run_json(&j, run);
	TRY(line_end(f, &line));
	return tell_flush(f);
}

static enum err
row(FILE *f, const struct row *row)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct json j;

	for (size_t i = 0; i < row->findings.count; i++) {
		json_init(&j, &line);
		finding_json(&j, &row->findings.at[i]);
		TRY(line_end(f, &line));
	}
	json_init(&j, &line);
	verdict_json(&j, &row->verdict);
	TRY(line_end(f, &line));
	return tell_flush(f);
}

static enum err
end(FILE *f, const struct summary *summary)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct json j;

	json_init(&j, &line);
	summary_json(&j, summary);
	TRY(line_end(f, &line));
	return tell_flush(f);
}

const struct format jsonl_format = {
	.name = "json",
	.suffix = ".jsonl",
	.begin = begin,
	.row = row,
	.end = end,
};
