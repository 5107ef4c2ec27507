/*
 * Who frees it is visible where it is born.
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stdio.h>
#include <stdlib.h>

/* OWN(f) calls f when the scope ends, by whatever road.  Always initialise. */
#define OWN(fn) __attribute__((cleanup(fn)))

/* GIVE(p): the owner lets go, the value goes on to the caller. */
#define GIVE(p)                             \
	__extension__({                     \
		__typeof__(p) given_ = (p); \
		(p) = NULL;                 \
		given_;                     \
	})

static inline void
own_mem(void *p)
{
	free(*(void **)p);
}

static inline void
own_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

#endif
