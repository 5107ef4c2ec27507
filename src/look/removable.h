/* The parts of look_removable (look/inside.h); `usb` asks the first on its own. */
#ifndef LOOK_REMOVABLE_H
#define LOOK_REMOVABLE_H

#include "look/recycler.h"
#include "look/worm_file.h"

/* What was found on a drive. */
struct removable_found {
	const char *trace; /* "autorun-worm", "autorun-suspect", "recycler-pe" */
	const char *place; /* the autorun.inf, or the program in a made-up bin */
	/* Of an autorun.inf: */
	const char *command; /* what it lets rundll32 start; NULL: noise only */
	struct recycler_target target;
	enum heard target_heard;
	bool target_is_program;
	char target_path[PATH_ROOM];
	size_t comment_bytes, control_bytes; /* of the noise */
	struct file_judged file;             /* the program */
};

typedef enum err removable_seen(void *with, const struct removable_found *);
enum err removable_each(const struct inside *, const struct machine_drive *,
                        removable_seen *, void *with);

/* One drive: its autorun.inf, and what lies in waste bins that are none. */
enum err removable_drive(const struct inside *, const struct machine_drive *);

/* A drive that a user had, whose autorun.inf wanted to start something in a bin. */
struct mount_found {
	const char *shell;   /* the drive's key Shell, with everything below it */
	const char *verb;    /* the key below it that holds the command */
	const char *command; /* the first of the worm's form */
};

typedef enum err mount_seen(void *with, const struct mount_found *);
/* Of one user's key, by his root: MountPoints2, and MountPoints of Windows 2000. */
enum err removable_mounts_each(const struct inside *, const char *root, mount_seen *,
                               void *with);

/* What Explorer remembers of the drives that each user had. */
enum err removable_mounts(const struct inside *);

#endif
