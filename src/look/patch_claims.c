/*
 * What the registry says of updates.  Up to Server 2003, update.exe writes a key
 * below Updates (by product and by the service pack that would have held the fix:
 * any number occurs) and one below HotFix.  Vista and later keep a state for each
 * package; only the outermost, Package_for_KBn~…, is the update: inner pieces for
 * other levels stay staged for ever.
 *
 * Nothing of it proves an update: keys stay after a file was rolled back, media with
 * the update built in have none, and well-kept machines list only later ones.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "look/patch_read.h"

#define SOFTWARE "HKLM\\SOFTWARE\\Microsoft\\"
#define UPDATES SOFTWARE "Updates"
#define HOTFIX SOFTWARE "Windows NT\\CurrentVersion\\HotFix"
#define SERVICING SOFTWARE "Windows\\CurrentVersion\\Component Based Servicing"
#define PACKAGE "Package_for_"

#define PRODUCTS_MOST 64 /* names below Updates; an XP with Office has about five */
#define PACKS_MOST 32

struct reading {
	const struct inside *in;
	struct patch_claims *claims;
};

static bool
is_ours(uint32_t kb)
{
	/* KB953252 is the article of KB950582's package for Windows up to 2003. */
	if (kb == 953252)
		return true;
	for (size_t i = 0; i < PATCHES_ASKED; i++) {
		if (kb_number(patches_asked[i]) == kb)
			return true;
	}
	for (size_t i = 0; i < supersedence_rows_count; i++) {
		if (kb_number(supersedence_rows[i].by_kb) == kb)
			return true;
	}
	return false;
}

/* A key that is not there is quiet; one that cannot be read is said, once. */
static bool
ask(const struct reading *r, const char *path, struct reg_key *out)
{
	enum heard heard = machine_key(r->in->machine, path, out);

	if (heard != HEARD && heard != HEARD_NOTHING && !r->claims->because[0])
		(void)text_copy(r->claims->because, sizeof r->claims->because,
		                machine_why(r->in->machine));
	return heard == HEARD;
}

static void
read_pack(const struct reading *r, const char *path)
{
	struct reg_key key;

	if (ask(r, path, &key)) {
		for (size_t i = 0; i < key.subkey_count; i++) {
			uint32_t kb = kb_number(key.subkeys[i]);

			if (kb && is_ours(kb))
				claim_add(r->claims, kb, CLAIM_INSTALLED);
		}
	}
	reg_key_free(&key);
}

/* "Windows XP", with "SP4" and others below. */
static void
read_product(const struct reading *r, const char *path)
{
	struct reg_key key;
	char pack[PATH_ROOM];
	size_t seen = 0;

	if (ask(r, path, &key)) {
		for (size_t i = 0; i < key.subkey_count && seen < PACKS_MOST; i++) {
			if (!text_begins(key.subkeys[i], "SP") ||
			    !path_join(pack, sizeof pack, path, key.subkeys[i]))
				continue;
			read_pack(r, pack);
			seen++;
		}
	}
	reg_key_free(&key);
}

static void
read_updates(const struct reading *r)
{
	struct reg_key key;
	char product[PATH_ROOM];

	if (ask(r, UPDATES, &key)) {
		for (size_t i = 0; i < key.subkey_count && i < PRODUCTS_MOST; i++) {
			if (path_join(product, sizeof product, UPDATES, key.subkeys[i]))
				read_product(r, product);
		}
	}
	reg_key_free(&key);
}

/* The number that a value of a subkey holds; 0 where there is none. */
static uint32_t
number_below(const struct reading *r, const char *folder, const char *name,
             const char *value)
{
	char path[PATH_ROOM];
	struct reg_key key;
	uint32_t number = 0;

	if (!path_join(path, sizeof path, folder, name))
		return 0;
	if (ask(r, path, &key))
		(void)reg_u32(reg_value(&key, value), &number);
	reg_key_free(&key);
	return number;
}

static void
read_hotfixes(const struct reading *r)
{
	struct reg_key key;

	if (ask(r, HOTFIX, &key)) {
		for (size_t i = 0; i < key.subkey_count; i++) {
			const char *name = key.subkeys[i];
			uint32_t kb = kb_number(name);

			if (kb && is_ours(kb) &&
			    number_below(r, HOTFIX, name, "Installed") == 1)
				claim_add(r->claims, kb, CLAIM_INSTALLED);
		}
	}
	reg_key_free(&key);
}

/* Vista counts in single digits, Windows 7 and later in tens. */
static enum claim
claim_of_state(uint32_t state)
{
	switch (state) {
	case 7:
	case 8:
	case 0x70:
	case 0x80: return CLAIM_INSTALLED;
	case 6:
	case 0x60: return CLAIM_PENDING;
	case 0x50: return CLAIM_REPLACED;
	default: return CLAIM_NONE;
	}
}

/* 958644 of "Package_for_KB958644~31bf3856ad364e35~x86~~6.0.1.0". */
static uint32_t
package_kb(const char *name)
{
	char kb[24];
	size_t len;

	if (!text_begins(name, PACKAGE))
		return 0;
	name += strlen(PACKAGE);
	len = strcspn(name, "~");
	if (len >= sizeof kb)
		return 0;
	memcpy(kb, name, len);
	kb[len] = '\0';
	/* "KB958644_client" is an inner piece. */
	return strchr(kb, '_') ? 0 : kb_number(kb);
}

static void
read_packages(const struct reading *r)
{
	static const char packages[] = SERVICING "\\Packages";
	struct reg_key key;

	if (ask(r, packages, &key)) {
		for (size_t i = 0; i < key.subkey_count; i++) {
			const char *name = key.subkeys[i];
			uint32_t kb = package_kb(name);

			if (kb && is_ours(kb))
				claim_add(r->claims, kb,
				          claim_of_state(number_below(r, packages, name,
				                                      "CurrentState")));
		}
	}
	reg_key_free(&key);
	if (ask(r, SERVICING, &key))
		r->claims->restart = reg_has_subkey(&key, "RebootPending") ||
		                     reg_has_subkey(&key, "PackagesPending");
	reg_key_free(&key);
}

void
patch_claims_read(const struct inside *in, struct patch_claims *out)
{
	const struct reading r = { .in = in, .claims = out };

	*out = (struct patch_claims){ .count = 0 };
	if (in->windows->major >= 6) {
		read_packages(&r);
		return;
	}
	read_updates(&r);
	read_hotfixes(&r);
}

/* "!\??\C:\WINDOWS\system32\netapi32.dll" without what stands before the drive. */
static const char *
bare(const char *target)
{
	static const char prefix[] = "\\??\\";

	if (*target == '!')
		target++;
	return text_begins(target, prefix) ? target + strlen(prefix) : target;
}

/* Pairs of a source and a target; an empty target deletes the source. */
static bool
is_target(const struct reg_value *renames, const char *path)
{
	struct span rest = renames->bytes;
	char source[PATH_ROOM];
	char target[PATH_ROOM];

	while (reg_multi_next(&rest, source, sizeof source) &&
	       reg_multi_next(&rest, target, sizeof target)) {
		if (text_same(bare(target), path))
			return true;
	}
	return false;
}

bool
patch_is_staged(const struct inside *in, const char *path, struct patch_claims *claims)
{
	const struct reading r = { .in = in, .claims = claims };
	char manager[PATH_ROOM];
	struct reg_key key;
	bool is = false;

	if (in->windows->set_count == 0 ||
	    !path_join(manager, sizeof manager, in->windows->sets[0],
	               "Control\\Session Manager"))
		return false;
	if (ask(&r, manager, &key)) {
		const struct reg_value *renames = reg_value(
		    &key, "PendingFileRenameOperations");

		is = renames && renames->type == REG_TYPE_MULTI_SZ &&
		     is_target(renames, path);
	}
	reg_key_free(&key);
	return is;
}
