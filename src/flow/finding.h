/*
 * A finding: one sign of the worm, or of its absence, or of a question that
 * stays open, seen in readings.  Detectors make them, the judge reads them.
 */
#ifndef FLOW_FINDING_H
#define FLOW_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/variants.h"

enum grade {
	GRADE_CONCLUSIVE = 1, /* the worm, or nothing that anybody knows */
	GRADE_STRONG,
	GRADE_WEAK,
	GRADE_EXONERATING,  /* speaks against the worm */
	GRADE_UNDETERMINED, /* a place that is there and could not be read */
};

/* "conclusive", "strong", "weak", "exonerating", "undetermined". */
const char *grade_name(enum grade grade);
enum grade grade_from_name(const char *name); /* 0 for none of them */

/* One piece of evidence: a number, or text (which a host may have chosen). */
#define FIELD_KEY_ROOM 24
#define FIELD_TEXT_ROOM 320 /* a reason, and what to do about it */
struct field {
	char key[FIELD_KEY_ROOM];
	bool is_text;
	int64_t number;
	char text[FIELD_TEXT_ROOM]; /* UTF-8; what is longer ends in an ellipsis */
};

#define TRACE_ROOM 40  /* the id of a row of know/traces.tsv */
#define WHERE_ROOM 40  /* "445/tcp", "139/nbt", "31328/udp" */
#define PLACE_ROOM 512 /* those, or a path of a file or of a registry value */
#define FIELDS_MOST 8

struct finding {
	int64_t time_ms;
	char host[ADDRESS_ROOM];
	char detector[FIELD_KEY_ROOM]; /* "smb", "p2p": a row of know/detectors.tsv */
	char trace[TRACE_ROOM];
	enum grade grade;
	variants variants; /* those that it fits; 0 where that means nothing */
	struct field fields[FIELDS_MOST];
	size_t field_count;
	char where[PLACE_ROOM]; /* what is longer ends in an ellipsis */
};

/* Adds evidence; what does not fit any more is left out. */
void finding_number(struct finding *f, const char *key, int64_t number);
void finding_text(struct finding *f, const char *key, const char *text);

/* {"type":"finding",…}, and the other way (the text may come from any case). */
void finding_json(struct json *j, const struct finding *f);
CHECKED enum err finding_from_json(const char *json, struct finding *out);

/* The findings on one host.  know/traces.h adds to them. */
#define FINDINGS_MOST 128
struct findings {
	struct finding at[FINDINGS_MOST];
	size_t count;
	struct finding spill; /* where one goes that finds no room; nobody reads it */
};

#endif
