/*
 * What became of asking something foreign: a host, a hive, a file.
 */
#ifndef BASE_HEARD_H
#define BASE_HEARD_H

/* Only HEARD carries facts. */
enum heard {
	HEARD = 1,
	HEARD_NOTHING, /* no answer in time */
	HEARD_REFUSED, /* an answer: no */
	HEARD_SHORT,   /* it ended before it was complete */
	HEARD_ODD,     /* complete, and not what the format allows */
	NOT_ASKED,     /* a limit of ours, or the user, held us back */
};

/* "heard", "nothing", "refused", "short", "odd", "not-asked". */
const char *heard_name(enum heard heard);

/* The other way; 0 where the name is none of them. */
enum heard heard_from_name(const char *name);

#endif
