/*
 * What stands at a target, as one number.  A key is walked with names in order, so that
 * two that say the same have the same number wherever their cells lie in the hive.
 */
#include "mend/standing.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "base/own.h"
#include "base/text.h"

#define CHUNK 65536
#define DEEP_MOST 64 /* keys below each other; Windows allows 512, and has ten */

static enum heard
end(struct sha256_ctx *sha, char out[SHA256_TEXT])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(sha, sizeof digest, digest);
	text_hex(out, SHA256_TEXT, span_of(digest, sizeof digest));
	return HEARD;
}

static void
put_number(struct sha256_ctx *sha, size_t n)
{
	const uint8_t le[4] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16),
		                (uint8_t)(n >> 24) };

	sha256_update(sha, sizeof le, le);
}

static void
put_bytes(struct sha256_ctx *sha, const void *at, size_t len)
{
	put_number(sha, len);
	sha256_update(sha, len, at);
}

/* ---- files */

static enum heard
put_content(struct machine *m, const struct machine_file *file, struct sha256_ctx *sha)
{
	uint8_t chunk[CHUNK];
	size_t got = 0;

	for (uint64_t at = 0; at < file->size; at += got) {
		enum heard heard = machine_read(
		    m, file, (struct machine_want){ at, chunk, sizeof chunk }, &got);

		if (heard != HEARD)
			return heard;
		if (got == 0)
			return machine_because(m, HEARD_SHORT,
			                       "it became shorter while it was read; "
			                       "make the plan again");
		sha256_update(sha, got, chunk);
	}
	return HEARD;
}

static enum heard
of_file(struct machine *m, const char *path, char out[SHA256_TEXT])
{
	static const char folder[] = "folder";
	struct sha256_ctx sha;
	struct file_facts facts;
	struct machine_file file;
	enum heard heard = machine_stat(m, path, &facts);

	sha256_init(&sha);
	if (heard == HEARD && facts.is_folder) {
		sha256_update(&sha, sizeof folder, (const void *)folder);
		return end(&sha, out);
	}
	if (heard == HEARD && (facts.is_link || facts.is_other))
		return machine_because(
		    m, NOT_ASKED, "%s is no plain file; look at it yourself", path);
	if (heard == HEARD)
		heard = machine_open(m, path, &file);
	if (heard != HEARD)
		return heard == HEARD_NOTHING ? HEARD : heard;
	heard = put_content(m, &file, &sha);
	machine_close_file(m, &file);
	return heard == HEARD ? end(&sha, out) : heard;
}

/* ---- keys */

static void
put_value(struct sha256_ctx *sha, const struct reg_value *v)
{
	put_number(sha, v->type);
	put_bytes(sha, v->bytes.at, v->bytes.left);
}

static int
by_name(const void *a, const void *b)
{
	const struct reg_value *const *x = a;
	const struct reg_value *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum heard
no_memory(struct machine *m)
{
	m->failed = true;
	return machine_because(m, NOT_ASKED, "no memory");
}

static enum heard
put_values(struct machine *m, const struct reg_key *k, struct sha256_ctx *sha)
{
	OWN(own_mem)
	const struct reg_value **sorted = calloc(k->value_count + 1, sizeof *sorted);

	if (!sorted)
		return no_memory(m);
	for (size_t i = 0; i < k->value_count; i++)
		sorted[i] = &k->values[i];
	qsort(sorted, k->value_count, sizeof *sorted, by_name);
	put_number(sha, k->value_count);
	for (size_t i = 0; i < k->value_count; i++) {
		put_bytes(sha, sorted[i]->name, strlen(sorted[i]->name));
		put_value(sha, sorted[i]);
	}
	return HEARD;
}

static enum heard put_key(struct machine *m, const char *path, struct sha256_ctx *sha,
                          unsigned depth);

static enum heard
put_subkeys(struct machine *m, const char *path, const struct reg_key *k,
            struct sha256_ctx *sha, unsigned depth)
{
	OWN(own_mem) const char **sorted = calloc(k->subkey_count + 1, sizeof *sorted);
	char below[PATH_ROOM];
	enum heard heard = HEARD;

	if (!sorted)
		return no_memory(m);
	if (k->subkey_count > 0)
		memcpy(sorted, k->subkeys, k->subkey_count * sizeof *sorted);
	qsort(sorted, k->subkey_count, sizeof *sorted, by_text);
	put_number(sha, k->subkey_count);
	for (size_t i = 0; heard == HEARD && i < k->subkey_count; i++) {
		put_bytes(sha, sorted[i], strlen(sorted[i]));
		if (!path_join(below, sizeof below, path, sorted[i]))
			return machine_because(m, HEARD_ODD,
			                       "%s has a name below it that is longer "
			                       "than any of Windows'",
			                       path);
		heard = put_key(m, below, sha, depth + 1);
	}
	return heard;
}

static enum heard
put_key(struct machine *m, const char *path, struct sha256_ctx *sha, unsigned depth)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

	if (depth > DEEP_MOST)
		return machine_because(m, HEARD_ODD,
		                       "%s lies deeper than any key of Windows", path);
	enum heard heard = machine_key(m, path, &k);
	if (heard == HEARD)
		heard = put_values(m, &k, sha);
	return heard == HEARD ? put_subkeys(m, path, &k, sha, depth) : heard;
}

static enum heard
of_value(struct machine *m, const struct change *c, char out[SHA256_TEXT])
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	struct sha256_ctx sha;
	enum heard heard = machine_key(m, c->target, &k);
	const struct reg_value *v = heard == HEARD ? reg_value(&k, c->name) : NULL;

	if (!v)
		return heard == HEARD_NOTHING ? HEARD : heard;
	sha256_init(&sha);
	put_value(&sha, v);
	return end(&sha, out);
}

static enum heard
of_key(struct machine *m, const char *path, char out[SHA256_TEXT])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	enum heard heard = put_key(m, path, &sha, 0);
	if (heard == HEARD)
		return end(&sha, out);
	return heard == HEARD_NOTHING ? HEARD : heard;
}

enum heard
standing_of(struct machine *m, const struct change *c, char out[SHA256_TEXT])
{
	out[0] = '\0';
	switch (c->kind) {
	case CHANGE_SET_VALUE:
	case CHANGE_DELETE_VALUE:
	case CHANGE_REMOVE_STRING: return of_value(m, c, out);
	case CHANGE_DELETE_KEY:
	case CHANGE_MAKE_KEY: return of_key(m, c->target, out);
	default: return of_file(m, c->target, out);
	}
}
