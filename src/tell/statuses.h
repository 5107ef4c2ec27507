/*
 * Statuses, as each format writes them: within a page on a machine, and as the
 * whole of what a status command has to say.
 */
#ifndef TELL_STATUSES_H
#define TELL_STATUSES_H

#include "base/buf.h"
#include "tell/tell.h"

/*
 * A paragraph each.  What is in order is left out unless `with_orderly`, and it says
 * how many that are.
 */
void statuses_text(FILE *, const struct statuses *, const struct style *,
                   bool with_orderly);

/* A table; nothing where there are none. */
void statuses_html(FILE *, const struct statuses *);

/* "patch KB958644; audit Logon": what there is to do, in a few words. */
void statuses_brief(struct buf *, const struct statuses *, enum status_need);

/*
 * How many, from this one on, are of one kind with the same to be done about them;
 * and how many of these to show, the first ones.
 */
size_t statuses_alike(const struct statuses *, size_t first, size_t *shown);

/* What one is called: "KB958644", "Logon", "At1". */
const char *status_called(const struct status *);

/* The whole documents. */
enum err statuses_text_page(FILE *, const struct told_statuses *, const struct style *);
enum err statuses_jsonl(FILE *, const struct told_statuses *, const struct style *);
enum err statuses_csv(FILE *, const struct told_statuses *, const struct style *);
enum err statuses_xml(FILE *, const struct told_statuses *, const struct style *);
enum err statuses_html_page(FILE *, const struct told_statuses *, const struct style *);

#endif
