#include "cmd/status_command.h"

#include <stdio.h>
#include <string.h>

#include "judge/inside.h"
#include "look/installation.h"
#include "sys/clock.h"

static enum err
ask(const struct inside *in, struct statuses *out, void *with)
{
	const struct status_verb *verb = with;

	return verb->ask(in, out);
}

static enum err
look(struct machine *m, struct watch *watch, struct inspected *at, void *with)
{
	const struct status_verb *verb = with;
	struct verdict *v = &at->row->verdict;
	struct inside in = { .machine = m,
		             .windows = &at->windows,
		             .out = &at->row->findings };

	(void)watch;
	v->time_ms = clock_now();
	TRY(installation_find(m, &at->windows, in.out));
	machine_label(m, &at->windows, v->host);
	judge_installation(m, &at->windows, v);
	TRY(verb->ask(&in, at->statuses));
	for (size_t i = 0; i < at->statuses->count; i++)
		(void)text_copy(at->statuses->at[i].host, ADDRESS_ROOM, v->host);
	return machine_failed(m) ? ERR_MEMORY : OK;
}

static enum err
plan(const struct inside *in, const struct inspected *at, struct plan *out, void *with)
{
	const struct status_verb *verb = with;

	(void)at;
	return verb->plan(in, out, verb->with);
}

static const struct status_verb *
find(const struct status_words *w, const struct status_verb *verbs, size_t count)
{
	for (size_t i = 0; w->count > 0 && i < count; i++) {
		if (strcmp(w->words[0], verbs[i].name) == 0)
			return &verbs[i];
	}
	return NULL;
}

static int
say_how(const struct command *command, const struct status_verb *verbs, size_t count)
{
	fprintf(stderr, "confine %s: say what to do (", command->name);
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "%s%s",
		        i == 0           ? ""
		        : i + 1 == count ? " or "
		                         : ", ",
		        verbs[i].name);
	fprintf(stderr, "), and on which machine: confine %s %s /mnt/c\n",
	        command->name, verbs[0].name);
	return 2;
}

int
status_command_run(const struct command *command, const struct mend_options *options,
                   const struct status_words *w, const struct status_verb *verbs,
                   size_t verb_count)
{
	const struct status_verb *found = find(w, verbs, verb_count);

	if (!found || w->count != 2)
		return say_how(command, verbs, verb_count);
	struct status_verb verb = *found;
	if (!verb.plan)
		return machine_status_run(command, w->argv, &options->machine,
		                          w->words[1],
		                          (struct machine_question){ ask, &verb });
	const struct mend_kind kind = { .command = command,
		                        .needs_windows = true,
		                        .look = look,
		                        .plan = plan,
		                        .with = &verb };
	return mend_run(&kind, w->argv, options, w->words[1]);
}
