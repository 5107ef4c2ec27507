/*
 * Whether a volume may be written to.  What Windows has left open must not be touched:
 * it would go on, when it wakes, from what it remembers of the volume, and destroy it.
 *
 * ntfs-3g mounts a hibernated volume read-only by itself, and says so to whoever
 * mounts; other drivers, or an option of it, do not.  So it is asked here again, and
 * the mark of a volume that Windows has to check is read off the device beneath.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "format/ntfs_volume.h"
#include "mend/ground_parts.h"

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000u
#endif

/* Types of file systems that the headers do not all have. */
#define NTFS3_MAGIC 0x7366746Eu
#define SMB_MAGIC 0x517Bu
#define CIFS_MAGIC 0xFF534D42u
#define SMB2_MAGIC 0xFE534D42u

#define SHUT_DOWN                                                                  \
	"start Windows, run \"shutdown /s /f /t 0\" (or hold Shift as you choose " \
	"Shut down), and mount again; or \"powercfg /h off\" there first"

/* ---- words for an image */

/* Can it stand in a command as it is? */
static bool
is_plain(const char *path)
{
	const char *plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789/._-+,:@%=";

	return path[0] != '-' && path[strspn(path, plain)] == '\0';
}

/* The path as a shell takes it; one that has quotes in it is named only. */
static void
as_word(char *to, size_t room, const char *path)
{
	if (is_plain(path))
		(void)text_copy(to, room, path);
	else if (!strchr(path, '\''))
		(void)snprintf(to, room, "'%s'", path);
	else
		(void)text_copy(to, room, "IMAGE");
}

enum err
ground_refuse_image(const char *path, const struct volume_place *p, char why[WHY_ROOM])
{
	char word[160];
	const char *type = p->is_ntfs ? "ntfs-3g" : "vfat";
	unsigned long long offset = p->offset;

	as_word(word, sizeof word, path);
	if (!p->is_raw)
		return ground_refuse(
		    why, path,
		    "it is a disk in a container (VHD, E01), and only mounted volumes "
		    "are changed; make it a raw image (\"qemu-img convert -O raw\", "
		    "\"ewfexport\"), mount that, and name the folder");
	if (p->is_ntfs && offset == 0)
		return ground_refuse(why, path,
		                     "it is an image, and only mounted volumes are "
		                     "changed; mount it: ntfs-3g "
		                     "-o streams_interface=windows %s /mnt, and name "
		                     "/mnt instead",
		                     word);
	return ground_refuse(
	    why, path,
	    "it is an image, and only mounted volumes are changed; mount it: "
	    "mount -t %s -o loop,offset=%llu%s %s /mnt, and name /mnt instead",
	    type, offset, p->is_ntfs ? ",streams_interface=windows" : "", word);
}

/* ---- the mount */

/* The next field of a line of mountinfo, with its "\040" put right. */
static bool
next_field(const char **at, char *to, size_t room)
{
	size_t len = 0;

	while (**at == ' ')
		(*at)++;
	if (!**at)
		return false;
	while (**at && **at != ' ' && **at != '\n') {
		unsigned value = (unsigned char)**at;

		if (**at == '\\' && strspn(*at + 1, "01234567") >= 3) {
			value = (unsigned)((*at)[1] - '0') << 6 |
			        (unsigned)((*at)[2] - '0') << 3 |
			        (unsigned)((*at)[3] - '0');
			*at += 3;
		}
		(*at)++;
		if (len + 1 < room)
			to[len++] = (char)value;
	}
	to[len] = '\0';
	return true;
}

/* "ID PARENT MAJ:MIN ROOT POINT OPTIONS [TAGS] - TYPE SOURCE OPTIONS" */
static bool
read_line(const char *line, uint64_t id, struct mounted *out)
{
	char field[PATH_ROOM];
	char *end = NULL;

	if (!next_field(&line, field, sizeof field) ||
	    strtoull(field, &end, 10) != id || *end)
		return false;
	for (unsigned i = 0; i < 3; i++)
		(void)next_field(&line, field, sizeof field);
	if (!next_field(&line, out->point, sizeof out->point))
		return false;
	while (next_field(&line, field, sizeof field) && strcmp(field, "-") != 0)
		;
	return next_field(&line, out->type, sizeof out->type) &&
	       next_field(&line, out->source, sizeof out->source);
}

bool
ground_mounted(int fd, struct mounted *out)
{
	struct statx s;
	OWN(own_mem) char *line = NULL;
	size_t room = 0;
	bool found = false;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &s) != 0 ||
	    !(s.stx_mask & STATX_MNT_ID))
		return false;
	OWN(own_file) FILE *f = fopen("/proc/self/mountinfo", "re");
	while (f && !found && getline(&line, &room, f) > 0)
		found = read_line(line, s.stx_mnt_id, out);
	return found;
}

/* ---- what Windows left open */

/* The first bytes of a file; less where it is shorter. */
static size_t
head_of(int folder, const char *name, void *to, size_t room)
{
	int fd = openat(folder, name,
	                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat s;
	ssize_t got = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISBLK(s.st_mode)))
		got = pread(fd, to, room, 0);
	close(fd);
	return got > 0 ? (size_t)got : 0;
}

static bool
is_hibernated(int folder)
{
	static const char *const names[] = { "hiberfil.sys", "HIBERFIL.SYS",
		                             "Hiberfil.sys" };
	static const char *const heads[] = { "hibr", "HIBR", "wake", "WAKE" };
	char head[4] = { 0 };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (head_of(folder, names[i], head, sizeof head) != sizeof head)
			continue;
		for (size_t k = 0; k < sizeof heads / sizeof heads[0]; k++) {
			if (memcmp(head, heads[k], sizeof head) == 0)
				return true;
		}
	}
	return false;
}

/* The named folder may be one within the volume: its root is where the file is. */
static bool
is_hibernated_above(const struct mounted *m)
{
	int root = open(m->point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is = root >= 0 && is_hibernated(root);

	if (root >= 0)
		close(root);
	return is;
}

/* False also where nobody can tell: a device that is not ours to read. */
static bool
is_dirty(const char *device)
{
	uint8_t sector[NTFS_BOOT_SECTOR];
	struct ntfs_boot boot;
	bool dirty = false;
	int fd = open(device, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (pread(fd, sector, sizeof sector, 0) == (ssize_t)sizeof sector &&
	    ntfs_boot_read(span_of(sector, sizeof sector), &boot) == HEARD) {
		OWN(own_mem) uint8_t *record = malloc(boot.record_len);
		uint64_t at = boot.records +
		              (uint64_t)NTFS_RECORD_OF_VOLUME * boot.record_len;

		if (record &&
		    pread(fd, record, boot.record_len, (off_t)at) ==
		        (ssize_t)boot.record_len &&
		    ntfs_volume_dirty(record, boot.record_len, &dirty) != HEARD)
			dirty = false;
	}
	close(fd);
	return dirty;
}

static enum err
refuse_what_is_open(const char *path, int root, const struct mounted *m,
                    char why[WHY_ROOM])
{
	if (is_hibernated(root) || (m && is_hibernated_above(m)))
		return ground_refuse(why, path,
		                     "Windows is hibernated on it, or was shut down by "
		                     "fast start, and would destroy what is changed "
		                     "now; " SHUT_DOWN);
	if (m && is_dirty(m->source))
		return ground_refuse(
		    why, path,
		    "Windows has marked the volume as one to be checked; start "
		    "Windows and let \"chkdsk /f\" end, then shut it down properly; "
		    "or, where it does not start, unmount and run ntfsfix -d %s",
		    m->source);
	return OK;
}

/* Through these, attributes of Windows, times or short names would be lost. */
static enum err
refuse_what_keeps_too_little(const char *path, long type, char why[WHY_ROOM])
{
	switch ((uint32_t)type) {
	case NTFS3_MAGIC:
		return ground_refuse(
		    why, path,
		    "it is mounted by the kernel's ntfs3, through which not all can be "
		    "put back; unmount it, and mount it with ntfs-3g");
	case SMB_MAGIC:
	case CIFS_MAGIC:
	case SMB2_MAGIC:
		return ground_refuse(
		    why, path,
		    "it is a share of a machine that runs, and not all could be put "
		    "back through it; shut that down, and mount its disk");
	default: return OK;
	}
}

enum err
ground_try_volume(const char *path, int root, char why[WHY_ROOM])
{
	struct mounted m;
	bool is_mounted = ground_mounted(root, &m);
	struct statvfs v;
	struct statfs s;

	TRY(refuse_what_is_open(path, root, is_mounted ? &m : NULL, why));
	if (fstatvfs(root, &v) != 0)
		return ground_refuse(why, path, "%s; is it still mounted?",
		                     strerror(errno));
	if (v.f_flag & ST_RDONLY)
		return ground_refuse(
		    why, path,
		    "it is mounted read-only; unmount it, and mount it for writing. "
		    "Where ntfs-3g does not, Windows was not shut down: " SHUT_DOWN);
	if (fstatfs(root, &s) == 0)
		TRY(refuse_what_keeps_too_little(path, s.f_type, why));
	if (is_mounted && strcmp(m.type, "fuseblk") == 0 &&
	    kept_way_of(root).on != KEPT_ON_NTFS)
		return ground_refuse(why, path,
		                     "it is mounted by a driver through which not all "
		                     "can be put back; unmount it, and mount it with "
		                     "the kernel's, or with ntfs-3g where it is NTFS");
	if (faccessat(root, ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0)
		return ground_refuse(why, path,
		                     "no permission to write to it; run as root, or "
		                     "mount it so that you may");
	return OK;
}
