/*
 * Stories: one host's visit, played by a file instead of a network, with a clock
 * that only moves when somebody waits.
 *
 *     as xp-clean                      begins with what that story says
 *     port 445 refuses                 opens | refuses | silent | unreachable
 *     p2p refuses                      every port that is not an SMB port
 *     with p2p                         the visit asks P2P ports too
 *     says "ask path" smb/FILE         a file of tests/data, ids adapted
 *     says "ask path" smb/FILE at 96 00000000    … and other bytes at an offset
 *     says "ask path" silent           nothing, for ever
 *     says "ask path" closes           hangs up
 *     says "ask path" drips smb/FILE   one byte every 3 s
 *     says "ask path" split smb/FILE   one byte at a time, at once
 *     says "p2p probe" bytes 0e00cd…         these bytes
 *     says "p2p probe" echo                  what was sent
 *     says "close pipe" done           an empty success
 *     expect infected netpath-invalid-parameter
 *     within 12000                     milliseconds of that clock, at most
 *
 * What is said in the second and later connections of the same turn is the same,
 * unless "again" stands before: again says "session setup" smb/FILE.
 */
#ifndef STORY_H
#define STORY_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/verdict.h"
#include "reach/visit.h"

#define LINES_MOST 64

enum say_how {
	SAY_FILE,
	SAY_SILENT,
	SAY_CLOSES,
	SAY_DRIPS,
	SAY_SPLIT,
	SAY_BYTES,
	SAY_ECHO,
	SAY_DONE
};

struct say {
	char turn[32];
	enum say_how how;
	char what[400];
	bool again;        /* from the second time on */
	unsigned patch_at; /* 0: nothing is patched */
	char patch[32];    /* in hex */
};

struct port_line {
	unsigned port;
	enum link link;
};

struct story {
	char name[64];
	struct say says[LINES_MOST];
	unsigned say_count;
	struct port_line ports[8];
	unsigned port_count;
	enum link p2p;
	bool with_p2p;
	enum state state;
	char trace[TRACE_ROOM];
	int64_t within_ms;
};

/* What came of playing it. */
struct played {
	struct verdict verdict;
	struct findings findings;
	int64_t took_ms;
	unsigned answers; /* that the host gave */
	char dropped[32]; /* the turn whose answer was dropped */
	unsigned connections;
};

/* Fails the test where the file is not a story. */
void story_read(const char *path, struct story *out);

/* `drop`: the answer that never comes, counted from 1; 0 for none. */
void story_play(const struct story *s, unsigned drop, bool close, struct played *out);

#endif
