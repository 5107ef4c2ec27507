/*
 * One host of the lab.  Whether there is one at an address, and what it is, is
 * a function of the seed and the address alone: same seed, same lab.
 */
#ifndef LAB_HOST_H
#define LAB_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "lab/kinds.h"

/* A system as it describes itself. */
struct flavour {
	const char *native_os;
	const char *native_lm;
	uint8_t major;
	uint8_t minor;
	uint16_t build;
	bool tells_version;      /* in the NTLMSSP challenge */
	uint16_t smb2_dialect;   /* the highest it speaks; 0: SMB1 only */
	const char *pipe_prefix; /* of secondary addresses */
};

#define NETBIOS_ROOM 16

struct host {
	struct address address;
	const struct kind *kind;
	const struct flavour *flavour;
	enum answer answer; /* the kind's, or what the dice made of ANSWER_EITHER */
	enum peer peer;
	bool stale;           /* 45 5C lies in the padding of its answers */
	bool in_domain;       /* of a domain, not of a workgroup */
	int16_t zone_minutes; /* west of UTC */
	char name[NETBIOS_ROOM];
	char group[NETBIOS_ROOM];
	uint64_t dice; /* for what else differs from host to host */
};

struct draw {
	uint64_t seed;
	double respond; /* the part of all addresses that answers, 0 to 1 */
	const struct mix *mix;
	bool p2p; /* hosts that are seen to be infected answer P2P too */
};

/* Says whether a host answers there; fills it in if so. */
bool host_draw(const struct draw *draw, const struct address *at, struct host *out);

/*
 * What a full look from outside (SMB and P2P) ends with: infected, suspect,
 * unknown, no-sign.
 */
const char *host_state(const struct host *host);

static inline bool
host_has(const struct host *host, enum quirk quirk)
{
	return (host->kind->quirks & (unsigned)quirk) != 0;
}

#endif
