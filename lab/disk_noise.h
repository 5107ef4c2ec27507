/* What honest makers put on machines, and what looks like the worm's at first. */
#ifndef LAB_DISK_NOISE_H
#define LAB_DISK_NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "lab/disk_plan.h"
#include "lab/disk_tree.h"

/* An agent in netsvcs, with a versioned DLL. */
struct vendor_agent {
	const char *service;
	const char *display;
	const char *folder; /* below Program Files; NULL: in System32 */
	const char *file;
	const char *company;
	uint16_t version[4];
};

extern const struct vendor_agent vendor_agents[];
extern const size_t vendor_agents_count;

/* "C:\Program Files\…\agent.dll", or without the drive. */
const char *vendor_path(const struct disk_plan *, const struct vendor_agent *,
                        const char *drive, char to[PLAN_PATH_ROOM]);

/* All that is files. */
void disk_noise_files(struct disk_tree *, const struct disk_plan *);

#endif
