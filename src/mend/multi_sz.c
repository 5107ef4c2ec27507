#include "mend/multi_sz.h"

#include <stdlib.h>

#include "base/own.h"
#include "base/text.h"

/* Units of the next string with its terminator, which the end of the list may lack. */
static struct span
string_cut(struct span *list)
{
	struct span rest = *list;
	size_t len = 0;

	while (rest.left >= 2) {
		uint16_t unit = span_le16(&rest);

		len += 2;
		if (unit == 0)
			break;
	}
	return span_cut(list, len);
}

/* Without its terminator; half a surrogate pair equals nothing. */
static bool
is_string(struct span units, struct span wanted)
{
	struct span last = units;

	if (units.left >= 2) {
		(void)span_cut(&last, units.left - 2);
		if (span_le16(&last) == 0)
			units.left -= 2;
	}
	return units.left == wanted.left && span_is(units, wanted.at, wanted.left);
}

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

bool
multi_sz_without(struct span list, const char *string, struct buf *out)
{
	OWN(own_buf) struct buf wanted = { .len = 0 };
	bool found = false;

	buf_init(&wanted, 4096);
	buf_utf16(&wanted, string);
	if (wanted.bad || wanted.len == 0)
		return false;
	while (list.left >= 2) {
		struct span units = string_cut(&list);
		bool is = is_string(units, buf_span(&wanted));

		found = found || is;
		if (!is)
			buf_put(out, units.at, units.left);
	}
	buf_put(out, list.at, list.left); /* half a unit */
	return found;
}
