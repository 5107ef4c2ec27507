#include "reach/volume_tree_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wctype.h>

#include "base/text.h"

#define RAW_MOST (64u << 20)
#define ASKED_UNSORTED 8 /* sorting costs as much as looking through this often */
#define NO_CHARACTER 0xFFFD

/*
 * The capital letter.  Letters that do not come back from it (a dotless i, a long
 * s) are letters of their own to Windows.
 */
static uint32_t
capital(uint32_t c, locale_t letters)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
	if (!letters)
		return c;
	uint32_t up = (uint32_t)towupper_l((wint_t)c, letters);
	return (uint32_t)towlower_l((wint_t)up, letters) == c ? up : c;
}

/* One character folded into `to`; returns its bytes.  What is none stays as it is. */
static size_t
fold_one(const char **at, locale_t letters, char to[4])
{
	const char *from = *at;
	uint32_t c = text_next(at);

	if (c == '\\')
		return text_put(to, BACKSLASH_IN_NAME);
	if (c != NO_CHARACTER)
		return text_put(to, capital(c, letters));
	size_t len = (size_t)(*at - from);
	len = len < 4 ? len : 4;
	memcpy(to, from, len);
	return len;
}

/* False where it did not fit; `to` then holds the beginning. */
static bool
fold_name(const char *name, locale_t letters, char *to, size_t room)
{
	size_t len = 0;

	while (*name) {
		char bytes[4];
		size_t count = fold_one(&name, letters, bytes);

		if (len + count >= room)
			break;
		memcpy(to + len, bytes, count);
		len += count;
	}
	to[len] = '\0';
	return *name == '\0';
}

/* Takes the last part off. */
static size_t
without_last(const char *key, size_t len)
{
	while (len > 0 && key[len - 1] != '/')
		len--;
	return len > 0 ? len - 1 : 0;
}

/* Adds the part of `part_len` bytes; false where it did not fit. */
static bool
add_part(const char *part, size_t part_len, locale_t letters, char to[FOLDED_ROOM])
{
	char name[FOLDED_ROOM];
	size_t len = strlen(to);

	if (part_len == 0 || (part_len == 1 && part[0] == '.'))
		return true;
	if (part_len == 2 && part[0] == '.' && part[1] == '.') {
		to[without_last(to, len)] = '\0';
		return true;
	}
	if (part_len >= sizeof name || len + 1 >= FOLDED_ROOM)
		return false;
	memcpy(name, part, part_len);
	name[part_len] = '\0';
	if (len > 0)
		to[len++] = '/';
	return fold_name(name, letters, to + len, FOLDED_ROOM - len);
}

bool
names_fold_path(const char *path, locale_t letters, char to[FOLDED_ROOM])
{
	to[0] = '\0';
	for (;;) {
		size_t len = strcspn(path, "\\/");

		if (!add_part(path, len, letters, to))
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

/* FNV-1a. */
static uint32_t
hash_of(const char *folded)
{
	uint32_t hash = 2166136261u;

	for (; *folded; folded++)
		hash = (hash ^ (uint8_t)*folded) * 16777619u;
	return hash;
}

static enum err
read_raw(struct names *n, DIR *folder)
{
	for (;;) {
		errno = 0;
		const struct dirent *d = readdir(folder);

		if (!d)
			return errno ? ERR_SYSTEM : OK;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (n->count >= NAMES_MOST)
			return ERR_LIMIT;
		buf_put(&n->raw, d->d_name, strlen(d->d_name) + 1);
		if (n->raw.bad)
			return ERR_MEMORY;
		n->count++;
	}
}

static int
by_hash(const void *a, const void *b)
{
	const struct name *one = a;
	const struct name *other = b;

	if (one->hash != other->hash)
		return one->hash < other->hash ? -1 : 1;
	return one->at < other->at ? -1 : one->at > other->at;
}

/* Without memory for it they stay as they are, which is slower. */
static void
sort(struct names *n)
{
	uint32_t at = 0;

	n->sorted = calloc(n->count + 1, sizeof *n->sorted);
	if (!n->sorted)
		return;
	for (size_t i = 0; i < n->count; i++) {
		const char *name = (const char *)n->raw.at + at;
		char folded[FOLDED_ROOM];

		(void)fold_name(name, n->letters, folded, sizeof folded);
		n->sorted[i] = (struct name){ hash_of(folded), at };
		at += (uint32_t)strlen(name) + 1;
	}
	qsort(n->sorted, n->count, sizeof *n->sorted, by_hash);
}

enum err
names_read(struct names *n, int folder, locale_t letters)
{
	*n = (struct names){ .letters = letters };
	buf_init(&n->raw, RAW_MOST);
	/* A stream of its own: it closes what it was given. */
	int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

	if (!stream) {
		if (fd >= 0)
			close(fd);
		return ERR_SYSTEM;
	}
	rewinddir(stream);
	enum err err = read_raw(n, stream);
	int why = errno;
	closedir(stream);
	errno = why;
	n->is_read = err == OK;
	return err;
}

void
names_free(struct names *n)
{
	buf_free(&n->raw);
	free(n->sorted);
	*n = (struct names){ .count = 0 };
}

/* The first that has this hash, or a greater one. */
static size_t
first_of(const struct names *n, uint32_t hash)
{
	size_t low = 0;
	size_t high = n->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (n->sorted[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The names that fold to one; how many: 0, 1, or 2 for more. */
struct alike {
	const char *folded;
	const char *first;
	unsigned count;
};

static void
take_if_alike(const struct names *n, const char *raw, struct alike *a)
{
	char its[FOLDED_ROOM];

	if (!fold_name(raw, n->letters, its, sizeof its) || strcmp(its, a->folded) != 0)
		return;
	/* A broken folder may hold one name twice: that is one name. */
	if (a->count > 0 && strcmp(raw, a->first) == 0)
		return;
	if (a->count++ == 0)
		a->first = raw;
}

static void
find_sorted(const struct names *n, struct alike *a)
{
	uint32_t hash = hash_of(a->folded);

	for (size_t i = first_of(n, hash);
	     i < n->count && n->sorted[i].hash == hash && a->count < 2; i++)
		take_if_alike(n, (const char *)n->raw.at + n->sorted[i].at, a);
}

/* Most are told apart by their first letter. */
static bool
begins_alike(const char *raw, const char *folded)
{
	uint8_t first = (uint8_t)raw[0];

	return first >= 0x80 || first == '\\' ||
	       capital(first, (locale_t)0) == (uint8_t)folded[0];
}

static void
look_through(const struct names *n, struct alike *a)
{
	const char *raw = (const char *)n->raw.at;

	for (size_t i = 0; i < n->count && a->count < 2; i++) {
		if (begins_alike(raw, a->folded))
			take_if_alike(n, raw, a);
		raw += strlen(raw) + 1;
	}
}

unsigned
names_find(struct names *n, const char *folded, const char **name)
{
	struct alike a = { .folded = folded };

	if (!n->sorted && n->asked++ >= ASKED_UNSORTED)
		sort(n);
	if (n->sorted)
		find_sorted(n, &a);
	else
		look_through(n, &a);
	if (a.count > 0)
		*name = a.first;
	return a.count;
}
