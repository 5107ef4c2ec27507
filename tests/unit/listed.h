/* The addresses of targets as text.  Include after cmocka.h. */
#ifndef TESTS_UNIT_LISTED_H
#define TESTS_UNIT_LISTED_H

#include <stdio.h>

#include "reach/targets.h"
#include "sys/address.h"

/* In order of their indices, with blanks between; frees the targets. */
static const char *
listed(struct targets *t)
{
	static char text[4096];
	char one[ADDRESS_ROOM];
	struct address a;
	size_t len = 0;

	text[0] = 0;
	for (uint64_t i = 0; i < targets_count(t); i++) {
		if (!targets_at(t, i, &a))
			continue;
		address_text(one, &a);
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
		                        len ? " " : "", one);
		assert_true(len < sizeof text);
	}
	targets_free(t);
	return text;
}

#endif
