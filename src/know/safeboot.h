/*
 * What Windows XP starts in safe mode: the rows of safeboot-xp.tsv.  The last resort
 * where a machine has lost its list and every copy of it.
 */
#ifndef KNOW_SAFEBOOT_H
#define KNOW_SAFEBOOT_H

#include <stddef.h>

struct safeboot_entry {
	const char *path; /* below SafeBoot: "Minimal\\AppMgmt" */
	const char *kind; /* the key's default value; "" for none */
};

extern const struct safeboot_entry safeboot_xp[];
extern const size_t safeboot_xp_count;

#endif
