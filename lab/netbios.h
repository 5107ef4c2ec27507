/* NetBIOS names and sessions, as a server answers them (RFC 1001, RFC 1002). */
#ifndef LAB_NETBIOS_H
#define LAB_NETBIOS_H

#include "base/span.h"
#include "lab/exchange.h"

#define NETBIOS_SESSION_REQUEST 0x81
#define NETBIOS_KEEPALIVE 0x85

/* A session request, without its 4-byte header. */
enum then netbios_session(struct exchange *x, struct span request);

/* An NBSTAT question on UDP; writes nothing where it is anything else. */
void netbios_status(const struct host *host, struct span question, struct buf *out);

#endif
