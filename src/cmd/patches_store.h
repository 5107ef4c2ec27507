/* Which file of a folder is the package that a machine wants. */
#ifndef CMD_PATCHES_STORE_H
#define CMD_PATCHES_STORE_H

#include "flow/status.h"
#include "reach/package_store.h"

/*
 * Adds to each status that asks for a package: file, file_verdict (verified,
 * hash-known, unverified, bad, absent), file_because, file_sha1; and to its `next`
 * what to do with the file.  A name alone never makes a file usable.
 */
void patches_from_store(const struct package_store *, struct statuses *);

#endif
