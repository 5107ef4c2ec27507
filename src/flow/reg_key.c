/* What is in a key of the registry. */
#include <string.h>

#include "base/text.h"
#include "flow/machine.h"

void
reg_key_free(struct reg_key *k)
{
	buf_free(&k->memory);
	*k = (struct reg_key){ .value_count = 0 };
}

const struct reg_value *
reg_value(const struct reg_key *k, const char *name)
{
	for (size_t i = 0; i < k->value_count; i++) {
		if (text_same(k->values[i].name, name))
			return &k->values[i];
	}
	return NULL;
}

bool
reg_has_subkey(const struct reg_key *k, const char *name)
{
	for (size_t i = 0; i < k->subkey_count; i++) {
		if (text_same(k->subkeys[i], name))
			return true;
	}
	return false;
}

bool
reg_u32(const struct reg_value *v, uint32_t *out)
{
	if (!v || v->type != REG_TYPE_DWORD || v->bytes.left != 4)
		return false;
	struct span s = v->bytes;
	*out = span_le32(&s);
	return true;
}

/* One string of UTF-16, up to its zero unit or the end; false where it was cut. */
static bool
take_string(struct span *rest, char *to, size_t room)
{
	size_t len = 0;
	bool whole = true;

	while (rest->left >= 2) {
		struct span unit = *rest;
		char bytes[4];
		size_t count = text_put(bytes, text_next_utf16(rest));

		if (span_le16(&unit) == 0)
			break;
		whole = whole && len + count < room;
		if (whole) {
			memcpy(to + len, bytes, count);
			len += count;
		}
	}
	to[len] = '\0';
	return whole;
}

bool
reg_text(const struct reg_value *v, char *to, size_t room)
{
	if (!v || (v->type != REG_TYPE_SZ && v->type != REG_TYPE_EXPAND_SZ))
		return false;
	struct span rest = v->bytes;
	return take_string(&rest, to, room);
}

bool
reg_multi_next(struct span *rest, char *to, size_t room)
{
	to[0] = '\0';
	/* Nothing but terminators, however many of them. */
	if (rest->left < 2 || span_is_zero(*rest))
		return false;
	(void)take_string(rest, to, room);
	return true;
}
