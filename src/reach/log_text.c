#include "reach/log_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "format/event_csv.h"
#include "format/event_json.h"
#include "format/event_letters.h"
#include "format/event_pieces.h"
#include "format/event_xml.h"
#include "sys/random.h"

#define BLOCK (64u << 10)
#define WINDOW_MOST (EVENT_PIECE_MOST + 4 * BLOCK) /* UTF-8 can be longer */
#define PIECES_MOST 64                             /* at a step */
#define OPENED_MOST 8 /* objects that are too long, in as much as one may have */

struct log_text_reader {
	struct event_text *event;
	struct event_xml *xml;
	struct event_csv *csv;
	struct log_text_file file;
	struct log_text_state state;
	enum event_letters letters; /* 0: not known yet */
	struct buf window;          /* as bytes */
	size_t done;                /* of it */
	uint64_t window_at;         /* of the file, about where it begins */
	bool has_ended;
	bool is_opened, is_closed; /* by an element around all events */
	uint8_t block[BLOCK];
	size_t left;     /* of the block, half a character */
	uint64_t opened; /* objects, as they are too long */
};

struct log_text_reader *
log_text_new(log_event_seen seen, void *with)
{
	struct log_text_reader *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	event_json_seed(random_u64());
	buf_init(&t->window, WINDOW_MOST);
	t->event = event_text_new(seen, with);
	t->xml = t->event ? event_xml_new(t->event) : NULL;
	t->csv = t->event ? event_csv_new(t->event) : NULL;
	if (t->xml && t->csv)
		return t;
	log_text_free(t);
	return NULL;
}

void
log_text_free(struct log_text_reader *t)
{
	if (!t)
		return;
	event_csv_free(t->csv);
	event_xml_free(t->xml);
	event_text_free(t->event);
	buf_free(&t->window);
	free(t);
}

void
log_text_begin(struct log_text_reader *t, struct log_text_file file)
{
	t->file = file;
	t->state = (struct log_text_state){ .at = 0 };
	event_text_begin_file(t->event);
	event_csv_begin(t->csv);
	t->letters = 0;
	buf_clear(&t->window);
	t->done = 0;
	t->window_at = 0;
	t->has_ended = false;
	t->is_opened = false;
	t->is_closed = false;
	t->left = 0;
	t->opened = 0;
}

/* ---- the window */

static void
pass_unread(struct log_text_reader *t, uint64_t len)
{
	if (t->state.unread == 0) {
		t->state.unread_at = t->state.at;
		t->state.unread_why = errno;
	}
	t->state.unread += len;
	t->state.at += len;
}

/* Reads behind what is left of the block.  0: nothing came, for whatever reason. */
static size_t
read_block(struct log_text_reader *t)
{
	uint64_t rest = t->file.size - t->state.at;
	size_t room = BLOCK - t->left;
	size_t want = rest < room ? (size_t)rest : room;
	ssize_t got = 0;

	do {
		got = pread(t->file.fd, t->block + t->left, want, (off_t)t->state.at);
	} while (got < 0 && errno == EINTR);
	if (got > 0) {
		t->state.at += (uint64_t)got;
		return (size_t)got;
	}
	if (got < 0) {
		pass_unread(t, want);
	} else {
		t->state.is_cut = t->state.is_cut || want > 0; /* shorter than it was */
		t->file.size = t->state.at;
	}
	return 0;
}

static bool
has(struct span s, const char *word)
{
	return span_find(s, word, strlen(word)) != SIZE_MAX;
}

static void
find_letters(struct log_text_reader *t, struct span *s)
{
	size_t mark = 0;

	if (t->letters != 0)
		return;
	t->letters = event_letters_of(*s, &mark);
	(void)span_cut(s, mark);
}

/* Is there something around all events, which has an end of its own? */
static bool
opens(const struct log_text_reader *t)
{
	struct span s = buf_span(&t->window);

	if (t->file.kind == LOG_IS_XML)
		return has(s, "<Events");
	if (t->file.kind == LOG_IS_CSV)
		return false;
	while (s.left > 0 && s.at[0] <= ' ')
		(void)span_cut(&s, 1);
	return s.left > 0 && s.at[0] == '[';
}

static void
fill(struct log_text_reader *t)
{
	size_t got = read_block(t);
	struct span s = span_of(t->block, t->left + got);
	bool is_last = t->state.at >= t->file.size;

	t->window_at += t->done;
	buf_eat(&t->window, t->done);
	t->done = 0;
	find_letters(t, &s);
	size_t done = event_letters_take(t->letters, s, is_last, &t->window);
	t->left = s.left - done;
	memmove(t->block, s.at + done, t->left);
	t->has_ended = is_last;
	t->is_opened = t->is_opened || (t->window_at == 0 && opens(t));
}

/* ---- events */

/* What is not done yet. */
static struct span
text_at_hand(const struct log_text_reader *t)
{
	struct span s = buf_span(&t->window);

	(void)span_cut(&s, t->done);
	return s;
}

/* Between two events, or where there is no more: is the end of all in sight? */
static void
look_around(struct log_text_reader *t, struct span text)
{
	bool is_json = t->file.kind == LOG_IS_JSON;

	t->is_closed = t->is_closed || has(text, is_json ? "]" : "</Events");
	if (t->has_ended && t->is_opened && !t->is_closed)
		t->state.is_cut = true;
}

static struct event_piece
piece_of(struct log_text_reader *t, struct span text)
{
	switch (t->file.kind) {
	case LOG_IS_CSV: return event_csv_row(t->csv, text, t->has_ended);
	case LOG_IS_JSON: return event_piece_json(text, t->has_ended);
	default: return event_piece_xml(text, t->has_ended);
	}
}

/* All that is in one of them is looked through again, which ends somewhere. */
static bool
is_opened_too_often(struct log_text_reader *t)
{
	uint64_t before = (t->window_at + t->done) / EVENT_PIECE_MOST;

	return ++t->opened > OPENED_MOST * (before + 1);
}

static struct event_piece
next_piece(struct log_text_reader *t)
{
	struct span text = text_at_hand(t);
	struct event_piece p = piece_of(t, text);

	if (p.kind == PIECE_MORE || p.kind == PIECE_END)
		look_around(t, text);
	if (p.kind == PIECE_NONE && t->file.kind == LOG_IS_JSON &&
	    is_opened_too_often(t))
		p = (struct event_piece){ .kind = PIECE_CUT, .done = EVENT_PIECE_MOST };
	return p;
}

static void
read_xml(struct log_text_reader *t, struct span event, struct log_tally *tally)
{
	event_text_begin(t->event, t->window_at + t->done);
	tally->records++;
	if (!event_xml_read(t->xml, event) || !event_text_end(t->event, tally))
		tally->undecodable++;
}

static void
read_event(struct log_text_reader *t, struct span event, struct log_tally *tally)
{
	uint64_t offset = t->window_at + t->done;

	switch (t->file.kind) {
	case LOG_IS_CSV:
		if (!event_csv_take(t->csv, offset, tally))
			t->state.is_cut = true;
		break;
	case LOG_IS_JSON: event_json_read(t->event, event, offset, tally); break;
	default: read_xml(t, event, tally);
	}
}

static void
take_piece(struct log_text_reader *t, struct event_piece p, struct log_tally *tally)
{
	if (p.kind == PIECE_CUT) {
		tally->records++;
		tally->undecodable++;
		if (t->has_ended && t->done + p.done == t->window.len)
			t->state.is_cut = true;
	} else if (p.kind == PIECE_WHOLE) {
		read_event(t, span_at(text_at_hand(t), p.from, p.len), tally);
	}
	t->done += p.done;
}

bool
log_text_go_on(struct log_text_reader *t, struct log_tally *tally,
               struct log_text_state *out)
{
	struct event_piece p = { .kind = PIECE_WHOLE };

	for (size_t i = 0; i < PIECES_MOST && p.kind != PIECE_END; i++) {
		p = next_piece(t);
		take_piece(t, p, tally);
		if (p.kind == PIECE_MORE)
			fill(t);
	}
	*out = t->state;
	return p.kind != PIECE_END;
}
