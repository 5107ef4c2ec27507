/* At which certificates a chain of Microsoft's may end: microsoft-roots.tsv. */
#ifndef KNOW_MICROSOFT_ROOTS_H
#define KNOW_MICROSOFT_ROOTS_H

#include <stddef.h>

struct microsoft_root {
	const char *thumbprint; /* SHA-1, 40 small hexadecimal digits */
	const char *name;
	const char *sources;
};

extern const struct microsoft_root microsoft_roots[];
extern const size_t microsoft_roots_count;

/* NULL where it is none of Microsoft's. */
const struct microsoft_root *microsoft_root(const char *thumbprint);

#endif
