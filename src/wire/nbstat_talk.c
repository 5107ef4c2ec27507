#include "wire/nbstat_talk.h"

#include <string.h>

#include "wire/nbss.h"

static void
say_query(struct talk *t)
{
	const struct nbstat_story *story = t->story;

	t->brief = true;
	nbstat_query_write(&t->out, story->id);
}

/* Anything can arrive on an open port: what is no answer to us is passed over. */
static enum after
hear_status(struct talk *t, struct span datagram)
{
	struct nbstat_story *story = t->story;
	struct nbstat status;

	switch (nbstat_read(datagram, story->id, &status)) {
	case HEARD: break;
	case HEARD_REFUSED: return AFTER_LOST;
	default: return AFTER_MORE;
	}
	story->heard = true;
	memcpy(story->name, status.server, sizeof story->name);
	memcpy(story->computer, status.computer, sizeof story->computer);
	memcpy(story->group, status.group, sizeof story->group);
	return AFTER_DONE;
}

static enum after
lost_first(struct talk *t, enum heard heard)
{
	(void)t;
	return heard == HEARD_NOTHING ? AFTER_NEXT : AFTER_LOST;
}

static const struct turn turns[] = {
	{ "node status", say_query, hear_status, lost_first },
	{ "node status again", say_query, hear_status, NULL },
	{ NULL, NULL, NULL, NULL },
};

void
nbstat_talk_init(struct talk *t, struct nbstat_story *story)
{
	*story = (struct nbstat_story){ .id = story->id };
	talk_init(t, turns, FRAME_DATAGRAM, story);
}
