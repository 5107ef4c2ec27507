/*
 * The gate.  It first holds a change against what is never touched, then counts the
 * signs of the worm that it sees itself; what the plan says of signs is not read.
 *
 * Two things it takes on trust: that the machine answers as it is, and the wish of who
 * asks for a setting of his own (Autorun, auditing, a vaccine), since such a change
 * harms nothing and there is nothing on the machine that could prove it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mend/admit_parts.h"

enum err
refuse(struct asked *a, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	(void)vsnprintf(a->why, WHY_ROOM, format, list);
	va_end(list);
	return ERR_REFUSED;
}

enum err
refuse_unknown(struct asked *a, const char *format, ...)
{
	va_list list;

	a->gate->could_not_tell = true;
	va_start(list, format);
	(void)vsnprintf(a->why, WHY_ROOM, format, list);
	va_end(list);
	return ERR_REFUSED;
}

enum err
refuse_unread(struct asked *a)
{
	if (machine_failed(a->in->machine))
		return ERR_MEMORY;
	return refuse_unknown(a, "what stands there could not be read: %.380s",
	                      machine_why(a->in->machine));
}

enum err
by_signs(struct asked *a)
{
	if (machine_failed(a->in->machine))
		return ERR_MEMORY;
	if (a->signs >= SIGNS_ASKED)
		return OK;
	return refuse(a,
	              "%s on this machine that it is the worm's, and two independent "
	              "ones are asked for",
	              a->signs == 0 ? "there is no sign" : "there is one sign only");
}

const char *
path_below(const char *path, const char *above)
{
	size_t len = strlen(above);

	if (!text_begins(path, above) || path[len] != '\\' || !path[len + 1])
		return NULL;
	return path + len + 1;
}

const char *
path_base(const char *path)
{
	const char *last = strrchr(path, '\\');

	return last ? last + 1 : path;
}

enum err
gate_open(const struct inside *in, struct gate **out)
{
	struct gate *g = malloc(sizeof *g);

	*out = g;
	if (!g)
		return ERR_MEMORY;
	g->in = *in;
	g->in.out = &g->scratch;
	g->seen = in->out;
	g->has_looked = g->is_infected = g->has_backups = false;
	g->backup_count = g->dll_count = 0;
	g->has_dlls = false;
	g->dlls = NULL;
	g->scratch.count = 0;
	g->judged = (struct task_judged){ .line = "" };
	g->job[0] = g->job_why[0] = '\0';
	return OK;
}

void
gate_close(struct gate *g)
{
	for (size_t i = 0; g && i < g->dll_count; i++)
		free(g->dlls[i]);
	if (g)
		free(g->dlls);
	free(g);
}

/* What no honest plan has, so that nobody has to think of it further on. */
static bool
is_plain_text(const char *text)
{
	while (*text) {
		uint32_t c = text_next(&text);

		if (c < 0x20 || c == 0x7F || c == 0xFFFD)
			return false;
	}
	return true;
}

static enum err
admit_by_kind(struct asked *a)
{
	switch (a->change->kind) {
	case CHANGE_SET_VALUE:
	case CHANGE_DELETE_VALUE:
	case CHANGE_REMOVE_STRING:
	case CHANGE_DELETE_KEY:
	case CHANGE_MAKE_KEY: return admit_registry(a);
	case CHANGE_QUARANTINE: return admit_file(a);
	case CHANGE_DELETE_TASK: return admit_task_file(a);
	case CHANGE_REMOVE_FOLDER:
	case CHANGE_MAKE_FOLDER:
	case CHANGE_MAKE_FILE: return admit_folder(a);
	case CHANGE_RESET_ACL: return admit_acl(a);
	}
	return refuse(a, "there is no such change");
}

enum err
gate_admit(struct gate *g, const struct change *c, char why[WHY_ROOM])
{
	struct asked a = { .gate = g, .in = &g->in, .change = c, .why = why };

	why[0] = '\0';
	g->scratch.count = 0;
	g->could_not_tell = false;
	if (!is_plain_text(c->target) || !is_plain_text(c->like))
		return refuse(&a, "its path is no plain text");
	enum err err = admit_by_kind(&a);
	return machine_failed(g->in.machine) ? ERR_MEMORY : err;
}

bool
gate_could_not_tell(const struct gate *g)
{
	return g->could_not_tell;
}

enum err
admit_change(const struct inside *in, const struct change *c, char why[WHY_ROOM])
{
	struct gate *g = NULL;

	TRY(gate_open(in, &g));
	enum err err = gate_admit(g, c, why);
	gate_close(g);
	return err;
}
