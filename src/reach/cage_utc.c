#include "reach/cage_utc.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/own.h"

#define ZONE "TZ"

enum err
cage_start_in_utc(const struct cage_service *service, struct cage **out)
{
	const char *zone = getenv(ZONE);
	OWN(own_mem) char *was = zone ? strdup(zone) : NULL;

	if (zone && !was)
		return ERR_MEMORY;
	if (setenv(ZONE, "UTC0", 1) != 0)
		return ERR_MEMORY;
	tzset();
	enum err err = cage_start(service, out);
	if (was)
		(void)setenv(ZONE, was, 1);
	else
		(void)unsetenv(ZONE);
	tzset();
	return err;
}
