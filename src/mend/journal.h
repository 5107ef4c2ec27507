/*
 * The journal: what one run has changed on one machine, and all that undoing it
 * needs, in one SQLite file that is self-contained.  Nothing on a machine changes
 * before journal_commit has returned OK for what undo needs.
 *
 * A run is a list of steps.  A step is the smallest thing that is done or undone as a
 * whole: one file taken away, one hive brought from one state to another.  What it
 * needs is kept in parts: runs of bytes of any length, written and read from front to
 * back in constant memory, scrambled (so that no virus scanner eats the evidence), each
 * with its SHA-256, which is checked again whenever it is read.
 *
 * Durability: rollback journal, synchronous=EXTRA; a commit has reached stable storage
 * when it returns.  The file is made under another name, synced, and renamed, so a
 * journal is whole or absent; the folder is synced.
 *
 * Failures print one line (what, on what file, what now) and give ERR_REFUSED; a
 * journal may come from anybody, so all that is read out of it is checked.
 */
#ifndef MEND_JOURNAL_H
#define MEND_JOURNAL_H

#include "base/span.h"
#include "flow/plan.h"
#include "flow/run.h"

struct journal;

enum journal_state {
	JOURNAL_KEEPING = 1, /* nothing has been changed yet */
	JOURNAL_CHANGING,    /* … from here on: it may be half done */
	JOURNAL_DONE,
	JOURNAL_UNDOING,
	JOURNAL_UNDONE,
};

/* What `undo --list` and the summary want. */
struct journal_about {
	char path[PATH_ROOM];
	enum journal_state state;
	char command[32]; /* "clean", "autorun" */
	char called
	    [PATH_ROOM]; /* the machine, as the user named it then, made absolute */
	char host[ADDRESS_ROOM];
	int64_t started_ms;
	size_t changes; /* in the plan */
};

/*
 * Makes DIR (beneath an existing folder; mode 0700) where it is missing and a new
 * journal in it, named by time, command and host: "20261129T004500Z-clean-WARD-35
 * .journal".  ERR_REFUSED where DIR lies on the volume open at `volume` (-1: not
 * asked).  State: JOURNAL_KEEPING, with the plan in it, committed.
 */
CHECKED enum err journal_make(const char *dir, const struct run *, const struct plan *,
                              int volume, struct journal **out);

/* An existing one.  Refuses what is no journal, is of another version, or is in use. */
CHECKED enum err journal_open(const char *path, bool for_writing, struct journal **out);
void
journal_free(struct journal *); /* NULL is fine; rolls back what is not committed */

const struct journal_about *journal_about(const struct journal *);
/* The plan with the states of its changes as they stand in the journal. */
CHECKED enum err journal_plan(struct journal *, struct plan **out);

/* All journals in DIR, newest last; those that cannot be read get a line and are left
 * out.  A DIR that is not there has none. */
CHECKED enum err journal_each(const char *dir,
                              enum err (*take)(void *, const struct journal_about *),
                              void *with);

/* ---- writing: nothing is durable before journal_commit */

/*
 * A write that failed takes all that was not committed with it: the next commit is
 * refused, and so is every write until then.  journal_roll_back begins anew.
 */
CHECKED enum err journal_commit(struct journal *);
/* Has journal_commit returned OK since this step's row and its parts were added? */
bool journal_has_committed(const struct journal *, int64_t step);
void journal_roll_back(struct journal *);
CHECKED enum err journal_set_state(struct journal *, enum journal_state);
CHECKED enum err journal_set_change(struct journal *,
                                    const struct change *); /* its state, error */

/* Kinds, states and facts are mend/step.h's; the journal only keeps them. */
struct step_row {
	int64_t id; /* from 1, in the order of doing */
	int kind;
	int state;
	char path[PATH_ROOM]; /* of the machine */
	struct buf facts;     /* owned; at most 1 MB */
};
CHECKED enum err journal_add_step(struct journal *, struct step_row *); /* sets id */
CHECKED enum err journal_set_step(struct journal *, int64_t id, int state);
/* Which step carries out which change: several may be of one hive. */
CHECKED enum err journal_bind(struct journal *, unsigned change, int64_t step);

#define JOURNAL_PARTS_MOST 64 /* of a step; 0 is the content of its file */

struct part_writer;
CHECKED enum err journal_part_begin(struct journal *, int64_t step, int part,
                                    struct part_writer **out);
CHECKED enum err part_write(struct part_writer *, struct span bytes);
/* Ends it; reads it back out of the file and compares the hash.  Frees the writer. */
CHECKED enum err part_end(struct part_writer *, uint64_t *len,
                          char sha256[SHA256_TEXT]);
void part_drop(struct part_writer *); /* NULL is fine */

/* ---- reading */

/* Rows in order (`backwards`: the last first); `take` may write to the journal. */
CHECKED enum err journal_steps(struct journal *, bool backwards,
                               enum err (*take)(void *, struct step_row *), void *with);
CHECKED enum err journal_step_of(struct journal *, unsigned change,
                                 struct step_row *out, bool *found);
void step_row_free(struct step_row *);

struct part_reader;
/* *out NULL where there is no such part. */
CHECKED enum err journal_part_open(struct journal *, int64_t step, int part,
                                   struct part_reader **out);
uint64_t part_len(const struct part_reader *);
const char *part_sha256(const struct part_reader *);
/* Up to `room` bytes; *got 0 at the end, where the hash has been compared: a part that
 * is damaged is refused with a line before its last byte is given out. */
CHECKED enum err part_read(struct part_reader *, void *to, size_t room, size_t *got);
void part_close(struct part_reader *);

#endif
