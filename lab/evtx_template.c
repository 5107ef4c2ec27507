#include "lab/evtx_template.h"

#include <string.h>

#include "base/text.h"
#include "lab/dice.h"

#define MORE 0x40u
#define NO_GAP 0xffffu
#define ATTRIBUTES 2u
#define NAMESPACE "http://schemas.microsoft.com/win/2004/08/events/event"

enum token {
	TOKEN_ELEMENT = 0x01,
	TOKEN_CONTENT = 0x02, /* the start tag ends */
	TOKEN_EMPTY = 0x03,   /* and the element with it */
	TOKEN_END = 0x04,
	TOKEN_TEXT = 0x05,
	TOKEN_ATTRIBUTE = 0x06,
	TOKEN_GAP = 0x0d,
	TOKEN_OPTIONAL_GAP = 0x0e,
};

/* An element of System; of a kind where its content is a value. */
struct element {
	const char *name;
	uint16_t value;
	enum evtx_kind kind;
	struct {
		const char *name;
		uint16_t value;
		enum evtx_kind kind;
	} attributes[ATTRIBUTES];
};

static const struct element before_computer[] = {
	{ "Provider",
	  NO_GAP,
	  EVTX_AS_NOTHING,
	  { { "Name", EVTX_PROVIDER, EVTX_AS_TEXT },
	    { "Guid", EVTX_PROVIDER_GUID, EVTX_AS_GUID } } },
	{ "EventID",
	  EVTX_ID,
	  EVTX_AS_U16,
	  { { "Qualifiers", EVTX_QUALIFIERS, EVTX_AS_U16 } } },
	{ "Version", EVTX_VERSION, EVTX_AS_U8, { { 0 } } },
	{ "Level", EVTX_LEVEL, EVTX_AS_U8, { { 0 } } },
	{ "Task", EVTX_TASK, EVTX_AS_U16, { { 0 } } },
	{ "Opcode", EVTX_OPCODE, EVTX_AS_U8, { { 0 } } },
	{ "Keywords", EVTX_KEYWORDS, EVTX_AS_HEX64, { { 0 } } },
	{ "TimeCreated",
	  NO_GAP,
	  EVTX_AS_NOTHING,
	  { { "SystemTime", EVTX_TIME, EVTX_AS_TIME } } },
	{ "EventRecordID", EVTX_NUMBER, EVTX_AS_U64, { { 0 } } },
	{ "Correlation",
	  NO_GAP,
	  EVTX_AS_NOTHING,
	  { { "ActivityID", EVTX_ACTIVITY, EVTX_AS_GUID },
	    { "RelatedActivityID", EVTX_RELATED, EVTX_AS_GUID } } },
	{ "Execution",
	  NO_GAP,
	  EVTX_AS_NOTHING,
	  { { "ProcessID", EVTX_PROCESS, EVTX_AS_U32 },
	    { "ThreadID", EVTX_THREAD, EVTX_AS_U32 } } },
	{ "Channel", EVTX_CHANNEL, EVTX_AS_TEXT, { { 0 } } },
};

static const struct element behind_computer = {
	"Security", NO_GAP, EVTX_AS_NOTHING, { { "UserID", EVTX_USER, EVTX_AS_SID } }
};

/* ---- tokens */

static size_t
begin_length(struct evtx_draft *d)
{
	buf_le32(&d->bytes, 0);
	return d->bytes.len;
}

static void
end_length(struct evtx_draft *d, size_t begun)
{
	buf_patch_le32(&d->bytes, begun - 4, (uint32_t)(d->bytes.len - begun));
}

/* `needs` is the value without which the element is not. */
static size_t
put_element(struct evtx_draft *d, unsigned token, const char *name, uint16_t needs)
{
	buf_u8(&d->bytes, (uint8_t)token);
	buf_le16(&d->bytes, needs);
	size_t begun = begin_length(d);
	evtx_draft_name(d, name);
	return begun;
}

static void
put_end(struct evtx_draft *d, size_t begun)
{
	buf_u8(&d->bytes, TOKEN_END);
	end_length(d, begun);
}

static void
put_attribute(struct evtx_draft *d, unsigned token, const char *name)
{
	buf_u8(&d->bytes, (uint8_t)token);
	evtx_draft_name(d, name);
}

static void
put_text(struct evtx_draft *d, const char *text)
{
	buf_u8(&d->bytes, TOKEN_TEXT);
	buf_u8(&d->bytes, EVTX_AS_TEXT);
	size_t length_at = d->bytes.len;
	buf_le16(&d->bytes, 0);
	buf_utf16(&d->bytes, text);
	buf_patch_le16(&d->bytes, length_at,
	               (uint16_t)((d->bytes.len - length_at - 2) / 2));
}

static void
put_gap(struct evtx_draft *d, enum token token, uint16_t value, enum evtx_kind kind)
{
	buf_u8(&d->bytes, (uint8_t)token);
	buf_le16(&d->bytes, value);
	buf_u8(&d->bytes, (uint8_t)kind);
}

/* ---- what all events have */

static void
put_attributes(struct evtx_draft *d, const struct element *e)
{
	size_t begun = begin_length(d);

	for (size_t i = 0; i < ATTRIBUTES && e->attributes[i].name; i++) {
		bool more = i + 1 < ATTRIBUTES && e->attributes[i + 1].name;

		put_attribute(d, TOKEN_ATTRIBUTE | (more ? MORE : 0),
		              e->attributes[i].name);
		put_gap(d, TOKEN_OPTIONAL_GAP, e->attributes[i].value,
		        e->attributes[i].kind);
	}
	end_length(d, begun);
}

static void
put_of_system(struct evtx_draft *d, const struct element *e)
{
	bool has = e->attributes[0].name;
	size_t begun = put_element(d, TOKEN_ELEMENT | (has ? MORE : 0), e->name,
	                           e->value);

	if (has)
		put_attributes(d, e);
	if (e->value == NO_GAP) {
		buf_u8(&d->bytes, TOKEN_EMPTY);
		end_length(d, begun);
		return;
	}
	buf_u8(&d->bytes, TOKEN_CONTENT);
	put_gap(d, TOKEN_OPTIONAL_GAP, e->value, e->kind);
	put_end(d, begun);
}

static void
put_system(struct evtx_draft *d, const char *computer)
{
	size_t system = put_element(d, TOKEN_ELEMENT, "System", NO_GAP);

	buf_u8(&d->bytes, TOKEN_CONTENT);
	for (size_t i = 0; i < sizeof before_computer / sizeof before_computer[0]; i++)
		put_of_system(d, &before_computer[i]);
	size_t begun = put_element(d, TOKEN_ELEMENT, "Computer", NO_GAP);
	buf_u8(&d->bytes, TOKEN_CONTENT);
	put_text(d, computer);
	put_end(d, begun);
	put_of_system(d, &behind_computer);
	put_end(d, system);
}

/* Any will do that no other template has. */
static void
make_guid(uint64_t seed, uint8_t guid[EVTX_GUID_LEN])
{
	for (size_t i = 0; i < EVTX_GUID_LEN; i++)
		guid[i] = (uint8_t)(dice_mix(seed + i / 8) >> 8 * (i % 8));
}

void
evtx_template_event(struct evtx_draft *d, const char *computer)
{
	uint8_t guid[EVTX_GUID_LEN];
	uint64_t seed = 1;

	for (const char *c = computer; *c; c++)
		seed = dice_mix(seed + (uint8_t)*c);
	make_guid(seed, guid);
	size_t definition = evtx_draft_template(d, guid);
	if (definition == 0)
		return;
	size_t event = put_element(d, TOKEN_ELEMENT | MORE, "Event", NO_GAP);
	size_t attributes = begin_length(d);
	put_attribute(d, TOKEN_ATTRIBUTE, "xmlns");
	put_text(d, NAMESPACE);
	end_length(d, attributes);
	buf_u8(&d->bytes, TOKEN_CONTENT);
	put_system(d, computer);
	put_gap(d, TOKEN_OPTIONAL_GAP, EVTX_DATA, EVTX_AS_XML);
	put_end(d, event);
	evtx_draft_template_end(d, definition);
}

/* ---- what an event has for itself */

static void
put_data(struct evtx_draft *d, const struct evtx_field *field, uint16_t value)
{
	size_t begun = put_element(d, TOKEN_ELEMENT | MORE, "Data", NO_GAP);
	size_t attributes = begin_length(d);

	put_attribute(d, TOKEN_ATTRIBUTE, "Name");
	put_text(d, field->name);
	end_length(d, attributes);
	buf_u8(&d->bytes, TOKEN_CONTENT);
	put_gap(d, TOKEN_GAP, value, field->kind);
	put_end(d, begun);
}

void
evtx_template_data(struct evtx_draft *d, const struct evtx_form *form)
{
	uint8_t guid[EVTX_GUID_LEN];

	make_guid(dice_mix(form->id), guid);
	size_t definition = evtx_draft_template(d, guid);
	if (definition == 0)
		return;
	size_t begun = put_element(d, TOKEN_ELEMENT, "EventData", NO_GAP);
	buf_u8(&d->bytes, TOKEN_CONTENT);
	for (size_t i = 0; i < form->count; i++)
		put_data(d, &form->fields[i], (uint16_t)i);
	put_end(d, begun);
	evtx_draft_template_end(d, definition);
}
