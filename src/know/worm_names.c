#include "know/worm_names.h"

#define CRC_START 0xFFFFFFFFu
#define CRC_POLYNOMIAL 0xEDB88320u

#define KEY_B 0x45419005u
#define KEY_D 0xC7BD45E1u

/* CRC-32 without its last step, the complement. */
static uint32_t
crc_open(struct span bytes)
{
	uint32_t crc = CRC_START;

	while (bytes.left > 0 && !bytes.bad) {
		crc ^= span_u8(&bytes);
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ CRC_POLYNOMIAL : crc >> 1;
	}
	return crc;
}

/* The generator of Microsoft's C library. */
static unsigned
draw(uint32_t *state)
{
	*state = *state * 214013u + 2531011u;
	return *state >> 16 & 0x7FFF;
}

static void
name_from(uint32_t state, char name[WORM_NAME_MOST + 1])
{
	unsigned len = WORM_NAME_LEAST +
	               draw(&state) % (WORM_NAME_MOST - WORM_NAME_LEAST + 1);

	for (unsigned i = 0; i < len; i++)
		name[i] = (char)('a' + draw(&state) % 26);
	name[len] = '\0';
}

struct worm_names
worm_names_of(struct span computer)
{
	struct worm_names names = { .b = "" };
	uint32_t crc = crc_open(computer);

	name_from(crc ^ KEY_B, names.b);
	name_from(crc ^ KEY_D, names.d);
	return names;
}

bool
worm_name_has_the_form(struct span name)
{
	if (name.bad || name.left < WORM_NAME_LEAST || name.left > WORM_NAME_MOST)
		return false;
	while (name.left > 0) {
		uint8_t letter = span_u8(&name);

		if (letter < 'a' || letter > 'z')
			return false;
	}
	return true;
}
