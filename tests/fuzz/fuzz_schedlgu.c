/* The Task Scheduler's log: no more entries than it has room for. */
#include <stdlib.h>

#include "format/schedlgu.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct schedlgu log;

	if (schedlgu_read(span_of(bytes, len), "rundll32.exe", &log) != HEARD)
		return 0;
	/* The shortest entry: "At1.job" (rundll32.exe) and the end of its line. */
	if (log.count > len / 48 + 1 || (log.count > 0) != (log.job[0] != '\0'))
		abort();
	return 0;
}
