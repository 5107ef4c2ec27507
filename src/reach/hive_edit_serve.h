/*
 * The child in an editing cage: makes changes to a copy of a hive, with the hive
 * library.  Where one fails, what is in the copy is worth nothing.
 */
#ifndef REACH_HIVE_EDIT_SERVE_H
#define REACH_HIVE_EDIT_SERVE_H

#include "reach/cage.h"
#include "reach/hive_edit.h"
#include "reach/hive_talk.h"

struct hive_editing {
	const char *name; /* by which the library opens and writes the copy */
	const struct reg_edit *edits;
	size_t count;
};

#define HIVE_VALUE_MOST 16344 /* longer ones are in several pieces since Windows XP */

/* `fd` is the same copy.  *at is the edit that was under way; count: none was. */
enum hive_said hive_edit_copy(int fd, const struct hive_editing *, size_t *at);

/*
 * For cage_start: one input, `arg` is edits that were packed.  It begins at once; any
 * question gets the answer, a byte of enum hive_said and where it came to.
 */
int hive_edit_serve(const int *in_fds, size_t in_count, struct cage_line *, void *arg);

#endif
