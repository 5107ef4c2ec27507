/*
 * Changes as JSON Lines: the run; the state before, in a line, where it was looked at
 * again; the changes; what was found by the last look; what is left and who has to do
 * it; what to type next; the summary.
 */
#include "base/own.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/statuses.h"

#define LINE_CEILING (16u * 1024 * 1024)

/* The lines of one document, one after the other. */
struct lines {
	FILE *f;
	struct buf line;
	struct json j;
};

static struct json *
line_begin(struct lines *l, const char *type)
{
	buf_clear(&l->line);
	json_init(&l->j, &l->line);
	if (!type)
		return &l->j;
	json_open(&l->j, '{');
	json_key(&l->j, "type");
	json_text(&l->j, type);
	return &l->j;
}

static enum err
line_end(struct lines *l)
{
	if (l->j.depth > 0)
		json_close(&l->j, '}');
	buf_u8(&l->line, '\n');
	if (l->line.bad)
		return ERR_MEMORY;
	fwrite(l->line.at, 1, l->line.len, l->f);
	return OK;
}

static void
pair(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_text(j, text);
}

static enum err
before_line(struct lines *l, const struct verdict *v)
{
	struct json *j = line_begin(l, "before");

	json_key(j, "time");
	json_when(j, v->time_ms);
	pair(j, "host", v->host);
	pair(j, "state", state_name(v->state));
	json_key(j, "variants");
	variants_json(j, v->variants);
	json_key(j, "reasons");
	json_open(j, '[');
	for (size_t i = 0; i < v->reason_count; i++)
		json_text(j, v->reasons[i]);
	json_close(j, ']');
	return line_end(l);
}

static enum err
status_lines(struct lines *l, const struct statuses *all)
{
	for (size_t i = 0; all && i < all->count; i++) {
		status_json(line_begin(l, NULL), &all->at[i]);
		TRY(line_end(l));
	}
	return OK;
}

static enum err
note_lines(struct lines *l, const char *type, const char *host,
           const struct plan_note *notes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct json *j = line_begin(l, type);

		pair(j, "host", host);
		pair(j, "why", notes[i].why);
		pair(j, "target", notes[i].target);
		pair(j, "says", notes[i].says);
		TRY(line_end(l));
	}
	return OK;
}

static enum err
notes(struct lines *l, const struct told_changes *told)
{
	const struct plan *p = told->plan;

	if (told->is_undo)
		return OK;
	TRY(note_lines(l, "left", told->host, p->left, p->left_count));
	return note_lines(l, "person", told->host, p->persons, p->person_count);
}

static enum err
step_lines(struct lines *l, const struct told_changes *told)
{
	for (size_t i = 0; i < told->step_count; i++) {
		struct json *j = line_begin(l, "next");

		pair(j, "host", told->host);
		pair(j, "command", told->steps[i].command);
		pair(j, "why", told->steps[i].why);
		TRY(line_end(l));
	}
	return OK;
}

static void
count_pair(struct json *j, const char *key, size_t count)
{
	json_key(j, key);
	json_int(j, (int64_t)count);
}

static void
state_counts(struct json *j, const struct row *now)
{
	static const enum state order[] = { STATE_INFECTED, STATE_SUSPECT,
		                            STATE_NO_SIGN, STATE_CLEAN, STATE_UNKNOWN };

	count_pair(j, "targets", 1);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		count_pair(j, state_name(order[i]), now->verdict.state == order[i]);
}

static enum err
summary_line(struct lines *l, const struct told_changes *told)
{
	const struct row *now = told->after ? told->after : told->before;
	struct json *j = line_begin(l, "summary");
	struct changes_count count;
	char hash[SHA256_TEXT];

	changes_count(&count, told->plan);
	plan_hash(told->plan, hash);
	pair(j, "command", told->run->command);
	if (told->judged && now)
		state_counts(j, now);
	count_pair(j, "changes", told->plan->count);
	count_pair(j, "done", count.done);
	count_pair(j, "failed", count.of[CHANGE_FAILED]);
	count_pair(j, "undone", count.of[CHANGE_UNDONE]);
	pair(j, "plan", hash);
	if (told->journal[0])
		pair(j, "journal", told->journal);
	pair(j, "outcome", told->outcome);
	json_key(j, "seconds");
	json_real(j, told->seconds);
	if (told->interrupted) {
		json_key(j, "interrupted");
		json_bool(j, true);
	}
	return line_end(l);
}

static enum err
all_lines(struct lines *l, const struct told_changes *told)
{
	const struct row *now = told->after ? told->after : told->before;
	const struct plan *plan = told->plan;

	run_json(line_begin(l, NULL), told->run);
	TRY(line_end(l));
	if (told->judged && told->before && told->after)
		TRY(before_line(l, &told->before->verdict));
	for (size_t i = 0; i < plan->count; i++) {
		change_json(line_begin(l, NULL), told->host, &plan->at[i]);
		TRY(line_end(l));
	}
	if (now && told->judged)
		TRY(jsonl_format.row(l->f, now));
	else if (now)
		TRY(status_lines(l, now->statuses));
	TRY(notes(l, told));
	TRY(step_lines(l, told));
	return summary_line(l, told);
}

enum err
changes_jsonl(FILE *f, const struct told_changes *told, const struct style *style)
{
	struct lines l = { .f = f, .line = { .ceiling = LINE_CEILING } };

	(void)style;
	enum err err = all_lines(&l, told);
	buf_free(&l.line);
	return err == OK ? tell_flush(f) : err;
}
