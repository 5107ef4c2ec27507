#include "flow/netbios_name.h"

#include <string.h>

#include "base/text.h"

#define NETBIOS_NAME_MOST 15

bool
netbios_name_is_one(const char *utf8)
{
	size_t letters = 0;

	while (*utf8) {
		uint32_t c = text_next(&utf8);

		if (text_is_control(c) || c == 0xFFFD ||
		    (c < 0x80 && strchr("\\/:*?\"<>| ", (int)c)))
			return false;
		letters++;
	}
	return letters > 0 && letters <= NETBIOS_NAME_MOST;
}
