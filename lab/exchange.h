/*
 * What the parts of a server hand each other: a connection's state, the request
 * that came and the answer that is being written.  No socket in here.
 */
#ifndef LAB_EXCHANGE_H
#define LAB_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "lab/host.h"

/* What becomes of the connection after a message. */
enum then {
	THEN_GO_ON = 1, /* send what was written, if anything, and listen on */
	THEN_CLOSE,     /* send what was written, then hang up */
	THEN_RESET,     /* a TCP reset */
};

#define RPC_ANSWER_MOST 256 /* our longest is 120 bytes */

/* The answer of a pipe that the client has not read yet. */
struct piped {
	uint8_t bytes[RPC_ANSWER_MOST];
	uint16_t len;
	uint16_t at;
	uint16_t message_end; /* a read stops here: the pipe keeps messages apart */
};

/* What a server remembers of one connection. */
struct session {
	bool named; /* NetBIOS: the session request was accepted */
	bool negotiated;
	bool extended; /* extended security was negotiated */
	bool spnego;
	bool has_uid; /* may be set long before the login is complete */
	bool logged_in;
	bool account; /* … with an account, not as nobody */
	bool has_tree;
	bool has_pipe;
	bool bound;
	uint8_t pipe; /* index of its name, in smb1_pipe.c */
	uint8_t busy_tries;
	struct piped piped;
};

struct exchange {
	const struct host *host;
	struct session *session;
	int64_t now_ms;
	struct buf *out;
};

#endif
