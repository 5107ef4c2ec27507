#include "sys/clock.h"

#include <windows.h>

#include "base/when.h"

int64_t
clock_now(void)
{
	FILETIME t;

	GetSystemTimeAsFileTime(&t);
	return when_from_filetime((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime);
}

int64_t
clock_steady(void)
{
	LARGE_INTEGER rate;
	LARGE_INTEGER ticks;

	/* Neither fails on Windows XP or later. */
	QueryPerformanceFrequency(&rate);
	QueryPerformanceCounter(&ticks);
	return ticks.QuadPart / rate.QuadPart * 1000 +
	       ticks.QuadPart % rate.QuadPart * 1000 / rate.QuadPart;
}
