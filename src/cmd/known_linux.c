/* Known answers that only the Linux build can give. */
#include "cmd/known.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "lab/hive_make.h"
#include "reach/hive.h"

#define HIVE_MOST (64u * 1024)

/* A hive with one value in one key; -1 where it could not be made. */
static int
small_hive(void)
{
	OWN(own_hive_make) struct hive_make *h = NULL;
	OWN(buf_free) struct buf bytes = { .ceiling = HIVE_MOST };

	if (hive_new("SYSTEM", 128790414900000000, &h) != OK)
		return -1;
	hive_at(h, "Select");
	hive_u32(h, "Current", 3);
	if (hive_made(h, &bytes) != OK)
		return -1;
	int fd = memfd_create("hive", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool
current_set_is(struct hive *h, uint32_t expected)
{
	struct reg_key key;
	char why[WHY_ROOM];
	uint32_t current = 0;

	if (hive_key(h, "Select", &key, why) != HEARD)
		return false;
	const struct reg_value *value = reg_value(&key, "Current");
	bool is = value && reg_u32(value, &current) && current == expected;
	reg_key_free(&key);
	return is;
}

static bool
hives_are_read_in_their_cage(void)
{
	struct hive_files files = { .fd = small_hive(),
		                    .logs = { -1, -1, -1 },
		                    .called = "a hive of selftest's" };
	struct hive_state state;
	struct hive *h = NULL;
	char why[WHY_ROOM];

	if (files.fd < 0)
		return false;
	bool is = hive_open(&files, &h, &state, why) == HEARD && current_set_is(h, 3);
	hive_free(h);
	close(files.fd);
	return is;
}

const struct known knowns_of_platform[] = {
	{ "registry: a hive is read in its cage", hives_are_read_in_their_cage },
};
const size_t knowns_of_platform_count = sizeof knowns_of_platform /
                                        sizeof knowns_of_platform[0];
