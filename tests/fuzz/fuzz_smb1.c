/* An SMB1 answer, read by every reader whatever it says it is. */
#include "wire/smb1.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct smb1_reply r;
	struct smb1_negotiated n;
	struct smb1_session s;
	struct smb1_piece piece;
	struct span data;
	uint16_t number;

	if (smb1_reply_read(span_of(bytes, len), &r) != HEARD)
		return 0;
	(void)smb1_negotiate_read(&r, &n);
	(void)smb1_session_read(&r, &s);
	(void)smb1_create_read(&r, &number);
	(void)smb1_transact_read(&r, &piece);
	(void)smb1_write_read(&r, &number);
	(void)smb1_read_read(&r, &data);
	return 0;
}
