/* Looks a row up in a table that is sorted by its first member, a text. */
#ifndef KNOW_FIND_H
#define KNOW_FIND_H

#include <stddef.h>

/* The row, or NULL. */
const void *know_find(const char *key, const void *rows, size_t count, size_t size);

#endif
