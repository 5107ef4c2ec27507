/*
 * The parent's side of a hive: a copy of the file in memory of its own, which is all
 * that the child in the cage can see, and questions to that child.  The bytes go
 * through here unread.  A child that a question has killed is followed by another
 * for the next, a few times: one broken key does not hide the others.
 */
#include "reach/hive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "reach/cage.h"
#include "reach/hive_copy.h"
#include "reach/hive_once.h"
#include "reach/hive_recall.h"
#include "reach/hive_serve.h"
#include "reach/hive_talk.h"

#define LOGS_MOST HIVE_MOST /* of all logs: as much as a hive may grow by */
#define SECONDS 20          /* 512 MB were opened in 1.3 */
#define MEMORY_AT_LEAST (96u << 20)
#define DEATHS_MOST 8

struct hive {
	char called[PATH_ROOM];
	int memfd;
	uint64_t len;
	struct cage_service service;
	struct cage *cage; /* NULL: the last one is dead */
	unsigned deaths;
	struct buf answer;
	struct hive_recall recall; /* of questions for keys */
};

/* Room for a name in front of a sentence. */
#define WORDS_ROOM (PATH_ROOM + WHY_ROOM)

static enum heard
because(char why[WHY_ROOM], enum heard heard, const char *words)
{
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return heard;
}

/* The memfd with the hive, and room behind it into which logs may make it grow. */
static enum heard
take_copy(struct hive *h, const struct hive_files *files, char why[WHY_ROOM])
{
	char words[WORDS_ROOM];
	uint64_t logs = 0;

	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		logs += hive_length(files->logs[i]);
	enum heard heard = hive_copy(files->fd, &h->memfd, &h->len, why);
	if (heard != HEARD)
		return heard;
	uint64_t room = h->len + (logs < LOGS_MOST ? logs : LOGS_MOST);
	h->service.limits.memory = MEMORY_AT_LEAST + 3 * (size_t)room;
	if (ftruncate(h->memfd, (off_t)room) == 0)
		return HEARD;
	(void)snprintf(words, sizeof words,
	               "there is no memory for a copy of it: %s; close other programs",
	               strerror(errno));
	return because(why, NOT_ASKED, words);
}

/* ---- questions */

/* HEARD: h->answer has at least a byte. */
static enum heard
ask(struct hive *h, struct span question, char why[WHY_ROOM])
{
	buf_clear(&h->answer);
	if (!h->cage && h->deaths > DEATHS_MOST)
		return hive_died(HEARD_ODD, SECONDS, why);
	if (!h->cage && cage_start(&h->service, &h->cage) != OK)
		return hive_no_cage(why);
	enum heard heard = hive_ask(h->cage, &h->service.limits, question, &h->answer,
	                            why);
	if (heard == HEARD)
		return HEARD;
	cage_end(h->cage);
	h->cage = NULL;
	h->deaths++;
	return heard;
}

/* A question that killed its child has no answer to recall. */
static enum heard
recall_or_ask(struct hive *h, struct span question, char why[WHY_ROOM])
{
	buf_clear(&h->answer);
	if (hive_recall_get(&h->recall, question, &h->answer))
		return HEARD;
	enum heard heard = ask(h, question, why);
	if (heard == HEARD)
		hive_recall_put(&h->recall, question, buf_span(&h->answer));
	return heard;
}

/* ---- opening */

static void
put_note(const struct hive_opened *o, char note[WHY_ROOM])
{
	char words[WORDS_ROOM];

	note[0] = '\0';
	if (o->there < o->declared) {
		(void)snprintf(words, sizeof words,
		               "it ends after %llu of %llu bytes: what was behind them "
		               "is missing; look for an older copy of it",
		               (unsigned long long)o->there,
		               (unsigned long long)o->declared);
		(void)because(note, HEARD, words);
	} else if (o->lost) {
		(void)because(note, HEARD,
		              "one of its logs is damaged, and the last writes are "
		              "missing; look for an older copy of the log, or for "
		              "what Windows makes of it");
	} else if (o->state.dirty && !o->state.replayed) {
		(void)because(note, HEARD,
		              o->logs > 0
		                  ? "writes to it were under way, and its logs are of "
		                    "another time: the last changes may be missing"
		                  : "writes to it were under way, and no sound log is "
		                    "beside it: the last changes may be missing");
	}
}

static enum heard
open_in_cage(struct hive *h, struct hive_state *state, char why[WHY_ROOM])
{
	uint8_t question = HIVE_ASK_OPEN;
	struct hive_opened opened;
	enum heard heard = ask(h, span_of(&question, 1), why);

	if (heard != HEARD)
		return heard;
	struct span s = buf_span(&h->answer);
	uint8_t said = span_u8(&s);
	if (!hive_said_words(said) || !hive_opened_read(s, &opened))
		return hive_died(HEARD_ODD, SECONDS, why);
	*state = opened.state;
	put_note(&opened, state->note);
	return because(why, hive_said_heard(said), hive_said_words(said));
}

enum heard
hive_open(const struct hive_files *files, struct hive **out, struct hive_state *state,
          char why[WHY_ROOM])
{
	struct hive *h = calloc(1, sizeof *h);

	*out = NULL;
	*state = (struct hive_state){ .dirty = false };
	if (!h)
		return because(why, NOT_ASKED, hive_said_words(HIVE_SAID_MEMORY));
	(void)text_copy_utf8(h->called, sizeof h->called, files->called);
	buf_init(&h->answer, HIVE_ANSWER_MOST);
	enum heard heard = take_copy(h, files, why);
	h->service.serve = hive_serve;
	h->service.arg = &h->len;
	h->service.arg_len = sizeof h->len;
	h->service.in_fds[0] = h->memfd;
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		h->service.in_fds[1 + i] = files->logs[i];
	h->service.in_count = 1 + HIVE_LOGS_MOST;
	h->service.limits.seconds = SECONDS;
	h->service.limits.output = HIVE_ANSWER_MOST;
	h->service.opens_memfd = true;
	if (heard == HEARD)
		heard = open_in_cage(h, state, why);
	/* A second child finds the hive as the first has made it: no logs. */
	h->service.in_count = 1;
	h->len = hive_length(h->memfd);
	if (heard == HEARD)
		*out = h;
	else
		hive_free(h);
	return heard;
}

/* ---- keys */

/* Long names give way, so that the words have room. */
#define CALLED_MOST 100
#define PATH_MOST 160

static enum heard
key_because(const struct hive *h, struct span path, enum heard heard, const char *words,
            char why[WHY_ROOM])
{
	char whole[WORDS_ROOM];
	bool is_cut = path.left > PATH_MOST;
	int len = is_cut ? PATH_MOST : (int)path.left;

	if (len == 0)
		(void)snprintf(whole, sizeof whole, "%.*s, its root: %s", CALLED_MOST,
		               h->called, words);
	else
		(void)snprintf(whole, sizeof whole, "%.*s, key %.*s%s: %s", CALLED_MOST,
		               h->called, len, (const char *)path.at,
		               is_cut ? "..." : "", words);
	return because(why, heard, whole);
}

/* An answer of the child's that is not the key. */
static enum heard
refused(const struct hive *h, struct span path, uint8_t said, char why[WHY_ROOM])
{
	struct span s = buf_span(&h->answer);
	const char *words = hive_said_words(said);

	if (said == HIVE_SAID_NO_KEY)
		return HEARD_NOTHING;
	(void)span_u8(&s);
	uint32_t used = span_le32(&s);
	if (used < path.left)
		path = span_cut(&path, used);
	return key_because(h, path, hive_said_heard(said),
	                   words ? words : hive_said_words(HIVE_SAID_RECORD), why);
}

enum heard
hive_key(struct hive *h, const char *path, struct reg_key *out, char why[WHY_ROOM])
{
	uint8_t question[1 + HIVE_PATH_MOST + 1] = { HIVE_ASK_KEY };
	struct span name = span_of(path, strnlen(path, HIVE_PATH_MOST + 1));
	char words[WHY_ROOM];

	*out = (struct reg_key){ .value_count = 0 };
	(void)span_copy(name, question + 1, sizeof question - 1);
	enum heard heard = recall_or_ask(h, span_of(question, 1 + name.left), words);
	if (heard != HEARD)
		return key_because(h, name, heard, words, why);
	struct span s = buf_span(&h->answer);
	uint8_t said = span_u8(&s);
	if (said != HIVE_SAID_IT)
		return refused(h, name, said, why);
	heard = hive_key_answer_read(s, out);
	if (heard == HEARD)
		return HEARD;
	return key_because(
	    h, name, heard,
	    hive_said_words(heard == NOT_ASKED ? HIVE_SAID_MEMORY : HIVE_SAID_RECORD),
	    why);
}

int
hive_memfd(const struct hive *h)
{
	return h->memfd;
}

void
hive_dismiss(struct hive *h)
{
	if (h)
		cage_dismiss(h->cage);
}

void
hive_free(struct hive *h)
{
	if (!h)
		return;
	cage_end(h->cage);
	if (h->memfd >= 0)
		close(h->memfd);
	buf_free(&h->answer);
	hive_recall_clear(&h->recall);
	free(h);
}
