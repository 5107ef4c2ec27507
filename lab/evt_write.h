/*
 * Writes an event log of Windows NT 4 to 2003 as its service does: a header, a ring of
 * records and the end record behind the newest (specification of the event logs 2).
 */
#ifndef LAB_EVT_WRITE_H
#define LAB_EVT_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The caller fills in what is above; the rest begins as zeros. */
struct evt_write {
	struct buf *out;      /* the whole file; nothing else is in it */
	const char *computer; /* that writes; may change on the way */
	uint32_t size;        /* the older records make room in a file of this size,
	                       * a multiple of 4; 0: it grows, as in an export */
	bool is_dirty;        /* the header stays as it was written last */
	bool fills;           /* words of 39 to the end of the ring, where no fixed part
	                       * has room; else a record begins there all the same */
	uint32_t at, oldest_at;
	uint32_t used; /* bytes of the ring, without the end record */
	uint32_t next, oldest;
	bool is_wrapped;
	struct buf record;
};

/* One record; strings as Windows numbers them, at most 256. */
struct evt_order {
	uint32_t id;
	uint32_t time; /* seconds since 1970 */
	bool is_failure;
	const char *source; /* NULL: Security */
	const char *const *strings;
	uint16_t count;
};

void evt_write_begin(struct evt_write *);
void evt_write_record(struct evt_write *, const struct evt_order *);

/* The header, as the service writes it now and then while the log is open. */
void evt_write_flush(struct evt_write *);

/* The end record and the header. */
void evt_write_end(struct evt_write *);

/* Whose attempt to log on, and what came of it. */
struct evt_logon {
	uint32_t time;
	uint16_t millis; /* behind it, which .evt has no room for */
	uint32_t status; /* NTSTATUS of 680; 0: success */
	uint16_t type;
	const char *user;
	const char *domain;
	const char *workstation;
	const char *process; /* "NtLmSsp " */
	const char *package; /* "NTLM" */
	const char *address; /* NULL: Windows 2000 or XP, which write none */
	uint16_t port;
	/* Of a scheduled task: what it is called ("At1"), and what it starts. */
	const char *task, *command;
};

void evt_write_logon(struct evt_write *, uint32_t id, const struct evt_logon *);
void evt_write_ntlm(struct evt_write *, const struct evt_logon *);    /* 680 */
void evt_write_lockout(struct evt_write *, const struct evt_logon *); /* 644 */
void evt_write_task(struct evt_write *, const struct evt_logon *);    /* 602 */
void evt_write_cleared(struct evt_write *, uint32_t time);            /* 517 */

/* 612: are logons and the checks of accounts recorded from now on? */
void evt_write_policy(struct evt_write *, uint32_t time, bool success, bool failure);

#endif
