/* How a change gets into a plan: described, held against the machine, admitted. */
#include "mend/plan_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mend/standing.h"

static void
planner_free(struct planner *p)
{
	gate_close(p->gate);
	free(p->files);
	free(p);
}

enum err
planner_open(const struct inside *in, const struct verdict *verdict,
             const struct plan_wishes *wishes, struct plan *plan, struct planner **out)
{
	struct planner *p = malloc(sizeof *p);

	*out = p;
	if (!p)
		return ERR_MEMORY;
	p->in = *in;
	p->in.out = &p->scratch;
	p->scratch.count = 0;
	p->found = in->out;
	p->statuses = NULL;
	p->wishes = wishes ? *wishes : (struct plan_wishes){ .suspects = false };
	p->is_infected = verdict && verdict->state == STATE_INFECTED;
	p->plan = plan;
	p->gate = NULL;
	p->file_count = p->more_left = 0;
	p->files = calloc(PLANNED_FILES_MOST, sizeof *p->files);
	if (p->files && gate_open(in, &p->gate) == OK)
		return OK;
	planner_free(p);
	*out = NULL;
	return ERR_MEMORY;
}

enum err
planner_close(struct planner *p, enum err err)
{
	bool failed = machine_failed(p->in.machine);

	planner_free(p);
	return err == OK && failed ? ERR_MEMORY : err;
}

/* ---- describing */

struct change *
planner_add(struct planner *p, enum change_kind kind, const char *target,
            const char *why)
{
	struct change *c = plan_add(p->plan, kind);

	if (!c)
		return NULL;
	(void)text_copy(c->target, sizeof c->target, target);
	if (c->target[0] >= 'a' && c->target[0] <= 'z' && c->target[1] == ':')
		c->target[0] = (char)(c->target[0] & ~0x20); /* as plans have it */
	(void)text_copy(c->why, sizeof c->why, why);
	if (strcmp(why, WHY_ASKED) != 0)
		change_sign(c, why);
	return c;
}

enum err
planner_full(struct planner *p)
{
	if (p->plan->count < PLAN_CHANGES_MOST)
		return ERR_MEMORY;
	planner_leave(p, "", "",
	              "There is more to change than one plan holds; carry this one "
	              "out, and make another.");
	return OK;
}

void
change_sign_traits(struct change *c, unsigned traits)
{
	for (unsigned bit = 1; bit <= TRAIT_RANDOM_NAME; bit <<= 1) {
		if (traits & bit)
			change_sign(c, worm_file_trait_word(bit));
	}
}

/* A sentence; what is longer ends in an ellipsis. */
static void
say(char to[SENTENCE_ROOM], const char *format, va_list list)
{
	char words[PATH_ROOM + NAME_ROOM];

	(void)vsnprintf(words, sizeof words, format, list);
	text_shorten(to, SENTENCE_ROOM, words);
}

void
change_says(struct change *c, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(c->says, format, list);
	va_end(list);
}

void
change_from(struct change *c, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(c->from, format, list);
	va_end(list);
}

void
change_u32(struct change *c, uint32_t number)
{
	c->type = REG_TYPE_DWORD;
	buf_clear(&c->after);
	buf_le32(&c->after, number);
}

void
change_text(struct change *c, uint32_t type, const char *text)
{
	c->type = type;
	buf_clear(&c->after);
	buf_utf16(&c->after, text);
	buf_le16(&c->after, 0);
}

void
software_key(size_t half, const char *root, const char *rest, char to[PATH_ROOM])
{
	(void)snprintf(to, PATH_ROOM, "%s\\%s%s", root,
	               half == 0 ? "" : "Wow6432Node\\", rest);
}

/* ---- settling */

static void
drop_last(struct plan *plan)
{
	change_free(&plan->at[--plan->count]);
}

static bool
is_again(const struct plan *plan, const struct change *c)
{
	for (const struct change *old = plan->at; old < c; old++) {
		if (old->kind == c->kind && text_same(old->target, c->target) &&
		    text_same(old->name, c->name) &&
		    strcmp(old->string, c->string) == 0)
			return true;
	}
	return false;
}

/* What is to be made need not be there; everything else does. */
static bool
wants_something_there(enum change_kind kind)
{
	return kind != CHANGE_SET_VALUE && kind != CHANGE_MAKE_KEY &&
	       kind != CHANGE_MAKE_FOLDER && kind != CHANGE_MAKE_FILE;
}

static bool
is_cut(const struct change *c)
{
	return !c->target[0] || strlen(c->target) == sizeof c->target - 1 ||
	       strlen(c->name) == sizeof c->name - 1 ||
	       strlen(c->string) == sizeof c->string - 1;
}

static void
leave(struct planner *p, const struct change *c, const char *why)
{
	char says[WHY_ROOM + 32];

	(void)snprintf(says, sizeof says, "Left alone: %s.", why);
	planner_leave(p, c->why, c->target, says);
}

/* False where there is nothing to be done, or it cannot be told. */
static bool
look_at_it(struct planner *p, struct change *c)
{
	struct machine *m = p->in.machine;
	enum heard heard = standing_of(m, c, c->was);
	struct file_facts facts;

	if (heard != HEARD) {
		p->plan->unread = true;
		leave(p, c, machine_why(m));
		return false;
	}
	if (!c->was[0])
		return !wants_something_there(c->kind);
	if ((c->kind == CHANGE_QUARANTINE || c->kind == CHANGE_DELETE_TASK) &&
	    machine_stat(m, c->target, &facts) == HEARD)
		c->size = facts.size;
	return true;
}

enum err
planner_settle(struct planner *p, bool *stays)
{
	struct change *c = &p->plan->at[p->plan->count - 1];
	char why[WHY_ROOM] = "";
	enum err err = OK;
	bool ignored = false;

	stays = stays ? stays : &ignored;
	*stays = false;
	if (c->after.bad)
		err = ERR_MEMORY;
	else if (is_cut(c))
		leave(p, c, "its path is longer than any of Windows'");
	else if (!is_again(p->plan, c) && look_at_it(p, c)) {
		err = gate_admit(p->gate, c, why);
		if (err == ERR_REFUSED) {
			p->plan->unread |= gate_could_not_tell(p->gate);
			leave(p, c, why);
		}
		*stays = err == OK;
	}
	if (machine_failed(p->in.machine))
		err = ERR_MEMORY;
	if (!*stays)
		drop_last(p->plan);
	return err == ERR_REFUSED ? OK : err;
}

/* ---- the rest */

bool
planner_has_file(const struct planner *p, const char *path)
{
	for (size_t i = 0; i < p->file_count; i++) {
		if (text_same(p->files[i].path, path))
			return true;
	}
	return false;
}

void
planner_file(struct planner *p, const char *path, const char *why,
             const struct file_judged *file, bool is_weak)
{
	if (planner_has_file(p, path))
		return;
	if (p->file_count == PLANNED_FILES_MOST) {
		planner_leave(p, why, path,
		              "Left alone: there are more files than one plan takes; "
		              "carry this one out, and make another.");
		return;
	}
	struct planned_file *f = &p->files[p->file_count++];
	*f = (struct planned_file){ .file = *file, .is_weak = is_weak };
	(void)text_copy(f->path, sizeof f->path, path);
	(void)text_copy(f->why, sizeof f->why, why);
}

void
planner_unread(struct planner *p, const char *why, const char *target, const char *says)
{
	p->plan->unread = true;
	planner_leave(p, why, target, says);
}

void
planner_leave(struct planner *p, const char *why, const char *target, const char *says)
{
	/* The last place is for what tells how many have found none. */
	if (p->plan->left_count < PLAN_NOTES_MOST - 1)
		plan_leave(p->plan, why, target, says);
	else
		p->more_left++;
}

bool
planner_has(const struct planner *p, enum change_kind kind, const char *target)
{
	for (size_t i = 0; i < p->plan->count; i++) {
		if (p->plan->at[i].kind == kind &&
		    text_same(p->plan->at[i].target, target))
			return true;
	}
	return false;
}

bool
planner_found(const struct planner *p, const char *trace)
{
	for (size_t i = 0; p->found && i < p->found->count; i++) {
		if (strcmp(p->found->at[i].trace, trace) == 0)
			return true;
	}
	return false;
}
