/*
 * The child in a comparing cage: walks two hives with libregf, from their roots to
 * the last value, and says where they differ in anything that no edit names.  Keys
 * that are the same to the byte, with all that is below them, are the same to every
 * reader and are not read: of a hive with 70,000 keys a handful is left.
 */
#ifndef REACH_HIVE_COMPARE_H
#define REACH_HIVE_COMPARE_H

#include "reach/cage.h"
#include "reach/hive_edit.h"

enum hive_differs {
	HIVE_SAME = 1, /* but for the edits */
	HIVE_KEY_GONE,
	HIVE_KEY_NEW,
	HIVE_KEY_DIFFERS, /* its name, class or time */
	HIVE_SECURITY_DIFFERS,
	HIVE_VALUES_DIFFER,
	HIVE_NOT_DONE, /* what an edit asked for is not so */
	HIVE_UNREAD_BEFORE,
	HIVE_UNREAD_AFTER,
	HIVE_TOO_DEEP,
	HIVE_NO_MEMORY,
	HIVE_DIFFERS_COUNT,
};

struct hive_comparing {
	const struct reg_edit *edits;
	size_t count;
	bool reads_all; /* also what is the same to the byte */
};

#define HIVE_BEFORE 0
#define HIVE_AFTER 1

/* `path` gets the key that it is about, cut where it is long. */
enum hive_differs hive_compare(const struct span hives[2],
                               const struct hive_comparing *, struct buf *path);

/*
 * For cage_start: the inputs are the two hives, `arg` is edits that were packed.  It
 * begins at once; any question gets the answer, a byte of enum hive_differs, and the
 * path.
 */
int hive_compare_serve(const int *in_fds, size_t in_count, struct cage_line *,
                       void *arg);

#endif
