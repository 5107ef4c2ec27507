/* Host names: the one blocking look-up of a scan. */
#ifndef REACH_TARGET_NAME_H
#define REACH_TARGET_NAME_H

#include <stddef.h>

#include "base/address.h"

#define TARGET_NAME_ADDRESSES 64

/*
 * The name's addresses, IPv4 before IPv6, at most TARGET_NAME_ADDRESSES.  NULL,
 * or why there are none.
 */
const char *target_name_look_up(const char *name, struct address *out, size_t *count);

#endif
