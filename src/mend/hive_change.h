/*
 * A hive from one state to another, as a journal keeps it: all that doing, undoing,
 * and telling how far either came, needs.  Pure, but for the memory.
 *
 * A hive that is clean goes  READY → TO_AFTER → AFTER, and back AFTER → TO_READY →
 * READY.  One that was dirty begins, and ends, as BEFORE, with a log of Windows' own
 * that makes it READY.  Each form is a first block that no other has.
 */
#ifndef MEND_HIVE_CHANGE_H
#define MEND_HIVE_CHANGE_H

#include <stdbool.h>

#include "format/hive_log.h"
#include "mend/hive_runs.h"

enum hive_form {
	FORM_AFTER,    /* with the edits */
	FORM_TO_AFTER, /* its log leads there, whatever is in the pages */
	FORM_TO_READY, /* the same, back */
	FORM_READY,    /* clean, as it was, with its logs replayed */
	FORM_BEFORE,   /* as it was, and was dirty; else the same as FORM_READY */
	HIVE_FORMS,
};

#define LOG_ENDING_ROOM 8
#define HIVE_SHA256 32

struct hive_change {
	bool was_dirty;
	bool has_log;                     /* else one is made, and removed again */
	char log_ending[LOG_ENDING_ROOM]; /* ".LOG1" */
	uint32_t log_kind;
	uint64_t before_len, ready_len, after_len;
	uint8_t before_sha256[HIVE_SHA256], after_sha256[HIVE_SHA256];
	uint8_t forms[HIVE_FORMS][HIVE_BASE];
	struct buf hive_times, log_times, folder_times; /* mend/kept.h */
	/* Kept in parts of their own. */
	struct hive_runs change; /* ready to after */
	struct hive_runs replay; /* before to ready */
	struct buf old_log;
};

void hive_change_init(struct hive_change *);
void hive_change_free(struct hive_change *);

/* The states; `after` is stamped in place. */
struct hive_images {
	struct span before, ready;
	uint8_t *after;
	size_t after_len;
	uint64_t written; /* FILETIME: later than all in the hive and its logs */
};

/* Fills in all but the log and the times.  ERR_REFUSED: `why` has the words. */
CHECKED enum err hive_change_between(const struct hive_images *,
                                     struct hive_change *out, const char **why);

/* True: there is nothing to be done. */
bool hive_change_is_empty(const struct hive_change *);

/* HIVE_FORMS: none of them. */
enum hive_form hive_change_form(const struct hive_change *,
                                const uint8_t base[HIVE_BASE]);

/* The log that goes with FORM_TO_AFTER or FORM_TO_READY. */
CHECKED enum err hive_change_log(const struct hive_change *, enum hive_form,
                                 struct buf *out);

/* A step's facts, both ways; they may come from anybody (ERR_REFUSED). */
void hive_change_put(const struct hive_change *, struct buf *facts);
CHECKED enum err hive_change_read(struct span facts, struct hive_change *out);

#endif
