#include "lab/manner.h"

#include "lab/dice.h"

#define JUNK_LEN 600
#define FLOOD_PIECE 16384

/* An SMB1 header with an answer to nothing that anybody asked. */
static void
put_head(struct buf *out, uint8_t command, uint16_t mid)
{
	buf_be32(out, 0xFF534D42);
	buf_u8(out, command);
	buf_le32(out, 0);
	buf_u8(out, 0x98);
	buf_le16(out, 0x4001);
	buf_zero(out, 18);
	buf_le16(out, mid);
}

void
manner_garbage(const struct host *host, struct buf *out)
{
	uint64_t state = host->dice;

	switch (host->dice % 4) {
	case 0: buf_text(out, "SSH-2.0-dropbear_2019.78\r\n"); break;
	case 1:
		for (int i = 0; i < JUNK_LEN; i += 8)
			buf_le64(out, dice_next(&state));
		break;
	case 2: /* the right length, and a protocol that nobody knows */
		buf_be32(out, 64);
		for (int i = 0; i < 64; i += 8)
			buf_le64(out, dice_next(&state) | 1);
		break;
	default: /* more words than the message has bytes */
		buf_be32(out, 35);
		put_head(out, 0x72, 1);
		buf_u8(out, 255);
		buf_le16(out, 0);
		break;
	}
}

void
manner_flood(const struct host *host, bool first, struct buf *out)
{
	if (host->kind->manner == MANNER_FLOOD) {
		if (first)
			buf_be32(out, 0x00FFFFFF); /* 16 MiB are to follow */
		buf_zero(out, FLOOD_PIECE);
		return;
	}
	while (out->len < FLOOD_PIECE && !out->bad) {
		buf_be32(out, 0x85000000); /* a keepalive */
		buf_be32(out, 35);
		put_head(out, 0x24, 0xFFFF); /* "give up your lock" */
		buf_u8(out, 0);
		buf_le16(out, 0);
	}
}
