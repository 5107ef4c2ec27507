/*
 * The peer for .evtx: a program over libevtx that takes of every failed logon (4625)
 * the fields that confine takes, and nothing more.
 *
 *     evtx_floor LOG
 *
 * The last line: how many there were, of how many records, a sum over all that was
 * taken, and the seconds of processor time that it took.
 */
#include <inttypes.h>
#include <libevtx.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT 1024
#define FAILED 4625

/* Of a 4625, by their position: texts, then numbers. */
enum { USER = 5, DOMAIN = 6, PROCESS = 11, WORKSTATION = 13 };
enum { PROGRAM = 18, ADDRESS = 19 };
enum { STATUS = 7, SUBSTATUS = 9, TYPE = 10, PROCESS_ID = 17, PORT = 20 };

static uint64_t sum;

static void
take_text(const char *text)
{
	for (; *text; text++)
		sum = sum * 31 + (uint8_t)*text;
}

static void
take_string(libevtx_record_t *record, int index, int is_number)
{
	uint8_t text[TEXT] = "";
	size_t size = 0;

	if (libevtx_record_get_utf8_string_size(record, index, &size, NULL) != 1 ||
	    size == 0 || size > sizeof text ||
	    libevtx_record_get_utf8_string(record, index, text, size, NULL) != 1)
		return;
	if (is_number)
		sum += strtoul((const char *)text, NULL, 0);
	else
		take_text((const char *)text);
}

static void
take_names(libevtx_record_t *record)
{
	uint8_t text[TEXT] = "";

	if (libevtx_record_get_utf8_computer_name(record, text, sizeof text, NULL) == 1)
		take_text((const char *)text);
	if (libevtx_record_get_utf8_source_name(record, text, sizeof text, NULL) == 1)
		take_text((const char *)text);
}

static void
take(libevtx_record_t *record)
{
	static const int texts[] = { USER,        DOMAIN,  PROCESS,
		                     WORKSTATION, PROGRAM, ADDRESS };
	static const int numbers[] = { STATUS, SUBSTATUS, TYPE, PROCESS_ID, PORT };
	uint64_t number = 0;
	uint64_t time = 0;

	(void)libevtx_record_get_identifier(record, &number, NULL);
	(void)libevtx_record_get_written_time(record, &time, NULL);
	sum += number + time;
	take_names(record);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		take_string(record, texts[i], 0);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		take_string(record, numbers[i], 1);
}

/* Is it one of those that are wanted? */
static int
take_at(libevtx_file_t *file, int index)
{
	libevtx_record_t *record = NULL;
	uint32_t id = 0;

	if (libevtx_file_get_record_by_index(file, index, &record, NULL) != 1)
		return 0;
	(void)libevtx_record_get_event_identifier(record, &id, NULL);
	if (id == FAILED)
		take(record);
	(void)libevtx_record_free(&record, NULL);
	return id == FAILED;
}

int
main(int argc, char **argv)
{
	libevtx_file_t *file = NULL;
	int records = 0;
	int taken = 0;

	if (argc != 2 || libevtx_file_initialize(&file, NULL) != 1 ||
	    libevtx_file_open(file, argv[1], LIBEVTX_OPEN_READ, NULL) != 1 ||
	    libevtx_file_get_number_of_records(file, &records, NULL) != 1) {
		fprintf(stderr, "evtx_floor LOG\n");
		return 2;
	}
	for (int i = 0; i < records; i++)
		taken += take_at(file, i);
	printf("%d of %d, %016" PRIx64 ", %.3f s\n", taken, records, sum,
	       (double)clock() / CLOCKS_PER_SEC);
	(void)libevtx_file_free(&file, NULL);
	return 0;
}
