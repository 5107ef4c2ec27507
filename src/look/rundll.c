#include "look/rundll.h"

#include <string.h>

#include "base/text.h"

#define BLANKS " \t"
#define TWICE 2 /* rundll32 by way of rundll32; nobody goes further */

/* A word, in quotes or up to one of `ends`; false where it does not fit. */
static bool
take_word(const char **at, const char *ends, char *to, size_t room)
{
	const char *from = *at + strspn(*at, BLANKS);
	bool is_quoted = *from == '"';
	size_t len = strcspn(from + is_quoted, is_quoted ? "\"" : ends);

	from += is_quoted;
	to[0] = '\0';
	*at = from + len;
	if (is_quoted && **at == '"')
		(*at)++;
	if (len >= room)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

static const char *
base_name(const char *path)
{
	const char *name = path;

	for (const char *c = path; *c; c++) {
		if (*c == '\\' || *c == '/' || *c == ':')
			name = c + 1;
	}
	return name;
}

/* After the program's name. */
static bool
read_words(const char **at, struct rundll_call *out)
{
	if (!take_word(at, BLANKS ",", out->target, sizeof out->target))
		return false;
	*at += strspn(*at, BLANKS);
	if (**at == ',')
		(*at)++;
	if (!take_word(at, BLANKS, out->function, sizeof out->function))
		return false;
	*at += strspn(*at, BLANKS);
	out->has_arguments = **at != '\0';
	return out->target[0] != '\0';
}

bool
rundll_call_read(const char *command, struct rundll_call *out)
{
	const char *at = command;

	for (int depth = 0; depth < TWICE; depth++) {
		char program[PATH_ROOM];

		*out = (struct rundll_call){ .has_arguments = false };
		if (!take_word(&at, BLANKS, program, sizeof program))
			return false;
		const char *name = base_name(program);
		if (!text_same(name, "rundll32.exe") && !text_same(name, "rundll32"))
			return false;
		if (!read_words(&at, out))
			return false;
		name = base_name(out->target);
		if (!text_begins(out->function, "ShellExec_RunDLL") ||
		    !text_begins(name, "shell32") || !out->has_arguments)
			break;
	}
	return true;
}

bool
rundll_only_letters(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < 'a' || text[i] > 'z')
			return false;
	}
	return len > 0;
}

bool
rundll_call_is_bare(const struct rundll_call *call)
{
	size_t name = strcspn(call->target, ".");
	const char *suffix = call->target + name;

	return !call->has_arguments && rundll_only_letters(call->target, name) &&
	       suffix[0] == '.' &&
	       rundll_only_letters(suffix + 1, strlen(suffix + 1)) &&
	       rundll_only_letters(call->function, strlen(call->function));
}
