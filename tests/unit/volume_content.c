/* What is in the files of made volumes, each made once. */
#include "volume_made.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "lab/dice.h"
#include "lab/pe_head.h"
#include "lab/stock_dll.h"

static struct buf contents[BODY_KINDS][MADE_CONTENTS];

/* As unpacked programs are: one section, and no version. */
static void
put_plain(struct buf *out, unsigned number, bool is_64)
{
	struct pe_head head = {
		.is_dll = true,
		.is_x64 = is_64,
		.subsystem = 2,
		.entry_rva = 0x1000,
		.image_size = 0x3000,
		.sections = { { ".text", 0x1000, 0x1000, 0x1000, PE_HEAD_LEN,
		                0x60000020 } },
		.section_count = 1,
	};

	pe_head_put(out, &head);
	for (unsigned i = 0; i < 0x1000 / 4; i++)
		buf_le32(out, number);
}

/* In the worm's shape, and short: an empty first section, then noise. */
static void
put_packed(struct buf *out, uint64_t number)
{
	struct pe_head head = {
		.is_dll = true,
		.subsystem = 2,
		.entry_rva = 0x21000,
		.image_size = 0x25000,
		.sections = { { "UPX0", 0x20000, 0x1000, 0, PE_HEAD_LEN, 0xE0000080 },
		              { "UPX1", 0x2000, 0x21000, 0x2000, PE_HEAD_LEN,
		                0xE0000040 } },
		.section_count = 2,
	};
	uint64_t dice = number;

	pe_head_put(out, &head);
	for (size_t i = 0; i < 0x2000; i += 8)
		buf_le64(out, dice_next(&dice));
}

/* The place of the certificate table in the header of a 32-bit program. */
static void
put_signature(struct buf *b)
{
	struct span at = span_at(buf_span(b), 0x3C, 4);
	size_t directory = span_le32(&at) + 24 + 96 + 4 * 8;
	size_t begins = b->len;

	buf_le32(b, 64);
	buf_le16(b, 0x200);
	buf_le16(b, 2);
	buf_zero(b, 56);
	buf_patch_le16(b, directory, (uint16_t)begins);
	buf_patch_le16(b, directory + 2, (uint16_t)(begins >> 16));
	buf_patch_le16(b, directory + 4, 64);
}

static void
put_version(struct buf *b, unsigned number, const char *company)
{
	struct stock_dll dll = { .name = "agent.dll",
		                 .company = company,
		                 .version = { 4, 2, 1, (uint16_t)number } };

	assert_int_equal(stock_dll(b, &dll), OK);
}

static void
make_content(enum body body, unsigned number, struct buf *b)
{
	buf_init(b, (size_t)1 << 20);
	switch (body) {
	case BODY_PLAIN: put_plain(b, number, false); break;
	case BODY_64: put_plain(b, number, true); break;
	case BODY_VENDOR: put_version(b, number, "Radiance Imaging Ltd."); break;
	case BODY_WINDOWS: put_version(b, number, "Microsoft Corporation"); break;
	case BODY_TEXT: buf_text(b, number ? "no program" : "none either"); break;
	default: put_packed(b, number);
	}
	if (body == BODY_SIGNED)
		put_signature(b);
	if (body == BODY_MARKED)
		buf_utf16(b, "VS_VERSION_INFO");
	assert_false(b->bad);
}

const struct buf *
made_content(enum body body, unsigned number)
{
	struct buf *b = &contents[body][number];

	if (!b->at)
		make_content(body, number, b);
	return b;
}
