/*
 * Event logs for tests, and what is told of them.  Linked with --wrap=evtx_new,
 * --wrap=evtx_chunk_read: a chunk that begins with a command is no foreign one.
 */
#ifndef LOG_SAMPLE_H
#define LOG_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "reach/log_files.h"
#include "temp_tree.h"

extern struct temp_tree log_sample_tree;

/* For each test. */
int log_sample_make(void **state);
int log_sample_remove(void **state);
#define IN_A_TREE(test) \
	cmocka_unit_test_setup_teardown(test, log_sample_make, log_sample_remove)

/*
 * An .evtx with a chunk for each command, and the name of an account in each of them:
 * '+' gives an attempt, '*' gives LOG_SAMPLE_MANY, '0' says that the log was cleared,
 * 'x' is the end of its reader.
 */
#define LOG_SAMPLE_MANY 30000 /* more than a piece */
void log_sample_put(const char *path, const char *commands, const char *account);

/* An .evt that is empty, in a file of so many bytes. */
void log_sample_put_old(const char *path, size_t len);

/* What is told: " account" for each attempt, and then "path kind: why" of their log. */
struct log_sample_heard {
	struct buf lines;
	struct log_told last;
	size_t attempts;
	uint64_t done;
	bool goes_on;
	enum err refuses; /* attempts */
	const char *cuts; /* once the first file is told, this one */
};

size_t log_sample_descriptors(void); /* how many are open */

enum err log_sample_attempt(void *with, const struct attempt *);
enum err log_sample_file(void *with, const struct log_told *);

/* Leaves no descriptor open. */
enum err log_sample_read(struct log_sample_heard *, const char *const *paths,
                         size_t count);

/* The same, of one path; leaves no child either. */
void log_sample_told(const char *path, const char *lines);

#endif
