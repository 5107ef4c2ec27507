/* What is so on some Windows and not on others: six columns of a table. */
#ifndef KNOW_BY_WINDOWS_H
#define KNOW_BY_WINDOWS_H

#include <stdbool.h>

#include "flow/installation.h"

struct by_windows {
	bool w2000, xp, w2003, vista, w2008, w7;
};

/* Where it is not known which Windows it is: on any of them. */
bool by_windows_is(const struct by_windows *, enum windows_kind);
bool by_windows_any(const struct by_windows *);

#endif
