#include "hive_disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void
file_set_length(struct file *f, size_t len)
{
	if (len > f->bytes.len)
		buf_zero(&f->bytes, len - f->bytes.len);
	f->bytes.len = len;
}

void
file_put(struct file *f, uint64_t at, struct span bytes)
{
	if (at + bytes.left > f->bytes.len)
		file_set_length(f, (size_t)at + bytes.left);
	(void)span_copy(bytes, f->bytes.at + at, bytes.left);
}

static struct disk *
disk_of(struct hive_store *s)
{
	return (struct disk *)s;
}

static void
record(struct disk *d, struct op op, struct span bytes)
{
	if (!d->ops)
		return;
	assert_true(d->count < OPS_MOST);
	buf_init(&op.bytes, bytes.left);
	buf_put(&op.bytes, bytes.at, bytes.left);
	d->ops[d->count++] = op;
}

static enum err
disk_write(struct hive_store *s, enum hive_file file, uint64_t at, struct span bytes)
{
	assert_true(disk_of(s)->files[file].there);
	file_put(&disk_of(s)->files[file], at, bytes);
	record(disk_of(s), (struct op){ .deed = DEED_WRITE, .file = file, .at = at },
	       bytes);
	return OK;
}

static enum err
disk_set_length(struct hive_store *s, enum hive_file file, uint64_t len)
{
	file_set_length(&disk_of(s)->files[file], (size_t)len);
	record(disk_of(s), (struct op){ .deed = DEED_LENGTH, .file = file, .at = len },
	       span_of("", 0));
	return OK;
}

static enum err
disk_sync(struct hive_store *s, enum hive_file file)
{
	record(disk_of(s), (struct op){ .deed = DEED_SYNC, .file = file },
	       span_of("", 0));
	return OK;
}

static enum err
disk_read_base(struct hive_store *s, uint8_t base[HIVE_BASE])
{
	memcpy(base, disk_of(s)->files[HIVE_ITSELF].bytes.at, HIVE_BASE);
	return OK;
}

static enum err
disk_read_log(struct hive_store *s, struct buf *out, bool *there)
{
	const struct file *log = &disk_of(s)->files[HIVE_ITS_LOG];

	*there = log->there;
	buf_put(out, log->bytes.at, log->bytes.len);
	return OK;
}

static enum err
disk_make_log(struct hive_store *s)
{
	struct file *log = &disk_of(s)->files[HIVE_ITS_LOG];

	if (log->there)
		return OK;
	log->there = true;
	file_set_length(log, 0);
	record(disk_of(s), (struct op){ .deed = DEED_MAKE, .file = HIVE_ITS_LOG },
	       span_of("", 0));
	return OK;
}

static enum err
disk_drop_log(struct hive_store *s)
{
	struct file *log = &disk_of(s)->files[HIVE_ITS_LOG];

	if (!log->there)
		return OK;
	log->there = false;
	file_set_length(log, 0);
	record(disk_of(s), (struct op){ .deed = DEED_DROP, .file = HIVE_ITS_LOG },
	       span_of("", 0));
	return OK;
}

const struct hive_store_ops disk_ops = {
	disk_write,    disk_set_length, disk_sync,     disk_read_base,
	disk_read_log, disk_make_log,   disk_drop_log,
};

void
disk_copy(struct disk *to, const struct disk *from)
{
	*to = (struct disk){ .store.ops = &disk_ops };
	for (size_t i = 0; i < FILES; i++) {
		to->files[i].there = from->files[i].there;
		buf_init(&to->files[i].bytes, DISK_MOST);
		buf_put(&to->files[i].bytes, from->files[i].bytes.at,
		        from->files[i].bytes.len);
	}
}

void
disk_free(struct disk *d)
{
	for (size_t i = 0; i < FILES; i++)
		buf_free(&d->files[i].bytes);
	for (size_t i = 0; i < d->count; i++)
		buf_free(&d->ops[i].bytes);
	free(d->ops);
}

static bool
same_file(const struct file *a, const struct file *b)
{
	return a->there == b->there && a->bytes.len == b->bytes.len &&
	       span_is(buf_span(&a->bytes), b->bytes.at, b->bytes.len);
}

bool
disk_same(const struct disk *a, const struct disk *b)
{
	return same_file(&a->files[0], &b->files[0]) &&
	       same_file(&a->files[1], &b->files[1]);
}
