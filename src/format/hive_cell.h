/*
 * What the hive library does not give out, or not well: names (it fails at half a
 * surrogate pair and ends at a zero), and who may do what with a key.  Read from the
 * same bytes, at the file offsets by which it names its keys and values.
 *
 * Source: M. Suhanov, Windows registry file format specification, sections "Cell",
 * "Key node", "Key value", "Key security".
 */
#ifndef FORMAT_HIVE_CELL_H
#define FORMAT_HIVE_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"

struct hive_name {
	struct span bytes;
	bool is_latin1; /* else UTF-16LE */
	bool is_key;    /* a backslash in it would be taken for two keys */
};

/*
 * Appends it as UTF-8.  U+FFFD stands for what cannot be in our text: a zero, half a
 * surrogate pair, in a key a backslash, or a name that is empty.
 */
void hive_name_put(struct buf *, struct hive_name);

/* As hive_name_put writes it, but for the case of ASCII letters. */
bool hive_name_is(struct hive_name, struct span utf8);

#define HIVE_DEPTH_MOST 512 /* keys in keys, as Windows has it */

/* Cells are counted from the bins on. */
struct hive_key_head {
	uint64_t written; /* FILETIME */
	struct hive_name name;
	bool has_no_values;   /* predefined: the number of its values is a handle */
	uint32_t subkeys;     /* those that are in the file, */
	uint32_t subkey_list; /* and the cell of their list */
	uint32_t values;
	uint32_t value_list;
	uint32_t security;   /* the cell of its descriptor */
	uint32_t class_cell; /* of its class, where class_len is not zero */
	uint16_t class_len;  /* bytes */
};

struct hive_value_head {
	struct hive_name name;
	uint32_t type;
	uint32_t len; /* of its data, wherever they are */
	bool is_here; /* in the record itself, instead of their offset */
	struct span here;
	uint32_t data; /* else their cell, from the bins on */
};

/* `hive` is the whole file.  HEARD_SHORT: outside of it; HEARD_ODD: not such a cell. */
enum heard hive_key_head_read(struct span hive, size_t at, struct hive_key_head *out);
enum heard hive_value_head_read(struct span hive, size_t at,
                                struct hive_value_head *out);

/* Appends its data, also where they are in pieces ("big data"). */
enum heard hive_value_data_read(struct span hive, const struct hive_value_head *,
                                struct buf *out);

/* A self-relative security descriptor, not looked into. */
enum heard hive_security_read(struct span hive, uint32_t security, struct span *out);

#endif
