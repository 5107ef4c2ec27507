/*
 * A journal is made under another name, with the plan in it; committed, closed,
 * synced; then renamed, and its folder synced.  So whoever finds one under its own
 * name finds a whole one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/when.h"
#include "mend/journal_file.h"
#include "sys/random.h"

#define PART_END ".part"
#define NAMES_MOST 100 /* of runs that began within one second, on one machine */
#define WORDS_MOST (256u << 10)
#define PIECE (128u << 10) /* of the plan */

/* What is being made, and where. */
struct making {
	const struct run *run;
	const struct plan *plan;
	int folder;
	bool made_folder;
	char name[NAME_ROOM];
	char path[PATH_ROOM];
	char part[PATH_ROOM]; /* the path until it is whole */
	struct journal *j;
};

static enum err
say_cannot(const struct making *m, int error)
{
	fprintf(
	    stderr,
	    "confine: cannot write %s: %s; name another folder with --journal-dir\n",
	    m->path, error == EFBIG ? "disk full" : strerror(error));
	return ERR_REFUSED;
}

/* Letters and digits of it, and what is harmless in a name; "" becomes a word. */
static void
put_plain(char *to, size_t room, const char *from)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t len = 0;

	for (; *from && len + 1 < room; from++)
		to[len++] = strchr(plain, *from) ? *from : '_';
	to[len] = 0;
	if (len == 0)
		(void)text_copy(to, room, "machine");
}

/* "20261129T004500Z-clean-WARD-35", and "-2" for the second of that name. */
static void
make_name(const struct making *m, unsigned turn, char name[NAME_ROOM])
{
	const char *host = m->plan->computer[0] ? m->plan->computer : m->plan->host;
	char when[WHEN_ROOM], command[32], plain[64], more[16] = "";

	when_text(when, m->run->started_ms);
	put_plain(command, sizeof command, m->run->command);
	put_plain(plain, sizeof plain, host);
	if (turn > 1)
		snprintf(more, sizeof more, "-%u", turn);
	snprintf(name, NAME_ROOM, "%.4s%.2s%.2sT%.2s%.2s%.2sZ-%s-%s%s" JOURNAL_END,
	         when, when + 5, when + 8, when + 11, when + 14, when + 17, command,
	         plain, more);
}

static bool
set_paths(struct making *m, const char *dir, unsigned turn)
{
	make_name(m, turn, m->name);
	int len = snprintf(m->path, sizeof m->path, "%s/%s", dir, m->name);
	if (len < 0 || (size_t)len >= sizeof m->path)
		return false;
	len = snprintf(m->part, sizeof m->part, "%s" PART_END, m->path);
	return len > 0 && (size_t)len < sizeof m->part;
}

static void
remove_part(const struct making *m)
{
	char rollback[PATH_ROOM + 16];

	snprintf(rollback, sizeof rollback, "%s-journal", m->part);
	(void)unlink(rollback);
	(void)unlink(m->part);
}

/*
 * Claims a name that nobody has.  Who holds NAME.part is the only one who may make
 * NAME: so it is enough to look whether it is there.
 */
static enum err
claim_name(struct making *m, const char *dir)
{
	for (unsigned turn = 1; turn <= NAMES_MOST; turn++) {
		struct stat there;

		if (!set_paths(m, dir, turn))
			return say_cannot(m, ENAMETOOLONG);
		enum err err = claim_take(m->part, &m->j->claim);
		if (err == ERR_SYSTEM)
			return say_cannot(m, errno);
		if (err == OK && m->j->claim.made) {
			if (lstat(m->path, &there) != 0 && errno == ENOENT)
				return OK;
			remove_part(m);
		}
		claim_drop(&m->j->claim);
	}
	return say_cannot(m, EEXIST);
}

static void
put_words(struct buf *out, const struct run *run)
{
	struct json j;

	json_init(&j, out);
	json_open(&j, '[');
	for (int i = 0; i < run->argc; i++)
		json_text(&j, run->argv[i]);
	json_close(&j, ']');
}

/* As the user named it, from the root on; as it is where it is no path. */
static void
make_absolute(char *to, size_t room, const char *called)
{
	OWN(own_mem) char *real = realpath(called, NULL);

	if (!real || !text_copy(to, room, real))
		(void)text_copy(to, room, called);
}

static enum err
put_about(struct making *m)
{
	OWN(own_statement) sqlite3_stmt *add = NULL;
	OWN(buf_free) struct buf words = { .ceiling = WORDS_MOST };
	struct journal *j = m->j;
	char called[PATH_ROOM];

	make_absolute(called, sizeof called, m->plan->called);
	put_words(&words, m->run);
	if (random_bytes(j->key, sizeof j->key) != OK)
		return say_cannot(m, errno);
	TRY(db_prepare(&j->db,
	               "INSERT INTO about (id, version, command, words, called, host, "
	               "started_ms, state, changes, key) "
	               "VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	               &add));
	db_bind_text(add, 1, m->run->version);
	db_bind_text(add, 2, m->run->command);
	db_bind_text(add, 3, words.bad ? "[]" : buf_string(&words));
	db_bind_text(add, 4, called);
	db_bind_text(add, 5, m->plan->host);
	(void)sqlite3_bind_int64(add, 6, m->run->started_ms);
	(void)sqlite3_bind_int64(add, 7, JOURNAL_KEEPING);
	(void)sqlite3_bind_int64(add, 8, (int64_t)m->plan->count);
	db_bind_bytes(add, 9, span_of(j->key, sizeof j->key));
	return db_run(&j->db, add);
}

/* In pieces that end where a character does. */
static enum err
put_pieces(struct db *db, const char *json)
{
	OWN(own_statement) sqlite3_stmt *add = NULL;
	size_t left = strlen(json);

	TRY(db_prepare(db, "INSERT INTO plan (json) VALUES (?1)", &add));
	while (left > 0) {
		size_t len = left > PIECE ? PIECE : left;

		while (len < left && ((unsigned char)json[len] & 0xC0) == 0x80)
			len--;
		(void)sqlite3_bind_text(add, 1, json, (int)len, SQLITE_STATIC);
		TRY(db_run(db, add));
		json += len;
		left -= len;
	}
	return OK;
}

/*
 * Nothing goes into a journal that could not be read back months later: the plan is
 * read here as it will be then.
 */
static enum err
put_plan_text(struct making *m)
{
	OWN(buf_free) struct buf text = { .ceiling = PLAN_JSON_MOST };
	struct plan *back = NULL;
	struct json j;

	json_init(&j, &text);
	plan_json(&j, m->plan);
	const char *json = buf_string(&text);
	enum err err = text.bad ? ERR_LIMIT : plan_from_json(json, &back);
	plan_free(back);
	if (err == OK)
		return put_pieces(&m->j->db, json);
	if (err != ERR_MEMORY)
		fprintf(
		    stderr,
		    "confine: cannot write %s: the plan has a change that cannot be "
		    "kept in a journal; nothing was changed\n",
		    m->path);
	return err;
}

static enum err
put_changes(struct making *m)
{
	OWN(own_statement) sqlite3_stmt *add = NULL;
	struct db *db = &m->j->db;

	TRY(db_prepare(db, "INSERT INTO change (id, state, error) VALUES (?1, ?2, ?3)",
	               &add));
	for (size_t i = 0; i < m->plan->count; i++) {
		const struct change *c = &m->plan->at[i];

		(void)sqlite3_bind_int64(add, 1, c->id);
		(void)sqlite3_bind_int64(add, 2, c->state);
		db_bind_text(add, 3, c->error);
		TRY(db_run(db, add));
	}
	return OK;
}

static enum err
fill(struct making *m)
{
	struct db *db = &m->j->db;

	if (fchmod(m->j->claim.fd, 0600) != 0)
		return say_cannot(m, errno);
	TRY(journal_tables_make(db, m->part, &journal_making));
	TRY(put_about(m));
	TRY(put_plan_text(m));
	TRY(put_changes(m));
	return db_exec(db, "COMMIT");
}

static enum err
sync_folder(const struct making *m)
{
	/* Some file systems cannot sync a folder and say so by EINVAL. */
	if (fsync(m->folder) == 0 || errno == EINVAL)
		return OK;
	return say_cannot(m, errno);
}

static enum err
give_its_name(struct making *m)
{
	if (fsync(m->j->claim.fd) != 0)
		return say_cannot(m, errno);
	if (rename(m->part, m->path) != 0)
		return say_cannot(m, errno);
	enum err err = sync_folder(m);
	if (err == OK)
		err = journal_look(&m->j->db, m->path, true, &journal_making);
	if (err == OK)
		err = journal_read_about(m->j);
	if (err != OK)
		(void)unlink(m->path);
	return err;
}

static enum err
make(struct making *m, const char *dir)
{
	TRY(claim_name(m, dir));
	enum err err = fill(m);
	db_close(&m->j->db);
	if (err == OK)
		err = give_its_name(m);
	if (err != OK)
		remove_part(m);
	return err;
}

enum err
journal_make(const char *dir, const struct run *run, const struct plan *plan,
             int volume, struct journal **out)
{
	struct making m = { .run = run, .plan = plan, .folder = -1 };

	*out = NULL;
	m.j = calloc(1, sizeof *m.j);
	if (!m.j)
		return ERR_MEMORY;
	m.j->claim = CLAIM_NONE;
	enum err err = journal_folder(dir, volume, &m.folder, &m.made_folder);
	if (err == OK)
		err = make(&m, dir);
	if (m.folder >= 0)
		(void)close(m.folder);
	if (err == OK) {
		*out = m.j;
		return OK;
	}
	if (m.made_folder)
		(void)rmdir(dir);
	journal_free(m.j);
	return err;
}
