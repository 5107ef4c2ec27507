#include "know/patches.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static bool
role_fits(enum role role, const struct windows_told *told)
{
	if (role == ROLE_EMBEDDED)
		return told->is_embedded;
	return role == ROLE_ANY || (role == ROLE_SERVER) == told->is_server;
}

static bool
number_fits(int32_t wanted, unsigned told)
{
	return wanted < 0 || (unsigned)wanted == told;
}

static bool
level_fits(const struct windows_level *w, const struct windows_told *told)
{
	return number_fits(w->major, told->major) &&
	       number_fits(w->minor, told->minor) &&
	       number_fits(w->build, told->build) &&
	       told->service_pack >= w->sp_least && told->service_pack <= w->sp_most &&
	       (w->processors & told->processor) != 0 && role_fits(w->role, told);
}

const struct windows_level *
windows_level(const struct windows_told *told)
{
	for (size_t i = 0; i < windows_levels_count; i++) {
		if (level_fits(&windows_levels[i], told))
			return &windows_levels[i];
	}
	return NULL;
}

const char *const patches_asked[PATCHES_ASKED] = { "KB958644", "KB957097", "KB958687",
	                                           "KB967715", "KB950582", "KB971029" };

enum needs
windows_needs(const struct windows_level *w, const char *kb)
{
	const enum needs needs[PATCHES_ASKED] = {
		w->kb958644, w->kb957097, w->kb958687,
		w->kb967715, w->kb950582, w->kb971029
	};

	for (size_t i = 0; i < PATCHES_ASKED; i++) {
		if (strcmp(patches_asked[i], kb) == 0)
			return needs[i];
	}
	return NEEDS_NONE;
}

const char *
patch_bulletin(const char *kb)
{
	const char *last = "";

	/* The last: KB950582 is MS08-038 on Vista, and another article before. */
	for (size_t i = 0; i < patch_rows_count; i++) {
		if (strcmp(patch_rows[i].kb, kb) == 0)
			last = patch_rows[i].bulletin;
	}
	return last;
}

static bool
same_patch(const struct patch_row *p, const char *kb, const struct windows_level *w,
           enum processor processor)
{
	return strcmp(p->kb, kb) == 0 && strcmp(p->product, w->product) == 0 &&
	       p->processor == processor;
}

const struct patch_row *
patch_of_level(const char *kb, const struct windows_level *w, enum processor processor)
{
	for (size_t i = 0; i < patch_rows_count; i++) {
		const struct patch_row *p = &patch_rows[i];

		if (same_patch(p, kb, w, processor) && p->sp >= w->sp_least &&
		    p->sp <= w->sp_most)
			return p;
	}
	return NULL;
}

const struct patch_row *
patch_of_product(const char *kb, const struct windows_level *w,
                 enum processor processor)
{
	for (size_t i = 0; i < patch_rows_count; i++) {
		if (same_patch(&patch_rows[i], kb, w, processor))
			return &patch_rows[i];
	}
	return NULL;
}

const struct patch_row *
patch_of_version(const char *kb, const struct windows_level *w,
                 enum processor processor, uint64_t version)
{
	for (size_t i = 0; i < patch_rows_count; i++) {
		const struct patch_row *p = &patch_rows[i];

		if (same_patch(p, kb, w, processor) && version >= p->range_from &&
		    version < p->range_below)
			return p;
	}
	return NULL;
}

bool
patch_tells_service_pack(const struct patch_row *p)
{
	return (p->range_from & 0xFFFF) != 0;
}

bool
supersedes(const struct supersedence_row *s, const struct patch_row *p)
{
	return s->place > 0 && strcmp(s->kb, p->kb) == 0 &&
	       strcmp(s->product, p->product) == 0 && s->sp == p->sp &&
	       s->processor == p->processor;
}

static uint64_t
brings(const struct supersedence_row *s, enum branch branch)
{
	return branch == BRANCH_LDR && s->fixed_ldr ? s->fixed_ldr : s->fixed_gdr;
}

const struct supersedence_row *
superseded_by(const struct patch_row *p, uint64_t version, bool *whole)
{
	const struct supersedence_row *last = NULL;

	*whole = false;
	for (size_t i = 0; i < supersedence_rows_count; i++) {
		const struct supersedence_row *s = &supersedence_rows[i];
		uint64_t brought = brings(s, p->branch);

		if (!supersedes(s, p) || strcmp(s->file, p->file) != 0 ||
		    brought == 0 || brought > version)
			continue;
		if (!last || s->place > last->place) {
			last = s;
			*whole = brought == version;
		}
	}
	return last;
}

const struct supersedence_row *
superseded_last(const struct patch_row *p)
{
	const struct supersedence_row *last = NULL;

	for (size_t i = 0; i < supersedence_rows_count; i++) {
		const struct supersedence_row *s = &supersedence_rows[i];

		if (supersedes(s, p) && s->named == NAMED_READ &&
		    (!last || s->place > last->place))
			last = s;
	}
	return last;
}

uint32_t
kb_number(const char *kb)
{
	uint32_t number = 0;
	size_t at = 2;

	if (!text_begins(kb, "KB"))
		return 0;
	for (; kb[at] >= '0' && kb[at] <= '9' && at < 2 + 9; at++)
		number = number * 10 + (uint32_t)(kb[at] - '0');
	/* "KB982381-IE8", "KB2705219-v2"; "KB95864X" is another name. */
	return kb[at] == '\0' || kb[at] == '-' || kb[at] == '_' ? number : 0;
}

const struct package_language *
package_language(const char *id)
{
	for (size_t i = 0; i < package_languages_count; i++) {
		if (text_same(package_languages[i].id, id))
			return &package_languages[i];
	}
	return NULL;
}

#define LANG_MARK "{LANG}"

bool
package_name(const char *package, const char *language, char *to, size_t room)
{
	const char *mark = strstr(package, LANG_MARK);
	const struct package_language *l = package_language(language);

	if (!mark || !l) {
		(void)text_copy(to, room, package);
		return !mark;
	}
	(void)snprintf(to, room, "%.*s%s%s", (int)(mark - package), package, l->letters,
	               mark + strlen(LANG_MARK));
	return true;
}

#define SHA1_DIGITS 40
#define LETTERS 3 /* of a language; "any" where there is none */

/* Where the hash stands in a list "enu:5c13...;chs:84f9..."; NULL: it does not. */
static const char *
hash_in(const char *list, const char *sha1)
{
	const char *at = list;

	while ((at = strchr(at, ':')) != NULL) {
		at++;
		if (strncmp(at, sha1, SHA1_DIGITS) == 0)
			return at;
	}
	return NULL;
}

static bool
name_by_hash(const char *package, const char *list, const char *sha1, char *to,
             size_t room)
{
	const char *at = hash_in(list, sha1);
	char letters[LETTERS + 1] = "";

	if (!at || at - list < LETTERS + 1)
		return false;
	memcpy(letters, at - 1 - LETTERS, LETTERS);
	for (size_t i = 0; i < package_languages_count; i++) {
		const struct package_language *l = &package_languages[i];

		if (text_same(l->letters, letters))
			return package_name(package, l->id, to, room);
	}
	return package_name(package, "", to, room);
}

bool
package_of_hash(const char *sha1, char *to, size_t room)
{
	if (strlen(sha1) != SHA1_DIGITS)
		return false;
	for (size_t i = 0; i < patch_rows_count; i++) {
		const struct patch_row *p = &patch_rows[i];

		if (name_by_hash(p->package, p->package_sha1, sha1, to, room))
			return true;
	}
	for (size_t i = 0; i < supersedence_rows_count; i++) {
		const struct supersedence_row *s = &supersedence_rows[i];

		if (name_by_hash(s->package, s->package_sha1, sha1, to, room))
			return true;
	}
	return false;
}
