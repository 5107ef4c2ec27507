#include "wire/srvsvc.h"

#define OUTBUF_LEN 2
#define PATH_TYPE 1
#define FLAGS 1

/* A string of plain letters as NDR has it: counts, offset, UTF-16, padding. */
static void
put_string(struct buf *b, const char *text, uint32_t units)
{
	buf_le32(b, units);
	buf_le32(b, 0);
	buf_le32(b, units);
	for (uint32_t i = 0; i < units; i++)
		buf_le16(b, (uint8_t)text[i]);
	if (units % 2)
		buf_le16(b, 0);
}

void
srvsvc_question_write(struct buf *b, enum srvsvc_question question)
{
	buf_le32(b, 1); /* referent of the server's name, which is ignored */
	put_string(b, "a", 2);
	if (question == SRVSVC_CONTROL)
		put_string(b, "\\", 2);
	else
		put_string(b, "\\..\\", 5);
	buf_le32(b, OUTBUF_LEN);
	put_string(b, "\\", 2);
	buf_le32(b, PATH_TYPE);
	buf_le32(b, FLAGS);
}

/* The two bytes after the buffer are stale padding and are not looked at. */
enum heard
srvsvc_answer_read(struct span stub, struct srvsvc_answer *out)
{
	*out = (struct srvsvc_answer){ 0 };
	out->max_count = span_le32(&stub);
	(void)span_copy(span_cut(&stub, 2), out->outbuf, 2);
	(void)span_cut(&stub, 2 + 4);
	out->code = span_le32(&stub);
	if (stub.bad || stub.left != 0 || out->max_count != OUTBUF_LEN)
		return HEARD_ODD;
	return HEARD;
}
