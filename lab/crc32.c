#include "lab/crc32.h"

#define POLYNOMIAL 0xEDB88320u

void
crc32_prepare(struct crc32 *c)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t v = i;

		for (unsigned bit = 0; bit < 8; bit++)
			v = v >> 1 ^ (v & 1 ? POLYNOMIAL : 0);
		c->step[0][i] = v;
	}
	for (uint32_t i = 0; i < 256; i++) {
		for (unsigned k = 1; k < 8; k++) {
			uint32_t v = c->step[k - 1][i];

			c->step[k][i] = v >> 8 ^ c->step[0][v & 255];
		}
	}
}

uint32_t
crc32_add(const struct crc32 *c, uint32_t before, struct span bytes)
{
	uint32_t v = ~before;

	while (bytes.left >= 8) {
		uint32_t low = span_le32(&bytes) ^ v;
		uint32_t high = span_le32(&bytes);

		v = 0;
		for (unsigned k = 0; k < 4; k++) {
			v ^= c->step[7 - k][low >> 8 * k & 255];
			v ^= c->step[3 - k][high >> 8 * k & 255];
		}
	}
	while (bytes.left > 0)
		v = v >> 8 ^ c->step[0][(v ^ span_u8(&bytes)) & 255];
	return ~v;
}
