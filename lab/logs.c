#include "lab/logs.h"

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

static enum err
say_cannot(const char *what, const char *path)
{
	fprintf(stderr, "confine lab logs: cannot %s %s: %s; name another folder\n",
	        what, path, strerror(errno));
	return ERR_REFUSED;
}

static enum err
write_file(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0)
		return say_cannot("make", path);
	while (bytes.left > 0) {
		ssize_t put = write(fd, bytes.at, bytes.left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			(void)close(fd);
			return say_cannot("write", path);
		}
		(void)span_cut(&bytes, (size_t)put);
	}
	return close(fd) == 0 ? OK : say_cannot("write", path);
}

static enum err
write_log(const struct outbreak *o, unsigned machine, const char *folder)
{
	OWN(buf_free) struct buf log = { .ceiling = LOG_MOST };
	char name[OUTBREAK_NAME_ROOM];
	char address[OUTBREAK_NAME_ROOM];
	char path[PATH_MOST];
	struct evt_write w = { .out = &log, .computer = name };

	outbreak_machine(machine, name, address);
	int len = snprintf(path, sizeof path, "%s/%s-SecEvent.Evt", folder, name);
	if (len < 0 || (size_t)len >= sizeof path) {
		errno = ENAMETOOLONG;
		return say_cannot("make", folder);
	}
	evt_write_begin(&w);
	outbreak_write(o, machine, &w);
	evt_write_end(&w);
	if (!log.bad)
		return write_file(path, buf_span(&log));
	errno = ENOMEM;
	return say_cannot("make", path);
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
		              .has_addresses = true };
	char name[OUTBREAK_NAME_ROOM];
	char address[OUTBREAK_NAME_ROOM];

	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return say_cannot("make", folder);
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
