/*
 * Is an update in place?  Facts in, a state out, and nothing else: what was read of
 * the machine is handed in, so that every branch can be tried with a few numbers.
 *
 * The version of the file decides, held only against the range that it lies in.  The
 * registry stands in where the file cannot be read, and is otherwise only compared:
 * fully updated machines list none of the originals, and keys outlive the files.
 */
#ifndef LOOK_PATCH_DECIDE_H
#define LOOK_PATCH_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/machine.h"
#include "know/patches.h"

enum patch_file_is {
	PATCH_FILE_ABSENT = 1,
	PATCH_FILE_READ,
	PATCH_FILE_SCANNED, /* its resources are broken, a version stood elsewhere */
	PATCH_FILE_UNREAD,
	PATCH_FILE_SWAPPED, /* not the file of Microsoft's that its name promises */
};

struct patch_file {
	enum patch_file_is is;
	uint64_t version;
	char because[WHY_ROOM]; /* where it is unread or swapped */
};

/* What the registry says of an update. */
enum claim {
	CLAIM_NONE,
	CLAIM_REPLACED, /* by something newer, which it does not name */
	CLAIM_PENDING,  /* installed at the next start */
	CLAIM_INSTALLED,
};

#define CLAIMS_MOST 64
struct patch_claims {
	struct {
		uint32_t kb;
		enum claim claim;
	} at[CLAIMS_MOST];
	size_t count;
	bool restart;           /* servicing has work for the next start */
	char because[WHY_ROOM]; /* what of it could not be read, or "" */
};

enum claim claim_of(const struct patch_claims *, uint32_t kb);

/* Keeps the one that says most, where there are several; one too many is dropped. */
void claim_add(struct patch_claims *, uint32_t kb, enum claim);

struct patch_facts {
	const char *kb;
	struct windows_told told;
	bool has_service_pack; /* the registry tells it, if only to be none */
	struct patch_file file;
	struct patch_file wow64; /* the 32-bit copy of a 64-bit Windows */
	struct patch_file cache; /* what File Protection would put back: NT 5 */
	bool has_ntdll;          /* there is a Windows around the file */
	bool staged;             /* the file is to be replaced at the next start */
	const struct patch_claims *claims;
};

enum patch_state {
	PATCH_PRESENT = 1,
	PATCH_SUPERSEDED,
	PATCH_MISSING,
	PATCH_NOT_NEEDED,
	PATCH_UNKNOWN,
};

const char *patch_state_name(enum patch_state); /* "not-needed" */

/* By what it was decided. */
enum patch_by {
	BY_NO_LEVEL = 1, /* the Windows is not in the tables */
	BY_NO_PACK,      /* the level is that of no service pack, for want of one */
	BY_LEVEL,        /* the level alone says it */
	BY_VERSION,
	BY_ABSENCE,  /* the file is not there */
	BY_NO_RANGE, /* a version of no known Windows */
	BY_SWAPPED,
	BY_SCAN, /* a version that nothing confirms */
	BY_REGISTRY,
};

enum patch_note {
	NOTE_OTHER_LEVEL = 1 << 0,   /* the file is of another service pack */
	NOTE_LEVEL_BY_FILE = 1 << 1, /* the registry names no service pack */
	NOTE_CLAIMED = 1 << 2,       /* the registry says installed: it is not */
	NOTE_OLD_WOW64 = 1 << 3,
	NOTE_OLD_CACHE = 1 << 4,
	NOTE_RESTART = 1 << 5, /* a restart is owed */
	NOTE_UNREAD = 1 << 6,  /* the file could not be read */
};

struct patch_decided {
	enum patch_state state;
	enum patch_by by;
	unsigned notes;
	enum needs needs;
	const struct windows_level *level; /* NULL: BY_NO_LEVEL */
	const struct patch_row *row;       /* that judged the version, or NULL */
	const struct patch_row *wanted;    /* with the package; NULL: none */
	const struct supersedence_row *superseder; /* or NULL */
	bool whole;                                /* just the superseder's version */
	const char *claimed;                       /* NOTE_CLAIMED: "KB958644" */
};

void patch_decide(const struct patch_facts *, struct patch_decided *d);

#endif
