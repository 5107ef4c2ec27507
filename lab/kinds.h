/*
 * The kinds of hosts: a table of behaviours.  A kind is what a host answers to
 * the question, how it treats a connection, where it refuses, and its quirks.
 */
#ifndef LAB_KINDS_H
#define LAB_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What the Server service answers to the two paths. */
enum answer {
	ANSWER_CLEAN = 1,
	ANSWER_CLEAN_7B,
	ANSWER_UNPATCHED,
	ANSWER_INFECTED_OLD,
	ANSWER_INFECTED_NEW,
	ANSWER_INFECTED_BARE, /* the later variants, without stale padding */
	ANSWER_INFECTED_ZERO,
	ANSWER_BOTH_57,
	ANSWER_ODD,      /* a return code that no rule knows */
	ANSWER_EMULATOR, /* a stub of the wrong shape */
	ANSWER_FAULT,    /* an RPC fault */
	ANSWER_ABSENT,   /* opnum out of range, as Samba says */
	ANSWER_EITHER,   /* clean or infected-old, by the host's dice */
};

/* How a host treats a connection. */
enum manner {
	MANNER_PLAIN = 0,
	MANNER_SILENT,      /* reads, never answers */
	MANNER_DEAF,        /* never reads, so that the sender's window closes */
	MANNER_RESET,       /* a reset upon the first bytes */
	MANNER_GARBAGE,     /* bytes that are no SMB */
	MANNER_HALF,        /* half of the first answer, then nothing */
	MANNER_DRIP,        /* honest answers, one byte a second */
	MANNER_FLOOD,       /* announces 16 MiB and streams for ever */
	MANNER_FLOOD_SMALL, /* small messages for ever, each well-formed */
};

enum quirk {
	QUIRK_SAMBA = 1 << 0,
	QUIRK_NO_BROWSER = 1 << 1,  /* \browser is not there; \srvsvc is */
	QUIRK_SMB1_CLOSES = 1 << 2, /* hangs up on an SMB1 negotiate */
	QUIRK_NO_DIALECT = 1 << 3,  /* SMB1 negotiate: none of these */
	QUIRK_SHARE_LEVEL = 1 << 4,
	QUIRK_GUEST = 1 << 5,        /* everybody is logged in as guest */
	QUIRK_NO_TREE_ID = 1 << 6,   /* tree connect succeeds with tree id 0 */
	QUIRK_BUSY_TWICE = 1 << 7,   /* the pipe is busy for the first two tries */
	QUIRK_BIND_REFUSED = 1 << 8, /* no pipe offers the interface */
	QUIRK_FRAGMENTS = 1 << 9,
	QUIRK_KEEPALIVE = 1 << 10, /* before every answer */
	QUIRK_DROP_AT_P2 = 1 << 11,
	QUIRK_NAME_REFUSED = 1 << 12, /* NetBIOS: only by its own name; no 445 */
	QUIRK_RETARGET = 1 << 13,     /* NetBIOS: sends elsewhere; no 445 */
};

#define QUIRKS_NETBIOS_ONLY (QUIRK_NAME_REFUSED | QUIRK_RETARGET)

/* Where a host refuses everybody who has no account. */
enum stage { AT_SESSION, AT_NTLMSSP, AT_TREE, AT_CREATE, AT_TRANSACT, AT_COUNT };

struct kind {
	const char *name;
	enum answer answer;
	enum manner manner;
	unsigned quirks;
	uint32_t refuse[AT_COUNT]; /* NT status, 0: does not */
	/* What a look from outside ends with, in confine's words; NULL: as answered. */
	const char *state;
};

extern const struct kind kinds[];
extern const size_t kinds_count;

/* How the four P2P ports of a host behave. */
enum peer {
	PEER_NONE = 0, /* nobody listens */
	PEER_VALID,
	PEER_ECHO,
	PEER_BAD_SUM,
	PEER_SILENT,
};

/* One part of a network, as in "infected-old+p2p=2". */
struct share {
	const struct kind *kind;
	enum peer peer;
	uint32_t weight;
};

#define MIX_MOST 64
struct mix {
	struct share shares[MIX_MOST];
	size_t count;
	uint64_t weight; /* of all together */
};

/*
 * Reads "clean=5,infected-old+p2p=2"; a kind without a number weighs 1.  What
 * is wrong with it has been said when this returns ERR_REFUSED.
 */
CHECKED enum err mix_read(const char *text, struct mix *out);

/* A network such as an audit meets; every kind that confine can judge is in it. */
extern const char mix_default[];

/* "infected-old+p2p", into a text of KIND_ROOM bytes. */
#define KIND_ROOM 40
void kind_text(char out[KIND_ROOM], const struct kind *kind, enum peer peer);

/* In confine's words: what this answer, which is not ANSWER_EITHER, shows. */
const char *answer_state(enum answer answer);

#endif
