/*
 * The wanted events of .evtx logs, a line each; for the end-to-end tests, where other
 * programs read the same files.  Arguments: -s to walk every template anew, the files.
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

#include "base/text.h"
#include "format/evtx_parts.h"

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
dump(struct evtx *e, FILE *f)
{
	static uint8_t bytes[EVTX_CHUNK];
	struct log_tally tally = { 0 };
	struct evtx_head head = { 0 };
	uint64_t offset = EVTX_HEAD;
	bool is_cut = false;

	size_t len = fread(bytes, 1, EVTX_HEAD, f);
	enum heard heard = evtx_head_read(span_of(bytes, len), &head);
	printf("H\t%s\t%u.%u\t%d\n", heard_name(heard), head.major, head.minor,
	       head.is_dirty);
	while (heard == HEARD && (len = fread(bytes, 1, EVTX_CHUNK, f)) > 0) {
		is_cut |= evtx_chunk_read(e, span_of(bytes, len), offset, &tally) ==
		          HEARD_SHORT;
		offset += len;
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
	struct evtx *e = evtx_new(print_event, NULL);

	if (!e)
		return 2;
	if (is_slow)
		e->shapes_most = 0;
	for (int i = is_slow ? 2 : 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");

		if (!f) {
			perror(argv[i]);
			return 2;
		}
		dump(e, f);
		(void)fclose(f);
	}
	evtx_free(e);
	return 0;
}
