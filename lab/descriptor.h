/*
 * Security descriptors as Windows keeps them in a hive and on a volume: self-relative,
 * owned by Administrators, with a list of whom it lets in.
 */
#ifndef LAB_DESCRIPTOR_H
#define LAB_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum who { WHO_ADMINISTRATORS, WHO_SYSTEM, WHO_USERS, WHO_EVERYONE };

struct grant {
	enum who who;
	uint32_t rights; /* an access mask */
	uint8_t flags;   /* of the entry: 0x03 is inherited by what is below */
};

/* is_protected: nothing is inherited from above (SE_DACL_PROTECTED). */
void descriptor_put(struct buf *out, const struct grant *grants, size_t count,
                    bool is_protected);

/* What a key under HKLM usually has, and what the worm leaves of it. */
void descriptor_key(struct buf *out);
void descriptor_key_locked(struct buf *out);

/* What the worm leaves of its file's. */
void descriptor_file_locked(struct buf *out);

#endif
