/*
 * The names in one folder, to be found by any spelling.  Names are bytes: what is
 * no UTF-8 stands for itself, so every name can be asked for as it was listed.
 */
#ifndef REACH_VOLUME_TREE_NAMES_H
#define REACH_VOLUME_TREE_NAMES_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* More names in a folder than any Windows has: winsxs has 20,000, an old Temp
 * 200,000.  A folder of a million is not looked through. */
#define NAMES_MOST (1u << 18)

/* Room for a folded path: a letter may grow by the change of its case. */
#define FOLDED_ROOM 4096

/*
 * A backslash cannot be in a name on Windows, and can on other systems.  It is told
 * and asked for as this character, as other systems do it that show such names.
 */
#define BACKSLASH_IN_NAME 0xF05C

struct name {
	uint32_t hash; /* of the folded name */
	uint32_t at;   /* in `raw` */
};

struct names {
	struct buf raw; /* each with its terminator */
	size_t count;
	bool is_read;
	unsigned asked;      /* for so many names */
	struct name *sorted; /* once it was asked for some; NULL: not yet */
	locale_t letters;    /* the caller's; 0: ASCII letters only */
};

/* ERR_SYSTEM: errno says why; ERR_LIMIT: more than NAMES_MOST. */
CHECKED enum err names_read(struct names *, int folder, locale_t letters);
void names_free(struct names *);

/*
 * How many names fold to `folded`: 0, 1, or 2 for more; *name is the first of them
 * as the folder spells it.
 */
unsigned names_find(struct names *, const char *folded, const char **name);

/*
 * A path as a key: capital letters, one slash between the parts, none at the ends;
 * "." and ".." are taken out as Windows does it, by the words alone.  Backslash and
 * slash both part.  False where it did not fit.
 */
bool names_fold_path(const char *path, locale_t letters, char to[FOLDED_ROOM]);

#endif
