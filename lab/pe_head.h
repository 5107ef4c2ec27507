/* Writes the headers of a PE file, for the files that the lab makes. */
#ifndef LAB_PE_HEAD_H
#define LAB_PE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define PE_HEAD_LEN 0x400u /* the first section's bytes begin here */
#define PE_HEAD_SECTIONS_MOST 3

struct pe_head_section {
	const char *name; /* at most 8 letters */
	uint32_t virtual_size;
	uint32_t rva;
	uint32_t raw_size;
	uint32_t raw_at;
	uint32_t flags;
};

struct pe_head {
	bool is_x64;
	bool is_dll;
	uint16_t subsystem; /* 1 native (drivers), 2 windowed */
	uint32_t time_stamp;
	uint32_t entry_rva;
	uint32_t image_size;
	uint32_t resources_rva;
	uint32_t resources_size;
	struct pe_head_section sections[PE_HEAD_SECTIONS_MOST];
	size_t section_count;
};

/* Appends PE_HEAD_LEN bytes. */
void pe_head_put(struct buf *, const struct pe_head *);

#endif
