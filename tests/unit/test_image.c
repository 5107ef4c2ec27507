/*
 * The parent's side of a disk image, on a small FAT volume that is made here.  What
 * the decoder finds on real volumes is held against other readers' in
 * tests/e2e/test_images.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/volume.h"

#define SECTOR 512
#define SECTORS 64
#define IMAGE_LEN (SECTOR * SECTORS)
#define FAT_AT (1 * SECTOR)
#define ROOT_AT (2 * SECTOR)
#define DATA_AT (3 * SECTOR)

static const char content[] = "[autorun]\r\nopen=setup.exe\r\n";

static void
put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

/* An entry of a folder: a short name, and where its content is. */
static void
put_entry(uint8_t *at, const char name[11], unsigned attributes, unsigned cluster,
          size_t len)
{
	memcpy(at, name, 11);
	at[11] = (uint8_t)attributes;
	put16(at + 24, 0x7581); /* 2038-12-01, a date that libtsk accepts */
	put16(at + 26, cluster);
	put16(at + 28, (unsigned)len);
}

/* FAT12: clusters of a sector; one table; sixteen entries in the root. */
static void
make_image(uint8_t image[IMAGE_LEN])
{
	memset(image, 0, IMAGE_LEN);
	memcpy(image, "\xEB\x3C\x90MSDOS5.0", 11);
	put16(image + 11, SECTOR);
	image[13] = 1;         /* sectors a cluster */
	put16(image + 14, 1);  /* before the table */
	image[16] = 1;         /* tables */
	put16(image + 17, 16); /* entries in the root */
	put16(image + 19, SECTORS);
	image[21] = 0xF8;
	put16(image + 22, 1); /* sectors a table */
	memcpy(image + 54, "FAT12   ", 8);
	image[510] = 0x55;
	image[511] = 0xAA;
	/* Two entries for the table's head, then two chains that end at once. */
	memcpy(image + FAT_AT, "\xF8\xFF\xFF\xFF\xFF\xFF", 6);
	put_entry(image + ROOT_AT, "STICK      ", 0x08, 0, 0);
	put_entry(image + ROOT_AT + 32, "AUTORUN INF", 0x27, 2, sizeof content - 1);
	put_entry(image + ROOT_AT + 64, "RECYCLER   ", 0x16, 3, 0);
	put_entry(image + ROOT_AT + 96,
	          "\xE5"
	          "ONE    TXT",
	          0x20, 2, 5);
	memcpy(image + DATA_AT, content, sizeof content - 1);
	put_entry(image + DATA_AT + SECTOR, ".          ", 0x10, 3, 0);
	put_entry(image + DATA_AT + SECTOR + 32, "..         ", 0x10, 0, 0);
}

/* The image as a file that has a path. */
static int
as_file(const uint8_t *image, size_t len, char path[32])
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, image, len), len);
	(void)snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static struct volume *
open_image(void)
{
	uint8_t image[IMAGE_LEN];
	char path[32];
	char why[WHY_ROOM];
	struct volume *volumes[8];
	size_t count = 0;

	make_image(image);
	int fd = as_file(image, sizeof image, path);
	assert_int_equal(volume_image_open(path, volumes, 8, &count, why), OK);
	close(fd);
	assert_int_equal(count, 1);
	assert_string_equal(why, "");
	return volumes[0];
}

/* ---- what is there */

static void
files_are_found_in_either_case(void **state)
{
	static const char *const spellings[] = { "AUTORUN.INF", "autorun.inf",
		                                 "\\Recycler\\..\\AutoRun.Inf" };
	struct volume *v = open_image();
	struct file_facts f;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(v->ops->stat(v, spellings[i], &f), HEARD);
		assert_int_equal(f.size, sizeof content - 1);
		assert_true(f.has_attributes);
		assert_int_equal(f.attributes, 0x27);
		assert_false(f.is_folder || f.is_link || f.is_other || f.has_times);
	}
	assert_int_equal(v->ops->stat(v, "recycler", &f), HEARD);
	assert_true(f.is_folder);
	assert_int_equal(v->ops->stat(v, "", &f), HEARD);
	assert_true(f.is_folder);
	assert_int_equal(v->ops->stat(v, "autorun.in", &f), HEARD_NOTHING);
	assert_int_equal(v->ops->stat(v, "autorun.inf\\x", &f), HEARD_NOTHING);
	assert_int_equal(v->ops->stat(v, "STICK", &f), HEARD_NOTHING);
	volume_free(v);
}

static void
a_folder_tells_neither_label_nor_what_was_deleted(void **state)
{
	struct volume *v = open_image();
	struct file_list list;

	(void)state;
	assert_int_equal(v->ops->list(v, "", &list), HEARD);
	assert_int_equal(list.count, 2);
	for (size_t i = 0; i < 2; i++) {
		bool is_file = strcmp(list.at[i].name, "AUTORUN.INF") == 0;

		assert_true(is_file || strcmp(list.at[i].name, "RECYCLER") == 0);
		assert_int_equal(list.at[i].is_file, is_file);
		assert_int_equal(list.at[i].is_folder, !is_file);
	}
	file_list_free(&list);
	assert_int_equal(v->ops->list(v, "recycler", &list), HEARD);
	assert_int_equal(list.count, 0);
	file_list_free(&list);
	assert_int_equal(v->ops->list(v, "autorun.inf", &list), HEARD_NOTHING);
	volume_free(v);
}

static void
content_can_be_read_in_pieces_and_as_a_descriptor(void **state)
{
	struct volume *v = open_image();
	struct machine_file f;
	char bytes[100];
	size_t got = 0;
	int fd = -1;

	(void)state;
	assert_int_equal(v->ops->open(v, "autorun.inf", &f), HEARD);
	assert_int_equal(f.size, sizeof content - 1);
	assert_int_equal(
	    v->ops->read(v, &f, (struct machine_want){ 1, bytes, 7 }, &got), HEARD);
	assert_int_equal(got, 7);
	assert_memory_equal(bytes, "autorun", 7);
	assert_int_equal(
	    v->ops->read(v, &f, (struct machine_want){ 20, bytes, sizeof bytes }, &got),
	    HEARD);
	assert_int_equal(got, sizeof content - 1 - 20);
	assert_int_equal(
	    v->ops->read(v, &f, (struct machine_want){ 1000, bytes, sizeof bytes },
	                 &got),
	    HEARD);
	assert_int_equal(got, 0);
	assert_int_equal(v->ops->descriptor(v, &f, 10, &fd), NOT_ASKED);
	assert_int_equal(v->ops->descriptor(v, &f, 1000, &fd), HEARD);
	assert_int_equal(pread(fd, bytes, sizeof bytes, 0), sizeof content - 1);
	assert_memory_equal(bytes, content, sizeof content - 1);
	close(fd);
	v->ops->close(v, &f);
	assert_int_equal(v->ops->open(v, "recycler", &f), HEARD_ODD);
	volume_free(v);
}

static void
fat_keeps_neither_times_nor_rights(void **state)
{
	struct volume *v = open_image();
	struct buf sd;

	(void)state;
	assert_true(v->can.attributes);
	assert_false(v->can.times || v->can.name_times || v->can.file_security);
	buf_init(&sd, 100);
	assert_int_equal(v->ops->security(v, "autorun.inf", &sd), NOT_ASKED);
	buf_free(&sd);
	volume_free(v);
}

/* ---- what goes wrong */

/* Ends the decoder, as a damaged file would that it trips over. */
static void
kill_decoder(void)
{
	char path[64];
	int child = 0;

	(void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &child), 1);
	fclose(f);
	assert_int_equal(kill(child, SIGKILL), 0);
}

static void
a_decoder_that_dies_costs_one_answer(void **state)
{
	struct volume *v = open_image();
	struct file_facts f;

	(void)state;
	for (unsigned death = 0; death < 8; death++) {
		kill_decoder();
		assert_int_equal(v->ops->stat(v, "autorun.inf", &f), HEARD_ODD);
		assert_non_null(strstr(v->why, "the program that decodes it gave up"));
		if (death < 7)
			assert_int_equal(v->ops->stat(v, "autorun.inf", &f), HEARD);
	}
	assert_int_equal(v->ops->stat(v, "autorun.inf", &f), HEARD_ODD);
	assert_non_null(strstr(v->why, "failed too often"));
	volume_free(v);
}

static void
an_image_cut_anywhere_ends_in_answers(void **state)
{
	uint8_t image[IMAGE_LEN];

	(void)state;
	make_image(image);
	for (size_t len = 0; len < 6 * SECTOR; len += 100) {
		struct volume *volumes[8];
		struct file_facts f;
		size_t count = 0;
		char path[32];
		char why[WHY_ROOM];
		int fd = as_file(image, len, path);

		assert_int_equal(volume_image_open(path, volumes, 8, &count, why), OK);
		assert_true(count == 1 || strstr(why, "no image of a disk"));
		if (count == 1) {
			(void)volumes[0]->ops->stat(volumes[0], "autorun.inf", &f);
			volume_free(volumes[0]);
		}
		close(fd);
	}
}

static void
the_time_zone_stays_as_it_was(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
	volume_free(open_image());
	assert_string_equal(getenv("TZ"), "Asia/Tokyo");
	assert_int_equal(unsetenv("TZ"), 0);
	volume_free(open_image());
	assert_null(getenv("TZ"));
}

static void
what_is_no_disk_is_told_in_a_sentence(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum err err;
		const char *why;
	} rows[] = {
		{ "", 0, OK, "no image of a disk" },
		{ "PAGEDUMP", 8, OK, "no image of a disk" },
		{ "QFI\xFB", 4, ERR_REFUSED, "a QEMU disk" },
		{ "KDMV", 4, ERR_REFUSED, "a VMware disk" },
		{ "\x1F\x8B\x08", 3, ERR_REFUSED, "unpack it first" },
		{ "EVF\x09\x0D\x0A\xFF\x00", 8, ERR_REFUSED, "an E01 image" },
		{ "conectix", 8, ERR_REFUSED, "a virtual disk (VHD)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct volume *volumes[8];
		size_t count = 1;
		char path[32];
		char why[WHY_ROOM] = "";
		int fd = as_file((const uint8_t *)rows[i].bytes, rows[i].len, path);

		assert_int_equal(volume_image_open(path, volumes, 8, &count, why),
		                 rows[i].err);
		assert_int_equal(count, 0);
		assert_non_null(strstr(why, rows[i].why));
		close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_found_in_either_case),
		cmocka_unit_test(a_folder_tells_neither_label_nor_what_was_deleted),
		cmocka_unit_test(content_can_be_read_in_pieces_and_as_a_descriptor),
		cmocka_unit_test(fat_keeps_neither_times_nor_rights),
		cmocka_unit_test(a_decoder_that_dies_costs_one_answer),
		cmocka_unit_test(an_image_cut_anywhere_ends_in_answers),
		cmocka_unit_test(the_time_zone_stays_as_it_was),
		cmocka_unit_test(what_is_no_disk_is_told_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
