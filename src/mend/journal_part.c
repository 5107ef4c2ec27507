/*
 * Parts: a run of bytes is kept in chunks, each scrambled with a key of the journal's
 * own and its place as the nonce.  That hides nothing from anybody who reads the
 * journal, for the key lies in it; it keeps a virus scanner from finding, and eating,
 * what was taken off a machine.
 */
#include <assert.h>
#include <inttypes.h>
#include <nettle/chacha.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "mend/journal_file.h"

_Static_assert(JOURNAL_KEY_LEN == CHACHA_KEY_SIZE, "the key is ChaCha's");

/* What writing and reading share: where in the file, and how far. */
struct part {
	struct journal *j;
	int64_t id;    /* of its row */
	uint32_t next; /* chunk */
	struct sha256_ctx sha;
	sqlite3_stmt *chunk; /* puts one in, or finds one */
	size_t filled;       /* of the bytes */
	uint8_t *bytes; /* JOURNAL_CHUNK; no more of it is touched than is needed */
};

struct part_writer {
	struct part p;
	uint64_t len;
};

struct part_reader {
	struct part p;
	uint64_t len;
	uint64_t left; /* not yet read out of the file */
	size_t given;  /* of the chunk at hand */
	bool bad;      /* what comes next is not what was kept */
	char sha256[SHA256_TEXT];
};

/* There and back again. */
static void
scramble(struct part *p)
{
	uint8_t nonce[CHACHA_NONCE_SIZE];
	struct chacha_ctx chacha;

	for (unsigned i = 0; i < 4; i++) {
		nonce[i] = (uint8_t)((uint32_t)p->id >> 8 * i);
		nonce[4 + i] = (uint8_t)(p->next >> 8 * i);
	}
	chacha_set_key(&chacha, p->j->key);
	chacha_set_nonce(&chacha, nonce);
	chacha_crypt(&chacha, p->filled, p->bytes, p->bytes);
}

static void
digest_text(struct sha256_ctx *sha, char out[SHA256_TEXT])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(sha, sizeof digest, digest);
	text_hex(out, SHA256_TEXT, span_of(digest, sizeof digest));
}

static bool
make_room(struct part *p)
{
	p->bytes = malloc(JOURNAL_CHUNK);
	return p->bytes != NULL;
}

static void
end_part(struct part *p)
{
	(void)sqlite3_finalize(p->chunk);
	free(p->bytes);
}

/* ---- writing */

static enum err
begin(struct journal *j, int64_t step, int part, struct part_writer *w)
{
	OWN(own_statement) sqlite3_stmt *add = NULL;

	TRY(db_prepare(&j->db,
	               "INSERT INTO part (step, part, len, sha256) "
	               "SELECT ?1, ?2, -1, '' FROM step WHERE id = ?1",
	               &add));
	(void)sqlite3_bind_int64(add, 1, step);
	(void)sqlite3_bind_int64(add, 2, part);
	TRY(journal_change_one(j, add));
	w->p.id = sqlite3_last_insert_rowid(j->db.sql);
	return db_prepare(&j->db,
	                  "INSERT INTO chunk (part, at, bytes) VALUES (?1, ?2, ?3)",
	                  &w->p.chunk);
}

enum err
journal_part_begin(struct journal *j, int64_t step, int part, struct part_writer **out)
{
	assert(part >= 0 && part < JOURNAL_PARTS_MOST);
	*out = NULL;
	TRY(journal_pend(j));
	struct part_writer *w = calloc(1, sizeof *w);
	if (!w || !make_room(&w->p)) {
		free(w);
		return journal_wrote(j, ERR_MEMORY);
	}
	w->p.j = j;
	sha256_init(&w->p.sha);
	journal_pend_step(j, step);
	enum err err = journal_wrote(j, begin(j, step, part, w));
	if (err == OK)
		*out = w;
	else
		part_drop(w);
	return err;
}

static enum err
put_chunk(struct part *p)
{
	struct journal *j = p->j;

	if (j->broken || !j->pending)
		return journal_wrote(j, ERR_REFUSED);
	if (p->next == UINT32_MAX)
		return journal_wrote(j, ERR_LIMIT);
	sha256_update(&p->sha, p->filled, p->bytes);
	scramble(p);
	(void)sqlite3_bind_int64(p->chunk, 1, p->id);
	(void)sqlite3_bind_int64(p->chunk, 2, p->next++);
	db_bind_bytes(p->chunk, 3, span_of(p->bytes, p->filled));
	p->filled = 0;
	return journal_wrote(j, db_run(&j->db, p->chunk));
}

enum err
part_write(struct part_writer *w, struct span bytes)
{
	struct part *p = &w->p;

	if (bytes.bad)
		return journal_wrote(p->j, ERR_REFUSED);
	w->len += bytes.left;
	while (bytes.left > 0) {
		size_t room = JOURNAL_CHUNK - p->filled;
		size_t len = bytes.left < room ? bytes.left : room;

		p->filled += span_copy(span_cut(&bytes, len), p->bytes + p->filled,
		                       len);
		if (p->filled == JOURNAL_CHUNK)
			TRY(put_chunk(p));
	}
	return OK;
}

static enum err
finish(struct part_writer *w, char sha256[SHA256_TEXT])
{
	OWN(own_statement) sqlite3_stmt *set = NULL;
	struct journal *j = w->p.j;

	if (w->p.filled > 0)
		TRY(put_chunk(&w->p));
	digest_text(&w->p.sha, sha256);
	TRY(db_prepare(&j->db, "UPDATE part SET len = ?1, sha256 = ?2 WHERE id = ?3",
	               &set));
	(void)sqlite3_bind_int64(set, 1, (int64_t)w->len);
	db_bind_text(set, 2, sha256);
	(void)sqlite3_bind_int64(set, 3, w->p.id);
	return journal_change_one(j, set);
}

static enum err open_row(struct journal *, const char *sql, const int64_t numbers[2],
                         struct part_reader **out);

/*
 * Out of the file, and not out of the cache that it has just been written from; unless
 * somebody lists the journals right now, and so keeps the file from being written yet.
 */
static enum err
read_back(struct journal *j, int64_t id)
{
	struct part_reader *r = NULL;
	enum err err = OK;
	size_t got = 1;

	int flushed = sqlite3_db_cacheflush(j->db.sql) & 0xFF;
	if (flushed != SQLITE_OK && flushed != SQLITE_BUSY)
		return db_trouble_of(&j->db, flushed);
	(void)sqlite3_db_release_memory(j->db.sql);
	TRY(open_row(j, "SELECT id, len, sha256 FROM part WHERE id = ?1",
	             (int64_t[]){ id, 0 }, &r));
	OWN(own_mem) uint8_t *bytes = malloc(JOURNAL_CHUNK);
	if (!r || !bytes)
		err = ERR_MEMORY;
	while (err == OK && got > 0)
		err = part_read(r, bytes, JOURNAL_CHUNK, &got);
	part_close(r);
	return err;
}

static void
free_writer(struct part_writer *w)
{
	end_part(&w->p);
	free(w);
}

enum err
part_end(struct part_writer *w, uint64_t *len, char sha256[SHA256_TEXT])
{
	struct journal *j = w->p.j;
	int64_t id = w->p.id;

	*len = w->len;
	enum err err = journal_wrote(j, finish(w, sha256));
	free_writer(w);
	TRY(err);
	return journal_wrote(j, read_back(j, id));
}

static enum err
forget(struct journal *j, const char *sql, int64_t part)
{
	OWN(own_statement) sqlite3_stmt *cut = NULL;

	TRY(db_prepare(&j->db, sql, &cut));
	(void)sqlite3_bind_int64(cut, 1, part);
	return db_run(&j->db, cut);
}

void
part_drop(struct part_writer *w)
{
	if (!w)
		return;
	struct journal *j = w->p.j;
	if (j->pending && !j->broken)
		j->broken = forget(j, "DELETE FROM chunk WHERE part = ?1", w->p.id) ||
		            forget(j, "DELETE FROM part WHERE id = ?1", w->p.id);
	free_writer(w);
}

/* ---- reading */

static bool
is_sha256(const char *text)
{
	return strlen(text) == SHA256_TEXT - 1 &&
	       strspn(text, "0123456789abcdef") == SHA256_TEXT - 1;
}

static enum err
open_found(struct journal *j, sqlite3_stmt *row, struct part_reader *r)
{
	int64_t id = sqlite3_column_int64(row, 0);
	int64_t len = sqlite3_column_int64(row, 1);
	const char *sha256 = db_text(row, 2);

	if (id < 1 || id > UINT32_MAX || len < 0 || !is_sha256(sha256))
		return journal_damaged(j, "a part of it was not written whole");
	r->p.j = j;
	r->p.id = id;
	r->len = r->left = (uint64_t)len;
	(void)text_copy(r->sha256, sizeof r->sha256, sha256);
	sha256_init(&r->p.sha);
	return db_prepare(&j->db, "SELECT bytes FROM chunk WHERE part = ?1 AND at = ?2",
	                  &r->p.chunk);
}

static enum err
compare(struct part_reader *r)
{
	char sha256[SHA256_TEXT];

	digest_text(&r->p.sha, sha256);
	if (strcmp(sha256, r->sha256) == 0)
		return OK;
	return journal_damaged(r->p.j, "a part of it is not what was kept");
}

/* *out NULL where there is no row. */
static enum err
open_row(struct journal *j, const char *sql, const int64_t numbers[2],
         struct part_reader **out)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	*out = NULL;
	TRY(db_prepare(&j->db, sql, &at));
	(void)sqlite3_bind_int64(at, 1, numbers[0]);
	(void)sqlite3_bind_int64(at, 2, numbers[1]);
	TRY(db_step(&j->db, at, &row));
	if (!row)
		return OK;
	struct part_reader *r = calloc(1, sizeof *r);
	if (!r || !make_room(&r->p)) {
		free(r);
		return ERR_MEMORY;
	}
	enum err err = open_found(j, at, r);
	if (err == OK && r->len == 0)
		err = compare(r);
	if (err == OK)
		*out = r;
	else
		part_close(r);
	return err;
}

enum err
journal_part_open(struct journal *j, int64_t step, int part, struct part_reader **out)
{
	return open_row(j,
	                "SELECT id, len, sha256 FROM part "
	                "WHERE step = ?1 AND part = ?2",
	                (int64_t[]){ step, part }, out);
}

uint64_t
part_len(const struct part_reader *r)
{
	return r->len;
}

const char *
part_sha256(const struct part_reader *r)
{
	return r->sha256;
}

static bool
take_chunk(struct part_reader *r)
{
	struct part *p = &r->p;
	size_t wanted = r->left < JOURNAL_CHUNK ? (size_t)r->left : JOURNAL_CHUNK;
	const void *bytes = sqlite3_column_blob(p->chunk, 0);

	if (!bytes || (size_t)sqlite3_column_bytes(p->chunk, 0) != wanted)
		return false;
	memcpy(p->bytes, bytes, wanted);
	p->filled = wanted;
	r->given = 0;
	r->left -= wanted;
	return true;
}

/* The next chunk; with the last one comes the comparison of the whole. */
static enum err
next_chunk(struct part_reader *r)
{
	struct part *p = &r->p;
	bool row = false;

	(void)sqlite3_bind_int64(p->chunk, 1, p->id);
	(void)sqlite3_bind_int64(p->chunk, 2, p->next);
	TRY(db_step(&p->j->db, p->chunk, &row));
	bool whole = row && take_chunk(r);
	(void)sqlite3_reset(p->chunk);
	if (!whole)
		return journal_damaged(p->j, "bytes of a part are missing");
	scramble(p);
	p->next++;
	sha256_update(&p->sha, p->filled, p->bytes);
	return r->left == 0 ? compare(r) : OK;
}

enum err
part_read(struct part_reader *r, void *to, size_t room, size_t *got)
{
	struct part *p = &r->p;

	*got = 0;
	if (r->bad)
		return ERR_REFUSED;
	if (r->given == p->filled && r->left == 0)
		return OK;
	if (r->given == p->filled) {
		enum err err = next_chunk(r);

		r->bad = err != OK;
		TRY(err);
	}
	struct span rest = span_of(p->bytes + r->given, p->filled - r->given);
	*got = span_copy(rest, to, room);
	r->given += *got;
	return OK;
}

void
part_close(struct part_reader *r)
{
	if (!r)
		return;
	end_part(&r->p);
	free(r);
}
