#include "know/traces.h"

#include <assert.h>

#include "know/find.h"

const struct trace *
trace_find(const char *id)
{
	return know_find(id, traces, traces_count, sizeof traces[0]);
}

struct finding *
trace_found(struct findings *all, const char *id)
{
	const struct trace *t = trace_find(id);

	if (!t)
		t = trace_find("status-other");
	assert(t);
	if (all->count < FINDINGS_MOST)
		all->count++;
	struct finding *f = &all->at[all->count - 1];
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
