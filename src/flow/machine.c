#include "flow/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* What an earlier question left is not to be taken for this one's reason. */
static void
ask(struct machine *m)
{
	m->why[0] = '\0';
}

enum heard
machine_because(struct machine *m, enum heard heard, const char *format, ...)
{
	va_list words;

	va_start(words, format);
	(void)vsnprintf(m->why, sizeof m->why, format, words);
	va_end(words);
	return heard;
}

enum heard
machine_goes_on(struct machine *m, const char *what, uint64_t done, uint64_t total)
{
	if (!m->watch || m->watch(m->watch_with, what, done, total))
		return HEARD;
	return machine_because(m, NOT_ASKED,
	                       "stopped before it was read to its end; look again");
}

const char *
machine_why(const struct machine *m)
{
	return m->why;
}

bool
machine_failed(const struct machine *m)
{
	return m->failed;
}

void
machine_free(struct machine *m)
{
	if (m)
		m->ops->free(m);
}

enum heard
machine_key(struct machine *m, const char *path, struct reg_key *out)
{
	*out = (struct reg_key){ .value_count = 0 };
	ask(m);
	return m->ops->key(m, path, out);
}

enum heard
machine_stat(struct machine *m, const char *path, struct file_facts *out)
{
	*out = (struct file_facts){ .size = 0 };
	ask(m);
	return m->ops->stat(m, path, out);
}

enum heard
machine_list(struct machine *m, const char *path, struct file_list *out)
{
	*out = (struct file_list){ .count = 0 };
	ask(m);
	return m->ops->list(m, path, out);
}

enum heard
machine_security(struct machine *m, const char *path, struct buf *out)
{
	ask(m);
	if (!m->can.file_security)
		return machine_because(
		    m, NOT_ASKED, "%s does not keep who may open a file", m->called);
	return m->ops->security(m, path, out);
}

enum heard
machine_open(struct machine *m, const char *path, struct machine_file *out)
{
	*out = (struct machine_file){ .size = 0 };
	ask(m);
	return m->ops->open(m, path, out);
}

enum heard
machine_read(struct machine *m, const struct machine_file *f, struct machine_want want,
             size_t *got)
{
	*got = 0;
	ask(m);
	return m->ops->read(m, f, want, got);
}

void
machine_close_file(struct machine *m, struct machine_file *f)
{
	m->ops->close(m, f);
}

enum heard
machine_attach_hive(struct machine *m, const char *path, const char *root)
{
	m->why[0] = '\0';
	if (!m->ops->attach)
		return machine_because(m, NOT_ASKED,
		                       "%s is not looked into on a machine of this "
		                       "kind",
		                       path);
	return m->ops->attach(m, path, root);
}

#define CHUNK 65536

enum heard
machine_head(struct machine *m, const char *path, size_t most, struct buf *out)
{
	struct machine_file f;
	uint8_t chunk[CHUNK];
	uint64_t offset = 0;
	enum heard heard = machine_open(m, path, &f);

	if (heard != HEARD)
		return heard;
	while (heard == HEARD && offset < most) {
		size_t len = most - offset < CHUNK ? (size_t)(most - offset) : CHUNK;
		size_t got = 0;

		heard = machine_read(m, &f, (struct machine_want){ offset, chunk, len },
		                     &got);
		if (heard != HEARD || got == 0)
			break;
		buf_put(out, chunk, got);
		offset += got;
	}
	machine_close_file(m, &f);
	if (!out->bad)
		return heard;
	m->failed = true;
	return machine_because(m, NOT_ASKED, "no memory for %s", path);
}

/* One value of a key; *key is to be freed. */
static enum heard
value_of(struct machine *m, const char *path, const char *name, struct reg_key *key,
         const struct reg_value **out)
{
	enum heard heard = machine_key(m, path, key);

	if (heard != HEARD)
		return heard;
	*out = reg_value(key, name);
	return *out ? HEARD : HEARD_NOTHING;
}

static enum heard
odd_value(struct machine *m, const char *key, const char *value)
{
	return machine_because(m, HEARD_ODD,
	                       "the value %s in %s is not of the type that it ought "
	                       "to be",
	                       value, key);
}

enum heard
machine_u32(struct machine *m, const char *key, const char *value, uint32_t *out)
{
	struct reg_key k;
	const struct reg_value *v = NULL;
	enum heard heard = value_of(m, key, value, &k, &v);

	if (heard == HEARD && !reg_u32(v, out))
		heard = odd_value(m, key, value);
	reg_key_free(&k);
	return heard;
}

enum heard
machine_text(struct machine *m, const char *key, const char *value, char *to,
             size_t room)
{
	struct reg_key k;
	const struct reg_value *v = NULL;
	enum heard heard = value_of(m, key, value, &k, &v);

	if (heard == HEARD && !reg_text(v, to, room))
		heard = odd_value(m, key, value);
	reg_key_free(&k);
	return heard;
}

bool
path_join(char *to, size_t room, const char *folder, const char *name)
{
	size_t len = strlen(folder);
	const char *between = len > 0 && folder[len - 1] == '\\' ? "" : "\\";
	int needed = snprintf(to, room, "%s%s%s", folder, between, name);

	if (needed >= 0 && (size_t)needed < room)
		return true;
	to[0] = '\0';
	return false;
}

void
file_list_free(struct file_list *l)
{
	buf_free(&l->memory);
	*l = (struct file_list){ .count = 0 };
}
