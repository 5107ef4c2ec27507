/*
 * A chunk of an event log of Windows Vista and later, while it is written.  Names and
 * templates stand in it once, where they are used first; two tables in its head lead
 * to them by their hashes.
 *
 * Source: libyal, Windows XML Event Log (EVTX); the hashes and the order in the tables
 * are those of real logs.
 */
#ifndef LAB_EVTX_DRAFT_H
#define LAB_EVTX_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "lab/crc32.h"

#define EVTX_DRAFT_LEN 65536u
#define EVTX_DRAFT_TABLES 384u /* bytes of both */
#define EVTX_GUID_LEN 16u

struct evtx_draft {
	struct buf bytes; /* of the chunk so far, and a record that is too much */
	uint64_t first;   /* number of its first record */
	uint64_t count;
	size_t last;                       /* where the newest whole record begins */
	size_t record;                     /* where that at hand does */
	uint8_t tables[EVTX_DRAFT_TABLES]; /* as they were before it */
};

void evtx_draft_init(struct evtx_draft *);
void evtx_draft_free(struct evtx_draft *);

/* An empty chunk; its first record will have this number. */
void evtx_draft_begin(struct evtx_draft *, uint64_t first);

/* A record whose XML follows; `written` is a FILETIME. */
void evtx_draft_record(struct evtx_draft *, uint64_t written);

/* False: it has no room here, and the chunk is as it was before it. */
bool evtx_draft_record_end(struct evtx_draft *);

/* Where the name stands, and the name itself if it stands nowhere yet. */
void evtx_draft_name(struct evtx_draft *, const char *name);

/*
 * An instance of a template.  0: its definition stands in the chunk, and the values
 * follow.  Else the definition is to follow, up to evtx_draft_template_end.
 */
size_t evtx_draft_template(struct evtx_draft *, const uint8_t guid[EVTX_GUID_LEN]);
void evtx_draft_template_end(struct evtx_draft *, size_t definition);

/* The chunk with its checksums, EVTX_DRAFT_LEN bytes; bad: there was no memory. */
struct span evtx_draft_end(struct evtx_draft *, const struct crc32 *);

#endif
