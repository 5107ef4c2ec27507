/*
 * The scheduled tasks of a disk of the lab: the worm's, those of a backup script that
 * uses AT as the worm does, and an ordinary one.
 */
#ifndef LAB_DISK_TASKS_H
#define LAB_DISK_TASKS_H

#include "lab/disk_plan.h"
#include "lab/disk_tree.h"
#include "lab/hive_make.h"

/* The files: .job, from Vista on XML too, and the scheduler's log. */
void disk_task_files(struct disk_tree *, const struct disk_plan *);

/* From Vista on SOFTWARE knows them as well. */
void disk_task_keys(struct hive_make *, const struct disk_plan *);

#endif
