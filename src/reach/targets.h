/*
 * The targets of a scan: generated, not listed.  Memory grows with what the
 * user typed (or his list holds), never with the number of addresses.
 */
#ifndef REACH_TARGETS_H
#define REACH_TARGETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"

struct targets;

CHECKED enum err targets_new(struct targets **out);
void targets_free(struct targets *);

/*
 * Adds an address, CIDR (both families), nmap octet range or host name (the one
 * blocking name look-up of a scan), or several with commas between them.  What is
 * wrong with it has been said on standard error when this returns ERR_REFUSED.
 * Never adds multicast, broadcast, 0/8 and 240/4.
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

/* False if more than 2^24, a /8. */
bool targets_is_modest(const struct targets *);

/*
 * Do the excludes leave anything?  Asks one address after the other until one
 * is left: a second where a whole /8 is excluded.
 */
bool targets_left_any(const struct targets *);

/*
 * The address of that index, below targets_count; false where it is excluded or
 * a smaller index has it as well.
 */
bool targets_at(const struct targets *, uint64_t index, struct address *out);

/* The name by which the user named this address, or NULL. */
const char *targets_name_of(const struct targets *, const struct address *);

/*
 * A walk over all targets, each once, in an order that depends on `seed` and
 * hits no subnet in one burst; only the shard `shard` of `shards` (0 of 1).
 * The shards of one set of targets never overlap, whatever their seeds.
 */
struct walk {
	const struct targets *targets;
	uint64_t at, count; /* of the shard's own indices */
	uint64_t key;       /* the seed, stirred */
	uint32_t shard, shards;
	uint32_t low_bits, high_bits; /* of the permutation's domain */
};

void walk_begin(struct walk *w, const struct targets *, uint64_t seed, uint32_t shard,
                uint32_t shards);

/* False at the end. */
bool walk_next(struct walk *w, struct address *out);

#endif
