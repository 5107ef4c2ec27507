/* Reads the format of fake_machine.h. */
#include "fake_parts.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "fake_content.h"

#define LINE_MOST 8192
#define INCLUDES_DEEPEST 4

struct reader {
	struct fake_case *into;
	struct fake *fake;
	/* What lines with a tab belong to: one of the two, or neither. */
	struct fake_key *key;
	struct fake_file *file;
	const char *called; /* the file that is read, for failures */
	unsigned line;
	unsigned depth;
};

#define WRONG(r, ...)                                                 \
	do {                                                          \
		print_error("%s, line %u: ", (r)->called, (r)->line); \
		fail_msg(__VA_ARGS__);                                \
	} while (0)

static void
skip_blanks(const char **at)
{
	while (**at == ' ' || **at == '\t')
		(*at)++;
}

bool
fake_word(const char **at, char *to, size_t room)
{
	size_t len = 0;

	skip_blanks(at);
	if (!**at)
		return false;
	bool quoted = **at == '"';
	if (quoted)
		(*at)++;
	while (**at && (quoted ? **at != '"' : **at != ' ' && **at != '\t')) {
		assert_true(len + 1 < room);
		to[len++] = *(*at)++;
	}
	if (**at)
		(*at)++;
	to[len] = '\0';
	return true;
}

static void
need_word(struct reader *r, const char **at, char *to, size_t room)
{
	if (!fake_word(at, to, room))
		WRONG(r, "a word is missing");
}

static const char *
rest_of(const char *at)
{
	skip_blanks(&at);
	return at;
}

void
fake_hex(const char *digits, struct buf *out)
{
	char pair[3] = "";

	for (; *digits; digits++) {
		if (isspace((unsigned char)*digits))
			continue;
		pair[pair[0] ? 1 : 0] = *digits;
		if (!pair[1])
			continue;
		assert_true(isxdigit((unsigned char)pair[0]) &&
		            isxdigit((unsigned char)pair[1]));
		buf_u8(out, (uint8_t)strtoul(pair, NULL, 16));
		memset(pair, 0, sizeof pair);
	}
	assert_int_equal(pair[0], 0);
}

static uint64_t
number_of(struct reader *r, const char *text)
{
	char *end = NULL;
	uint64_t n = strtoull(text, &end, 0);

	if (!text[0] || *end)
		WRONG(r, "not a number: %s", text);
	return n;
}

static uint64_t
time_of(struct reader *r, const char *text)
{
	int64_t ms = 0;

	return when_from_text(text, &ms) ? when_to_filetime(ms) : number_of(r, text);
}

/* ---- of a key */

static void
put_utf16(struct fake_value *v, const char *text)
{
	buf_utf16(&v->bytes, text);
	buf_le16(&v->bytes, 0);
}

/* REG_MULTI_SZ: the words, each with its zero, and one more zero. */
static void
put_words(struct fake_value *v, const char *at)
{
	char word[LINE_MOST];

	while (fake_word(&at, word, sizeof word))
		put_utf16(v, word);
	buf_le16(&v->bytes, 0);
}

static void
append_words(struct reader *r, const char *name, const char *at)
{
	struct fake_value *v = fake_value_of(r->key, name);

	if (!v || v->type != REG_TYPE_MULTI_SZ || v->bytes.len < 2)
		WRONG(r, "no multi to append to: %s", name);
	v->bytes.len -= 2;
	put_words(v, at);
}

static void
read_value(struct reader *r, const char *kind, const char *at)
{
	char name[NAME_ROOM];
	uint32_t type = 0;

	if (strcmp(kind, "hex") == 0) {
		need_word(r, &at, name, sizeof name);
		type = (uint32_t)number_of(r, name);
	}
	need_word(r, &at, name, sizeof name);
	if (strcmp(kind, "without") == 0) {
		fake_value_drop(r->key, name);
	} else if (strcmp(kind, "more") == 0) {
		append_words(r, name, at);
	} else if (strcmp(kind, "hex") == 0) {
		fake_hex(at, &fake_value_new(r->key, name, type)->bytes);
	} else if (strcmp(kind, "sz") == 0) {
		put_utf16(fake_value_new(r->key, name, REG_TYPE_SZ), rest_of(at));
	} else if (strcmp(kind, "expand") == 0) {
		put_utf16(fake_value_new(r->key, name, REG_TYPE_EXPAND_SZ),
		          rest_of(at));
	} else if (strcmp(kind, "dword") == 0) {
		buf_le32(&fake_value_new(r->key, name, REG_TYPE_DWORD)->bytes,
		         (uint32_t)number_of(r, rest_of(at)));
	} else if (strcmp(kind, "multi") == 0) {
		put_words(fake_value_new(r->key, name, REG_TYPE_MULTI_SZ), at);
	} else {
		WRONG(r, "a key has no %s", kind);
	}
}

static void
replace(char **text, const char *by)
{
	free(*text);
	*text = strdup(by);
}

static void
read_of_key(struct reader *r, const char *kind, const char *at)
{
	if (strcmp(kind, "security") == 0) {
		buf_clear(&r->key->security);
		r->key->has_security = fake_security(rest_of(at), true,
		                                     &r->key->security);
	} else if (strcmp(kind, "written") == 0) {
		r->key->written_ms = when_from_filetime(time_of(r, rest_of(at)));
	} else if (strcmp(kind, "unreadable") == 0) {
		replace(&r->key->unreadable, rest_of(at));
	} else {
		read_value(r, kind, at);
	}
}

/* ---- of a file */

static void
read_times(struct reader *r, const char *at, struct file_times *out)
{
	uint64_t *const to[] = { &out->created, &out->written, &out->changed,
		                 &out->read };
	char word[64];

	for (size_t i = 0; i < 4; i++) {
		need_word(r, &at, word, sizeof word);
		*to[i] = time_of(r, word);
	}
}

static void
read_attributes(struct reader *r, const char *at)
{
	char word[32];

	r->file->facts.attributes = 0;
	while (fake_word(&at, word, sizeof word)) {
		uint32_t bit = strcmp(word, "readonly") == 0 ? FILE_READONLY
		               : strcmp(word, "hidden") == 0 ? FILE_HIDDEN
		               : strcmp(word, "system") == 0 ? FILE_SYSTEM
		                                             : 0;

		if (!bit)
			WRONG(r, "no such attribute: %s", word);
		r->file->facts.attributes |= bit;
	}
}

static void
read_kind(struct reader *r, const char *kind)
{
	r->file->facts.is_link = strcmp(kind, "link") == 0;
	r->file->facts.is_other = strcmp(kind, "other") == 0;
	if (r->file->facts.is_link == r->file->facts.is_other)
		WRONG(r, "a file is no %s", kind);
}

static void
read_content(struct reader *r, const char *kind, const char *at)
{
	struct fake_file *f = r->file;

	if (!fake_content(kind, rest_of(at), &f->content))
		WRONG(r, "a file has no %s", kind);
	if (f->content.bad)
		WRONG(r, "its content could not be made");
	if (f->facts.size < f->content.len)
		f->facts.size = f->content.len;
}

static void
read_breaks(struct reader *r, const char *at)
{
	char word[32];

	need_word(r, &at, word, sizeof word);
	r->file->breaks_at = number_of(r, word);
	replace(&r->file->broken, rest_of(at));
}

static void
read_of_file(struct reader *r, const char *kind, const char *at)
{
	struct fake_file *f = r->file;

	if (strcmp(kind, "size") == 0) {
		f->facts.size = number_of(r, rest_of(at));
	} else if (strcmp(kind, "attributes") == 0) {
		read_attributes(r, at);
	} else if (strcmp(kind, "times") == 0) {
		read_times(r, at, &f->facts.times);
	} else if (strcmp(kind, "name-times") == 0) {
		read_times(r, at, &f->facts.name_times);
	} else if (strcmp(kind, "security") == 0) {
		buf_clear(&f->security);
		f->has_security = fake_security(rest_of(at), false, &f->security);
	} else if (strcmp(kind, "is") == 0) {
		read_kind(r, rest_of(at));
	} else if (strcmp(kind, "unreadable") == 0) {
		replace(&f->unreadable, rest_of(at));
	} else if (strcmp(kind, "lost") == 0) {
		replace(&f->lost, rest_of(at));
	} else if (strcmp(kind, "breaks") == 0) {
		read_breaks(r, at);
	} else {
		read_content(r, kind, at);
	}
}

/* ---- of the machine */

static void
add_drive(struct reader *r, const char *root, const char *called)
{
	struct machine *m = &r->fake->machine;

	if (m->drive_count == MACHINE_DRIVES_MOST)
		WRONG(r, "too many drives");
	struct machine_drive *d = &m->drives[m->drive_count++];
	(void)text_copy(d->root, sizeof d->root, root);
	(void)text_copy(d->called, sizeof d->called, called);
}

static void
add_user(struct reader *r, const char *root, const char *profile)
{
	struct machine *m = &r->fake->machine;

	m->users = realloc(m->users, (m->user_count + 1) * sizeof *m->users);
	assert_non_null(m->users);
	struct machine_user *u = &m->users[m->user_count++];
	*u = (struct machine_user){ .root = "" };
	(void)text_copy(u->root, sizeof u->root, root);
	(void)text_copy(u->profile, sizeof u->profile, profile);
}

static void
add_damaged(struct reader *r, const char *sentence)
{
	struct machine *m = &r->fake->machine;

	m->damaged = realloc(m->damaged, (m->damaged_count + 1) * sizeof *m->damaged);
	assert_non_null(m->damaged);
	(void)text_copy(m->damaged[m->damaged_count++], WHY_ROOM, sentence);
}

static void
read_cannot(struct reader *r, const char *at)
{
	struct machine_can *can = &r->fake->machine.can;
	const struct {
		const char *word;
		bool *is;
	} words[] = {
		{ "attributes", &can->attributes },
		{ "times", &can->times },
		{ "name-times", &can->name_times },
		{ "file-security", &can->file_security },
		{ "key-security", &can->key_security },
	};
	char word[32];

	while (fake_word(&at, word, sizeof word)) {
		size_t i = 0;

		while (i < 5 && strcmp(words[i].word, word) != 0)
			i++;
		if (i == 5)
			WRONG(r, "it cannot cannot %s", word);
		*words[i].is = false;
	}
}

static void
read_look(struct reader *r, const char *at)
{
	struct fake_case *c = r->into;
	char word[FIELD_KEY_ROOM];

	while (fake_word(&at, word, sizeof word)) {
		assert_true(c->look_count < FAKE_LOOKS_MOST);
		(void)text_copy(c->looks[c->look_count++], FIELD_KEY_ROOM, word);
	}
}

static void
read_expect(struct reader *r, const char *at)
{
	struct fake_case *c = r->into;
	struct fake_expect e;

	need_word(r, &at, e.trace, sizeof e.trace);
	if (strcmp(e.trace, "nothing") == 0) {
		c->expects_nothing = true;
		return;
	}
	assert_true(c->expect_count < FAKE_EXPECTS_MOST);
	(void)text_copy(e.place, sizeof e.place, rest_of(at));
	c->expects[c->expect_count++] = e;
}

static void
read_user(struct reader *r, const char *at)
{
	char root[128];
	char profile[PATH_ROOM] = "";

	need_word(r, &at, root, sizeof root);
	(void)fake_word(&at, profile, sizeof profile);
	add_user(r, root, profile);
}

static void
read_drive(struct reader *r, const char *at)
{
	char root[8];

	need_word(r, &at, root, sizeof root);
	add_drive(r, root, rest_of(at));
}

static void
read_key(struct reader *r, const char *at)
{
	r->key = fake_key_at(r->fake, rest_of(at));
}

static void
read_file(struct reader *r, const char *at)
{
	r->file = fake_file_at(r->fake, rest_of(at), false);
}

static void
read_folder(struct reader *r, const char *at)
{
	r->file = fake_file_at(r->fake, rest_of(at), true);
}

static void
read_gone(struct reader *r, const char *at)
{
	fake_drop(r->fake, rest_of(at));
}

static void
read_windows(struct reader *r, const char *at)
{
	(void)text_copy(r->fake->machine.windows, sizeof r->fake->machine.windows,
	                rest_of(at));
}

static void
read_about(struct reader *r, const char *at)
{
	(void)text_copy(r->into->about, sizeof r->into->about, rest_of(at));
}

static void
read_damaged(struct reader *r, const char *at)
{
	add_damaged(r, rest_of(at));
}

static void read_include(struct reader *r, const char *at);

static const struct {
	const char *word;
	void (*read)(struct reader *, const char *at);
} lines[] = {
	{ "about", read_about },     { "cannot", read_cannot },
	{ "damaged", read_damaged }, { "drive", read_drive },
	{ "expect", read_expect },   { "file", read_file },
	{ "folder", read_folder },   { "gone", read_gone },
	{ "include", read_include }, { "key", read_key },
	{ "look", read_look },       { "user", read_user },
	{ "windows", read_windows },
};

static void
read_line(struct reader *r, const char *at)
{
	bool below = at[0] == '\t';
	char word[32];

	if (at[0] == '#' || !fake_word(&at, word, sizeof word))
		return;
	if (below && r->key) {
		read_of_key(r, word, at);
		return;
	}
	if (below && r->file) {
		read_of_file(r, word, at);
		return;
	}
	r->key = NULL;
	r->file = NULL;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		if (strcmp(lines[i].word, word) == 0) {
			lines[i].read(r, at);
			return;
		}
	}
	WRONG(r, "a case has no %s", word);
}

/* ---- the whole */

static void
read_from(struct reader *r, FILE *f)
{
	char line[LINE_MOST];

	while (fgets(line, sizeof line, f)) {
		size_t len = strcspn(line, "\r\n");

		r->line++;
		if (!line[len] && !feof(f))
			WRONG(r, "the line is too long");
		line[len] = '\0';
		read_line(r, line);
	}
}

static void
read_include(struct reader *r, const char *at)
{
	char path[512];
	struct reader inner = *r;

	snprintf(path, sizeof path, "%s/inside/%s.part", TEST_DATA, rest_of(at));
	inner.called = path;
	inner.line = 0;
	inner.depth++;
	FILE *f = fopen(path, "r");
	if (!f || inner.depth > INCLUDES_DEEPEST)
		WRONG(r, "cannot include %s", path);
	read_from(&inner, f);
	fclose(f);
}

static struct fake_case *
read_case(FILE *f, const char *called)
{
	struct reader r = { .called = called };

	r.into = calloc(1, sizeof *r.into);
	r.fake = fake_new();
	assert_non_null(r.into);
	r.into->machine = &r.fake->machine;
	read_from(&r, f);
	if (r.fake->machine.drive_count == 0)
		add_drive(&r, "C:\\", "the disk");
	return r.into;
}

struct fake_case *
fake_case_read(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("cannot open %s", path);
	struct fake_case *c = read_case(f, path);
	fclose(f);
	return c;
}

struct fake_case *
fake_case_of(const char *text)
{
	char *copy = strdup(text);
	FILE *f = fmemopen(copy, strlen(copy), "r");

	assert_non_null(f);
	struct fake_case *c = read_case(f, "the text in the test");
	fclose(f);
	free(copy);
	return c;
}

void
fake_case_free(struct fake_case *c)
{
	if (!c)
		return;
	machine_free(c->machine);
	free(c);
}
