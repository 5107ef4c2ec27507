#include "lab/disk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lab/disk_files.h"
#include "lab/disk_noise.h"
#include "lab/disk_page_file.h"
#include "lab/disk_tasks.h"

static enum err
fill(struct disk_tree *t, const struct disk_plan *p)
{
	TRY(disk_stock_files(t, p));
	TRY(disk_hive_files(t, p));
	disk_task_files(t, p);
	disk_noise_files(t, p);
	disk_page_file(t, p);
	return disk_worm_files(t, p);
}

/* One "word: value" a line, for people and for scripts. */
static void
tell(const struct disk_tree *t, const struct disk_plan *p)
{
	char noise[PLAN_PATH_ROOM];

	printf("windows: %s\n", p->level->called);
	printf("computer: %s\n", p->computer);
	printf("files: %" PRIu64 "\n", t->files);
	printf("noise: %s\n", plan_noise(p, noise));
	if (!p->worm.letter) {
		printf("infected: no\n");
		return;
	}
	printf("infected: %c, harmless\n", p->worm.letter);
	printf("service: %s\n", p->worm.service);
	printf("dll: %s\n", p->worm.dll);
}

enum err
lab_disk(const char *folder, const struct disk_wish *wish)
{
	struct disk_plan plan;
	struct disk_tree tree;

	TRY(disk_plan(wish, &plan));
	TRY(disk_tree_open(folder, plan.installed, &tree));
	enum err filled = fill(&tree, &plan);
	if (filled != OK)
		fprintf(stderr,
		        "confine lab disk: cannot make the files of %s: no memory; "
		        "free some\n",
		        folder);
	enum err closed = disk_tree_close(&tree);
	if (filled != OK || closed != OK)
		return ERR_REFUSED;
	tell(&tree, &plan);
	if (fflush(stdout) == 0)
		return OK;
	fprintf(stderr, "confine lab disk: standard output: %s\n", strerror(errno));
	return ERR_REFUSED;
}
