#include "reach/image_library.h"

#include <dlfcn.h>
#include <stdio.h>

#include "reach/library.h"

struct tsk_calls tsk;
struct vhdi_calls vhdi;
struct ewf_calls ewf;

/* The names of the calls, and where they go in `calls`. */
#define BFIO_CALL(prefix, name) { #prefix #name, &calls->bfio.name },
#define CALL(prefix, name) { #prefix #name, &calls->name },
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool
find_ewf(void *library, struct ewf_calls *calls)
{
	const struct library_call table[] = { EWF_CALLS(CALL) BFIO_CALLS(BFIO_CALL) };

	return library_find(library, table, COUNT(table));
}

static bool
find_vhdi(void *library, struct vhdi_calls *calls)
{
	const struct library_call table[] = { VHDI_CALLS(CALL) BFIO_CALLS(BFIO_CALL) };

	return library_find(library, table, COUNT(table));
}

static bool
find_tsk(void *library, struct tsk_calls *calls)
{
	const struct library_call table[] = { TSK_CALLS(CALL) };

	return library_find(library, table, COUNT(table));
}

/* libtsk needs the other two itself: they come before it, to find their own first. */
enum err
image_library_load(char why[WHY_ROOM])
{
	static bool is_loaded;
	static const char *const names[] = { "libewf.so.2", "libvhdi.so.1",
		                             "libtsk.so.19" };
	void *libraries[COUNT(names)];

	for (size_t i = 0; i < COUNT(names) && !is_loaded; i++) {
		libraries[i] = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
		if (libraries[i])
			continue;
		(void)snprintf(why, WHY_ROOM,
		               "cannot read disk images: %.200s; install libtsk19, or "
		               "mount the image",
		               dlerror());
		return ERR_REFUSED;
	}
	if (!is_loaded)
		is_loaded = find_ewf(libraries[0], &ewf) &&
		            find_vhdi(libraries[1], &vhdi) &&
		            find_tsk(libraries[2], &tsk);
	if (is_loaded)
		return OK;
	(void)snprintf(why, WHY_ROOM,
	               "cannot read disk images: this libtsk, libewf or libvhdi lacks "
	               "what is needed; mount the image");
	return ERR_REFUSED;
}
