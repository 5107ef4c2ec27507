#include "cmd/inspect.h"

#include "cmd/machine_run.h"
#include "judge/inside.h"
#include "look/defences.h"
#include "look/installation.h"
#include "sys/clock.h"

/* The defences of a Windows; a volume without one has none. */
static enum err
ask_defences(const struct inside *in, struct statuses *out)
{
	static enum err (*const ask[])(const struct inside *, struct statuses *) = {
		defence_patches, defence_autorun, defence_audit, defence_tasks
	};

	for (size_t i = 0; in->windows->there && i < sizeof ask / sizeof ask[0]; i++)
		TRY(ask[i](in, out));
	return OK;
}

static enum err
look(struct machine *m, struct watch *watch, struct inspected *at)
{
	struct row *row = at->row;
	struct inside in = { .machine = m,
		             .windows = &at->windows,
		             .out = &row->findings };
	struct verdict *v = &row->verdict;

	TRY(installation_find(m, &at->windows, &row->findings));
	machine_label(m, &at->windows, v->host);
	TRY(ask_defences(&in, at->statuses));
	watch_machine(watch, m);
	enum err looked = look_inside(m, &at->windows, v->host, v->time_ms,
	                              &row->findings);
	watch_clear(watch);
	TRY(looked);
	if (machine_failed(m))
		return ERR_MEMORY;
	row->statuses = at->statuses;
	judge_installation(m, &at->windows, v);
	return OK;
}

enum err
inspect_look(struct machine *m, struct watch *watch, struct inspected *at)
{
	int64_t began_ms = clock_steady();

	at->row->verdict.time_ms = clock_now();
	TRY(look(m, watch, at));
	at->row->verdict.took_ms = clock_steady() - began_ms;
	return OK;
}

void
inspect_judge(struct inspected *at, const struct findings *seen)
{
	struct row *row = at->row;

	judge_inside(&row->findings, seen, at->windows.there, &row->verdict);
	for (size_t i = 0; i < row->findings.count; i++)
		(void)text_copy(row->findings.at[i].host, ADDRESS_ROOM,
		                row->verdict.host);
	for (size_t i = 0; i < at->statuses->count; i++)
		(void)text_copy(at->statuses->at[i].host, ADDRESS_ROOM,
		                row->verdict.host);
}

void
inspected_free(struct inspected *at)
{
	installation_free(&at->windows);
}
