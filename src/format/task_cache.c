#include "format/task_cache.h"

#define EXEC 0x6666u
#define VERSION_MOST 3 /* Windows 10 */

/* The kinds of action: 0x6666 a program, 0x7777 COM, 0x8888 mail, 0x9999 message. */
static bool
is_action(uint16_t magic)
{
	return magic == EXEC || magic == 0x7777 || magic == 0x8888 || magic == 0x9999;
}

static struct span
counted_text(struct span *s)
{
	size_t bytes = span_le32(s);

	return span_cut(s, bytes);
}

enum heard
task_cache_read(struct span value, struct task_cache_action *out)
{
	struct span s = value;
	uint16_t version = span_le16(&s);

	*out = (struct task_cache_action){ .command = { .left = 0 } };
	if (s.bad)
		return HEARD_SHORT;
	if (version == 0 || version > VERSION_MOST)
		return HEARD_ODD;
	if (s.left == 0)
		return HEARD_NOTHING;
	struct span ahead = s;
	/* Windows 8 and later put in front in whose name it is done. */
	if (!is_action(span_le16(&ahead)))
		(void)counted_text(&s);
	if (!s.bad && s.left == 0)
		return HEARD_NOTHING;
	uint16_t magic = span_le16(&s);
	(void)counted_text(&s); /* the action's id */
	if (s.bad)
		return HEARD_SHORT;
	if (!is_action(magic))
		return HEARD_ODD;
	if (magic != EXEC)
		return HEARD_NOTHING;
	out->command = counted_text(&s);
	out->arguments = counted_text(&s);
	return s.bad ? HEARD_SHORT : HEARD;
}
