#include "plan_tried.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/inside.h"
#include "look/defences.h"
#include "look/installation.h"

struct tried *
check_try(struct machine *m)
{
	struct tried *t = calloc(1, sizeof *t);

	assert_non_null(t);
	t->machine = m;
	t->in = (struct inside){ .machine = m,
		                 .windows = &t->windows,
		                 .out = &t->findings };
	assert_int_equal(installation_find(m, &t->windows, &t->findings), OK);
	assert_int_equal(look_inside(m, &t->windows, "HOST", 0, &t->findings), OK);
	judge_inside(&t->findings, NULL, t->windows.there, &t->verdict);
	assert_int_equal(defence_patches(&t->in, &t->statuses), OK);
	assert_int_equal(defence_autorun(&t->in, &t->statuses), OK);
	assert_int_equal(defence_audit(&t->in, &t->statuses), OK);
	t->plan = plan_new();
	assert_non_null(t->plan);
	return t;
}

struct tried *
plan_try(struct machine *m, const struct plan_wishes *wishes)
{
	struct tried *t = check_try(m);

	assert_int_equal(plan_for(&t->in, &t->verdict, &t->statuses, wishes, t->plan),
	                 OK);
	return t;
}

void
tried_free(struct tried *t)
{
	plan_free(t->plan);
	statuses_free(&t->statuses);
	installation_free(&t->windows);
	free(t);
}

void
plan_print(const struct plan *p, FILE *to)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct change *c = &p->at[i];

		fprintf(to, "%u %s %s%s%s%s%s [%s]%s%s\n", c->id,
		        change_kind_name(c->kind), c->target, c->name[0] ? " : " : "",
		        c->name, c->string[0] ? " - " : "", c->string, c->why,
		        c->from[0] ? " from " : "", c->from);
		fprintf(to, "\t");
		for (size_t k = 0; k < c->sign_count; k++)
			fprintf(to, "%s ", c->signs[k]);
		fprintf(to, "| %s\n", c->says);
	}
	for (size_t i = 0; i < p->person_count; i++)
		fprintf(to, "person: %s\n", p->persons[i].says);
	for (size_t i = 0; i < p->left_count; i++)
		fprintf(to, "left: [%s] %s: %s\n", p->left[i].why, p->left[i].target,
		        p->left[i].says);
}

const struct change *
plan_find(const struct plan *p, enum change_kind kind, const char *target,
          const char *name)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct change *c = &p->at[i];

		if (c->kind == kind && text_same(c->target, target) &&
		    (!name || text_same(c->name, name) || text_same(c->string, name)))
			return c;
	}
	return NULL;
}

const struct plan_note *
plan_find_left(const struct plan *p, const char *why)
{
	for (size_t i = 0; i < p->left_count; i++) {
		if (strcmp(p->left[i].why, why) == 0)
			return &p->left[i];
	}
	return NULL;
}

size_t
plan_count(const struct plan *p, enum change_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		count += p->at[i].kind == kind;
	return count;
}
