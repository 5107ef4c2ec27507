/*
 * PE files (programs, DLLs, drivers), as far as judging one asks: what it is, how
 * it is laid out, and which version its resources claim.  Nothing is loaded, run or
 * relocated.  The bytes are an enemy's until shown otherwise, and may lie far away:
 * a well-formed file costs one read for its headers and about seven for its version.
 *
 * Source: Microsoft, PE and COFF specification; VS_VERSION_INFO in the Windows SDK.
 */
#ifndef FORMAT_PE_H
#define FORMAT_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"
#include "base/text.h"

/* Where the bytes come from.  *got is less than `len` only at the end. */
struct pe_source {
	enum heard (*read)(void *with, uint64_t offset, void *to, size_t len,
	                   size_t *got);
	void *with;
	uint64_t size;
};

/* A file that is in memory; both the span and its bytes must outlive the source. */
struct pe_source pe_source_of(const struct span *file);

enum pe_error {
	PE_OK = 0,
	PE_TOO_SHORT, /* it ends before its headers do */
	PE_NOT_MZ,
	PE_NOT_PE,
	PE_BAD_OPTIONAL_HEADER,
	PE_NO_RESOURCES,
	PE_NO_VERSION,
	PE_TRUNCATED, /* something points outside the file */
	PE_LOOP,
	PE_TOO_BIG,       /* a count or a size that no genuine file has */
	PE_NOT_SIGNATURE, /* a version block without its signature */
	PE_UNREAD,        /* a read of the source failed: the source knows why */
};

/* "ok", "too-short", "not-mz", … */
const char *pe_error_name(enum pe_error);

#define PE_I386 0x014Cu
#define PE_AMD64 0x8664u
#define PE_IA64 0x0200u

#define PE_SECTIONS_MOST 96
#define PE_NO_SECTION SIZE_MAX

struct pe_section {
	char name[9];          /* as it is there, not checked to be anything */
	uint32_t virtual_size; /* bytes */
	uint32_t rva;
	uint32_t raw_size;
	uint32_t raw_at; /* as Windows takes it: rounded down to 512 */
	uint32_t flags;
};

/* As the header says: either may point anywhere. */
struct pe_directory {
	uint32_t rva; /* of the security directory: an offset in the file */
	uint32_t size;
};

struct pe {
	uint16_t machine;
	bool is_dll;
	bool is_64; /* PE32+ */
	uint32_t time_stamp;
	uint32_t entry_rva;     /* 0: none */
	size_t entry_section;   /* index, or PE_NO_SECTION */
	size_t directory_count; /* as the header says, 16 at most */
	struct pe_directory exports;
	struct pe_directory imports;
	struct pe_directory resources;
	struct pe_directory security; /* a signature, if any */
	size_t section_count;
	struct pe_section sections[PE_SECTIONS_MOST];
};

/* Only PE_OK fills `out`. */
enum pe_error pe_read(const struct pe_source *, struct pe *out);

/* The offset in the file of an address of the image; false where it has none. */
bool pe_offset(const struct pe *, uint32_t rva, uint64_t *offset);

/* Does it carry a signature?  Whether that is good is not looked at. */
enum pe_error pe_is_signed(const struct pe_source *, const struct pe *, bool *out);

/* How many names it exports, as it says; 0 where it has no table of them. */
enum pe_error pe_export_names(const struct pe_source *, const struct pe *,
                              uint32_t *out);

enum pe_found {
	PE_FOUND_TREE = 1, /* by way of the resource directory */
	PE_FOUND_SCAN,     /* that was broken, and the block stood elsewhere: weaker */
};

/*
 * Four parts each, major first.  The strings of the first language, or ""; to be
 * shown and never compared: they may be translated.
 */
struct pe_version {
	uint16_t file[4];
	uint16_t product[4];
	enum pe_found found;
	struct said file_version;
	struct said original_name;
	struct said internal_name;
	struct said company;
};

/*
 * Only PE_OK fills `out`.  PE_NO_RESOURCES and PE_NO_VERSION say for certain that
 * it has none.  Where the resources are broken, the whole file (up to 32 MiB) is
 * searched for a version block, and one that stands alone is taken.
 */
enum pe_error pe_version(const struct pe_source *, const struct pe *,
                         struct pe_version *out);

#endif
