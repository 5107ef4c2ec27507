#include "mend/journal_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"

/* A mount: which folder of its file system it shows, and where.  See proc(5). */
struct mount {
	char root[PATH_MAX];
	char point[PATH_MAX];
};

/* The next word; blanks and the like in it are written as three octal digits. */
static bool
next_word(const char **at, char to[PATH_MAX])
{
	size_t len = 0;
	const char *c = *at;

	for (; *c && *c != ' ' && *c != '\n' && len + 1 < PATH_MAX; c++) {
		if (c[0] == '\\' && c[1] && c[2] && c[3]) {
			to[len++] = (char)((c[1] - '0') << 6 | (c[2] - '0') << 3 |
			                   (c[3] - '0'));
			c += 3;
		} else {
			to[len++] = *c;
		}
	}
	to[len] = 0;
	*at = c + strspn(c, " ");
	return len > 0 && (*c == ' ' || *c == '\n' || *c == 0);
}

/* A line: "36 35 98:0 /mnt1 /mnt2 rw,noatime …".  Is it this mount? */
static bool
read_line(const char *line, uint64_t id, struct mount *out)
{
	char word[PATH_MAX];
	char *end = NULL;

	if (!next_word(&line, word) || strtoull(word, &end, 10) != id || *end)
		return false;
	return next_word(&line, word) && next_word(&line, word) &&
	       next_word(&line, out->root) && next_word(&line, out->point);
}

static enum err
find_mount(uint64_t id, struct mount *out)
{
	OWN(own_file) FILE *f = fopen("/proc/self/mountinfo", "re");
	OWN(own_mem) char *line = NULL;
	size_t room = 0;

	if (!f)
		return ERR_SYSTEM;
	while (getline(&line, &room, f) > 0) {
		if (read_line(line, id, out))
			return OK;
	}
	errno = ENOENT;
	return ERR_SYSTEM;
}

static enum err
mount_of(int fd, uint64_t *id)
{
	struct statx about;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &about) != 0)
		return ERR_SYSTEM;
	*id = about.stx_mask & STATX_MNT_ID ? about.stx_mnt_id : 0;
	return OK;
}

/* Where an open folder lies in its file system, without a slash at the end. */
static enum err
place_of(int fd, uint64_t mount_id, char place[2 * PATH_MAX])
{
	struct mount m;
	char link[64], seen[PATH_MAX];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, seen, sizeof seen - 1);
	if (len < 0)
		return ERR_SYSTEM;
	seen[len] = 0;
	TRY(find_mount(mount_id, &m));
	size_t point = strcmp(m.point, "/") == 0 ? 0 : strlen(m.point);
	size_t root = strcmp(m.root, "/") == 0 ? 0 : strlen(m.root);
	if ((size_t)len < point || strncmp(seen, m.point, point) != 0) {
		errno = ENOENT; /* somebody has moved it meanwhile */
		return ERR_SYSTEM;
	}
	memcpy(place, m.root, root);
	(void)text_copy(place + root, PATH_MAX, seen + point);
	size_t all = strlen(place);
	if (all > 0 && place[all - 1] == '/')
		place[all - 1] = 0;
	return OK;
}

enum err
mounts_is_below(int folder, int root, bool *is)
{
	char inner[2 * PATH_MAX], outer[2 * PATH_MAX];
	uint64_t folder_id = 0;
	uint64_t root_id = 0;

	*is = false;
	TRY(mount_of(folder, &folder_id));
	TRY(mount_of(root, &root_id));
	/* The same mount, or a kernel without numbers for them: climbing has told. */
	if (folder_id == root_id)
		return OK;
	TRY(place_of(folder, folder_id, inner));
	TRY(place_of(root, root_id, outer));
	size_t len = strlen(outer);
	*is = strncmp(inner, outer, len) == 0 && (inner[len] == '/' || !inner[len]);
	return OK;
}
