/*
 * Rows that every output format is tried on: two ordinary hosts, hosts whose
 * names are meant to break each format, and networks of any size.  The reasons
 * are not in the tables of what is known, so that their texts may change.
 */
#ifndef TESTS_UNIT_TELL_ROWS_H
#define TESTS_UNIT_TELL_ROWS_H

#include <stddef.h>

#include "flow/view.h"

#define TELL_ROWS 9

/* Fills in TELL_ROWS rows. */
void tell_rows(struct row rows[TELL_ROWS]);

/*
 * A view of a made-up network: `hosts` machines in 10.0.0.0/8, of all states,
 * with reasons out of the tables; one in `spread` addresses is there.  The rows
 * are made as they are asked for, so it may be large.
 */
struct network {
	struct view view;
	size_t hosts;
	unsigned spread;
	enum view_order order;
	enum state state; /* worst first: the one whose hosts come now */
	size_t at;
};

void network_init(struct network *, size_t hosts, unsigned spread);

#endif
