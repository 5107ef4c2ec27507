/*
 * A large .evtx log of different records, out of a small real one: its chunks again and
 * again, each time with other times, record numbers, accounts, workstations and
 * addresses in the failed logons (4625), and checksums that are right.
 *
 *     evtx_bulk SAMPLE COPIES >LOG
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 4096u
#define CHUNK 65536u
#define FIRST_RECORD 512u
#define RECORD_HEAD 24u
#define STREAM_HEAD 4u /* and then the token of a template */
#define INSTANCE_HEAD 9u
#define DEFINITION_HEAD 24u
#define STRING 0x01
#define NUMBER 0x0a
#define FILETIME 0x11
#define STREAM 0x21
#define STRINGS_OF_4625 21u
#define USER 5u
#define WORKSTATION 13u
#define ADDRESS 19u
#define LETTERS 26u
#define DAY_TICKS 864000000000u

static uint32_t
le32(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint64_t
le64(const uint8_t *b)
{
	return le32(b) | (uint64_t)le32(b + 4) << 32;
}

static void
put(uint8_t *b, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		b[i] = (uint8_t)(value >> 8 * i);
}

static void
add64(uint8_t *b, uint64_t more)
{
	put(b, le64(b) + more, 8);
}

/* CRC-32 of IEEE 802.3. */
static uint32_t
crc32_on(uint32_t crc, const uint8_t *b, size_t len)
{
	static uint32_t table[256];

	for (uint32_t i = 0; table[255] == 0 && i < 256; i++) {
		uint32_t word = i;

		for (int bit = 0; bit < 8; bit++)
			word = word >> 1 ^ (word & 1 ? 0xedb88320u : 0);
		table[i] = word;
	}
	crc = ~crc;
	for (size_t i = 0; i < len; i++)
		crc = crc >> 8 ^ table[(crc ^ b[i]) & 0xff];
	return ~crc;
}

/* What makes the records of a copy others. */
struct change {
	uint64_t copy;
	uint64_t numbers; /* to add */
	uint64_t ticks;
};

/* The letters turn on as the wheels of a counter do, the digits at the end as well. */
static void
turn_text(uint8_t *utf16, size_t len, uint64_t copy)
{
	for (size_t i = 0; i + 1 < len; i += 2) {
		uint8_t first = utf16[i] >= 'a' ? 'a' : 'A';

		if (utf16[i] < first || utf16[i] >= first + LETTERS || utf16[i + 1])
			continue;
		utf16[i] = (uint8_t)(first + (utf16[i] - first + copy) % LETTERS);
		copy /= LETTERS;
	}
	if (len >= 2 && utf16[len - 2] >= '0' && utf16[len - 2] <= '9')
		utf16[len - 2] = (uint8_t)('1' + (utf16[len - 2] + copy) % 9);
}

static void change_instance(uint8_t *chunk, size_t at, size_t end,
                            const struct change *change);

static void
change_value(uint8_t *chunk, const uint8_t *entry, size_t at, const struct change *c)
{
	size_t len = (size_t)(entry[0] | entry[1] << 8);

	if (entry[2] == FILETIME && len == 8)
		add64(chunk + at, c->ticks);
	else if (entry[2] == NUMBER && len == 8)
		add64(chunk + at, c->numbers);
	else if (entry[2] == STREAM)
		change_instance(chunk, at, at + len, c);
}

/* A stream that is a template and its values; what else there may be stays. */
static void
change_instance(uint8_t *chunk, size_t at, size_t end, const struct change *c)
{
	if (at + STREAM_HEAD + 1 + INSTANCE_HEAD + 4 > end || chunk[at] != 0x0f ||
	    chunk[at + STREAM_HEAD] != 0x0c)
		return;
	at += STREAM_HEAD + 1;
	uint32_t definition = le32(chunk + at + 5);
	at += INSTANCE_HEAD;
	if (definition == at) /* it stands right here */
		at += DEFINITION_HEAD + le32(chunk + at + DEFINITION_HEAD - 4);
	if (at + 4 > end)
		return;
	size_t count = le32(chunk + at);
	const uint8_t *table = chunk + at + 4;
	at += 4 + 4 * count;
	for (size_t i = 0; i < count && at < end; i++) {
		const uint8_t *entry = table + 4 * i;
		size_t len = (size_t)(entry[0] | entry[1] << 8);

		if (at + len > end)
			return;
		if (count == STRINGS_OF_4625 && entry[2] == STRING &&
		    (i == USER || i == WORKSTATION || i == ADDRESS))
			turn_text(chunk + at, len, c->copy);
		else
			change_value(chunk, entry, at, c);
		at += len;
	}
}

static void
change_chunk(uint8_t *chunk, const struct change *c)
{
	size_t end = le32(chunk + 48);

	/* The numbers of the first and the last. */
	for (size_t at = 8; at < 40; at += 8)
		add64(chunk + at, c->numbers);
	for (size_t at = FIRST_RECORD; at + RECORD_HEAD <= end;) {
		size_t len = le32(chunk + at + 4);

		if (len < RECORD_HEAD + 4 || len > end - at)
			break;
		add64(chunk + at + 8, c->numbers);
		add64(chunk + at + 16, c->ticks);
		change_instance(chunk, at + RECORD_HEAD, at + len - 4, c);
		at += len;
	}
	put(chunk + 52, crc32_on(0, chunk + FIRST_RECORD, end - FIRST_RECORD), 4);
	put(chunk + 124, crc32_on(crc32_on(0, chunk, 120), chunk + 128, 384), 4);
}

/* The chunks that hold something, one behind the other; how many. */
static size_t
read_sample(const char *path, uint8_t *head, uint8_t **chunks)
{
	FILE *f = fopen(path, "rb");
	size_t count = 0;

	if (!f || fread(head, HEAD, 1, f) != 1)
		return 0;
	for (;;) {
		uint8_t *more = realloc(*chunks, (count + 1) * CHUNK);

		if (!more)
			return 0;
		*chunks = more;
		if (fread(more + count * CHUNK, CHUNK, 1, f) != 1)
			break;
		if (memcmp(more + count * CHUNK, "ElfChnk", 8) == 0)
			count++;
	}
	(void)fclose(f);
	return count;
}

int
main(int argc, char **argv)
{
	static uint8_t head[HEAD], chunk[CHUNK];
	uint8_t *chunks = NULL;
	size_t copies = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	size_t count = copies > 0 ? read_sample(argv[1], head, &chunks) : 0;

	if (count == 0) {
		fprintf(stderr, "evtx_bulk SAMPLE COPIES >LOG\n");
		return 2;
	}
	uint64_t records = le64(chunks + (count - 1) * CHUNK + 32);
	put(head + 16, count * copies - 1, 8);
	put(head + 24, records * copies + 1, 8);
	put(head + 42, count * copies, 2);
	put(head + 120, 0, 4);
	put(head + 124, crc32_on(0, head, 120), 4);
	fwrite(head, HEAD, 1, stdout);
	for (size_t copy = 0; copy < copies; copy++) {
		const struct change change = { copy, copy * records, copy * DAY_TICKS };

		for (size_t i = 0; i < count; i++) {
			memcpy(chunk, chunks + i * CHUNK, CHUNK);
			change_chunk(chunk, &change);
			fwrite(chunk, CHUNK, 1, stdout);
		}
	}
	free(chunks);
	return fflush(stdout) == 0 ? 0 : 2;
}
