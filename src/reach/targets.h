/*
 * The targets of a scan: generated, not listed.  Memory grows with what the
 * user typed (or his list holds), never with the number of addresses.
 */
#ifndef REACH_TARGETS_H
#define REACH_TARGETS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/address.h"
#include "base/err.h"

struct targets;

CHECKED enum err targets_new(struct targets **out);
void targets_free(struct targets *);

/*
 * Adds an address, CIDR (both families), nmap octet range or host name (the one
 * blocking name look-up of a scan).  What is wrong with it has been said on
 * standard error when this returns ERR_REFUSED.
 */
CHECKED enum err targets_add(struct targets *, const char *spec);
CHECKED enum err targets_exclude(struct targets *, const char *spec);

/* One spec a line or several with blanks or commas; # begins a comment; "-" is
 * standard input. */
CHECKED enum err targets_add_file(struct targets *, const char *path);
CHECKED enum err targets_exclude_file(struct targets *, const char *path);

/* Hosts of an nmap XML file with 445 or 139 open; decoded in the cage. */
CHECKED enum err targets_add_nmap_xml(struct targets *, const char *path);

/* Addresses before excludes; doubles between patterns count twice. */
uint64_t targets_count(const struct targets *);

/* Refuses multicast, broadcast, 0/8 and 240/4 on adding; false if > 2^24. */
bool targets_is_modest(const struct targets *);

/*
 * A walk over all targets, each once, in an order that depends on `seed` and
 * hits no subnet in one burst; only the shard `shard` of `shards` (0 of 1).
 */
struct walk {
	const struct targets *targets;
	uint64_t at, count, seed;
	uint32_t shard, shards;
	uint32_t half_bits; /* of the permutation's domain */
};

void walk_begin(struct walk *w, const struct targets *, uint64_t seed,
                uint32_t shard, uint32_t shards);

/* False at the end. */
bool walk_next(struct walk *w, struct address *out);

/* The name by which the user named this address, or NULL. */
const char *targets_name_of(const struct targets *, const struct address *);

#endif
