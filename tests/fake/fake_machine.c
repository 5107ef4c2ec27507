#include "fake_parts.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static struct fake *
fake_of(struct machine *m)
{
	return (struct fake *)m;
}

const char *
fake_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (len > 0 && folder[len - 1] == '\\')
		len--;
	if (strncasecmp(path, folder, len) != 0 || path[len] != '\\' || !path[len + 1])
		return NULL;
	return path + len + 1;
}

static bool
same_path(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	if (a_len > 0 && a[a_len - 1] == '\\')
		a_len--;
	if (b_len > 0 && b[b_len - 1] == '\\')
		b_len--;
	return a_len == b_len && strncasecmp(a, b, a_len) == 0;
}

/* Is there still memory, in this test? */
static bool
lasts(struct fake *f)
{
	if (f->questions_left == 0) {
		f->machine.failed = true;
		return false;
	}
	if (f->questions_left != SIZE_MAX)
		f->questions_left--;
	return true;
}

static enum heard
no_memory(struct fake *f)
{
	return machine_because(&f->machine, NOT_ASKED, "no memory");
}

/* ---- the registry */

/* The first part of what lies below, as a name; the same one is told once. */
struct names {
	char **at;
	size_t count;
	size_t bytes;
};

static void
names_add(struct names *names, const char *below)
{
	size_t len = strcspn(below, "\\");

	for (size_t i = 0; i < names->count; i++) {
		if (strlen(names->at[i]) == len &&
		    strncasecmp(names->at[i], below, len) == 0)
			return;
	}
	names->at = realloc(names->at, (names->count + 1) * sizeof *names->at);
	assert_non_null(names->at);
	names->at[names->count++] = strndup(below, len);
	names->bytes += len + 1;
}

static void
names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->at[i]);
	free(names->at);
}

/* A copy of everything, in memory of its own, so that what is used after it was
 * freed is noticed. */
struct copy {
	uint8_t *at;
};

static void *
copied(struct copy *c, const void *bytes, size_t len)
{
	uint8_t *to = c->at;

	if (len > 0)
		memcpy(to, bytes, len);
	c->at += len;
	return to;
}

static void
fill_key(const struct fake_key *k, const struct names *names, struct reg_key *out)
{
	size_t values = k ? k->value_count : 0;
	size_t room = values * sizeof(struct reg_value) + names->count * sizeof(char *);

	for (size_t i = 0; i < values; i++)
		room += strlen(k->values[i].name) + 1 + k->values[i].bytes.len;
	room += names->bytes + (k ? k->security.len : 0);
	buf_init(&out->memory, room + 1);
	buf_zero(&out->memory, room + 1);
	assert_false(out->memory.bad);

	struct reg_value *value = (void *)out->memory.at;
	const char **subkey = (void *)(value + values);
	struct copy c = { .at = (void *)(subkey + names->count) };
	out->values = value;
	out->value_count = values;
	out->subkeys = subkey;
	out->subkey_count = names->count;
	for (size_t i = 0; i < values; i++) {
		const struct fake_value *v = &k->values[i];

		value[i].name = copied(&c, v->name, strlen(v->name) + 1);
		value[i].type = v->type;
		value[i].bytes = span_of(copied(&c, v->bytes.at, v->bytes.len),
		                         v->bytes.len);
	}
	for (size_t i = 0; i < names->count; i++)
		subkey[i] = copied(&c, names->at[i], strlen(names->at[i]) + 1);
	if (k)
		out->security = span_of(copied(&c, k->security.at, k->security.len),
		                        k->security.len);
}

/* A path below the root of an attached hive, as one below the hive's file. */
static const char *
in_its_file(const struct fake *f, const char *path, char room[PATH_ROOM])
{
	for (size_t i = 0; i < f->attached_count; i++) {
		const char *rest = fake_below(path, f->attached[i].root);

		if (same_path(path, f->attached[i].root))
			return f->attached[i].path;
		if (rest && path_join(room, PATH_ROOM, f->attached[i].path, rest))
			return room;
	}
	return path;
}

static enum heard
fake_attach(struct machine *m, const char *path, const char *root)
{
	struct fake *f = fake_of(m);
	bool there = false;

	if (!lasts(f))
		return no_memory(f);
	for (size_t i = 0; i < f->key_count; i++) {
		if (same_path(f->keys[i].path, path) && f->keys[i].unreadable)
			return machine_because(m, HEARD_ODD, "%s",
			                       f->keys[i].unreadable);
		there = there || fake_below(f->keys[i].path, path);
	}
	if (!there)
		return HEARD_NOTHING;
	for (size_t i = 0; i < f->attached_count; i++) {
		if (same_path(f->attached[i].root, root))
			return HEARD;
	}
	assert_true(f->attached_count < 8);
	(void)text_copy(f->attached[f->attached_count].root, 64, root);
	(void)text_copy(f->attached[f->attached_count++].path, PATH_ROOM, path);
	return HEARD;
}

static enum heard
fake_key(struct machine *m, const char *path, struct reg_key *out)
{
	struct fake *f = fake_of(m);
	char room[PATH_ROOM];
	const struct fake_key *found = NULL;
	struct names names = { .count = 0 };

	if (!lasts(f))
		return no_memory(f);
	path = in_its_file(f, path, room);
	for (size_t i = 0; i < f->key_count; i++) {
		const char *below = fake_below(f->keys[i].path, path);

		if (same_path(f->keys[i].path, path))
			found = &f->keys[i];
		else if (below)
			names_add(&names, below);
	}
	if (found && found->unreadable) {
		names_free(&names);
		return machine_because(m, HEARD_ODD, "%s", found->unreadable);
	}
	if (found || names.count > 0)
		fill_key(found, &names, out);
	out->written_ms = found ? found->written_ms : 0;
	out->has_security = found && found->has_security && m->can.key_security;
	if (!out->has_security)
		out->security = span_of(NULL, 0);
	bool there = found || names.count > 0;
	names_free(&names);
	return there ? HEARD : HEARD_NOTHING;
}

/* ---- files */

static struct fake_file *
find_file(struct fake *f, const char *path)
{
	for (size_t i = 0; i < f->file_count; i++) {
		if (same_path(f->files[i].path, path))
			return &f->files[i];
	}
	return NULL;
}

static bool
is_drive(const struct fake *f, const char *path)
{
	for (size_t i = 0; i < f->machine.drive_count; i++) {
		if (same_path(f->machine.drives[i].root, path))
			return true;
	}
	return false;
}

static bool
has_below(const struct fake *f, const char *path)
{
	for (size_t i = 0; i < f->file_count; i++) {
		if (fake_below(f->files[i].path, path))
			return true;
	}
	return false;
}

static enum heard
fake_stat(struct machine *m, const char *path, struct file_facts *out)
{
	struct fake *f = fake_of(m);
	const struct fake_file *file = find_file(f, path);

	if (!lasts(f))
		return no_memory(f);
	if (!file && !has_below(f, path) && !is_drive(f, path))
		return HEARD_NOTHING;
	if (!file) {
		*out = (struct file_facts){ .is_folder = true };
		out->has_attributes = m->can.attributes;
		return HEARD;
	}
	if (file->lost)
		return machine_because(m, HEARD_ODD, "%s", file->lost);
	*out = file->facts;
	out->has_attributes = m->can.attributes;
	out->has_times = out->has_times && m->can.times;
	out->has_name_times = out->has_name_times && m->can.name_times;
	return HEARD;
}

static void
fill_list(struct fake *f, const char *path, const struct names *names,
          struct file_list *out)
{
	size_t room = names->count * sizeof(struct file_entry) + names->bytes;

	buf_init(&out->memory, room + 1);
	buf_zero(&out->memory, room + 1);
	assert_false(out->memory.bad);
	struct file_entry *entry = (void *)out->memory.at;
	struct copy c = { .at = (void *)(entry + names->count) };

	out->at = entry;
	out->count = names->count;
	for (size_t i = 0; i < names->count; i++) {
		char whole[PATH_ROOM];

		assert_true(path_join(whole, sizeof whole, path, names->at[i]));
		const struct fake_file *file = find_file(f, whole);
		entry[i].name = copied(&c, names->at[i], strlen(names->at[i]) + 1);
		bool told = !file || !file->lost;
		entry[i].is_folder = told && (!file || file->facts.is_folder);
		entry[i].is_file = told && file && !file->facts.is_folder &&
		                   !file->facts.is_link && !file->facts.is_other;
		entry[i].size = file ? file->facts.size : 0;
	}
}

static enum heard
fake_list(struct machine *m, const char *path, struct file_list *out)
{
	struct fake *f = fake_of(m);
	const struct fake_file *file = find_file(f, path);
	struct names names = { .count = 0 };

	if (!lasts(f))
		return no_memory(f);
	if (file && (file->unreadable || file->lost))
		return machine_because(m, HEARD_ODD, "%s",
		                       file->unreadable ? file->unreadable
		                                        : file->lost);
	if (file && !file->facts.is_folder)
		return machine_because(m, HEARD_ODD, "%s is not a folder", path);
	for (size_t i = 0; i < f->file_count; i++) {
		const char *below = fake_below(f->files[i].path, path);

		if (below)
			names_add(&names, below);
	}
	if (!file && names.count == 0 && !is_drive(f, path))
		return HEARD_NOTHING;
	fill_list(f, path, &names, out);
	names_free(&names);
	return HEARD;
}

static enum heard
fake_security_of(struct machine *m, const char *path, struct buf *out)
{
	struct fake *f = fake_of(m);
	const struct fake_file *file = find_file(f, path);

	if (!lasts(f))
		return no_memory(f);
	if (!file && !has_below(f, path))
		return HEARD_NOTHING;
	if (file && file->lost)
		return machine_because(m, HEARD_ODD, "%s", file->lost);
	if (file && !file->has_security)
		return machine_because(m, HEARD_ODD, "%s: its descriptor is not there",
		                       path);
	if (file)
		buf_put(out, file->security.at, file->security.len);
	else
		(void)fake_security("default", false, out);
	return HEARD;
}

static enum heard
fake_open(struct machine *m, const char *path, struct machine_file *out)
{
	struct fake *f = fake_of(m);
	const struct fake_file *file = find_file(f, path);

	if (!lasts(f))
		return no_memory(f);
	if (!file && !has_below(f, path))
		return HEARD_NOTHING;
	if (!file || file->facts.is_folder || file->facts.is_link ||
	    file->facts.is_other)
		return machine_because(m, HEARD_ODD, "%s is not a file", path);
	if (file->unreadable || file->lost)
		return machine_because(m, HEARD_ODD, "%s",
		                       file->unreadable ? file->unreadable
		                                        : file->lost);
	*out = (struct machine_file){ .size = file->facts.size,
		                      .handle = (uint64_t)(file - f->files) + 1 };
	return HEARD;
}

static enum heard
fake_read(struct machine *m, const struct machine_file *open, struct machine_want want,
          size_t *got)
{
	struct fake *f = fake_of(m);

	if (!lasts(f))
		return no_memory(f);
	assert_in_range(open->handle, 1, f->file_count);
	const struct fake_file *file = &f->files[open->handle - 1];
	uint64_t left = want.offset < open->size ? open->size - want.offset : 0;
	size_t len = want.len;

	if (len > left)
		len = (size_t)left;
	if (file->broken && want.offset + len > file->breaks_at)
		return machine_because(m, HEARD_SHORT, "%s", file->broken);
	memset(want.to, 0, len);
	if (want.offset < file->content.len) {
		size_t there = file->content.len - (size_t)want.offset;

		memcpy(want.to, file->content.at + want.offset,
		       there < len ? there : len);
	}
	*got = len;
	return HEARD;
}

/* What is opened is to be closed, once. */
static void
fake_close(struct machine *m, struct machine_file *open)
{
	assert_in_range(open->handle, 1, fake_of(m)->file_count);
	open->handle = 0;
}

static void
key_free(struct fake_key *k)
{
	for (size_t i = 0; i < k->value_count; i++) {
		free(k->values[i].name);
		buf_free(&k->values[i].bytes);
	}
	free(k->values);
	free(k->path);
	free(k->unreadable);
	buf_free(&k->security);
}

static void
file_free(struct fake_file *file)
{
	free(file->path);
	free(file->unreadable);
	free(file->lost);
	free(file->broken);
	buf_free(&file->content);
	buf_free(&file->security);
}

static void
fake_free(struct machine *m)
{
	struct fake *f = fake_of(m);

	for (size_t i = 0; i < f->key_count; i++)
		key_free(&f->keys[i]);
	for (size_t i = 0; i < f->file_count; i++)
		file_free(&f->files[i]);
	free(f->keys);
	free(f->files);
	free(m->users);
	free(m->damaged);
	free(f);
}

static const struct machine_ops ops = {
	.key = fake_key,
	.stat = fake_stat,
	.list = fake_list,
	.security = fake_security_of,
	.open = fake_open,
	.read = fake_read,
	.close = fake_close,
	.attach = fake_attach,
	.free = fake_free,
};

/* ---- making one */

struct fake *
fake_new(void)
{
	struct fake *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->machine.ops = &ops;
	f->machine.can = (struct machine_can){ true, true, true, true, true };
	(void)text_copy(f->machine.called, sizeof f->machine.called, "a fake machine");
	f->questions_left = SIZE_MAX;
	return f;
}

void
fake_machine_fail_at(struct machine *m, size_t nth)
{
	fake_of(m)->questions_left = nth;
}

struct fake_key *
fake_key_at(struct fake *f, const char *path)
{
	for (size_t i = 0; i < f->key_count; i++) {
		if (same_path(f->keys[i].path, path))
			return &f->keys[i];
	}
	f->keys = realloc(f->keys, (f->key_count + 1) * sizeof *f->keys);
	assert_non_null(f->keys);
	struct fake_key *k = &f->keys[f->key_count++];
	*k = (struct fake_key){ .path = strdup(path) };
	k->has_security = fake_security("default", true, &k->security);
	return k;
}

/* When a Windows XP SP3 was made: a time that says nothing. */
#define PLAIN_TIME 128526336000000000u

struct fake_file *
fake_file_at(struct fake *f, const char *path, bool is_folder)
{
	struct fake_file *file = find_file(f, path);

	if (file)
		return file;
	f->files = realloc(f->files, (f->file_count + 1) * sizeof *f->files);
	assert_non_null(f->files);
	file = &f->files[f->file_count++];
	*file = (struct fake_file){ .path = strdup(path) };
	file->facts.is_folder = is_folder;
	file->facts.has_times = file->facts.has_name_times = true;
	file->facts.times = (struct file_times){ PLAIN_TIME, PLAIN_TIME, PLAIN_TIME,
		                                 PLAIN_TIME };
	file->facts.name_times = file->facts.times;
	buf_init(&file->content, (size_t)64 << 20);
	file->has_security = fake_security("default", false, &file->security);
	return file;
}

struct fake_value *
fake_value_of(const struct fake_key *k, const char *name)
{
	for (size_t i = 0; i < k->value_count; i++) {
		if (text_same(k->values[i].name, name))
			return &k->values[i];
	}
	return NULL;
}

void
fake_value_drop(struct fake_key *k, const char *name)
{
	struct fake_value *v = fake_value_of(k, name);

	if (!v)
		return;
	free(v->name);
	buf_free(&v->bytes);
	*v = k->values[--k->value_count];
}

struct fake_value *
fake_value_new(struct fake_key *k, const char *name, uint32_t type)
{
	fake_value_drop(k, name);
	k->values = realloc(k->values, (k->value_count + 1) * sizeof *k->values);
	assert_non_null(k->values);
	struct fake_value *v = &k->values[k->value_count++];
	*v = (struct fake_value){ .name = strdup(name), .type = type };
	buf_init(&v->bytes, (size_t)1 << 20);
	return v;
}

void
fake_drop(struct fake *f, const char *path)
{
	for (size_t i = f->key_count; i-- > 0;) {
		struct fake_key *k = &f->keys[i];

		if (!same_path(k->path, path) && !fake_below(k->path, path))
			continue;
		key_free(k);
		*k = f->keys[--f->key_count];
	}
	for (size_t i = f->file_count; i-- > 0;) {
		struct fake_file *file = &f->files[i];

		if (!same_path(file->path, path) && !fake_below(file->path, path))
			continue;
		file_free(file);
		*file = f->files[--f->file_count];
	}
}
