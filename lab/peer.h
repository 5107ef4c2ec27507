/*
 * The peer-to-peer ports of an infected host.  Answers carry no payload, ever:
 * there is nothing in them but a key, flags, at most the version of Windows,
 * and a checksum.
 */
#ifndef LAB_PEER_H
#define LAB_PEER_H

#include "base/buf.h"
#include "base/span.h"
#include "lab/host.h"
#include "wire/p2p.h"

/*
 * Answers what came, on TCP with its length prefix.  Writes nothing where it is
 * no valid question, or not the whole of it yet.
 */
void peer_answer(const struct host *host, enum p2p_transport transport,
                 struct span question, struct buf *out);

#endif
