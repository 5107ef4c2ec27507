/*
 * Names: computed from the computer's, or merely drawn.  A drawn name proves nothing,
 * since half of Windows' own DLLs have five to eight letters; it only counts beside
 * other traits, in a file without a version.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "know/worm_names.h"
#include "look/worm_file_parts.h"

const char *
worm_file_base(const char *path)
{
	const char *last = strrchr(path, '\\');

	return last ? last + 1 : path;
}

static bool
is_in(const char *folder, const char *path)
{
	return text_begins(path, folder) && path[strlen(folder)] == '\\' &&
	       worm_file_base(path) == path + strlen(folder) + 1;
}

bool
worm_file_is_in_a_place(const struct installation *windows, const char *path)
{
	for (size_t i = 0; i < windows->place_count; i++) {
		if (is_in(windows->places[i], path))
			return true;
	}
	return false;
}

static bool
is_lower_case(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] < 'a' || s[i] > 'z')
			return false;
	}
	return true;
}

/* Windows and its programs have PE files with these; a drawn one would be chance. */
static bool
is_usual_extension(const char *extension)
{
	static const char *const usual[] = { "acm", "ax",  "com", "cpl", "drv", "exe",
		                             "ime", "mui", "ocx", "scr", "sys", "tsp" };

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		if (strcmp(usual[i], extension) == 0)
			return true;
	}
	return false;
}

/* Copies that came over ADMIN$ have a drawn extension too (specification 1.1). */
#define COPY_LEAST 2
#define COPY_MOST 8

bool
worm_file_name_is_drawn(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (!dot || !dot[1])
		return false;
	size_t stem = (size_t)(dot - name);
	size_t extension = strlen(dot + 1);
	if (strcmp(dot, ".dll") == 0)
		return worm_name_has_the_form(span_of(name, stem));
	return stem >= COPY_LEAST && stem <= COPY_MOST && is_lower_case(name, stem) &&
	       extension <= COPY_MOST && is_lower_case(dot + 1, extension) &&
	       !is_usual_extension(dot + 1);
}

/*
 * A computer's name as the worm got it: in the machine's ANSI code page, which for
 * names beyond ASCII is taken to be the Western one (1252).  False for names that
 * have letters outside it.
 */
static bool
ansi(const char *utf8, char *to, size_t room)
{
	size_t len = 0;

	while (*utf8 && len + 1 < room) {
		uint32_t c = text_next(&utf8);

		if (c > 0xFF || (c >= 0x80 && c < 0xA0))
			return false;
		to[len++] = (char)c;
	}
	to[len] = '\0';
	return len > 0 && *utf8 == '\0';
}

/* Letters of the Western code page, but for the two signs that stand among them. */
static void
turn(char *ansi_name, bool upper)
{
	for (; *ansi_name; ansi_name++) {
		unsigned char c = (unsigned char)*ansi_name;
		unsigned char low = c | 0x20;
		bool is_letter = (low >= 'a' && low <= 'z') ||
		                 (low >= 0xE0 && low <= 0xFE && low != 0xF7);

		if (is_letter)
			*ansi_name = (char)(upper ? low & ~0x20 : low);
	}
}

/* The names computed from one spelling; adds the variants whose name it is. */
static void
compare(const char *computer, const char *stem, variants *out)
{
	struct worm_names n = worm_names_of(span_of(computer, strlen(computer)));

	if (strcmp(n.b, stem) == 0)
		*out |= VARIANT_B | VARIANT_C;
	if (strcmp(n.d, stem) == 0)
		*out |= VARIANT_D;
}

/* Without ".dll", in lower case; false for what is too long or has other letters. */
static bool
stem_of(const char *name, char stem[WORM_NAME_MOST + 1])
{
	size_t len = strlen(name);

	if (len > 4 && text_same(name + len - 4, ".dll"))
		len -= 4;
	if (len > WORM_NAME_MOST)
		return false;
	memcpy(stem, name, len);
	stem[len] = '\0';
	turn(stem, false);
	return worm_name_has_the_form(span_of(stem, len));
}

bool
worm_file_name_is_computed(const struct installation *windows, const char *name,
                           variants *out)
{
	char stem[WORM_NAME_MOST + 1];
	char computer[COMPUTER_NAME_ROOM];

	*out = 0;
	if (!stem_of(name, stem))
		return false;
	for (size_t i = 0; i < windows->name_count; i++) {
		if (!ansi(windows->names[i], computer, sizeof computer))
			continue;
		compare(computer, stem, out);
		turn(computer, true);
		compare(computer, stem, out);
		turn(computer, false);
		compare(computer, stem, out);
	}
	return *out != 0;
}
