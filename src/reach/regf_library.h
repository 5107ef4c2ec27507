/*
 * libregf, which reads hives and cannot write them: written by other people, from
 * other sources, than the library that changes them.  It is loaded when it is needed:
 * its libbfio must not become everybody's (reach/image_library.h).
 *
 * Calls are written as in the library's own header, with a point for the first
 * underscore: regf.key_get_name(…).
 */
#ifndef REACH_REGF_LIBRARY_H
#define REACH_REGF_LIBRARY_H

#define LIBREGF_HAVE_BFIO 1 /* shows the call that takes one of its handles */

#include <libbfio.h>
#include <libregf.h>

#include "base/err.h"
#include "flow/machine.h"

#define REGF_CALLS(CALL)                                 \
	CALL(libregf_, file_free)                        \
	CALL(libregf_, file_get_root_key)                \
	CALL(libregf_, file_initialize)                  \
	CALL(libregf_, file_is_corrupted)                \
	CALL(libregf_, file_open_file_io_handle)         \
	CALL(libregf_, key_free)                         \
	CALL(libregf_, key_get_class_name)               \
	CALL(libregf_, key_get_class_name_size)          \
	CALL(libregf_, key_get_last_written_time)        \
	CALL(libregf_, key_get_number_of_sub_keys)       \
	CALL(libregf_, key_get_number_of_values)         \
	CALL(libregf_, key_get_offset)                   \
	CALL(libregf_, key_get_security_descriptor)      \
	CALL(libregf_, key_get_security_descriptor_size) \
	CALL(libregf_, key_get_sub_key)                  \
	CALL(libregf_, key_get_value)                    \
	CALL(libregf_, value_free)                       \
	CALL(libregf_, value_get_offset)                 \
	CALL(libregf_, value_get_value_type)             \
	CALL(libregf_, value_is_corrupted)

#define REGF_BFIO_CALLS(CALL)                   \
	CALL(libbfio_, handle_free)             \
	CALL(libbfio_, memory_range_initialize) \
	CALL(libbfio_, memory_range_set)

#define REGF_LIBRARY_MEMBER(prefix, name) __typeof__(prefix##name) *name;

struct regf_calls {
	REGF_CALLS(REGF_LIBRARY_MEMBER)
	struct {
		REGF_BFIO_CALLS(REGF_LIBRARY_MEMBER)
	} bfio; /* its own */
};

extern struct regf_calls regf;

/* ERR_REFUSED: it is not installed; `why` says what to do. */
CHECKED enum err regf_library_load(char why[WHY_ROOM]);

#endif
