/*
 * One message of the worm's peer-to-peer protocol, as far as a scanner needs
 * it: the empty question, and what to think of an answer.  Nothing here can
 * store, run or forward anything on a peer.
 */
#ifndef WIRE_P2P_H
#define WIRE_P2P_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

enum p2p_transport { P2P_UDP, P2P_TCP };

#define P2P_PROBE_MOST 16

struct p2p_probe {
	uint8_t bytes[P2P_PROBE_MOST];
	uint8_t len; /* 14 on UDP; 16 on TCP, with its length prefix */
	enum p2p_transport transport;
};

/* Both halves of the key are taken modulo 2^31 - 1, plus 1. */
struct p2p_probe p2p_probe_make(enum p2p_transport, uint64_t random_key);

enum p2p_class {
	P2P_VALID = 1, /* parses, checksum right, and it is not our own probe */
	P2P_ECHO,      /* our own probe comes back */
	P2P_BAD_SUM,   /* parses, checksum wrong */
	P2P_SHORT,     /* fewer bytes than its flags ask for */
};

/* What a valid answer says about itself. */
struct p2p_answer {
	uint16_t flags;
	bool has_system;
	uint8_t os_major;
	uint8_t os_minor;
	uint16_t os_build;
	uint8_t service_pack;
};

/* `reply` is all that came, on TCP with its length prefix. */
enum p2p_class p2p_judge(const struct p2p_probe *, struct span reply,
                         struct p2p_answer *out);

/* TCP: has as much come as the prefix announces? */
bool p2p_tcp_is_whole(struct span reply);

/*
 * Encipher or decipher in place (the same both ways).  The lab and captures
 * need these two.
 */
void p2p_cipher(uint64_t key, uint8_t *bytes, size_t len);
uint32_t p2p_checksum(struct span key_and_plain);

#endif
