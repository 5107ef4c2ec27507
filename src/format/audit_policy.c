#include "format/audit_policy.h"

#define OLD_NT4 36 /* bytes: 4, then 7 categories, then their number */
#define OLD_2000 44
#define HEAD 12
#define CATEGORIES_MOST 16
#define SUBCATEGORIES_MOST 64

enum { CATEGORY_LOGON = 1, CATEGORY_MANAGEMENT = 6, CATEGORY_ACCOUNT_LOGON = 8 };
#define KERBEROS_AT 3 /* within Account Logon */

static enum heard
old_read(struct span value, uint32_t categories, struct audit_policy *out)
{
	struct span s = value;
	uint32_t setting[CATEGORIES_MOST] = { 0 };

	out->is_on = span_u8(&s) != 0;
	(void)span_cut(&s, 3);
	for (uint32_t i = 0; i < categories; i++) {
		setting[i] = span_le32(&s);
		if (setting[i] > (AUDIT_SUCCESS | AUDIT_FAILURE))
			return HEARD_ODD;
	}
	out->logon = setting[CATEGORY_LOGON];
	out->account_management = setting[CATEGORY_MANAGEMENT];
	out->account_logon = setting[CATEGORY_ACCOUNT_LOGON];
	return s.bad ? HEARD_SHORT : HEARD;
}

/* Where each category's settings begin; false where the counts do not fit. */
static bool
read_counts(struct span value, uint32_t categories, uint32_t counts_at,
            uint32_t first[CATEGORIES_MOST + 1])
{
	struct span counts = span_at(value, counts_at, 2 * (size_t)categories);

	first[0] = 0;
	for (uint32_t i = 0; i < categories; i++) {
		uint32_t count = span_le16(&counts);

		if (counts.bad || count > SUBCATEGORIES_MOST)
			return false;
		first[i + 1] = first[i] + count;
	}
	return HEAD + 2 * (size_t)first[categories] <= counts_at;
}

/* A setting, or 0 where this Windows has no such subcategory. */
static unsigned
setting_of(struct span value, const uint32_t *first, uint32_t category, uint32_t index)
{
	if (index >= first[category + 1] - first[category])
		return 0;
	struct span at = span_at(value, HEAD + 2 * (size_t)(first[category] + index),
	                         2);
	return span_le16(&at);
}

static enum heard
new_read(struct span value, struct audit_policy *out)
{
	uint32_t first[CATEGORIES_MOST + 1] = { 0 };
	struct span s = value;

	(void)span_cut(&s, 4);
	uint32_t categories = span_le32(&s);
	uint32_t counts_at = span_le32(&s);
	if (s.bad)
		return HEARD_SHORT;
	if (categories <= CATEGORY_ACCOUNT_LOGON || categories > CATEGORIES_MOST)
		return HEARD_ODD;
	if (counts_at > value.left || value.left - counts_at < 2 * (size_t)categories)
		return HEARD_SHORT;
	if (!read_counts(value, categories, counts_at, first))
		return HEARD_ODD;
	out->by_subcategory = true;
	out->is_on = true;
	out->logon = setting_of(value, first, CATEGORY_LOGON, 0);
	out->account_management = setting_of(value, first, CATEGORY_MANAGEMENT, 0);
	out->account_logon = setting_of(value, first, CATEGORY_ACCOUNT_LOGON, 0);
	out->kerberos = setting_of(value, first, CATEGORY_ACCOUNT_LOGON, KERBEROS_AT);
	unsigned all = out->logon | out->account_management | out->account_logon |
	               out->kerberos;
	return all > (AUDIT_SUCCESS | AUDIT_FAILURE) ? HEARD_ODD : HEARD;
}

enum heard
audit_policy_read(struct span value, struct audit_policy *out)
{
	*out = (struct audit_policy){ .is_on = false };
	if (value.left == OLD_NT4 || value.left == OLD_2000) {
		struct span end = span_at(value, value.left - 4, 4);
		uint32_t categories = span_le32(&end);

		if (categories == (value.left - 8) / 4)
			return old_read(value, categories, out);
	}
	return new_read(value, out);
}

/* ---- and the other way */

static const struct {
	uint32_t category;
	unsigned bits;
} wanted[] = {
	{ CATEGORY_LOGON, AUDIT_SUCCESS | AUDIT_FAILURE },
	{ CATEGORY_MANAGEMENT, AUDIT_SUCCESS },
	{ CATEGORY_ACCOUNT_LOGON, AUDIT_FAILURE },
};
#define WANTED (sizeof wanted / sizeof wanted[0])

static void
old_strengthen(uint8_t *bytes)
{
	bytes[0] = 1; /* recording is on at all */
	for (size_t i = 0; i < WANTED; i++)
		bytes[4 + 4 * (size_t)wanted[i].category] |= (uint8_t)wanted[i].bits;
}

/* The first subcategory of each is the one that counts: Logon, Credential Validation,
 * User Account Management (audit_policy_read has the same). */
static void
new_strengthen(struct span value, uint8_t *bytes)
{
	uint32_t first[CATEGORIES_MOST + 1] = { 0 };
	struct span s = span_at(value, 4, 8);
	uint32_t categories = span_le32(&s);
	uint32_t counts_at = span_le32(&s);

	if (!read_counts(value, categories, counts_at, first))
		return;
	for (size_t i = 0; i < WANTED; i++) {
		uint32_t category = wanted[i].category;

		if (first[category + 1] > first[category])
			bytes[HEAD + 2 * (size_t)first[category]] |=
			    (uint8_t)wanted[i].bits;
	}
}

enum heard
audit_policy_strengthen(struct span value, struct buf *out)
{
	struct audit_policy is;
	size_t at = out->len;
	enum heard heard = audit_policy_read(value, &is);

	if (heard != HEARD)
		return heard;
	buf_put(out, value.at, value.left);
	if (out->bad)
		return HEARD_ODD;
	if (is.by_subcategory)
		new_strengthen(value, out->at + at);
	else
		old_strengthen(out->at + at);
	return HEARD;
}
