/*
 * What tests of the journal are made of: a folder of their own, a run, journals.
 */
#ifndef TESTS_UNIT_JOURNAL_SAMPLE_H
#define TESTS_UNIT_JOURNAL_SAMPLE_H

#include "mend/journal.h"

/* cmocka set-up and tear-down: an empty folder, which is then the working one. */
int journal_folder_made(void **state);
int journal_folder_gone(void **state);
/* The same in memory, where syncing costs nothing. */
int journal_folder_in_memory(void **state);

#define JOURNAL_STARTED 1795912785000 /* 2026-11-29T00:39:45.000Z */
#define JOURNAL_NAME "20261129T003945Z-clean-WARD-35.journal"
#define JOURNAL_PATH "j/" JOURNAL_NAME

/* A run with the words "confine clean /mnt/c". */
struct run journal_run(void);

/* A new one in the folder "j" with the plan of plan_sample.h. */
struct journal *journal_of_sample(void);

/* The same, once it lies there. */
struct journal *journal_reopened(bool for_writing);

/* A step of kind 2 in state 1; gives its id. */
int64_t journal_put_step(struct journal *, const char *path);

/* A part of `len` bytes, each byte of which tells its place; written in pieces. */
enum err journal_put_part(struct journal *, int64_t step, int part, uint64_t len);

/* Reads it and looks at every byte; the length. */
uint64_t journal_part_is_whole(struct journal *, int64_t step, int part);

#endif
