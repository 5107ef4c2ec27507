/*
 * Ports that the deep scan leaves alone, because of what listens there: printers,
 * controllers, medical devices.  The rows of fragile-ports.tsv.
 */
#ifndef KNOW_FRAGILE_H
#define KNOW_FRAGILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fragile_ports {
	uint16_t from;
	uint16_t to; /* included */
	const char *what;
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

/* All of them, sorted, no two of them touching the same port. */
extern const struct fragile_ports fragile_ports[];
extern const size_t fragile_ports_count;

bool port_is_fragile(uint16_t port);

#endif
