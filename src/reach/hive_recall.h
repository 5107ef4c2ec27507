/*
 * What a hive has answered already.  Its bytes are a copy that nobody changes, so the
 * same question has the same answer for as long as the hive is open; planner, gate and
 * the look before them ask much the same, and a question to the cage costs two
 * switches of process.  Bounded: what does not fit is asked again.
 */
#ifndef REACH_HIVE_RECALL_H
#define REACH_HIVE_RECALL_H

#include "base/buf.h"

#define HIVE_RECALL_MOST (2u << 20) /* bytes of one hive's answers */
#define HIVE_RECALL_SLOTS 1024

struct hive_recalled {
	uint8_t *bytes; /* the question, and the answer behind it */
	size_t question;
	size_t answer;
};

/* All zero is empty. */
struct hive_recall {
	struct hive_recalled at[HIVE_RECALL_SLOTS];
	size_t held; /* bytes, of all */
};

/* The answer goes behind what is in the buffer. */
bool hive_recall_get(const struct hive_recall *, struct span question,
                     struct buf *answer);

/* Without memory for it, it is not kept. */
void hive_recall_put(struct hive_recall *, struct span question, struct span answer);

void hive_recall_clear(struct hive_recall *);

#endif
