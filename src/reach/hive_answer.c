/* Answers out of a hive's cage: trusted no more than the hive itself. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "reach/hive_talk.h"

#define VALUE_LEAST (4 + 4 + 1 + 4)
#define SUBKEY_LEAST (4 + 1)

static const struct {
	enum heard heard;
	const char *words;
} said[HIVE_SAID_COUNT] = {
	[HIVE_SAID_IT] = { HEARD, "" },
	[HIVE_SAID_NO_KEY] = { HEARD_NOTHING, "no such key" },
	[HIVE_SAID_EMPTY] = { HEARD_SHORT, "the file is empty; look for an older copy "
	                                   "of it" },
	[HIVE_SAID_SMALL] = { HEARD_SHORT, "the file is too small for a registry hive; "
	                                   "look for an older copy of it" },
	[HIVE_SAID_NO_HIVE] = { HEARD_ODD, "the file is no registry hive; look for an "
	                                   "older copy of it" },
	[HIVE_SAID_BASE] = { HEARD_ODD,
	                     "the first block of this registry hive is "
	                     "damaged, and no log beside it replaces it; look "
	                     "for an older copy of it" },
	[HIVE_SAID_VERSION] = { HEARD_ODD, "this registry hive is of a version that is "
	                                   "not known; look at it on its own Windows" },
	[HIVE_SAID_BINS] = { HEARD_ODD,
	                     "this registry hive is damaged inside; look for "
	                     "an older copy of it" },
	[HIVE_SAID_RECORD] = { HEARD_ODD, "the record of this key is damaged; look for "
	                                  "an older copy of the hive" },
	[HIVE_SAID_SUBKEYS] = { HEARD_ODD,
	                        "the list of its subkeys is damaged; look for "
	                        "an older copy of the hive" },
	[HIVE_SAID_TWINS] = { HEARD_ODD,
	                      "there are two keys of this name, which Windows "
	                      "does not allow; look at both with a registry "
	                      "editor" },
	[HIVE_SAID_VALUES] = { HEARD_ODD, "a value in it is damaged; look for an older "
	                                  "copy of the hive" },
	[HIVE_SAID_LONG] = { NOT_ASKED, "there is more in this key than the 16 MB that "
	                                "are read of one; look at it with a registry "
	                                "editor" },
	[HIVE_SAID_DEEP] = { NOT_ASKED, "it lies deeper than is followed here; look at "
	                                "it with a registry editor" },
	[HIVE_SAID_LONG_VALUE] = { NOT_ASKED, "it has, or is to have, a value of more "
	                                      "than 16,344 bytes, and such a key is "
	                                      "not changed here; change it with the "
	                                      "registry editor of its own Windows" },
	[HIVE_SAID_NAME] = { NOT_ASKED, "a name in it, or one that it is to have, "
	                                "cannot be written as it is; change it with "
	                                "the registry editor of its own Windows" },
	[HIVE_SAID_OF_ITS_OWN] = { NOT_ASKED, "Windows itself makes what is in it; "
	                                      "there is nothing to be changed here" },
	[HIVE_SAID_LIST] = { NOT_ASKED, "the list that it is in is of a kind that is "
	                                "not changed here; change it with the registry "
	                                "editor of its own Windows" },
	[HIVE_SAID_ROOT] = { NOT_ASKED, "the root of a hive is never deleted; name a "
	                                "key below it" },
	[HIVE_SAID_NOT_CHANGED] = { HEARD_ODD, "the registry library refuses to change "
	                                       "it, so the hive is damaged there; look "
	                                       "for an older copy of the hive" },
	[HIVE_SAID_NOT_WRITTEN] = { NOT_ASKED, "the changed copy could not be written "
	                                       "to memory; close other programs" },
	[HIVE_SAID_MEMORY] = { NOT_ASKED, "there was no memory to read it; close other "
	                                  "programs" },
};

const char *
hive_said_words(uint8_t byte)
{
	return byte < HIVE_SAID_COUNT ? said[byte].words : NULL;
}

enum heard
hive_said_heard(uint8_t byte)
{
	return hive_said_words(byte) ? said[byte].heard : HEARD_ODD;
}

bool
hive_opened_read(struct span s, struct hive_opened *out)
{
	*out = (struct hive_opened){ .logs = 0 };
	out->state.dirty = span_u8(&s) != 0;
	out->state.replayed = span_u8(&s) != 0;
	out->state.rebuilt = span_u8(&s) != 0;
	out->lost = span_u8(&s) != 0;
	out->logs = span_le32(&s);
	out->there = span_le64(&s);
	out->declared = span_le64(&s);
	return !s.bad && s.left == 0;
}

/* Whole characters of UTF-8 up to the one zero at the end. */
static bool
is_text(const char *name, size_t len)
{
	const char *at = name;

	while (*at) {
		const char *before = at;
		char bytes[4];
		size_t put = text_put(bytes, text_next(&at));

		if ((size_t)(at - before) != put || memcmp(before, bytes, put) != 0)
			return false;
	}
	return (size_t)(at - name) == len;
}

/* NULL where it is none. */
static const char *
name_next(struct span *s)
{
	uint32_t len = span_le32(s);
	struct span name = span_cut(s, (size_t)len + 1);

	if (name.bad || name.at[len] != 0 || !is_text((const char *)name.at, len)) {
		s->bad = true;
		return NULL;
	}
	return (const char *)name.at;
}

static struct span
bytes_next(struct span *s)
{
	uint32_t len = span_le32(s);

	return span_cut(s, len);
}

/* How many values and subkeys there are, by reading over them. */
struct counts {
	uint32_t values;
	uint32_t subkeys;
};

static bool
count(struct span s, struct counts *out)
{
	(void)span_le64(&s);
	(void)bytes_next(&s);
	out->values = span_le32(&s);
	if (out->values > s.left / VALUE_LEAST)
		return false;
	for (uint32_t i = 0; i < out->values && !s.bad; i++) {
		(void)span_le32(&s);
		(void)name_next(&s);
		(void)bytes_next(&s);
	}
	out->subkeys = span_le32(&s);
	if (out->subkeys > s.left / SUBKEY_LEAST)
		return false;
	for (uint32_t i = 0; i < out->subkeys && !s.bad; i++)
		(void)name_next(&s);
	return !s.bad && s.left == 0;
}

/* Of an answer that was counted, and that stays where it is. */
static void
point_at(struct span s, const struct counts *counts, struct reg_key *out)
{
	struct reg_value *values = (void *)out->memory.at;
	const char **subkeys = (void *)(values + counts->values);

	out->written_ms = when_from_filetime(span_le64(&s));
	out->has_security = true;
	out->security = bytes_next(&s);
	out->value_count = span_le32(&s);
	out->values = values;
	for (size_t i = 0; i < counts->values; i++) {
		values[i].type = span_le32(&s);
		values[i].name = name_next(&s);
		values[i].bytes = bytes_next(&s);
	}
	out->subkey_count = span_le32(&s);
	out->subkeys = subkeys;
	for (size_t i = 0; i < counts->subkeys; i++)
		subkeys[i] = name_next(&s);
}

enum heard
hive_key_answer_read(struct span answer, struct reg_key *out)
{
	struct counts counts;

	*out = (struct reg_key){ .value_count = 0 };
	if (!count(answer, &counts))
		return HEARD_ODD;
	size_t lists = counts.values * sizeof *out->values +
	               counts.subkeys * sizeof *out->subkeys;
	size_t whole = lists + answer.left;
	buf_init(&out->memory, whole);
	buf_zero(&out->memory, lists);
	buf_put(&out->memory, answer.at, answer.left);
	if (out->memory.bad) {
		reg_key_free(out);
		return NOT_ASKED;
	}
	point_at(span_at(buf_span(&out->memory), lists, answer.left), &counts, out);
	return HEARD;
}
