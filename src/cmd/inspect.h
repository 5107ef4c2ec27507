/*
 * One machine looked at from inside and judged: what `check` tells, and what `clean`
 * plans after, and asks again when it is done.
 */
#ifndef CMD_INSPECT_H
#define CMD_INSPECT_H

#include "cmd/watch.h"
#include "flow/installation.h"
#include "flow/status.h"
#include "flow/view.h"

struct inspected {
	struct installation windows;
	struct row *row;           /* the owner's */
	struct statuses *statuses; /* how the defences stand; the owner's, too */
};

/*
 * Asks every detector and every defence.  `row` and `statuses` are to be there, and
 * empty; the verdict gets all but what judging tells.  ERR_MEMORY only.
 */
CHECKED enum err inspect_look(struct machine *, struct watch *, struct inspected *);

/* `seen`: findings of the newest scan of the same host, or NULL.  The verdict's host
 * may have been given another name since the look: everything goes by it. */
void inspect_judge(struct inspected *, const struct findings *seen);

void inspected_free(struct inspected *); /* what is its own */

#endif
