/*
 * Whole conversations: the first byte chooses the login and the transport.  Two
 * calls are heard, or there is a reason why not, and every call that is heard has
 * the one shape that is genuine.
 */
#include "steps.h"
#include "wire/smb_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check_call(const struct smb_call *c)
{
	if (c->heard == HEARD && (c->stub_len != 16 || c->max_count != 2))
		abort();
	if (c->heard != HEARD && c->heard != NOT_ASKED && c->reason == REASON_NONE)
		abort();
}

static void
check(const struct smb_heard *h, enum smb_login login)
{
	bool both = h->control.heard == HEARD && h->path.heard == HEARD;

	check_call(&h->control);
	check_call(&h->path);
	if (both != (h->reason == REASON_NONE) && login != SMB_CHALLENGE)
		abort();
	if ((h->reason != REASON_NONE) != (h->stage != NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span input = span_of(bytes, len);
	uint8_t choice = span_u8(&input);
	struct smb_account account = { "user", "domain", "password" };
	struct smb_ask ask = { .login = (enum smb_login)(choice % 5),
		               .netbios = choice & 8,
		               .called = "*SMBSERVER",
		               .account = &account };
	struct smb_story story;
	struct talk t;

	ask.server[0] = choice & 16 ? ':' : '1';
	smb_talk_init(&t, &story, &ask);
	carry(&t, input);
	check(&story.heard, ask.login);
	talk_free(&t);
	smb_story_free(&story);
	return 0;
}
