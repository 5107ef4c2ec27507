/*
 * Writing the transaction log of a registry hive: what Windows, and format/hive_log.h,
 * need to bring a hive that was written to in part to its new state.  Both formats.
 *
 * Source: as of format/hive_log.h.
 */
#ifndef FORMAT_HIVE_LOG_WRITE_H
#define FORMAT_HIVE_LOG_WRITE_H

#include "base/buf.h"
#include "format/hive_log.h"

#define HIVE_PAGE 4096

/* Pages of a hive's bins, one after the other, whole. */
struct hive_pages {
	uint32_t offset; /* from HIVE_HEAD on */
	struct span bytes;
};

struct hive_log_new {
	/* The base block of the state that it leads to: HIVE_BASE bytes, both sequence
	 * numbers the same. */
	struct span base;
	uint32_t kind; /* HIVE_LOG_… */
	/* In ascending order; what lies behind the bins of `base` is left out. */
	const struct hive_pages *pages;
	size_t count;
};

/* Appends it.  Sectors of 512 bytes are what both formats count in; other hives have
 * none that can be written here (false), as where there is no memory. */
bool hive_log_write(const struct hive_log_new *, struct buf *out);

/* Numbers and time of a base block, and its checksum. */
struct hive_stamp {
	uint32_t begun, ended;
	uint64_t written;
};
void hive_base_stamp(uint8_t base[HIVE_BASE], struct hive_stamp);

#endif
