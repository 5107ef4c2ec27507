/*
 * The templates of the records in a Security log: what all events have, and the names
 * and kinds of what each tells.
 */
#ifndef LAB_EVTX_TEMPLATE_H
#define LAB_EVTX_TEMPLATE_H

#include <stddef.h>
#include <stdint.h>

#include "lab/evtx_draft.h"

enum evtx_kind {
	EVTX_AS_NOTHING = 0x00,
	EVTX_AS_TEXT = 0x01,
	EVTX_AS_U8 = 0x04,
	EVTX_AS_U16 = 0x06,
	EVTX_AS_U32 = 0x08,
	EVTX_AS_U64 = 0x0a,
	EVTX_AS_GUID = 0x0f,
	EVTX_AS_TIME = 0x11,
	EVTX_AS_SID = 0x13,
	EVTX_AS_HEX32 = 0x14,
	EVTX_AS_HEX64 = 0x15,
	EVTX_AS_XML = 0x21,
};

/* The values of what all events have. */
enum evtx_common {
	EVTX_LEVEL,
	EVTX_OPCODE,
	EVTX_TASK,
	EVTX_ID,
	EVTX_QUALIFIERS,
	EVTX_KEYWORDS,
	EVTX_TIME,
	EVTX_ACTIVITY,
	EVTX_PROCESS,
	EVTX_THREAD,
	EVTX_NUMBER,
	EVTX_VERSION,
	EVTX_USER,
	EVTX_RELATED,
	EVTX_PROVIDER,
	EVTX_PROVIDER_GUID,
	EVTX_CHANNEL,
	EVTX_DATA, /* an instance of the event's own template */
	EVTX_COMMONS
};

struct evtx_field {
	const char *name;
	enum evtx_kind kind;
};

struct evtx_form {
	uint16_t id;
	uint16_t task;
	const struct evtx_field *fields;
	size_t count;
};

/* An instance with its definition, where it is the first; its values follow. */
void evtx_template_event(struct evtx_draft *, const char *computer);
void evtx_template_data(struct evtx_draft *, const struct evtx_form *);

#endif
