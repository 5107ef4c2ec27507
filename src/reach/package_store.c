#include "reach/package_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "format/authenticode.h"

#define CHUNK 65536
#define ROOTS_MOST 65536 /* bytes; a root certificate has about 1500 */

static void
own_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

struct hashes {
	struct sha1_ctx whole;
	struct sha1_ctx sha1; /* of the signed parts */
	struct sha256_ctx sha256;
};

/* What of these bytes of the file, from `at` on, is under the signature. */
static void
add_signed(struct hashes *h, const struct authenticode *a, uint64_t at,
           const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < AUTHENTICODE_PARTS; i++) {
		uint64_t from = a->parts[i].at;
		uint64_t to = from + a->parts[i].len;

		from = from > at ? from : at;
		to = to < at + len ? to : at + len;
		if (from >= to)
			continue;
		sha1_update(&h->sha1, (size_t)(to - from), bytes + (from - at));
		sha256_update(&h->sha256, (size_t)(to - from), bytes + (from - at));
	}
}

/* Reads the file once; false where it ends early or cannot be read. */
static bool
hash_all(int fd, uint64_t size, const struct authenticode *a, struct hashes *h)
{
	uint8_t chunk[CHUNK];
	uint64_t at = 0;

	sha1_init(&h->whole);
	sha1_init(&h->sha1);
	sha256_init(&h->sha256);
	while (at < size) {
		ssize_t got = pread(fd, chunk, sizeof chunk, (off_t)at);

		if (got <= 0)
			return false;
		sha1_update(&h->whole, (size_t)got, chunk);
		if (a)
			add_signed(h, a, at, chunk, (size_t)got);
		at += (uint64_t)got;
	}
	return at == size;
}

/* `len` bytes at `at`, appended. */
static bool
read_part(int fd, uint64_t at, size_t len, struct buf *out)
{
	uint8_t chunk[CHUNK];

	while (len > 0) {
		size_t want = len < sizeof chunk ? len : sizeof chunk;
		ssize_t got = pread(fd, chunk, want, (off_t)at);

		if (got <= 0)
			return false;
		buf_put(out, chunk, (size_t)got);
		at += (uint64_t)got;
		len -= (size_t)got;
	}
	return !out->bad;
}

static void
say(struct signature *s, enum signature_is is, const char *why)
{
	s->is = is;
	(void)text_copy(s->why, sizeof s->why, why);
}

static void
say_unsigned(enum authenticode_is is, struct signature *s)
{
	switch (is) {
	case AUTHENTICODE_UNSIGNED:
		say(s, SIGNATURE_NONE, "it is not signed, as Microsoft's packages are");
		break;
	case AUTHENTICODE_NO_PE:
		say(s, SIGNATURE_NONE,
		    "it is no program: its signature, if any, is not looked at here");
		break;
	case AUTHENTICODE_APPENDED:
		say(s, SIGNATURE_BAD,
		    "something was appended that its signature does not cover");
		break;
	case AUTHENTICODE_SIGNED:
	case AUTHENTICODE_BROKEN:
		say(s, SIGNATURE_BAD, "its signature is not of the form");
		break;
	}
}

static enum err
check_signature(int fd, const struct authenticode *a, struct hashes *h,
                struct span roots, struct signature *out)
{
	OWN(buf_free) struct buf table = { .ceiling = AUTHENTICODE_TABLE_MOST };
	struct signature_question q = { .roots = roots };

	if (!read_part(fd, a->table_at, a->table_len, &table)) {
		say(out, SIGNATURE_OPEN, "its end could not be read");
		return OK;
	}
	enum authenticode_is is = authenticode_pkcs7(buf_span(&table), &q.pkcs7);
	if (is != AUTHENTICODE_SIGNED) {
		say_unsigned(is, out);
		return OK;
	}
	sha1_digest(&h->sha1, sizeof q.sha1, q.sha1);
	sha256_digest(&h->sha256, sizeof q.sha256, q.sha256);
	return signature_check(&q, out);
}

static enum err
look_at(int fd, struct span roots, struct package_file *f)
{
	OWN(buf_free) struct buf head = { .ceiling = AUTHENTICODE_HEAD };
	struct authenticode a;
	struct hashes h;
	uint8_t sha1[SHA1_DIGEST_SIZE];
	size_t first = f->size < AUTHENTICODE_HEAD ? f->size : AUTHENTICODE_HEAD;

	if (!read_part(fd, 0, first, &head)) {
		say(&f->signature, SIGNATURE_OPEN, "it could not be read");
		return OK;
	}
	enum authenticode_is is = authenticode_find(buf_span(&head), f->size, &a);
	if (!hash_all(fd, f->size, is == AUTHENTICODE_SIGNED ? &a : NULL, &h)) {
		say(&f->signature, SIGNATURE_OPEN, "it could not be read to its end");
		return OK;
	}
	sha1_digest(&h.whole, sizeof sha1, sha1);
	text_hex(f->sha1, sizeof f->sha1, span_of(sha1, sizeof sha1));
	if (is == AUTHENTICODE_SIGNED)
		return check_signature(fd, &a, &h, roots, &f->signature);
	say_unsigned(is, &f->signature);
	return OK;
}

/* A plain file of the folder, for reading; -1 where it is something else. */
static int
open_plain(int folder, const char *name, uint64_t *size)
{
	struct stat st;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (uint64_t)st.st_size;
		return fd;
	}
	close(fd);
	return -1;
}

static bool
is_certificate(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && text_same(dot, ".cer");
}

/* One too many, or too long, is left out: it may be anything. */
static void
read_root(int folder, const char *name, struct buf *roots)
{
	uint64_t size = 0;
	int fd = open_plain(folder, name, &size);

	if (fd < 0)
		return;
	if (size <= roots->ceiling - roots->len)
		(void)read_part(fd, 0, (size_t)size, roots);
	close(fd);
}

/* Root certificates lie beside the packages: believed for their thumbprint only. */
static enum err
read_roots(DIR *dir, struct buf *roots)
{
	const struct dirent *e;

	rewinddir(dir);
	while ((e = readdir(dir)) != NULL) {
		if (is_certificate(e->d_name))
			read_root(dirfd(dir), e->d_name, roots);
		if (roots->bad)
			return ERR_MEMORY;
	}
	return OK;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static struct package_file *
file_add(struct package_store *s)
{
	struct package_file *at = realloc(s->at, (s->count + 1) * sizeof *at);

	if (!at)
		return NULL;
	s->at = at;
	at[s->count] = (struct package_file){ .size = 0 };
	return &at[s->count++];
}

/* A file that cannot be opened is in the list as well, with the reason. */
static enum err
read_one(int folder, const char *name, struct span roots, struct package_store *s)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return OK;
	if (s->count == PACKAGE_FILES_MOST) {
		s->passed_over++;
		return OK;
	}
	struct package_file *f = file_add(s);
	if (!f)
		return ERR_MEMORY;
	(void)text_copy_utf8(f->name, sizeof f->name, name);
	int fd = open_plain(folder, name, &f->size);
	if (fd < 0) {
		say(&f->signature, SIGNATURE_OPEN, "it could not be opened");
		return OK;
	}
	enum err err = look_at(fd, roots, f);
	close(fd);
	return err;
}

static int
by_name(const void *a, const void *b)
{
	const struct package_file *x = a;
	const struct package_file *y = b;

	return strcmp(x->name, y->name);
}

enum err
package_store_read(const char *folder, struct package_store *out, char why[WHY_ROOM])
{
	OWN(own_dir) DIR *dir = opendir(folder);
	OWN(buf_free) struct buf roots = { .ceiling = ROOTS_MOST };
	const struct dirent *e;

	*out = (struct package_store){ .count = 0 };
	if (!dir) {
		(void)snprintf(why, WHY_ROOM,
		               "cannot read %s: %s; name a folder of packages", folder,
		               strerror(errno));
		return ERR_REFUSED;
	}
	TRY(read_roots(dir, &roots));
	rewinddir(dir);
	while ((e = readdir(dir)) != NULL) {
		if (is_dots(e->d_name) || is_certificate(e->d_name))
			continue;
		TRY(read_one(dirfd(dir), e->d_name, buf_span(&roots), out));
	}
	if (out->count > 0)
		qsort(out->at, out->count, sizeof *out->at, by_name);
	return OK;
}

void
package_store_free(struct package_store *s)
{
	free(s->at);
	*s = (struct package_store){ .count = 0 };
}
