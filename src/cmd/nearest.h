/* What did he mean?  The name that is nearest to one that does not exist. */
#ifndef CMD_NEAREST_H
#define CMD_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *typed;
	const char *name; /* the best so far; NULL while none is near enough */
	size_t distance;  /* its distance */
};

struct nearest nearest_to(const char *typed);

/* Offers a name, which must live on. */
void nearest_offer(struct nearest *n, const char *name);

#endif
