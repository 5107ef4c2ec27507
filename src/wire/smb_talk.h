/*
 * The SMB1 conversation: from NEGOTIATE to the two harmless questions of
 * NetprPathCanonicalize (SRVSVC, opnum 31), and politely out again: CLOSE, TREE
 * DISCONNECT, LOGOFF on every path.  One conversation is one connection; what
 * needs another connection (SMB2, another login, another name) is said in
 * smb_heard.again, and decided by the caller.  The talk is AFTER_DONE after the
 * last goodbye and AFTER_LOST where the connection is of no more use; what was
 * heard is in smb_heard either way.
 *
 * Facts: MS-SMB, MS-CIFS, MS-SRVS 3.1.4.30; Leder & Werner, "Know Your Enemy:
 * Containing Conficker", 2009.
 */
#ifndef WIRE_SMB_TALK_H
#define WIRE_SMB_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/text.h"
#include "wire/reason.h"
#include "wire/talk.h"

enum smb_login {
	SMB_ANONYMOUS,         /* null session, no extended security: the first try */
	SMB_ANONYMOUS_NTLMSSP, /* null session with extended security */
	SMB_NTLMV2,
	SMB_NTLMV1,    /* only when the user asked for it by name */
	SMB_CHALLENGE, /* only look: stop after the server's NTLMSSP challenge */
};

struct smb_account {
	char user[128]; /* UTF-8 */
	char domain[128];
	char password[256];
};

/* What to ask and how.  Must outlive the talk. */
struct smb_ask {
	enum smb_login login;
	bool netbios;    /* port 139: a NetBIOS session request goes first */
	char called[16]; /* the name to call there: "*SMBSERVER" */
	char server[64]; /* the address as text, for \\server\IPC$ */
	const struct smb_account *account; /* NTLM logins; else NULL */
	int64_t now_ms;                    /* for NTLMv2 */
	uint8_t random[16];                /* client challenge, GUID */
};

/* One call of opnum 31 and what came of it. */
#define SMB_STUB_ROOM 32
struct smb_call {
	enum heard heard;   /* HEARD: a response of genuine shape (or see reason) */
	enum reason reason; /* why not; REASON_NONE when heard */
	uint32_t rpc_fault; /* the fault's status, if there was one */
	uint32_t code;      /* return code */
	uint32_t max_count;
	uint8_t outbuf[2];
	uint8_t stub[SMB_STUB_ROOM]; /* the raw answer, for the record */
	uint8_t stub_len;
};

/* What a server says about itself. */
struct smb_system {
	struct said native_os; /* SMB1 session setup */
	struct said native_lm;
	struct said domain; /* workgroup or domain */
	struct said name;   /* NetBIOS name */
	struct said dns_name;
	struct said dns_domain;
	bool has_version; /* from the NTLMSSP challenge */
	uint8_t major;
	uint8_t minor;
	uint16_t build;
	bool has_time;
	int64_t time_ms; /* its clock, UTC */
	bool has_zone;
	int16_t zone_minutes;  /* west of UTC */
	uint16_t smb2_dialect; /* 0x0202 … 0x0311; 0 where it spoke SMB1 */
	bool signing_required;
};

enum smb_again {
	SMB_AGAIN_NO,
	SMB_AGAIN_SMB2,    /* no SMB1 here: identify over SMB2 */
	SMB_AGAIN_NTLMSSP, /* null session refused: try with extended security */
	SMB_AGAIN_NAME,    /* NetBIOS name refused: look the name up */
	SMB_AGAIN_LATER,   /* too many sessions or no resources: in 5 to 15 s */
	SMB_AGAIN_SESSION, /* the session got lost: once more */
	SMB_AGAIN_ALIVE,   /* pipe broke in mid-probe: see later if it still lives */
};

struct smb_heard {
	bool negotiated; /* it answered NEGOTIATE as an SMB server does */
	bool logged_in;
	bool guest;
	bool credentials_refused; /* counts towards the global stop */
	enum reason reason; /* why there are no two calls; REASON_NONE if both heard */
	uint32_t status;    /* NT status, DOS or NetBIOS error behind it; 0 if none */
	const char *stage;  /* the turn where it ended: "tree connect" */
	enum smb_again again;
	const char *pipe;              /* "browser", "srvsvc", "wkssvc", or NULL */
	struct said secondary_address; /* of the bind ack: \PIPE\browser */
	struct smb_call control;       /* P1: path "\" */
	struct smb_call path;          /* P2: path "\..\" */
	struct smb_system system;
};

struct smb_story {
	const struct smb_ask *ask;
	struct smb_heard heard;
	struct {
		uint16_t uid, tid, fid, mid;
		uint32_t session_key;
		uint32_t capabilities;
		uint8_t security; /* what the server says of signing */
		uint8_t challenge[8];
		bool has_uid, has_tid, has_fid; /* to be given back when leaving */
		bool extended, spnego;
		bool any_service; /* the tree is asked for with service "?????" */
		bool any_access;  /* the pipe with MAXIMUM_ALLOWED */
		bool by_write;    /* WRITE and READ instead of TRANSACTION */
		bool leaving;
		uint8_t server_at; /* which name stands in \\server\IPC$ */
		uint8_t pipe_at;   /* which of the pipe names is being tried */
		uint8_t busy_tries;
		uint8_t call_at;         /* 0 bind, 1 control, 2 path */
		uint16_t written;        /* bytes of the RPC message sent */
		struct smb_call *asking; /* the call that is open */
		enum reason pipe_reason; /* strongest refusal of a pipe so far */
		uint32_t pipe_status;
		bool signing;
		uint8_t mac_key[40];
		uint8_t mac_key_len;
		uint64_t sequence; /* of the next request */
	} at;
	struct buf blob; /* a security blob or an RPC answer in pieces */
};

/* Sets both up; talk_begin says the first words. */
void smb_talk_init(struct talk *t, struct smb_story *story, const struct smb_ask *ask);
void smb_story_free(struct smb_story *story);

#endif
