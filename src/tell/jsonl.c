/*
 * JSON Lines: the run, then the findings of a host and its verdict, host after
 * host as they come, the summary last.  Each line goes out whole and at once,
 * so that a reader at the other end of a pipe sees a host when it is done.
 */
#include "base/own.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/jsonl_line.h"
#include "tell/logons.h"
#include "tell/statuses.h"

/* A run's line holds all words of the command; the kernel takes two million
 * bytes of these, and an escape makes six bytes of one. */
#define LINE_CEILING (16u * 1024 * 1024)

enum err
jsonl_end(FILE *f, struct buf *line)
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
	TRY(jsonl_end(f, &line));
	return tell_flush(f);
}

static enum err
status_lines(FILE *f, struct buf *line, const struct statuses *all)
{
	struct json j;

	for (size_t i = 0; i < all->count; i++) {
		json_init(&j, line);
		status_json(&j, &all->at[i]);
		TRY(jsonl_end(f, line));
	}
	return OK;
}

static enum err
row(FILE *f, const struct row *row)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct json j;

	for (size_t i = 0; i < row->findings.count; i++) {
		json_init(&j, &line);
		finding_json(&j, &row->findings.at[i]);
		TRY(jsonl_end(f, &line));
	}
	json_init(&j, &line);
	verdict_json(&j, &row->verdict);
	TRY(jsonl_end(f, &line));
	if (row->statuses)
		TRY(status_lines(f, &line, row->statuses));
	if (row->mended) {
		json_init(&j, &line);
		mended_json(&j, row->mended, &row->verdict);
		TRY(jsonl_end(f, &line));
	}
	return tell_flush(f);
}

static enum err
end(FILE *f, const struct summary *summary)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct json j;

	json_init(&j, &line);
	summary_json(&j, summary);
	TRY(jsonl_end(f, &line));
	return tell_flush(f);
}

/* The summary counts needs: the states of infection are not asked. */
static void
statuses_summary(struct json *j, const struct told_statuses *told)
{
	int64_t count[NEED_TELLING + 1] = { 0 };

	for (size_t i = 0; i < told->statuses->count; i++)
		count[told->statuses->at[i].need]++;
	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "summary");
	json_key(j, "command");
	json_text(j, told->run->command);
	for (int need = NEED_NOTHING; need <= NEED_TELLING; need++) {
		json_key(j, status_need_name((enum status_need)need));
		json_int(j, count[need]);
	}
	json_key(j, "seconds");
	json_real(j, told->seconds);
	json_close(j, '}');
}

enum err
statuses_jsonl(FILE *f, const struct told_statuses *told, const struct style *style)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct json j;

	(void)style;
	TRY(begin(f, told->run));
	TRY(status_lines(f, &line, told->statuses));
	json_init(&j, &line);
	statuses_summary(&j, told);
	TRY(jsonl_end(f, &line));
	return tell_flush(f);
}

const struct format jsonl_format = {
	.name = "json",
	.suffix = ".jsonl",
	.begin = begin,
	.row = row,
	.end = end,
	.statuses = statuses_jsonl,
	.changes = changes_jsonl,
	.logons_begin = begin,
	.log = logons_log_jsonl,
	.logons = logons_jsonl,
};
