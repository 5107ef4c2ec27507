#include "sys/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static bool
read_v6(char *text, struct address *out)
{
	char *scope = strchr(text, '%');

	if (scope) {
		*scope++ = 0;
		out->scope = if_nametoindex(scope);
		if (out->scope == 0)
			return false;
	}
	out->family = 6;
	return inet_pton(AF_INET6, text, out->bytes) == 1;
}

bool
address_read(const char *text, struct address *out)
{
	char copy[ADDRESS_ROOM];
	size_t len = strlen(text);

	*out = (struct address){ 0 };
	if (len >= sizeof copy || len == 0)
		return false;
	if (text[0] == '[' && text[len - 1] == ']') {
		memcpy(copy, text + 1, len - 2);
		copy[len - 2] = 0;
		return read_v6(copy, out);
	}
	(void)text_copy(copy, sizeof copy, text);
	if (strchr(copy, ':'))
		return read_v6(copy, out);
	out->family = 4;
	return inet_pton(AF_INET, copy, out->bytes) == 1;
}

void
address_text(char out[ADDRESS_ROOM], const struct address *a)
{
	char name[IF_NAMESIZE];

	out[0] = 0;
	inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->bytes, out, ADDRESS_ROOM);
	if (a->scope && if_indextoname(a->scope, name)) {
		size_t len = strlen(out);
		snprintf(out + len, ADDRESS_ROOM - len, "%%%s", name);
	}
}
