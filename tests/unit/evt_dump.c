/*
 * What is in an .evt file, a line each; for the end-to-end tests, where another
 * program reads the same.  With -r the records, whatever they are about:
 *
 *   <current or recovered> <offset> <number> <id> <seconds> <source> <computer>
 *   <number of strings> <strings>...
 *
 * else the events:
 *
 *   <number> <offset> <recovered> <id> <failure> <seconds> <status> <logon type>
 *   <port> <process> <texts, as enum log_text has them>...
 *
 * With -q neither.  On standard error: the processor time that it took.  The last line
 * tells of the file.  Controls and backslashes in texts are \xNN.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/when.h"
#include "format/evt.h"
#include "format/evt_record.h"
#include "format/evt_walk.h"

#define PIECE (1u << 20)

static struct evt evt;

static void
print_text(struct span utf16)
{
	putchar('\t');
	while (utf16.left >= 2) {
		uint32_t c = text_next_utf16(&utf16);
		char bytes[4];

		if (c < 0x20 || c == '\\')
			printf("\\x%02x", (unsigned)c);
		else
			fwrite(bytes, 1, text_put(bytes, c), stdout);
	}
}

static void
print_record(const struct evt_place *p)
{
	static struct evt_strings names, strings;

	printf("%s\t0x%llx\t%u\t0x%08x\t%lld",
	       p->is_recovered ? "recovered" : "current", (unsigned long long)p->offset,
	       evt_record_number(p->bytes), evt_record_id(p->bytes),
	       (long long)when_from_filetime(evt_record_time(p->bytes)) / 1000);
	if (p->bytes.bad || !evt_record_names(p->bytes, &names) ||
	    !evt_record_strings(p->bytes, &strings)) {
		printf("\tundecodable\n");
		return;
	}
	print_text(evt_string(&names, 1));
	print_text(evt_string(&names, 2));
	printf("\t%zu", strings.count);
	for (size_t i = 1; i <= strings.count; i++)
		print_text(evt_string(&strings, i));
	putchar('\n');
}

static void
print_event(void *with, const struct log_event *e)
{
	(void)with;
	printf("%llu\t0x%llx\t%d\t%u\t%d\t%lld\t0x%x\t%u\t%u\t%u",
	       (unsigned long long)e->number, (unsigned long long)e->offset,
	       e->is_recovered, e->id, e->is_failure,
	       (long long)when_from_filetime(e->time) / 1000, e->status, e->logon_type,
	       e->port, e->process_id);
	for (int i = 0; i < LOG_TEXTS; i++)
		print_text(e->text[i]);
	putchar('\n');
}

static void
count_event(void *with, const struct log_event *e)
{
	(void)e;
	++*(unsigned long *)with;
}

static void
print_records(void)
{
	struct evt_place place;

	while (!evt_is_done(&evt)) {
		size_t work = PIECE;

		while (evt_next(&evt, &work, &place))
			print_record(&place);
	}
}

static void
print_events(bool quiet)
{
	struct log_tally t = { 0 };
	unsigned long events = 0;

	while (evt_go_on(&evt, PIECE, quiet ? count_event : print_event, &events, &t)) {
	}
	printf("tally\trecords %llu recovered %llu security %llu undecodable %llu\n",
	       (unsigned long long)t.records, (unsigned long long)t.recovered,
	       (unsigned long long)t.security, (unsigned long long)t.undecodable);
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
read_file(void *with, uint64_t at, uint8_t *to, size_t len)
{
	const int *fd = with;
	ssize_t got = pread(*fd, to, len, (off_t)at);
	size_t had = got > 0 ? (size_t)got : 0;

	memset(to + had, 0, len - had);
}

int
main(int argc, char **argv)
{
	const struct evt_found *f = &evt.found;

	struct stat st = { 0 };
	int fd = argc < 2 ? -1 : open(argv[argc - 1], O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return 2;
	struct evt_source source = { .size = (uint64_t)st.st_size,
		                     .read = read_file,
		                     .with = &fd };
	double began = now_ms();
	enum heard heard = evt_begin(&evt, &source);
	if (heard == HEARD && strcmp(argv[1], "-r") == 0)
		print_records();
	else if (heard == HEARD)
		print_events(strcmp(argv[1], "-q") == 0);
	fprintf(stderr, "%.1f ms\n", now_ms() - began);
	printf("file\t%s%s%s%s%s%s next %u oldest %u gaps %llu jumps %llu\n",
	       heard_name(heard), f->is_carved ? " carved" : "",
	       f->is_dirty ? " dirty" : "", f->is_wrapped ? " wrapped" : "",
	       f->is_cut ? " cut" : "", f->has_end ? "" : " endless", f->next,
	       f->oldest, (unsigned long long)f->gaps, (unsigned long long)f->jumps);
	return heard == HEARD ? 0 : 1;
}
