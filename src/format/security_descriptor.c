#include "format/security_descriptor.h"

#define DACL_PRESENT 0x0004u
#define DACL_PROTECTED 0x1000u
#define SELF_RELATIVE 0x8000u

#define ACE_ALLOW 0
#define ACE_DENY 1
#define ACE_ALLOW_IF 9 /* under a condition: taken as met, to accuse nobody */
#define INHERIT_ONLY 0x08u

#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define GENERIC_EXECUTE 0x20000000u
#define GENERIC_ALL 0x10000000u

/* What the generic rights come to; of files and keys together. */
#define READ_MEANS 0x00120099u
#define WRITE_MEANS 0x00120116u
#define EXECUTE_MEANS 0x001200A0u
#define ALL_MEANS 0x001F01FFu

static uint32_t
spelled_out(uint32_t mask)
{
	uint32_t rights = mask & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE |
	                           GENERIC_ALL);

	if (mask & GENERIC_READ)
		rights |= READ_MEANS;
	if (mask & GENERIC_WRITE)
		rights |= WRITE_MEANS;
	if (mask & GENERIC_EXECUTE)
		rights |= EXECUTE_MEANS;
	if (mask & GENERIC_ALL)
		rights |= ALL_MEANS;
	return rights;
}

/* Everyone, those logged on (at the machine, by a password), and two groups. */
static bool
is_administrators(struct span sid)
{
	static const uint8_t ours[][16] = {
		{ 1, 1, 0, 0, 0, 0, 0, 1, 0 },                    /* S-1-1-0 */
		{ 1, 1, 0, 0, 0, 0, 0, 2, 0 },                    /* S-1-2-0 */
		{ 1, 1, 0, 0, 0, 0, 0, 5, 4 },                    /* S-1-5-4 */
		{ 1, 1, 0, 0, 0, 0, 0, 5, 11 },                   /* S-1-5-11 */
		{ 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2 }, /* S-1-5-32-544 */
		{ 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x21, 2 }, /* S-1-5-32-545 */
	};

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		if (span_is(sid, ours[i], 8 + (size_t)ours[i][1] * 4))
			return true;
	}
	return false;
}

/* The identifier at the beginning of what is left of an entry. */
static struct span
sid_cut(struct span rest)
{
	struct span head = rest;

	(void)span_u8(&head);
	size_t count = span_u8(&head);
	return span_cut(&rest, 8 + count * 4);
}

/* What was decided by an earlier entry stays decided. */
struct decided {
	uint32_t given;
	uint32_t denied;
};

static void
decide(struct decided *d, unsigned type, uint32_t rights)
{
	if (type == ACE_DENY)
		d->denied |= rights & ~d->given;
	else
		d->given |= rights & ~d->denied;
}

static enum heard
entry_read(struct span *list, struct decided *administrators, uint32_t *anybody)
{
	struct span head = *list;
	unsigned type = span_u8(&head);
	unsigned flags = span_u8(&head);
	size_t len = span_le16(&head);
	struct span entry = span_cut(list, len);

	if (entry.bad || len < 4)
		return HEARD_ODD;
	if ((flags & INHERIT_ONLY) ||
	    (type != ACE_ALLOW && type != ACE_DENY && type != ACE_ALLOW_IF))
		return HEARD;

	(void)span_cut(&entry, 4);
	uint32_t rights = spelled_out(span_le32(&entry));
	struct span sid = sid_cut(entry);
	if (entry.bad || sid.bad)
		return HEARD_ODD;
	if (is_administrators(sid))
		decide(administrators, type, rights);
	if (type != ACE_DENY)
		*anybody |= rights;
	return HEARD;
}

static enum heard
list_read(struct span all, struct security_descriptor *out)
{
	struct decided administrators = { .given = 0 };
	struct span head = all;

	(void)span_le16(&head); /* revision, padding */
	size_t len = span_le16(&head);
	unsigned count = span_le16(&head);
	(void)span_le16(&head);
	struct span list = span_cut(&all, len);
	(void)span_cut(&list, 8);
	if (head.bad || all.bad)
		return HEARD_SHORT;
	if (list.bad)
		return HEARD_ODD;
	for (unsigned i = 0; i < count; i++) {
		enum heard heard = entry_read(&list, &administrators, &out->anybody);

		if (heard != HEARD)
			return heard;
	}
	out->entry_count = count;
	out->administrators = administrators.given;
	return HEARD;
}

enum heard
security_descriptor_read(struct span whole, struct security_descriptor *out)
{
	struct span s = whole;

	*out = (struct security_descriptor){ .entry_count = 0 };
	unsigned revision = span_u8(&s);
	(void)span_u8(&s);
	unsigned control = span_le16(&s);
	(void)span_cut(&s, 12); /* where owner, group and audit list are */
	uint32_t list_at = span_le32(&s);

	if (s.bad)
		return HEARD_SHORT;
	if (revision != 1 || !(control & SELF_RELATIVE))
		return HEARD_ODD;
	out->is_protected = control & DACL_PROTECTED;
	if (!(control & DACL_PRESENT) || list_at == 0) {
		out->is_open = true;
		out->administrators = out->anybody = ALL_MEANS;
		return HEARD;
	}
	if (list_at < 20)
		return HEARD_ODD;
	(void)span_cut(&whole, list_at);
	return whole.bad ? HEARD_SHORT : list_read(whole, out);
}
