/*
 * What is asked of the caged decoder of a disk image, and what it answers.  Each
 * message has its writer beside its reader.  The child may be in an enemy's hands:
 * what comes from it is read as any foreign bytes, and no text of its own reaches
 * anybody, but for the names of files.
 */
#ifndef REACH_IMAGE_ASK_H
#define REACH_IMAGE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "flow/machine.h"

/* What may be asked. */
enum image_ask {
	IMAGE_OPEN = 1, /* how is it divided? */
	IMAGE_FIND,     /* what is at this path? */
	IMAGE_LIST,     /* what is in this folder? */
	IMAGE_SECURITY, /* the descriptor of this path */
	IMAGE_READ,     /* bytes of a file that was found */
};

#define IMAGE_READ_MOST (1u << 20)

struct image_question {
	enum image_ask ask;
	uint8_t volume; /* its place among the parts */
	uint64_t file;  /* image_file.number */
	uint64_t offset;
	uint32_t len;
	struct span path; /* folded (names_fold_path) */
};

void image_question_write(struct buf *, const struct image_question *);
bool image_question_read(struct span, struct image_question *out);

/* How an answer begins; `code` is the library's error, a reparse tag, or 0. */
enum image_said {
	IMAGE_FINE = 1,
	IMAGE_ABSENT,
	IMAGE_TWINS,      /* two names that only the case of letters tells apart */
	IMAGE_LINK,       /* a link on the way, or at its end */
	IMAGE_FOLDER,     /* no file, but a folder */
	IMAGE_NO_FOLDER,  /* the other way round */
	IMAGE_ENCRYPTED,  /* by Windows (EFS) */
	IMAGE_ELSEWHERE,  /* its content is stored in a way of its own */
	IMAGE_STALE,      /* the folder names a record that is another file's now */
	IMAGE_DAMAGED,    /* what is there is not what the format allows */
	IMAGE_UNREADABLE, /* the image itself could not be read there */
	IMAGE_CUT,        /* it lies beyond the end of the image */
	IMAGE_TOO_LARGE,  /* a limit of ours */
	IMAGE_NO_MEMORY,
	IMAGE_BAD_MEDIA,  /* of IMAGE_OPEN: the container cannot be opened */
	IMAGE_DIFFERENCE, /* of IMAGE_OPEN: holds only what differs from another */
};
#define IMAGE_SAID_LAST IMAGE_DIFFERENCE

#define IMAGE_HEAD 5 /* bytes of it */
struct image_head {
	enum image_said said;
	uint32_t code;
};

void image_head_write(struct buf *, const struct image_head *);
bool image_head_read(struct span *, struct image_head *out);

/* ---- IMAGE_OPEN */

enum image_media { IMAGE_RAW = 1, IMAGE_VHD, IMAGE_EWF };
enum image_table { IMAGE_NO_TABLE = 1, IMAGE_MBR, IMAGE_GPT };

enum image_part_is {
	IMAGE_PART_NTFS = 1,
	IMAGE_PART_FAT,
	IMAGE_PART_OTHER,     /* a file system that no Windows lives on */
	IMAGE_PART_EMPTY,     /* nothing but zeros at its beginning */
	IMAGE_PART_BITLOCKER, /* encrypted */
	IMAGE_PART_BROKEN,    /* of those two, and the library refuses it */
	IMAGE_PART_BEYOND,    /* it begins behind the end of the image */
};
#define IMAGE_PART_LAST IMAGE_PART_BEYOND

struct image_part {
	enum image_part_is is;
	uint32_t code;   /* of IMAGE_PART_BROKEN */
	uint16_t number; /* as in its table, logical ones from 5 on; 0 without one */
	uint64_t offset;
	uint64_t len; /* as the table has it, or the file system */
	bool is_cut;  /* the image ends before the part does */
};

#define IMAGE_PARTS_MOST 64
struct image_parts {
	enum image_media media;
	enum image_table table;
	uint64_t size; /* of the disk */
	struct image_part at[IMAGE_PARTS_MOST];
	size_t count;
	bool more; /* there are more than these */
};

void image_parts_write(struct buf *, const struct image_parts *);
bool image_parts_read(struct span, struct image_parts *out);

/* ---- IMAGE_FIND */

struct image_file {
	struct file_facts facts;
	uint64_t number;           /* by which it is read */
	struct image_head content; /* whether it can be */
};

void image_file_write(struct buf *, const struct image_file *);
bool image_file_read(struct span, struct image_file *out);

/* ---- IMAGE_LIST */

struct image_name {
	bool is_folder;
	bool is_file;
	uint64_t size;
	const char *name;
};

/* The writer puts one after the other, the reader takes all. */
void image_name_write(struct buf *, const struct image_name *);
bool image_list_read(struct span, struct file_list *out);

#endif
