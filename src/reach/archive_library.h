/*
 * libarchive, which unpacks: loaded when something packed is met, as it brings a dozen
 * libraries along that no other command has a use for.
 *
 * Calls are written as in the library's own header, with a point for the first
 * underscore: archive.read_open(…).
 */
#ifndef REACH_ARCHIVE_LIBRARY_H
#define REACH_ARCHIVE_LIBRARY_H

#include <archive.h>
#include <archive_entry.h>

#include "base/err.h"
#include "flow/machine.h"

#define ARCHIVE_CALLS(CALL)                       \
	CALL(archive_, entry_filetype)            \
	CALL(archive_, entry_is_data_encrypted)   \
	CALL(archive_, entry_pathname)            \
	CALL(archive_, error_string)              \
	CALL(archive_, filter_count)              \
	CALL(archive_, format)                    \
	CALL(archive_, read_data_block)           \
	CALL(archive_, read_free)                 \
	CALL(archive_, read_new)                  \
	CALL(archive_, read_next_header)          \
	CALL(archive_, read_open1)                \
	CALL(archive_, read_set_callback_data)    \
	CALL(archive_, read_set_read_callback)    \
	CALL(archive_, read_set_seek_callback)    \
	CALL(archive_, read_set_skip_callback)    \
	CALL(archive_, read_support_filter_bzip2) \
	CALL(archive_, read_support_filter_gzip)  \
	CALL(archive_, read_support_filter_xz)    \
	CALL(archive_, read_support_filter_zstd)  \
	CALL(archive_, read_support_format_7zip)  \
	CALL(archive_, read_support_format_rar)   \
	CALL(archive_, read_support_format_rar5)  \
	CALL(archive_, read_support_format_raw)   \
	CALL(archive_, read_support_format_tar)   \
	CALL(archive_, read_support_format_zip)

#define ARCHIVE_LIBRARY_MEMBER(prefix, name) __typeof__(prefix##name) *name;

struct archive_calls {
	ARCHIVE_CALLS(ARCHIVE_LIBRARY_MEMBER)
};

extern struct archive_calls archive;

/*
 * Once it is there, it opens no file for encodings; for the time zone it does
 * (reach/cage_utc.h).
 * ERR_REFUSED: it is not installed; `why` says what to do.
 */
CHECKED enum err archive_library_load(char why[WHY_ROOM]);

#endif
