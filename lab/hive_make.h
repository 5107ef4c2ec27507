/*
 * Registry hives from scratch.
 *
 *	hive_at(h, "Select");
 *	hive_u32(h, "Current", 1);
 *	hive_u32(h, "Default", 1);
 *	err = hive_made(h, &out);
 *
 * Like a buffer, it is bad for good after the first failure, and hive_made tells.
 * The same calls give the same bytes.
 */
#ifndef LAB_HIVE_MAKE_H
#define LAB_HIVE_MAKE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct hive_make;

enum hive_raw { HIVE_NONE = 0, HIVE_BINARY = 3 };

/* root: the root key's name; filetime: when all keys were written, unless said. */
CHECKED enum err hive_new(const char *root, uint64_t filetime, struct hive_make **out);

/*
 * Goes to a key, and makes it and those above it where they are not there yet.
 * Values that follow are this key's.
 */
void hive_at(struct hive_make *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The key where we are, and those made from here on, were written then; 0: when the
 * others were. */
void hive_time(struct hive_make *, uint64_t filetime);

/* Shuts administrators out of this key, as the worm does (specification 2.1). */
void hive_lock(struct hive_make *);

/* A value that is there already is replaced. */
void hive_u32(struct hive_make *, const char *value, uint32_t number);
void hive_text(struct hive_make *, const char *value, const char *text);
void hive_expand(struct hive_make *, const char *value, const char *text);
/* A REG_MULTI_SZ out of "one\ntwo\nthree". */
void hive_lines(struct hive_make *, const char *value, const char *lines);
/* At most 16,344 bytes, which is what one cell takes. */
void hive_bytes(struct hive_make *, const char *value, enum hive_raw type,
                struct span bytes);

/* Appends the file. */
CHECKED enum err hive_made(struct hive_make *, struct buf *out);

void hive_make_free(struct hive_make *); /* NULL is fine */

static inline void
own_hive_make(struct hive_make **h)
{
	hive_make_free(*h);
}

#endif
