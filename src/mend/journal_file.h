/*
 * What a journal is made of: for the files mend/journal_*.c only.
 */
#ifndef MEND_JOURNAL_FILE_H
#define MEND_JOURNAL_FILE_H

#include "mend/journal.h"
#include "sys/claim.h"
#include "sys/db.h"

#define JOURNAL_KEY_LEN 32
#define JOURNAL_CHUNK (256u << 10)
#define JOURNAL_FACTS_MOST (1u << 20)
#define JOURNAL_STEPS_MOST 65536
#define JOURNAL_END ".journal"

struct journal {
	struct db db;
	struct claim claim; /* of a writer */
	struct journal_about about;
	uint8_t key[JOURNAL_KEY_LEN]; /* for scrambling; no secret */
	bool pending;                 /* a transaction is open */
	bool broken;                  /* something of it has failed: all of it will */
	int64_t committed;            /* the last step of which all has been */
	int64_t added;                /* the last one, pending or not */
	int64_t pending_from; /* the first of which something is pending; 0: none */
};

/* Something of the step is pending from here on. */
void journal_pend_step(struct journal *, int64_t step);

/* A plain file; else a line. */
CHECKED enum err journal_is_there(const char *path);

/*
 * A connection to a file that has the tables of a journal and may be written
 * (`words`: what its lines end in), or a line that says what is wrong.  journal_look
 * is for one that is there; both leave a connection that has to be closed.
 */
CHECKED enum err journal_tables_make(struct db *, const char *path,
                                     const struct db_words *words);
CHECKED enum err journal_look(struct db *, const char *path, bool for_writing,
                              const struct db_words *words);
extern const struct db_words journal_making, journal_using;

/* Fills in what the tables say of it: about, key.  Checked. */
CHECKED enum err journal_read_about(struct journal *);

/* What is written from here on is pending until journal_commit. */
CHECKED enum err journal_pend(struct journal *);
/* Passes on the end of a write, and remembers that it failed. */
CHECKED enum err journal_wrote(struct journal *, enum err);
/* The same, of a statement without rows that has to change one row. */
CHECKED enum err journal_change_one(struct journal *, sqlite3_stmt *);

/* One line: the file is not as we would have written it.  ERR_REFUSED. */
CHECKED enum err journal_damaged(const struct journal *, const char *what);

/*
 * The folder of journals: opened, made where it is missing (*made), and held against
 * the volume that is to be changed.  Else a line, and ERR_REFUSED.
 */
CHECKED enum err journal_folder(const char *dir, int volume, int *fd, bool *made);

#endif
