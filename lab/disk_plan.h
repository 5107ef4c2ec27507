/*
 * What a disk of the lab is to be: everything that differs from disk to disk, drawn
 * from the seed.  The same seed without the worm is the same machine, but that it may
 * have the updates which close the worm's way in.
 */
#ifndef LAB_DISK_PLAN_H
#define LAB_DISK_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "lab/disk_level.h"

/* What an honest machine has that looks like the worm's (specification 8). */
enum noise {
	NOISE_GERMAN = 1 << 0,   /* localised folder names */
	NOISE_VENDOR = 1 << 1,   /* agents of makers in netsvcs */
	NOISE_TUNED = 1 << 2,    /* TcpNumConnections */
	NOISE_FROZEN = 1 << 3,   /* a certified image: its updates are off */
	NOISE_BACKUP = 1 << 4,   /* At jobs of a backup script */
	NOISE_AUTORUN = 1 << 5,  /* a genuine autorun.inf in the root */
	NOISE_DONGLE = 1 << 6,   /* a hidden system DLL of a copy protection */
	NOISE_HIDES = 1 << 7,    /* SHOWALL is off by somebody's wish */
	NOISE_PATCHED = 1 << 8,  /* the updates are in place */
	NOISE_OLD_NAME = 1 << 9, /* it was called otherwise, in an older control set */
};

#define WORM_NAME_ROOM 40
#define WORM_PATH_ROOM 96

/* What the worm left; letter 0: nothing. */
struct disk_worm {
	char letter; /* 'A', 'B', 'D': Microsoft's */
	uint64_t at; /* when it came, a FILETIME */
	char service[WORM_NAME_ROOM];
	char display[WORM_NAME_ROOM];
	char file[WORM_NAME_ROOM]; /* "zodjru.dll" */
	char dll[WORM_PATH_ROOM];  /* "C:\WINDOWS\system32\zodjru.dll" */
	char run_value[WORM_NAME_ROOM];
	char copy[WORM_NAME_ROOM];        /* what At jobs start: "vqpzl.ux" */
	char export_name[WORM_NAME_ROOM]; /* what rundll32 is told to call */
	unsigned jobs;                    /* At1 to AtN */
	bool was_paged;                   /* some of its memory went to the page file */
};

struct disk_plan {
	const struct disk_level *level;
	uint64_t seed;
	unsigned noise;
	char computer[16];
	char old_computer[16]; /* NOISE_OLD_NAME */
	uint64_t released;     /* FILETIMEs: of kernel32.dll, */
	uint64_t installed;    /* of the installation, */
	uint64_t last_used;    /* and of the last day */
	struct disk_worm worm;
	uint64_t more_files;
};

struct disk_wish {
	const char *windows; /* NULL: xp */
	const char *variant; /* NULL: B */
	bool clean;
	uint64_t seed;
	uint64_t more_files;
};

/* ERR_REFUSED: there is no such Windows or variant, which has been said. */
CHECKED enum err disk_plan(const struct disk_wish *, struct disk_plan *out);

static inline bool
plan_has(const struct disk_plan *p, enum noise noise)
{
	return (p->noise & (unsigned)noise) != 0;
}

/* "WINDOWS\system32\" and what follows, into `to`; returns it. */
#define PLAN_PATH_ROOM 256
const char *plan_system32(const struct disk_plan *, const char *rest,
                          char to[PLAN_PATH_ROOM]);

/* "vendor-services backup-jobs", into `to`; returns it. */
const char *plan_noise(const struct disk_plan *, char to[PLAN_PATH_ROOM]);

/* Names that differ by language: "Program Files", "Programme". */
enum place {
	PLACE_PROGRAMS,
	PLACE_PROFILES,   /* "Documents and Settings", "Users" */
	PLACE_LOCAL_TEMP, /* below a profile, */
	PLACE_CACHE,      /* and so is this */
	PLACE_COMMON_APP_DATA,
};
const char *plan_place(const struct disk_plan *, enum place);

#endif
