/*
 * Why a conversation gave no answer to the question it was held for.  Each name
 * is the id of a row in know/traces.tsv, where people find it explained.
 */
#ifndef WIRE_REASON_H
#define WIRE_REASON_H

/* clang-format off */
#define REASONS(X) \
	X(NO_REPLY, "no-reply") /* connected, then silence */ \
	X(CLOSED_EARLY, "closed-early") /* hung up in mid-conversation */ \
	X(SLOW, "slow") /* alive, but over our budget of time */ \
	X(ENDLESS, "endless") /* over our budget of bytes or turns */ \
	X(BAD_TRANSPORT, "bad-transport") /* what came is not SMB at all */ \
	X(BAD_MESSAGE, "bad-message") /* SMB with impossible lengths */ \
	X(SMB1_OFF, "smb1-off") \
	X(SMB1_REJECTED, "smb1-rejected") \
	X(SHARE_LEVEL, "share-level-security") \
	X(NETBIOS_NAME_REFUSED, "netbios-name-refused") \
	X(NETBIOS_RETARGET, "netbios-retarget") \
	X(ANONYMOUS_REFUSED, "anonymous-refused") \
	X(LOGON_FAILURE, "logon-failure") \
	X(ACCOUNT_RESTRICTION, "account-restriction") /* expired, disabled, hours … */ \
	X(ACCOUNT_LOCKED, "account-locked-out") \
	X(LOGON_TYPE, "logon-type-not-granted") \
	X(BAD_SIGNATURE, "bad-signature") \
	X(ACCESS_DENIED_TREE, "access-denied-tree") \
	X(NO_IPC_SHARE, "no-ipc-share") \
	X(NO_TREE, "no-tree") /* success with tree id 0 */ \
	X(NEED_CREDENTIALS, "need-credentials") /* all pipes denied */ \
	X(PIPE_NOT_FOUND, "pipe-not-found") \
	X(PIPE_BUSY, "pipe-busy") \
	X(PIPE_BROKEN, "pipe-broken") \
	X(NOT_SUPPORTED, "not-supported") \
	X(NO_SRVSVC, "no-srvsvc") /* bind rejected on every pipe */ \
	X(RPC_SERVICE_DOWN, "rpc-service-down") \
	X(NOT_WINDOWS, "not-windows") /* Samba and its kin */ \
	X(OP_NOT_IMPLEMENTED, "op-not-implemented") \
	X(ACCESS_DENIED_RPC, "access-denied-rpc") \
	X(BAD_STUB, "bad-stub") \
	X(RPC_PROTOCOL, "rpc-protocol") \
	X(RPC_FAULT, "rpc-fault") \
	X(DREP, "rpc-byte-order") \
	X(NOT_GENUINE, "not-genuine") /* an answer that no Windows gives */ \
	X(SERVER_TIMEOUT, "server-timeout") \
	X(SESSION_LOST, "session-lost") \
	X(TOO_MANY_SESSIONS, "too-many-sessions") \
	X(SERVER_RESOURCES, "server-resources") \
	X(STATUS_OTHER, "status-other")             /* no word for it here */

enum reason {
	REASON_NONE = 0,
#define X(name, id) REASON_##name,
	REASONS(X)
#undef X
	REASON_COUNT
};
/* clang-format on */

/* "smb1-off"; "" for REASON_NONE. */
const char *reason_id(enum reason reason);

#endif
