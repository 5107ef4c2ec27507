/* Whole SMB2 conversations: it is heard, or there is a reason why not. */
#include "steps.h"
#include "wire/smb2_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span input = span_of(bytes, len);
	uint8_t choice = span_u8(&input);
	struct smb_ask ask = { .netbios = choice & 1, .called = "*SMBSERVER" };
	struct smb2_story story = { .only_311 = choice & 2 };
	struct talk t;

	smb2_talk_init(&t, &story, &ask);
	carry(&t, input);
	if (!story.heard && story.reason == REASON_NONE)
		abort();
	talk_free(&t);
	return 0;
}
