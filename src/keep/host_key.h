/*
 * The key of a machine that was looked at from inside and has no address: 1, and
 * the first 16 bytes of the SHA-256 of its name in small letters.
 */
#ifndef KEEP_HOST_KEY_H
#define KEEP_HOST_KEY_H

#include "base/address.h"

#define HOST_KEY_NAMED 1

void host_key_of_name(uint8_t key[ADDRESS_KEY], const char *host);

#endif
