#include "format/autorun_inf.h"

#include <string.h>

#include "base/text.h"

#define KEY_ROOM 64
#define NOISE_LEAST 512 /* bytes of comment; the worm's are tens of kilobytes */

struct autorun_inf
autorun_inf_of(struct span file)
{
	return (struct autorun_inf){ .rest = file };
}

bool
autorun_key_starts(enum autorun_key key)
{
	return key == AUTORUN_OPEN || key == AUTORUN_SHELLEXECUTE ||
	       key == AUTORUN_COMMAND;
}

/* Without what is blank, or is no ASCII, at both ends. */
static struct span
trimmed(struct span s)
{
	while (s.left > 0 && (s.at[0] <= 0x20 || s.at[0] >= 0x7F))
		(void)span_u8(&s);
	while (s.left > 0 && (s.at[s.left - 1] <= 0x20 || s.at[s.left - 1] >= 0x7F))
		s.left--;
	return s;
}

/* Up to CR, LF, NUL or the end, which is taken off as well. */
static struct span
take_line(struct span *rest)
{
	struct span whole = *rest;
	size_t len = 0;

	while (rest->left > 0) {
		uint8_t b = span_u8(rest);

		if (b == '\r' || b == '\n' || b == '\0')
			break;
		len++;
	}
	return span_at(whole, 0, len);
}

/* As a string, runs of blanks as one; what does not fit is cut. */
static void
put(struct span s, char *to, size_t room)
{
	size_t len = 0;

	while (s.left > 0 && len + 1 < room) {
		uint8_t b = span_u8(&s);
		bool is_blank = b == ' ' || b == '\t';

		if (is_blank && len > 0 && to[len - 1] == ' ')
			continue;
		to[len++] = is_blank ? ' ' : (char)b;
	}
	to[len] = '\0';
}

static bool
ends_so(const char *text, const char *ending)
{
	size_t len = strlen(text);
	size_t wanted = strlen(ending);

	return len >= wanted && text_same(text + len - wanted, ending);
}

static enum autorun_key
key_of(const char *name)
{
	static const struct {
		const char *name;
		enum autorun_key key;
	} known[] = {
		{ "open", AUTORUN_OPEN },
		{ "shellexecute", AUTORUN_SHELLEXECUTE },
		{ "action", AUTORUN_ACTION },
		{ "icon", AUTORUN_ICON },
		{ "useautoplay", AUTORUN_USEAUTOPLAY },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (text_same(name, known[i].name))
			return known[i].key;
	}
	if (text_begins(name, "shell\\") && ends_so(name, "\\command"))
		return AUTORUN_COMMAND;
	return (enum autorun_key)0;
}

/* "[autorun]", "[AUTorUN", "[autorun.amd64]". */
static bool
is_autorun_header(struct span line)
{
	char name[KEY_ROOM];

	(void)span_u8(&line);
	size_t end = span_find(line, "]", 1);
	put(trimmed(end == SIZE_MAX ? line : span_at(line, 0, end)), name, sizeof name);
	return text_same(name, "autorun") || text_begins(name, "autorun.");
}

static bool
is_control(uint8_t b)
{
	return (b < 0x20 && b != '\t') || b == 0x7F;
}

static void
count_comment(struct autorun_inf *inf, struct span line)
{
	inf->comment_bytes += line.left;
	while (line.left > 0)
		inf->control_bytes += is_control(span_u8(&line));
}

static bool
assignment(struct span line, struct autorun_line *out)
{
	char name[KEY_ROOM];
	size_t equals = span_find(line, "=", 1);

	if (equals == SIZE_MAX)
		return false;
	put(trimmed(span_at(line, 0, equals)), name, sizeof name);
	out->key = key_of(name);
	(void)span_cut(&line, equals + 1);
	put(trimmed(line), out->value, sizeof out->value);
	return out->key != 0;
}

bool
autorun_inf_next(struct autorun_inf *inf, struct autorun_line *out)
{
	while (!inf->rest.bad && inf->rest.left > 0) {
		struct span line = trimmed(take_line(&inf->rest));

		if (line.left == 0)
			continue;
		if (line.at[0] == ';')
			count_comment(inf, line);
		else if (line.at[0] == '[')
			inf->in_section = is_autorun_header(line);
		else if (inf->in_section && assignment(line, out))
			return true;
	}
	return false;
}

bool
autorun_inf_is_noise(const struct autorun_inf *inf, size_t file_bytes)
{
	return inf->comment_bytes >= NOISE_LEAST &&
	       inf->comment_bytes >= file_bytes / 2 &&
	       inf->control_bytes >= inf->comment_bytes / 20;
}
