#ifndef WIRE_P2P_TALK_H
#define WIRE_P2P_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/p2p.h"
#include "wire/talk.h"

/*
 * The P2P question, over TCP or UDP.  A datagram that gets no answer is repeated
 * once, after a second; what came over TCP is judged when it is whole, when the
 * other side hangs up, or when the wait runs out.
 */
struct p2p_story {
	struct p2p_probe probe; /* in */
	bool answered;          /* bytes came */
	enum p2p_class class;
	struct p2p_answer answer;
	uint8_t first[32]; /* the first bytes, for the record */
	uint8_t first_len;
	uint32_t bytes;
};

void p2p_talk_init(struct talk *t, struct p2p_story *story);

#endif
