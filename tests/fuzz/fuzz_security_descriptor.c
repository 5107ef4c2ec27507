/* Who may do what with a file or a key, off somebody's disk. */
#include <stdlib.h>

#include "format/security_descriptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct security_descriptor d;

	if (security_descriptor_read(span_of(bytes, len), &d) != HEARD)
		return 0;
	/* Nobody gets what no entry gives. */
	if ((d.administrators & ~d.anybody) || d.entry_count > len / 4)
		abort();
	return 0;
}
