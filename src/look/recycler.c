#include "look/recycler.h"

#include <string.h>

#include "base/text.h"

#define AUTHORITY_MOST 0xFFFFFFFFFFFFull /* 48 bits */
#define NUMBER_MOST 0xFFFFFFFFull
#define NUMBERS_MOST 15 /* after the authority */

/* "-" and a number; *fits says whether it is at most `most`. */
static bool
take_number(const char **at, uint64_t most, bool *fits)
{
	const char *c = *at;
	uint64_t number = 0;

	if (*c != '-' || c[1] < '0' || c[1] > '9')
		return false;
	for (c++; *c >= '0' && *c <= '9'; c++) {
		number = number * 10 + (uint64_t)(*c - '0');
		if (number > most) {
			*fits = false;
			number = most; /* so that it never runs over */
		}
	}
	*at = c;
	return true;
}

bool
recycler_is_made_up(const char *name)
{
	const char *at = name + 1;
	bool fits = true;
	size_t numbers = 0;

	if (name[0] != 'S' && name[0] != 's')
		return false;
	bool is_first = text_begins(at, "-1-");
	if (!take_number(&at, AUTHORITY_MOST, &fits) ||
	    !take_number(&at, AUTHORITY_MOST, &fits))
		return false;
	while (take_number(&at, NUMBER_MOST, &fits))
		numbers++;
	if (*at != '\0' || numbers == 0)
		return false;
	return !is_first || !fits || numbers > NUMBERS_MOST;
}

bool
recycler_is_worm_name(const char *name)
{
	size_t letters = 0;

	while ((name[letters] >= 'a' && name[letters] <= 'z') ||
	       (name[letters] >= 'A' && name[letters] <= 'Z'))
		letters++;
	return letters > 0 &&
	       (text_same(name + letters, ".vmx") || text_same(name + letters, ".dll"));
}

/* Backslashes only, one between two names, and nothing in front of the first. */
static bool
plain_path(const char *text, char *to, size_t room)
{
	size_t len = 0;

	if (((text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z') && text[1] == ':')
		text += 2;
	while (*text == '\\' || *text == '/' ||
	       (*text == '.' && (text[1] == '\\' || text[1] == '/')))
		text++;
	for (; *text; text++) {
		char c = *text == '/' ? '\\' : *text;

		if (c == '\\' && len > 0 && to[len - 1] == '\\')
			continue;
		if (len + 1 >= room)
			return false;
		to[len++] = c;
	}
	to[len] = '\0';
	return true;
}

bool
recycler_target_read(const char *text, struct recycler_target *out)
{
	char bin[NAME_ROOM];

	*out = (struct recycler_target){ .is_made_up = false };
	if (!plain_path(text, out->path, sizeof out->path))
		return false;
	if (!text_begins(out->path, "RECYCLER\\") &&
	    !text_begins(out->path, "RECYCLED\\"))
		return false;
	const char *folder = out->path + strlen("RECYCLER\\");
	size_t len = strcspn(folder, "\\");
	const char *file = folder + len + 1;
	if (folder[len] != '\\' || len >= sizeof bin || folder[0] == '.' || !file[0] ||
	    file[0] == '.' || strchr(file, '\\'))
		return false;
	memcpy(bin, folder, len);
	bin[len] = '\0';
	out->is_made_up = recycler_is_made_up(bin);
	out->has_worm_name = recycler_is_worm_name(file);
	return true;
}
