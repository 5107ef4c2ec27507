#include "flow/attempt.h"

#include <string.h>

/* ---- out */

static void
put_text(struct buf *b, const char *text)
{
	size_t len = strlen(text);

	buf_u8(b, (uint8_t)len); /* ATTEMPT_TEXT is less */
	buf_put(b, text, len);
}

void
attempt_put(const struct attempt *a, struct buf *b)
{
	buf_u8(b, (uint8_t)a->kind);
	buf_u8(b, (uint8_t)a->told);
	buf_le64(b, (uint64_t)a->time_ms);
	buf_le32(b, a->status);
	buf_le32(b, a->logon_type);
	buf_le32(b, a->port);
	buf_u8(b, a->is_local);
	buf_u8(b, a->is_recovered);
	put_text(b, a->target);
	put_text(b, a->account);
	put_text(b, a->workstation);
	put_text(b, a->address);
	put_text(b, a->program);
}

/* ---- in */

static void
take_text(struct span *s, char *to, size_t room)
{
	uint8_t len = span_u8(s);
	struct span text = span_cut(s, len);

	to[0] = '\0';
	if (text.bad || len >= room || memchr(text.at, 0, len)) {
		s->bad = true;
		return;
	}
	to[span_copy(text, to, len)] = '\0';
}

static bool
is_kind(const struct attempt *a)
{
	return a->kind >= ATTEMPT_GUESS && a->kind < ATTEMPT_KINDS &&
	       a->told >= TOLD_BY_LOGON && a->told < TOLD_COUNT;
}

bool
attempt_read(struct span *s, struct attempt *out)
{
	*out = (struct attempt){ .kind = span_u8(s) };
	out->told = span_u8(s);
	out->time_ms = (int64_t)span_le64(s);
	out->status = span_le32(s);
	out->logon_type = span_le32(s);
	out->port = span_le32(s);
	out->is_local = span_u8(s) != 0;
	out->is_recovered = span_u8(s) != 0;
	take_text(s, out->target, sizeof out->target);
	take_text(s, out->account, sizeof out->account);
	take_text(s, out->workstation, sizeof out->workstation);
	take_text(s, out->address, sizeof out->address);
	take_text(s, out->program, sizeof out->program);
	return !s->bad && is_kind(out);
}
