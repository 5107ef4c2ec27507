/* An SMB2 answer, read by both readers whatever it says it is. */
#include "wire/smb2.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct smb2_reply r;
	struct smb2_negotiated n;
	struct span blob;

	if (smb2_reply_read(span_of(bytes, len), &r) != HEARD)
		return 0;
	(void)smb2_negotiate_read(&r, &n);
	(void)smb2_session_read(&r, &blob);
	return 0;
}
