/* The hives of a disk of the lab: each appends a whole file to `out`. */
#ifndef LAB_DISK_HIVES_H
#define LAB_DISK_HIVES_H

#include "base/buf.h"
#include "base/err.h"
#include "lab/disk_plan.h"
#include "lab/hive_make.h"

CHECKED enum err disk_system_hive(const struct disk_plan *, struct buf *out);
CHECKED enum err disk_software_hive(const struct disk_plan *, struct buf *out);
CHECKED enum err disk_security_hive(const struct disk_plan *, struct buf *out);
CHECKED enum err disk_sam_hive(const struct disk_plan *, struct buf *out);

/* Users: 0 is .DEFAULT, 1 and 2 are people, 3 is the account of NetworkService. */
#define DISK_USERS 4
#define DISK_PERSON 1
#define DISK_SERVICE 3
CHECKED enum err disk_user_hive(const struct disk_plan *, unsigned user,
                                struct buf *out);
const char *disk_user_sid(unsigned user);
const char *disk_user_name(unsigned user);

/* The folder of the profile, without the drive, into `to`; returns it.  Not of 0. */
const char *disk_user_profile(const struct disk_plan *, unsigned user,
                              char to[PLAN_PATH_ROOM]);

/* Services of one control set, "ControlSet001". */
void disk_put_services(struct hive_make *, const struct disk_plan *, const char *set,
                       bool is_current);

/* Members of netsvcs, in order, joined by '\n'. */
void disk_netsvcs(const struct disk_plan *, struct buf *out);

#endif
