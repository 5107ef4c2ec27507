/*
 * When an event was, as programs write it that turn event logs into text.  Pure.
 */
#ifndef FORMAT_EVENT_TIME_H
#define FORMAT_EVENT_TIME_H

#include <stdint.h>

/*
 * As FILETIME; 0 where it is none.  UTC where no zone is said.
 *
 *   2021-05-03T08:58:25.9210336Z    also with a blank, a zone, or neither
 *   5/3/2021 8:58:25 AM             month first, as there is AM or PM
 *   03.05.2021 08:58:25             day first, with slashes as well
 *   1620032305921                   milliseconds, or seconds, since 1970
 *   /Date(1620032305921)/
 */
uint64_t event_time(const char *text);

#endif
