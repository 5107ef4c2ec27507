#include "reach/log_talk.h"

#include <string.h>

#include "base/text.h"

enum { ASKS_ORDER = 1, ASKS_TURN };

/* ---- questions */

void
log_order_write(struct buf *b, const struct log_order *o)
{
	buf_u8(b, ASKS_ORDER);
	buf_le64(b, o->lanes);
	buf_le64(b, o->first.number);
	buf_le64(b, o->first.input);
	buf_le64(b, o->first.stretch);
	buf_le16(b, (uint16_t)o->inputs.count);
	for (size_t i = 0; i < o->inputs.count; i++) {
		buf_u8(b, (uint8_t)o->inputs.kinds[i]);
		buf_le64(b, o->inputs.bytes[i]);
	}
}

void
log_turn_write(struct buf *b, uint64_t number)
{
	buf_u8(b, ASKS_TURN);
	buf_le64(b, number);
}

static bool
read_order(struct span *s, struct log_order *o)
{
	o->lanes = span_le64(s);
	o->first.number = span_le64(s);
	o->first.input = (size_t)span_le64(s);
	o->first.stretch = span_le64(s);
	o->inputs.count = span_le16(s);
	if (o->inputs.count > LOG_INPUTS_MOST || o->first.input >= o->inputs.count)
		return false;
	for (size_t i = 0; i < o->inputs.count; i++) {
		o->inputs.kinds[i] = span_u8(s);
		o->inputs.bytes[i] = span_le64(s);
	}
	return !s->bad;
}

bool
log_question_read(struct span s, bool *is_order, struct log_order *order,
                  uint64_t *number)
{
	uint8_t asks = span_u8(&s);

	*is_order = asks == ASKS_ORDER;
	if (*is_order)
		return read_order(&s, order);
	*number = span_le64(&s);
	return asks == ASKS_TURN && !s.bad;
}

/* ---- answers */

void
log_answer_write(struct buf *b, const struct log_answer *a)
{
	buf_u8(b, (uint8_t)a->said);
	buf_le64(b, a->at);
	buf_le64(b, a->records);
	buf_le64(b, a->recovered);
	buf_le64(b, a->security);
	buf_le64(b, a->undecodable);
	buf_le64(b, (uint64_t)a->first_ms);
	buf_le64(b, (uint64_t)a->last_ms);
	buf_le64(b, a->unread);
	buf_le64(b, a->unread_at);
	buf_le32(b, a->unread_why);
	buf_u8(b, a->is_dirty);
	buf_u8(b, a->is_cut);
}

bool
log_answer_read(struct span s, struct log_answer *out)
{
	*out = (struct log_answer){ .said = span_u8(&s) };
	out->at = span_le64(&s);
	out->records = span_le64(&s);
	out->recovered = span_le64(&s);
	out->security = span_le64(&s);
	out->undecodable = span_le64(&s);
	out->first_ms = (int64_t)span_le64(&s);
	out->last_ms = (int64_t)span_le64(&s);
	out->unread = span_le64(&s);
	out->unread_at = span_le64(&s);
	out->unread_why = span_le32(&s);
	out->is_dirty = span_u8(&s) != 0;
	out->is_cut = span_u8(&s) != 0;
	out->attempts = s;
	return !s.bad && out->said >= LOG_SAID_MORE && out->said < LOG_SAID_COUNT;
}

static bool
is_utf8(const char *text)
{
	char copy[ATTEMPT_TEXT];
	const char *c = text;

	while (*c != '\0' && (unsigned char)*c < 0x80)
		c++;
	/* Most are plain letters, and there are millions of them. */
	return *c == '\0' ||
	       (text_copy_utf8(copy, sizeof copy, text) && strcmp(copy, text) == 0);
}

bool
log_answer_next(struct span *attempts, struct attempt *out)
{
	return attempt_read(attempts, out) && is_utf8(out->target) &&
	       is_utf8(out->account) && is_utf8(out->workstation) &&
	       is_utf8(out->address) && is_utf8(out->program);
}
