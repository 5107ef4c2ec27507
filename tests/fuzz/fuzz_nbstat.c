/* A node status answer: the names that come out have an end. */
#include <stdlib.h>
#include <string.h>

#include "wire/nbss.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct nbstat n;
	struct span whole = span_of(bytes, len);
	struct span s = whole;
	uint16_t id = span_be16(&s);

	if (nbstat_read(whole, id, &n) != HEARD)
		return 0;
	if (strlen(n.server) > 15 || strlen(n.computer) > 15 || strlen(n.group) > 15)
		abort();
	return 0;
}
