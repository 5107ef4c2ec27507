/*
 * What no program can do, and what was found and is left.  So nothing that `check`
 * found goes without a word.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "know/traces.h"
#include "mend/plan_parts.h"

/* ---- steps for a person */

static bool
needs_doing(const struct planner *p, enum status_kind kind)
{
	for (size_t i = 0; p->statuses && i < p->statuses->count; i++) {
		const struct status *s = &p->statuses->at[i];

		if (s->kind == kind && s->need == NEED_DOING)
			return true;
	}
	return false;
}

static const char *
text_of(const struct status *s, const char *key)
{
	const struct status_field *f = status_field(s, key);

	return f && f->is == STATUS_TEXT ? f->text : "";
}

static void
say_patches(struct planner *p)
{
	char says[SENTENCE_ROOM];

	for (size_t i = 0; p->statuses && i < p->statuses->count; i++) {
		const struct status *s = &p->statuses->at[i];

		if (s->kind != STATUS_PATCH || s->need != NEED_DOING)
			continue;
		(void)snprintf(
		    says, sizeof says, "Install %.20s (%.20s) by hand%s%.90s.",
		    text_of(s, "kb"), text_of(s, "bulletin"),
		    text_of(s, "package")[0] ? ", from read-only media: " : "",
		    text_of(s, "package"));
		plan_person(p->plan, "", says);
	}
}

static bool
changes_anything(const struct planner *p, enum change_kind kind)
{
	for (size_t i = 0; i < p->plan->count; i++) {
		if (kind == 0 || p->plan->at[i].kind == kind)
			return true;
	}
	return false;
}

void
plan_persons(struct planner *p)
{
	struct plan *plan = p->plan;
	bool is_ill = p->is_infected || plan->count > 0;

	if (is_ill)
		plan_person(plan, "",
		            "Isolate the machine: pull its network cable until it is "
		            "patched and checked again.");
	say_patches(p);
	if (needs_doing(p, STATUS_AUTORUN))
		plan_person(plan, "",
		            "Close Autorun: confine autorun disable MACHINE.");
	if (needs_doing(p, STATUS_AUDIT))
		plan_person(plan, "",
		            "Have guessed passwords recorded: confine audit enable "
		            "MACHINE.");
	if (!is_ill)
		return;
	plan_person(plan, "",
	            "Change the passwords of local and domain administrators, each to "
	            "another strong one: the worm may know them.");
	plan_person(plan, "",
	            "Restart the machine: what runs in memory ends only then; then "
	            "check it again.");
	plan_person(plan, "",
	            "Look at every stick and drive that was used on this machine with "
	            "confine usb.");
	if (changes_anything(p, CHANGE_DELETE_TASK))
		plan_person(plan, "",
		            "Find the machine that made the tasks: it knew an "
		            "administrator's password of this one.");
}

/* ---- what is left */

static const struct {
	const char *trace;
	const char *says;
} fates[] = {
	{ "control-set-missing",
	  "Left: which control set is in force could not be told; mend the SYSTEM "
	  "hive, and make the plan again." },
	{ "fw-port",
	  "Left: games and other programs open ports under such names too. Look at it "
	  "in the firewall's settings, and delete it there if nobody knows it." },
	{ "hive-damaged",
	  "Left: nothing is changed in a hive that could not be read; mend it, and "
	  "make the plan again." },
	{ "hive-dirty",
	  "Left: writes to this hive are pending; put its .LOG files beside it, or "
	  "let that Windows start and shut down without a network." },
	{ "memory-key",
	  "Left: what memory was written to is overwritten in time; a restart ends "
	  "what runs." },
	{ "memory-key-part",
	  "Left: what memory was written to is overwritten in time; a restart ends "
	  "what runs." },
	{ "no-windows", "Left: there is no Windows here; only drives were looked at." },
	{ "pending-delete",
	  "Left: it deletes a copy of the worm at the next start, which helps." },
	{ "task-log", "Left: the log starts nothing, and is evidence." },
};

static const char *
fate_of(const struct finding *f)
{
	for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
		if (strcmp(fates[i].trace, f->trace) == 0)
			return fates[i].says;
	}
	if (f->grade == GRADE_UNDETERMINED)
		return "Left: it could not be read, so nothing about it is changed; "
		       "see the reason in check, put it right, and make the plan "
		       "again.";
	return "Left: it was not there any more, or not so, when the plan was "
	       "made; check the machine again.";
}

/* By its place, or as all of its kind are. */
static bool
is_handled(const struct planner *p, const struct finding *f)
{
	const struct plan *plan = p->plan;

	for (size_t i = 0; i < plan->count; i++) {
		if (strcmp(plan->at[i].why, f->trace) == 0 ||
		    text_same(plan->at[i].target, f->where))
			return true;
	}
	for (size_t i = 0; i < plan->left_count; i++) {
		if (strcmp(plan->left[i].why, f->trace) == 0 ||
		    text_same(plan->left[i].target, f->where))
			return true;
	}
	return false;
}

static void
tell_more(struct planner *p)
{
	char says[SENTENCE_ROOM];

	if (p->more_left == 0)
		return;
	(void)snprintf(says, sizeof says,
	               "%zu more things that were found are left alone; check lists "
	               "them.",
	               p->more_left);
	plan_leave(p->plan, "", "", says);
}

void
plan_rest(struct planner *p)
{
	for (size_t i = 0; p->found && i < p->found->count; i++) {
		const struct finding *f = &p->found->at[i];

		if (f->grade != GRADE_EXONERATING && !is_handled(p, f))
			planner_leave(p, f->trace, f->where, fate_of(f));
	}
	tell_more(p);
}
