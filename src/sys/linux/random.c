#include "sys/random.h"

#include <sys/random.h>
#include <sys/types.h>

enum err
random_bytes(void *to, size_t len)
{
	uint8_t *at = to;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got <= 0)
			return ERR_SYSTEM;
		at += got;
		len -= (size_t)got;
	}
	return OK;
}

uint64_t
random_u64(void)
{
	uint64_t v = 0;

	return random_bytes(&v, sizeof v) == OK ? v : 0;
}
