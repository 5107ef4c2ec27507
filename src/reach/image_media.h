/*
 * In the cage: the bytes of the disk that an image holds, whatever wraps them, as
 * libtsk wants to have them.
 */
#ifndef REACH_IMAGE_MEDIA_H
#define REACH_IMAGE_MEDIA_H

#include <stddef.h>
#include <stdint.h>

#include "reach/cage.h"
#include "reach/image_ask.h"
#include "reach/image_library.h"

/* A file that a foreign library reads with our calls. */
struct media_file {
	int fd;
	int64_t at;
	uint64_t len;
};

struct media {
	TSK_IMG_INFO tsk; /* first: libtsk knows it by this, and frees nothing of it */
	enum image_media is;
	int64_t size;
	struct media_file files[CAGE_INPUTS_MOST];
	size_t file_count;
	bool has_failed; /* something could not be read since media_forgive */
	void *decoder;   /* libvhdi's or libewf's own */
};

/*
 * Opens it over the descriptors.  IMAGE_FINE, IMAGE_DIFFERENCE, or IMAGE_BAD_MEDIA
 * with the container's enum image_media in *code.
 */
enum image_said media_open(struct media *, const int *fds, size_t count,
                           uint32_t *code);

/* Has something that ought to be there not been readable?  Forgets it. */
bool media_forgive(TSK_IMG_INFO *);

/* Exactly `len` bytes; false where it ends before, or could not be read. */
bool media_read(struct media *, int64_t offset, void *to, size_t len);

#endif
