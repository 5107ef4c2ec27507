#include "know/traces.h"

#include <assert.h>

#include "know/find.h"

const struct trace *
trace_find(const char *id)
{
	return know_find(id, traces, traces_count, sizeof traces[0]);
}

/* What the judge can do least without weighs most. */
static int
weight(enum grade grade)
{
	switch (grade) {
	case GRADE_CONCLUSIVE: return 5;
	case GRADE_STRONG: return 4;
	case GRADE_UNDETERMINED: return 3;
	case GRADE_EXONERATING: return 2;
	case GRADE_WEAK: break;
	}
	return 1;
}

static struct finding *
place_for(struct findings *all, enum grade grade)
{
	size_t least = 0;

	if (all->count < FINDINGS_MOST)
		return &all->at[all->count++];
	for (size_t i = 1; i < all->count; i++) {
		if (weight(all->at[i].grade) <= weight(all->at[least].grade))
			least = i;
	}
	return weight(all->at[least].grade) <= weight(grade) ? &all->at[least]
	                                                     : &all->spill;
}

struct finding *
trace_found(struct findings *all, const char *id)
{
	const struct trace *t = trace_find(id);

	if (!t)
		t = trace_find("status-other");
	assert(t);
	struct finding *f = place_for(all, t->grade);
	*f = (struct finding){ .grade = t->grade, .variants = t->variants };
	(void)text_copy(f->trace, sizeof f->trace, t->id);
	(void)text_copy(f->detector, sizeof f->detector, t->detector);
	return f;
}

const struct source *
source_find(const char *tag)
{
	return know_find(tag, sources, sources_count, sizeof sources[0]);
}
