/*
 * A reading: what one question got.  Nothing is concluded in it; "we could not
 * ask" is a reading like any other.
 */
#ifndef FLOW_READING_H
#define FLOW_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/heard.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/finding.h"

enum reading_kind {
	READING_PORT = 1, /* a connection was asked for */
	READING_SMB,      /* the two questions to the Server service */
	READING_SYSTEM,   /* what the host says about itself */
	READING_P2P,      /* the P2P question on one port */
	READING_SWEEP,    /* the P2P question on every other open port */
};

/* One call of NetprPathCanonicalize. */
#define STUB_HEX_ROOM 72
struct call_reading {
	enum heard heard;
	char reason[TRACE_ROOM];  /* why not heard: a trace id; "" when heard */
	uint32_t fault;           /* of the RPC layer, 0 if none */
	uint32_t code;            /* return code */
	uint32_t outbuf;          /* its two bytes, little-endian */
	char stub[STUB_HEX_ROOM]; /* the raw answer in hex */
};

struct smb_reading {
	bool guest;
	bool account;      /* logged in with the account given, if only as a guest */
	bool died;         /* the pipe broke, and later it did not even negotiate */
	uint32_t status;   /* NT status behind the reason, 0 if none */
	struct said stage; /* the turn in which it ended */
	struct said pipe;
	struct said address;         /* secondary address of the bind: \PIPE\browser */
	struct call_reading control; /* path "\" */
	struct call_reading path;    /* path "\..\" */
};

struct system_reading {
	struct said native_os;
	struct said native_lm;
	struct said name;
	struct said domain;
	struct said dns_name;
	bool has_version;
	uint8_t major;
	uint8_t minor;
	uint16_t build;
	uint16_t smb2_dialect;
	bool has_time;
	int64_t skew_s; /* its clock minus ours */
};

enum p2p_found { /* what an answer on a P2P port looked like */
	         P2P_FOUND_VALID = 1,
	         P2P_FOUND_ECHO,
	         P2P_FOUND_BAD_SUM,
	         P2P_FOUND_SHORT,
};

struct p2p_reading {
	enum p2p_found found; /* where heard is HEARD */
	bool weekly;          /* the port that changes every week */
	bool redrawn;         /* by the second of the two rules */
	bool swept;           /* no port of its own: found open by the deep scan */
	int64_t week;         /* for which it was computed */
	bool has_system;      /* the answer tells the Windows version: */
	uint8_t major;
	uint8_t minor;
	uint16_t build;
	uint32_t bytes;
	char first[STUB_HEX_ROOM]; /* the first bytes in hex */
};

struct sweep_reading {
	uint32_t asked;
	uint32_t open;
	uint32_t silent;
	bool finished;
};

struct reading {
	enum reading_kind kind;
	int64_t time_ms;
	char where[WHERE_ROOM];
	enum heard heard;
	char reason[TRACE_ROOM]; /* why not heard, or ""; a trace id */
	union {
		struct smb_reading smb;
		struct system_reading system;
		struct p2p_reading p2p;
		struct sweep_reading sweep;
	} as;
};

/* All readings of one host, in the order in which they were taken. */
#define READINGS_MOST 72 /* 8 ports asked 5 times, the system, 16 P2P ports, … */
struct readings {
	struct reading *at;
	size_t count;
	size_t room;
};

/* A new one to fill in; NULL where there is no memory or no more room. */
struct reading *readings_add(struct readings *all, enum reading_kind kind);
void readings_free(struct readings *all);

/* The latest of its kind, or NULL. */
const struct reading *readings_last(const struct readings *all, enum reading_kind kind);

enum reading_kind reading_kind_from_name(const char *name); /* 0 for none of them */
const char *p2p_found_name(enum p2p_found found);           /* "valid", "echo", … */

/* {"type":"reading",…} and the other way. */
void reading_json(struct json *j, const struct reading *r);
CHECKED enum err reading_from_json(const char *json, struct reading *out);

/* All readings of a host as a case keeps them: an array of those objects. */
void readings_json(struct json *j, const struct readings *all);
CHECKED enum err readings_from_json(const char *json, struct readings *out);

#endif
