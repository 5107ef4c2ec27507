/* What detectors say their findings with (look/inside.h). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "know/traces.h"
#include "look/inside.h"

#define UNREAD "place-unread"

struct finding *
look_found(const struct inside *in, const char *trace, const char *place)
{
	struct finding *f = trace_found(in->out, trace);

	text_shorten(f->where, sizeof f->where, place);
	return f;
}

struct finding *
look_at_value(const struct inside *in, const char *trace, const char *key,
              const char *value)
{
	char place[PATH_ROOM + NAME_ROOM];

	snprintf(place, sizeof place, "%s : %s", key, value[0] ? value : "(default)");
	return look_found(in, trace, place);
}

/* A hive that could not be opened is a finding of its own, once: not one a key. */
static bool
is_told(const struct machine *m)
{
	for (size_t i = 0; i < m->damaged_count; i++) {
		const char *why = strstr(m->damaged[i], ": "); /* "PATH: why" */

		if (strcmp(m->damaged[i], machine_why(m)) == 0 ||
		    (why && strcmp(why + 2, machine_why(m)) == 0))
			return true;
	}
	return false;
}

/* Places are reached by several roads: by the folder's name, and by a setting. */
static bool
is_unread_already(const struct findings *all, const char *detector, const char *place)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->at[i];

		if (strcmp(f->trace, UNREAD) == 0 && strcmp(f->where, place) == 0 &&
		    strcmp(f->detector, detector) == 0)
			return true;
	}
	return false;
}

enum err
look_unread(const struct inside *in, const char *detector, const char *place,
            enum heard heard)
{
	if (heard == HEARD || heard == HEARD_NOTHING)
		return OK;
	if (machine_failed(in->machine))
		return ERR_MEMORY;
	if (is_told(in->machine) || is_unread_already(in->out, detector, place))
		return OK;
	struct finding *f = look_found(in, UNREAD, place);
	(void)text_copy(f->detector, sizeof f->detector, detector);
	finding_text(f, "because", machine_why(in->machine));
	return OK;
}

enum err
look_key(const struct inside *in, const char *detector, const char *path,
         struct reg_key *out)
{
	return look_unread(in, detector, path, machine_key(in->machine, path, out));
}
