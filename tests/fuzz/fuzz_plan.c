/*
 * A plan that somebody sent.  No fuzzer finds a SHA-256, so a plan is taken up to
 * its hash; then it is written with the right one, and must be read as it was written.
 */
#include <stdio.h>

#include "flow/plan_read.c"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
change_twice(const char *json)
{
	OWN(buf_free) struct buf first = { .ceiling = CHANGE_JSON_MOST };
	OWN(buf_free) struct buf second = { .ceiling = CHANGE_JSON_MOST };
	struct change c;
	struct json j;

	if (change_from_json(json, &c) != OK)
		return;
	json_init(&j, &first);
	change_json(&j, "", &c);
	change_free(&c);
	if (change_from_json(buf_string(&first), &c) != OK)
		abort();
	json_init(&j, &second);
	change_json(&j, "", &c);
	change_free(&c);
	if (strcmp(buf_string(&first), buf_string(&second)) != 0)
		abort();
}

static void
write_and_read(const struct plan *p)
{
	OWN(buf_free) struct buf first = { .ceiling = PLAN_JSON_MOST };
	OWN(buf_free) struct buf second = { .ceiling = PLAN_JSON_MOST };
	struct plan *back = NULL;
	struct json j;

	json_init(&j, &first);
	plan_json(&j, p);
	if (plan_from_json(buf_string(&first), &back) != OK)
		abort();
	json_init(&j, &second);
	plan_json(&j, back);
	plan_free(back);
	if (strcmp(buf_string(&first), buf_string(&second)) != 0)
		abort();
}

static void
plan_twice(const char *json)
{
	struct plan_draft *d = calloc(1, sizeof *d);
	struct plan *p = plan_new();

	if (!d || !p)
		abort();
	enum err err = read_plan(json, d);
	*p = d->plan;
	free(d);
	if (err == OK)
		write_and_read(p);
	plan_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	OWN(own_mem) char *json = malloc(len + 1);

	if (!json)
		return 0;
	memcpy(json, bytes, len);
	json[len] = 0;
	change_twice(json);
	plan_twice(json);
	return 0;
}
