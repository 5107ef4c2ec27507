#include "hive_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <lzma.h>

#define PACKED_MOST (128u << 10)
#define PLAIN_MOST (4u << 20)

struct span
packed_data(const char *name)
{
	uint8_t *packed = malloc(PACKED_MOST);
	uint8_t *plain = malloc(PLAIN_MOST);
	uint64_t memory = 256u << 20;
	size_t taken = 0;
	size_t made = 0;
	char path[512];

	assert_true(packed && plain);
	(void)snprintf(path, sizeof path, TEST_DATA "/%s.xz", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("no file %s", path);
	size_t len = fread(packed, 1, PACKED_MOST, f);
	(void)fclose(f);
	assert_int_equal(lzma_stream_buffer_decode(&memory, 0, NULL, packed, &taken,
	                                           len, plain, &made, PLAIN_MOST),
	                 LZMA_OK);
	free(packed);
	return span_of(plain, made);
}

struct span
hive_data(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof path, "hive/%s", name);
	return packed_data(path);
}

void
hive_data_free(struct span s)
{
	free((void *)(uintptr_t)s.at);
}

int
hive_data_put(struct span s)
{
	int fd = memfd_create("hive", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.at, s.left), s.left);
	return fd;
}

int
hive_data_fd(const char *name)
{
	struct span s = hive_data(name);
	int fd = hive_data_put(s);

	hive_data_free(s);
	return fd;
}
