/* A program's head, its certificate table, and the content that is signed. */
#include "format/authenticode.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span whole = span_of(bytes, len);
	size_t first = len < AUTHENTICODE_HEAD ? len : AUTHENTICODE_HEAD;
	struct authenticode_digest d;
	struct authenticode a;
	struct span pkcs7;

	(void)authenticode_digest(whole, &d);
	(void)authenticode_pkcs7(whole, &pkcs7);
	if (authenticode_find(span_at(whole, 0, first), len, &a) == AUTHENTICODE_SIGNED)
		(void)authenticode_pkcs7(
		    span_at(whole, (size_t)a.table_at, a.table_len), &pkcs7);
	return 0;
}
