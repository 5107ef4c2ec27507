/*
 * A client of the lab: the first byte says of which kind of host, the second by
 * which door, the rest is what it sends.  A session takes whatever comes.
 */
#include <stdlib.h>

#include "lab/exchange.h"
#include "lab/netbios.h"
#include "lab/peer.h"
#include "lab/smb1.h"

#define OUT_MOST 32768

enum door { DOOR_SMB, DOOR_NETBIOS, DOOR_NBSTAT, DOOR_PEER_UDP, DOOR_PEER_TCP, DOORS };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct host
host_of(uint8_t byte)
{
	struct mix mix = { .count = 1, .weight = 1 };
	struct draw draw = { .seed = byte, .respond = 1, .mix = &mix };
	struct address at = { .family = 4, .bytes = { 127, 0, 0, byte } };
	struct host host;

	mix.shares[0] = (struct share){ &kinds[byte % kinds_count], PEER_VALID, 1 };
	if (!host_draw(&draw, &at, &host))
		abort();
	return host;
}

/* Messages, each after two bytes of length. */
static void
talk(struct exchange *x, struct span s, bool netbios)
{
	enum then then = THEN_GO_ON;

	while (then == THEN_GO_ON && s.left > 2) {
		size_t want = span_le16(&s);
		struct span message = span_cut(&s, want < s.left ? want : s.left);

		then = netbios && !x->session->named ? netbios_session(x, message)
		                                     : smb1_answer(x, message);
		if (x->session->piped.at > x->session->piped.len ||
		    x->session->piped.message_end > x->session->piped.len)
			abort();
		buf_clear(x->out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span s = span_of(bytes, len);
	struct session session = { 0 };
	struct buf out;

	struct host host = host_of(span_u8(&s));
	enum door door = (enum door)(span_u8(&s) % DOORS);
	struct exchange x = { &host, &session, 0, &out };
	buf_init(&out, OUT_MOST);
	if (door == DOOR_NBSTAT)
		netbios_status(&host, s, &out);
	else if (door == DOOR_PEER_UDP || door == DOOR_PEER_TCP)
		peer_answer(&host, door == DOOR_PEER_TCP ? P2P_TCP : P2P_UDP, s, &out);
	else
		talk(&x, s, door == DOOR_NETBIOS);
	buf_free(&out);
	return 0;
}
