/*
 * libvhdi and libewf read through handles of libbfio, which we give our own calls:
 * in the cage nothing can be opened by name.
 */
#include "reach/image_media.h"

#include <string.h>
#include <unistd.h>

#define SECTOR 512

/* At most `len` bytes, less only at the end; -1 where it could not be read. */
static ssize_t
read_file(const struct media_file *f, void *to, size_t len, int64_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = pread(f->fd, (char *)to + done, len - done,
		                    offset + (int64_t)done);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

/* ---- the calls of a libbfio handle over a media_file */

static struct media_file *
file_of(intptr_t *handle)
{
	return (void *)handle;
}

static int
handle_free(intptr_t **handle, libbfio_error_t **error)
{
	(void)error;
	*handle = NULL;
	return 1;
}

static int
handle_open(intptr_t *handle, int flags, libbfio_error_t **error)
{
	(void)flags;
	(void)error;
	file_of(handle)->at = 0;
	return 1;
}

static int
handle_close(intptr_t *handle, libbfio_error_t **error)
{
	(void)error;
	file_of(handle)->at = 0;
	return 0;
}

static int
handle_is_there(intptr_t *handle, libbfio_error_t **error)
{
	(void)error;
	return file_of(handle)->fd >= 0;
}

static ssize_t
handle_read(intptr_t *handle, uint8_t *to, size_t len, libbfio_error_t **error)
{
	struct media_file *f = file_of(handle);
	ssize_t got = read_file(f, to, len, f->at);

	(void)error;
	if (got > 0)
		f->at += got;
	return got;
}

static off64_t
handle_seek(intptr_t *handle, off64_t offset, int from, libbfio_error_t **error)
{
	struct media_file *f = file_of(handle);
	int64_t to = 0;
	int64_t base = from == SEEK_SET   ? 0
	               : from == SEEK_CUR ? f->at
	                                  : (int64_t)f->len;

	(void)error;
	if (__builtin_add_overflow(base, offset, &to) || to < 0)
		return -1;
	f->at = to;
	return to;
}

static int
handle_size(intptr_t *handle, size64_t *size, libbfio_error_t **error)
{
	(void)error;
	*size = file_of(handle)->len;
	return 1;
}

/* NULL where there is no memory.  It lives as long as the child. */
static libbfio_handle_t *
handle_over(const struct bfio_calls *bfio, struct media_file *f)
{
	libbfio_handle_t *handle = NULL;

	if (bfio->handle_initialize(&handle, (intptr_t *)(void *)f, handle_free, NULL,
	                            handle_open, handle_close, handle_read, NULL,
	                            handle_seek, handle_is_there, handle_is_there,
	                            handle_size, LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED,
	                            NULL) != 1)
		return NULL;
	return handle;
}

/* ---- VHD and VHDX */

static enum image_said
open_vhd(struct media *m)
{
	libvhdi_file_t *file = NULL;
	libbfio_handle_t *handle = handle_over(&vhdi.bfio, &m->files[0]);
	size64_t size = 0;
	uint32_t type = 0;

	if (!handle || vhdi.file_initialize(&file, NULL) != 1 ||
	    vhdi.file_open_file_io_handle(file, handle, LIBVHDI_OPEN_READ, NULL) != 1 ||
	    vhdi.file_get_media_size(file, &size, NULL) != 1 ||
	    vhdi.file_get_disk_type(file, &type, NULL) != 1 || size > INT64_MAX)
		return IMAGE_BAD_MEDIA;
	m->decoder = file;
	m->size = (int64_t)size;
	return type == LIBVHDI_DISK_TYPE_DIFFERENTIAL ? IMAGE_DIFFERENCE : IMAGE_FINE;
}

/* ---- E01 */

static enum image_said
open_ewf(struct media *m)
{
	libbfio_pool_t *pool = NULL;
	libewf_handle_t *disk = NULL;
	size64_t size = 0;

	if (ewf.bfio.pool_initialize(
		&pool, 0, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES, NULL) != 1)
		return IMAGE_BAD_MEDIA;
	for (size_t i = 0; i < m->file_count; i++) {
		libbfio_handle_t *handle = handle_over(&ewf.bfio, &m->files[i]);
		int entry = 0;

		if (!handle || ewf.bfio.pool_append_handle(
				   pool, &entry, handle, LIBBFIO_OPEN_READ, NULL) != 1)
			return IMAGE_BAD_MEDIA;
	}
	if (ewf.handle_initialize(&disk, NULL) != 1 ||
	    ewf.handle_open_file_io_pool(disk, pool, LIBEWF_OPEN_READ, NULL) != 1 ||
	    ewf.handle_get_media_size(disk, &size, NULL) != 1 || size > INT64_MAX)
		return IMAGE_BAD_MEDIA;
	m->decoder = disk;
	m->size = (int64_t)size;
	return IMAGE_FINE;
}

/*
 * For a piece that is damaged, or in a segment that is not there, libewf gives zeros
 * and takes a note: it is the note that counts.
 */
static bool
is_sound(struct media *m, uint64_t offset, uint64_t len)
{
	uint32_t count = 0;

	if (ewf.handle_get_number_of_checksum_errors(m->decoder, &count, NULL) != 1)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t first = 0;
		uint64_t sectors = 0;

		if (ewf.handle_get_checksum_error(m->decoder, i, &first, &sectors,
		                                  NULL) != 1)
			return false;
		if (offset / SECTOR < first + sectors &&
		    (offset + len - 1) / SECTOR >= first)
			return false;
	}
	return true;
}

static ssize_t
read_ewf(struct media *m, int64_t offset, void *to, size_t len)
{
	ssize_t got = ewf.handle_read_random(m->decoder, to, len, offset, NULL);

	if (got > 0 && !is_sound(m, (uint64_t)offset, (uint64_t)got))
		return -1;
	return got;
}

/* ---- all of them */

static ssize_t
read_some(struct media *m, int64_t offset, void *to, size_t len)
{
	if (m->is == IMAGE_VHD)
		return vhdi.file_read_buffer_at_offset(m->decoder, to, len, offset,
		                                       NULL);
	if (m->is == IMAGE_EWF)
		return read_ewf(m, offset, to, len);
	return read_file(&m->files[0], to, len, offset);
}

/* For libtsk: how much of it could be read, -1 for nothing at all. */
static ssize_t
tsk_read(TSK_IMG_INFO *img, TSK_OFF_T offset, char *to, size_t len)
{
	struct media *m = (struct media *)img;
	size_t done = 0;

	/* libtsk may have been told of a disk that is larger than what is there. */
	if (offset < 0 || offset >= m->size)
		return -1;
	if (len > (uint64_t)(m->size - offset))
		len = (size_t)(m->size - offset);
	while (done < len) {
		ssize_t got = read_some(m, offset + (int64_t)done, to + done,
		                        len - done);
		if (got <= 0) {
			m->has_failed = true;
			break;
		}
		done += (size_t)got;
	}
	return done > 0 ? (ssize_t)done : -1;
}

bool
media_forgive(TSK_IMG_INFO *img)
{
	struct media *m = (struct media *)img;
	bool has_failed = m->has_failed;

	m->has_failed = false;
	return has_failed;
}

static void
tsk_close(TSK_IMG_INFO *img)
{
	(void)img;
}

static void
tsk_describe(TSK_IMG_INFO *img, FILE *to)
{
	(void)img;
	(void)to;
}

bool
media_read(struct media *m, int64_t offset, void *to, size_t len)
{
	return tsk_read(&m->tsk, offset, to, len) == (ssize_t)len;
}

static bool
has_at(const struct media_file *f, int64_t offset, const char *magic, size_t len)
{
	char there[16];

	return offset >= 0 && read_file(f, there, len, offset) == (ssize_t)len &&
	       memcmp(there, magic, len) == 0;
}

/* A fixed VHD is known by its last sector only, which old ones wrote a byte short. */
static bool
is_vhd(const struct media_file *f)
{
	int64_t end = (int64_t)f->len;

	return has_at(f, 0, "conectix", 8) || has_at(f, 0, "vhdxfile", 8) ||
	       has_at(f, end - SECTOR, "conectix", 8) ||
	       has_at(f, end - SECTOR + 1, "conectix", 8);
}

enum image_said
media_open(struct media *m, const int *fds, size_t count, uint32_t *code)
{
	enum image_said said = IMAGE_FINE;

	*m = (struct media){ .is = IMAGE_RAW, .file_count = count };
	for (size_t i = 0; i < count; i++) {
		off_t len = lseek(fds[i], 0, SEEK_END);

		m->files[i] = (struct media_file){ .fd = fds[i],
			                           .len = len > 0 ? (uint64_t)len : 0 };
	}
	m->size = (int64_t)m->files[0].len;
	if (has_at(&m->files[0], 0, "EVF\x09\x0D\x0A\xFF\x00", 8))
		m->is = IMAGE_EWF;
	else if (is_vhd(&m->files[0]))
		m->is = IMAGE_VHD;
	*code = m->is;
	if (m->is == IMAGE_VHD)
		said = open_vhd(m);
	if (m->is == IMAGE_EWF)
		said = open_ewf(m);
	if (said != IMAGE_FINE)
		return said;
	return tsk.img_open_external(m, m->size, SECTOR, tsk_read, tsk_close,
	                             tsk_describe)
	           ? IMAGE_FINE
	           : IMAGE_BAD_MEDIA;
}
