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

/* Behind the minutes there may be none.  In Finland there are points between them. */
static bool
take_clock(struct clock_face *f)
{
	if (!take_number(f, 2, &f->hour))
		return false;
	char between = *f->rest == '.' ? '.' : ':';
	if (!take_letter(f, between) || !take_number(f, 2, &f->minute))
		return false;
	if (take_letter(f, between) && !take_number(f, 2, &f->second))
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
	bool is_half_day = false;

	if (!take_number(&f, 4, &f.year) || f.year < 1000 ||
	    (!take_letter(&f, '-') && !take_letter(&f, '/')) ||
	    !take_number(&f, 2, &f.month) ||
	    (!take_letter(&f, '-') && !take_letter(&f, '/')) ||
	    !take_number(&f, 2, &f.day) ||
	    (!take_letter(&f, 'T') && !take_letter(&f, ' ')) || !take_clock(&f) ||
	    !take_half_day(&f, &is_half_day))
		return 0;
	return take_zone(&f) ? put_together(&f) : 0;
}

static bool
shows_order(const struct clock_face *f)
{
	return f->day > 12 || f->month > 12;
}

/* Who writes AM and PM behind slashes may well write the month first; all others the
 * day. */
static enum event_order
order_of(const struct clock_face *f, char between, bool is_half_day)
{
	bool is_month_first = shows_order(f) ? f->day <= 12
	                                     : is_half_day && between == '/';

	return is_month_first ? ORDER_MONTH_FIRST : ORDER_DAY_FIRST;
}

static void
put_in_order(struct clock_face *f, enum event_order order)
{
	unsigned first = f->day;

	if (order != ORDER_MONTH_FIRST)
		return;
	f->day = f->month;
	f->month = first;
}

static void
learn(struct event_dates *dates, enum event_order order, bool is_shown)
{
	if (is_shown)
		dates->order = order;
	else if (dates->order == ORDER_UNKNOWN)
		dates->guessed[order]++;
}

/* "16/01/2009", in whichever order. */
static bool
take_date(struct clock_face *f, char *between)
{
	if (!take_number(f, 2, &f->day))
		return false;
	*between = *f->rest;
	return (*between == '/' || *between == '.' || *between == '-') &&
	       take_letter(f, *between) && take_number(f, 2, &f->month) &&
	       take_letter(f, *between) && take_number(f, 4, &f->year);
}

static uint64_t
time_of_year_last(const char *text, struct event_dates *dates)
{
	struct clock_face f = { .rest = text };
	bool is_half_day = false;
	char between = '/';

	if (!take_date(&f, &between))
		return 0;
	(void)take_letter(&f, ',');
	if (!take_letter(&f, ' ') || !take_clock(&f) ||
	    !take_half_day(&f, &is_half_day))
		return 0;
	bool is_shown = shows_order(&f);
	enum event_order order = dates->order != ORDER_UNKNOWN
	                             ? dates->order
	                             : order_of(&f, between, is_half_day);
	if (between != '.')
		put_in_order(&f, order);
	uint64_t time = put_together(&f);
	if (time != 0 && between != '.')
		learn(dates, order, is_shown);
	return time;
}

/* "Jan 16, 2009 @ 09:30:05.000", as Kibana writes its tables. */
static uint64_t
time_of_month_name(const char *text)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct clock_face f = { .rest = text };

	for (f.month = 1; f.month <= 12; f.month++) {
		if (strncmp(text, names + 3 * (size_t)(f.month - 1), 3) == 0)
			break;
	}
	if (f.month > 12)
		return 0;
	f.rest += 3;
	if (!take_letter(&f, ' ') || !take_number(&f, 2, &f.day) ||
	    !take_letter(&f, ',') || !take_letter(&f, ' ') ||
	    !take_number(&f, 4, &f.year) || !take_letter(&f, ' ') ||
	    !take_letter(&f, '@') || !take_letter(&f, ' ') || !take_clock(&f))
		return 0;
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
event_time(const char *text, struct event_dates *dates)
{
	uint64_t time = time_of_year_first(text);

	if (time == 0)
		time = time_of_year_last(text, dates);
	if (time == 0)
		time = time_of_month_name(text);
	return time != 0 ? time : time_of_number(text);
}
