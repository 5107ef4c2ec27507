/*
 * Known answers: questions to our own tables and codecs whose answers were
 * worked out elsewhere.  A build that gets one wrong must not be believed.
 */
#ifndef CMD_KNOWN_H
#define CMD_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

struct known {
	const char *name;
	bool (*holds)(void);
};

extern const struct known knowns[];
extern const size_t knowns_count;

/* Those of one platform: known_linux.c, known_windows.c. */
extern const struct known knowns_of_platform[];
extern const size_t knowns_of_platform_count;

#endif
