/*
 * SMB1 messages: those that we send, and what we read of their answers.
 * MS-CIFS 2.2, MS-SMB 2.2.  Writers append a whole message with its transport
 * header; its strings are OEM, or UTF-16LE where the flags say Unicode.
 */
#ifndef WIRE_SMB1_H
#define WIRE_SMB1_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"
#include "base/text.h"

enum smb1_command {
	SMB1_CLOSE = 0x04,
	SMB1_TRANSACTION = 0x25,
	SMB1_READ = 0x2E,
	SMB1_WRITE = 0x2F,
	SMB1_TREE_DISCONNECT = 0x71,
	SMB1_NEGOTIATE = 0x72,
	SMB1_SESSION_SETUP = 0x73,
	SMB1_LOGOFF = 0x74,
	SMB1_TREE_CONNECT = 0x75,
	SMB1_CREATE = 0xA2,
};

#define SMB1_LONG_NAMES 0x0001u
#define SMB1_SIGNED 0x0004u
#define SMB1_EXTENDED 0x0800u
#define SMB1_NT_STATUS 0x4000u
#define SMB1_UNICODE 0x8000u
#define SMB1_FLAGS2 (SMB1_NT_STATUS | SMB1_LONG_NAMES)

#define SMB1_PID 0x1234u
#define SMB1_HEAD 4 /* bytes of transport header before each message */

struct smb1_ids {
	uint16_t flags2, tid, uid, mid;
};

/* The frame around every message, for the writers in smb1_open.c and smb1_pipe.c. */
struct smb1_frame {
	struct buf *b;
	uint16_t flags2;
	size_t at;       /* of the transport header */
	size_t count_at; /* of ByteCount */
};

struct smb1_frame smb1_begin(struct buf *, enum smb1_command, const struct smb1_ids *);
void smb1_words(struct smb1_frame *, uint8_t count); /* the words follow */
void smb1_bytes(struct smb1_frame *);                /* the data follow */
void smb1_text(struct smb1_frame *, const char *utf8);
void smb1_end(struct smb1_frame *);

/* An answer, taken apart as far as all answers are alike. */
struct smb1_reply {
	uint8_t command;
	uint32_t status; /* NT status, or DOS class and code */
	bool is_dos;     /* the old form of status */
	uint16_t flags2, tid, pid, uid, mid;
	struct span whole; /* from the 0xFF on, for offsets */
	struct span words;
	struct span data;
	size_t data_at; /* where the data begin in the whole */
};

/* HEARD_REFUSED: not SMB1 at all.  HEARD_ODD: a request. */
enum heard smb1_reply_read(struct span message, struct smb1_reply *out);

/* Is it SMB2 or later? */
bool smb2_is_next(struct span message);

/*
 * NEGOTIATE.  A server without our dialect answers SMB1_NO_DIALECT and no more.
 */
#define SMB1_NO_DIALECT 0xFFFFu
#define SMB1_USER_LEVEL 0x01u
#define SMB1_SIGNING_ENABLED 0x04u
#define SMB1_SIGNING_REQUIRED 0x08u
#define SMB1_CAN_UNICODE 0x4u

struct smb1_negotiated {
	uint16_t dialect;
	uint8_t security;
	uint32_t session_key;
	uint32_t capabilities;
	uint64_t filetime; /* 0 where it is not told */
	int16_t zone_minutes;
	bool extended;
	bool spnego; /* it speaks SPNEGO, not raw NTLMSSP */
	bool has_challenge;
	uint8_t challenge[8];
	struct said domain;
	struct said name;
};

void smb1_negotiate_write(struct buf *, const struct smb1_ids *);
enum heard smb1_negotiate_read(const struct smb1_reply *, struct smb1_negotiated *out);

/* SESSION_SETUP_ANDX without extended security. */
struct smb1_login {
	uint32_t session_key;
	struct span lm; /* the two answers to the challenge */
	struct span nt;
	const char *user;
	const char *domain;
};

/* The answer to either form. */
struct smb1_session {
	bool guest;
	struct span blob; /* extended security only */
	struct said native_os;
	struct said native_lm;
	struct said domain;
};

void smb1_session_write(struct buf *, const struct smb1_ids *,
                        const struct smb1_login *);
void smb1_session_blob_write(struct buf *, const struct smb1_ids *,
                             uint32_t session_key, struct span blob);
enum heard smb1_session_read(const struct smb1_reply *, struct smb1_session *out);

/* TREE_CONNECT_ANDX to \\server\IPC$; the answer's header has the tree's id. */
void smb1_tree_write(struct buf *, const struct smb1_ids *, const char *server,
                     const char *service);

/* NT_CREATE_ANDX: opens what is there, never makes anything. */
#define SMB1_READ_AND_WRITE 0x0002019Fu
#define SMB1_MAXIMUM_ALLOWED 0x02000000u

void smb1_create_write(struct buf *, const struct smb1_ids *, const char *pipe,
                       uint32_t access);
enum heard smb1_create_read(const struct smb1_reply *, uint16_t *fid);

/* One RPC message out and its answer back: TransactNmPipe, or write and read. */
#define SMB1_READ_MOST 4280u

/* A piece of a transaction's answer. */
struct smb1_piece {
	uint16_t total;
	uint16_t displacement;
	struct span bytes;
};

void smb1_transact_write(struct buf *, const struct smb1_ids *, uint16_t fid,
                         struct span pdu);
enum heard smb1_transact_read(const struct smb1_reply *, struct smb1_piece *out);
void smb1_write_write(struct buf *, const struct smb1_ids *, uint16_t fid,
                      struct span pdu);
enum heard smb1_write_read(const struct smb1_reply *, uint16_t *written);
void smb1_read_write(struct buf *, const struct smb1_ids *, uint16_t fid);
enum heard smb1_read_read(const struct smb1_reply *, struct span *bytes);

/* The way out.  Their answers tell nothing. */
void smb1_close_write(struct buf *, const struct smb1_ids *, uint16_t fid);
void smb1_tree_disconnect_write(struct buf *, const struct smb1_ids *);
void smb1_logoff_write(struct buf *, const struct smb1_ids *);

#endif
