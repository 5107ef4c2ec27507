/*
 * The time of day stands still, so that two runs write the same bytes and what a fault
 * has changed can be told from what the clock has.  Time that only passes goes on.
 */
#include "preload.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

static bool
stands_still(clockid_t which)
{
	return settings.time > 0 &&
	       (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE);
}

int
clock_gettime(clockid_t which, struct timespec *out)
{
	if (!stands_still(which))
		return past3(SYS_clock_gettime, which, (long)out, 0) == 0 ? 0 : -1;
	*out = (struct timespec){ .tv_sec = settings.time };
	return 0;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	*out = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
	return 0;
}

time_t
time(time_t *out)
{
	struct timespec now = { .tv_sec = 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
