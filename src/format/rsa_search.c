/*
 * The first 32 bytes of a key, wherever they lie, cover exactly one place whose
 * distance from the start of the stream is a multiple of 29 together with the three
 * bytes behind it.  So it is enough to look at these places: at each, four bytes are
 * held against all that stand in the beginnings of the keys (29 a key), by way of a
 * table of bits that stays in the processor's nearest cache.
 *
 * The last 511 bytes of a block are kept in front of the next one, as a key may lie
 * on both sides.
 */
#include "format/rsa_search.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORD 4
#define STRIDE (RSA_HEAD - WORD + 1)
#define HASH_BITS 16
#define KEPT_MOST (RSA_KEY_MOST + STRIDE)

struct key {
	const char *hex;
	size_t len; /* bytes */
	struct rsa_found found;
};

struct rsa_search {
	struct key keys[RSA_KEYS_MOST];
	size_t key_count;
	uint64_t bits[(1u << HASH_BITS) / 64];
	uint64_t start; /* of `bytes` in the stream */
	uint64_t next;  /* the place to be looked at next, in the stream */
	size_t len;     /* of `bytes`, so far */
	uint8_t bytes[KEPT_MOST + RSA_BLOCK];
};

/* ---- keys as text */

static unsigned
digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

static uint8_t
key_byte(const struct key *k, size_t at)
{
	return (uint8_t)(digit(k->hex[2 * at]) << 4 | digit(k->hex[2 * at + 1]));
}

static uint32_t
key_word(const struct key *k, size_t at)
{
	uint32_t word = 0;

	for (size_t i = 0; i < WORD; i++)
		word |= (uint32_t)key_byte(k, at + i) << (8 * i);
	return word;
}

static bool
is_hex(const char *text, size_t len)
{
	return len % 2 == 0 && strspn(text, "0123456789abcdefABCDEF") == len;
}

/* ---- the table of bits */

static uint32_t
hash_of(uint32_t word)
{
	return word * 0x9E3779B1u >> (32 - HASH_BITS);
}

static void
set_bits(struct rsa_search *s, const struct key *k)
{
	for (size_t at = 0; at < STRIDE; at++) {
		uint32_t hash = hash_of(key_word(k, at));

		s->bits[hash / 64] |= UINT64_C(1) << (hash % 64);
	}
}

static inline uint32_t
word_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static inline bool
may_be(const struct rsa_search *s, const uint8_t *bytes)
{
	uint32_t hash = hash_of(word_at(bytes));

	return s->bits[hash / 64] >> (hash % 64) & 1;
}

/* ---- a place where a key may be */

static void
note(struct key *k, uint64_t at, size_t len)
{
	struct rsa_found *f = &k->found;

	if (len == k->len) {
		if (f->whole++ == 0)
			f->whole_at = at;
		return;
	}
	f->parts++;
	if (len > f->longest) {
		f->longest = len;
		f->longest_at = at;
	}
}

/* How many bytes of the key are at `at` of what is there. */
static size_t
same_bytes(const struct rsa_search *s, const struct key *k, size_t at)
{
	size_t len = 0;

	while (len < k->len && at + len < s->len &&
	       s->bytes[at + len] == key_byte(k, len))
		len++;
	return len;
}

/* Holds the surroundings of `place` against the keys. */
static void
examine(struct rsa_search *s, size_t place)
{
	uint32_t word = word_at(s->bytes + place);

	for (size_t i = 0; i < s->key_count; i++) {
		struct key *k = &s->keys[i];

		for (size_t in_key = 0; in_key < STRIDE && in_key <= place; in_key++) {
			if (key_word(k, in_key) != word)
				continue;
			size_t len = same_bytes(s, k, place - in_key);
			if (len >= RSA_HEAD)
				note(k, s->start + place - in_key, len);
		}
	}
}

/* Looks at the places up to `end`, where a key that begins before is there whole. */
static void
look(struct rsa_search *s, size_t end)
{
	size_t at = (size_t)(s->next - s->start);

	for (; at < end; at += STRIDE) {
		if (may_be(s, s->bytes + at))
			examine(s, at);
	}
	s->next = s->start + at;
}

/* ---- the stream */

enum err
rsa_search_new(const char *const *keys, size_t count, struct rsa_search **out)
{
	struct rsa_search *s = calloc(1, sizeof *s);

	if (!s)
		return ERR_MEMORY;
	for (size_t i = 0; i < count && i < RSA_KEYS_MOST; i++) {
		size_t digits = strlen(keys[i]);

		if (!is_hex(keys[i], digits) || digits < 2 * RSA_HEAD ||
		    digits > 2 * RSA_KEY_MOST)
			break;
		s->keys[s->key_count] = (struct key){ .hex = keys[i],
			                              .len = digits / 2 };
		set_bits(s, &s->keys[s->key_count]);
		s->key_count++;
	}
	if (s->key_count < count) {
		free(s);
		return ERR_REFUSED;
	}
	*out = s;
	return OK;
}

uint8_t *
rsa_search_room(struct rsa_search *s)
{
	return s->bytes + s->len;
}

/*
 * What is dropped is behind us: no place to come needs it, as a beginning lies at
 * most 28 bytes before the place that gives it away.
 */
static void
drop(struct rsa_search *s)
{
	size_t seen = (size_t)(s->next - s->start);
	size_t keep_from = seen < STRIDE ? 0 : seen - STRIDE;

	if (keep_from > s->len)
		keep_from = s->len;
	memmove(s->bytes, s->bytes + keep_from, s->len - keep_from);
	s->start += keep_from;
	s->len -= keep_from;
}

void
rsa_search_filled(struct rsa_search *s, size_t len)
{
	s->len += len;
	if (s->len >= RSA_KEY_MOST)
		look(s, s->len - RSA_KEY_MOST + 1);
	drop(s);
}

void
rsa_search_end(struct rsa_search *s)
{
	if (s->len >= WORD)
		look(s, s->len - WORD + 1);
	s->len = 0;
}

struct rsa_found
rsa_search_found(const struct rsa_search *s, size_t key)
{
	return key < s->key_count ? s->keys[key].found
	                          : (struct rsa_found){ .whole = 0 };
}

void
rsa_search_free(struct rsa_search *s)
{
	free(s);
}
