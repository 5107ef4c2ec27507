#include "reach/regf_read.h"

#define PART_MOST (64u << 20) /* of one value, descriptor or class */
#define BEFORE_RECORD 4       /* of a cell, its length; libregf counts from behind it */

bool
regf_open(struct regf_hive *h, struct span bytes)
{
	*h = (struct regf_hive){ .bytes = bytes };
	return regf.bfio.memory_range_initialize(&h->bytes_handle, NULL) == 1 &&
	       regf.bfio.memory_range_set(h->bytes_handle,
	                                  (uint8_t *)(uintptr_t)bytes.at, bytes.left,
	                                  NULL) == 1 &&
	       regf.file_initialize(&h->file, NULL) == 1 &&
	       regf.file_open_file_io_handle(h->file, h->bytes_handle,
	                                     LIBREGF_OPEN_READ, NULL) == 1 &&
	       regf.file_is_corrupted(h->file, NULL) == 0;
}

void
regf_close(struct regf_hive *h)
{
	if (h->file)
		(void)regf.file_free(&h->file, NULL);
	if (h->bytes_handle)
		(void)regf.bfio.handle_free(&h->bytes_handle, NULL);
}

/* Where the record of that offset has its cell; 0 where there is none. */
static size_t
cell_of(off64_t offset)
{
	return offset > BEFORE_RECORD ? (size_t)offset - BEFORE_RECORD : 0;
}

static bool
read_security(libregf_key_t *key, struct buf *out)
{
	size_t len = 0;
	int there = regf.key_get_security_descriptor_size(key, &len, NULL);

	if (there < 0 || len > PART_MOST)
		return false;
	buf_zero(out, there == 1 ? len : 0);
	return !out->bad && (out->len == 0 || regf.key_get_security_descriptor(
						  key, out->at, len, NULL) == 1);
}

static bool
read_kind(libregf_key_t *key, struct buf *out)
{
	size_t len = 0;
	int there = regf.key_get_class_name_size(key, &len, NULL);

	if (there < 0 || len > PART_MOST)
		return false;
	buf_zero(out, there == 1 ? len : 0);
	return !out->bad &&
	       (out->len == 0 || regf.key_get_class_name(key, out->at, len, NULL) == 1);
}

bool
regf_key_cell(libregf_key_t *key, size_t *at)
{
	off64_t offset = 0;

	if (regf.key_get_offset(key, &offset, NULL) != 1)
		return false;
	*at = cell_of(offset);
	return true;
}

bool
regf_key_name(const struct regf_hive *h, libregf_key_t *key, struct hive_name *out)
{
	struct hive_key_head head;
	size_t at = 0;

	if (!regf_key_cell(key, &at) ||
	    hive_key_head_read(h->bytes, at, &head) != HEARD)
		return false;
	*out = head.name;
	return true;
}

bool
regf_key_read(const struct regf_hive *h, libregf_key_t *key, struct regf_key *out)
{
	*out = (struct regf_key){ .written = 0 };
	buf_init(&out->security, PART_MOST);
	buf_init(&out->kind, PART_MOST);
	/* Not asked: key_is_corrupted, which says yes of every third sound key. */
	return regf.key_get_last_written_time(key, &out->written, NULL) == 1 &&
	       regf_key_name(h, key, &out->name) &&
	       read_security(key, &out->security) && read_kind(key, &out->kind);
}

void
regf_key_free(struct regf_key *k)
{
	buf_free(&k->security);
	buf_free(&k->kind);
}

/*
 * The data are not asked of libregf: text it cuts at the first zero, or adds one; what
 * is in the record itself it shifts where it is shorter than four bytes.
 */
static bool
read_value(const struct regf_hive *h, libregf_value_t *value, struct regf_value *out)
{
	struct hive_value_head head;
	off64_t offset = 0;

	if (regf.value_is_corrupted(value, NULL) != 0 ||
	    regf.value_get_offset(value, &offset, NULL) != 1 ||
	    regf.value_get_value_type(value, &out->type, NULL) != 1 ||
	    hive_value_head_read(h->bytes, cell_of(offset), &head) != HEARD)
		return false;
	out->name = head.name;
	return hive_value_data_read(h->bytes, &head, &out->bytes) == HEARD &&
	       !out->bytes.bad;
}

bool
regf_value_read(const struct regf_hive *h, libregf_key_t *key, size_t index,
                struct regf_value *out)
{
	libregf_value_t *value = NULL;

	*out = (struct regf_value){ .type = 0 };
	buf_init(&out->bytes, PART_MOST);
	bool is_read = regf.key_get_value(key, (int)index, &value, NULL) == 1 &&
	               read_value(h, value, out);
	if (value)
		(void)regf.value_free(&value, NULL);
	return is_read;
}
