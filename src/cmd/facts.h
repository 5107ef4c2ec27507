/* What selftest tells about the machine that it runs on. */
#ifndef CMD_FACTS_H
#define CMD_FACTS_H

#include <stddef.h>

#define FACTS_MOST 12
#define FACT_ROOM 160

struct fact {
	const char *name; /* "descriptors" */
	char value[FACT_ROOM];
};

struct facts {
	struct fact at[FACTS_MOST];
	size_t count;
};

/* A new one to fill in; the last place is reused where there is no more room. */
struct fact *facts_add(struct facts *all, const char *name);

/* Those that only this platform has: selftest_linux.c, selftest_windows.c. */
void facts_of_platform(struct facts *all);

#endif
