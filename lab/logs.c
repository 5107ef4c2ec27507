#include "lab/logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "lab/outbreak.h"

#define LOG_MOST (64u << 20)
#define PATH_MOST 4096
#define BEGINS 1232064000u /* 2009-01-16 00:00 UTC: it was everywhere by then */
#define HOURS 8
#define SERVERS 20 /* that people log on to, and that have logs to read */
#define LATE 40    /* of a hundred, with a Windows Vista or later */

static enum err
say_cannot(const char *what, const char *path)
{
	fprintf(stderr, "confine lab logs: cannot %s %s: %s; name another folder\n",
	        what, path, strerror(errno));
	return ERR_REFUSED;
}

/* ---- files */

/* Where bytes go in the file that is at hand. */
struct place {
	int fd;
	const char *path;
};

static enum err
put(void *with, uint64_t at, struct span bytes)
{
	const struct place *place = with;

	while (bytes.left > 0) {
		ssize_t put = pwrite(place->fd, bytes.at, bytes.left, (off_t)at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return say_cannot("write", place->path);
		(void)span_cut(&bytes, (size_t)put);
		at += (uint64_t)put;
	}
	return OK;
}

static enum err
write_early(const struct outbreak *o, unsigned machine, struct place *place)
{
	OWN(buf_free) struct buf log = { .ceiling = LOG_MOST };
	struct evt_write w = { .out = &log };

	outbreak_write(o, machine, &w);
	if (!log.bad)
		return put(place, 0, buf_span(&log));
	errno = ENOMEM;
	return say_cannot("make", place->path);
}

static enum err
write_late(const struct outbreak *o, unsigned machine, struct place *place)
{
	struct evtx_write w = { .put = put, .with = place };
	enum err err = outbreak_write_late(o, machine, &w);

	if (err == OK || err == ERR_REFUSED) /* said already */
		return err;
	errno = ENOMEM;
	return say_cannot("make", place->path);
}

static enum err
write_log(const struct outbreak *o, unsigned machine, const char *folder)
{
	bool is_late = outbreak_is_late(o, machine);
	char name[OUTBREAK_NAME_ROOM];
	char address[OUTBREAK_NAME_ROOM];
	char path[PATH_MOST];
	struct place place = { .path = path };

	outbreak_machine(machine, name, address);
	int len = snprintf(path, sizeof path, "%s/%s-%s", folder, name,
	                   is_late ? "Security.evtx" : "SecEvent.Evt");
	if (len < 0 || (size_t)len >= sizeof path) {
		errno = ENAMETOOLONG;
		return say_cannot("make", folder);
	}
	place.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (place.fd < 0)
		return say_cannot("make", path);
	enum err err = is_late ? write_late(o, machine, &place)
	                       : write_early(o, machine, &place);
	if (close(place.fd) != 0 && err == OK)
		err = say_cannot("write", path);
	return err;
}

/* ---- the folder */

static void
own_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static enum err
make_folder(const char *path)
{
	OWN(own_folder) DIR *folder = NULL;
	const struct dirent *entry = NULL;

	if (mkdir(path, 0777) == 0)
		return OK;
	if (errno != EEXIST)
		return say_cannot("make", path);
	folder = opendir(path);
	if (!folder)
		return say_cannot("open", path);
	while ((entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		fprintf(stderr,
		        "confine lab logs: %s: there is something in it; name an empty "
		        "folder, or one that is not there yet\n",
		        path);
		return ERR_REFUSED;
	}
	return OK;
}

enum err
lab_logs(const char *folder, uint64_t seed)
{
	struct outbreak o = { .seed = seed,
		              .begins = BEGINS,
		              .seconds = HOURS * 3600,
		              .machines = 200,
		              .targets = 12,
		              .accounts = 20,
		              .lockout_after = 50,
		              .has_addresses = true,
		              .late = LATE };
	char name[OUTBREAK_NAME_ROOM];
	char address[OUTBREAK_NAME_ROOM];

	TRY(make_folder(folder));
	for (unsigned i = 0; i < SERVERS; i++)
		TRY(write_log(&o, i, folder));
	if (outbreak_service_target(&o) >= SERVERS)
		TRY(write_log(&o, outbreak_service_target(&o), folder));
	outbreak_machine(outbreak_worm(&o), name, address);
	printf("%s: the Security logs of the servers among %u machines; %s (%s) "
	       "guesses passwords on %u of them\n",
	       folder, o.machines, name, address, o.targets);
	return OK;
}
