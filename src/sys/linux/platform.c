#include "sys/platform.h"

#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/text.h"

const char *
platform_name(void)
{
#if defined(__x86_64__)
	return "Linux x86_64";
#elif defined(__aarch64__)
	return "Linux aarch64";
#elif defined(__i386__)
	return "Linux i686";
#else
	return "Linux";
#endif
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
