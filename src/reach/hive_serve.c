#include "reach/hive_serve.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hivex.h>

#include "base/own.h"
#include "format/hive_cell.h"
#include "reach/hive_find.h"
#include "reach/hive_talk.h"

#define SMALLEST (2 * 4096) /* the head, and one bin */
#define LOG_MOST (512u << 20)

struct hive_server {
	struct hive_source source;
	enum hive_said said; /* of the file, once it was opened; 0 before */
	struct hive_replay replay;
	struct hive_base base;
	struct span bytes; /* the hive as it is now */
	hive_h *h;
	struct hive_find *find;
};

struct hive_server *
hive_server_new(const struct hive_source *source)
{
	struct hive_server *s = calloc(1, sizeof *s);

	if (s)
		s->source = *source;
	return s;
}

void
hive_server_free(struct hive_server *s)
{
	if (!s)
		return;
	hive_find_free(s->find);
	if (s->h)
		(void)hivex_close(s->h);
	if (s->bytes.at)
		(void)munmap((void *)(uintptr_t)s->bytes.at, s->bytes.left);
	free(s);
}

/* ---- opening */

/* A log's bytes, to be freed by hand; an empty span where there is none. */
static struct span
log_read(int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size <= 0 || st.st_size > LOG_MOST)
		return span_of(NULL, 0);
	size_t len = (size_t)st.st_size;
	size_t there = 0;
	OWN(own_mem) uint8_t *bytes = malloc(len);
	while (bytes && there < len) {
		ssize_t got = pread(fd, bytes + there, len - there, (off_t)there);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		there += (size_t)got;
	}
	if (!bytes || there == 0)
		return span_of(NULL, 0);
	return span_of(GIVE(bytes), there);
}

/* Replays the logs into the file, which afterwards is as long as the hive. */
static enum hive_said
bring_up_to_date(struct hive_server *s)
{
	struct stat st;

	if (fstat(s->source.fd, &st) != 0)
		return HIVE_SAID_MEMORY;
	size_t room = (size_t)st.st_size;
	uint8_t *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, s->source.fd,
	                   0);
	if (at == MAP_FAILED)
		return HIVE_SAID_MEMORY;
	struct hive_image image = { at, (size_t)s->source.len, room };
	struct span logs[HIVE_LOGS_MOST];
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		logs[i] = log_read(s->source.logs[i]);
	(void)hive_log_replay(&image, logs, &s->replay);
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		free((void *)(uintptr_t)logs[i].at);
	s->source.len = image.len;
	(void)munmap(at, room);
	return ftruncate(s->source.fd, (off_t)image.len) == 0 ? HIVE_SAID_IT
	                                                      : HIVE_SAID_MEMORY;
}

static enum hive_said
map_it(struct hive_server *s)
{
	size_t len = (size_t)s->source.len;
	void *at = mmap(NULL, len, PROT_READ, MAP_SHARED, s->source.fd, 0);

	if (at == MAP_FAILED)
		return HIVE_SAID_MEMORY;
	s->bytes = span_of(at, len);
	if (hive_base_read(s->bytes, &s->base) != HEARD)
		return HIVE_SAID_NO_HIVE;
	if (!s->base.is_sound)
		return HIVE_SAID_BASE;
	return s->base.major == 1 ? HIVE_SAID_IT : HIVE_SAID_VERSION;
}

/* What the library refuses after that is damaged. */
static enum hive_said
open_it(struct hive_server *s)
{
	s->h = hivex_open(s->source.name, 0);
	if (!s->h)
		return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_BINS;
	s->find = hive_find_new(s->h, s->bytes);
	return s->find ? HIVE_SAID_IT : HIVE_SAID_MEMORY;
}

static void
open_once(struct hive_server *s)
{
	if (s->said)
		return;
	if (s->source.len == 0)
		s->said = HIVE_SAID_EMPTY;
	else if (s->source.len < SMALLEST)
		s->said = HIVE_SAID_SMALL;
	else
		s->said = bring_up_to_date(s);
	if (s->said == HIVE_SAID_IT)
		s->said = map_it(s);
	if (s->said == HIVE_SAID_IT)
		s->said = open_it(s);
}

static void
answer_open(struct hive_server *s, struct buf *answer)
{
	buf_u8(answer, (uint8_t)s->said);
	buf_u8(answer, s->replay.dirty);
	buf_u8(answer, s->replay.replayed);
	buf_u8(answer, s->replay.rebuilt);
	buf_u8(answer, s->replay.lost);
	buf_le32(answer, s->replay.logs);
	buf_le64(answer, s->source.len);
	buf_le64(answer, HIVE_HEAD + (uint64_t)s->base.bins_len);
}

/* ---- a key */

static void
put_bytes(struct buf *b, struct span bytes)
{
	buf_le32(b, (uint32_t)bytes.left);
	buf_put(b, bytes.at, bytes.left);
}

static void
put_name(struct buf *b, struct hive_name name)
{
	size_t at = b->len;

	buf_le32(b, 0);
	hive_name_put(b, name);
	size_t len = b->len - at - 4; /* at most 3 * 65,535 */
	buf_patch_le16(b, at, (uint16_t)len);
	buf_patch_le16(b, at + 2, (uint16_t)(len >> 16));
	buf_u8(b, 0);
}

static enum hive_said
put_value(const struct hive_server *s, hive_value_h v, struct buf *answer)
{
	OWN(own_mem) char *bytes = NULL;
	struct hive_value_head head;
	hive_type type = 0;
	size_t len = 0;

	if (hive_value_head_read(s->bytes, v, &head) != HEARD)
		return HIVE_SAID_VALUES;
	buf_le32(answer, head.type);
	put_name(answer, head.name);
	/* Of a value without data the library wants to know where they are. */
	if (head.len > HIVE_ANSWER_MOST)
		return HIVE_SAID_LONG;
	if (head.len > 0) {
		errno = 0;
		bytes = hivex_value_value(s->h, v, &type, &len);
		if (!bytes && errno == ERANGE)
			return HIVE_SAID_LONG;
		if (!bytes)
			return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_VALUES;
	}
	put_bytes(answer, span_of(bytes, len));
	return answer->bad ? HIVE_SAID_LONG : HIVE_SAID_IT;
}

static enum hive_said
put_values(const struct hive_server *s, hive_node_h key, struct buf *answer)
{
	OWN(own_mem) hive_value_h *values = hivex_node_values(s->h, key);
	size_t count = 0;

	if (!values)
		return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_VALUES;
	while (values[count])
		count++;
	buf_le32(answer, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		enum hive_said said = put_value(s, values[i], answer);

		if (said != HIVE_SAID_IT)
			return said;
	}
	return HIVE_SAID_IT;
}

static enum hive_said
put_key(struct hive_server *s, struct buf *answer)
{
	struct hive_found found;
	struct hive_key_head head;
	struct span security;
	enum hive_said said = hive_find_children(s->find, &found);

	if (said != HIVE_SAID_IT)
		return said;
	if (hive_key_head_read(s->bytes, found.key, &head) != HEARD)
		return HIVE_SAID_RECORD;
	buf_le64(answer, head.written);
	if (hive_security_read(s->bytes, head.security, &security) != HEARD)
		security = span_of(NULL, 0);
	put_bytes(answer, security);
	if (head.has_no_values)
		buf_le32(answer, 0);
	else
		said = put_values(s, found.key, answer);
	if (said != HIVE_SAID_IT)
		return said;
	buf_le32(answer, (uint32_t)found.count);
	for (size_t i = 0; i < found.count; i++)
		put_name(answer, found.names[i]);
	return answer->bad ? HIVE_SAID_LONG : HIVE_SAID_IT;
}

static void
answer_key(struct hive_server *s, struct span path, struct buf *answer)
{
	size_t used = 0;
	enum hive_said said = s->said;

	if (said == HIVE_SAID_IT)
		said = hive_find_path(s->find, path, &used);
	buf_u8(answer, HIVE_SAID_IT);
	if (said == HIVE_SAID_IT)
		said = put_key(s, answer);
	if (said == HIVE_SAID_IT)
		return;
	buf_clear(answer);
	buf_u8(answer, (uint8_t)said);
	buf_le32(answer, (uint32_t)used);
}

void
hive_server_answer(struct hive_server *s, struct span question, struct buf *answer)
{
	uint8_t ask = span_u8(&question);

	open_once(s);
	if (ask == HIVE_ASK_KEY)
		answer_key(s, question, answer);
	else
		answer_open(s, answer);
}

int
hive_serve(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct hive_source source = { .name = CAGE_MEMFD_NAME,
		                      .fd = in_fds[0],
		                      .len = *(const uint64_t *)arg };
	struct span question;
	struct buf answer;

	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		source.logs[i] = i + 1 < in_count ? in_fds[i + 1] : -1;
	struct hive_server *s = hive_server_new(&source);
	if (!s)
		return 1;
	buf_init(&answer, HIVE_ANSWER_MOST);
	while (cage_hear(line, &question)) {
		buf_clear(&answer);
		hive_server_answer(s, question, &answer);
		if (!cage_say(line, buf_span(&answer)))
			return 1;
	}
	return 0;
}
