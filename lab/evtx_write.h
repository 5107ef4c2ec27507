/*
 * Writes an event log of Windows Vista and later as its service does: chunk by chunk,
 * and no more in memory than one of them, however long the log becomes.
 */
#ifndef LAB_EVTX_WRITE_H
#define LAB_EVTX_WRITE_H

#include "base/err.h"
#include "lab/evtx_template.h"

/* These bytes go there in the file.  The head, at 0, comes once more at the end. */
typedef enum err (*evtx_write_put)(void *with, uint64_t at, struct span bytes);

/* The caller fills in what is above; the rest begins as zeros. */
struct evtx_write {
	evtx_write_put put;
	void *with;
	const char *computer; /* that writes; may change on the way */
	enum err err;         /* the first thing that went wrong; nothing follows it */
	uint64_t chunks;
	uint64_t next; /* number of the next record */
	struct evtx_draft draft;
	struct buf values;
	struct crc32 crc;
};

/* Text where the field is text, else the number: of a SID the last part, 0 for nobody
 * and 18 for the system. */
struct evtx_value {
	const char *text;
	uint64_t number;
	const uint8_t *guid; /* NULL: zeros */
};

/* One record, with a value for each field of its form. */
struct evtx_order {
	const struct evtx_form *form;
	uint64_t time; /* FILETIME */
	bool is_failure;
	const struct evtx_value *values;
};

void evtx_write_begin(struct evtx_write *);
void evtx_write_record(struct evtx_write *, const struct evtx_order *);

/* What went wrong on the way, too. */
CHECKED enum err evtx_write_end(struct evtx_write *);

#endif
