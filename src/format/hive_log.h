/*
 * Bringing a registry hive up to date with its transaction logs, as Windows does when
 * it loads one that was not written to its end: both formats of logs (up to Windows 8
 * a bitmap and sectors, from 8.1 on entries with hashes), and a base block that is
 * lost.  Pure: the hive is a run of memory that is changed in place.
 *
 * Source: M. Suhanov, Windows registry file format specification, sections "Base
 * block", "Format of transaction log files", "Dirty state of a hive", "Multiple
 * transaction log files".
 */
#ifndef FORMAT_HIVE_LOG_H
#define FORMAT_HIVE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

#define HIVE_HEAD 4096   /* the bins begin behind it */
#define HIVE_BASE 512    /* what of it is kept in logs, checksum at its end */
#define HIVE_LOGS_MOST 3 /* .LOG, .LOG1, .LOG2 */

enum hive_kind {
	HIVE_PRIMARY = 0,
	HIVE_LOG_XP = 1,
	HIVE_LOG_2000 = 2, /* the same as of XP */
	HIVE_LOG_ENTRIES = 6,
};

struct hive_base {
	uint32_t begun; /* sequence numbers: before a write, and behind it */
	uint32_t ended;
	uint64_t written;
	uint32_t major, minor;
	uint32_t kind;
	uint32_t bins_len; /* bytes from HIVE_HEAD on */
	uint32_t cluster;  /* sectors of 512 bytes in one of the disk's */
	bool is_sound;     /* its checksum is right */
};

/* HEARD_SHORT, or HEARD_ODD where it does not begin as a hive. */
enum heard hive_base_read(struct span, struct hive_base *out);

/* Of a whole base block, whatever checksum is in it. */
uint32_t hive_base_checksum(struct span);

/* A hive in memory: what is behind `len` has to be zero. */
struct hive_image {
	uint8_t *at;
	size_t len;
	size_t room;
};

/* What the replay found, and did. */
struct hive_replay {
	bool dirty;    /* a write was under way: the base block says so, or is lost */
	bool replayed; /* a log brought it up to date */
	bool rebuilt;  /* the base block came from a log */
	bool lost;     /* later writes are in the logs, behind what is broken */
	unsigned logs; /* that are there and sound */
	unsigned entries; /* that were applied, of logs with entries */
};

/*
 * A log that is not there is an empty span.  A hive that is not dirty stays as it is,
 * and so does one whose logs do not fit.  HEARD_SHORT: it is too small for a hive.
 */
enum heard hive_log_replay(struct hive_image *, const struct span given[HIVE_LOGS_MOST],
                           struct hive_replay *told);

#endif
