#include "format/event_time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"

#define TICKS_PER_SECOND 10000000u
#define SECONDS_MOST 100000000000 /* the year 5138; more are milliseconds */

/* What a time is put together from. */
struct clock_face {
	unsigned year, month, day, hour, minute, second;
	uint32_t ticks;   /* of the second */
	int zone_minutes; /* east of UTC */
	const char *rest;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes at least one digit, and at most so many. */
static bool
take_number(struct clock_face *f, size_t most, unsigned *out)
{
	size_t len = 0;

	*out = 0;
	for (; len < most && is_digit(*f->rest); len++)
		*out = *out * 10 + (unsigned)(*f->rest++ - '0');
	return len > 0;
}

static bool
take_letter(struct clock_face *f, char letter)
{
	if (*f->rest != letter)
		return false;
	f->rest++;
	return true;
}

static void
take_fraction(struct clock_face *f)
{
	uint32_t worth = TICKS_PER_SECOND / 10;

	if (*f->rest != '.' && *f->rest != ',')
		return;
	for (f->rest++; is_digit(*f->rest); f->rest++) {
		f->ticks += worth * (uint32_t)(*f->rest - '0');
		worth /= 10;
	}
}

/* Behind the minutes there may be none. */
static bool
take_clock(struct clock_face *f)
{
	if (!take_number(f, 2, &f->hour) || !take_letter(f, ':') ||
	    !take_number(f, 2, &f->minute))
		return false;
	if (take_letter(f, ':') && !take_number(f, 2, &f->second))
		return false;
	take_fraction(f);
	return true;
}

/* "AM" of any clock; true where there is none, too. */
static bool
take_half_day(struct clock_face *f, bool *is_said)
{
	while (*f->rest == ' ' || (unsigned char)*f->rest == 0xE2 ||
	       (unsigned char)*f->rest == 0x80 || (unsigned char)*f->rest == 0xAF)
		f->rest++; /* a narrow blank, as newer Windows writes it, too */
	*is_said = text_begins(f->rest, "AM") || text_begins(f->rest, "PM");
	if (!*is_said)
		return true;
	if (f->hour < 1 || f->hour > 12)
		return false;
	f->hour = f->hour % 12 + (text_begins(f->rest, "PM") ? 12 : 0);
	f->rest += 2;
	return true;
}

/* "Z", "+01:00", "+0100", or nothing. */
static bool
take_zone(struct clock_face *f)
{
	unsigned hours = 0;
	unsigned minutes = 0;

	if (take_letter(f, 'Z') || *f->rest == '\0')
		return true;
	int sign = *f->rest == '-' ? -1 : 1;
	if (*f->rest != '+' && *f->rest != '-')
		return false;
	f->rest++;
	if (!take_number(f, 2, &hours))
		return false;
	(void)take_letter(f, ':');
	if (*f->rest && !take_number(f, 2, &minutes))
		return false;
	f->zone_minutes = sign * (int)(hours * 60 + minutes);
	return hours < 24 && minutes < 60;
}

static uint64_t
put_together(const struct clock_face *f)
{
	char text[64];
	int64_t ms = 0;

	(void)snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02u.000Z", f->year,
	               f->month, f->day, f->hour, f->minute, f->second);
	if (*f->rest != '\0' || f->year < 1602 || !when_from_text(text, &ms))
		return 0;
	return when_to_filetime(ms - f->zone_minutes * 60000LL) + f->ticks;
}

static uint64_t
time_of_year_first(const char *text)
{
	struct clock_face f = { .rest = text };

	if (!take_number(&f, 4, &f.year) || f.year < 1000 ||
	    (!take_letter(&f, '-') && !take_letter(&f, '/')) ||
	    !take_number(&f, 2, &f.month) ||
	    (!take_letter(&f, '-') && !take_letter(&f, '/')) ||
	    !take_number(&f, 2, &f.day) ||
	    (!take_letter(&f, 'T') && !take_letter(&f, ' ')) || !take_clock(&f))
		return 0;
	(void)take_letter(&f, ' ');
	return take_zone(&f) ? put_together(&f) : 0;
}

/* Who writes AM and PM behind slashes writes the month first; all others the day. */
static uint64_t
time_of_year_last(const char *text)
{
	struct clock_face f = { .rest = text };
	bool is_half_day = false;
	char between = '/';

	if (!take_number(&f, 2, &f.day))
		return 0;
	between = *f.rest;
	if ((between != '/' && between != '.' && between != '-') ||
	    !take_letter(&f, between) || !take_number(&f, 2, &f.month) ||
	    !take_letter(&f, between) || !take_number(&f, 4, &f.year))
		return 0;
	(void)take_letter(&f, ',');
	if (!take_letter(&f, ' ') || !take_clock(&f) ||
	    !take_half_day(&f, &is_half_day))
		return 0;
	if (is_half_day && between == '/') {
		unsigned first = f.day;

		f.day = f.month;
		f.month = first;
	}
	return put_together(&f);
}

static uint64_t
time_of_number(const char *text)
{
	static const char date[] = "/Date(";
	const char *c = strncmp(text, date, sizeof date - 1) == 0
	                    ? text + sizeof date - 1
	                    : text;
	int64_t number = 0;
	size_t len = 0;
	int64_t thousandths = 0;

	for (; len < 15 && is_digit(c[len]); len++)
		number = number * 10 + (c[len] - '0');
	if (len < 9 || is_digit(c[len]))
		return 0;
	if (number >= SECONDS_MOST)
		return when_to_filetime(number);
	for (size_t i = 0; c[len] == '.' && i < 3 && is_digit(c[len + 1 + i]); i++)
		thousandths += (c[len + 1 + i] - '0') * (i == 0   ? 100
		                                         : i == 1 ? 10
		                                                  : 1);
	return when_to_filetime(number * 1000 + thousandths);
}

uint64_t
event_time(const char *text)
{
	uint64_t time = time_of_year_first(text);

	if (time == 0)
		time = time_of_year_last(text);
	return time != 0 ? time : time_of_number(text);
}
