/*
 * A small program that keeps, changes and puts back, as `clean` and `undo` do, and
 * one fault at a time on request: the campaign has to find each of them, and nothing
 * when there is none.
 *
 *	keeper do|undo ROOT JOURNALS [FAULT]
 *
 * do takes ROOT/worm away and changes two stretches of ROOT/hive.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST 65536
#define JOURNAL "keeper.journal"
#define JOURNAL_PART "keeper.journal.part"

static const char *const faults[] = {
	"unsynced",    /* the journal is not on stable storage when it is relied on */
	"nameless",    /* its content is, its name is not */
	"early",       /* the worm goes before it is kept */
	"no-way-back", /* what failed is not put back */
	"no-times",    /* what comes back has the time of today */
	"deaf",        /* a write to the journal that fails is not noticed */
	"silent",      /* fails without a word */
	"liar",        /* fails, and says that all is well */
	"litter",      /* a file begun by an undo that was cut off stays for good */
	"hasty",       /* believes that every write takes everything */
	"between",     /* changes one stretch that is not in the journal */
};
static const char *fault = "";
static char worm_part[32] = "worm.part";

static bool
has(const char *name)
{
	return strcmp(fault, name) == 0;
}

/* All that undo needs, as it lies in the journal. */
struct kept {
	struct timespec worm_times[2], hive_times[2], root_times[2];
	mode_t mode;
	uint32_t worm_len;
	uint8_t stretch[2][16];
	uint8_t worm[FILE_MOST];
};
static struct kept kept;
static int root = -1;
static int journals = -1;

static const off_t stretch_at[2] = { 4, 9000 };

static bool
write_all(int fd, const void *bytes, size_t len)
{
	while (len > 0) {
		ssize_t got = write(fd, bytes, len);

		if (got < 0)
			return has("deaf");
		if (has("hasty"))
			return true;
		bytes = (const char *)bytes + got;
		len -= (size_t)got;
	}
	return true;
}

static bool
write_at(int fd, const void *bytes, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t got = pwrite(fd, bytes, len, at);

		if (got <= 0)
			return false;
		bytes = (const char *)bytes + got;
		len -= (size_t)got;
		at += got;
	}
	return true;
}

static void
take_times(int fd, struct timespec times[2])
{
	struct stat st = { 0 };

	(void)fstat(fd, &st);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
}

static bool
look(void)
{
	int worm = openat(root, "worm", O_RDONLY | O_NOATIME);
	int hive = openat(root, "hive", O_RDONLY | O_NOATIME);
	struct stat st;

	if (worm < 0 || hive < 0 || fstat(worm, &st) != 0)
		return false;
	kept.mode = st.st_mode & 07777;
	take_times(worm, kept.worm_times);
	take_times(hive, kept.hive_times);
	take_times(root, kept.root_times);
	ssize_t got = read(worm, kept.worm, FILE_MOST);
	bool read_all = got >= 0;
	for (size_t i = 0; i < 2; i++)
		read_all = pread(hive, kept.stretch[i], 16, stretch_at[i]) == 16 &&
		           read_all;
	kept.worm_len = got < 0 ? 0 : (uint32_t)got;
	close(worm);
	close(hive);
	return read_all;
}

static bool
keep(void)
{
	int fd = openat(journals, JOURNAL_PART, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return false;
	bool done = write_all(fd, &kept, sizeof kept);
	done = done && (has("unsynced") || fsync(fd) == 0);
	close(fd);
	done = done && renameat(journals, JOURNAL_PART, journals, JOURNAL) == 0;
	if (!done)
		(void)unlinkat(journals, JOURNAL_PART, 0);
	return done && (has("unsynced") || has("nameless") || fsync(journals) == 0);
}

/* The folder of the journals has a name, too. */
static bool
sync_above(void)
{
	int above = openat(journals, "..", O_RDONLY | O_DIRECTORY);
	bool done = above >= 0 && fsync(above) == 0;

	if (above >= 0)
		close(above);
	return done;
}

static bool
change_hive(uint8_t stretch[2][16])
{
	int fd = openat(root, "hive", O_WRONLY);

	if (fd < 0)
		return false;
	bool done = true;
	for (size_t i = 0; i < 2; i++)
		done = done && write_at(fd, stretch[i], 16, stretch_at[i]);
	if (has("between"))
		done = done && write_at(fd, "between", 7, 5000);
	done = done && fsync(fd) == 0;
	close(fd);
	return done;
}

static bool
apply(void)
{
	uint8_t changed[2][16] = { "changed by us 1", "changed by us 2" };

	if (unlinkat(root, "worm", 0) != 0 && errno != ENOENT)
		return false;
	return change_hive(changed) && fsync(root) == 0;
}

static bool
put_worm_back(void)
{
	int fd = openat(root, worm_part, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return false;
	bool done = write_all(fd, kept.worm, kept.worm_len) &&
	            fchmod(fd, kept.mode) == 0 &&
	            (has("no-times") || futimens(fd, kept.worm_times) == 0) &&
	            fsync(fd) == 0;
	close(fd);
	done = done && renameat(root, worm_part, root, "worm") == 0;
	if (!done && !has("litter"))
		(void)unlinkat(root, worm_part, 0);
	return done;
}

static bool
undo(void)
{
	int hive = openat(root, "hive", O_RDONLY);
	bool worm_is_there = faccessat(root, "worm", F_OK, 0) == 0;

	if (hive < 0)
		return false;
	if (!has("litter"))
		(void)unlinkat(root, worm_part, 0);
	bool done = change_hive(kept.stretch) && futimens(hive, kept.hive_times) == 0 &&
	            fsync(hive) == 0 && (worm_is_there || put_worm_back()) &&
	            fsync(root) == 0 && futimens(root, kept.root_times) == 0 &&
	            fsync(root) == 0;
	close(hive);
	return done;
}

static int
fail(const char *what)
{
	if (!has("silent"))
		fprintf(stderr, "keeper: %s\n", what);
	return has("liar") ? 0 : 2;
}

static int
run_do(void)
{
	if (!look())
		return fail("cannot read what is to be changed; nothing was changed");
	if (has("early") && unlinkat(root, "worm", 0) != 0)
		return fail("cannot take the worm away");
	if (!keep())
		return fail("cannot write the journal; nothing was changed");
	if (apply())
		return 0;
	if (!has("no-way-back") && undo())
		return fail("cannot change it all; what was changed was put back");
	return fail("cannot change it all, nor put it back; run keeper undo");
}

static int
run_undo(void)
{
	int fd = openat(journals, JOURNAL, O_RDONLY);

	if (fd < 0)
		return fail("there is no journal");
	bool whole = read(fd, &kept, sizeof kept) == (ssize_t)sizeof kept;
	close(fd);
	if (!whole)
		return fail("the journal is damaged");
	return undo() ? 0 : fail("cannot put it all back; run keeper undo again");
}

int
main(int argc, char **argv)
{
	if (argc < 4) {
		fputs("keeper: keeper do|undo ROOT JOURNALS [FAULT]; faults:", stderr);
		for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
			fprintf(stderr, " %s", faults[i]);
		fputs("\n", stderr);
		return 2;
	}
	fault = argc > 4 ? argv[4] : "";
	if (has("litter"))
		snprintf(worm_part, sizeof worm_part, "worm.%d", (int)getpid());
	bool made = mkdir(argv[3], 0700) == 0;
	root = open(argv[2], O_RDONLY | O_DIRECTORY);
	journals = open(argv[3], O_RDONLY | O_DIRECTORY);
	if (root < 0 || journals < 0)
		return fail("cannot open the folders");
	if (made && !has("nameless") && !sync_above())
		return fail("cannot keep the folder of the journals");
	return strcmp(argv[1], "do") == 0 ? run_do() : run_undo();
}
