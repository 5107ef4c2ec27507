/*
 * The steps that a change is made of, each in a file of its own (mend/step_*.c) and a
 * row in the table of mend/step.c.  All go through one door (mend/carry_out.c,
 * mend/undo.c), which holds the order: keep, commit, apply, verify.
 */
#ifndef MEND_STEP_H
#define MEND_STEP_H

#include "mend/ground.h"
#include "mend/journal.h"

enum step_kind {
	STEP_HIVE = 1,      /* a hive from one state to another (mend/step_hive.c) */
	STEP_REMOVE_FILE,   /* taken into the journal, then off the volume */
	STEP_REMOVE_FOLDER, /* an empty one; another stays, and stands BEFORE */
	STEP_MAKE_FOLDER,
	STEP_MAKE_FILE,
	STEP_SECURITY, /* the descriptor of a file */
};

enum step_state {
	STEP_KEPT = 1, /* what undo needs is in the journal */
	STEP_DONE,
	STEP_UNDONE,
};

/* How the place stands, held against what the journal knows. */
enum stands {
	STANDS_BEFORE = 1, /* as it was before the step */
	STANDS_AFTER,
	STANDS_BETWEEN, /* applying or undoing was cut off; both go on from here */
	STANDS_OTHER,   /* somebody has changed it since: `why` says what differs */
	STANDS_UNREAD,  /* `why` says what could not be read, and what to do */
};

struct stage {
	struct ground *ground;
	struct journal *journal;
	struct machine *machine;
	char why[WHY_ROOM]; /* of the last failure: what, where, what now */
	/* Told by what takes long; false: the user wants it to stop.  Never asked
	 * between the first and the last write of a step.  NULL: never. */
	bool (*goes_on)(void *with, const char *what, uint64_t done, uint64_t total);
	void *goes_with;
};

/*
 * ERR_SYSTEM and ERR_REFUSED leave their sentence in stage->why.
 *
 * keep     puts into the journal what undo and redo need (row->facts, parts; it calls
 *          journal_add_step itself); reads the volume and changes nothing on it.
 * apply    from BEFORE or BETWEEN to AFTER.  Synced when it returns OK.  Where it fails
 *          it may leave BETWEEN; the caller undoes.
 * look     how the place stands now.
 * undo     from AFTER or BETWEEN (or BEFORE: then only times and the like) to BEFORE,
 *          bit for bit with times, attributes, descriptor, streams and short name, as
 *          far as the file system can keep them.  Synced.  Idempotent.
 */
struct step_ops {
	const char *name; /* for lines: "hive", "file" */
	CHECKED enum err (*apply)(struct stage *, struct step_row *);
	enum stands (*look)(struct stage *, struct step_row *);
	CHECKED enum err (*undo)(struct stage *, struct step_row *);
};

const struct step_ops *step_ops(int kind); /* NULL: of a later version */

/* Each kind has a keep of its own, for each wants to know something else. */
CHECKED enum err step_keep_remove_file(struct stage *, const char *path,
                                       const char *sha256, struct step_row *out);
CHECKED enum err step_keep_remove_folder(struct stage *, const char *path,
                                         struct step_row *out);
CHECKED enum err step_keep_make_folder(struct stage *, const char *path,
                                       struct step_row *out);
CHECKED enum err step_keep_make_file(struct stage *, const char *path,
                                     struct span content, struct step_row *out);
/* The descriptor of `like` (a file of the machine) is given to it. */
CHECKED enum err step_keep_security(struct stage *, const char *path, const char *like,
                                    struct step_row *out);

struct reg_edit;
/* `path` is the hive's file; the edits are below its root (reach/hive_edit.h). */
CHECKED enum err step_keep_hive(struct stage *, const char *path,
                                const struct reg_edit *, size_t count,
                                struct step_row *out);

/*
 * The same in three parts, for several hives that are changed and compared side by side
 * in processes of their own: after the first the changes are under way, after the
 * second the comparing.  The second may be left out; NULL may be dropped.  The edits
 * are the caller's until the third.
 */
struct hive_keeping;
CHECKED enum err step_begin_hive(struct stage *, const char *path,
                                 const struct reg_edit *, size_t count,
                                 struct hive_keeping **out);
CHECKED enum err step_compare_hive(struct hive_keeping *);
CHECKED enum err step_keep_begun_hive(struct hive_keeping *, struct step_row *out);
void step_drop_hive(struct hive_keeping *);

/*
 * For undo --only: the hive as it was before the step, in a memfd (the caller closes
 * it), without touching the volume.  `after` is the hive as it was behind the step (a
 * memfd, which a later step may have been taken back from), or -1: as it lies on the
 * volume.  And a step to a state that is there already, which has been verified to
 * differ from what it should in nothing but edits.
 */
CHECKED enum err step_hive_before(struct stage *, struct step_row *, int after,
                                  int *before);
CHECKED enum err step_keep_hive_as(struct stage *, const char *path, int after,
                                   struct step_row *out);

/* Every write of a step_*.c is preceded by it.  Ends the program if what undo needs of
 * `row` has not been committed. */
void step_may_write(const struct stage *, const struct step_row *);

#endif
