/*
 * Volumes by chance, for the property test of the gate: an XP with services, files,
 * tasks, start values and settings of all kinds, honest and not, and the truth about
 * each, which the test holds against what the gate lets through.
 */
#ifndef VOLUME_MADE_H
#define VOLUME_MADE_H

#include "../fake/fake_parts.h"

enum body {               /* what is in a file */
	    BODY_PACKED,  /* as the worm: packed, no version, no signature */
	    BODY_PLAIN,   /* a program, not packed, no version */
	    BODY_SIGNED,  /* packed, with a signature */
	    BODY_MARKED,  /* packed, and the mark of a version somewhere in it */
	    BODY_VENDOR,  /* somebody's, with a version */
	    BODY_WINDOWS, /* Microsoft's, with a version */
	    BODY_64,      /* of a version-less kind, for 64 bits */
	    BODY_TEXT,    /* no program */
	    BODY_KINDS
};

#define FILES_MADE 16
#define SERVICES_MADE 12
#define VALUES_MADE 6
#define JOBS_MADE 5
#define SETS_MADE 2
#define MADE_PATH 160

struct made_file {
	char path[MADE_PATH];
	enum body body;
	unsigned content; /* two files of a body with the same number are the same */
	bool hidden, locked;
	bool stock_name; /* Windows brings one of that name */
	bool
	    stock_spare; /* this machine keeps a spare copy, or its layout.inf has it */
	bool computed;   /* the worm's own name on this computer */
	bool drawn;      /* letters only, in one of the places */
	bool in_bin;     /* a made-up one, and a name of the worm's kind */
	bool disguised;  /* a picture by its name, or x in System32 */
	bool unreadable, link;
	bool of_windows; /* a service of Windows loads it */
	bool named;      /* by a service of the group, a start value, a job */
};

struct made_service {
	char name[48];
	bool stock;   /* of Windows, or known to be somebody's */
	bool member;  /* of netsvcs */
	bool svchost; /* its command line is that of the group */
	bool driver;
	bool locked, worded, copied;
	bool in_set[SETS_MADE];
	int file;           /* its DLL; -1: one that is not there */
	bool gone_computed; /* that would have the computed name */
};

struct made_value { /* of Run */
	char name[24];
	bool has_form; /* rundll32.exe "<path>",letters */
	int file;      /* -1: not there, and of a computed name; -2: of no such name */
};

struct made_job {
	char path[MADE_PATH];
	bool is_at;   /* made by way of AT */
	bool is_bare; /* rundll32 name.ext,letters */
	int file;     /* in System32; -1: not there */
};

struct made {
	struct fake *fake;
	uint64_t dice;
	struct made_file files[FILES_MADE];
	struct made_service services[SERVICES_MADE];
	size_t service_count;
	struct made_value values[VALUES_MADE];
	struct made_job jobs[JOBS_MADE];
	char members[SERVICES_MADE + 8][48]; /* of netsvcs, as spelled */
	size_t member_count;
	bool worm_autorun, honest_autorun;
};

/* Names that Windows brings, and some that are known of others. */
extern const char *const made_stock_files[];
extern const size_t made_stock_files_count;

void volume_made(struct made *, uint64_t seed);
void volume_unmade(struct made *);

/* The bytes of a body; of each there are a few. */
#define MADE_CONTENTS 3
const struct buf *made_content(enum body, unsigned number);

/* A number below `n`. */
uint64_t made_draw(struct made *, uint64_t n);
bool made_chance(struct made *, uint64_t percent);

#define MADE_SET "HKLM\\SYSTEM\\ControlSet00"
#define MADE_RUN "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run"
#define MADE_SVCHOST "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SvcHost"
#define MADE_BIN "C:\\RECYCLER\\S-5-3-42-2819952290-8240758988-879315005-3665"

#endif
