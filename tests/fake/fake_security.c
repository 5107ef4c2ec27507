/* Security descriptors out of words. */
#include "fake_parts.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define PRESENT 0x0004u
#define PROTECTED 0x1000u
#define SELF_RELATIVE 0x8000u

/* [MS-DTYP] 2.4.2.4: authority and sub-authorities of well-known identifiers. */
static const struct {
	const char *word;
	uint8_t authority;
	uint32_t subs[2];
	uint8_t count;
} known[] = {
	{ "WD", 1, { 0 }, 1 },       { "CO", 3, { 0 }, 1 },
	{ "AU", 5, { 11 }, 1 },      { "SY", 5, { 18 }, 1 },
	{ "BA", 5, { 32, 544 }, 2 }, { "BU", 5, { 32, 545 }, 2 },
};

static void
put_sid(struct buf *out, const char *word)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(known[i].word, word) != 0)
			continue;
		buf_u8(out, 1);
		buf_u8(out, known[i].count);
		buf_zero(out, 5);
		buf_u8(out, known[i].authority);
		for (size_t s = 0; s < known[i].count; s++)
			buf_le32(out, known[i].subs[s]);
		return;
	}
	fail_msg("no such identifier: %s", word);
}

/* "A:BA:f003f" or with flags "A:BA:f003f:0b". */
static void
put_ace(struct buf *out, char *ace)
{
	char *rest = ace;
	const char *kind = strsep(&rest, ":");
	const char *who = strsep(&rest, ":");
	const char *mask = strsep(&rest, ":");
	const char *flags = strsep(&rest, ":");
	size_t begins = out->len;

	if (!who || !mask || (strcmp(kind, "A") != 0 && strcmp(kind, "D") != 0))
		fail_msg("not an entry of a descriptor: %s", ace);
	buf_u8(out, kind[0] == 'D');
	buf_u8(out, flags ? (uint8_t)strtoul(flags, NULL, 16) : 0);
	buf_le16(out, 0);
	buf_le32(out, (uint32_t)strtoul(mask, NULL, 16));
	put_sid(out, who);
	buf_patch_le16(out, begins + 2, (uint16_t)(out->len - begins));
}

static const char *
shorthand(const char *words, bool of_key)
{
	if (strcmp(words, "default") == 0)
		return of_key ? "A:BU:20019 A:BA:f003f A:SY:f003f"
		              : "A:BU:1200a9 A:BA:1f01ff A:SY:1f01ff";
	if (strcmp(words, "locked") == 0)
		return of_key ? "protected A:SY:f003f" : "protected A:WD:100020";
	return words;
}

static void
put_head(struct buf *out, unsigned control, uint32_t dacl_at)
{
	buf_u8(out, 1);
	buf_u8(out, 0);
	buf_le16(out, (uint16_t)(SELF_RELATIVE | control));
	buf_zero(out, 12); /* owner, group, SACL: none */
	buf_le32(out, dacl_at);
}

bool
fake_security(const char *words, bool of_key, struct buf *out)
{
	const char *at = shorthand(words, of_key);
	char word[64];
	uint16_t count = 0;

	if (!out->ceiling)
		buf_init(out, 4096);
	if (strcmp(at, "none") == 0)
		return false;
	if (strncmp(at, "hex ", 4) == 0) {
		fake_hex(at + 4, out);
		return true;
	}
	if (strcmp(at, "null") == 0 || strcmp(at, "bare") == 0) {
		put_head(out, at[0] == 'n' ? PRESENT : 0, 0);
		return true;
	}
	bool locked = strncmp(at, "protected ", 10) == 0;
	size_t begins = out->len;
	put_head(out, PRESENT | (locked ? PROTECTED : 0), 20);
	buf_le16(out, 2); /* revision */
	buf_le16(out, 0);
	buf_le16(out, 0);
	buf_le16(out, 0);
	while (fake_word(&at, word, sizeof word)) {
		if (strcmp(word, "protected") == 0 || strcmp(word, "empty") == 0)
			continue;
		put_ace(out, word);
		count++;
	}
	buf_patch_le16(out, begins + 22, (uint16_t)(out->len - begins - 20));
	buf_patch_le16(out, begins + 24, count);
	return true;
}
