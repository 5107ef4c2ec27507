#include "know/stock.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MOST 128 /* the longest has half of it */

static int
by_name(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static bool
is_in(const char *name, const char *const *names, size_t count)
{
	char lower[NAME_MOST];
	size_t len = strlen(name);

	if (len >= sizeof lower)
		return false;
	for (size_t i = 0; i <= len; i++) {
		bool is_upper = name[i] >= 'A' && name[i] <= 'Z';

		lower[i] = (char)(is_upper ? name[i] | 0x20 : name[i]);
	}
	return bsearch(lower, names, count, sizeof *names, by_name) != NULL;
}

bool
stock_is_file(const char *name)
{
	return is_in(name, windows_files, windows_files_count);
}

bool
stock_is_service(const char *name)
{
	return is_in(name, windows_services, windows_services_count);
}
