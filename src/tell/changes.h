/*
 * Changes, as each format writes them: within a page on a host, and as the whole of
 * what a command has to say that changed something, or would.
 */
#ifndef TELL_CHANGES_H
#define TELL_CHANGES_H

#include "tell/tell.h"

/* How many there are of each state, and those that stand as they were wanted. */
struct changes_count {
	size_t of[CHANGE_UNDONE + 1]; /* by enum change_state */
	size_t done;                  /* done and verified ones, or so already */
};

void changes_count(struct changes_count *, const struct plan *);

/* A paragraph each; those that are alike stand together. */
void changes_text(FILE *, const struct plan *, const struct style *);

/* What is left alone, and what stays for a person. */
void changes_text_notes(FILE *, const struct plan *);

/* A table with a caption; nothing where there are none. */
void changes_html(FILE *, const struct plan *);

/* The newest run that changed something on a host, in a sentence. */
void mended_text(FILE *, const struct mended *);
void mended_html(FILE *, const struct mended *);

/* The place that one is about: its key or file, and the value's name. */
#define CHANGE_PLACE_ROOM (PATH_ROOM + 2 * NAME_ROOM + 8)
void change_place(const struct change *, char out[CHANGE_PLACE_ROOM]);

/* The whole documents. */
enum err changes_text_page(FILE *, const struct told_changes *, const struct style *);
enum err changes_jsonl(FILE *, const struct told_changes *, const struct style *);
enum err changes_csv(FILE *, const struct told_changes *, const struct style *);
enum err changes_xml(FILE *, const struct told_changes *, const struct style *);
enum err changes_html_page(FILE *, const struct told_changes *, const struct style *);

#endif
