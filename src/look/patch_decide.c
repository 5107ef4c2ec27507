#include "look/patch_decide.h"

#include <string.h>

const char *
patch_state_name(enum patch_state state)
{
	static const char *const names[] = {
		[PATCH_PRESENT] = "present", [PATCH_SUPERSEDED] = "superseded",
		[PATCH_MISSING] = "missing", [PATCH_NOT_NEEDED] = "not-needed",
		[PATCH_UNKNOWN] = "unknown",
	};

	return names[state];
}

enum claim
claim_of(const struct patch_claims *c, uint32_t kb)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->at[i].kb == kb)
			return c->at[i].claim;
	}
	return CLAIM_NONE;
}

void
claim_add(struct patch_claims *c, uint32_t kb, enum claim claim)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->at[i].kb != kb)
			continue;
		if (claim > c->at[i].claim)
			c->at[i].claim = claim;
		return;
	}
	if (c->count == CLAIMS_MOST)
		return;
	c->at[c->count].kb = kb;
	c->at[c->count++].claim = claim;
}

/* Names under which the same fix was published: the registry has any of them. */
static const char *const same_fix[][2] = {
	{ "KB967715", "KB950582" },
	{ "KB967715", "KB953252" },
};

/* Of the update itself; *kb is the name that is claimed. */
static enum claim
claim_of_original(const struct patch_facts *f, const char **kb)
{
	enum claim most = claim_of(f->claims, kb_number(f->kb));

	*kb = f->kb;
	for (size_t i = 0; i < sizeof same_fix / sizeof *same_fix; i++) {
		enum claim c = claim_of(f->claims, kb_number(same_fix[i][1]));

		if (strcmp(same_fix[i][0], f->kb) == 0 && c > most) {
			most = c;
			*kb = same_fix[i][1];
		}
	}
	return most;
}

/* The last of the chain that the registry claims to be so. */
static const struct supersedence_row *
chain_claimed(const struct patch_facts *f, const struct patch_row *p, enum claim claim)
{
	const struct supersedence_row *last = NULL;

	for (size_t i = 0; p && i < supersedence_rows_count; i++) {
		const struct supersedence_row *s = &supersedence_rows[i];

		if (supersedes(s, p) &&
		    claim_of(f->claims, kb_number(s->by_kb)) == claim &&
		    (!last || s->place > last->place))
			last = s;
	}
	return last;
}

static bool
is_in_place(enum patch_state state)
{
	return state == PATCH_PRESENT || state == PATCH_SUPERSEDED;
}

static void
by_registry(const struct patch_facts *f, struct patch_decided *d)
{
	const char *kb;
	enum claim claim = claim_of_original(f, &kb);

	d->by = BY_REGISTRY;
	d->superseder = chain_claimed(f, d->wanted, CLAIM_INSTALLED);
	if (claim == CLAIM_INSTALLED)
		d->state = PATCH_PRESENT;
	else if (d->superseder || claim == CLAIM_REPLACED)
		d->state = PATCH_SUPERSEDED;
	else if (claim == CLAIM_PENDING || chain_claimed(f, d->wanted, CLAIM_PENDING))
		d->state = PATCH_MISSING;
	else
		d->state = PATCH_UNKNOWN;
	if (d->state != PATCH_SUPERSEDED)
		d->superseder = NULL;
}

static bool
is_driver(const char *path)
{
	return strstr(path, "\\drivers\\") != NULL;
}

/* Images without the SMB server or client have nothing to be mended; the others are
 * damaged, or no Windows. */
static void
by_absence(const struct patch_facts *f, struct patch_decided *d)
{
	bool fine = f->has_ntdll && d->wanted && is_driver(d->wanted->path);

	d->by = BY_ABSENCE;
	d->state = fine ? PATCH_NOT_NEEDED : PATCH_UNKNOWN;
}

static void
by_version(const struct patch_facts *f, struct patch_decided *d)
{
	const struct patch_row *row = d->row;

	d->by = BY_VERSION;
	if (row->sp < d->level->sp_least || row->sp > d->level->sp_most)
		d->notes |= NOTE_OTHER_LEVEL;
	if (f->file.version < row->fixed) {
		d->state = PATCH_MISSING;
	} else if (f->file.version == row->fixed) {
		d->state = PATCH_PRESENT;
	} else {
		d->state = PATCH_SUPERSEDED;
		d->superseder = superseded_by(row, f->file.version, &d->whole);
	}
}

/* A version that was only found lying about counts where the registry agrees. */
static void
by_scan(const struct patch_facts *f, struct patch_decided *d)
{
	const char *kb;
	bool agreed = claim_of_original(f, &kb) == CLAIM_INSTALLED ||
	              chain_claimed(f, d->wanted, CLAIM_INSTALLED);

	if (is_in_place(d->state) && agreed)
		return;
	d->by = BY_SCAN;
	d->state = PATCH_UNKNOWN;
}

static void
by_file(const struct patch_facts *f, struct patch_decided *d)
{
	switch (f->file.is) {
	case PATCH_FILE_ABSENT: by_absence(f, d); return;
	case PATCH_FILE_SWAPPED: d->by = BY_SWAPPED; return;
	case PATCH_FILE_UNREAD:
		d->notes |= NOTE_UNREAD;
		by_registry(f, d);
		return;
	case PATCH_FILE_READ:
	case PATCH_FILE_SCANNED: break;
	}
	d->row = patch_of_version(f->kb, d->level, f->told.processor, f->file.version);
	if (!d->row) {
		d->by = BY_NO_RANGE;
		return;
	}
	by_version(f, d);
	if (f->file.is == PATCH_FILE_SCANNED)
		by_scan(f, d);
}

/* Is another copy of the file older than the fix? */
static bool
is_old(const struct patch_facts *f, const struct patch_decided *d,
       const struct patch_file *copy)
{
	if (copy->is != PATCH_FILE_READ)
		return false;
	const struct patch_row *row = patch_of_version(
	    f->kb, d->level, f->told.processor, copy->version);
	return row && copy->version < row->fixed;
}

/* What else is to be said once the state is known. */
static void
cross_check(const struct patch_facts *f, struct patch_decided *d)
{
	const char *kb;
	bool claimed = claim_of_original(f, &kb) == CLAIM_INSTALLED;
	const struct supersedence_row *later = chain_claimed(f, d->wanted,
	                                                     CLAIM_INSTALLED);
	bool pending = claim_of_original(f, &kb) == CLAIM_PENDING ||
	               chain_claimed(f, d->wanted, CLAIM_PENDING);
	bool old = d->state == PATCH_MISSING && d->by == BY_VERSION;

	if (old && (claimed || later)) {
		d->notes |= NOTE_CLAIMED;
		d->claimed = claimed ? kb : later->by_kb;
	}
	/* Servicing owes a restart to any update; to this one where it claims it. */
	if (f->staged || pending || (f->claims->restart && (d->notes & NOTE_CLAIMED)))
		d->notes |= NOTE_RESTART;
	if (is_in_place(d->state) && is_old(f, d, &f->wow64))
		d->notes |= NOTE_OLD_WOW64;
	if (is_in_place(d->state) && is_old(f, d, &f->cache))
		d->notes |= NOTE_OLD_CACHE;
}

/*
 * Embedded images can lack the service pack in the registry, and installers then
 * take them for what they are not.  A file that lies in the range of one tells it.
 */
static void
level_by_file(const struct patch_facts *f, struct patch_decided *d)
{
	struct windows_told told = f->told;

	if (told.service_pack > 0 || f->file.is != PATCH_FILE_READ)
		return;
	const struct patch_row *row = patch_of_version(f->kb, d->level, told.processor,
	                                               f->file.version);
	if (!row || row->sp <= d->level->sp_most)
		return;
	/* A fixed file of Windows 2000 is of SP4, as all others are of any. */
	if (!patch_tells_service_pack(row) &&
	    (f->has_service_pack || f->file.version < row->fixed))
		return;
	told.service_pack = row->sp;
	const struct windows_level *level = windows_level(&told);
	if (!level)
		return;
	d->level = level;
	d->notes |= NOTE_LEVEL_BY_FILE;
}

/* Where neither registry nor file tells a service pack, none is not told either. */
static void
without_package(const struct patch_facts *f, struct patch_decided *d)
{
	if (f->has_service_pack || f->file.is == PATCH_FILE_READ)
		d->state = PATCH_MISSING;
	else
		d->by = BY_NO_PACK;
}

void
patch_decide(const struct patch_facts *f, struct patch_decided *d)
{
	*d = (struct patch_decided){ .state = PATCH_UNKNOWN,
		                     .by = BY_NO_LEVEL,
		                     .needs = NEEDS_UNKNOWN,
		                     .level = windows_level(&f->told) };
	if (!d->level)
		return;
	level_by_file(f, d);
	d->wanted = patch_of_level(f->kb, d->level, f->told.processor);
	d->needs = windows_needs(d->level, f->kb);
	d->by = BY_LEVEL;
	switch (d->needs) {
	case NEEDS_INCLUDED:
	case NEEDS_UNAFFECTED: d->state = PATCH_NOT_NEEDED; return;
	case NEEDS_NO_PACKAGE: without_package(f, d); return;
	case NEEDS_NONE:
	case NEEDS_UNKNOWN: return;
	case NEEDS_YES: break;
	}
	if (d->wanted && d->wanted->branch == BRANCH_NONE)
		by_registry(f, d);
	else
		by_file(f, d);
	cross_check(f, d);
}
