#include "cmd/patches_store.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "know/patches.h"

#define SHA1_DIGITS 40
#define PACKAGE_ROOM 128
#define SHOWN_ROOM 128 /* of a name, in a sentence: the field has it whole */
#define DATE_LEN 10    /* "2008-10-22" */

/* The best first. */
enum verdict_on_file {
	FILE_VERIFIED = 1,
	FILE_HASH_KNOWN,
	FILE_UNVERIFIED,
	FILE_BAD,
	FILE_NOT_IT, /* another file */
};

struct candidate {
	const struct package_file *file; /* NULL: none */
	enum verdict_on_file is;
	char because[STATUS_TEXT_ROOM];
};

static const char *
verdict_name(enum verdict_on_file is)
{
	static const char *const names[] = {
		[FILE_VERIFIED] = "verified",     [FILE_HASH_KNOWN] = "hash-known",
		[FILE_UNVERIFIED] = "unverified", [FILE_BAD] = "bad",
		[FILE_NOT_IT] = "absent",
	};

	return names[is];
}

/*
 * Names in the Catalog carry the file's SHA-1: "p_5c13...2b.exe".  Where there is
 * one, it is copied, and `plain` is the name without it.
 */
static void
split_name(const char *name, char plain[NAME_ROOM], char sha1[SHA1_TEXT_ROOM])
{
	const char *dot = strrchr(name, '.');
	size_t stem = dot ? (size_t)(dot - name) : strlen(name);

	sha1[0] = '\0';
	(void)text_copy(plain, NAME_ROOM, name);
	if (stem <= SHA1_DIGITS + 1)
		return;
	const char *digits = name + stem - SHA1_DIGITS;
	if (digits[-1] != '_' || strspn(digits, "0123456789abcdefABCDEF") < SHA1_DIGITS)
		return;
	for (size_t i = 0; i < SHA1_DIGITS; i++)
		sha1[i] = (char)tolower((unsigned char)digits[i]);
	sha1[SHA1_DIGITS] = '\0';
	(void)text_copy(plain + stem - SHA1_DIGITS - 1,
	                NAME_ROOM - (stem - SHA1_DIGITS - 1), dot ? dot : "");
}

static void
because_signed(struct candidate *c, bool known)
{
	char when[WHEN_ROOM];

	when_text(when, c->file->signature.signed_ms);
	c->is = FILE_VERIFIED;
	(void)snprintf(c->because, sizeof c->because, "%s on %.*s%s",
	               c->file->signature.why, DATE_LEN, when,
	               known ? ", and its hash is known"
	                     : "; that it is this update, its name says");
}

static void
because(struct candidate *c, enum verdict_on_file is, const char *why)
{
	c->is = is;
	(void)text_copy_utf8(c->because, sizeof c->because, why);
}

/* What to think of a file, as the package `wanted`. */
static void
judge(const struct package_file *f, const char *wanted, struct candidate *c)
{
	char known_as[PACKAGE_ROOM] = "";
	char plain[NAME_ROOM];
	char promised[SHA1_TEXT_ROOM];
	bool known = package_of_hash(f->sha1, known_as, sizeof known_as) &&
	             text_same(known_as, wanted);

	*c = (struct candidate){ .file = f, .is = FILE_NOT_IT };
	split_name(f->name, plain, promised);
	if (!known && !text_same(plain, wanted))
		return;
	if (f->signature.is == SIGNATURE_BAD)
		because(c, FILE_BAD, f->signature.why);
	else if (promised[0] && f->sha1[0] && strcmp(promised, f->sha1) != 0)
		because(c, FILE_BAD, "its name promises another hash");
	else if (f->signature.is == SIGNATURE_GOOD)
		because_signed(c, known);
	else if (known)
		because(c, FILE_HASH_KNOWN, "its SHA-1 is the one of this package");
	else
		because(c, FILE_UNVERIFIED, f->signature.why);
}

/* The best file for one of two packages. */
static struct candidate
find(const struct package_store *store, const char *const wanted[2])
{
	struct candidate best = { .is = FILE_NOT_IT };

	for (size_t i = 0; i < store->count; i++) {
		for (size_t w = 0; w < 2; w++) {
			struct candidate c;

			if (!wanted[w][0])
				continue;
			judge(&store->at[i], wanted[w], &c);
			if (c.is < best.is)
				best = c;
		}
	}
	return best;
}

static void
advise(struct status *s, const struct candidate *c)
{
	char then[sizeof s->next];
	char name[SHOWN_ROOM] = "";
	char whole[sizeof s->next + SHOWN_ROOM + STATUS_TEXT_ROOM + SHOWN_ROOM];

	(void)text_copy(then, sizeof then, s->next);
	if (c->file)
		(void)text_copy_utf8(name, sizeof name, c->file->name);
	switch (c->is) {
	case FILE_VERIFIED:
	case FILE_HASH_KNOWN:
		(void)snprintf(whole, sizeof whole, "Use %s (%s). %s", name, c->because,
		               then);
		break;
	case FILE_UNVERIFIED:
		(void)snprintf(whole, sizeof whole,
		               "%s could not be verified: %s; not to be used so. %s",
		               name, c->because, then);
		break;
	case FILE_BAD:
		(void)snprintf(whole, sizeof whole,
		               "Never use %s of the folder: %s. %s", name, c->because,
		               then);
		break;
	case FILE_NOT_IT:
		(void)snprintf(whole, sizeof whole, "It is not in the folder. %s",
		               then);
		break;
	}
	(void)text_copy_utf8(s->next, sizeof s->next, whole);
}

static void
put(struct status *s, const char *key, const char *text)
{
	char whole[STATUS_TEXT_ROOM];

	(void)text_copy_utf8(whole, sizeof whole, text);
	status_text(s, key, whole);
}

void
patches_from_store(const struct package_store *store, struct statuses *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct status *s = &all->at[i];
		const struct status_field *package = status_field(s, "package");
		const struct status_field *newest = status_field(s, "newest");

		if (!package || !package->text[0] || !newest)
			continue;
		const char *const wanted[2] = { package->text, newest->text };
		struct candidate c = find(store, wanted);
		put(s, "file", c.file ? c.file->name : "");
		put(s, "file_verdict", verdict_name(c.is));
		put(s, "file_because", c.because);
		put(s, "file_sha1", c.file ? c.file->sha1 : "");
		advise(s, &c);
	}
}
