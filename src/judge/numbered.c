#include "judge/numbered.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FIRST_SLOTS 1024

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

/* The slot that has it, or the free one where it belongs. */
static uint32_t
slot_of(const struct numbered *n, const char *name)
{
	uint32_t slot = hash_of(name) & (n->slot_count - 1);

	while (n->slots[slot] && !text_same(n->at[n->slots[slot]], name))
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
		slots[slot_of(n, n->at[i])] = i;
	return OK;
}

static enum err
grow_names(struct numbered *n)
{
	uint32_t room = n->room ? 2 * n->room : FIRST_SLOTS;
	char **at = realloc(n->at, room * sizeof *at);

	if (!at)
		return ERR_MEMORY;
	n->at = at;
	n->room = room;
	if (n->count == 0)
		n->at[n->count++] = NULL; /* "" has no letters to keep */
	return OK;
}

enum err
numbered_of(struct numbered *n, const char *name, uint32_t *out)
{
	size_t len = strlen(name) + 1;

	*out = 0;
	if (name[0] == '\0')
		return OK;
	if (n->count >= n->slot_count / 2)
		TRY(grow_slots(n));
	uint32_t slot = slot_of(n, name);
	*out = n->slots[slot];
	if (*out)
		return OK;
	if (n->bytes + len > NUMBERED_BYTES_MOST)
		return ERR_LIMIT;
	if (n->count == n->room)
		TRY(grow_names(n));
	char *copy = strdup(name);
	if (!copy)
		return ERR_MEMORY;
	n->bytes += len;
	n->slots[slot] = n->count;
	n->at[n->count] = copy;
	*out = n->count++;
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
	return number > 0 && number < n->count ? n->at[number] : "";
}

void
numbered_free(struct numbered *n)
{
	for (uint32_t i = 1; i < n->count; i++)
		free(n->at[i]);
	free(n->at);
	free(n->slots);
	*n = (struct numbered){ .count = 0 };
}
