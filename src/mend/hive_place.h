/* A hive on the volume, the logs beside it, and writing to both (mend/hive_write.h). */
#ifndef MEND_HIVE_PLACE_H
#define MEND_HIVE_PLACE_H

#include "mend/hive_stand.h"
#include "mend/hive_write.h"
#include "mend/step_parts.h"
#include "reach/hive.h"

extern const char *const hive_log_endings[HIVE_LOGS_MOST]; /* ".LOG", … */

struct hive_place {
	struct hive_store store; /* for hive_write; first */
	struct stage *stage;
	const struct step_row
	    *row; /* whose undoing is safe; NULL: nothing is written */
	struct spot hive;
	struct spot logs[HIVE_LOGS_MOST];
	int fd;
	int log_fds[HIVE_LOGS_MOST]; /* -1 where there is none */
	size_t log;                  /* the one that is written to */
};

/* One that holds nothing. */
#define HIVE_PLACE_NONE                                    \
	{                                                  \
		.hive = { .folder = -1, .thing = -1 },     \
		.logs = { { .folder = -1, .thing = -1 },   \
			  { .folder = -1, .thing = -1 },   \
			  { .folder = -1, .thing = -1 } }, \
		.fd = -1, .log_fds = {                     \
			-1,                                \
			-1,                                \
			-1                                 \
		}                                          \
	}

/*
 * For reading.  A hive that is not there, or whose logs are no files, is refused.  To
 * be closed in any case.
 */
CHECKED enum err hive_place_open(struct stage *, const char *path,
                                 struct hive_place *out);
void hive_place_close(struct hive_place *);

/* The log that a change writes to: ".LOG1" since Vista, ".LOG" before. */
size_t hive_place_choose_log(const struct hive_place *);
size_t hive_place_log_of(const struct hive_change *);

/* Opens the hive and that log anew, for writing. */
CHECKED enum err hive_place_for_writing(struct hive_place *, const struct step_row *,
                                        const struct hive_change *);

/* The descriptors that were written to are closed; the places stay. */
void hive_place_let_go(struct hive_place *);

/* The length, the first block and the hash of the hive, which is not held. */
CHECKED enum err hive_place_glance(struct hive_place *, struct hive_glance *);

/* All of an open file; `to` is begun here. */
CHECKED enum err hive_place_read(struct hive_place *, int fd, const char *path,
                                 struct buf *to);

#endif
