#include "lab/stock_dll.h"

#include <stdio.h>

#include "base/own.h"
#include "base/text.h"
#include "lab/pe_head.h"

#define PAGE 0x1000u
#define TEXT_LEN 0x800u
#define BLOCK_CEILING 8192u
#define TREE_LEN 88u /* three directories of one entry each, and the leaf */

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

/* ---- VS_VERSION_INFO: nodes in nodes, each with its length at its head */

static void
pad(struct buf *b)
{
	while (!b->bad && b->len % 4 != 0)
		buf_u8(b, 0);
}

/* Returns where it begins; what is written until node_end is in it. */
static size_t
node_begin(struct buf *b, const char *key, uint16_t value_len, bool is_text)
{
	pad(b);
	size_t start = b->len;
	buf_le16(b, 0);
	buf_le16(b, value_len);
	buf_le16(b, is_text);
	buf_utf16(b, key);
	buf_le16(b, 0);
	pad(b);
	return start;
}

static void
node_end(struct buf *b, size_t start)
{
	buf_patch_le16(b, start, (uint16_t)(b->len - start));
}

static void
put_string(struct buf *b, const char *key, const char *text)
{
	size_t start = node_begin(b, key, 0, true);
	size_t value = b->len;

	buf_utf16(b, text);
	buf_le16(b, 0);
	buf_patch_le16(b, start + 2, (uint16_t)((b->len - value) / 2));
	node_end(b, start);
}

static void
put_strings(struct buf *b, const struct stock_dll *d)
{
	char version[128];
	const uint16_t *v = d->version;
	int len = snprintf(version, sizeof version, "%u.%u.%u.%u", v[0], v[1], v[2],
	                   v[3]);

	size_t all = node_begin(b, "StringFileInfo", 0, true);
	size_t table = node_begin(b, "040904B0", 0, true);
	put_string(b, "Comments", "Made by confine lab: only the name and the version");
	if (d->company && d->company[0])
		put_string(b, "CompanyName", d->company);
	if (d->branch && len > 0)
		(void)snprintf(version + len, sizeof version - (size_t)len, " (%s)",
		               d->branch);
	put_string(b, "FileVersion", version);
	put_string(b, "InternalName", d->name);
	put_string(b, "OriginalFilename", d->name);
	version[len > 0 ? len : 0] = '\0';
	put_string(b, "ProductVersion", version);
	node_end(b, table);
	node_end(b, all);
}

static void
put_fixed(struct buf *b, const struct stock_dll *d)
{
	uint32_t high = (uint32_t)d->version[0] << 16 | d->version[1];
	uint32_t low = (uint32_t)d->version[2] << 16 | d->version[3];

	buf_le32(b, 0xFEEF04BD);
	buf_le32(b, 0x00010000);
	for (int i = 0; i < 2; i++) { /* of the file, of the product */
		buf_le32(b, high);
		buf_le32(b, low);
	}
	buf_le32(b, 0x3F);
	buf_le32(b, 0);
	buf_le32(b, 0x00040004); /* Windows NT, 32 bits */
	buf_le32(b, d->is_driver ? 3 : 2);
	buf_zero(b, 12);
}

static void
put_block(struct buf *b, const struct stock_dll *d)
{
	size_t all = node_begin(b, "VS_VERSION_INFO", 52, false);

	put_fixed(b, d);
	put_strings(b, d);
	size_t var = node_begin(b, "VarFileInfo", 0, true);
	size_t translation = node_begin(b, "Translation", 4, false);
	buf_le16(b, 0x0409);
	buf_le16(b, 0x04B0);
	node_end(b, translation);
	node_end(b, var);
	node_end(b, all);
}

/* ---- the resources: type 16, name 1, language 0x409 */

static void
put_directory(struct buf *b, uint32_t id, uint32_t offset)
{
	buf_zero(b, 14);
	buf_le16(b, 1);
	buf_le32(b, id);
	buf_le32(b, offset);
}

static void
put_resources(struct buf *b, uint32_t rva, const struct buf *block)
{
	put_directory(b, 16, 0x80000000u | 24);
	put_directory(b, 1, 0x80000000u | 48);
	put_directory(b, 0x409, 72);
	buf_le32(b, rva + TREE_LEN);
	buf_le32(b, (uint32_t)block->len);
	buf_zero(b, 8);
	buf_put(b, block->at, block->len);
}

enum err
stock_dll(struct buf *out, const struct stock_dll *d)
{
	OWN(own_buf) struct buf block = { .len = 0 };

	buf_init(&block, BLOCK_CEILING);
	put_block(&block, d);
	if (block.bad)
		return ERR_MEMORY;

	uint32_t used = TREE_LEN + (uint32_t)block.len;
	uint32_t raw = (used + 0x1FF) / 0x200 * 0x200;
	struct pe_head head = {
		.is_x64 = d->is_x64,
		.is_dll = !d->is_driver,
		.subsystem = d->is_driver ? 1 : 2,
		.time_stamp = d->time_stamp,
		.image_size = 4 * PAGE,
		.resources_rva = 2 * PAGE,
		.resources_size = used,
		.sections = {
			{ ".text", TEXT_LEN, PAGE, TEXT_LEN, PE_HEAD_LEN, 0x60000020 },
			{ ".rsrc", used, 2 * PAGE, raw, PE_HEAD_LEN + TEXT_LEN,
			  0x40000040 },
		},
		.section_count = 2,
	};

	pe_head_put(out, &head);
	buf_zero(out, TEXT_LEN);
	put_resources(out, 2 * PAGE, &block);
	buf_zero(out, raw - used);
	return out->bad ? ERR_MEMORY : OK;
}
