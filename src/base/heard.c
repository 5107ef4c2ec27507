#include "base/heard.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
	[HEARD] = "heard",           [HEARD_NOTHING] = "nothing",
	[HEARD_REFUSED] = "refused", [HEARD_SHORT] = "short",
	[HEARD_ODD] = "odd",         [NOT_ASKED] = "not-asked",
};

const char *
heard_name(enum heard heard)
{
	return heard >= HEARD && heard <= NOT_ASKED ? names[heard] : "odd";
}

enum heard
heard_from_name(const char *name)
{
	for (size_t i = HEARD; i <= NOT_ASKED; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum heard)i;
	}
	return (enum heard)0;
}
