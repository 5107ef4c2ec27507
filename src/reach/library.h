/* Calls of libraries that are loaded when they are needed, and not before. */
#ifndef REACH_LIBRARY_H
#define REACH_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library_call {
	const char *name;
	void *at; /* where its address goes */
};

/* `library` is dlopen's.  False where it lacks one of them. */
bool library_find(void *library, const struct library_call *, size_t count);

#endif
