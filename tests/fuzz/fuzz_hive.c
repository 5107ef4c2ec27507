/*
 * Both ends of a hive's cage, without the cage: a hive is opened, and every key in
 * it, breadth first, is asked for by the path that its parent listed.  Checksums are
 * made right, or nothing would get further.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reach/hive_serve.h"
#include "reach/hive_talk.h"

#define HIVE_MOST (256u << 10)
#define KEYS_MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A memfd with the bytes, and a base block that has the right checksum. */
static int
memfd_of(const uint8_t *bytes, size_t len)
{
	int fd = memfd_create("hive", MFD_CLOEXEC);
	uint8_t base[512];
	uint8_t sum[4] = { 0 };

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	if (len >= sizeof base) {
		memcpy(base, bytes, sizeof base);
		for (size_t i = 0; i < 508; i++)
			sum[i % 4] ^= base[i];
		if (pwrite(fd, sum, 4, 508) != 4)
			abort();
	}
	return fd;
}

/* Paths that were listed and not asked for yet. */
struct paths {
	char *at[KEYS_MOST];
	size_t count;
};

static void
add_below(struct paths *p, const char *parent, const struct reg_key *k)
{
	for (size_t i = 0; i < k->subkey_count && p->count < KEYS_MOST; i++) {
		char *path = NULL;

		if (asprintf(&path, "%s%s%s", parent, *parent ? "\\" : "",
		             k->subkeys[i]) < 0)
			abort();
		p->at[p->count++] = path;
	}
}

static void
ask(struct hive_server *s, struct paths *p, const char *path)
{
	struct buf question, answer;
	struct reg_key k;

	buf_init(&question, 1u << 20);
	buf_init(&answer, HIVE_ANSWER_MOST);
	buf_u8(&question, HIVE_ASK_KEY);
	buf_text(&question, path);
	hive_server_answer(s, buf_span(&question), &answer);
	if (answer.bad || answer.len == 0 || !hive_said_words(answer.at[0]))
		abort();
	struct span rest = buf_span(&answer);
	if (span_u8(&rest) == HIVE_SAID_IT) {
		/* What we say ourselves has to be sense to us. */
		if (hive_key_answer_read(rest, &k) != HEARD)
			abort();
		add_below(p, path, &k);
		reg_key_free(&k);
	}
	buf_free(&question);
	buf_free(&answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct paths paths = { .count = 1 };
	char name[64];

	if (len > HIVE_MOST)
		return 0;
	int fd = memfd_of(bytes, len);
	struct hive_source source = { name, fd, len, { -1, -1, -1 } };
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	struct hive_server *s = hive_server_new(&source);
	paths.at[0] = strdup("");
	if (!s || !paths.at[0])
		abort();
	for (size_t i = 0; i < paths.count; i++)
		ask(s, &paths, paths.at[i]);
	for (size_t i = 0; i < paths.count; i++)
		free(paths.at[i]);
	hive_server_free(s);
	close(fd);
	return 0;
}
