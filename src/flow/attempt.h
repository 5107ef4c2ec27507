/*
 * One logon that an event log tells of, tried or done: what the reader of a log hands
 * on, and what attackers are judged by.
 */
#ifndef FLOW_ATTEMPT_H
#define FLOW_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/address.h"

enum attempt_kind {
	ATTEMPT_GUESS = 1, /* of a password or a name */
	ATTEMPT_PERSON,    /* an expired password: somebody's own */
	ATTEMPT_POLICY,    /* not now, not here, not so */
	ATTEMPT_FAULT,     /* of a machine: its clock, its trust */
	ATTEMPT_SUCCESS,
	ATTEMPT_LOCKOUT,   /* an account was locked */
	ATTEMPT_BY_US,     /* the machine of the log tries others: 552, 4648 */
	ATTEMPT_CLEARED,   /* the log was */
	ATTEMPT_LOST,      /* events were */
	ATTEMPT_AUDITED,   /* failed logons are recorded from then on */
	ATTEMPT_UNAUDITED, /* they are not */
	ATTEMPT_TASK,      /* an At job was made on the machine: 602, 4698 */
	ATTEMPT_KINDS
};

/* Who wrote it: the same attempt is often told twice. */
enum attempt_told {
	TOLD_BY_LOGON =
	    1,        /* the machine that was logged on to: 528 to 540, 4624, 4625 */
	TOLD_BY_NTLM, /* who checked the password: 680, 681, 4776 */
	TOLD_BY_KERBEROS, /* a controller: 672 to 676, 4768 to 4771 */
	TOLD_BY_OTHERS,
	TOLD_COUNT
};

#define ATTEMPT_TEXT 128 /* longest honest one: a name of 104 letters */

struct attempt {
	enum attempt_kind kind;
	enum attempt_told told;
	int64_t time_ms;
	uint32_t status;     /* of a failure: NTSTATUS, or a Kerberos code */
	uint32_t logon_type; /* 0: none said */
	uint32_t port;
	bool is_local;     /* no other machine has to do with it */
	bool is_recovered; /* older than what the log says it holds */
	/* UTF-8, "" where there is none.  Foreign: only for escapers. */
	char target[ATTEMPT_TEXT];      /* that was logged on to; or who checked it */
	char account[ATTEMPT_TEXT];     /* as it was written; of a task: who made it */
	char workstation[ATTEMPT_TEXT]; /* upper case; as the other side calls itself */
	char address[ADDRESS_ROOM];     /* plain: "10.0.3.7", "fe80::1" */
	char program[ATTEMPT_TEXT];     /* that asked, where it is local */
};

/* As bytes between two processes, and back; false where they are none. */
void attempt_put(const struct attempt *, struct buf *);
bool attempt_read(struct span *, struct attempt *out);

#endif
