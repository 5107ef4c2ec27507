#include "cmd/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/machine_run.h"
#include "sys/write_all.h"

static enum err
cannot_write(const char *command, const char *path)
{
	char why[128];

	(void)snprintf(why, sizeof why, "cannot write it: %s; name another place",
	               strerror(errno));
	machine_complain(command, path, why);
	return ERR_REFUSED;
}

/* So that the name, too, is on the disk. */
static void
sync_folder(const char *path)
{
	OWN(own_mem) char *folder = strdup(path);
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (!folder)
		return;
	if (slash)
		slash[slash == folder] = 0;
	int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

/* link refuses a name that is there; rename takes its place. */
static bool
put_in_place(const char *part, const char *path, bool replace)
{
	if (replace)
		return rename(part, path) == 0;
	if (link(part, path) == 0)
		return unlink(part) == 0;
	/* FAT has no links: there the look before has to do. */
	if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
		return access(path, F_OK) != 0 && rename(part, path) == 0;
	return false;
}

enum err
whole_file_write(const char *command, const char *path, const struct whole_file *file)
{
	size_t room = strlen(path) + sizeof ".part";
	OWN(own_mem) char *part = malloc(room);
	struct stat there;

	if (!part)
		return ERR_MEMORY;
	(void)snprintf(part, room, "%s.part", path);
	if (!file->replace && lstat(path, &there) == 0) {
		machine_complain(command, path,
		                 "it is there already; name another file, or say --yes "
		                 "to have it overwritten");
		return ERR_REFUSED;
	}
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	              0666);
	if (fd < 0)
		return cannot_write(command, path);
	bool good = write_all(fd, file->bytes) && fsync(fd) == 0;
	good = close(fd) == 0 && good;
	if (!good || !put_in_place(part, path, file->replace)) {
		enum err err = cannot_write(command, path);

		(void)unlink(part);
		return err;
	}
	sync_folder(path);
	return OK;
}
