/* What the gate is made of (mend/admit.h): for the files admit*.c only. */
#ifndef MEND_ADMIT_PARTS_H
#define MEND_ADMIT_PARTS_H

#include "look/services_parts.h"
#include "look/task_list.h"
#include "mend/admit.h"
#include "mend/backups.h"

#define SIGNS_ASKED 2

struct gate {
	struct inside in;            /* the machine, with findings of its own, unread */
	const struct findings *seen; /* by who asks: where to look, and no more */
	bool has_looked;             /* whether it is infected */
	bool is_infected;
	bool has_backups;
	struct backup backups[BACKUPS_MOST];
	size_t backup_count;
	bool has_dlls; /* those of Windows' own services: owned */
	char **dlls;
	size_t dll_count;
	/* Of At jobs, which are many and alike: what the last starts is kept. */
	struct task task;
	struct task_judged judged;
	char job[NAME_ROOM]; /* the last that was let through by name; "" for none, */
	char job_why[TRACE_ROOM]; /* for this, */
	unsigned job_signs;       /* and by so many */
	bool could_not_tell;      /* why the last was refused */
	struct findings scratch;
};

/* One change before the gate. */
struct asked {
	struct gate *gate;
	const struct inside *in;
	const struct change *change;
	char *why; /* WHY_ROOM */
	unsigned
	    signs; /* that were seen on the machine, each independent of the others */
};

/* Returns ERR_REFUSED, with the reason. */
CHECKED enum err refuse(struct asked *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, where something could not be read: whoever can read it may say yes. */
CHECKED enum err refuse_unknown(struct asked *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* By what was last asked of the machine. */
CHECKED enum err refuse_unread(struct asked *);
/* OK where there are signs enough. */
CHECKED enum err by_signs(struct asked *);

/* What follows `above` and a backslash; NULL where the path is not below. */
const char *path_below(const char *path, const char *above);
/* The last name of a path. */
const char *path_base(const char *path);

/* ---- admit_infected.c */

/* Is anything on the machine surely the worm's?  Looked for once. */
CHECKED enum err gate_is_infected(struct gate *, bool *is);
/* Refused where not: settings that others change too are left alone then. */
CHECKED enum err ask_infected(struct asked *);

/* ---- admit_stock.c */

/* Is a file Windows' own, by name or content, as far as names and the machine tell?
 * `what` says how. */
bool is_stock_file(const struct inside *, const char *path, const char **what);
/* HEARD where it says which version it is; HEARD_NOTHING: nowhere in it. */
enum heard says_its_version(struct machine *, const char *path);

/* ---- admit_stock_services.c */

CHECKED enum err is_of_stock_service(struct gate *, const char *path, bool *is);

/* ---- admit_file.c */

CHECKED enum err admit_file(struct asked *);
/* The file of a service, a Run value or a task: may be the worm's at all, and its own
 * signs are counted.  An absent one counts where its name is a computed one. */
CHECKED enum err ask_program(struct asked *, const char *path,
                             const struct file_judged *);

/* ---- admit_folder.c */

CHECKED enum err admit_folder(struct asked *);
CHECKED enum err admit_autorun_inf(struct asked *);
CHECKED enum err admit_acl(struct asked *);
/* Is it "X:\name" on one of its drives? */
bool is_at_root(const struct inside *, const char *path, const char *name);
/* Does the autorun.inf of its drive start this program? */
bool autorun_starts(const struct inside *, const char *path);

/* ---- admit_task.c */

CHECKED enum err admit_task_file(struct asked *);
/* A key of the TaskCache; `rest` is below it. */
CHECKED enum err admit_task_key(struct asked *, const char *rest);
/* Does an At job of the worm's form start this file? */
bool a_task_starts(const struct inside *, const char *path);

/* ---- admit_service.c */

CHECKED enum err admit_member(struct asked *);
CHECKED enum err admit_service(struct asked *, const char *name);
/* Does a foreign service of netsvcs, or a Run value of the worm's form, load it? */
bool the_registry_starts(const struct inside *, const char *path);

/* ---- admit_registry.c */

CHECKED enum err admit_registry(struct asked *);

/* ---- admit_settings.c */

/* `rest`: of the target, below the control set, or below the software's key. */
CHECKED enum err admit_of_set(struct asked *, const char *rest);
CHECKED enum err admit_of_windows(struct asked *, const char *rest);
CHECKED enum err admit_autorun(struct asked *);
CHECKED enum err admit_audit(struct asked *);

/* ---- admit_safeboot.c */

CHECKED enum err admit_safeboot(struct asked *, const char *rest);

#endif
