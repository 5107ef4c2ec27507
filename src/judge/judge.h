/*
 * From findings to a verdict.  Pure: the same findings give the same verdict.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "flow/finding.h"
#include "flow/verdict.h"

/*
 * The state, the variants, the reasons, and in words why and what next.  Host,
 * times and the system (judge/system.h) are not its business.
 */
void judge_state(const struct findings *findings, struct verdict *out);

/* The reasons alone, each trace once: those of the first grade of `order` first. */
void judge_reasons(const struct findings *all, const enum grade *order, size_t count,
                   struct verdict *out);

#endif
