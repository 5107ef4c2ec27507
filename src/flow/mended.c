#include "flow/mended.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"

static const char *const names[] = {
	[MENDED_BEGUN] = "begun",       [MENDED_DONE] = "done",
	[MENDED_PUT_BACK] = "put-back", [MENDED_HALF] = "half-done",
	[MENDED_UNDONE] = "undone",     [MENDED_PART_UNDONE] = "part-undone",
};
#define STATES (sizeof names / sizeof names[0])

const char *
mended_state_name(enum mended_state state)
{
	return names[state];
}

enum mended_state
mended_state_from_name(const char *name)
{
	for (size_t i = MENDED_BEGUN; i < STATES; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum mended_state)i;
	}
	return (enum mended_state)0;
}

const char *
mended_place(const struct mended *m, const struct verdict *now)
{
	switch (m->state) {
	case MENDED_BEGUN: return "begun";
	case MENDED_HALF: return "half-done";
	case MENDED_UNDONE: return "undone";
	case MENDED_PUT_BACK: return NULL;
	case MENDED_DONE:
	case MENDED_PART_UNDONE: break;
	}
	bool clean = strcmp(m->command, "clean") == 0 && now->inside &&
	             now->state == STATE_CLEAN && now->time_ms >= m->time_ms;

	return clean ? "cleaned" : "changed";
}

static const char *
state_words(enum mended_state state)
{
	switch (state) {
	case MENDED_BEGUN: return ", broken off";
	case MENDED_PUT_BACK: return ", failed and put back";
	case MENDED_HALF: return ", failed half way";
	case MENDED_UNDONE: return ", undone since";
	case MENDED_PART_UNDONE: return ", undone in part since";
	case MENDED_DONE: break;
	}
	return "";
}

void
mended_words(const struct mended *m, char out[MENDED_WORDS_ROOM])
{
	char when[WHEN_ROOM];

	when_text(when, m->time_ms);
	(void)snprintf(out, MENDED_WORDS_ROOM,
	               "%.10s %.5s UTC: %s, %zu of %zu change%s%s%s%s%s%s", when,
	               when + 11, m->command, m->done, m->changes,
	               m->changes == 1 ? "" : "s", state_words(m->state),
	               m->before[0] ? ", before: " : "", m->before,
	               m->after[0] ? ", after: " : "", m->after);
}

void
mended_json(struct json *j, const struct mended *m, const struct verdict *now)
{
	const char *place = mended_place(m, now);

	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "mended");
	json_key(j, "time");
	json_when(j, m->time_ms);
	json_key(j, "host");
	json_text(j, now->host);
	json_key(j, "command");
	json_text(j, m->command);
	json_key(j, "state");
	json_text(j, mended_state_name(m->state));
	json_key(j, "before");
	json_text(j, m->before);
	json_key(j, "after");
	json_text(j, m->after);
	json_key(j, "changes");
	json_int(j, (int64_t)m->changes);
	json_key(j, "done");
	json_int(j, (int64_t)m->done);
	json_key(j, "journal");
	json_text(j, m->journal);
	json_key(j, "place");
	json_text(j, place ? place : "");
	json_close(j, '}');
}
