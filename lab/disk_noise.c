#include "lab/disk_noise.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "lab/stock_dll.h"

#define NOISE_FILE_MOST 65536u

const struct vendor_agent vendor_agents[] = {
	{ "UxTuneUp",
	  "TuneUp Theme Extension",
	  NULL,
	  "uxtuneup.dll",
	  "TuneUp Software GmbH",
	  { 7, 0, 8002, 0 } },
	{ "RadAgentSvc",
	  "Radiance Image Agent",
	  "Radiance\\Agent",
	  "radagent.dll",
	  "Radiance Imaging Ltd.",
	  { 4, 2, 1, 118 } },
	{ "plclinkmon",
	  "Line Controller Monitor",
	  "LineWorks",
	  "plcmon.dll",
	  "LineWorks Automation AG",
	  { 2, 11, 0, 3 } },
};
const size_t vendor_agents_count = sizeof vendor_agents / sizeof *vendor_agents;

const char *
vendor_path(const struct disk_plan *p, const struct vendor_agent *agent,
            const char *drive, char to[PLAN_PATH_ROOM])
{
	if (agent->folder)
		snprintf(to, PLAN_PATH_ROOM, "%s%s\\%s\\%s", drive,
		         plan_place(p, PLACE_PROGRAMS), agent->folder, agent->file);
	else
		snprintf(to, PLAN_PATH_ROOM, "%s%s\\%s\\%s", drive, p->level->root,
		         p->level->system32, agent->file);
	return to;
}

static void
put_agents(struct disk_tree *t, const struct disk_plan *p)
{
	char path[PLAN_PATH_ROOM];

	for (size_t i = 0; i < vendor_agents_count; i++) {
		const struct vendor_agent *a = &vendor_agents[i];
		struct stock_dll dll = { .name = a->file, .company = a->company };
		struct buf b = { 0 };

		memcpy(dll.version, a->version, sizeof dll.version);
		buf_init(&b, NOISE_FILE_MOST);
		b.bad |= stock_dll(&b, &dll) != OK;
		t->failed |= b.bad;
		disk_file(t, &(struct disk_file){ .path = vendor_path(p, a, "", path),
		                                  .bytes = buf_span(&b),
		                                  .filetime = p->installed });
		buf_free(&b);
	}
}

void
disk_noise_files(struct disk_tree *t, const struct disk_plan *p)
{
	if (plan_has(p, NOISE_VENDOR))
		put_agents(t, p);
}
