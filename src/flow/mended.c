#include "flow/mended.h"

#include <string.h>

static const char *const names[] = {
	[MENDED_BEGUN] = "begun",
	[MENDED_DONE] = "done",
	[MENDED_PUT_BACK] = "put-back",
	[MENDED_HALF] = "half-done",
	[MENDED_UNDONE] = "undone",
	[MENDED_PART_UNDONE] = "part-undone",
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
