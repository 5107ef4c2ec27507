/*
 * Takes the steps of mend/step.h on a machine, for the end-to-end tests:
 *
 *	step_tool do MACHINE FOLDER STEP...	keeps all, commits, applies one by one
 *	step_tool keep MACHINE FOLDER STEP...	keeps all, and commits
 *	step_tool apply|look|undo MACHINE JOURNAL
 *
 * A step: remove-file PATH SHA256, remove-folder PATH, make-folder PATH,
 * make-file PATH TEXT, security PATH LIKE, hive-set PATH KEY NAME TEXT (REG_BINARY),
 * hive-delete-key PATH KEY; "-" stands for no hash.  A line a step
 * tells how its place stands; a failure is a line on standard error, and 2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mend/step.h"
#include "reach/hive_edit.h"
#include "reach/offline.h"

static const char *const stands_names[] = { "",        "before", "after",
	                                    "between", "other",  "unread" };

static int
failed(const char *why)
{
	(void)fprintf(stderr, "%s\n", why);
	return 2;
}

/* ---- keeping */

static enum err
keep_hive(struct stage *s, char **words, struct step_row *row)
{
	bool sets = strcmp(words[0], "hive-set") == 0;
	struct reg_edit edit = { .kind = REG_EDIT_DELETE_KEY,
		                 .key = words[2],
		                 .name = "" };

	if (sets)
		edit = (struct reg_edit){ REG_EDIT_SET, 3, words[2], words[3],
			                  span_of(words[4], strlen(words[4])) };
	return step_keep_hive(s, words[1], &edit, 1, row);
}

/* Takes the words of one step; how many they were, or 0 where it failed. */
static int
keep_one(struct stage *s, char **words, struct step_row *row)
{
	const char *path = words[1];
	enum err err = ERR_REFUSED;
	int count = 2;

	s->why[0] = '\0';
	if (strcmp(words[0], "remove-file") == 0) {
		const char *sha256 = strcmp(words[2], "-") == 0 ? "" : words[2];

		err = step_keep_remove_file(s, path, sha256, row);
		count = 3;
	} else if (strcmp(words[0], "remove-folder") == 0) {
		err = step_keep_remove_folder(s, path, row);
	} else if (strcmp(words[0], "make-folder") == 0) {
		err = step_keep_make_folder(s, path, row);
	} else if (strcmp(words[0], "make-file") == 0) {
		err = step_keep_make_file(s, path, span_of(words[2], strlen(words[2])),
		                          row);
		count = 3;
	} else if (strcmp(words[0], "security") == 0) {
		err = step_keep_security(s, path, words[2], row);
		count = 3;
	} else if (strncmp(words[0], "hive-", 5) == 0) {
		err = keep_hive(s, words, row);
		count = strcmp(words[0], "hive-set") == 0 ? 5 : 3;
	}
	return err == OK ? count : 0;
}

static int
keep_all(struct stage *s, const char *folder, char **words)
{
	struct plan *plan = plan_new();
	struct run run = { .started_ms = 1795912785000,
		           .version = "0",
		           .command = "clean",
		           .argv = words,
		           .argc = 1 };
	struct step_row row;

	if (!plan)
		return failed("no memory");
	enum err err = journal_make(folder, &run, plan, ground_root(s->ground),
	                            &s->journal);
	plan_free(plan);
	if (err != OK)
		return 2;
	while (*words) {
		int count = keep_one(s, words, &row);

		if (count == 0)
			return failed(s->why);
		step_row_free(&row);
		words += count;
	}
	if (journal_commit(s->journal) != OK)
		return 2;
	puts(journal_about(s->journal)->path);
	return 0;
}

/* ---- the others */

struct doing {
	struct stage *stage;
	char what; /* of "apply", "look", "undo" */
};

static enum err
do_one(void *with, struct step_row *row)
{
	struct doing *d = with;
	const struct step_ops *ops = step_ops(row->kind);
	enum err err = OK;

	d->stage->why[0] = '\0';
	if (d->what == 'a')
		err = ops->apply(d->stage, row);
	if (d->what == 'u')
		err = ops->undo(d->stage, row);
	if (err != OK) {
		(void)failed(d->stage->why);
		return err;
	}
	enum stands stands = ops->look(d->stage, row);
	printf("%s %s%s%s\n", row->path, stands_names[stands],
	       stands >= STANDS_OTHER ? ": " : "",
	       stands >= STANDS_OTHER ? d->stage->why : "");
	return OK;
}

static int
do_all(struct stage *s, char what)
{
	struct doing d = { s, what };

	return journal_steps(s->journal, what == 'u', do_one, &d) == OK ? 0 : 2;
}

static int
run(struct stage *s, char **words)
{
	if (strcmp(words[1], "do") == 0 || strcmp(words[1], "keep") == 0) {
		int code = keep_all(s, words[3], words + 4);

		return code == 0 && words[1][0] == 'd' ? do_all(s, 'a') : code;
	}
	if (journal_open(words[3], words[1][0] != 'l', &s->journal) != OK)
		return 2;
	return do_all(s, words[1][0]);
}

int
main(int argc, char **argv)
{
	struct stage stage = { .ground = NULL };
	char why[WHY_ROOM] = "";
	int code = 2;

	if (argc < 4)
		return failed("step_tool do|keep|apply|look|undo MACHINE ...");
	if (offline_open(argv[2], &stage.machine, why) != OK || !stage.machine ||
	    ground_open(stage.machine, &stage.ground, why) != OK)
		(void)failed(why);
	else
		code = run(&stage, argv);
	journal_free(stage.journal);
	ground_free(stage.ground);
	machine_free(stage.machine);
	return code;
}
