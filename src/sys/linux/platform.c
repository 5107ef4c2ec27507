#include "sys/platform.h"

#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/text.h"

void
platform_name(char out[PLATFORM_ROOM])
{
	struct utsname name;

	if (uname(&name) == 0)
		snprintf(out, PLATFORM_ROOM, "%s %s", name.sysname, name.machine);
	else
		(void)text_copy(out, PLATFORM_ROOM, "Linux");
}

void
platform_kernel(char out[PLATFORM_ROOM])
{
	struct utsname name;

	if (uname(&name) != 0)
		name.release[0] = 0;
	(void)text_copy(out, PLATFORM_ROOM, name.release);
}

unsigned
platform_columns(FILE *f)
{
	struct winsize size = { 0 };

	return ioctl(fileno(f), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool
platform_takes_utf8(FILE *f)
{
	(void)f;
	return true;
}
