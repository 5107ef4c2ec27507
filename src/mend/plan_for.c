/*
 * The plan for a machine: first what starts the worm (the service, the start values,
 * the tasks), then its files, then what it changed.  Each part is a file of its own.
 */
#include "mend/plan_for.h"

#include <string.h>

#include "base/text.h"
#include "mend/plan_parts.h"

static void
describe(const struct inside *in, const struct verdict *verdict, struct plan *out)
{
	(void)text_copy(out->host, sizeof out->host, verdict->host);
	(void)text_copy_utf8(out->computer, sizeof out->computer,
	                     in->windows->computer);
	(void)text_copy_utf8(out->os, sizeof out->os, in->windows->os);
	(void)text_copy(out->called, sizeof out->called, in->machine->called);
	out->made_ms = verdict->time_ms;
}

static enum err
plan_all(struct planner *p)
{
	TRY(plan_services(p));
	TRY(plan_run_values(p));
	TRY(plan_task_jobs(p, false));
	TRY(plan_drives(p));
	TRY(plan_sweep(p));
	TRY(plan_quarantine(p));
	TRY(plan_bins(p));
	TRY(plan_mounts(p));
	TRY(plan_settings(p));
	plan_persons(p);
	plan_rest(p);
	return OK;
}

enum err
plan_for(const struct inside *in, const struct verdict *verdict,
         const struct statuses *statuses, const struct plan_wishes *wishes,
         struct plan *out)
{
	struct planner *p = NULL;

	describe(in, verdict, out);
	TRY(planner_open(in, verdict, wishes, out, &p));
	p->statuses = statuses;
	return planner_close(p, plan_all(p));
}

enum err
plan_tasks(const struct inside *in, bool all_at, struct plan *out)
{
	struct planner *p = NULL;

	TRY(planner_open(in, NULL, NULL, out, &p));
	return planner_close(p, plan_task_jobs(p, all_at));
}
