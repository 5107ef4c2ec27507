/*
 * One host's visit: which connection to make next, what to say on it, and what
 * to make of the answers.  It knows no socket and no clock: the engine (or a
 * story in the tests) carries out its steps.
 *
 *     visit_begin
 *     loop: visit_next gives a step
 *           STEP_TCP, STEP_UDP   open it, then visit_linked(how it went);
 *                                if it opened: carry v->chat->talk to its end,
 *                                then visit_talked
 *           STEP_WAIT            be silent so long, then visit_waited
 *           STEP_DONE            the readings are complete
 *
 * At most one connection at a time, at most five for SMB.
 */
#ifndef REACH_VISIT_H
#define REACH_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "flow/reading.h"
#include "reach/p2p_plan.h"
#include "wire/nbstat_talk.h"
#include "wire/p2p_talk.h"
#include "wire/smb2_talk.h"
#include "wire/smb_talk.h"
#include "wire/talk.h"

#define PORTS_MOST 8

struct port_ask {
	uint16_t port;
	bool netbios; /* 139's way: a NetBIOS session comes first */
};

/* What is asked of every host; shared; only what the account met with changes. */
struct visit_plan {
	struct port_ask ports[PORTS_MOST];
	unsigned port_count;
	uint16_t nbstat_port; /* 137 */
	bool p2p;
	bool deep;     /* sweep the other ports too */
	bool has_real; /* the hosts' own address behind a NAT, if told */
	uint8_t real[4];
	uint32_t connect_ms;
	uint32_t answer_ms;
	uint32_t retries; /* more tries of a silent connection */
	uint32_t budget_ms;
	const struct smb_account *account; /* NULL: anonymous only */
	enum smb_login login;              /* with the account */
	unsigned refusals_most;            /* of the account, in the whole run */
	unsigned refusals;                 /* so far */
	unsigned trying;                   /* logins whose outcome is open */
	bool accepted;                     /* the account got in somewhere */
};

enum step_kind {
	STEP_TCP = 1,
	STEP_UDP,
	STEP_WAIT,
	STEP_DONE,
};

struct step {
	enum step_kind kind;
	uint16_t port;
	uint32_t wait_ms; /* STEP_WAIT */
	bool p2p;         /* counts against the pace of P2P questions */
};

enum link {
	LINK_OPEN = 1,
	LINK_REFUSED, /* a reset, or ICMP port unreachable */
	LINK_SILENT,
	LINK_UNREACHABLE, /* no route, no neighbour, forbidden by our own system */
	LINK_NOT_TRIED,   /* out of time */
};

/* The talk of the open connection with its story; on the heap while it lasts. */
struct chat {
	struct talk talk;
	struct smb_ask ask;
	union {
		struct smb_story smb;
		struct smb2_story smb2;
		struct nbstat_story nbstat;
		struct p2p_story p2p;
	} as;
};

enum visit_stage {
	VISIT_SMB = 1,  /* the question itself, on the current port */
	VISIT_TURN,     /* others are trying the account; wait what comes of it */
	VISIT_SMB2,     /* who are you, over SMB2 */
	VISIT_NBSTAT,   /* what is your name, UDP 137 */
	VISIT_IDENTIFY, /* who are you, by the NTLMSSP challenge */
	VISIT_WAIT,     /* too busy; later */
	VISIT_REST,     /* the pipe broke; wait, and then */
	VISIT_ALIVE,    /* look whether it still answers */
	VISIT_P2P,
	VISIT_SWEEP,
	VISIT_DONE,
};

struct visit {
	struct visit_plan *plan;
	struct address address;
	int64_t began_ms; /* wall clock */
	enum visit_stage stage;
	enum smb_login login;
	uint8_t port_at;
	uint8_t connections;  /* for SMB, so far */
	uint8_t tries;        /* of the present connection */
	bool refused;         /* set by the driver: the far end reset it in mid-talk */
	bool expired;         /* set by the driver: the budget ended this talk */
	uint8_t later;        /* times that we came back later */
	uint8_t turns_waited; /* times that others were trying the account */
	bool trying;          /* is one of those that try it */
	bool session_again;
	bool negotiated; /* some port spoke SMB */
	bool present;    /* some port accepted a connection */
	bool only_311;
	char called[16];
	uint64_t random; /* this host's own */
	struct readings readings;
	struct p2p_plan p2p; /* ports of its own */
	uint8_t p2p_at;
	bool again;          /* that port is asked for the second time */
	uint32_t sweep_port; /* next to ask */
	struct sweep_reading sweep;
	uint8_t sweep_quiet; /* silent ports in a row */
	struct chat *chat;   /* while a connection is open */
};

void visit_begin(struct visit *v, struct visit_plan *plan, const struct address *a,
                 int64_t now_ms, uint64_t random);

/* What is to be done now.  Calling it twice gives the same step. */
struct step visit_next(const struct visit *v);

/*
 * The step's connection came to this.  After LINK_OPEN v->chat is there and its
 * talk has begun; false where there was no memory for it (treat as silent).
 */
CHECKED bool visit_linked(struct visit *v, enum link link, int64_t now_ms);

/* The talk is over: v->chat->talk.after is AFTER_DONE or AFTER_LOST. */
void visit_talked(struct visit *v, int64_t now_ms);

void visit_waited(struct visit *v);

/* The budget is spent: whatever is open is noted as such, and the visit ends. */
void visit_out_of_time(struct visit *v, int64_t now_ms);

/* Frees what it holds, the readings too. */
void visit_end(struct visit *v);

#endif
