/* What a fake machine is made of: for the files that fill it in and answer from it. */
#ifndef TESTS_FAKE_PARTS_H
#define TESTS_FAKE_PARTS_H

#include "fake_machine.h"

struct fake_value {
	char *name;
	uint32_t type;
	struct buf bytes;
};

struct fake_key {
	char *path;
	struct fake_value *values;
	size_t value_count;
	int64_t written_ms;
	bool has_security;
	struct buf security;
	char *unreadable;
};

struct fake_file {
	char *path; /* without a backslash at its end */
	struct file_facts facts;
	struct buf content;
	bool has_security;
	struct buf security;
	char *unreadable;
	char *lost;
	char *broken;
	uint64_t breaks_at;
};

struct fake {
	struct machine machine;
	struct fake_key *keys;
	size_t key_count;
	struct fake_file *files;
	size_t file_count;
	size_t questions_left; /* SIZE_MAX: no end */
	struct {
		char root[64];
		char path[PATH_ROOM];
	} attached[8];
	size_t attached_count;
};

struct fake *fake_new(void);

/* The one at that path, made where there is none. */
struct fake_key *fake_key_at(struct fake *, const char *path);
struct fake_file *fake_file_at(struct fake *, const char *path, bool is_folder);

/* NULL where there is none. */
struct fake_value *fake_value_of(const struct fake_key *, const char *name);

/* An empty one at the end, replacing what has that name. */
struct fake_value *fake_value_new(struct fake_key *, const char *name, uint32_t type);
void fake_value_drop(struct fake_key *, const char *name);

/* A key or a file, with all below. */
void fake_drop(struct fake *, const char *path);

/* Is `path` below `folder`? Then what follows the backslash; else NULL. */
const char *fake_below(const char *path, const char *folder);

/*
 * A descriptor as the format's words have it, in `out`; false where it is none
 * ("none").  Fails the test where the words make no sense.
 */
bool fake_security(const char *words, bool of_key, struct buf *out);

/* Adds the bytes of hexadecimal digits, blanks between them or not. */
void fake_hex(const char *digits, struct buf *out);

/* The next word, in quotes or not; false at the end of the line. */
bool fake_word(const char **at, char *to, size_t room);

#endif
