/*
 * A whole plan as JSON, and its hash, for which the Windows build has no library.
 */
#include <nettle/sha2.h>

#include "base/json_put.h"
#include "base/own.h"
#include "flow/plan_parts.h"

static void
put_notes(struct json *j, const struct plan *p)
{
	json_key(j, "persons");
	plan_notes_json(j, p->persons, p->person_count);
	json_key(j, "left");
	plan_notes_json(j, p->left, p->left_count);
}

static void
put_deeds(struct json *j, const struct plan *p)
{
	json_open(j, '{');
	json_put_text(j, "host", p->host);
	json_put_text(j, "computer", p->computer);
	json_put_text(j, "os", p->os);
	json_key(j, "changes");
	json_open(j, '[');
	for (size_t i = 0; i < p->count; i++)
		change_deed_json(j, &p->at[i]);
	json_close(j, ']');
	put_notes(j, p);
	json_close(j, '}');
}

void
plan_hash(const struct plan *p, char out[SHA256_TEXT])
{
	OWN(buf_free) struct buf b = { .ceiling = PLAN_JSON_MOST };
	struct sha256_ctx sha;
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct json j;

	out[0] = 0;
	json_init(&j, &b);
	put_deeds(&j, p);
	if (b.bad)
		return;
	sha256_init(&sha);
	sha256_update(&sha, b.len, b.at);
	sha256_digest(&sha, sizeof digest, digest);
	text_hex(out, SHA256_TEXT, span_of(digest, sizeof digest));
}

/* Its twin, which reads, is plan_from_json in plan_read.c. */
void
plan_json(struct json *j, const struct plan *p)
{
	char hash[SHA256_TEXT];

	plan_hash(p, hash);
	json_open(j, '{');
	json_put_text(j, "type", "plan");
	json_put_int(j, "schema", PLAN_SCHEMA);
	json_put_text(j, "host", p->host);
	json_put_text(j, "computer", p->computer);
	json_put_text(j, "os", p->os);
	json_put_text(j, "called", p->called);
	json_key(j, "made");
	json_when(j, p->made_ms);
	json_key(j, "changes");
	json_open(j, '[');
	for (size_t i = 0; i < p->count; i++)
		change_json(j, "", &p->at[i]);
	json_close(j, ']');
	put_notes(j, p);
	json_put_text(j, "sha256", hash);
	json_close(j, '}');
}
