/*
 * Tells what offline_open makes of a path, for the end-to-end tests: one JSON object
 * a line, of the machine, its drives, users and damage, then of every file below
 * the folders named after it ("C:\"), or of the one that is named.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/own.h"
#include "reach/offline.h"

#define LINE_MOST (1u << 20)
#define DEPTH_MOST 64

static void
say(struct buf *line)
{
	puts(buf_string(line));
	buf_free(line);
}

static void
said(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_text(j, text);
}

static void
flag(struct json *j, const char *key, bool is)
{
	json_key(j, key);
	json_bool(j, is);
}

static void
tell_machine(const struct machine *m)
{
	struct buf line;
	struct json j;

	buf_init(&line, LINE_MOST);
	json_init(&j, &line);
	json_open(&j, '{');
	said(&j, "windows", m->windows);
	flag(&j, "attributes", m->can.attributes);
	flag(&j, "times", m->can.times);
	flag(&j, "name_times", m->can.name_times);
	flag(&j, "file_security", m->can.file_security);
	json_key(&j, "drives");
	json_open(&j, '[');
	for (size_t i = 0; i < m->drive_count; i++)
		json_text(&j, m->drives[i].root);
	json_close(&j, ']');
	json_key(&j, "users");
	json_open(&j, '[');
	for (size_t i = 0; i < m->user_count; i++)
		json_text(&j, m->users[i].root);
	json_close(&j, ']');
	json_key(&j, "damaged");
	json_open(&j, '[');
	for (size_t i = 0; i < m->damaged_count; i++)
		json_text(&j, m->damaged[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	say(&line);
}

/* Bytes as hexadecimal digits: a name need be no text. */
static void
hex(struct json *j, const char *key, const void *bytes, size_t len)
{
	OWN(own_mem) char *text = malloc(2 * len + 1);

	if (!text)
		return;
	text_hex(text, 2 * len + 1, span_of(bytes, len));
	said(j, key, text);
}

static void
tell_times(struct json *j, const struct file_times *t)
{
	const uint64_t at[] = { t->created, t->written, t->changed, t->read };

	json_key(j, "times");
	json_open(j, '[');
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		char text[24];

		(void)snprintf(text, sizeof text, "%" PRIu64, at[i]);
		json_text(j, text);
	}
	json_close(j, ']');
}

static void
tell_content(struct machine *m, struct json *j, const char *path)
{
	struct buf content;

	buf_init(&content, 1 << 16);
	enum heard heard = machine_head(m, path, 16, &content);
	said(j, "read", heard_name(heard));
	if (heard == HEARD)
		hex(j, "head", content.at, content.len < 16 ? content.len : 16);
	else
		said(j, "why", machine_why(m));
	buf_clear(&content);
	if (machine_security(m, path, &content) == HEARD)
		hex(j, "security", content.at, content.len);
	buf_free(&content);
}

static void
tell_file(struct machine *m, const char *path, const struct file_facts *f)
{
	struct buf line;
	struct json j;

	buf_init(&line, LINE_MOST);
	json_init(&j, &line);
	json_open(&j, '{');
	hex(&j, "path", path, strlen(path));
	flag(&j, "folder", f->is_folder);
	flag(&j, "link", f->is_link);
	flag(&j, "other", f->is_other);
	json_key(&j, "size");
	json_int(&j, (int64_t)f->size);
	if (f->has_attributes) {
		json_key(&j, "attributes");
		json_int(&j, f->attributes);
	}
	if (f->has_times)
		tell_times(&j, &f->times);
	if (!f->is_folder)
		tell_content(m, &j, path);
	json_close(&j, '}');
	say(&line);
}

static void
tell_failure(struct machine *m, const char *path, enum heard heard)
{
	struct buf line;
	struct json j;

	buf_init(&line, LINE_MOST);
	json_init(&j, &line);
	json_open(&j, '{');
	hex(&j, "path", path, strlen(path));
	said(&j, "heard", heard_name(heard));
	said(&j, "why", machine_why(m));
	json_close(&j, '}');
	say(&line);
}

static void
tell_all(struct machine *m, const char *path, unsigned depth)
{
	struct file_facts facts;
	struct file_list l = { .count = 0 };
	enum heard heard = machine_stat(m, path, &facts);

	if (heard == HEARD)
		tell_file(m, path, &facts);
	if (heard == HEARD && facts.is_folder && depth < DEPTH_MOST)
		heard = machine_list(m, path, &l);
	if (heard != HEARD)
		tell_failure(m, path, heard);
	for (size_t i = 0; i < l.count; i++) {
		char below[PATH_ROOM];

		if (path_join(below, sizeof below, path, l.at[i].name))
			tell_all(m, below, depth + 1);
	}
	file_list_free(&l);
}

int
main(int argc, char **argv)
{
	struct machine *m = NULL;
	char why[WHY_ROOM] = "";

	if (argc < 2)
		return 2;
	if (offline_open(argv[1], &m, why) != OK || !m) {
		fprintf(stderr, "%s\n", why);
		return 2;
	}
	tell_machine(m);
	for (int i = 2; i < argc; i++)
		tell_all(m, argv[i], 0);
	machine_free(m);
	return 0;
}
