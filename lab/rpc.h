/*
 * The Server service behind the pipe: accepts a bind, answers one operation,
 * NetprPathCanonicalize (SRVSVC opnum 31), as the host's kind has it.
 */
#ifndef LAB_RPC_H
#define LAB_RPC_H

#include "base/span.h"
#include "lab/exchange.h"

/* Takes one PDU; its answer lies in x->session->piped afterwards. */
enum then rpc_answer(struct exchange *x, struct span bytes);

#endif
