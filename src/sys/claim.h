/*
 * A claim on a file: of all processes that ask, one at a time has it.  It ends
 * with the process, however that ends, and leaves nothing behind.  Reading and
 * writing the file go on as ever: only another claim is refused.
 */
#ifndef SYS_CLAIM_H
#define SYS_CLAIM_H

#include <stdbool.h>

#include "base/err.h"

struct claim {
	int fd;    /* -1: none */
	bool made; /* the file was not there before: it is, now, and empty */
};

#define CLAIM_NONE ((struct claim){ .fd = -1 })

/*
 * Makes the file if need be.  ERR_REFUSED: another process has the claim.
 * ERR_SYSTEM: the file cannot be opened for writing, errno says why.
 */
CHECKED enum err claim_take(const char *path, struct claim *out);

/* Does some process have it now? */
bool claim_is_taken(const char *path);

/*
 * Lets go.  Whoever holds other locks on the file closes them before: systems
 * of the POSIX kind forget a process's locks when it closes a file.
 */
void claim_drop(struct claim *);

#endif
