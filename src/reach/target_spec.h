/*
 * One target as the user wrote it.  Reading is pure but for an interface's name
 * ("fe80::1%eth0"), whose number the system is asked for.
 */
#ifndef REACH_TARGET_SPEC_H
#define REACH_TARGET_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "reach/octets.h"
#include "reach/target_set.h"

#define TARGET_SPEC_ROOM 4096 /* four octets, each a list of every number: 3.7 kB */
#define TARGET_NAME_ROOM 254  /* a host name and its terminator: RFC 1035, 2.3.4 */

enum target_kind {
	TARGET_RANGE = 1, /* an address, a network, or octets that are one run */
	TARGET_OCTETS,
	TARGET_WIDE,
	TARGET_NAME,
};

struct target_spec {
	enum target_kind kind;
	struct target_range range;
	struct octets octets;
	struct target_wide wide;
	char name[TARGET_NAME_ROOM];
};

/*
 * The next spec in text where several may stand, divided by commas.  "10.0.0,2.5"
 * is one, "10.0.0.1,10.0.0.2" are two: a piece belongs to the one before it while
 * that has not its four octets yet, or when it is a single octet.  False at the
 * end.  What does not fit `room` is cut.
 */
bool target_spec_next(const char **at, char *spec, size_t room);

/* NULL, or what is wrong with it and what to write instead. */
const char *target_spec_read(const char *text, struct target_spec *out);

/* Why nothing of this kind is ever asked (multicast …), or NULL. */
const char *target_spec_forbidden(const struct target_spec *);

#endif
