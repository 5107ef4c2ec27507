/* A reply to the P2P probe, as a datagram and as a stream in pieces. */
#include "steps.h"
#include "wire/p2p_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span input = span_of(bytes, len);
	struct p2p_story story = { .probe = p2p_probe_make(P2P_TCP, 0) };
	struct p2p_probe udp = p2p_probe_make(P2P_UDP, 0);
	struct p2p_answer answer;
	struct talk t;

	if (p2p_judge(&udp, input, &answer) != P2P_VALID && answer.has_system)
		abort();
	p2p_talk_init(&t, &story);
	carry(&t, input);
	talk_free(&t);
	if (story.answered != (story.class != 0))
		abort();
	return 0;
}
