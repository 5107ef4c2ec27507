/*
 * What the steps on files and folders share: what their rows say, the place that a
 * step is at, and content on its way in and out.
 */
#ifndef MEND_STEP_PARTS_H
#define MEND_STEP_PARTS_H

#include "mend/kept.h"
#include "mend/step.h"

/* The table's rows, each in its own file. */
extern const struct step_ops step_hive_ops;
extern const struct step_ops step_remove_file_ops;
extern const struct step_ops step_remove_folder_ops;
extern const struct step_ops step_make_folder_ops;
extern const struct step_ops step_make_file_ops;
extern const struct step_ops step_security_ops;

/* ---- words */

enum err step_refuse(struct stage *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "cannot WHAT PATH: …; what to do", by errno. */
enum err step_because(struct stage *, const char *what, const char *path, int number);

/* The journal has printed its line already: a sentence that says so. */
enum err step_of_journal(struct stage *, enum err);

/* ---- rows */

#define TEMPORARY_ROOM 32

struct step_facts {
	/* What a file is called, in its own folder, until it is whole. */
	char temporary[TEMPORARY_ROOM];
	struct span thing;  /* mend/kept.h; empty: there was none */
	struct span folder; /* the times of the folder around it; empty: not known */
	struct span own;    /* what the kind of step has beside these */
};

/* Facts with nothing in them but a temporary name that nobody has. */
CHECKED enum err step_begin(struct stage *, struct step_facts *);

/* Adds the row, with the facts in it, to the journal.  Frees it where that fails. */
CHECKED enum err step_add(struct stage *, const struct step_facts *,
                          struct step_row *out);

/* What step_add wrote, which may come from anybody.  False: it is none of ours. */
bool step_facts_read(struct span, struct step_facts *out);

/* ---- places */

struct place {
	struct stage *stage;
	const struct step_row *row;
	struct step_facts facts;
	struct kept kept;   /* of facts.thing; where there is one */
	struct spot spot;   /* to be closed by place_close in any case */
	bool has_no_folder; /* the folder around it is not there: no spot */
	bool has_temporary; /* what was cut off is still there */
	struct buf times;   /* of the folder around it, as they were found now */
};

/* Reads the row and finds what it names; also where the folder is gone. */
CHECKED enum err place_find(struct stage *, const struct step_row *, struct place *out);
/* The same where the folder has to be there. */
CHECKED enum err place_enter(struct stage *, const struct step_row *,
                             struct place *out);
void place_close(struct place *);

/* What apply, undo and look of a step are: something done at its place. */
CHECKED enum err place_run(struct stage *, const struct step_row *,
                           enum err (*run)(struct place *));
enum stands place_look(struct stage *, const struct step_row *,
                       enum stands (*look)(struct place *));

/* The place of a path of which nothing is kept yet. */
CHECKED enum err step_find(struct stage *, const char *path, struct spot *out);

/* The same right after it, of something in the same folder: by the names read then. */
CHECKED enum err step_find_beside(struct stage *, const char *path, struct spot *out);

/* The thing at a spot, and the folder around it, as mend/kept.h wants them. */
struct kept_thing spot_thing(const struct stage *, const struct spot *);
struct kept_thing spot_around(const struct stage *, const struct spot *);

/* Opens the file that was found for reading; ERR_REFUSED where it is another now. */
CHECKED enum err spot_open(struct stage *, const struct spot *, int *fd);

/*
 * Opens what lies under `name` in the spot's folder by O_PATH, in place of what the
 * spot holds.
 */
CHECKED enum err spot_again(struct stage *, struct spot *, const char *name);

/* Is the very thing that the spot holds still what its name leads to? */
bool spot_is_same(const struct spot *);

/* ---- content */

/* The whole of an open file, to its hash and, where `to` is not NULL, to there. */
CHECKED enum err step_pour(struct stage *, const char *path, int fd,
                           struct part_writer *to, char sha256[SHA256_TEXT]);

/* Is it what part `part` of the step holds? */
CHECKED enum err step_same_content(struct stage *, int fd, const struct step_row *,
                                   int part, bool *same);

/* Is the thing at the place a file with the content that part 0 holds? */
CHECKED enum err place_has_content(struct place *, bool *same);

/* Writes a part into an open, empty file; `with_holes`: zeros are left out. */
CHECKED enum err step_fill(struct place *, int fd, int part, bool with_holes);

/* ---- streams, where the mount has them as files "name:stream" */

/* What a file's streams are called, appended as facts.own has them. */
CHECKED enum err streams_list(struct stage *, const struct spot *, struct buf *out);
/* Each into a part, from 1 on. */
CHECKED enum err streams_keep(struct stage *, const struct spot *,
                              const struct step_row *, struct span names);
CHECKED enum err streams_same(struct place *, bool *same);
/* Gives them to the temporary file. */
CHECKED enum err streams_fill(struct place *);

/* ---- ending */

/* Takes a left-over temporary file off; fine where there is none. */
CHECKED enum err place_sweep(struct place *);

/* The temporary file gets its name, if nothing has it. */
CHECKED enum err place_name(struct place *);

/* The folder around is given these times, and synced. */
enum place_times {
	TIMES_AS_THEY_ARE,
	TIMES_AS_KEPT,  /* before the step was applied */
	TIMES_AS_FOUND, /* by place_find: what was begun has been taken back */
};
CHECKED enum err place_settle(struct place *, enum place_times);

/* After a failure: takes the temporary file off; the sentence stays.  Returns `err`. */
enum err place_give_up(struct place *, enum err err);

#endif
