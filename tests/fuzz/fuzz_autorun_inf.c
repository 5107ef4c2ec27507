/* autorun.inf, and the command lines in it. */
#include <stdlib.h>
#include <string.h>

#include "format/autorun_inf.h"
#include "look/recycler.h"
#include "look/rundll.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct autorun_inf inf = autorun_inf_of(span_of(bytes, len));
	struct autorun_line line;
	struct rundll_call call;
	struct recycler_target target;
	size_t lines = 0;

	while (autorun_inf_next(&inf, &line)) {
		if (strlen(line.value) >= sizeof line.value || ++lines > len)
			abort();
		if (rundll_call_read(line.value, &call) &&
		    recycler_target_read(call.target, &target) &&
		    (strstr(target.path, "\\..\\") || strchr(target.path, '/')))
			abort();
	}
	(void)autorun_inf_is_noise(&inf, len);
	return 0;
}
