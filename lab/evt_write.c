#include "lab/evt_write.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MARK 0x654c664cu /* "LfLe" */
#define HEADER_LEN 48u
#define END_LEN 40u
#define FIXED 56u
#define FILLER 0x27u
#define RECORD_MOST 65536u
#define DIRTY 1u
#define WRAPPED 2u
#define SUCCESS_AUDIT 8
#define FAILURE_AUDIT 16
#define SYSTEM_SESSION "(0x0,0x3E7)"
#define NO_GUID "-"
#define PATH_ROOM 128

/* ---- the ring */

static uint32_t
word_at(const struct evt_write *w, uint32_t at)
{
	struct span word = span_at(buf_span(w->out), at, 4);

	return span_le32(&word);
}

static uint32_t
after(const struct evt_write *w, uint32_t at, uint32_t len)
{
	at += len;
	return w->size != 0 && at >= w->size ? at - w->size + HEADER_LEN : at;
}

/* A word at a time, round the end of the ring. */
static void
put_ring(struct evt_write *w, uint32_t at, struct span words)
{
	while (words.left >= 4) {
		uint32_t word = span_le32(&words);

		if (w->size == 0 && at == w->out->len)
			buf_le32(w->out, word);
		else
			buf_patch_le32(w->out, at, word);
		at = after(w, at, 4);
	}
}

/* Drops the oldest record, or the filler that stands in its place. */
static void
drop_oldest(struct evt_write *w)
{
	uint32_t len = word_at(w, w->oldest_at);
	bool is_filler = len == FILLER;

	if (is_filler)
		len = w->size - w->oldest_at;
	w->oldest_at = after(w, w->oldest_at, len);
	w->used -= len;
	w->oldest += !is_filler;
}

static bool
make_room(struct evt_write *w, uint32_t len)
{
	uint32_t ring = w->size - HEADER_LEN;

	if (len + END_LEN > ring)
		return false;
	while (w->used > 0 && ring - w->used < len + END_LEN)
		drop_oldest(w);
	return true;
}

/* Where no fixed part has room at the end of the ring. */
static void
put_filler(struct evt_write *w)
{
	uint32_t len = w->size - w->at;

	if (!w->fills || len >= FIXED || !make_room(w, len))
		return;
	for (uint32_t i = 0; i < len; i += 4)
		buf_patch_le32(w->out, w->at + i, FILLER);
	w->at = HEADER_LEN;
	w->used += len;
}

static void
put_record(struct evt_write *w)
{
	uint32_t len = (uint32_t)w->record.len;

	if (w->size != 0) {
		put_filler(w);
		if (!make_room(w, len)) {
			w->out->bad = true;
			return;
		}
		w->is_wrapped |= w->at + len > w->size;
	}
	if (w->used == 0)
		w->oldest_at = w->at;
	put_ring(w, w->at, buf_span(&w->record));
	w->at = after(w, w->at, len);
	w->used += len;
}

/* ---- records */

static void
put_text(struct buf *b, const char *text)
{
	buf_utf16(b, text);
	buf_le16(b, 0);
}

static void
put_even(struct buf *b)
{
	buf_zero(b, (4 - b->len % 4) % 4);
}

static uint16_t
category_of(uint32_t id)
{
	switch (id) {
	case 517: return 1;
	case 602: return 5;
	case 612: return 6;
	case 644: return 7;
	case 680: return 9;
	default: return 2;
	}
}

static void
put_fixed(struct buf *b, const struct evt_order *order, uint32_t number)
{
	buf_le32(b, 0); /* the length, once it is known */
	buf_le32(b, MARK);
	buf_le32(b, number);
	buf_le32(b, order->time);
	buf_le32(b, order->time);
	buf_le32(b, order->id);
	buf_le16(b, order->is_failure ? FAILURE_AUDIT : SUCCESS_AUDIT);
	buf_le16(b, order->count);
	buf_le16(b, category_of(order->id));
	buf_le16(b, 0);
	buf_zero(b, FIXED - 32);
}

void
evt_write_record(struct evt_write *w, const struct evt_order *order)
{
	static const uint8_t local_system[] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	struct buf *b = &w->record;

	buf_clear(b);
	put_fixed(b, order, w->next);
	put_text(b, order->source ? order->source : "Security");
	put_text(b, w->computer);
	put_even(b);
	buf_patch_le32(b, 40, sizeof local_system);
	buf_patch_le32(b, 44, (uint32_t)b->len);
	buf_put(b, local_system, sizeof local_system);
	buf_patch_le32(b, 36, (uint32_t)b->len);
	for (uint16_t i = 0; i < order->count; i++)
		put_text(b, order->strings[i]);
	buf_patch_le32(b, 52, (uint32_t)b->len); /* no data */
	put_even(b);
	buf_le32(b, (uint32_t)b->len + 4);
	buf_patch_le32(b, 0, (uint32_t)b->len);
	w->out->bad |= b->bad;
	if (!w->out->bad)
		put_record(w);
	w->next++;
}

/* ---- the file */

static void
put_header(struct evt_write *w, uint32_t flags)
{
	uint32_t size = (uint32_t)w->out->len;
	const uint32_t words[] = { HEADER_LEN,
		                   MARK,
		                   1,
		                   1,
		                   w->used ? w->oldest_at : w->at,
		                   w->at,
		                   w->next,
		                   w->used ? w->oldest : 0,
		                   size,
		                   flags,
		                   0,
		                   HEADER_LEN };

	for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++)
		buf_patch_le32(w->out, 4 * (size_t)i, words[i]);
}

void
evt_write_flush(struct evt_write *w)
{
	put_header(w, DIRTY | (w->is_wrapped ? WRAPPED : 0));
}

void
evt_write_begin(struct evt_write *w)
{
	buf_init(&w->record, RECORD_MOST);
	buf_zero(w->out, w->size ? w->size : HEADER_LEN);
	w->at = w->oldest_at = HEADER_LEN;
	if (w->next == 0)
		w->next = 1;
	w->oldest = w->next;
	evt_write_flush(w);
}

void
evt_write_end(struct evt_write *w)
{
	struct buf *b = &w->record;

	buf_clear(b);
	buf_le32(b, END_LEN);
	for (uint32_t i = 1; i <= 4; i++)
		buf_le32(b, i * 0x11111111u);
	buf_le32(b, w->used ? w->oldest_at : w->at);
	buf_le32(b, w->at);
	buf_le32(b, w->next);
	buf_le32(b, w->used ? w->oldest : 0);
	buf_le32(b, END_LEN);
	w->out->bad |= b->bad;
	put_ring(w, w->at, buf_span(b));
	if (!w->is_dirty)
		put_header(w, w->is_wrapped ? WRAPPED : 0);
	buf_free(b);
}

/* ---- what the Security log says */

void
evt_write_logon(struct evt_write *w, uint32_t id, const struct evt_logon *l)
{
	bool is_success = id == 528 || id == 540;
	char type[8], port[8];
	const char *s[15];
	uint16_t n = 0;

	(void)snprintf(type, sizeof type, "%u", (unsigned)l->type);
	(void)snprintf(port, sizeof port, "%u", (unsigned)l->port);
	s[n++] = l->user;
	s[n++] = l->domain;
	if (is_success)
		s[n++] = "(0x0,0x1A2B3C)"; /* its session */
	s[n++] = type;
	s[n++] = l->process;
	s[n++] = l->package;
	s[n++] = l->workstation;
	if (is_success)
		s[n++] = NO_GUID;
	if (l->address) {
		s[n++] = "-"; /* the caller: user, domain, session, process */
		s[n++] = "-";
		s[n++] = "-";
		s[n++] = "-";
		s[n++] = "-"; /* services on the way */
		s[n++] = l->address;
		s[n++] = port;
	}
	evt_write_record(w, &(struct evt_order){ .id = id,
	                                         .time = l->time,
	                                         .is_failure = !is_success,
	                                         .strings = s,
	                                         .count = n });
}

void
evt_write_ntlm(struct evt_write *w, const struct evt_logon *l)
{
	char status[16];
	const char *s[] = { "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", l->user,
		            l->workstation, status };

	(void)snprintf(status, sizeof status, "0x%X", (unsigned)l->status);
	evt_write_record(w, &(struct evt_order){ .id = 680,
	                                         .time = l->time,
	                                         .is_failure = l->status != 0,
	                                         .strings = s,
	                                         .count = 4 });
}

void
evt_write_lockout(struct evt_write *w, const struct evt_logon *l)
{
	const char *s[] = { l->user,     l->workstation, "%{S-1-5-21-1-2-3-1004}",
		            w->computer, l->domain,      SYSTEM_SESSION };

	evt_write_record(w, &(struct evt_order){
				.id = 644, .time = l->time, .strings = s, .count = 6 });
}

void
evt_write_task(struct evt_write *w, const struct evt_logon *l)
{
	char file[PATH_ROOM], target[PATH_ROOM];
	const char *s[] = { file,
		            l->command,
		            "At 1:00 AM every day, starting 1/17/2009.",
		            "1/17/2009 1:00:00 AM",
		            "0x18000C0",
		            target,
		            l->user,
		            l->domain,
		            "(0x0,0x1A2B3C)" };

	(void)snprintf(file, sizeof file, "C:\\WINDOWS\\Tasks\\%s.job", l->task);
	(void)snprintf(target, sizeof target, "%s\\%s", l->domain, l->user);
	evt_write_record(w, &(struct evt_order){
				.id = 602, .time = l->time, .strings = s, .count = 9 });
}

void
evt_write_cleared(struct evt_write *w, uint32_t time)
{
	const char *s[] = { "SYSTEM",        "NT AUTHORITY", SYSTEM_SESSION,
		            "Administrator", w->computer,    "(0x0,0x1A2B3C)" };

	evt_write_record(w, &(struct evt_order){
				.id = 517, .time = time, .strings = s, .count = 6 });
}

void
evt_write_policy(struct evt_write *w, uint32_t time, bool success, bool failure)
{
	enum { LOGON = 2, ACCOUNT_LOGON = 16, MARKS = 18 };
	const char *s[MARKS + 3];

	for (size_t i = 0; i < MARKS; i++)
		s[i] = "-";
	s[LOGON] = s[ACCOUNT_LOGON] = success ? "+" : "-";
	s[LOGON + 1] = s[ACCOUNT_LOGON + 1] = failure ? "+" : "-";
	s[MARKS] = w->computer;
	s[MARKS + 1] = "WORKGROUP";
	s[MARKS + 2] = SYSTEM_SESSION;
	evt_write_record(
	    w, &(struct evt_order){
		   .id = 612, .time = time, .strings = s, .count = MARKS + 3 });
}
