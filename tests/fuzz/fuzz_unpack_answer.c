/* What the child says that unpacks, and that something packed has taken over. */
#include <stdlib.h>

#include "reach/log_known.h"
#include "reach/log_unpack_serve.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct unpack_answer a;

	if (unpack_answer_read(span_of(bytes, len), &a) &&
	    (a.bytes.bad || a.bytes.left >= len || a.bytes.left > UNPACK_PIECE))
		abort();
	struct log_known known = log_known(span_of(bytes, len));
	if (known.kind < LOG_IS_EVT || known.kind >= LOG_KINDS ||
	    (known.is_packed && known.kind != LOG_IS_NONE))
		abort();
	return 0;
}
