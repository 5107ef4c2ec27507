/*
 * One event of a Windows event log, of those that tell who logs on where, who fails to,
 * and what is scheduled then: what the readers (format/evt.h, format/evtx.h) take out
 * of a record.  Pure.
 *
 * Source: the insertion strings of msaudite.dll 5.2.3790 (Windows 2003), and the data
 * names of the provider Microsoft-Windows-Security-Auditing.
 */
#ifndef FORMAT_LOG_EVENT_H
#define FORMAT_LOG_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Numbers are a provider's own: 4625 is also another one's. */
enum log_provider {
	LOG_SECURITY = 1, /* "Security", up to Windows 2003: 517 to 683 */
	LOG_AUDITING,     /* Microsoft-Windows-Security-Auditing: 4624 to 4776 */
	LOG_EVENTLOG,     /* Microsoft-Windows-Eventlog: 1101, 1102 */
};

enum log_text {
	LOG_COMPUTER,      /* that wrote the record */
	LOG_USER,          /* that was tried, or locked out; 602, 4698: who made it */
	LOG_DOMAIN,        /* of it */
	LOG_WORKSTATION,   /* as the other side called itself; 644, 4740: the caller */
	LOG_ADDRESS,       /* of the other side; 4648: of the target */
	LOG_LOGON_PROCESS, /* "NtLmSsp" */
	LOG_PROGRAM,       /* that asked: a path; Windows Vista and later */
	LOG_SUBJECT,       /* 552, 4648: who does it */
	LOG_SERVER,        /* 552, 4648: on whom */
	LOG_TEXTS
};

/*
 * A scheduled task was made, which has no server: what it is called stands there.  602
 * is told of changes, too, and names the file, "C:\WINDOWS\Tasks\At1.job"; 4698 names
 * the task, "\At1", and what it is to do (its TaskContent) is not read.
 */
#define LOG_TASK LOG_SERVER

/* 612 and 4719 have no user: what is recorded from then on stands in its place. */
#define LOG_AUDIT_PART LOG_USER     /* 4719: of which part, "%%12544" is logons */
#define LOG_AUDIT_CHANGE LOG_DOMAIN /* 612: failed logons "+" or "-"; 4719: "%%8450" */

struct log_event {
	enum log_provider provider;
	uint16_t id;
	bool is_failure;   /* by its type or keyword */
	bool is_recovered; /* older than the log says it goes back */
	uint64_t number;   /* of the record */
	uint64_t offset;   /* in the file */
	uint64_t time;     /* FILETIME, UTC */
	/* 0: success, or none.  The substatus where there is one; a Kerberos code for
	 * 672, 675, 676, 4768, 4769, 4771; else an NTSTATUS. */
	uint32_t status;
	uint32_t logon_type; /* 0: none */
	uint32_t port;
	uint32_t process_id;
	/* UTF-16LE in the bytes that were read, valid during the call; empty or bad
	 * where there is none. */
	struct span text[LOG_TEXTS];
};

typedef void (*log_event_seen)(void *with, const struct log_event *);

/* What a reader met; it adds. */
struct log_tally {
	uint64_t records;     /* current ones, whatever they are about */
	uint64_t recovered;   /* older ones, not counted above */
	uint64_t security;    /* of both, those of LOG_SECURITY and LOG_AUDITING */
	uint64_t undecodable; /* counted above, or not even that */
	uint64_t first, last; /* FILETIME of current ones; 0: none */
};

/* Is it one that the readers give? */
bool log_event_is_wanted(enum log_provider, uint32_t id);

#endif
