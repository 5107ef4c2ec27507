/*
 * Keys and values as libregf finds them, whole.  Names and data are read from the
 * records that it points to, by the same rules as everywhere (format/hive_cell.h): it
 * gives no name that is not sound Unicode, and changes what it gives of data.
 */
#ifndef REACH_REGF_READ_H
#define REACH_REGF_READ_H

#include "format/hive_cell.h"
#include "reach/regf_library.h"

struct regf_hive {
	struct span bytes;
	libregf_file_t *file;
	libbfio_handle_t *bytes_handle;
};

/* The bytes stay the caller's.  False where it is no hive to libregf. */
bool regf_open(struct regf_hive *, struct span bytes);
void regf_close(struct regf_hive *);

struct regf_key {
	struct hive_name name; /* points into the hive */
	uint64_t written;
	struct buf security; /* owned */
	struct buf kind;     /* its "class", owned */
};

/* Where its cell begins in the file. */
bool regf_key_cell(libregf_key_t *, size_t *at);
bool regf_key_name(const struct regf_hive *, libregf_key_t *, struct hive_name *out);

/* False where any of it cannot be read. */
bool regf_key_read(const struct regf_hive *, libregf_key_t *, struct regf_key *out);
void regf_key_free(struct regf_key *);

struct regf_value {
	struct hive_name name;
	uint32_t type;
	struct buf bytes; /* owned */
};

bool regf_value_read(const struct regf_hive *, libregf_key_t *, size_t index,
                     struct regf_value *out);

#endif
