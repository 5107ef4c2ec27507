/*
 * Nothing on the machine is touched before the plan has been shown, the answer was
 * yes, and the journal holds what undo needs.  Ctrl-C up to then ends it with nothing
 * changed; from then on the step at hand is finished, and what was done is put back.
 */
#include "cmd/mend_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "cmd/check_case.h"
#include "cmd/mend_parts.h"
#include "cmd/outputs.h"
#include "judge/inside.h"
#include "mend/carry_out.h"
#include "sys/clock.h"
#include "tell/changes.h"

/* A look: what was seen, and how the defences stood. */
struct sight {
	struct row row;
	struct statuses statuses;
	struct inspected at;
};

struct mend {
	const struct mend_kind *kind;
	const struct mend_options *options;
	const char *path;
	struct run_words run;
	struct outputs outputs;
	struct watch watch;
	struct case_file *memory; /* or NULL */
	struct machine *machine;
	struct ground *ground; /* NULL while nothing is to be changed */
	struct sight *before;
	struct sight *after;
	struct plan *plan;
	struct mended mended;
	int64_t mended_id;
	struct carried carried;
	struct told_changes told;
};

static const char *
name_of(const struct mend *m)
{
	return m->kind->command->name;
}

static enum err
complain(const struct mend *m, const char *why)
{
	machine_complain(name_of(m), "", why);
	return ERR_REFUSED;
}

/* ---- looking and planning */

static void
sight_free(struct sight *s)
{
	if (!s)
		return;
	inspected_free(&s->at);
	statuses_free(&s->statuses);
	free(s);
}

static enum err
look(struct mend *m, struct machine *machine, struct sight **out)
{
	OWN(own_mem) struct findings *seen = NULL;
	struct sight *s = calloc(1, sizeof *s);

	if (!s)
		return ERR_MEMORY;
	*out = s;
	s->at.row = &s->row;
	s->at.statuses = &s->statuses;
	TRY(m->kind->look(machine, &m->watch, &s->at, m->kind->with));
	s->row.statuses = &s->statuses;
	if (m->memory)
		TRY(check_case_match(m->memory, m->options->host, &s->row.verdict,
		                     &seen));
	if (m->kind->is_clean)
		inspect_judge(&s->at, seen);
	return OK;
}

/* What was found tells where to ask again; whoever asks may find more, and add it. */
static struct findings *
found_before(const struct mend *m)
{
	struct findings *copy = malloc(sizeof *copy);

	if (copy)
		*copy = m->before->row.findings;
	return copy;
}

static enum err
make_plan(struct mend *m)
{
	OWN(own_mem) struct findings *found = found_before(m);
	struct sight *s = m->before;
	struct inside in = { .machine = m->machine,
		             .windows = &s->at.windows,
		             .out = found };

	m->plan = plan_new();
	if (!found || !m->plan)
		return ERR_MEMORY;
	TRY(m->kind->plan(&in, &s->at, m->plan, m->kind->with));
	if (machine_failed(m->machine))
		return ERR_MEMORY;
	(void)text_copy(m->plan->host, sizeof m->plan->host, s->row.verdict.host);
	(void)text_copy(m->plan->os, sizeof m->plan->os, s->row.verdict.os.utf8);
	OWN(own_mem) char *whole = realpath(m->path, NULL);
	(void)text_copy(m->plan->called, sizeof m->plan->called,
	                whole ? whole : m->path);
	m->plan->made_ms = clock_now();
	return OK;
}

/* ---- opening */

/* Early, so that who names an image hears at once that it has to be mounted. */
static enum err
open_all(struct mend *m)
{
	const struct mend_options *o = m->options;
	char why[WHY_ROOM] = "";

	TRY(outputs_open(&m->outputs, &o->machine.outputs, o->machine.format));
	TRY(machine_named(name_of(m), m->path, false, &m->machine));
	if (o->dry_run)
		return OK;
	enum err err = ground_open(m->machine, &m->ground, why);
	if (err != OK)
		return err == ERR_MEMORY ? err : complain(m, why);
	return o->machine.case_path
	           ? check_case_open(o->machine.case_path, &m->run.run, &m->memory)
	           : OK;
}

/* ---- changing */

static void
begin_mended(struct mend *m, const char *journal)
{
	struct mended *d = &m->mended;
	const struct verdict *v = &m->before->row.verdict;

	*d = (struct mended){ .time_ms = m->run.run.started_ms,
		              .state = MENDED_BEGUN,
		              .plan = m->plan };
	(void)text_copy(d->command, sizeof d->command, m->run.run.command);
	/* In full: a case may be read from elsewhere. */
	OWN(own_mem) char *whole = realpath(journal, NULL);
	(void)text_copy(d->journal, sizeof d->journal, whole ? whole : journal);
	if (m->kind->judges)
		(void)text_copy(d->before, sizeof d->before, state_name(v->state));
	m->told.journal = d->journal;
}

static void
end_mended(struct mend *m)
{
	struct mended *d = &m->mended;

	d->state = m->carried.whole      ? MENDED_DONE
	           : m->carried.put_back ? MENDED_PUT_BACK
	                                 : MENDED_HALF;
	if (m->kind->judges && m->after)
		(void)text_copy(d->after, sizeof d->after,
		                state_name(m->after->row.verdict.state));
}

static enum err
change(struct mend *m, struct journal *journal)
{
	OWN(own_mem) struct findings *found = found_before(m);
	struct inside in = { .machine = m->machine,
		             .windows = &m->before->at.windows,
		             .out = found };
	struct stage stage = { .ground = m->ground,
		               .journal = journal,
		               .machine = m->machine,
		               .goes_on = watch_goes_on,
		               .goes_with = &m->watch };

	if (!found)
		return ERR_MEMORY;
	begin_mended(m, journal_about(journal)->path);
	TRY(mend_case_begin(m->memory, m->before->row.verdict.key, &m->mended,
	                    &m->mended_id));
	watch_change(&m->watch, m->machine);
	enum err err = carry_out(&stage, &in, m->plan, &m->carried);
	watch_clear(&m->watch);
	return err;
}

/* With a machine of its own, which remembers nothing of how it was. */
static enum err
look_again(struct mend *m)
{
	OWN(own_machine) struct machine *again = NULL;

	if (machine_named(name_of(m), m->path, false, &again) != OK)
		return OK; /* its line is out; the result says that nobody looked */
	return look(m, again, &m->after);
}

static enum err
carry_out_plan(struct mend *m)
{
	struct journal *journal = NULL;
	char dir[PATH_ROOM];

	mend_journal_dir(dir, m->options);
	TRY(journal_make(dir, &m->run.run, m->plan, ground_root(m->ground), &journal));
	enum err err = change(m, journal);
	journal_free(journal);
	ground_free(GIVE(m->ground));
	if (err == OK && m->carried.whole)
		err = look_again(m);
	end_mended(m);
	/* What was changed is changed: a case that cannot be written has said so. */
	enum err kept = mend_case_end(m->memory, m->mended_id, &m->mended);
	return err != OK ? err : kept;
}

/* ---- telling */

static void
say_outcome(struct mend *m)
{
	char *out = m->told.outcome;
	size_t room = sizeof m->told.outcome;
	size_t count = m->plan->count;
	const char *s = count == 1 ? "" : "s";
	struct changes_count done;

	changes_count(&done, m->plan);
	if (count == 0)
		(void)text_copy(out, room, "There is nothing to change.");
	else if (m->options->dry_run)
		(void)snprintf(out, room,
		               "%zu change%s would be made; nothing was changed.",
		               count, s);
	else if (m->carried.whole)
		(void)snprintf(out, room,
		               "%zu of %zu change%s carried out and read back.",
		               done.done, count, s);
	else if (m->carried.put_back)
		(void)snprintf(out, room,
		               "It failed, and what was done was put back: %.300s",
		               m->carried.why);
	else
		(void)snprintf(out, room,
		               "It failed half way, and is not as it was: %.300s",
		               m->carried.why);
}

static enum err
tell(struct mend *m)
{
	struct told_changes *t = &m->told;
	const struct mend_options *o = m->options;
	struct style style = { .color = outputs_color(o->machine.color),
		               .verbose = (int)o->machine.verbose,
		               .case_name = o->machine.case_path };

	t->run = &m->run.run;
	t->plan = m->plan;
	(void)text_copy(t->host, sizeof t->host, m->before->row.verdict.host);
	t->before = &m->before->row;
	t->after = m->after ? &m->after->row : NULL;
	t->judged = m->kind->judges;
	t->interrupted = watch_stopped();
	t->seconds = run_seconds(&m->run);
	say_outcome(m);
	mend_next(t, o, m->path);
	return outputs_changes(&m->outputs, t, &style);
}

static enum err
keep_row(struct mend *m)
{
	const struct sight *now = m->after ? m->after : m->before;
	struct summary s = { .command = m->run.run.command,
		             .seconds = run_seconds(&m->run),
		             .interrupted = watch_stopped() };

	if (!m->memory)
		return OK;
	if (m->kind->judges) {
		s.targets = 1;
		s.count[now->row.verdict.state] = 1;
		TRY(check_case_keep(m->memory, &now->row));
	}
	return case_end_run(m->memory, &s);
}

/*
 * The worm's key in a page file or a memory image stays until Windows writes over it:
 * where nothing else speaks for the worm any more, that it is gone can only be told
 * after a restart.
 */
static bool
is_in_memory_alone(const struct findings *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct finding *f = &found->at[i];

		if ((f->grade == GRADE_CONCLUSIVE || f->grade == GRADE_STRONG) &&
		    strcmp(f->detector, "memory") != 0)
			return false;
	}
	return true;
}

static int
code_of_state(const struct sight *now, bool tried)
{
	switch (now->row.verdict.state) {
	case STATE_INFECTED:
	case STATE_SUSPECT:
		return tried && is_in_memory_alone(&now->row.findings) ? 3 : 1;
	case STATE_UNKNOWN:
	case STATE_ABSENT: return 3;
	case STATE_NO_SIGN:
	case STATE_CLEAN: break;
	}
	return 0;
}

static int
code_of(const struct mend *m)
{
	bool tried = m->plan->count > 0;

	if (tried && m->options->dry_run)
		return 1;
	if (tried && !m->carried.whole)
		return 2;
	if (tried && !m->after)
		return 3;
	if (m->kind->judges)
		return code_of_state(tried ? m->after : m->before, tried);
	return m->plan->unread ? 3 : 0;
}

/* ---- the road */

static bool
is_asked_for(struct mend *m)
{
	const struct mend_question question = { .command = m->kind->command,
		                                .plan = m->plan,
		                                .deed = "Carry out",
		                                .yes = m->options->yes };

	if (watch_stopped()) {
		(void)complain(m, "stopped before anything was changed");
		return false;
	}
	return mend_ask(&question);
}

static enum err
use_plan_file(struct mend *m)
{
	const char *path = m->options->plan_path;

	if (!path)
		return OK;
	return m->options->dry_run ? mend_file_write(m->kind->command, path, m->plan)
	                           : mend_file_narrow(m->kind->command, path, m->plan);
}

static enum err
go(struct mend *m)
{
	TRY(open_all(m));
	TRY(look(m, m->machine, &m->before));
	(void)machine_say_damage(m->kind->command, &m->options->machine, m->machine, 0);
	if (m->kind->needs_windows && !m->before->at.windows.there)
		return complain(m,
		                "there is no Windows here that can be read; name the "
		                "root of its volume, or the Windows folder on it");
	TRY(make_plan(m));
	TRY(use_plan_file(m));
	if (m->plan->count > 0 && !m->options->dry_run) {
		if (!is_asked_for(m))
			return ERR_REFUSED;
		TRY(carry_out_plan(m));
		if (!m->carried.whole)
			(void)complain(m, m->carried.why);
	}
	enum err kept = keep_row(m);
	enum err told = tell(m);
	if (told != OK && m->carried.whole)
		(void)complain(m, "what was to be changed is changed all the same; the "
		                  "journal has it");
	return told != OK ? told : kept;
}

static void
tidy(struct mend *m)
{
	ground_free(m->ground);
	machine_free(m->machine);
	outputs_close(&m->outputs);
	own_case(&m->memory);
	sight_free(m->before);
	sight_free(m->after);
	plan_free(m->plan);
	free(m);
}

int
mend_run(const struct mend_kind *kind, char **argv, const struct mend_options *options,
         const char *path)
{
	struct mend *m = calloc(1, sizeof *m);

	if (!m) {
		fprintf(stderr, "confine %s: out of memory\n", kind->command->name);
		return 2;
	}
	m->kind = kind;
	m->options = options;
	m->path = path;
	m->told.journal = "";
	run_begin(&m->run, kind->command->name, argv);
	watch_begin(&m->watch,
	            !options->machine.quiet && !options->machine.no_progress);
	enum err err = go(m);
	if (err == ERR_MEMORY)
		fprintf(stderr, "confine %s: out of memory\n", kind->command->name);
	int code = err == OK ? code_of(m) : 2;
	tidy(m);
	return code;
}
