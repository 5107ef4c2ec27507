#include "reach/target_name.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool
take(const struct addrinfo *i, struct address *out)
{
	*out = (struct address){ 0 };
	if (i->ai_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)i->ai_addr;

		out->family = 4;
		memcpy(out->bytes, &in->sin_addr, 4);
	} else if (i->ai_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)i->ai_addr;

		out->family = 6;
		memcpy(out->bytes, &in6->sin6_addr, 16);
		out->scope = in6->sin6_scope_id;
	}
	return out->family != 0;
}

static size_t
take_family(const struct addrinfo *list, int family, struct address *out, size_t count)
{
	for (const struct addrinfo *i = list; i; i = i->ai_next) {
		if (i->ai_family == family && count < TARGET_NAME_ADDRESSES &&
		    take(i, &out[count]))
			count++;
	}
	return count;
}

static const char *
reason(int code)
{
	if (code == EAI_AGAIN)
		return "the name server did not answer; try again, or write the "
		       "address";
	if (code == EAI_SYSTEM)
		return strerror(errno);
	return "no such host; write its address, or see whether the name is right";
}

const char *
target_name_look_up(const char *name, struct address *out, size_t *count)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int code = getaddrinfo(name, NULL, &hints, &list);

	*count = 0;
	if (code != 0)
		return reason(code);
	*count = take_family(list, AF_INET, out, 0);
	*count = take_family(list, AF_INET6, out, *count);
	freeaddrinfo(list);
	return *count ? NULL : "the name has no address";
}
