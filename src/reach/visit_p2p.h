/* The P2P half of a visit: the host's own ports, then the sweep. */
#ifndef REACH_VISIT_P2P_H
#define REACH_VISIT_P2P_H

#include "reach/visit.h"

/* SMB is over: on to P2P, or to the end. */
void visit_p2p_first(struct visit *v, int64_t now_ms);

void visit_p2p_begin(struct visit *v);
void visit_p2p_unlinked(struct visit *v, enum link link, int64_t now_ms);
void visit_p2p_talked(struct visit *v, int64_t now_ms);

/* What the present stage asks. */
struct p2p_ask visit_p2p_ask(const struct visit *v);

#endif
