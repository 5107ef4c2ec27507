#include "keep/past_run.h"

#include <stdlib.h>
#include <string.h>

#include "flow/json_read.h"
#include "keep/now.h"

#define WORD_ROOM 1024 /* for people to read: longer ones are cut */

static struct said
said_of(const char *text)
{
	struct said s = { { 0 } };

	now_text(s.utf8, sizeof s.utf8, text);
	return s;
}

static bool
take_word(void *into, const struct json_value *v)
{
	struct past_run_row *row = into;
	char word[WORD_ROOM];

	if (v->kind != JSON_TEXT || row->word_count == PAST_WORDS_MOST)
		return false;
	now_text(word, sizeof word, v->text);
	row->words[row->word_count] = strdup(word);
	return row->words[row->word_count] && ++row->word_count > 0;
}

void
past_run_clear(struct past_run_row *row)
{
	while (row->word_count > 0)
		free(row->words[--row->word_count]);
}

static uint64_t
count_at(sqlite3_stmt *at, int column)
{
	int64_t count = sqlite3_column_int64(at, column);

	return count > 0 ? (uint64_t)count : 0;
}

static void
read_summary(sqlite3_stmt *at, struct past_run *past)
{
	struct summary *s = &past->summary;

	past->has_ended = sqlite3_column_type(at, 6) != SQLITE_NULL;
	s->seconds = sqlite3_column_double(at, 6);
	if (!(s->seconds >= 0 && s->seconds < 1e9))
		s->seconds = 0;
	s->interrupted = !past->has_ended || sqlite3_column_int(at, 7) != 0;
	s->targets = count_at(at, 8);
	for (int state = STATE_INFECTED; state <= STATE_COUNT; state++)
		s->count[state] = count_at(at, 8 + state);
}

enum err
past_run_read(struct case_file *c, sqlite3_stmt *at, struct past_run_row *out)
{
	struct past_run *past = &out->past;

	*out = (struct past_run_row){ .word_count = 0 };
	out->command = said_of(db_text(at, 2));
	out->version = said_of(db_text(at, 3));
	/* Too many words, or none of ours: the reader sees that some are missing. */
	if (json_walk(db_text(at, 4), JSON_ARRAY, take_word, out) != OK ||
	    out->word_count == 0) {
		past_run_clear(out);
		out->words[0] = strdup("confine");
		out->words[1] = strdup(out->command.utf8);
		out->words[2] = strdup("…");
		out->word_count = 3;
		if (!out->words[0] || !out->words[1] || !out->words[2]) {
			past_run_clear(out);
			return ERR_MEMORY;
		}
	}
	past->run = (struct run){
		.started_ms = sqlite3_column_int64(at, 5),
		.version = out->version.utf8,
		.command = out->command.utf8,
		.argv = out->words,
		.argc = out->word_count,
	};
	read_summary(at, past);
	past->summary.command = out->command.utf8;
	past->first_ms = sqlite3_column_int64(at, 15);
	past->is_running = !past->has_ended && c->is_running &&
	                   sqlite3_column_int64(at, 0) == c->run;
	return OK;
}
