/*
 * NetBIOS over TCP and UDP, as far as port 139 and node status need it: RFC 1001
 * and RFC 1002, sections 4.2 and 4.3.
 */
#ifndef WIRE_NBSS_H
#define WIRE_NBSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"

#define NBSS_NAME_ROOM 16 /* 15 characters and a terminator */

/* A session request, transport header and all: we call ourselves CONFINE. */
void nbss_request_write(struct buf *b, const char *called);

/* What a session request was answered with, by the first byte of the answer. */
#define NBSS_POSITIVE 0x82
#define NBSS_NEGATIVE 0x83
#define NBSS_RETARGET 0x84

/* The data byte of a negative answer. */
#define NBSS_NOT_LISTENING 0x80 /* on the called name */
#define NBSS_NAME_NOT_PRESENT 0x82
#define NBSS_NO_RESOURCES 0x83

/* Node status: who are you? */
void nbstat_query_write(struct buf *b, uint16_t id);

struct nbstat {
	char server[NBSS_NAME_ROOM];   /* unique, suffix 20: the file server */
	char computer[NBSS_NAME_ROOM]; /* unique, suffix 00 */
	char group[NBSS_NAME_ROOM];    /* group, suffix 00 */
};

/* HEARD_REFUSED: an error answer to our query. */
enum heard nbstat_read(struct span datagram, uint16_t id, struct nbstat *out);

#endif
