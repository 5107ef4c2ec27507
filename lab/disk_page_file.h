/* The page file of a disk of the lab. */
#ifndef LAB_DISK_PAGE_FILE_H
#define LAB_DISK_PAGE_FILE_H

#include "lab/disk_plan.h"
#include "lab/disk_tree.h"

/*
 * Small, and all but empty.  Where some of the worm's memory went there, it holds the
 * public key by which that is recognised, and nothing else of it.
 */
void disk_page_file(struct disk_tree *, const struct disk_plan *);

#endif
