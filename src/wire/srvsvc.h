/*
 * NetprPathCanonicalize, the 31st call of the Server service: MS-SRVS 3.1.4.30.
 *
 * The arguments are those with which all published measurements of the worm's
 * answers were made; do not mend them.  The longest path that is ever sent has
 * four characters, so nothing here can reach the flaw of MS08-067.
 */
#ifndef WIRE_SRVSVC_H
#define WIRE_SRVSVC_H

#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"

#define SRVSVC_PATH_CANONICALIZE 31

enum srvsvc_question {
	SRVSVC_CONTROL, /* path "\": every Windows says the buffer is too small */
	SRVSVC_PATH,    /* path "\..\": the worm says "invalid parameter" */
};

void srvsvc_question_write(struct buf *, enum srvsvc_question);

struct srvsvc_answer {
	uint32_t max_count;
	uint8_t outbuf[2];
	uint32_t code;
};

/* HEARD_ODD: not the shape in which Windows answers.  `out` is filled all the same. */
enum heard srvsvc_answer_read(struct span stub, struct srvsvc_answer *out);

#endif
