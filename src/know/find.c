#include "know/find.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

const void *
know_find(const char *key, const void *rows, size_t count, size_t size)
{
	return bsearch(key, rows, count, size, compare);
}
