/*
 * The rules, from the strongest down:
 *
 *   any conclusive sign                          infected
 *   any strong sign                              suspect
 *   something speaks against every variant       no-sign
 *   nobody was there to be asked                 absent
 *   anything else                                unknown, and why
 *
 * A weak sign never decides alone.  An open question never improves a verdict
 * and never worsens one that is decided; it is named among the reasons.
 */
#include "judge/judge.h"

#include <string.h>

#include "know/traces.h"

#define ALL_VARIANTS (VARIANT_A | VARIANT_B | VARIANT_C | VARIANT_D | VARIANT_E)

/* Traces that only say that nobody answered a connection, on whatever port. */
static const char *const absences[] = { "absent-refused", "absent-silent",
	                                "filtered",       "unreachable",
	                                "p2p-clock",      "p2p-refused",
	                                "p2p-silent" };

static bool
is_absence(const struct finding *f)
{
	for (size_t i = 0; i < sizeof absences / sizeof *absences; i++) {
		if (strcmp(f->trace, absences[i]) == 0)
			return true;
	}
	return false;
}

static bool
has_grade(const struct findings *all, enum grade grade)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].grade == grade)
			return true;
	}
	return false;
}

/* Does what speaks against the worm speak against every variant of it? */
static bool
exonerated(const struct findings *all)
{
	unsigned against = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].grade == GRADE_EXONERATING)
			against |= all->at[i].variants;
	}
	return (against & ALL_VARIANTS) == ALL_VARIANTS;
}

static bool
only_absence(const struct findings *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (!is_absence(&all->at[i]))
			return false;
	}
	return all->count > 0;
}

static enum state
decide(const struct findings *all)
{
	if (has_grade(all, GRADE_CONCLUSIVE))
		return STATE_INFECTED;
	if (has_grade(all, GRADE_STRONG))
		return STATE_SUSPECT;
	if (exonerated(all))
		return STATE_NO_SIGN;
	return only_absence(all) ? STATE_ABSENT : STATE_UNKNOWN;
}

/* Those that fit every deciding sign, or, where signs disagree, any of them. */
static variants
remaining(const struct findings *all, enum grade grade)
{
	unsigned every = ALL_VARIANTS;
	unsigned any = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].grade != grade)
			continue;
		every &= all->at[i].variants;
		any |= all->at[i].variants;
	}
	return (variants)((every & any) ? every & any : any);
}

static bool
is_for_all(const struct finding *f)
{
	return (f->variants & ALL_VARIANTS) == ALL_VARIANTS;
}

static bool
is_reason(const struct verdict *v, const char *trace)
{
	for (size_t i = 0; i < v->reason_count; i++) {
		if (strcmp(v->reasons[i], trace) == 0)
			return true;
	}
	return false;
}

static void
add_reasons_of(const struct findings *all, enum grade grade, bool for_all,
               struct verdict *out)
{
	for (size_t i = 0; i < all->count && out->reason_count < REASONS_MOST; i++) {
		const struct finding *f = &all->at[i];

		if (f->grade != grade || is_for_all(f) != for_all ||
		    is_reason(out, f->trace))
			continue;
		(void)text_copy(out->reasons[out->reason_count++], TRACE_ROOM,
		                f->trace);
	}
}

/*
 * What speaks of every variant stands before what speaks of a few only: closed
 * P2P ports do not explain what the answer of the Server service has decided.
 */
static void
add_reasons(const struct findings *all, enum grade grade, struct verdict *out)
{
	add_reasons_of(all, grade, true, out);
	add_reasons_of(all, grade, false, out);
}

void
judge_reasons(const struct findings *all, const enum grade *order, size_t count,
              struct verdict *out)
{
	out->reason_count = 0;
	for (size_t i = 0; i < count; i++)
		add_reasons(all, order[i], out);
}

/* Deciding signs first, so that the first reason explains the state. */
static void
order_reasons(const struct findings *all, struct verdict *out)
{
	static const enum grade decided[] = { GRADE_CONCLUSIVE, GRADE_STRONG,
		                              GRADE_EXONERATING, GRADE_WEAK,
		                              GRADE_UNDETERMINED };
	static const enum grade open[] = { GRADE_WEAK, GRADE_UNDETERMINED,
		                           GRADE_EXONERATING };
	bool unknown = out->state == STATE_UNKNOWN || out->state == STATE_ABSENT;

	judge_reasons(all, unknown ? open : decided, unknown ? 3 : 5, out);
}

void
judge_state(const struct findings *findings, struct verdict *out)
{
	out->state = decide(findings);
	out->variants = 0;
	if (out->state == STATE_INFECTED)
		out->variants = remaining(findings, GRADE_CONCLUSIVE);
	if (out->state == STATE_SUSPECT)
		out->variants = remaining(findings, GRADE_STRONG);
	order_reasons(findings, out);

	const struct trace *t = NULL;
	if (out->reason_count > 0)
		t = trace_find(out->reasons[0]);
	(void)text_copy(out->why, sizeof out->why,
	                t ? t->title : "Nothing was asked of this host.");
	(void)text_copy(out->next, sizeof out->next, t ? t->next : "Scan it again.");
}
