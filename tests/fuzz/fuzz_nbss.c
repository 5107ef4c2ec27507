/*
 * What comes from port 139: pieces of a stream, in which a session's answers and
 * messages may stand.
 */
#include "steps.h"

static void
say(struct talk *t)
{
	buf_u8(&t->out, 'x');
}

static enum after
hear(struct talk *t, struct span message)
{
	if (message.bad || message.left > TALK_MESSAGE_MOST || t->kind == 0x85)
		abort();
	return message.left % 7 == 3 ? AFTER_PAUSE : AFTER_MORE;
}

static const struct turn turns[] = {
	{ "listen", say, hear, NULL },
	{ "listen again", say, hear, NULL },
	{ NULL, NULL, NULL, NULL },
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct talk t;

	talk_init(&t, turns, FRAME_NBSS, NULL);
	carry(&t, span_of(bytes, len));
	talk_free(&t);
	return 0;
}
