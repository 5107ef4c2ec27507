/* Hives that a test opens, through the cage, whatever comes of it. */
#ifndef TESTS_HIVE_TRIED_H
#define TESTS_HIVE_TRIED_H

#include "reach/hive.h"

struct tried {
	struct hive *hive;
	struct hive_state state;
	enum heard heard;
	char why[WHY_ROOM];
};

/* Takes the descriptors; -1: no such log.  It is called "C:\H". */
struct tried tried_open(int fd, int log1, int log2);
struct tried tried_data(const char *name); /* hive_data.h, without logs */
void tried_close(struct tried *);          /* nobody may be left behind */

/* What becomes of asking for a key. */
enum heard tried_ask(struct tried *, const char *path, char why[WHY_ROOM]);

#endif
