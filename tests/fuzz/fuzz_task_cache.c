/* The registry's copy of what a task starts. */
#include <stdlib.h>

#include "format/task_cache.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct task_cache_action a;

	if (task_cache_read(span_of(bytes, len), &a) != HEARD)
		return 0;
	if (a.command.bad || a.arguments.bad || a.command.left + a.arguments.left > len)
		abort();
	return 0;
}
