/* What hosts send that do not keep to the protocol. */
#ifndef LAB_MANNER_H
#define LAB_MANNER_H

#include "base/buf.h"
#include "lab/host.h"

/* Bytes that are no SMB, of a sort that depends on the host's dice. */
void manner_garbage(const struct host *host, struct buf *out);

/* The next piece of a stream without end; `first` when it is the first. */
void manner_flood(const struct host *host, bool first, struct buf *out);

#endif
