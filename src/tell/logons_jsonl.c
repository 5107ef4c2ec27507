/* Attackers as JSON Lines: the run, a line for each log as it is read, then them. */
#include "base/own.h"
#include "tell/formats.h"
#include "tell/jsonl_line.h"
#include "tell/logons.h"

#define LINE_CEILING (1u << 20)

enum err
logons_log_jsonl(FILE *f, const struct log_told *log)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct json j;

	json_init(&j, &line);
	log_told_json(&j, log);
	TRY(jsonl_end(f, &line));
	return tell_flush(f);
}

static enum err
attackers_jsonl(FILE *f, const struct told_logons *told, size_t count, struct buf *line)
{
	struct json j;

	for (size_t i = 0; i < count && i < told->top; i++) {
		json_init(&j, line);
		attacker_json(&j, &told->at[i]);
		TRY(jsonl_end(f, line));
	}
	for (size_t i = 0; i < told->spread_count; i++) {
		json_init(&j, line);
		spread_json(&j, &told->spread[i], told->at);
		TRY(jsonl_end(f, line));
	}
	return OK;
}

/* Whom it is on; and who does not know. */
static enum err
others_jsonl(FILE *f, const struct told_logons *told, struct buf *line)
{
	struct json j;

	for (size_t i = 0; i < told->account_count && i < told->top; i++) {
		json_init(&j, line);
		tried_account_json(&j, &told->accounts[i]);
		TRY(jsonl_end(f, line));
	}
	for (size_t i = 0; i < told->target_count && i < told->top; i++) {
		json_init(&j, line);
		tried_target_json(&j, &told->targets[i]);
		TRY(jsonl_end(f, line));
	}
	for (size_t i = 0; i < told->unaudited_count; i++) {
		json_init(&j, line);
		audited_json(&j, &told->unaudited[i]);
		TRY(jsonl_end(f, line));
	}
	return OK;
}

enum err
logons_jsonl(FILE *f, const struct told_logons *told, const struct style *style)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_CEILING };
	struct logons_sum sum = { told->totals, told->attackers, told->seconds };
	size_t count = style->verbose > 0 ? told->count : told->attackers;
	struct json j;

	TRY(attackers_jsonl(f, told, count, &line));
	TRY(others_jsonl(f, told, &line));
	json_init(&j, &line);
	logons_summary_json(&j, &sum);
	TRY(jsonl_end(f, &line));
	return tell_flush(f);
}
