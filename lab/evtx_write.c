#include "lab/evtx_write.h"

#include "base/text.h"

#define FILE_HEAD 4096u
#define HEAD_USED 128u
#define HEAD_SUMMED 120u
#define MINOR 1u
#define MAJOR 3u
#define DIRTY 1u
#define VALUES_MOST EVTX_DRAFT_LEN
#define AUDIT_SUCCESS 0x8020000000000000u
#define AUDIT_FAILURE 0x8010000000000000u
#define PROVIDER "Microsoft-Windows-Security-Auditing"
#define LSASS 752u /* a process, and a thread of it */
#define THREAD 4068u
#define SYSTEM_RID 18u
#define STREAM_HEAD "\x0f\1\1\0"

static const uint8_t provider_guid[EVTX_GUID_LEN] = {
	0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49,
	0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28, 0xc3, 0x0d,
};

/* ---- the file */

static void
put_bytes(struct evtx_write *w, uint64_t at, struct span bytes)
{
	if (w->err == OK && bytes.bad)
		w->err = ERR_MEMORY;
	if (w->err == OK)
		w->err = w->put(w->with, at, bytes);
}

static void
put_head(struct evtx_write *w, uint32_t flags)
{
	struct buf b;

	buf_init(&b, FILE_HEAD);
	buf_put(&b, "ElfFile", 8);
	buf_le64(&b, 0);
	buf_le64(&b, w->chunks > 0 ? w->chunks - 1 : 0);
	buf_le64(&b, w->next);
	buf_le32(&b, HEAD_USED);
	buf_le16(&b, MINOR);
	buf_le16(&b, MAJOR);
	buf_le16(&b, FILE_HEAD);
	buf_le16(&b, (uint16_t)w->chunks); /* Windows has no more room for it either */
	buf_zero(&b, HEAD_SUMMED - b.len);
	uint32_t sum = crc32_add(&w->crc, 0, buf_span(&b));
	buf_le32(&b, flags);
	buf_le32(&b, sum);
	buf_zero(&b, FILE_HEAD - b.len);
	struct span head = buf_span(&b);
	head.bad = b.bad;
	put_bytes(w, 0, head);
	buf_free(&b);
}

static void
put_chunk(struct evtx_write *w)
{
	put_bytes(w, FILE_HEAD + w->chunks * EVTX_DRAFT_LEN,
	          evtx_draft_end(&w->draft, &w->crc));
	w->chunks++;
}

void
evtx_write_begin(struct evtx_write *w)
{
	crc32_prepare(&w->crc);
	evtx_draft_init(&w->draft);
	buf_init(&w->values, VALUES_MOST);
	if (w->next == 0)
		w->next = 1;
	evtx_draft_begin(&w->draft, w->next);
	put_head(w, DIRTY);
}

enum err
evtx_write_end(struct evtx_write *w)
{
	if (w->draft.count > 0 || w->chunks == 0)
		put_chunk(w);
	put_head(w, 0);
	evtx_draft_free(&w->draft);
	buf_free(&w->values);
	return w->err;
}

/* ---- values */

static void
put_sid(struct buf *b, uint64_t number)
{
	static const uint8_t domain[] = { 1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0,
		                          1, 0, 0, 0, 2, 0, 0, 0, 3,  0, 0, 0 };
	static const uint8_t alone[] = { 1, 1, 0, 0, 0, 0, 0 };

	if (number > SYSTEM_RID) {
		buf_put(b, domain, sizeof domain);
	} else {
		buf_put(b, alone, sizeof alone);
		buf_u8(b, number == SYSTEM_RID ? 5 : 0);
	}
	buf_le32(b, (uint32_t)number);
}

static void
put_guid(struct buf *b, const uint8_t *guid)
{
	if (guid)
		buf_put(b, guid, EVTX_GUID_LEN);
	else
		buf_zero(b, EVTX_GUID_LEN);
}

static void
put_value(struct buf *b, enum evtx_kind kind, struct evtx_value v)
{
	switch (kind) {
	case EVTX_AS_TEXT: buf_utf16(b, v.text); return;
	case EVTX_AS_U8: buf_u8(b, (uint8_t)v.number); return;
	case EVTX_AS_U16: buf_le16(b, (uint16_t)v.number); return;
	case EVTX_AS_U32:
	case EVTX_AS_HEX32: buf_le32(b, (uint32_t)v.number); return;
	case EVTX_AS_U64:
	case EVTX_AS_TIME:
	case EVTX_AS_HEX64: buf_le64(b, v.number); return;
	case EVTX_AS_SID: put_sid(b, v.number); return;
	case EVTX_AS_GUID: put_guid(b, v.guid); return;
	case EVTX_AS_NOTHING:
	case EVTX_AS_XML: return;
	}
}

static void
add_to_table(struct evtx_write *w, size_t len, enum evtx_kind kind)
{
	buf_le16(&w->draft.bytes, (uint16_t)len);
	buf_le16(&w->draft.bytes, (uint16_t)kind);
}

static void
add_value(struct evtx_write *w, enum evtx_kind kind, struct evtx_value v)
{
	size_t from = w->values.len;

	put_value(&w->values, kind, v);
	add_to_table(w, w->values.len - from, kind);
}

static void
begin_values(struct evtx_write *w, size_t count)
{
	buf_clear(&w->values);
	buf_le32(&w->draft.bytes, (uint32_t)count);
}

static void
end_values(struct evtx_write *w)
{
	w->draft.bytes.bad |= w->values.bad;
	buf_put(&w->draft.bytes, w->values.at, w->values.len);
}

/* ---- records */

/* The last one, the event's own data, has its length when it is there. */
static size_t
put_commons(struct evtx_write *w, const struct evtx_order *order)
{
	static const uint8_t kinds[EVTX_COMMONS] = {
		[EVTX_LEVEL] = EVTX_AS_U8,           [EVTX_OPCODE] = EVTX_AS_U8,
		[EVTX_TASK] = EVTX_AS_U16,           [EVTX_ID] = EVTX_AS_U16,
		[EVTX_KEYWORDS] = EVTX_AS_HEX64,     [EVTX_TIME] = EVTX_AS_TIME,
		[EVTX_PROCESS] = EVTX_AS_U32,        [EVTX_THREAD] = EVTX_AS_U32,
		[EVTX_NUMBER] = EVTX_AS_U64,         [EVTX_VERSION] = EVTX_AS_U8,
		[EVTX_PROVIDER_GUID] = EVTX_AS_GUID, [EVTX_PROVIDER] = EVTX_AS_TEXT,
		[EVTX_CHANNEL] = EVTX_AS_TEXT,
	};
	const struct evtx_value values[EVTX_COMMONS] = {
		[EVTX_TASK] = { .number = order->form->task },
		[EVTX_ID] = { .number = order->form->id },
		[EVTX_KEYWORDS] = { .number = order->is_failure ? AUDIT_FAILURE
		                                                : AUDIT_SUCCESS },
		[EVTX_TIME] = { .number = order->time },
		[EVTX_PROCESS] = { .number = LSASS },
		[EVTX_THREAD] = { .number = THREAD },
		[EVTX_NUMBER] = { .number = w->next },
		[EVTX_PROVIDER] = { .text = PROVIDER },
		[EVTX_PROVIDER_GUID] = { .guid = provider_guid },
		[EVTX_CHANNEL] = { .text = "Security" },
	};

	begin_values(w, EVTX_COMMONS);
	for (size_t i = 0; i < EVTX_DATA; i++)
		add_value(w, kinds[i], values[i]);
	size_t length_at = w->draft.bytes.len;
	add_to_table(w, 0, EVTX_AS_XML);
	end_values(w);
	return length_at;
}

static bool
put_record(struct evtx_write *w, const struct evtx_order *order)
{
	struct buf *b = &w->draft.bytes;
	const struct evtx_form *form = order->form;

	evtx_draft_record(&w->draft, order->time);
	evtx_template_event(&w->draft, w->computer);
	size_t length_at = put_commons(w, order);
	size_t data_at = b->len;
	buf_put(b, STREAM_HEAD, 4);
	evtx_template_data(&w->draft, form);
	begin_values(w, form->count);
	for (size_t i = 0; i < form->count; i++)
		add_value(w, form->fields[i].kind, order->values[i]);
	end_values(w);
	buf_u8(b, 0); /* the data end */
	buf_patch_le16(b, length_at, (uint16_t)(b->len - data_at));
	return evtx_draft_record_end(&w->draft);
}

void
evtx_write_record(struct evtx_write *w, const struct evtx_order *order)
{
	if (w->err != OK)
		return;
	bool has_room = put_record(w, order);
	if (!has_room && w->draft.count > 0) {
		put_chunk(w);
		evtx_draft_begin(&w->draft, w->next);
		has_room = put_record(w, order);
	}
	if (!has_room && w->err == OK)
		w->err = ERR_LIMIT;
	w->next++;
}
