#include "base/when.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000LL
#define EPOCH_1601_MS (-11644473600000LL) /* 1601-01-01 on our scale */
#define EPOCH_10000_MS 253402300800000LL

/*
 * Days to a civil date and back, in the Gregorian calendar run from 1 March, so
 * that the leap day is the last of its year (the usual method of H. Hinnant's
 * paper on calendar algorithms).
 */
static void
civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468; /* days since 0000-03-01 */
	int64_t era = z / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static int64_t
days_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = y / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void
when_text(char out[WHEN_ROOM], int64_t ms)
{
	int year = 0;
	int month = 0;
	int day = 0;

	if (ms < EPOCH_1601_MS)
		ms = EPOCH_1601_MS;
	if (ms >= EPOCH_10000_MS)
		ms = EPOCH_10000_MS - 1;
	int64_t days = (ms - EPOCH_1601_MS) / DAY_MS + EPOCH_1601_MS / DAY_MS;
	unsigned in_day = (unsigned)(ms - days * DAY_MS);
	civil(days, &year, &month, &day);
	/* The remainders change nothing; they let the compiler see that it fits. */
	snprintf(out, WHEN_ROOM, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	         (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100,
	         in_day / 3600000 % 100, in_day / 60000 % 60, in_day / 1000 % 60,
	         in_day % 1000);
}

void
when_for_people(char out[WHEN_ROOM], int64_t ms)
{
	when_text(out, ms);
	out[10] = ' ';
	out[19] = '\0';
}

/* `count` digits at text as a number, or -1. */
static int
digits(const char *text, int count)
{
	int v = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		v = v * 10 + (text[i] - '0');
	}
	return v;
}

bool
when_from_text(const char *text, int64_t *unix_ms)
{
	char again[WHEN_ROOM];

	if (strlen(text) != 24)
		return false;
	int date[] = { digits(text, 4), digits(text + 5, 2), digits(text + 8, 2) };
	int day[] = { digits(text + 11, 2), digits(text + 14, 2), digits(text + 17, 2),
		      digits(text + 20, 3) };
	if (date[0] < 1601 || date[1] < 1 || date[2] < 1)
		return false;
	*unix_ms = days_of(date[0], date[1], date[2]) * DAY_MS + day[0] * 3600000LL +
	           day[1] * 60000LL + day[2] * 1000LL + day[3];
	when_text(again, *unix_ms); /* catches 31 February, 25:00 and the rest */
	return strcmp(again, text) == 0;
}

/* "09:30" or "09:30:05" at *text, which moves behind it; none is midnight. */
static bool
take_time(const char **text, char clock[9])
{
	const char *at = *text;

	memcpy(clock, "00:00:00", 9);
	if (*at != 'T' && *at != ' ')
		return true;
	at++;
	size_t len = strspn(at, "0123456789:");
	if (len != 5 && len != 8)
		return false;
	memcpy(clock, at, len);
	*text = at + len;
	return true;
}

/* "Z", "+01:00" or nothing up to the end: what it is ahead of UTC. */
static bool
read_zone(const char *text, int64_t *ahead_ms)
{
	*ahead_ms = 0;
	if (!text[0] || strcmp(text, "Z") == 0)
		return true;
	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':')
		return false;
	int hours = digits(text + 1, 2);
	int minutes = digits(text + 4, 2);
	if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
		return false;
	*ahead_ms = (text[0] == '-' ? -1 : 1) * (hours * 3600000LL + minutes * 60000LL);
	return true;
}

bool
when_from_people(const char *text, int64_t *unix_ms)
{
	char whole[WHEN_ROOM];
	char clock[9];
	int64_t ahead_ms = 0;
	const char *rest = text + 10;

	if (strlen(text) < 10 || !take_time(&rest, clock) ||
	    !read_zone(rest, &ahead_ms))
		return false;
	(void)snprintf(whole, sizeof whole, "%.10sT%s.000Z", text, clock);
	if (!when_from_text(whole, unix_ms))
		return false;
	*unix_ms -= ahead_ms;
	return true;
}

int64_t
when_from_filetime(uint64_t filetime)
{
	return (int64_t)(filetime / 10000) + EPOCH_1601_MS;
}

uint64_t
when_to_filetime(int64_t unix_ms)
{
	return (uint64_t)(unix_ms - EPOCH_1601_MS) * 10000;
}
