/*
 * A line of a case that somebody sent: what is taken for a finding or a verdict
 * is written and read again, and must be written the same the second time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "flow/finding.h"
#include "flow/json_read.c"
#include "flow/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
finding_twice(const char *json)
{
	OWN(buf_free) struct buf first = { .ceiling = JSON_READ_MOST };
	OWN(buf_free) struct buf second = { .ceiling = JSON_READ_MOST };
	struct finding f;
	struct json j;

	if (finding_from_json(json, &f) != OK)
		return;
	json_init(&j, &first);
	finding_json(&j, &f);
	if (finding_from_json(buf_string(&first), &f) != OK)
		abort();
	json_init(&j, &second);
	finding_json(&j, &f);
	if (strcmp(buf_string(&first), buf_string(&second)) != 0)
		abort();
}

static void
verdict_twice(const char *json)
{
	OWN(buf_free) struct buf first = { .ceiling = JSON_READ_MOST };
	OWN(buf_free) struct buf second = { .ceiling = JSON_READ_MOST };
	struct verdict v;
	struct json j;

	if (verdict_from_json(json, &v) != OK)
		return;
	json_init(&j, &first);
	verdict_json(&j, &v);
	if (verdict_from_json(buf_string(&first), &v) != OK)
		abort();
	json_init(&j, &second);
	verdict_json(&j, &v);
	if (strcmp(buf_string(&first), buf_string(&second)) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	OWN(own_mem) char *json = malloc(len + 1);

	if (!json)
		return 0;
	memcpy(json, bytes, len);
	json[len] = 0;
	finding_twice(json);
	verdict_twice(json);
	return 0;
}
