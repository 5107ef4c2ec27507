/*
 * The lab's SMB1 server.  smb1.c reads requests, begins and ends answers, and
 * knows which handler a command has; the handlers are in smb1_login.c and
 * smb1_pipe.c.  Layouts: [MS-CIFS] 2.2, [MS-SMB] 2.2.
 */
#ifndef LAB_SMB1_H
#define LAB_SMB1_H

#include "base/span.h"
#include "lab/exchange.h"

/* One session, one tree, one file: so they have fixed numbers. */
#define SMB1_UID 0x0800
#define SMB1_TID 0x0801
#define SMB1_FID 0x4000

#define SMB1_HEAD_LEN 32
#define FLAGS2_EXTENDED 0x0800u
#define FLAGS2_NT_STATUS 0x4000u
#define FLAGS2_UNICODE 0x8000u

struct request {
	uint8_t command;
	uint16_t flags2;
	uint16_t pid_high, tid, pid, uid, mid;
	struct span message; /* from the first byte of the header */
	struct span words;
	struct span data;
};

/* Answers one SMB message (without its 4-byte transport header). */
enum then smb1_answer(struct exchange *x, struct span message);

/* An answer that is being written. */
struct reply {
	struct buf *out;
	size_t start;    /* of the SMB header in out */
	size_t count_at; /* of the byte count */
};

struct reply reply_begin(struct exchange *x, const struct request *rq, uint32_t status);
void reply_andx(struct reply *r);  /* the four bytes that say: no further command */
void reply_bytes(struct reply *r); /* the words are complete, what follows is data */
/* In the alphabet of the request, with its terminator. */
void reply_text(struct reply *r, const struct request *rq, const char *text);
void reply_end(struct reply *r);

/* A whole answer that has only a status. */
enum then reply_status(struct exchange *x, const struct request *rq, uint32_t status);

/*
 * Reads a string of the request's data into ASCII, with other characters as
 * '?', and moves past its terminator; false where none is in the data.
 */
bool request_text(const struct request *rq, struct span *s, char *to, size_t room);

/* The handlers. */
enum then smb1_session_setup(struct exchange *x, struct request *rq);
enum then smb1_logoff(struct exchange *x, struct request *rq);
enum then smb1_tree_connect(struct exchange *x, struct request *rq);
enum then smb1_tree_disconnect(struct exchange *x, struct request *rq);
enum then smb1_create(struct exchange *x, struct request *rq);
enum then smb1_transact(struct exchange *x, struct request *rq);
enum then smb1_write(struct exchange *x, struct request *rq);
enum then smb1_read(struct exchange *x, struct request *rq);
enum then smb1_close(struct exchange *x, struct request *rq);

enum pipe { PIPE_BROWSER, PIPE_SRVSVC, PIPE_WKSSVC, PIPE_COUNT };
extern const char *const pipe_names[PIPE_COUNT];

/* How a host of kind `fragments` cuts its answers up. */
enum fragments {
	FRAGMENTS_ONE_MESSAGE,  /* two RPC fragments in one SMB message */
	FRAGMENTS_TWO_MESSAGES, /* … and the SMB answer in two messages */
	FRAGMENTS_TWO_READS,    /* the second fragment has to be read by itself */
	FRAGMENTS_COUNT
};

enum fragments fragments_of(const struct host *host);

#endif
