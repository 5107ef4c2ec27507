/*
 * The Windows that a disk of the lab can hold: what tells them apart on disk and in
 * the registry.  File versions: know/patches.tsv, held against it by a test.
 */
#ifndef LAB_DISK_LEVEL_H
#define LAB_DISK_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fixed {
	const char *kb;   /* "KB958644" */
	const char *file; /* below System32 */
	uint16_t last;    /* of the version that has the fix */
};
#define FIXED_MOST 4

/* Which Windows: the column of tables that have one for each. */
enum { COLUMN_2000, COLUMN_XP, COLUMN_2003, COLUMN_VISTA, COLUMN_2008, COLUMN_7 };

struct disk_level {
	const char *word;   /* "xp" */
	const char *called; /* for people */
	const char *product;
	uint16_t version[3]; /* 5.1.2600 */
	uint16_t release;    /* what the files of the level's release end in */
	uint16_t shell[3];   /* of shell32.dll, which counts otherwise */
	uint8_t column;
	bool is_server;
	unsigned service_pack;
	const char *root;     /* "WINDOWS" */
	const char *system32; /* "system32" */
	const char *updates;  /* where SOFTWARE lists updates: "Windows XP\\SP4" */
	const char *released; /* of kernel32.dll, as the disk has it */
	struct fixed fixed[FIXED_MOST];
};

extern const struct disk_level disk_levels[];
extern const size_t disk_levels_count;

/* From Vista on. */
static inline bool
level_is_6(const struct disk_level *level)
{
	return level->version[0] >= 6;
}

#endif
