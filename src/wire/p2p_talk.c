#include "wire/p2p_talk.h"

#define TCP_BYTES_MOST 8192 /* a peer's largest message */

static void
say_probe(struct talk *t)
{
	const struct p2p_story *story = t->story;

	buf_put(&t->out, story->probe.bytes, story->probe.len);
}

/* A datagram may get lost on the way: the second goes out after a second. */
static void
say_first(struct talk *t)
{
	t->brief = true;
	say_probe(t);
}

static enum after
judge(struct talk *t, struct span reply)
{
	struct p2p_story *story = t->story;

	story->answered = true;
	story->bytes = (uint32_t)reply.left;
	story->first_len = (uint8_t)span_copy(reply, story->first, sizeof story->first);
	story->class = p2p_judge(&story->probe, reply, &story->answer);
	return AFTER_DONE;
}

static enum after
hear_stream(struct talk *t, struct span so_far)
{
	if (so_far.left < TCP_BYTES_MOST && !p2p_tcp_is_whole(so_far))
		return AFTER_MORE;
	return judge(t, so_far);
}

static enum after
lost_stream(struct talk *t, enum heard heard)
{
	(void)heard;
	return t->in.len > 0 ? judge(t, buf_span(&t->in)) : AFTER_LOST;
}

static enum after
lost_first(struct talk *t, enum heard heard)
{
	(void)t;
	return heard == HEARD_NOTHING ? AFTER_NEXT : AFTER_LOST;
}

static const struct turn tcp_turns[] = {
	{ "p2p probe", say_probe, hear_stream, lost_stream },
	{ NULL, NULL, NULL, NULL },
};

static const struct turn udp_turns[] = {
	{ "p2p probe", say_first, judge, lost_first },
	{ "p2p probe again", say_probe, judge, NULL },
	{ NULL, NULL, NULL, NULL },
};

void
p2p_talk_init(struct talk *t, struct p2p_story *story)
{
	bool tcp = story->probe.transport == P2P_TCP;

	*story = (struct p2p_story){ .probe = story->probe };
	talk_init(t, tcp ? tcp_turns : udp_turns, tcp ? FRAME_STREAM : FRAME_DATAGRAM,
	          story);
}
