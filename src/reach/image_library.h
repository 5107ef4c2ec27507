/*
 * The libraries that read disk images, loaded when the first image is opened: what
 * they bring along (some forty more, for networks among others) has no business in
 * any other command.  And only so does each meet the libbfio that it carries in
 * itself: linked together, the first one's would be everybody's, and break the rest.
 *
 * Calls are written as in the libraries' own headers, with a point for the first
 * underscore: tsk.fs_read(…), ewf.handle_initialize(…).
 */
#ifndef REACH_IMAGE_LIBRARY_H
#define REACH_IMAGE_LIBRARY_H

#define HAVE_LIBBFIO 1 /* shows the calls that take one of its handles */

#include <libbfio.h>
#include <libewf.h>
#include <libvhdi.h>
#include <tsk/libtsk.h>

#include "base/err.h"
#include "flow/machine.h"

#define TSK_CALLS(CALL)                  \
	CALL(tsk_, error_get_errno)      \
	CALL(tsk_, error_reset)          \
	CALL(tsk_, fs_attr_read)         \
	CALL(tsk_, fs_dir_close)         \
	CALL(tsk_, fs_dir_get_name)      \
	CALL(tsk_, fs_dir_getsize)       \
	CALL(tsk_, fs_dir_open_meta)     \
	CALL(tsk_, fs_file_attr_get)     \
	CALL(tsk_, fs_file_attr_get_idx) \
	CALL(tsk_, fs_file_attr_getsize) \
	CALL(tsk_, fs_file_close)        \
	CALL(tsk_, fs_file_open_meta)    \
	CALL(tsk_, fs_open_img)          \
	CALL(tsk_, fs_read)              \
	CALL(tsk_, img_open_external)    \
	CALL(tsk_, vs_close)             \
	CALL(tsk_, vs_open)

#define BFIO_CALLS(CALL)                   \
	CALL(libbfio_, handle_initialize)  \
	CALL(libbfio_, pool_append_handle) \
	CALL(libbfio_, pool_initialize)

#define VHDI_CALLS(CALL)                         \
	CALL(libvhdi_, file_get_disk_type)       \
	CALL(libvhdi_, file_get_media_size)      \
	CALL(libvhdi_, file_initialize)          \
	CALL(libvhdi_, file_open_file_io_handle) \
	CALL(libvhdi_, file_read_buffer_at_offset)

#define EWF_CALLS(CALL)                                     \
	CALL(libewf_, handle_get_checksum_error)            \
	CALL(libewf_, handle_get_media_size)                \
	CALL(libewf_, handle_get_number_of_checksum_errors) \
	CALL(libewf_, handle_initialize)                    \
	CALL(libewf_, handle_open_file_io_pool)             \
	CALL(libewf_, handle_read_random)

#define IMAGE_LIBRARY_MEMBER(prefix, name) __typeof__(prefix##name) *name;

struct bfio_calls {
	BFIO_CALLS(IMAGE_LIBRARY_MEMBER)
};

struct tsk_calls {
	TSK_CALLS(IMAGE_LIBRARY_MEMBER)
};

struct vhdi_calls {
	VHDI_CALLS(IMAGE_LIBRARY_MEMBER)
	struct bfio_calls bfio; /* its own */
};

struct ewf_calls {
	EWF_CALLS(IMAGE_LIBRARY_MEMBER)
	struct bfio_calls bfio;
};

extern struct tsk_calls tsk;
extern struct vhdi_calls vhdi;
extern struct ewf_calls ewf;

/* ERR_REFUSED: one is not installed; `why` tells which. */
CHECKED enum err image_library_load(char why[WHY_ROOM]);

#endif
