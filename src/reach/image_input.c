#include "reach/image_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"

#define MAGIC_MOST 8
#define SEGMENTS_BY_NUMBER 100 /* E01 … E99, then EAA … EZZ */

enum err
image_refuse(char why[WHY_ROOM], const char *path, const char *what)
{
	char words[WHY_ROOM];

	(void)snprintf(words, sizeof words, "%s: %s", path, what);
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

/* Regular files and whole disks; nothing that waits, or that is taken by reading. */
static enum err
add_file(struct image_input *in, const char *path, char why[WHY_ROOM])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat s;

	if (fd < 0) {
		bool denied = errno == EACCES || errno == EPERM;

		return image_refuse(why, path,
		                    denied ? "no permission to read it; run as root"
		                           : strerror(errno));
	}
	if (fstat(fd, &s) != 0 || (!S_ISREG(s.st_mode) && !S_ISBLK(s.st_mode))) {
		close(fd);
		return image_refuse(
		    why, path, "neither a file nor a disk; name an image of a disk");
	}
	in->fds[in->count++] = fd;
	return OK;
}

static bool
has_at(int fd, off_t offset, const char *magic, size_t len)
{
	char there[MAGIC_MOST];

	return pread(fd, there, len, offset) == (ssize_t)len &&
	       memcmp(there, magic, len) == 0;
}

/* ---- what is not read, and what to do about it */

#define TO_RAW "convert it: qemu-img convert -O raw IMAGE disk.img"

static const struct {
	off_t offset;
	const char *magic;
	size_t len;
	const char *says;
} others[] = {
	{ 0, "KDMV", 4, "a VMware disk, which is not read; " TO_RAW },
	{ 0, "COWD", 4, "a VMware disk, which is not read; " TO_RAW },
	{ 0, "# Disk D", 8, "the description of a VMware disk; " TO_RAW },
	{ 0, "QFI\xFB", 4, "a QEMU disk, which is not read; " TO_RAW },
	{ 64, "\x7F\x10\xDA\xBE", 4, "a VirtualBox disk, which is not read; " TO_RAW },
	{ 0, "EVF2\r\n\x81", 8,
	  "an Ex01 image, which is not read; export it as E01 or raw" },
	{ 0, "LVF\x09\r\n\xFF", 8,
	  "an L01 image, which holds files and no disk; extract them" },
	{ 0, "AFF10\r\n", 8, "an AFF image, which is not read; export it as raw" },
	{ 0, "MSWIM\0\0", 8, "a WIM image, which is not read; apply it to a folder" },
	{ 0, "PK\x03\x04", 4, "it is packed (ZIP); unpack it first" },
	{ 0, "\x1F\x8B\x08", 3, "it is compressed (gzip); unpack it first" },
	{ 0,
	  "\xFD"
	  "7zXZ",
	  5, "it is compressed (xz); unpack it first" },
	{ 0, "BZh9", 4, "it is compressed (bzip2); unpack it first" },
	{ 0, "\x28\xB5\x2F\xFD", 4, "it is compressed (zstd); unpack it first" },
	{ 0, "7z\xBC\xAF\x27\x1C", 6, "it is packed (7-Zip); unpack it first" },
	{ 0, "Rar!\x1A\x07", 6, "it is packed (RAR); unpack it first" },
};

static const char *
what_other(int fd)
{
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (has_at(fd, others[i].offset, others[i].magic, others[i].len))
			return others[i].says;
	}
	return NULL;
}

/* ---- the segments of an E01 */

/* The ending of segment `number` in the place of the first one's. */
static void
name_segment(char *ending, unsigned number)
{
	unsigned first = ending[0] == 'e' ? 'a' : 'A';
	unsigned place = number - SEGMENTS_BY_NUMBER;

	if (number < SEGMENTS_BY_NUMBER) {
		ending[1] = (char)('0' + number / 10);
		ending[2] = (char)('0' + number % 10);
	} else {
		ending[1] = (char)(first + place / 26);
		ending[2] = (char)(first + place % 26);
	}
}

/* They stand beside the first; there is an end where one is missing. */
static enum err
add_segments(struct image_input *in, const char *path, char why[WHY_ROOM])
{
	size_t len = strlen(path);
	OWN(own_mem) char *name = strdup(path);

	if (!name)
		return ERR_MEMORY;
	if (!has_at(in->fds[0], 0, "EVF\x09\x0D\x0A\xFF\x00", 8) || len < 4 ||
	    path[len - 4] != '.' || (path[len - 3] | 0x20) != 'e')
		return OK;
	if (strcmp(path + len - 2, "01") != 0)
		return image_refuse(
		    why, path,
		    "a further segment of an E01 image; name the first, .E01");
	for (unsigned number = 2;; number++) {
		name_segment(name + len - 3, number);
		if (access(name, F_OK) != 0)
			return OK;
		if (in->count == CAGE_INPUTS_MOST)
			return image_refuse(why, path,
			                    "an E01 image of too many segments; make "
			                    "one file of it: ewfexport -f raw");
		TRY(add_file(in, name, why));
	}
}

enum err
image_input_open(const char *path, struct image_input *out, char why[WHY_ROOM])
{
	*out = (struct image_input){ .count = 0 };
	enum err err = add_file(out, path, why);
	const char *other = err == OK ? what_other(out->fds[0]) : NULL;

	if (other)
		err = image_refuse(why, path, other);
	if (err == OK)
		err = add_segments(out, path, why);
	if (err != OK)
		image_input_close(out);
	return err;
}

void
image_input_close(struct image_input *in)
{
	while (in->count > 0)
		close(in->fds[--in->count]);
}
