/* Event logs come out of what they are packed in, and no more than they. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "base/own.h"
#include "log_sample.h"
#include "reach/log_known.h"
#include "reach/log_packed.h"
#include "reach/log_unpack_serve.h"

/* ---- packing */

struct packing {
	struct archive *a;
	char path[512];
};

static void
begin(struct packing *p, const char *name, int format, int filter)
{
	(void)snprintf(p->path, sizeof p->path, "%s",
	               temp_path(&log_sample_tree, name));
	p->a = archive_write_new();
	assert_int_equal(archive_write_set_format(p->a, format), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(p->a, filter), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(p->a, p->path), ARCHIVE_OK);
}

static void
put(struct packing *p, const char *name, const void *bytes, size_t len)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	assert_int_equal(archive_write_header(p->a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(p->a, bytes, len), len);
	archive_entry_free(e);
}

static void
end(struct packing *p)
{
	assert_int_equal(archive_write_close(p->a), ARCHIVE_OK);
	assert_int_equal(archive_write_free(p->a), ARCHIVE_OK);
}

/* A file of the tree, as log_sample_put has made it. */
static void
put_file(struct packing *p, const char *name, const char *from)
{
	int fd = open(temp_path(&log_sample_tree, from), O_RDONLY);
	struct stat is;

	assert_int_equal(fstat(fd, &is), 0);
	OWN(own_mem) uint8_t *bytes = malloc((size_t)is.st_size);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, (size_t)is.st_size), is.st_size);
	close(fd);
	put(p, name, bytes, (size_t)is.st_size);
}

static void
pack(const char *name, int format, int filter, const char *from)
{
	struct packing p = { .a = NULL };

	begin(&p, name, format, filter);
	put_file(&p, "f", from);
	end(&p);
}

static void
told(const char *name, const char *lines)
{
	log_sample_told(temp_path(&log_sample_tree, name), lines);
}

/* ---- what is packed */

static void
a_log_that_is_compressed_is_read(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
		                       ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_ZSTD };

	(void)state;
	log_sample_put("log", "++", "anna");
	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
		pack("packed", ARCHIVE_FORMAT_RAW, filters[i], "log");
		told("packed", " anna anna\npacked evtx");
	}
}

static void
archives_are_read_with_their_folders(void **state)
{
	static const int formats[] = { ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_TAR_USTAR,
		                       ARCHIVE_FORMAT_7ZIP };
	static const char other[] = "Source: Microsoft-Windows-Security-Auditing\n"
				    "Source: Microsoft-Windows-Security-Auditing\n";
	struct packing p = { .a = NULL };

	(void)state;
	log_sample_put("a", "++", "anna");
	log_sample_put("b", "+", "bob");
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		begin(&p, "packed", formats[i], ARCHIVE_FILTER_NONE);
		put_file(&p, "b", "b");
		put(&p, "readme.evtx", "this is no event log, whatever its name", 39);
		put(&p, "empty", "", 0);
		put_file(&p, "x/y/z/a.txt", "a");
		put(&p, "z.txt", other, sizeof other - 1);
		end(&p);
		told("packed",
		     " bob\npacked:b evtx anna anna\npacked:x/y/z/a.txt evtx\n"
		     "packed:z.txt none: " LOG_OTHER_WHY);
	}
}

static void
what_is_packed_in_what_is_packed_is_read(void **state)
{
	struct packing p = { .a = NULL };

	(void)state;
	log_sample_put("a", "+", "anna");
	pack("1", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, "a");
	pack("2", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "1");
	begin(&p, "3", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ);
	put_file(&p, "d/2.zip", "2");
	put_file(&p, "log", "a");
	end(&p);
	told("3", " anna\n3:d/2.zip:f evtx anna\n3:log evtx");
	pack("4", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "3");
	told("4", " anna\n4:f:d/2.zip:f evtx anna\n4:f:log evtx");
	pack("5", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "4");
	told("5", "5:f:f:d/2.zip:f none: is packed in more than 4 layers; unpack it "
	          "anna\n5:f:f:log evtx");
}

static void
many_logs_come_in_order(void **state)
{
	struct packing p = { .a = NULL };
	struct buf lines;
	char line[32];

	(void)state;
	log_sample_put("a", "+", "anna");
	buf_init(&lines, 65536);
	begin(&p, "packed", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
	for (int i = 0; i < 100; i++) {
		(void)snprintf(line, sizeof line, "%d", i);
		put_file(&p, line, "a");
		(void)snprintf(line, sizeof line, "%s anna\npacked:%d evtx", "", i);
		buf_text(&lines, line);
	}
	end(&p);
	told("packed", buf_string(&lines));
	buf_free(&lines);
}

static void
one_that_holds_no_log_is_told_where_it_was_named(void **state)
{
	struct packing p = { .a = NULL };

	(void)state;
	log_sample_put("log", "+", "anna");
	begin(&p, "packed", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
	put(&p, "letter", "Dear Sir", 8);
	end(&p);
	told(
	    "packed",
	    "packed none: holds no event log (.evt, .evtx, XML, JSON, CSV) among its 1 "
	    "files; name one");
	log_sample_told(log_sample_tree.root, " anna\nlog evtx");
}

/* ---- what is not well */

/* Of whatever length it is: it ends, and nothing is passed over in silence. */
static void
what_is_cut_anywhere_is_told(void **state)
{
	static const int formats[] = { ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_TAR_USTAR,
		                       ARCHIVE_FORMAT_RAW };
	const char *path = temp_path(&log_sample_tree, "packed");
	struct stat is;

	(void)state;
	log_sample_put("a", "+", "anna");
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		pack("packed", formats[i],
		     formats[i] == ARCHIVE_FORMAT_ZIP ? ARCHIVE_FILTER_NONE
		                                      : ARCHIVE_FILTER_GZIP,
		     "a");
		assert_int_equal(stat(path, &is), 0);
		for (off_t len = is.st_size - 22; len > 16; len -= 61) {
			struct log_sample_heard h = { .done = 0 };

			assert_int_equal(truncate(path, len), 0);
			assert_int_equal(log_sample_read(&h, &path, 1), OK);
			assert_true(h.last.why[0] || h.last.is_cut);
			buf_free(&h.lines);
		}
	}
}

/* ---- what is too much */

struct hearing {
	size_t found, settled;
	uint64_t bytes;
	bool settles_at_once;
	char why[PATH_ROOM + WHY_ROOM + 3];
};

static enum err
hear(void *with, int fd, const struct log_told *t)
{
	struct hearing *h = with;

	h->found += fd >= 0;
	h->bytes += t->bytes;
	if (fd >= 0)
		close(fd);
	if (t->why[0])
		(void)snprintf(h->why, sizeof h->why, "%s: %s", t->path, t->why);
	return OK;
}

static enum err
settle(void *with)
{
	struct hearing *h = with;

	h->settled++;
	return OK;
}

static void
hear_packed(struct hearing *h, const char *name, const struct log_packed_limits *l)
{
	struct log_pulse pulse = { .goes_on = NULL };
	struct log_walk walk = { hear, settle, h, &pulse };
	struct log_packed job = { &walk, l, name, true };
	size_t before = log_sample_descriptors();
	int fd = open(temp_path(&log_sample_tree, name), O_RDONLY);

	*h = (struct hearing){ .found = 0 };
	assert_int_equal(log_packed_read(&job, fd), OK);
	assert_int_equal(log_sample_descriptors(), before);
}

/* A log of so many megabytes, all of them `byte`, in a few hundred bytes. */
static void
pack_bomb(const char *name, size_t megabytes, int byte)
{
	OWN(own_mem) uint8_t *page = malloc(1u << 20);
	struct packing p = { .a = NULL };

	assert_non_null(page);
	begin(&p, name, ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD);
	memset(page, byte, 1u << 20);
	memcpy(page, "ElfFile", 8);
	put(&p, "log", page, 1u << 20);
	memset(page, byte, 1u << 20);
	for (size_t i = 1; i < megabytes; i++)
		assert_int_equal(archive_write_data(p.a, page, 1u << 20), 1u << 20);
	end(&p);
}

static void
what_unpacks_to_too_much_is_stopped(void **state)
{
	struct log_packed_limits limits = { .layers = 1,
		                            .files = 10,
		                            .bytes = 16u << 20,
		                            .saying_free = 8u << 20,
		                            .saying_times = 1000 };
	static const char too_much[] =
	    "bomb: holds more than can be true of event logs; unpack it, and name what "
	    "comes out";
	struct hearing h = { .found = 0 };

	(void)state;
	pack_bomb("bomb", 12, 'x');
	hear_packed(&h, "bomb", &limits);
	assert_int_equal(h.found, 0);
	assert_string_equal(h.why, too_much);
	limits.saying_free = 12u << 20;
	hear_packed(&h, "bomb", &limits);
	assert_int_equal(h.found, 1);
	assert_int_equal(h.bytes, 12u << 20);
	assert_string_equal(h.why, "");
	/* Zeros take no room, and are counted apart: a new log is full of them. */
	limits.saying_free = 1u << 20;
	pack_bomb("bomb", 16, 0);
	hear_packed(&h, "bomb", &limits);
	assert_int_equal(h.found, 1);
	assert_string_equal(h.why, "");
	limits.bytes = (16u << 20) - 1;
	hear_packed(&h, "bomb", &limits);
	assert_int_equal(h.found, 0);
	assert_string_equal(h.why, too_much);
}

static void
too_many_files_are_told(void **state)
{
	struct log_packed_limits limits = log_packed_usual;
	struct packing p = { .a = NULL };
	struct hearing h = { .found = 0 };
	char name[16];

	(void)state;
	begin(&p, "packed", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
	for (int i = 0; i < 9; i++) {
		(void)snprintf(name, sizeof name, "%d", i);
		put(&p, name, "", 0);
	}
	end(&p);
	limits.files = 9;
	hear_packed(&h, "packed", &limits);
	assert_string_equal(
	    h.why,
	    "packed: holds no event log (.evt, .evtx, XML, JSON, CSV) among its 9 "
	    "files; name one");
	limits.files = 8;
	hear_packed(&h, "packed", &limits);
	assert_string_equal(h.why, "packed: holds too many files; unpack it, and name "
	                           "what comes out");
}

static void
logs_that_wait_are_read_before_they_are_too_many(void **state)
{
	OWN(own_mem) uint8_t *bytes = calloc(1, 16u << 20);
	struct packing p = { .a = NULL };
	struct hearing h = { .found = 0 };
	char name[16];

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, "ElfFile", 8);
	begin(&p, "packed", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD);
	for (int i = 0; i < 9; i++) {
		(void)snprintf(name, sizeof name, "%d", i);
		put(&p, name, bytes, 16u << 20);
	}
	end(&p);
	hear_packed(&h, "packed", &log_packed_usual);
	assert_int_equal(h.found, 9);
	assert_int_equal(h.settled, 1);
	assert_int_equal(h.bytes, 9 * (16u << 20));
}

/* ---- what the child says */

static void
an_answer_is_one_or_none(void **state)
{
	struct unpack_answer a;

	(void)state;
	assert_true(unpack_answer_read(span_of("\1\1\0name", 7), &a));
	assert_true(a.is_encrypted && !a.has_no_name);
	assert_true(span_is(a.bytes, "name", 4));
	assert_false(unpack_answer_read(span_of("\1\1", 2), &a));
	assert_true(unpack_answer_read(span_of("\2bytes", 6), &a));
	assert_int_equal(a.said, UNPACK_SAID_BYTES);
	assert_false(unpack_answer_read(span_of("", 0), &a));
	assert_false(unpack_answer_read(span_of("\0", 1), &a));
	assert_true(unpack_answer_read(span_of("\5", 1), &a));
	assert_false(unpack_answer_read(span_of("\6", 1), &a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_TREE(a_log_that_is_compressed_is_read),
		IN_A_TREE(archives_are_read_with_their_folders),
		IN_A_TREE(what_is_packed_in_what_is_packed_is_read),
		IN_A_TREE(many_logs_come_in_order),
		IN_A_TREE(one_that_holds_no_log_is_told_where_it_was_named),
		IN_A_TREE(what_is_cut_anywhere_is_told),
		IN_A_TREE(what_unpacks_to_too_much_is_stopped),
		IN_A_TREE(too_many_files_are_told),
		IN_A_TREE(logs_that_wait_are_read_before_they_are_too_many),
		cmocka_unit_test(an_answer_is_one_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
