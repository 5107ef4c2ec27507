/*
 * What tests of the case are made of: a folder of their own, hosts, runs.
 */
#ifndef TESTS_UNIT_KEEP_SAMPLE_H
#define TESTS_UNIT_KEEP_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "flow/run.h"
#include "flow/view.h"
#include "keep/case.h"

/* cmocka set-up and tear-down: an empty folder, which is then the working one. */
int keep_folder(void **state);
int keep_no_folder(void **state);

#define KEEP_STARTED 1795375983000 /* 2026-11-22T19:33:03.000Z */

/* A run with the words "confine scan 10.0.0.0/24". */
struct run keep_run(const char *command);

/* The host 10.0.`a`.`b`: infected and unknown ones have a finding. */
struct row keep_row(unsigned a, unsigned b, enum state state);

/* An absent one. */
struct verdict keep_absent(unsigned a, unsigned b);

/* All rows of a view, "10.0.0.1 infected" and a newline each. */
const char *keep_list(struct case_file *, enum view_order, bool with_absent);

/* What was said on standard error since keep_hush; restores it. */
void keep_hush(void);
const char *keep_heard(void);

/* Runs SQL on a file, as somebody with another program would. */
void keep_tamper(const char *path, const char *sql);

#endif
