#include "know/fragile.h"

#include <stdlib.h>

static int
compare(const void *key, const void *row)
{
	const uint16_t *port = key;
	const struct fragile_ports *ports = row;

	return *port < ports->from ? -1 : *port > ports->to;
}

bool
port_is_fragile(uint16_t port)
{
	return bsearch(&port, fragile_ports, fragile_ports_count,
	               sizeof fragile_ports[0], compare) != NULL;
}
