/*
 * What comes next, in the order of Microsoft's instructions (KB962007): close the door
 * before the machine goes back to the network, then what would let the worm in again.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "cmd/mend_parts.h"
#include "tell/shell.h"

void
mend_step(struct told_changes *told, const char *why, const char *const words[],
          const char *case_path)
{
	OWN(buf_free) struct buf b = { .ceiling = sizeof told->steps[0].command };

	if (told->step_count == NEXT_STEPS_MOST)
		return;
	struct next_step *step = &told->steps[told->step_count];
	buf_text(&b, "confine");
	for (size_t i = 0; words[i]; i++) {
		buf_u8(&b, ' ');
		shell_word(&b, words[i]);
	}
	if (case_path) {
		buf_text(&b, " --case ");
		shell_word(&b, case_path);
	}
	if (!text_copy(step->command, sizeof step->command, buf_string(&b)) || b.bad)
		return;
	step->why = why;
	told->step_count++;
}

static bool
needs(const struct statuses *all, enum status_kind kind)
{
	for (size_t i = 0; all && i < all->count; i++) {
		if (all->at[i].kind == kind && all->at[i].need == NEED_DOING)
			return true;
	}
	return false;
}

/* What of its defences is open, each with the command that closes it. */
static void
defences(struct told_changes *told, const struct mend_options *o, const char *path)
{
	const struct statuses *all = told->after->statuses;
	const char *in_case = o->machine.case_path;

	if (needs(all, STATUS_PATCH))
		mend_step(told,
		          "which updates it lacks: install them before it gets back to "
		          "the network",
		          (const char *[]){ "patches", path, NULL }, NULL);
	if (needs(all, STATUS_TASK))
		mend_step(told, "tasks of the worm's form are left",
		          (const char *[]){ "tasks", "delete", path, NULL }, in_case);
	mend_step(told, "change the passwords used on it; this tells which are guessed",
	          (const char *[]){ "passwords", "-", NULL }, NULL);
	if (needs(all, STATUS_AUTORUN))
		mend_step(told, "sticks start by themselves on it",
		          (const char *[]){ "autorun", "disable", path, NULL },
		          in_case);
	if (needs(all, STATUS_AUDIT))
		mend_step(told, "it does not write down who guesses passwords",
		          (const char *[]){ "audit", "enable", path, NULL }, in_case);
}

static void
carry_out_first(struct told_changes *told, const struct mend_options *o)
{
	const char *words[16] = { told->run->command };
	size_t count = 1;

	/* What was typed, without what made it a trial. */
	for (int i = 2; i < told->run->argc && count < 14; i++) {
		if (strcmp(told->run->argv[i], "--dry-run") != 0)
			words[count++] = told->run->argv[i];
	}
	words[count] = NULL;
	mend_step(told, o->plan_path ? "carry out that plan" : "carry out the changes",
	          words, NULL);
}

void
mend_next(struct told_changes *told, const struct mend_options *o, const char *path)
{
	const struct row *now = told->after ? told->after : told->before;

	if (o->dry_run && told->plan->count > 0)
		carry_out_first(told, o);
	if (told->judged && told->after && now->verdict.state != STATE_CLEAN)
		mend_step(told, "what is still found",
		          (const char *[]){ "check", path, "-v", NULL },
		          o->machine.case_path);
	if (told->judged && told->after)
		defences(told, o, path);
	if (told->journal[0])
		mend_step(told, "puts back what was changed",
		          (const char *[]){ "undo",
		                            o->machine.case_path ? o->machine.case_path
		                                                 : told->journal,
		                            NULL },
		          NULL);
}
