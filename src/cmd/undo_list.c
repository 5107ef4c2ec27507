#include "cmd/undo_list.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/own.h"
#include "base/text.h"
#include "cmd/case_command.h"
#include "cmd/outputs.h"
#include "keep/case.h"
#include "mend/journal.h"
#include "tell/changes.h"
#include "tell/safe.h"

#define USUAL_DIR "confine-journal"
#define LINE_MOST (64u * 1024)

static const char *
state_word(enum journal_state state)
{
	switch (state) {
	case JOURNAL_KEEPING: return "prepared";
	case JOURNAL_CHANGING: return "interrupted";
	case JOURNAL_DONE: return "done";
	case JOURNAL_UNDOING: return "half-undone";
	case JOURNAL_UNDONE: break;
	}
	return "undone";
}

static enum err
tell_text(void *with, const struct journal_about *a)
{
	char when[MOMENT_ROOM];
	size_t *count = with;

	*count += 1;
	case_moment(when, a->started_ms);
	printf("%s  %-11s  %-8s  %3zu change%s  ", when, state_word(a->state),
	       a->command, a->changes, a->changes == 1 ? " " : "s");
	safe_text(stdout, a->host);
	fputs("\n    ", stdout);
	safe_text(stdout, a->path);
	fputs("\n    of ", stdout);
	safe_text(stdout, a->called);
	fputc('\n', stdout);
	return OK;
}

static enum err
tell_json(void *with, const struct journal_about *a)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_MOST };
	size_t *count = with;
	struct json j;

	const struct {
		const char *key, *text;
	} pairs[] = {
		{ "type", "journal" },     { "journal", a->path },
		{ "host", a->host },       { "machine", a->called },
		{ "command", a->command }, { "state", state_word(a->state) },
	};

	*count += 1;
	json_init(&j, &line);
	json_open(&j, '{');
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		json_key(&j, pairs[i].key);
		json_text(&j, pairs[i].text);
	}
	json_key(&j, "started");
	json_when(&j, a->started_ms);
	json_key(&j, "changes");
	json_int(&j, (int64_t)a->changes);
	json_close(&j, '}');
	if (line.bad)
		return ERR_MEMORY;
	puts(buf_string(&line));
	return OK;
}

static bool
wants_text(const struct machine_options *o)
{
	if (o->format)
		return strcmp(o->format, "text") == 0;
	return isatty(STDOUT_FILENO);
}

static int
list_folder(const struct machine_options *o, const char *dir)
{
	size_t count = 0;
	enum err err = journal_each(dir, wants_text(o) ? tell_text : tell_json, &count);

	if (err != OK)
		return 2;
	if (count == 0 && wants_text(o)) {
		fputs("There is no journal in ", stdout);
		safe_text(stdout, dir);
		fputc('\n', stdout);
	}
	return 0;
}

static enum err
list_changes(const struct machine_options *o, const struct run_words *run,
             struct journal *j)
{
	const struct journal_about *about = journal_about(j);
	struct style style = { .color = outputs_color(o->color),
		               .verbose = (int)o->verbose };
	struct told_changes told = { .run = &run->run, .journal = about->path };
	struct outputs outputs;
	struct plan *plan = NULL;

	TRY(journal_plan(j, &plan));
	told.plan = plan;
	(void)text_copy(told.host, sizeof told.host, about->host);
	(void)snprintf(told.outcome, sizeof told.outcome,
	               "A journal of confine %s on %.200s: %s.", about->command,
	               about->called, state_word(about->state));
	enum err err = outputs_open(&outputs, &o->outputs, o->format);
	if (err == OK)
		err = outputs_changes(&outputs, &told, &style);
	outputs_close(&outputs);
	plan_free(plan);
	return err;
}

static int
list_journal(const struct machine_options *o, const struct run_words *run,
             const char *path)
{
	struct journal *j = NULL;

	if (journal_open(path, false, &j) != OK)
		return 2;
	enum err err = list_changes(o, run, j);
	journal_free(j);
	return err == OK ? 0 : 2;
}

int
undo_list(const struct machine_options *o, const struct run_words *run,
          const char *path)
{
	char dir[PATH_ROOM];
	struct stat there;

	if (!path)
		return list_folder(o, USUAL_DIR);
	if (stat(path, &there) == 0 && S_ISDIR(there.st_mode))
		return list_folder(o, path);
	if (!case_is_one(path))
		return list_journal(o, run, path);
	(void)snprintf(dir, sizeof dir, "%s.d", path);
	return list_folder(o, dir);
}
