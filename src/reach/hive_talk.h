/*
 * What the two sides of a hive's cage say to each other.
 *
 * A question is a byte of enum hive_ask, and for a key its path.  An answer begins
 * with a byte of enum hive_said.  Behind HIVE_SAID_IT follows, little-endian:
 *   to open   dirty, replayed, rebuilt, lost: a byte each; sound logs: le32;
 *             bytes there, bytes that ought to be there: le64 each
 *   to a key  written: le64 FILETIME; security: le32 length and bytes (none where it
 *             could not be read); values: le32 count, of each type: le32, name,
 *             le32 length and bytes; subkeys: le32 count, of each the name.
 *             A name is le32 length, UTF-8, and a zero.
 * Behind what is wrong with a key follows le32: how much of the path it is about.
 */
#ifndef REACH_HIVE_TALK_H
#define REACH_HIVE_TALK_H

#include "base/heard.h"
#include "base/span.h"
#include "flow/machine.h"
#include "reach/hive.h"

enum hive_ask { HIVE_ASK_OPEN = 'o', HIVE_ASK_KEY = 'k' };

enum hive_said {
	HIVE_SAID_IT = 1,
	HIVE_SAID_NO_KEY,
	/* of the file */
	HIVE_SAID_EMPTY,
	HIVE_SAID_SMALL,
	HIVE_SAID_NO_HIVE,
	HIVE_SAID_BASE,
	HIVE_SAID_VERSION,
	HIVE_SAID_BINS,
	/* of a key */
	HIVE_SAID_RECORD,
	HIVE_SAID_SUBKEYS,
	HIVE_SAID_TWINS,
	HIVE_SAID_VALUES,
	HIVE_SAID_LONG,
	HIVE_SAID_DEEP,
	/* of a change to one */
	HIVE_SAID_LONG_VALUE,
	HIVE_SAID_NAME,
	HIVE_SAID_OF_ITS_OWN,
	HIVE_SAID_LIST,
	HIVE_SAID_ROOT,
	HIVE_SAID_NOT_CHANGED,
	HIVE_SAID_NOT_WRITTEN,
	/* of ours */
	HIVE_SAID_MEMORY,
	HIVE_SAID_COUNT,
};

#define HIVE_ANSWER_MOST (16u << 20)
#define HIVE_PATH_MOST 4096

/* The words for it, without a name in front; NULL for what is no such byte. */
const char *hive_said_words(uint8_t byte);
enum heard hive_said_heard(uint8_t byte);

/* What opening found out, but for the note.  False where the answer is nonsense. */
struct hive_opened {
	struct hive_state state;
	bool lost; /* some of its logs, as of hive_log.h */
	unsigned logs;
	uint64_t there;
	uint64_t declared;
};
bool hive_opened_read(struct span answer, struct hive_opened *out);

/*
 * A key from behind the first byte of an answer.  HEARD_ODD where it is nonsense,
 * NOT_ASKED without memory.
 */
enum heard hive_key_answer_read(struct span answer, struct reg_key *out);

#endif
