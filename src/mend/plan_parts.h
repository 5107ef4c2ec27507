/* What the planner is made of (mend/plan_for.h): for the files plan_*.c only. */
#ifndef MEND_PLAN_PARTS_H
#define MEND_PLAN_PARTS_H

#include "look/worm_file.h"
#include "mend/admit.h"
#include "mend/at_jobs.h"
#include "mend/plan_for.h"

/* A file to be taken away: what names it is gone through before, and files after. */
struct planned_file {
	char path[PATH_ROOM];
	char why[TRACE_ROOM];
	struct file_judged file;
	bool is_weak; /* goes only as a copy of what is surely the worm's */
};
#define PLANNED_FILES_MOST 512

struct planner {
	struct inside
	    in; /* the machine, with findings of its own, which nobody reads */
	const struct findings *found;
	const struct statuses *statuses; /* NULL: not asked */
	struct plan_wishes wishes;
	bool is_infected; /* as the verdict has it */
	struct plan *plan;
	struct gate *gate;
	struct planned_file *files;
	size_t file_count;
	size_t more_left; /* that found no room under `left` */
	struct findings scratch;
};

/* `found`: of the check; `verdict` NULL: of no check.  ERR_MEMORY. */
CHECKED enum err planner_open(const struct inside *, const struct verdict *,
                              const struct plan_wishes *, struct plan *,
                              struct planner **out);
/* Frees it; `err`, or ERR_MEMORY where the machine ran out of it meanwhile. */
CHECKED enum err planner_close(struct planner *, enum err err);

/*
 * A change of this kind, that settle has to follow; NULL: no memory, or too many, which
 * planner_full tells apart.
 */
struct change *planner_add(struct planner *, enum change_kind, const char *target,
                           const char *why);
CHECKED enum err planner_full(struct planner *);

/*
 * The last that was added: looks what stands there, and asks the gate.  It goes again,
 * and *stays is false, where there is nothing to do, where it is planned already, and
 * where the gate refuses it, which then is told under `left`.  `stays` may be NULL.
 */
CHECKED enum err planner_settle(struct planner *, bool *stays);

/* A file for plan_quarantine; again, or too many: the first are kept. */
void planner_file(struct planner *, const char *path, const char *why,
                  const struct file_judged *, bool is_weak);
bool planner_has_file(const struct planner *, const char *path);

/* plan_leave, and what finds no room is counted. */
void planner_leave(struct planner *, const char *why, const char *target,
                   const char *says);

/* The same, where the reason is that it could not be read. */
void planner_unread(struct planner *, const char *why, const char *target,
                    const char *says);

/* The traits of a file, as signs. */
void change_sign_traits(struct change *, unsigned traits);
void change_says(struct change *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void change_from(struct change *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What `after` is to be. */
void change_u32(struct change *, uint32_t);
void change_text(struct change *, uint32_t type, const char *text);

/* "HKLM\SOFTWARE\" or its half for 32-bit programs, and what follows. */
#define SOFTWARE_HALVES 2
void software_key(size_t half, const char *root, const char *rest, char to[PATH_ROOM]);

bool planner_found(const struct planner *, const char *trace);
bool planner_has(const struct planner *, enum change_kind, const char *target);

/* In this order, from what starts the worm to what it changed. */
CHECKED enum err plan_services(struct planner *);
CHECKED enum err plan_run_values(struct planner *);
CHECKED enum err plan_task_jobs(struct planner *, bool all_at);
CHECKED enum err plan_drives(struct planner *);
CHECKED enum err plan_drive(struct planner *, const struct machine_drive *);
CHECKED enum err plan_sweep(struct planner *); /* files that nothing names */
CHECKED enum err plan_quarantine(struct planner *);
CHECKED enum err plan_bins(struct planner *); /* made-up bins that are empty then */
CHECKED enum err plan_mounts(struct planner *);
CHECKED enum err plan_settings(struct planner *);
CHECKED enum err plan_starts(struct planner *);
CHECKED enum err plan_safeboot(struct planner *);
void plan_persons(struct planner *);
void plan_rest(struct planner *); /* whatever was found and is in none of these */

#endif
