#include "lab/descriptor.h"

#define SELF_RELATIVE 0x8000
#define DACL_PROTECTED 0x1000
#define DACL_PRESENT 0x0004

#define HEADER_SIZE 20
#define INHERITED_BELOW 0x03 /* by containers and by objects */

/* winnt.h; what is left of a file is that of specification 1.4. */
#define FILE_RUN_ONLY 0x00100020 /* FILE_EXECUTE and SYNCHRONIZE */
#define KEY_ALL 0x000F003F
#define KEY_READ 0x00020019

static const struct sid {
	uint8_t authority;
	uint8_t count;
	uint32_t part[2];
} sids[] = {
	[WHO_ADMINISTRATORS] = { 5, 2, { 32, 544 } },
	[WHO_SYSTEM] = { 5, 1, { 18 } },
	[WHO_USERS] = { 5, 2, { 32, 545 } },
	[WHO_EVERYONE] = { 1, 1, { 0 } },
};

static uint16_t
sid_size(enum who who)
{
	return (uint16_t)(8 + 4 * sids[who].count);
}

static void
sid_put(struct buf *out, enum who who)
{
	const struct sid *sid = &sids[who];

	buf_u8(out, 1);
	buf_u8(out, sid->count);
	buf_zero(out, 5);
	buf_u8(out, sid->authority);
	for (uint8_t i = 0; i < sid->count; i++)
		buf_le32(out, sid->part[i]);
}

void
descriptor_put(struct buf *out, const struct grant *grants, size_t count,
               bool is_protected)
{
	uint16_t size = 8;
	uint32_t owner_at = 0;

	for (size_t i = 0; i < count; i++)
		size = (uint16_t)(size + 8 + sid_size(grants[i].who));
	owner_at = HEADER_SIZE + (uint32_t)size;
	buf_u8(out, 1);
	buf_u8(out, 0);
	buf_le16(out,
	         SELF_RELATIVE | DACL_PRESENT | (is_protected ? DACL_PROTECTED : 0));
	buf_le32(out, owner_at);
	buf_le32(out, owner_at + sid_size(WHO_ADMINISTRATORS));
	buf_le32(out, 0);
	buf_le32(out, HEADER_SIZE);

	buf_u8(out, 2);
	buf_u8(out, 0);
	buf_le16(out, size);
	buf_le16(out, (uint16_t)count);
	buf_le16(out, 0);
	for (size_t i = 0; i < count; i++) {
		buf_u8(out, 0); /* it lets in */
		buf_u8(out, grants[i].flags);
		buf_le16(out, (uint16_t)(8 + sid_size(grants[i].who)));
		buf_le32(out, grants[i].rights);
		sid_put(out, grants[i].who);
	}
	sid_put(out, WHO_ADMINISTRATORS);
	sid_put(out, WHO_SYSTEM);
}

void
descriptor_key(struct buf *out)
{
	static const struct grant usual[] = {
		{ WHO_ADMINISTRATORS, KEY_ALL, INHERITED_BELOW },
		{ WHO_SYSTEM, KEY_ALL, INHERITED_BELOW },
		{ WHO_USERS, KEY_READ, INHERITED_BELOW },
	};

	descriptor_put(out, usual, sizeof usual / sizeof *usual, false);
}

void
descriptor_key_locked(struct buf *out)
{
	static const struct grant locked[] = {
		{ WHO_SYSTEM, KEY_READ, INHERITED_BELOW },
	};

	descriptor_put(out, locked, 1, true);
}

void
descriptor_file_locked(struct buf *out)
{
	static const struct grant locked[] = {
		{ WHO_EVERYONE, FILE_RUN_ONLY, 0 },
	};

	descriptor_put(out, locked, 1, true);
}
