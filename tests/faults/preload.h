/*
 * What stands between the program under test and the kernel: every system call that
 * can change something is counted, and one of them is made to fail, to be cut short,
 * or to be the last; what was done is written down; and changes to the volume are
 * held against what has reached stable storage.
 *
 * Loaded by LD_PRELOAD into the finished program.  The calls are caught by a seccomp
 * filter (trap.c) and not by their names in the C library, so that stdio, SQLite and
 * every other library go through the same door.
 */
#ifndef FAULTS_PRELOAD_H
#define FAULTS_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define WHERE_ROOM 4352 /* a path, and what /proc puts behind it */

/* What a call does, as far as anybody here asks. */
enum call_does {
	DOES_WRITE = 1,  /* bytes; `len` tells how many */
	DOES_OPEN = 2,   /* may create or cut a file, by its flags */
	DOES_SYNC = 4,   /* brings something to stable storage */
	DOES_NAME = 8,   /* makes, moves or takes away a name */
	DOES_SIZE = 16,  /* of a file */
	DOES_FACTS = 32, /* mode, owner, times, attributes */
	DOES_MAP = 64,   /* memory that is shared, or large */
	DOES_READ = 128, /* looks only: counted when asked for */
};

/* Arguments by their number; -1: it has none. */
struct call {
	long number;
	const char *name;
	unsigned does;
	int8_t folder, path;   /* a descriptor alone has no path */
	int8_t folder2, path2; /* where it goes to */
	int8_t len;
};

const struct call *call_of(long number); /* NULL: of no interest */
extern const struct call calls[];
extern const size_t calls_count;

struct asked {
	const struct call *call;
	long args[6];
};

/* A descriptor is asked for its path; "" where there is none. */
void where_first(const struct asked *, char out[WHERE_ROOM]);
void where_second(const struct asked *, char out[WHERE_ROOM]);
bool where_is_under(const char *path, const char *folder);
bool asked_is_opening_to_write(const struct asked *);
bool asked_changes(const struct asked *);
/* Of what the call names or holds open, before or after it; false: nothing there. */
bool where_stat(const struct asked *, struct stat *);

/* Straight to the kernel, past the filter. */
long past(long number, const long args[6]);
void past_write(int fd, const void *bytes, size_t len); /* all of it, or the end */
long past3(long number, long a, long b, long c);
void say(const char *a, const char *b, const char *c); /* one line on stderr */
_Noreturn void end_aborted(void);

/* ---- settings.c: CONFINE_FAULT_* of the environment */

enum fault_how {
	HOW_COUNT = 0,
	HOW_FAIL_ONCE,
	HOW_FAIL_ON,
	HOW_KILL,  /* before the call */
	HOW_TEAR,  /* in the middle of a write; after any other call */
	HOW_SHORT, /* a write takes half, and says so */
};

#define UNDER_MOST 4

struct settings {
	enum fault_how how;
	uint64_t at;
	int error;     /* 0: what fits the call */
	int64_t time;  /* of day, that stands still; 0: it does not */
	bool reads;    /* calls that only look are counted, too */
	bool children; /* so are those of children */
	const char *under[UNDER_MOST];
	size_t under_count;
	const char *guard_root, *guard_journal;
	int trace_fd; /* -1: none */
	int list_fd;
};
extern struct settings settings;

/* Shared with children and with who started us. */
struct shared {
	uint64_t magic;
	uint64_t count;
	uint64_t hits;
	uint64_t trapped; /* in all processes, counted or not */
	char call[32];    /* of the first hit */
	char path[464];
};
extern struct shared *shared;

void settings_read(void);
bool settings_in_main(void); /* the process that was started, not one of its children */

/* ---- point.c */

/* Runs the call, or what is to happen instead of it. */
long point_pass(const struct asked *);
/* For a call that is none of the kernel's: true when it is to fail. */
bool point_fails(const char *name, const char *path, int *error);

/* ---- trace.c, guard.c */
struct trace_note {
	struct stat before;
	bool was_there;
};
void trace_before(const struct asked *, struct trace_note *);
void trace_after(const struct asked *, const struct trace_note *, long result);
void guard_before(const struct asked *);
void guard_after(const struct asked *, long result);

#endif
