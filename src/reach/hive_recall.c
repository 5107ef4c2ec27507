#include "reach/hive_recall.h"

#include <stdlib.h>
#include <string.h>

/* One answer may take a part of the room only. */
#define ONE_MOST (HIVE_RECALL_MOST / 16)

/* FNV-1a; who sends questions to one slot on purpose has them asked again. */
static size_t
slot_of(struct span question)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < question.left; i++)
		hash = (hash ^ question.at[i]) * 16777619u;
	return hash % HIVE_RECALL_SLOTS;
}

static bool
is_of(const struct hive_recalled *r, struct span question)
{
	return r->bytes && r->question == question.left &&
	       memcmp(r->bytes, question.at, question.left) == 0;
}

bool
hive_recall_get(const struct hive_recall *recall, struct span question,
                struct buf *answer)
{
	const struct hive_recalled *r = &recall->at[slot_of(question)];

	if (!is_of(r, question))
		return false;
	buf_put(answer, r->bytes + r->question, r->answer);
	return !answer->bad;
}

static void
forget(struct hive_recall *recall, struct hive_recalled *r)
{
	recall->held -= r->question + r->answer;
	free(r->bytes);
	*r = (struct hive_recalled){ .bytes = NULL };
}

void
hive_recall_put(struct hive_recall *recall, struct span question, struct span answer)
{
	struct hive_recalled *r = &recall->at[slot_of(question)];
	size_t len = question.left + answer.left;

	if (question.left == 0 || len > ONE_MOST)
		return;
	forget(recall, r);
	if (recall->held + len > HIVE_RECALL_MOST)
		hive_recall_clear(recall);
	uint8_t *bytes = malloc(len);
	if (!bytes)
		return;
	(void)span_copy(question, bytes, question.left);
	(void)span_copy(answer, bytes + question.left, answer.left);
	*r = (struct hive_recalled){ .bytes = bytes,
		                     .question = question.left,
		                     .answer = answer.left };
	recall->held += len;
}

void
hive_recall_clear(struct hive_recall *recall)
{
	for (size_t i = 0; i < HIVE_RECALL_SLOTS; i++)
		forget(recall, &recall->at[i]);
}
