/*
 * A set of addresses: ranges, merged and sorted, octet patterns, and IPv6
 * prefixes too wide to count.  32 bytes a range, so that a list of a million
 * single addresses stays under 64 MB while it is being read.
 *
 * An IPv4 address is held as the IPv6 address that stands for it,
 * ::ffff:10.0.0.7 (RFC 4291, section 2.5.5.2), so one order serves both.
 */
#ifndef REACH_TARGET_SET_H
#define REACH_TARGET_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "reach/octets.h"

/* The first 96 bits of an address, and its interface. */
struct target_net {
	uint64_t high;
	uint32_t middle;
	uint32_t scope;
};

/* An address. */
struct target_spot {
	struct target_net net;
	uint32_t low;
};

/* No range leaves its 96 bits. */
struct target_range {
	struct target_net net;
	uint32_t first, last;
	uint64_t before; /* addresses in the ranges before it; the set counts */
};

struct target_pattern {
	struct octets octets;
	uint64_t before; /* addresses in the patterns before it; the set counts */
};

/* All addresses whose first `bits` (below 96) are the same. */
struct target_wide {
	struct target_net net;
	unsigned bits;
};

struct target_set {
	struct target_range *ranges;
	size_t range_count, range_room;
	size_t settled; /* ranges in order and merged; the rest came later */
	uint64_t in_ranges;
	struct target_pattern *patterns;
	size_t pattern_count, pattern_room;
	uint64_t in_patterns;
	struct target_wide *wides;
	size_t wide_count, wide_room;
};

struct target_spot target_spot_of(const struct address *a);
struct address target_spot_address(const struct target_spot *s);
bool target_net_is_ipv4(const struct target_net *n);

void target_set_free(struct target_set *);

/* ERR_LIMIT where the set is full. */
CHECKED enum err target_set_add_range(struct target_set *, const struct target_range *);
CHECKED enum err target_set_add_octets(struct target_set *, const struct octets *);
CHECKED enum err target_set_add_wide(struct target_set *, const struct target_wide *);

/* To be called after adding, before asking. */
CHECKED enum err target_set_settle(struct target_set *);

bool target_set_has(const struct target_set *, const struct target_spot *);

/* Addresses in it but for those of wide prefixes; doubles in patterns count twice. */
uint64_t target_set_count(const struct target_set *);

/* The address of that index; false where a smaller index has the same one. */
bool target_set_at(const struct target_set *, uint64_t index, struct target_spot *);

#endif
