/* The files of a disk of the lab. */
#ifndef LAB_DISK_FILES_H
#define LAB_DISK_FILES_H

#include "base/err.h"
#include "lab/disk_plan.h"
#include "lab/disk_tree.h"

/* Windows' own, and the folders that a Windows has. */
CHECKED enum err disk_stock_files(struct disk_tree *, const struct disk_plan *);

CHECKED enum err disk_hive_files(struct disk_tree *, const struct disk_plan *);

/* What the worm left; nothing where it did not come. */
CHECKED enum err disk_worm_files(struct disk_tree *, const struct disk_plan *);

#endif
