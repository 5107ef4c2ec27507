/*
 * Every sign that confine knows, and every reason why it could not tell: the
 * rows of traces.tsv.
 */
#ifndef KNOW_TRACES_H
#define KNOW_TRACES_H

#include <stddef.h>

#include "flow/finding.h"

struct trace {
	const char *id;
	const char *detector;
	enum grade grade;
	variants variants;
	const char *title;   /* a sentence for the person who reads the verdict */
	const char *meaning; /* explain: what it is and how it comes about */
	const char *fooled;  /* explain: what else looks like that; its blind spots */
	const char *next;    /* what to do: the advice of the verdict */
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

/* NULL where there is no such trace. */
const struct trace *trace_find(const char *id);

/* All of them, sorted by id. */
extern const struct trace traces[];
extern const size_t traces_count;

/*
 * A new finding to fill in, already holding the trace, and from its row the
 * detector, grade and variants.  An id that is not in the table (a case from a
 * later version has such) gives status-other.  Where there is no more room the
 * newest of those that weigh least gives way, if it weighs no more than the new one:
 * a flood of weak signs hides no other.
 */
struct finding *trace_found(struct findings *all, const char *id);

struct source {
	const char *tag;
	const char *text; /* title, author, year */
};

/* All of them, sorted by tag. */
extern const struct source sources[];
extern const size_t sources_count;

/* NULL where there is none. */
const struct source *source_find(const char *tag);

#endif
