#include "temp_tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void
temp_make(struct temp_tree *t)
{
	(void)snprintf(t->root, sizeof t->root, "/tmp/confine-test-XXXXXX");
	assert_non_null(mkdtemp(t->root));
}

static int
remove_one(const char *path, const struct stat *s, int what, struct FTW *at)
{
	(void)s;
	(void)what;
	(void)at;
	return remove(path);
}

void
temp_remove(struct temp_tree *t)
{
	(void)nftw(t->root, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

const char *
temp_path(const struct temp_tree *t, const char *name)
{
	static char paths[4][TEMP_ROOM];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	assert_true(snprintf(path, TEMP_ROOM, "%s/%s", t->root, name) < TEMP_ROOM);
	return path;
}

/* All folders that `path` passes through below the root. */
static void
make_way(const struct temp_tree *t, const char *path)
{
	char way[TEMP_ROOM];
	size_t len = strlen(t->root) + 1;

	assert_true(strlen(path) < sizeof way);
	memcpy(way, path, strlen(path) + 1);
	for (char *slash = strchr(way + len, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(way, 0755);
		*slash = '/';
	}
}

void
temp_folder(const struct temp_tree *t, const char *name)
{
	const char *path = temp_path(t, name);

	make_way(t, path);
	(void)mkdir(path, 0755);
}

void
temp_file(const struct temp_tree *t, const char *name, const void *bytes, size_t len)
{
	const char *path = temp_path(t, name);

	make_way(t, path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}
