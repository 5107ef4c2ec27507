/*
 * An IPv4 pattern as nmap writes it, "10.0.0-3.1-254": of each octet, the set of
 * values that it may take.  Never expanded.
 */
#ifndef REACH_OCTETS_H
#define REACH_OCTETS_H

#include <stdbool.h>
#include <stdint.h>

struct octets {
	uint64_t bit[4][4]; /* by octet, leftmost first, a bit for each value */
	uint16_t values[4]; /* how many bits are set */
};

/* Reads all of `text`; NULL, or what is wrong with it and what to write instead. */
const char *octets_read(const char *text, struct octets *out);

/* How many addresses: 1 to 2^32. */
uint64_t octets_count(const struct octets *);

/* The index-th address in ascending order; index < octets_count. */
uint32_t octets_at(const struct octets *, uint64_t index);

bool octets_has(const struct octets *, uint32_t address);
bool octets_has_value(const struct octets *, unsigned octet, unsigned value);

/* Are its addresses one run of numbers?  Then which. */
bool octets_is_run(const struct octets *, uint32_t *first, uint32_t *last);

#endif
