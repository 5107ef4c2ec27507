#include "keep/case_hold.h"

#include <string.h>

#include "judge/guesser.h"
#include "keep/now.h"
#include "know/traces.h"

#define INSIDE_SAW_WORM "inside-saw-worm"
#define SCAN_SAW_WORM "scan-saw-worm" /* and the look inside found nothing */

/* ---- by a look inside */

/* Did another source decide it, for all that the look inside found? */
static bool
is_of_others(const struct verdict *v)
{
	return v->reason_count > 0 && (strcmp(v->reasons[0], SCAN_SAW_WORM) == 0 ||
	                               strcmp(v->reasons[0], GUESSER_TRACE) == 0);
}

/* Is it what a look inside came to?  Where it could not see, it came to nothing. */
static bool
came_to_something(const char *json, struct verdict *out)
{
	return verdict_from_json(json, out) == OK && out->inside &&
	       out->state != STATE_UNKNOWN &&
	       !(out->reason_count > 0 && strcmp(out->reasons[0], GUESSER_TRACE) == 0);
}

/* Did the newest look inside this host find it, whatever scans said since? */
static enum err
was_found_inside(struct case_file *c, const struct verdict *v, bool *found)
{
	struct verdict before;
	bool row = false;

	*found = false;
	if (!c->before)
		TRY(db_prepare(
		    &c->db,
		    "SELECT verdict FROM host WHERE key = ?1 AND run <> ?2 "
		    "AND instr(verdict, '\"inside\":true') > 0 ORDER BY run DESC",
		    &c->before));
	db_bind_bytes(c->before, 1, case_key(v->key));
	(void)sqlite3_bind_int64(c->before, 2, c->run);
	do
		TRY(db_step(&c->db, c->before, &row));
	while (row && !came_to_something(db_text(c->before, 0), &before));
	if (row && (before.state == STATE_INFECTED || before.state == STATE_SUSPECT))
		*found = !is_of_others(&before);
	(void)sqlite3_reset(c->before);
	return OK;
}

/*
 * A scan that sees nothing does not take back what was found on the disk: only a
 * clean look inside does.
 */
static enum err
hold_to_inside(struct case_file *c, struct verdict *v, struct findings *more)
{
	const struct trace *t = trace_find(INSIDE_SAW_WORM);
	bool found = false;

	if (v->inside || v->state == STATE_INFECTED || v->state == STATE_SUSPECT)
		return OK;
	TRY(was_found_inside(c, v, &found));
	if (!found || !t)
		return OK;
	struct finding *f = trace_found(more, INSIDE_SAW_WORM);
	f->time_ms = v->time_ms;
	(void)text_copy(f->host, sizeof f->host, v->host);
	v->state = STATE_SUSPECT;
	v->reason_count = 1;
	(void)text_copy(v->reasons[0], TRACE_ROOM, INSIDE_SAW_WORM);
	(void)text_copy(v->why, sizeof v->why, t->title);
	(void)text_copy(v->next, sizeof v->next, t->next);
	return OK;
}

/* ---- by event logs */

static bool
has_guesser(const struct findings *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (guesser_is(&all->at[i]))
			return true;
	}
	return false;
}

static bool
is_clean_inside(const char *json)
{
	struct verdict v;

	return verdict_from_json(json, &v) == OK && v.inside && v.state == STATE_CLEAN;
}

/* The findings of the host's row before this one; none behind a clean look inside. */
static enum err
findings_before(struct case_file *c, const uint8_t key[ADDRESS_KEY],
                struct findings *out)
{
	bool row = false;
	bool readable = false;

	out->count = 0;
	if (!c->held)
		TRY(db_prepare(&c->db,
		               "SELECT verdict, findings FROM host "
		               "WHERE key = ?1 AND run <> ?2 ORDER BY run DESC LIMIT 1",
		               &c->held));
	db_bind_bytes(c->held, 1, case_key(key));
	(void)sqlite3_bind_int64(c->held, 2, c->run);
	TRY(db_step(&c->db, c->held, &row));
	enum err err = OK;
	if (row && !is_clean_inside(db_text(c->held, 0)))
		err = now_findings(c, db_text(c->held, 1), out, &readable);
	if (!readable)
		out->count = 0;
	(void)sqlite3_reset(c->held);
	return err;
}

/* Nor does it take back what event logs say; a clean look inside settles that too. */
static enum err
hold_to_logs(struct case_file *c, const struct row *row, struct verdict *v,
             struct findings *more)
{
	if ((v->inside && v->state == STATE_CLEAN) || has_guesser(&row->findings))
		return OK;
	OWN(own_mem) struct findings *before = malloc(sizeof *before);
	if (!before)
		return ERR_MEMORY;
	TRY(findings_before(c, v->key, before));
	for (size_t i = 0; i < before->count; i++) {
		if (guesser_is(&before->at[i]))
			(void)guesser_add(more, &before->at[i]);
	}
	if (has_guesser(more))
		guesser_judge(v);
	return OK;
}

enum err
case_hold(struct case_file *c, const struct row *row, struct verdict *v,
          struct findings *more)
{
	if (c->rows_before == 0)
		return OK;
	TRY(hold_to_inside(c, v, more));
	return hold_to_logs(c, row, v, more);
}
