/*
 * When an event was, as programs write it that turn event logs into text.  Pure.
 */
#ifndef FORMAT_EVENT_TIME_H
#define FORMAT_EVENT_TIME_H

#include <stdint.h>

enum event_order { ORDER_UNKNOWN, ORDER_DAY_FIRST, ORDER_MONTH_FIRST, ORDERS };

/* Of "5/3/2021": what the dates of a log have shown so far, as one behind the 12th
 * does, and how many were taken for either before that. */
struct event_dates {
	enum event_order order;
	uint64_t guessed[ORDERS];
};

/*
 * As FILETIME; 0 where it is none.  UTC where no zone is said.
 *
 *   2021-05-03T08:58:25.9210336Z    also with a blank, AM or PM, a zone, or neither
 *   5/3/2021 8:58:25 AM             month first, as there is AM or PM; both are only
 *   03/05/2021 08:58:25             a guess, until a date has shown the order
 *   03.05.2021 08:58:25             day first, with other points in the time as well
 *   May 3, 2021 @ 08:58:25.921
 *   1620032305921                   milliseconds, or seconds, since 1970
 *   /Date(1620032305921)/
 */
uint64_t event_time(const char *text, struct event_dates *);

#endif
