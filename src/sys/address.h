/* Addresses as text. */
#ifndef SYS_ADDRESS_H
#define SYS_ADDRESS_H

#include <stdbool.h>

#include "base/address.h"

/* Reads "10.0.0.7", "fe80::1%eth0", "[2001:db8::1]".  No name look-up. */
bool address_read(const char *text, struct address *out);

/* The canonical text. */
void address_text(char out[ADDRESS_ROOM], const struct address *a);

#endif
