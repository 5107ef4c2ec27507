/*
 * What a machine that does not run is made of; for the files offline*.c only.
 */
#ifndef REACH_OFFLINE_PARTS_H
#define REACH_OFFLINE_PARTS_H

#include "reach/hive.h"
#include "reach/offline.h"
#include "reach/volume.h"

/* These come first, then one for each user. */
enum { HIVE_SYSTEM, HIVE_SOFTWARE, HIVE_SECURITY, HIVE_SAM, HIVES_OF_MACHINE };
#define HIVES_MOST (HIVES_OF_MACHINE + MACHINE_USERS_MOST)

/* Cages that live at once; of more, the user's hive asked longest ago is closed. */
#define HIVES_OPEN_MOST 16

/* One hive: where it is in the registry, where its file is, what became of it. */
struct hive_place {
	char root[128];       /* "HKLM\SYSTEM", "HKU\S-1-5-21-…" */
	char path[PATH_ROOM]; /* of its file on the machine, of any bytes */
	struct hive *hive;    /* NULL: closed */
	enum heard heard;     /* of opening it; 0: nobody asked yet */
	bool is_told;         /* its damage is in the machine's list */
	struct hive_state state;
	uint64_t used;
	char why[WHY_ROOM];
};

struct open_file {
	struct volume *volume; /* NULL: free */
	struct machine_file file;
};
#define OPEN_FILES_MOST 64

/* A folder that a Windows is in. */
struct windows_place {
	size_t volume;
	unsigned rank; /* by its name: less is likelier */
	char folder[NAME_ROOM];
};
#define WINDOWS_PLACES_MOST 8

struct offline {
	struct machine machine; /* first: a machine is an offline */
	struct volume *volumes[MACHINE_DRIVES_MOST]; /* as the machine's drives */
	size_t volume_count;
	struct windows_place windows[WINDOWS_PLACES_MOST]; /* the first is meant */
	size_t windows_count;
	struct hive_place *hives; /* HIVES_MOST of them */
	size_t hive_count;
	size_t users_too_many;
	uint64_t uses;
	struct open_file open[OPEN_FILES_MOST];
};

/* NULL where it is a machine of another kind. */
const struct offline *offline_of_machine(const struct machine *);

/* ---- offline_drives.c */

/*
 * Opens what `path` names and finds each Windows on it.  Letters are not given yet.
 * OK with no volumes: no image of a disk.
 */
CHECKED enum err offline_find(struct offline *, const char *path, char why[WHY_ROOM]);

/* Gives Windows' volume this letter, and the others those that come after it. */
void offline_give_letters(struct offline *, char letter);

/* Each Windows but the first, as one that was not looked at. */
void offline_tell_other_windows(struct offline *);

/*
 * The volume that a path of the machine lies on, and the rest of the path.
 * NOT_ASKED: on none of them; machine_why says so.
 */
enum heard offline_place(struct offline *, const char *path, struct volume **volume,
                         const char **rest);

/* ---- offline_hives.c */

/* A place for one more hive; NULL where there are HIVES_MOST. */
struct hive_place *offline_add_hive(struct offline *, const char *root,
                                    const char *path);

/* The key; opens its hive when it is the first.  Damage found by this is told. */
enum heard offline_key(struct offline *, const char *path, struct reg_key *out);

/* Tries to open every hive but SECURITY and SAM, so that their damage is told. */
void offline_try_hives(struct offline *);

/* Opens a hive without telling its damage: its path may not be final yet. */
enum heard offline_open_hive(struct offline *, struct hive_place *);

/* Adds "PATH: why" to the machine's list of what is damaged. */
void offline_tell_damage(struct offline *, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void offline_free_hives(struct offline *);

/* ---- offline_users.c */

/* The users of SOFTWARE's ProfileList, and those that are on disk only. */
void offline_find_users(struct offline *);

#endif
