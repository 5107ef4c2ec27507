#include "evtx_made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define TEMPLATE_ID 0x11223344u

const struct made_system made_4625 = {
	.provider = "Microsoft-Windows-Security-Auditing",
	.id = "4625",
	.keywords = "0x8010000000000000",
	.time = "2021-05-03T08:58:25.921033600Z",
	.channel = "Security",
	.computer = "WARD-3",
};

void
told_init(struct told *t)
{
	*t = (struct told){ .at = calloc(TOLD_MOST, sizeof *t->at), .heard = HEARD };
	assert_non_null(t->at);
}

void
told_free(struct told *t)
{
	free(t->at);
}

static void
note(void *with, const struct log_event *e)
{
	struct told *t = with;

	assert_true(t->count < TOLD_MOST);
	struct told_event *to = &t->at[t->count++];
	to->event = *e;
	for (size_t i = 0; i < LOG_TEXTS; i++) {
		(void)text_from_utf16(e->text[i], to->text[i], TOLD_ROOM);
		to->event.text[i] = (struct span){ 0 };
	}
}

static void
read_chunk(struct told *t, struct evtx *e, struct span chunk, uint64_t offset)
{
	enum heard heard = evtx_chunk_read(e, chunk, offset, &t->tally);

	if (heard != HEARD && heard != HEARD_NOTHING)
		t->heard = heard;
}

void
told_chunk(struct told *t, struct span chunk, size_t shapes)
{
	struct evtx *e = evtx_new(note, t);

	assert_non_null(e);
	e->shapes_most = shapes;
	read_chunk(t, e, chunk, EVTX_HEAD);
	evtx_free(e);
}

void
told_file(struct told *t, struct span file, size_t shapes)
{
	struct evtx *e = evtx_new(note, t);
	struct evtx_head head;
	size_t whole = file.left;

	assert_non_null(e);
	e->shapes_most = shapes;
	assert_int_equal(evtx_head_read(span_cut(&file, EVTX_HEAD), &head), HEARD);
	while (file.left > 0) {
		size_t len = file.left < EVTX_CHUNK ? file.left : EVTX_CHUNK;
		uint64_t offset = whole - file.left;

		read_chunk(t, e, span_cut(&file, len), offset);
	}
	evtx_free(e);
}

bool
told_same(const struct told *a, const struct told *b)
{
	return a->count == b->count && a->heard == b->heard &&
	       memcmp(&a->tally, &b->tally, sizeof a->tally) == 0 &&
	       memcmp(a->at, b->at, a->count * sizeof *a->at) == 0;
}

void
made_begin(struct made *m)
{
	*m = (struct made){ 0 };
	buf_init(&m->b, EVTX_CHUNK + 1);
	buf_put(&m->b, "ElfChnk", 8);
	buf_zero(&m->b, 512 - 8);
}

void
made_free(struct made *m)
{
	buf_free(&m->b);
}

void
made_end(struct made *m, size_t room)
{
	buf_patch_le16(&m->b, 48, (uint16_t)m->b.len);
	buf_zero(&m->b, room);
	assert_false(m->b.bad);
}

void
made_record(struct made *m, uint64_t number)
{
	m->record = m->b.len;
	buf_le32(&m->b, 0x2a2a);
	buf_le32(&m->b, 0);
	buf_le64(&m->b, number);
	buf_le64(&m->b, 130000000000000000);
	made_token(m, TOKEN_STREAM_HEAD);
}

void
made_record_end(struct made *m)
{
	made_token(m, TOKEN_STREAM_END);
	uint16_t len = (uint16_t)(m->b.len + 4 - m->record);
	buf_patch_le16(&m->b, m->record + 4, len);
	buf_le32(&m->b, len);
}

/* Each time anew, at the place that its offset names. */
static void
put_name(struct made *m, const char *name)
{
	buf_le32(&m->b, (uint32_t)m->b.len + 4);
	buf_le32(&m->b, 0);
	buf_le16(&m->b, 0);
	buf_le16(&m->b, (uint16_t)strlen(name));
	buf_utf16(&m->b, name);
	buf_le16(&m->b, 0);
}

static void
put_element(struct made *m, const char *name, uint8_t token)
{
	buf_u8(&m->b, token);
	if (m->is_definition)
		buf_le16(&m->b, 0xffff);
	buf_le32(&m->b, 100);
	put_name(m, name);
}

void
made_open(struct made *m, const char *name)
{
	put_element(m, name, TOKEN_ELEMENT);
	made_token(m, TOKEN_START_CLOSED);
}

void
made_open_with(struct made *m, const char *name)
{
	put_element(m, name, TOKEN_ELEMENT | 0x40);
	buf_le32(&m->b, 100);
}

void
made_attribute(struct made *m, const char *name)
{
	made_token(m, TOKEN_ATTRIBUTE);
	put_name(m, name);
}

void
made_text(struct made *m, const char *text)
{
	made_token(m, TOKEN_VALUE);
	buf_u8(&m->b, EVTX_STRING);
	buf_le16(&m->b, (uint16_t)strlen(text));
	buf_utf16(&m->b, text);
}

void
made_entity(struct made *m, const char *name)
{
	made_token(m, TOKEN_ENTITY);
	put_name(m, name);
}

void
made_gap(struct made *m, uint16_t number, uint8_t type)
{
	made_token(m, TOKEN_OPTIONAL_GAP);
	buf_le16(&m->b, number);
	buf_u8(&m->b, type);
}

void
made_token(struct made *m, enum evtx_token token)
{
	buf_u8(&m->b, (uint8_t)token);
	if (token == TOKEN_STREAM_HEAD)
		buf_put(&m->b, "\1\1", 3);
}

void
made_leaf(struct made *m, const char *name, const char *text)
{
	made_open(m, name);
	made_text(m, text);
	made_token(m, TOKEN_ELEMENT_END);
}

void
made_mark(struct made *m, const char *name, const char *attribute, const char *text)
{
	made_open_with(m, name);
	made_attribute(m, attribute);
	made_text(m, text);
	made_token(m, TOKEN_EMPTY_CLOSED);
}

void
made_data(struct made *m, const char *name, const char *text)
{
	if (!name) {
		made_leaf(m, "Data", text);
		return;
	}
	made_open_with(m, "Data");
	made_attribute(m, "Name");
	made_text(m, name);
	made_token(m, TOKEN_START_CLOSED);
	made_text(m, text);
	made_token(m, TOKEN_ELEMENT_END);
}

size_t
made_template(struct made *m)
{
	made_token(m, TOKEN_TEMPLATE);
	buf_u8(&m->b, 1);
	buf_le32(&m->b, TEMPLATE_ID);
	m->definition = m->b.len + 4;
	buf_le32(&m->b, (uint32_t)m->definition);
	buf_le32(&m->b, 0);
	buf_le32(&m->b, TEMPLATE_ID);
	buf_zero(&m->b, 12);
	buf_le32(&m->b, 0);
	m->is_definition = true;
	made_token(m, TOKEN_STREAM_HEAD);
	return m->definition;
}

void
made_template_end(struct made *m)
{
	made_token(m, TOKEN_STREAM_END);
	m->is_definition = false;
	buf_patch_le16(&m->b, m->definition + 20,
	               (uint16_t)(m->b.len - m->definition - 24));
}

void
made_values(struct made *m, const uint16_t (*len_and_type)[2], size_t count)
{
	buf_le32(&m->b, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		buf_le16(&m->b, len_and_type[i][0]);
		buf_le16(&m->b, len_and_type[i][1]);
	}
}

void
made_instance(struct made *m, size_t definition)
{
	made_token(m, TOKEN_TEMPLATE);
	buf_u8(&m->b, 1);
	buf_le32(&m->b, TEMPLATE_ID);
	buf_le32(&m->b, (uint32_t)definition);
}

void
made_system(struct made *m, struct made_system s)
{
	made_open(m, "System");
	made_mark(m, "Provider", "Name", s.provider);
	made_leaf(m, "EventID", s.id);
	made_leaf(m, "Keywords", s.keywords);
	made_mark(m, "TimeCreated", "SystemTime", s.time);
	made_leaf(m, "Channel", s.channel);
	made_leaf(m, "Computer", s.computer);
	made_token(m, TOKEN_ELEMENT_END);
}

void
made_event(struct made *m, struct made_system s, const char *const (*data)[2],
           size_t count)
{
	made_record(m, 1);
	made_open(m, "Event");
	made_system(m, s);
	made_open(m, "EventData");
	for (size_t i = 0; i < count; i++)
		made_data(m, data[i][0], data[i][1]);
	made_token(m, TOKEN_ELEMENT_END);
	made_token(m, TOKEN_ELEMENT_END);
	made_record_end(m);
}
