/*
 * Connection-oriented DCE RPC, version 5.0, little-endian: C706 chapter 12,
 * MS-RPCE 2.2.2.  What we send fits one fragment; what comes may be in several.
 */
#ifndef WIRE_DCERPC_H
#define WIRE_DCERPC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"
#include "base/text.h"
#include "wire/reason.h"

#define DCERPC_SIZE_MOST 4280u
#define DCERPC_STUB_KEPT 32u
#define DCERPC_BYTES_MOST 65536u /* of one answer, all its fragments */

/* Asks for SRVSVC, version 3. */
void dcerpc_bind_write(struct buf *, uint32_t call_id);
void dcerpc_request_write(struct buf *, uint32_t call_id, uint16_t opnum,
                          struct span stub);

enum dcerpc_type {
	DCERPC_REQUEST = 0,
	DCERPC_RESPONSE = 2,
	DCERPC_FAULT = 3,
	DCERPC_BIND = 11,
	DCERPC_BIND_ACK = 12,
	DCERPC_BIND_NAK = 13,
};

struct dcerpc_answer {
	enum dcerpc_type type;
	bool accepted;                 /* BIND_ACK: SRVSVC is spoken here */
	struct said secondary_address; /* BIND_ACK */
	uint32_t fault;                /* FAULT, and BIND_NAK's reason */
	uint8_t stub[DCERPC_STUB_KEPT];
	size_t stub_len;    /* of all of it, which may be more than was kept */
	enum reason reason; /* why it is HEARD_ODD */
};

/*
 * Reads an answer out of all bytes that came for it so far.  HEARD_SHORT: more
 * fragments, or the rest of one, must follow.
 */
enum heard dcerpc_answer_read(struct span bytes, uint32_t call_id,
                              struct dcerpc_answer *out);

#endif
