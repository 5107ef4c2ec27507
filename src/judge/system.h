/* Who the host is, for the verdict's line: from what it says about itself. */
#ifndef JUDGE_SYSTEM_H
#define JUDGE_SYSTEM_H

#include "flow/reading.h"
#include "flow/verdict.h"

/* Fills in os, name, domain and clock skew. */
void judge_system(const struct readings *readings, struct verdict *out);

#endif
