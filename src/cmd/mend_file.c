/*
 * A plan as a file: written by --dry-run, read and approved by somebody, elsewhere
 * perhaps, and then carried out, as far as the machine still is what it was made for.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/mend_parts.h"
#include "cmd/whole_file.h"
#include "tell/changes.h"

enum err
mend_file_write(const struct command *command, const char *path,
                const struct plan *plan)
{
	OWN(buf_free) struct buf text = { .ceiling = PLAN_JSON_MOST };
	struct json j;

	json_init(&j, &text);
	plan_json(&j, plan);
	buf_u8(&text, '\n');
	if (text.bad)
		return ERR_MEMORY;
	return whole_file_write(
	    command->name, path,
	    &(struct whole_file){ .bytes = buf_span(&text), .replace = true });
}

static enum err
cannot_read(const struct command *command, const char *path, const char *why)
{
	machine_complain(command->name, path, why);
	return ERR_REFUSED;
}

static enum err
read_plan(const struct command *command, const char *path, struct plan **out)
{
	OWN(own_mem) char *text = malloc(PLAN_JSON_MOST + 1);
	OWN(own_file) FILE *f = fopen(path, "rbe");

	if (!text)
		return ERR_MEMORY;
	if (!f)
		return cannot_read(command, path, strerror(errno));
	size_t len = fread(text, 1, PLAN_JSON_MOST + 1, f);
	if (ferror(f))
		return cannot_read(command, path, strerror(errno));
	if (len > PLAN_JSON_MOST || memchr(text, 0, len))
		return cannot_read(command, path, "this is no plan of confine");
	text[len] = 0;
	enum err err = plan_from_json(text, out);
	if (err == ERR_REFUSED)
		return cannot_read(command, path,
		                   "this is no plan of confine, or it has been edited; "
		                   "make a new one with --dry-run --plan");
	return err;
}

/* In all that decides what is done. */
static bool
is_same(const struct change *a, const struct change *b)
{
	return a->kind == b->kind && strcmp(a->target, b->target) == 0 &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->string, b->string) == 0 &&
	       strcmp(a->like, b->like) == 0 && a->type == b->type &&
	       strcmp(a->was, b->was) == 0 && a->after.len == b->after.len &&
	       (a->after.len == 0 ||
	        memcmp(a->after.at, b->after.at, a->after.len) == 0);
}

static const struct change *
find(const struct plan *plan, const struct change *wanted)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (is_same(&plan->at[i], wanted))
			return &plan->at[i];
	}
	return NULL;
}

static void
say_refused(const struct command *command, const struct change *c)
{
	char where[CHANGE_PLACE_ROOM];
	char line[CHANGE_PLACE_ROOM + 128];

	change_place(c, where);
	(void)snprintf(line, sizeof line,
	               "change %u of the plan, %s %s, does not fit this machine as it "
	               "is now",
	               c->id, change_kind_name(c->kind), where);
	machine_complain(command->name, "", line);
}

/* Leaves out what the approved one has not. */
static void
narrow(struct plan *fresh, const struct plan *approved)
{
	size_t kept = 0;

	for (size_t i = 0; i < fresh->count; i++) {
		struct change *c = &fresh->at[i];
		const struct change *as = find(approved, c);

		if (!as) {
			plan_leave(fresh, c->why, c->target,
			           "The plan that was approved does not have it.");
			change_free(c);
			continue;
		}
		struct change keep = *c;
		keep.id = (unsigned)kept + 1;
		fresh->at[kept++] = keep;
	}
	fresh->count = kept;
}

enum err
mend_file_narrow(const struct command *command, const char *path, struct plan *fresh)
{
	struct plan *approved = NULL;
	size_t refused = 0;

	TRY(read_plan(command, path, &approved));
	for (size_t i = 0; i < approved->count; i++) {
		if (find(fresh, &approved->at[i]))
			continue;
		refused++;
		say_refused(command, &approved->at[i]);
	}
	if (refused == 0)
		narrow(fresh, approved);
	plan_free(approved);
	if (refused == 0)
		return OK;
	machine_complain(command->name, path,
	                 "nothing was changed; make a new plan with --dry-run --plan");
	return ERR_REFUSED;
}
