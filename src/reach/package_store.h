/*
 * A folder of update packages: what each file is, by its hash and its signature, never
 * by its name.  Nothing in it is run, unpacked or changed, and no link is followed.
 *
 * Signatures of programs (.exe) are verified; .msu and .cab have theirs in the
 * cabinet, and are known by their hash only.
 */
#ifndef REACH_PACKAGE_STORE_H
#define REACH_PACKAGE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/machine.h"
#include "reach/signature.h"

#define SHA1_TEXT_ROOM 41

struct package_file {
	char name[NAME_ROOM];      /* valid UTF-8 */
	char sha1[SHA1_TEXT_ROOM]; /* "" where it could not be read */
	uint64_t size;
	struct signature signature;
};

#define PACKAGE_FILES_MOST 1024
struct package_store {
	struct package_file *at; /* sorted by name */
	size_t count;
	size_t passed_over; /* more than PACKAGE_FILES_MOST */
};

/* ERR_REFUSED: the folder cannot be read; `why` says so. */
CHECKED enum err package_store_read(const char *folder, struct package_store *out,
                                    char why[WHY_ROOM]);
void package_store_free(struct package_store *);

#endif
