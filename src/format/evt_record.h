/*
 * One record of a log (format/evt.h), and the texts in it.
 */
#ifndef FORMAT_EVT_RECORD_H
#define FORMAT_EVT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "format/evt_bytes.h"
#include "format/log_event.h"

#define EVT_NAMES_AT 56 /* the names of source and computer, behind the fixed part */
#define EVT_STRINGS_MOST 256
#define EVT_STEP_UNITS 32 /* that are looked at together */

/* Strings that stand one behind the other, each with a zero. */
struct evt_strings {
	struct span in;
	size_t count;
	/* Where in it they begin and end, by their number, from 1; number 0 is empty.
	 * There may be more than are counted. */
	uint32_t begin[1 + EVT_STRINGS_MOST + EVT_STEP_UNITS + 1];
	uint32_t end[1 + EVT_STRINGS_MOST + EVT_STEP_UNITS];
};

/* One of those that are counted, by its number. */
static inline struct span
evt_string(const struct evt_strings *s, size_t number)
{
	return (struct span){ .at = s->in.at + s->begin[number],
		              .left = s->end[number] - s->begin[number] };
}

/* From the fixed part; the bytes are a record whose length is sound. */
static inline uint32_t
evt_record_number(struct span record)
{
	return evt_u32(record, 8);
}

/* When it was generated: FILETIME. */
static inline uint64_t
evt_record_time(struct span record)
{
	const uint64_t from_1601 = 11644473600u; /* seconds to 1970 */

	return (evt_u32(record, 12) + from_1601) * 10000000u;
}

/* All 32 bits. */
static inline uint32_t
evt_record_id(struct span record)
{
	return evt_u32(record, 20);
}

/* Does it come from the source "Security", in whatever case?  Only letters of the other
 * case are mistaken for a letter by way of that bit. */
static inline bool
evt_record_is_security(struct span record)
{
	const uint64_t lower_case = 0x0020002000200020u;
	const uint64_t secu = 0x0075006300650073u;
	const uint64_t rity = 0x0079007400690072u;

	return (evt_u64(record, EVT_NAMES_AT) | lower_case) == secu &&
	       (evt_u64(record, EVT_NAMES_AT + 8) | lower_case) == rity &&
	       evt_u16(record, EVT_NAMES_AT + 16) == 0;
}

/* The computer's name, if it does; false: it does not end in the record. */
bool evt_record_computer(struct span record, struct span *name);

/* The names of its source and of the computer; false: they do not end in it. */
bool evt_record_names(struct span record, struct evt_strings *names);

/* False: they are too many, or do not all end in the record. */
bool evt_record_strings(struct span record, struct evt_strings *);

/* What a record of the source "Security" says; false: it cannot be decoded. */
bool evt_record_event(struct span record, struct log_event *out);

/* Of one the part that its strings say, wherever they come from; all else stays. */
bool evt_strings_event(uint32_t id, const struct evt_strings *, struct log_event *out);

#endif
