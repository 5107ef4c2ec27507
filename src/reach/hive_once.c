#include "reach/hive_once.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "reach/hive_talk.h"

enum heard
hive_no_cage(char why[WHY_ROOM])
{
	(void)snprintf(why, WHY_ROOM,
	               "no process could be locked in to read it: %s; try again",
	               strerror(errno));
	return NOT_ASKED;
}

enum heard
hive_died(enum heard heard, unsigned seconds, char why[WHY_ROOM])
{
	if (heard == HEARD_NOTHING)
		(void)snprintf(why, WHY_ROOM,
		               "reading it did not end in %u seconds, so it is damaged "
		               "or made to delay; look for an older copy of the hive",
		               seconds);
	else
		(void)text_copy(
		    why, WHY_ROOM,
		    "the decoder died of it, so it is damaged or made to do "
		    "that; look for an older copy of the hive");
	return HEARD_ODD;
}

enum heard
hive_no_memory(char why[WHY_ROOM])
{
	(void)text_copy(why, WHY_ROOM, hive_said_words(HIVE_SAID_MEMORY));
	return NOT_ASKED;
}

enum heard
hive_ask(struct cage *cage, const struct cage_limits *limits, struct span question,
         struct buf *answer, char why[WHY_ROOM])
{
	enum heard heard = HEARD;
	enum err err = cage_ask(cage, question, answer, &heard);

	if (heard == HEARD && err == OK && answer->len > 0)
		return HEARD;
	if (err == ERR_MEMORY)
		return hive_no_memory(why);
	return err != OK ? hive_no_cage(why) : hive_died(heard, limits->seconds, why);
}
