#include "judge/numbered.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FIRST_SLOTS 1024
#define FIRST_TEXT 16384

/* FNV-1a over what text_same compares: ASCII letters of one case. */
static uint32_t
hash_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++) {
		uint8_t c = (uint8_t)*name;

		c = c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
		hash = (hash ^ c) * 16777619u;
	}
	return hash;
}

static const char *
text_at(const struct numbered *n, uint32_t number)
{
	return n->text + n->at[number];
}

/* The slot that has it, or the free one where it belongs. */
static uint32_t
slot_of(const struct numbered *n, const char *name)
{
	uint32_t slot = hash_of(name) & (n->slot_count - 1);

	while (n->slots[slot] && !text_same(text_at(n, n->slots[slot]), name))
		slot = (slot + 1) & (n->slot_count - 1);
	return slot;
}

static enum err
grow_slots(struct numbered *n)
{
	uint32_t count = n->slot_count ? 2 * n->slot_count : FIRST_SLOTS;
	uint32_t *slots = calloc(count, sizeof *slots);

	if (!slots)
		return ERR_MEMORY;
	free(n->slots);
	n->slots = slots;
	n->slot_count = count;
	for (uint32_t i = 1; i < n->count; i++)
		slots[slot_of(n, text_at(n, i))] = i;
	return OK;
}

static enum err
grow_names(struct numbered *n)
{
	uint32_t room = n->room ? 2 * n->room : FIRST_SLOTS;
	uint32_t *at = realloc(n->at, room * sizeof *at);

	if (!at)
		return ERR_MEMORY;
	n->at = at;
	n->room = room;
	if (n->count == 0)
		n->at[n->count++] = 0; /* "" has no letters to keep */
	return OK;
}

static enum err
grow_text(struct numbered *n, size_t least)
{
	size_t room = n->text_room ? n->text_room : FIRST_TEXT;

	while (room < least)
		room *= 2;
	char *text = realloc(n->text, room);
	if (!text)
		return ERR_MEMORY;
	n->text = text;
	n->text_room = room;
	return OK;
}

static enum err
add(struct numbered *n, const char *name, uint32_t slot)
{
	size_t len = strlen(name) + 1;

	if (n->bytes + len > NUMBERED_BYTES_MOST || n->count >= NUMBERED_MOST)
		return ERR_LIMIT;
	if (!n->text || n->bytes + len > n->text_room)
		TRY(grow_text(n, n->bytes + len));
	if (n->count == n->room)
		TRY(grow_names(n));
	memcpy(n->text + n->bytes, name, len);
	n->at[n->count] = (uint32_t)n->bytes;
	n->bytes += len;
	n->slots[slot] = n->count++;
	return OK;
}

enum err
numbered_of(struct numbered *n, const char *name, uint32_t *out)
{
	*out = 0;
	if (name[0] == '\0')
		return OK;
	if (n->room == 0)
		TRY(grow_names(n));
	if (n->count >= n->slot_count / 2)
		TRY(grow_slots(n));
	uint32_t slot = slot_of(n, name);
	if (!n->slots[slot])
		TRY(add(n, name, slot));
	*out = n->slots[slot];
	return OK;
}

uint32_t
numbered_find(const struct numbered *n, const char *name)
{
	return name[0] && n->slot_count ? n->slots[slot_of(n, name)] : 0;
}

const char *
numbered_text(const struct numbered *n, uint32_t number)
{
	return number > 0 && number < n->count ? text_at(n, number) : "";
}

bool
numbered_is_crowded(const struct numbered *n)
{
	return n->count > NUMBERED_MOST / 2 || n->bytes > NUMBERED_BYTES_MOST / 2;
}

enum err
numbered_keep(struct numbered *n, uint32_t *marks)
{
	struct numbered kept = { .count = 0 };

	for (uint32_t i = 1; i < n->count; i++) {
		enum err err = OK;

		if (marks[i])
			err = numbered_of(&kept, text_at(n, i), &marks[i]);
		if (err != OK) {
			numbered_free(&kept);
			return err;
		}
	}
	numbered_free(n);
	*n = kept;
	return OK;
}

void
numbered_free(struct numbered *n)
{
	free(n->text);
	free(n->at);
	free(n->slots);
	*n = (struct numbered){ .count = 0 };
}
