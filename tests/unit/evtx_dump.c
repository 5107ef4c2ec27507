/*
 * The wanted events of .evtx logs, a line each; for the end-to-end tests, where other
 * programs read the same files.  Arguments: -s to walk every template anew, or -q to
 * print no events, which is to measure by: on standard error, the processor time that
 * it took; the files.
 *
 *   H <heard> <major>.<minor> <dirty>
 *   E <number> <provider> <id> <recovered> <FILETIME> <failure> <status, hex>
 *     <logon type> <port> <process> <texts, in the order of enum log_text>
 *   T <records> <recovered> <security> <undecodable> <first> <last> <cut>
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "format/evtx_parts.h"

#define BLOCK (4 * EVTX_CHUNK)

/* As UTF-8, with backslashes for what would break the line. */
static void
print_text(struct span utf16)
{
	while (!utf16.bad && utf16.left >= 2) {
		char bytes[4];
		uint32_t c = text_next_utf16(&utf16);

		if (c == '\\' || text_is_control(c))
			printf("\\u%04" PRIx32, c);
		else
			fwrite(bytes, 1, text_put(bytes, c), stdout);
	}
}

static void
print_event(void *with, const struct log_event *e)
{
	(void)with;
	printf("E\t%" PRIu64 "\t%d\t%u\t%d\t%" PRIu64 "\t%d\t%08" PRIx32 "\t%" PRIu32
	       "\t%" PRIu32 "\t%" PRIu32,
	       e->number, (int)e->provider, e->id, e->is_recovered, e->time,
	       e->is_failure, e->status, e->logon_type, e->port, e->process_id);
	for (size_t i = 0; i < LOG_TEXTS; i++) {
		printf("\t");
		print_text(e->text[i]);
	}
	printf("\n");
}

static void
count_event(void *with, const struct log_event *e)
{
	(void)e;
	++*(unsigned long *)with;
}

static void
dump(struct evtx *e, FILE *f)
{
	static uint8_t bytes[BLOCK];
	struct log_tally tally = { 0 };
	struct evtx_head head = { 0 };
	uint64_t offset = EVTX_HEAD;
	bool is_cut = false;

	size_t len = fread(bytes, 1, EVTX_HEAD, f);
	enum heard heard = evtx_head_read(span_of(bytes, len), &head);
	printf("H\t%s\t%u.%u\t%d\n", heard_name(heard), head.major, head.minor,
	       head.is_dirty);
	while (heard == HEARD && (len = fread(bytes, 1, BLOCK, f)) > 0) {
		for (struct span s = span_of(bytes, len); s.left > 0;) {
			size_t some = s.left < EVTX_CHUNK ? s.left : EVTX_CHUNK;
			struct span chunk = span_cut(&s, some);

			is_cut |= evtx_chunk_read(e, chunk, offset, &tally) ==
			          HEARD_SHORT;
			offset += some;
		}
	}
	printf("T\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
	       "\t%" PRIu64 "\t%d\n",
	       tally.records, tally.recovered, tally.security, tally.undecodable,
	       tally.first, tally.last, is_cut);
}

int
main(int argc, char **argv)
{
	bool is_slow = argc > 1 && strcmp(argv[1], "-s") == 0;
	bool is_quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	unsigned long events = 0;
	struct evtx *e = evtx_new(is_quiet ? count_event : print_event, &events);

	if (!e)
		return 2;
	if (is_slow)
		e->shapes_most = 0;
	for (int i = is_slow || is_quiet ? 2 : 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");

		if (!f) {
			perror(argv[i]);
			return 2;
		}
		(void)setvbuf(f, NULL, _IONBF, 0);
		dump(e, f);
		(void)fclose(f);
	}
	if (is_quiet)
		fprintf(stderr, "%.1f ms\n", (double)clock() * 1e3 / CLOCKS_PER_SEC);
	evtx_free(e);
	return 0;
}
