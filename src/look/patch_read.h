/* What deciding on updates asks of a machine: files and what the registry claims. */
#ifndef LOOK_PATCH_READ_H
#define LOOK_PATCH_READ_H

#include "look/inside.h"
#include "look/patch_decide.h"

/*
 * The version of the file at `path`, which has to be Microsoft's `name` for that
 * processor: a copy of another program under its name is no evidence.
 */
void patch_file_read(const struct inside *, const char *path, const char *name,
                     enum processor, struct patch_file *out);

/* All claims on updates that the tables name. */
void patch_claims_read(const struct inside *, struct patch_claims *out);

/* Is the file at `path` to be replaced at the next start?  What could not be read
 * is said in claims->because. */
bool patch_is_staged(const struct inside *, const char *path, struct patch_claims *);

#endif
