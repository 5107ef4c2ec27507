/* A small window on a PE file, moved by whoever walks it: for pe.c, pe_version.c. */
#ifndef FORMAT_PE_WINDOW_H
#define FORMAT_PE_WINDOW_H

#include "format/pe.h"

#define PE_WINDOW_ROOM 1024
#define PE_READS_MOST 64 /* 4,096 entries of a directory are 32 windows */

struct pe_window {
	const struct pe_source *source;
	uint64_t at;
	size_t len;
	unsigned reads;
	enum pe_error error; /* of the first look that failed */
	uint8_t bytes[PE_WINDOW_ROOM];
};

void pe_window_init(struct pe_window *, const struct pe_source *);

/* `len` bytes, PE_WINDOW_ROOM at most; valid till the next look.  Bad: see error. */
struct span pe_window_at(struct pe_window *, uint64_t offset, size_t len);

/* Exactly `len` bytes of the source. */
enum pe_error pe_take(const struct pe_source *, uint64_t offset, void *to, size_t len);

#endif
