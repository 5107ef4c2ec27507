#include "reach/log_known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "format/event_kind.h"
#include "format/log_carve.h"

#define LOOK 512 /* bytes that say whether more are worth reading */

struct mark {
	size_t at;
	size_t len;
	const char *bytes;
};

#define MARK(at, bytes)                      \
	{                                    \
		at, sizeof(bytes) - 1, bytes \
	}

static const struct mark evt_mark = MARK(0, "\x30\0\0\0LfLe");
static const struct mark evtx_mark = MARK(0, "ElfFile\0");

/* What libarchive is asked to read. */
static const struct mark packed[] = {
	MARK(0, "\x1F\x8B\x08"), /* gzip */
	MARK(0, "\xFD"
	        "7zXZ\0"),             /* xz */
	MARK(0, "BZh"),                /* bzip2 */
	MARK(0, "\x28\xB5\x2F\xFD"),   /* zstd */
	MARK(0, "PK\x03\x04"),         /* zip */
	MARK(0, "PK\x05\x06"),         /* a zip with nothing in it */
	MARK(0, "7z\xBC\xAF\x27\x1C"), /* 7-Zip */
	MARK(0, "Rar!\x1A\x07"),       /* RAR */
	MARK(257, "ustar"),            /* tar */
};

static bool
has(struct span s, const struct mark *m)
{
	return span_is(span_at(s, m->at, m->len), m->bytes, m->len);
}

static void
know_text(struct span beginning, struct log_known *out)
{
	switch (event_kind_of(beginning)) {
	case EVENT_KIND_XML: out->kind = LOG_IS_XML; return;
	case EVENT_KIND_JSON: out->kind = LOG_IS_JSON; return;
	case EVENT_KIND_CSV: out->kind = LOG_IS_CSV; return;
	case EVENT_KIND_OTHER: out->is_other = true; return;
	default: return;
	}
}

struct log_known
log_known(struct span beginning)
{
	struct log_known known = { .kind = LOG_IS_NONE };

	for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++)
		known.is_packed = known.is_packed || has(beginning, &packed[i]);
	if (has(beginning, &evt_mark))
		known.kind = LOG_IS_EVT;
	else if (has(beginning, &evtx_mark))
		known.kind = LOG_IS_EVTX;
	else if (log_carve_begins(beginning))
		known.kind = LOG_IS_CARVED;
	else if (!known.is_packed)
		know_text(beginning, &known);
	return known;
}

/* -1: errno says why. */
static ssize_t
read_beginning(int fd, uint8_t *to, size_t len)
{
	ssize_t got = 0;

	do {
		got = pread(fd, to, len, 0);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* There are many files that are no text, and no log either. */
bool
log_known_of(int fd, struct log_known *out)
{
	uint8_t bytes[LOG_BEGINNING];
	ssize_t got = read_beginning(fd, bytes, LOOK);

	if (got == LOOK && event_kind_is_possible(span_of(bytes, LOOK)))
		got = read_beginning(fd, bytes, sizeof bytes);
	*out = log_known(span_of(bytes, got < 0 ? 0 : (size_t)got));
	return got >= 0;
}

/* The end of its directory, with a comment of up to 64 KB behind it. */
#define ZIP_END_LEN 22
#define ZIP_END_MOST (ZIP_END_LEN + 65535)

static const char zip_end[] = "PK\x05\x06";

bool
log_is_cut_zip(int fd, uint64_t len)
{
	uint64_t from = len < ZIP_END_MOST ? 0 : len - ZIP_END_MOST;
	OWN(own_mem) uint8_t *bytes = malloc(ZIP_END_MOST);

	if (!bytes || pread(fd, bytes, 4, 0) != 4 ||
	    memcmp(bytes, "PK\x03\x04", 4) != 0)
		return false;
	ssize_t got = pread(fd, bytes, ZIP_END_MOST, (off_t)from);
	return got > 0 && span_find(span_of(bytes, (size_t)got), zip_end,
	                            sizeof zip_end - 1) == SIZE_MAX;
}
