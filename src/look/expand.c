/* Paths as the registry writes them, as paths of this machine. */
#include <string.h>

#include "base/text.h"
#include "look/inside.h"

/* The profile above the folder: All Users\Application Data.  From Vista on the two
 * are the same. */
static const char *
all_users(const struct installation *w, char room[PATH_ROOM])
{
	(void)text_copy(room, PATH_ROOM, w->common_app_data);
	char *last = strrchr(room, '\\');
	if (w->major < 6 && last)
		*last = '\0';
	return room;
}

/* What lies in a variable; NULL where this machine does not tell it. */
static const char *
variable(const struct installation *w, const struct machine_user *user,
         const char *name, char room[PATH_ROOM])
{
	const struct {
		const char *name;
		const char *is;
	} known[] = {
		{ "SystemRoot", w->root },
		{ "windir", w->root },
		{ "SystemDrive", w->drive },
		{ "HOMEDRIVE", w->drive },
		{ "ProgramFiles", w->program_files[0] },
		{ "ProgramW6432", w->program_files[0] },
		{ "ProgramFiles(x86)", w->program_files_32 },
		{ "CommonProgramFiles", w->common_files },
		{ "CommonProgramW6432", w->common_files },
		{ "CommonProgramFiles(x86)", w->common_files_32 },
		{ "ProgramData", w->common_app_data },
		{ "ALLUSERSPROFILE", all_users(w, room) },
		{ "USERPROFILE", user ? user->profile : "" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (text_same(known[i].name, name))
			return known[i].is[0] ? known[i].is : NULL;
	}
	return NULL;
}

/* Text that is built up; `whole` turns false where something did not fit. */
struct path {
	char text[PATH_ROOM];
	size_t len;
	bool whole;
};

static void
put(struct path *p, const char *text, size_t len)
{
	if (len >= sizeof p->text - p->len) {
		p->whole = false;
		return;
	}
	memcpy(p->text + p->len, text, len);
	p->len += len;
	p->text[p->len] = '\0';
}

/* "%NAME%" at the beginning of `at`: its content; false where there is none. */
static bool
put_variable(struct path *p, const struct installation *w,
             const struct machine_user *user, const char *at, size_t *taken)
{
	const char *end = strchr(at + 1, '%');
	char name[64];
	char room[PATH_ROOM];

	if (!end || (size_t)(end - at) > sizeof name)
		return false;
	size_t len = (size_t)(end - at) - 1;
	memcpy(name, at + 1, len);
	name[len] = '\0';
	const char *is = variable(w, user, name, room);
	if (!is)
		return false;
	put(p, is, strlen(is));
	*taken = len + 2;
	return true;
}

/* Without quotes and prefixes of the object manager, with variables filled in. */
static bool
fill_in(struct path *p, const struct installation *w, const struct machine_user *user,
        const char *text)
{
	static const char *const prefixes[] = { "\\??\\", "\\\\?\\", "\\\\.\\" };
	size_t len = 0;

	text += strspn(text, " \t");
	bool quoted = *text == '"';
	text += quoted;
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		if (strncmp(text, prefixes[i], 4) != 0)
			continue;
		text += 4;
		break;
	}
	if (text_begins(text, "\\SystemRoot\\")) {
		put(p, w->root, strlen(w->root));
		text += strlen("\\SystemRoot");
	}
	for (; *text && !(quoted && *text == '"'); text += len) {
		len = 1;
		if (*text == '/')
			put(p, "\\", 1);
		else if (*text != '%')
			put(p, text, 1);
		else if (!put_variable(p, w, user, text, &len))
			return false;
	}
	return p->whole && p->len > 0;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
has_drive(const struct installation *w, char letter)
{
	for (const char *l = w->letters; *l; l++) {
		if ((*l | 0x20) == (letter | 0x20))
			return true;
	}
	return false;
}

/*
 * The folder to which a path is relative: as the loader of services has it.  NULL
 * where it is whole, or is on a network, or on no drive of this machine.
 */
static const char *
begins_in(const struct installation *w, const char *path, bool *known)
{
	*known = true;
	if (is_letter(path[0]) && path[1] == ':') {
		*known = path[2] == '\\' && has_drive(w, path[0]);
		return NULL;
	}
	if (path[0] == '\\' && path[1] == '\\') {
		*known = false;
		return NULL;
	}
	if (path[0] == '\\')
		return w->drive;
	return strchr(path, '\\') ? w->root : w->system32;
}

/* One part of a path; what Win32 drops (".", blanks and dots at its end) goes. */
static void
add_part(struct path *p, const char *part, size_t len)
{
	if (len == 2 && part[0] == '.' && part[1] == '.') {
		while (p->len > 2 && p->text[p->len - 1] != '\\')
			p->len--;
		if (p->len > 2)
			p->len--;
		p->text[p->len] = '\0';
		return;
	}
	while (len > 0 && (part[len - 1] == '.' || part[len - 1] == ' '))
		len--;
	if (len == 0)
		return;
	if (p->len > 0)
		put(p, "\\", 1);
	put(p, part, len);
}

static void
add_parts(struct path *p, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\\");

		add_part(p, text, len);
		text += len + (text[len] == '\\');
	}
}

bool
look_expand(const struct installation *w, const struct machine_user *user,
            const char *text, char *to, size_t room)
{
	struct path filled = { .whole = true };
	struct path whole = { .whole = true };
	bool known = false;

	(void)text_copy_utf8(to, room, text);
	if (!w->there || !fill_in(&filled, w, user, text))
		return false;
	const char *folder = begins_in(w, filled.text, &known);
	if (!known)
		return false;
	if (folder)
		add_parts(&whole, folder);
	add_parts(&whole, filled.text);
	if (whole.len == 2)
		put(&whole, "\\", 1);
	if (!whole.whole || whole.len >= room)
		return false;
	return text_copy(to, room, whole.text);
}
