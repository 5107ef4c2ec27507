/*
 * An IP address as bytes.  Text forms are made by sys/address.h.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_ROOM 64 /* "fe80::…%interface" and its terminator */
#define ADDRESS_KEY 17

struct address {
	uint8_t family;    /* 4 or 6; 0 is no address */
	uint8_t bytes[16]; /* as on the wire; IPv4 uses the first four */
	uint32_t scope;    /* of a link-local IPv6 address: the interface's number */
};

/* A key that sorts addresses by family, then by number. */
static inline void
address_key(uint8_t key[ADDRESS_KEY], const struct address *a)
{
	key[0] = a->family;
	for (int i = 0; i < 16; i++)
		key[1 + i] = a->family == 4 && i >= 4 ? 0 : a->bytes[i];
}

#endif
