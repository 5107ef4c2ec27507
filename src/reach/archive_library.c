#include "reach/archive_library.h"

#include <dlfcn.h>
#include <iconv.h>
#include <stdio.h>

#include "reach/library.h"

struct archive_calls archive;

#define CALL(prefix, name) { #prefix #name, &archive.name },

/* The C library reads what it needs for that from files when it is first asked. */
static void
load_encodings(void)
{
	iconv_t pair = iconv_open("UTF-8", "UTF-16LE");

	if (pair != (iconv_t)-1)
		(void)iconv_close(pair);
}

enum err
archive_library_load(char why[WHY_ROOM])
{
	static bool is_loaded;
	const struct library_call table[] = { ARCHIVE_CALLS(CALL) };
	void *library = is_loaded ? NULL : dlopen("libarchive.so.13", RTLD_NOW);

	if (library) {
		is_loaded = library_find(library, table,
		                         sizeof table / sizeof table[0]);
		load_encodings();
	}
	if (is_loaded)
		return OK;
	(void)snprintf(why, WHY_ROOM,
	               "is packed, and cannot be unpacked here: %.200s; install "
	               "libarchive13, or unpack it",
	               library ? "this libarchive lacks what is needed" : dlerror());
	return ERR_REFUSED;
}
