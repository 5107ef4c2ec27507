/*
 * What the chapters of the .evtx reader share.
 *
 * An event is a tree of XML elements in a binary form, a stream of tokens.  Most of
 * the tree is in a template definition, which stands once in a chunk; a record names
 * it and brings the values for its gaps, and one of them is usually a stream of its
 * own with a template again.  Three ways lead from there to the same fields:
 *
 *  - the walk (evtx_walk.c) goes through tokens and fills fields as it meets them;
 *  - through a definition it can also go without values, and writes down which gap
 *    is which field: its shape (evtx_shape.c).  From then on a record is a look into
 *    its table of values;
 *  - what has no shape (text in pieces, names that are values themselves, more
 *    definitions than are remembered) is walked with the values at hand.
 *
 * Streams inside of streams are not followed at once: they wait in a list, so that
 * nothing calls itself, and those of an event that nobody wants are never opened.
 */
#ifndef FORMAT_EVTX_PARTS_H
#define FORMAT_EVTX_PARTS_H

#include "format/evtx.h"

#define EVTX_NESTING_MOST 64u
#define EVTX_LEVELS_MOST 8u
#define EVTX_VALUES_MOST 1024u
#define EVTX_NAME_MOST 1024u /* characters */
#define EVTX_PENDING_MOST 16u
#define EVTX_SHAPES_MOST 128u
#define EVTX_SOURCES_MOST 1024u
#define EVTX_SOURCES_OF_ONE 64u /* every field once, and some more */
#define EVTX_HASHED 512u        /* more than twice the shapes */
#define EVTX_KEPT_MOST 16u      /* shapes of chunks before */
#define EVTX_KEPT_BYTES 8192u   /* that one of these is made of: Windows has 4 KB */
#define EVTX_NAMES_MOST 128u    /* in one of them: Windows has 70 */
#define EVTX_STEPS_PER_BYTE 16u /* of a record */
#define EVTX_STEPS_OF_DEFINITIONS (4u * EVTX_CHUNK)

enum evtx_type {
	EVTX_NULL = 0x00,
	EVTX_STRING = 0x01,
	EVTX_FILETIME = 0x11,
	EVTX_SYSTEMTIME = 0x12,
	EVTX_STREAM = 0x21,
	EVTX_STRINGS = 0x81, /* with a zero between them */
};

enum evtx_token {
	TOKEN_STREAM_END,
	TOKEN_ELEMENT,
	TOKEN_START_CLOSED,
	TOKEN_EMPTY_CLOSED,
	TOKEN_ELEMENT_END,
	TOKEN_VALUE,
	TOKEN_ATTRIBUTE,
	TOKEN_CDATA,
	TOKEN_CHARACTER,
	TOKEN_ENTITY,
	TOKEN_INSTRUCTION,
	TOKEN_INSTRUCTION_TEXT,
	TOKEN_TEMPLATE,
	TOKEN_GAP,
	TOKEN_OPTIONAL_GAP,
	TOKEN_STREAM_HEAD,
	TOKENS
};

/* Where in the tree. */
enum evtx_place {
	PLACE_OTHER, /* nothing below matters */
	PLACE_ROOT,
	PLACE_EVENT,
	PLACE_SYSTEM,
	PLACE_EVENT_DATA,
	PLACE_PROVIDER,
	PLACE_ID,
	PLACE_KEYWORDS,
	PLACE_TIME,
	PLACE_CHANNEL,
	PLACE_COMPUTER,
	PLACE_DATA,
};

enum evtx_field {
	FIELD_NONE,
	FIELD_PROVIDER,
	FIELD_ID,
	FIELD_KEYWORDS,
	FIELD_TIME,
	FIELD_CHANNEL,
	FIELD_COMPUTER,
	FIELD_USER,
	FIELD_DOMAIN,
	FIELD_WORKSTATION,
	FIELD_ADDRESS,
	FIELD_PORT,
	FIELD_LOGON_TYPE,
	FIELD_LOGON_PROCESS,
	FIELD_PROGRAM,
	FIELD_PROCESS_ID,
	FIELD_SUBJECT,
	FIELD_SERVER,
	FIELD_STATUS,
	FIELD_SUBSTATUS,
	FIELD_UNNAMED, /* and those behind it, by their position */
	FIELDS = FIELD_UNNAMED + 24,
	FIELD_NAME,   /* not kept: it tells which field a Data element is */
	FIELD_STREAM, /* nor this: what is in there has fields */
};

/* Small, as it is handed around for every field of every record. */
struct evtx_value {
	const uint8_t *at;
	uint32_t len; /* 0: not there */
	uint8_t type;
};

/* What fills a field: the value of a gap, or text that is in the definition. */
struct evtx_source {
	struct evtx_value literal; /* without any: of the gap */
	uint16_t gap;
	uint8_t field;
	uint8_t place; /* of a stream */
};

struct evtx_shape {
	uint32_t id;
	uint32_t definition; /* where it stands in the chunk */
	uint8_t place;       /* where in the tree it is used */
	bool is_bad;
	bool is_direct;        /* has no shape: is to be walked with the values */
	uint16_t first, count; /* of its sources */
};

/* The names that the walk through a definition has read, in order: from where the
 * definition begins on to where it says where each of them stands. */
struct evtx_names {
	size_t count; /* more than there is room for: they are not known */
	struct evtx_name {
		uint16_t at;
		bool is_here; /* it stands behind that */
	} at[EVTX_NAMES_MOST];
};

/*
 * A shape, with all the bytes that it was made of.  Where a definition has the same
 * ones, wherever it stands, it is the shape of that one as well.
 */
struct evtx_kept {
	struct evtx_shape shape;
	struct evtx_names names;
	size_t definition_len; /* 0: nothing is kept here */
	size_t len;
	uint8_t bytes[EVTX_KEPT_BYTES]; /* of the definition, and of names elsewhere */
	struct evtx_source sources[EVTX_SOURCES_OF_ONE];
	uint16_t literal_at[EVTX_SOURCES_OF_ONE]; /* from where the definition begins */
};

struct evtx_instance {
	uint32_t id;
	uint32_t definition;
	size_t count;
	struct span table;  /* of the values: two bytes length, type, zero */
	struct span values; /* one after the other */
};

enum evtx_verdict {
	EVTX_UNKNOWN, /* as yet */
	EVTX_UNWANTED,
	EVTX_WANTED,
};

struct evtx_about {
	enum log_provider provider; /* 0: none of them */
	uint32_t id;
	enum evtx_verdict verdict;
};

struct evtx_pending {
	struct span stream;
	uint8_t place;
	uint8_t level;
};

struct evtx {
	log_event_seen seen;
	void *with;
	struct span chunk;
	uint64_t offset;
	struct log_tally *tally;

	/* Of the chunk. */
	size_t definition_steps; /* left */
	size_t shapes_most;      /* EVTX_SHAPES_MOST, but for tests */
	size_t shape_count, source_count;
	uint8_t shape_at[EVTX_HASHED]; /* its number and 1; 0: none */
	struct evtx_shape shapes[EVTX_SHAPES_MOST];
	struct evtx_source sources[EVTX_SOURCES_MOST];
	struct evtx_names names; /* of the shape that is being made */
	struct evtx_value provider_text, channel_text; /* that were looked at last, */
	enum log_provider provider;                    /* and whose that is */

	/* Of chunks before. */
	size_t kept_next;
	struct evtx_kept kept[EVTX_KEPT_MOST];

	/* Of the record. */
	bool is_recovered;
	size_t steps; /* left */
	uint8_t level;
	struct evtx_about about;
	size_t pending_count;
	struct evtx_pending pending[EVTX_PENDING_MOST];
	size_t filled; /* one past the last field that was filled */
	struct evtx_value field[FIELDS];
	size_t joined_len;
	uint8_t joined[EVTX_CHUNK]; /* text that came in pieces */

	/* Of the template instance. */
	struct evtx_instance instance;
	uint32_t value_at[EVTX_VALUES_MOST]; /* where each begins */
};

/* Of a span that is known to reach so far.  Through a pointer, as compilers then see
 * that it is a single load. */
static inline uint16_t
evtx_le16_at(struct span s, size_t offset)
{
	const uint8_t *b = s.at + offset;

	return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t
evtx_le32_at(struct span s, size_t offset)
{
	const uint8_t *b = s.at + offset;

	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	       (uint32_t)b[3] << 24;
}

static inline uint64_t
evtx_le64_at(struct span s, size_t offset)
{
	return evtx_le32_at(s, offset) | (uint64_t)evtx_le32_at(s, offset + 4) << 32;
}

static inline struct evtx_value
evtx_value_of(struct span s, uint8_t type)
{
	return (struct evtx_value){ s.at, s.bad ? 0 : (uint32_t)s.left, type };
}

static inline struct span
evtx_span(struct evtx_value v)
{
	return (struct span){ .at = v.at, .left = v.len };
}

/* What fills a gap; without any bytes where nothing does. */
static inline struct evtx_value
evtx_value(const struct evtx_instance *i, const uint32_t *value_at, size_t gap)
{
	if (gap >= i->count)
		return (struct evtx_value){ 0 };
	return (struct evtx_value){ &i->values.at[value_at[gap]],
		                    evtx_le16_at(i->table, 4 * gap),
		                    i->table.at[4 * gap + 2] };
}

/* Where it begins in the chunk, of which it is a part. */
static inline size_t
evtx_position(const struct evtx *e, struct span s)
{
	return (size_t)(s.at - e->chunk.at);
}

/* The first one stays. */
static inline void
evtx_fill(struct evtx *e, uint8_t field, struct evtx_value v)
{
	if (e->field[field].len > 0 || v.type == EVTX_NULL)
		return;
	e->field[field] = v;
	if (field >= e->filled)
		e->filled = field + 1u;
}

/* evtx_shape.c: fills the fields with what is in a record, or in a stream of one. */
bool evtx_record_decode(struct evtx *e, struct span binxml);

/* What stands behind the token of a template, and where each of its values begins. */
bool evtx_instance_read(struct span *s, size_t position, struct evtx_instance *out,
                        uint32_t value_at[EVTX_VALUES_MOST]);

/* A template's definition, from behind the place of the next one on. */
struct span evtx_definition(const struct evtx *e, uint32_t at);

/* evtx_kept.c: the same shape as in a chunk before.  False: it has to be made. */
bool evtx_recall(struct evtx *e, uint32_t definition, uint8_t place);
void evtx_remember(struct evtx *e, const struct evtx_shape *);

/* For later.  False: too many, or too deep. */
bool evtx_pend(struct evtx *e, struct span stream, uint8_t place);

/* evtx_walk.c: the tokens of a stream.  With a shape: notes down what comes from
 * where; else fills the fields, out of the values of `e` where there are gaps. */
struct evtx_way {
	struct span stream;
	uint8_t place;
	bool is_definition;
	struct evtx_shape *shape;
};
bool evtx_walk(struct evtx *e, struct evtx_way way);

/* evtx_words.c: what the names in the tree mean. */
bool evtx_is_word(struct span utf16, const char *word);
uint8_t evtx_place_below(uint8_t place, struct span name);
bool evtx_place_is_open(uint8_t place); /* are there places below? */
uint8_t evtx_field_of_text(uint8_t place);
uint8_t evtx_field_of_attribute(uint8_t place, struct span name);
uint8_t evtx_field_of_data(struct span name);

/* Of an entity; empty where nobody knows it. */
struct span evtx_entity(struct span name);

/* evtx_event.c: what the fields say. */
struct evtx_about evtx_about(struct evtx *e);
uint64_t evtx_time(const struct evtx *e);               /* 0: it says none */
void evtx_event(struct evtx *e, struct log_event *out); /* all but what is known */

#endif
