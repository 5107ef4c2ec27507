#include "reach/regf_library.h"

#include <dlfcn.h>
#include <stdio.h>

#include "reach/library.h"

struct regf_calls regf;

#define CALL(prefix, name) { #prefix #name, &regf.name },
#define BFIO_CALL(prefix, name) { #prefix #name, &regf.bfio.name },

enum err
regf_library_load(char why[WHY_ROOM])
{
	static bool is_loaded;
	const struct library_call table[] = { REGF_CALLS(CALL)
		                                  REGF_BFIO_CALLS(BFIO_CALL) };
	void *library = is_loaded ? NULL : dlopen("libregf.so.1", RTLD_NOW);

	if (library)
		is_loaded = library_find(library, table,
		                         sizeof table / sizeof table[0]);
	if (is_loaded)
		return OK;
	(void)snprintf(
	    why, WHY_ROOM,
	    "what a change does to a registry hive cannot be verified: %.200s; "
	    "install libregf1",
	    library ? "this libregf lacks what is needed" : dlerror());
	return ERR_REFUSED;
}
