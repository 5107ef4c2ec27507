#include "lab/disk_page_file.h"

#include "base/own.h"
#include "know/rsa_keys.h"

#define PAGE 4096u
#define PAGES 64u
#define KEY_PAGE 17u
#define KEY_IN_PAGE 0x3A8u /* anywhere: a heap block begins where it likes */

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static uint8_t
digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void
put_key(struct buf *b, char letter)
{
	variants wanted = letter == 'A'   ? VARIANT_A
	                  : letter == 'B' ? VARIANT_B
	                                  : VARIANT_D;

	for (size_t i = 0; i < rsa_keys_count; i++) {
		const char *hex = rsa_keys[i].hex;

		if (!(rsa_keys[i].variants & wanted))
			continue;
		for (; hex[0] && hex[1]; hex += 2)
			buf_u8(b, (uint8_t)(digit(hex[0]) << 4 | digit(hex[1])));
	}
}

void
disk_page_file(struct disk_tree *t, const struct disk_plan *p)
{
	OWN(own_buf) struct buf b = { 0 };

	buf_init(&b, PAGES * PAGE);
	buf_zero(&b, KEY_PAGE * PAGE + KEY_IN_PAGE);
	if (p->worm.letter && p->worm.was_paged)
		put_key(&b, p->worm.letter);
	buf_zero(&b, PAGES * PAGE - b.len);
	disk_file(t, &(struct disk_file){ .path = "pagefile.sys",
	                                  .bytes = buf_span(&b),
	                                  .filetime = p->last_used,
	                                  .attributes = ATTRIBUTE_HIDDEN |
	                                                ATTRIBUTE_SYSTEM });
}
