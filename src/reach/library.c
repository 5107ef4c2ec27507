#include "reach/library.h"

#include <dlfcn.h>
#include <string.h>

bool
library_find(void *library, const struct library_call *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *found = dlsym(library, table[i].name);

		if (!found)
			return false;
		memcpy(table[i].at, &found, sizeof found);
	}
	return true;
}
