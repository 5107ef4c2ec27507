/* An RPC answer in any number of fragments, and the stub in it. */
#include <stdlib.h>

#include "wire/dcerpc.h"
#include "wire/srvsvc.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct dcerpc_answer a;
	struct srvsvc_answer said;
	enum heard heard = dcerpc_answer_read(span_of(bytes, len), 3, &a);

	if (heard == HEARD_ODD && a.reason == REASON_NONE)
		abort();
	if (heard != HEARD || a.type != DCERPC_RESPONSE)
		return 0;
	size_t kept = a.stub_len < sizeof a.stub ? a.stub_len : sizeof a.stub;
	if (srvsvc_answer_read(span_of(a.stub, kept), &said) == HEARD &&
	    a.stub_len != 16)
		abort();
	return 0;
}
