/* A cage for a library that counts with the C library's calendar. */
#ifndef REACH_CAGE_UTC_H
#define REACH_CAGE_UTC_H

#include "reach/cage.h"

/*
 * As cage_start.  The calendar reads the time zone's file when it is first asked, which
 * in the cage would be the end; so the zone is there before the child is: UTC.
 */
CHECKED enum err cage_start_in_utc(const struct cage_service *, struct cage **out);

#endif
