/*
 * The DLLs that services of Windows load.  None of them is taken away, whatever it
 * looks like: the service would not start without it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/stock.h"
#include "mend/admit_parts.h"

#define SERVICES_MOST 4096 /* Windows has about 500 */

static enum err
add(struct gate *g, const char *path)
{
	char *copy = strdup(path);
	void *more = realloc(g->dlls, (g->dll_count + 1) * sizeof *g->dlls);

	if (!copy || !more) {
		free(copy);
		g->dlls = more ? more : g->dlls;
		return ERR_MEMORY;
	}
	g->dlls = more;
	g->dlls[g->dll_count++] = copy;
	return OK;
}

/* As svchost looks for it: below Parameters, or in the key itself. */
static enum err
add_service(struct gate *g, const char *key)
{
	char below[PATH_ROOM];
	char said[PATH_ROOM];
	char path[PATH_ROOM];

	if (!path_join(below, sizeof below, key, "Parameters"))
		return OK;
	if (machine_text(g->in.machine, below, "ServiceDll", said, sizeof said) !=
	        HEARD &&
	    machine_text(g->in.machine, key, "ServiceDll", said, sizeof said) != HEARD)
		return OK;
	return look_expand(g->in.windows, NULL, said, path, sizeof path) ? add(g, path)
	                                                                 : OK;
}

static enum err
add_set(struct gate *g, const char *set)
{
	OWN(reg_key_free) struct reg_key services = { .value_count = 0 };
	char folder[PATH_ROOM];
	char key[PATH_ROOM];

	if (!path_join(folder, sizeof folder, set, "Services") ||
	    machine_key(g->in.machine, folder, &services) != HEARD)
		return OK;
	for (size_t i = 0; i < services.subkey_count && i < SERVICES_MOST; i++) {
		if (stock_is_service(services.subkeys[i]) &&
		    path_join(key, sizeof key, folder, services.subkeys[i]))
			TRY(add_service(g, key));
	}
	return OK;
}

enum err
is_of_stock_service(struct gate *g, const char *path, bool *is)
{
	const struct installation *w = g->in.windows;

	*is = false;
	for (size_t i = 0; !g->has_dlls && i < w->set_count; i++)
		TRY(add_set(g, w->sets[i]));
	g->has_dlls = true;
	for (size_t i = 0; i < g->dll_count && !*is; i++)
		*is = text_same(g->dlls[i], path);
	return OK;
}
