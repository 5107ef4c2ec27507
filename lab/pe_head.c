#include "lab/pe_head.h"

#include <string.h>

#define PE_AT 0x80u
#define OPTIONAL_LEN 224u /* PE32; PE32+ has 16 more */
#define DIRECTORIES 16

/* Where a DOS stub would be: what this is, for whoever looks at the bytes. */
static const char stub[] = "confine lab: harmless, no program of anybody's";

static void
pad_to(struct buf *out, size_t start, size_t len)
{
	size_t there = out->len - start;

	if (!out->bad && there < len)
		buf_zero(out, len - there);
}

static void
put_dos(struct buf *out, size_t start)
{
	buf_text(out, "MZ");
	pad_to(out, start, 0x3C);
	buf_le32(out, PE_AT);
	buf_text(out, stub);
	pad_to(out, start, PE_AT);
}

static void
put_coff(struct buf *out, const struct pe_head *h)
{
	const uint16_t executable = 0x0002, is_32 = 0x0100, dll = 0x2000, wide = 0x0020;
	unsigned kind = h->is_x64 ? executable | wide : executable | is_32;

	buf_put(out, "PE\0\0", 4);
	buf_le16(out, h->is_x64 ? 0x8664 : 0x014C);
	buf_le16(out, (uint16_t)h->section_count);
	buf_le32(out, h->time_stamp);
	buf_zero(out, 8);
	buf_le16(out, h->is_x64 ? OPTIONAL_LEN + 16 : OPTIONAL_LEN);
	buf_le16(out, (uint16_t)(h->is_dll ? kind | dll : kind));
}

/* Sizes of the stack and the heap, which are as wide as an address. */
static void
put_sizes(struct buf *out, bool is_x64)
{
	static const uint32_t sizes[] = { 0x100000, 0x1000, 0x100000, 0x1000 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		buf_le32(out, sizes[i]);
		if (is_x64)
			buf_le32(out, 0);
	}
}

static void
put_optional(struct buf *out, const struct pe_head *h)
{
	buf_le16(out, h->is_x64 ? 0x20B : 0x10B);
	buf_zero(out, 14); /* linker version, sizes of code and data */
	buf_le32(out, h->entry_rva);
	buf_zero(out, h->is_x64 ? 4 : 8); /* bases of code and data */
	buf_le32(out, 0x10000000);        /* image base */
	if (h->is_x64)
		buf_le32(out, 0);
	buf_le32(out, 0x1000); /* alignment in memory, in the file */
	buf_le32(out, 0x200);
	for (unsigned i = 0; i < 3; i++) /* versions: system, image, subsystem */
		buf_le32(out, i == 1 ? 0 : 5);
	buf_le32(out, 0);
	buf_le32(out, h->image_size);
	buf_le32(out, PE_HEAD_LEN);
	buf_le32(out, 0); /* check sum */
	buf_le16(out, h->subsystem);
	buf_le16(out, 0);
	put_sizes(out, h->is_x64);
	buf_le32(out, 0);
	buf_le32(out, DIRECTORIES);
	buf_zero(out, 16); /* exports, imports */
	buf_le32(out, h->resources_rva);
	buf_le32(out, h->resources_size);
	buf_zero(out, (DIRECTORIES - 3) * 8);
}

static void
put_section(struct buf *out, const struct pe_head_section *s)
{
	char name[8] = { 0 };

	memcpy(name, s->name, strnlen(s->name, sizeof name));
	buf_put(out, name, sizeof name);
	buf_le32(out, s->virtual_size);
	buf_le32(out, s->rva);
	buf_le32(out, s->raw_size);
	buf_le32(out, s->raw_at);
	buf_zero(out, 12);
	buf_le32(out, s->flags);
}

void
pe_head_put(struct buf *out, const struct pe_head *h)
{
	size_t start = out->len;

	put_dos(out, start);
	put_coff(out, h);
	put_optional(out, h);
	for (size_t i = 0; i < h->section_count && i < PE_HEAD_SECTIONS_MOST; i++)
		put_section(out, &h->sections[i]);
	pad_to(out, start, PE_HEAD_LEN);
}
