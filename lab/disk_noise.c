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
		disk_file(t, &(struct disk_file){ .path = vendor_path(p, a, "", path),
		                                  .bytes = buf_span(&b),
		                                  .filetime = p->installed });
		buf_free(&b);
	}
}

/* A copy protection's: hidden like the worm's, and it says whose it is. */
static void
put_dongle(struct disk_tree *t, const struct disk_plan *p)
{
	struct stock_dll dll = { .name = "cryptlok.dll",
		                 .company = "Keystone Protection Inc.",
		                 .version = { 3, 1, 0, 7 } };
	struct buf b = { 0 };
	char path[PLAN_PATH_ROOM];

	buf_init(&b, NOISE_FILE_MOST);
	b.bad |= stock_dll(&b, &dll) != OK;
	disk_file(t, &(struct disk_file){ .path = plan_system32(p, dll.name, path),
	                                  .bytes = buf_span(&b),
	                                  .filetime = p->installed,
	                                  .attributes = ATTRIBUTE_HIDDEN |
	                                                ATTRIBUTE_SYSTEM });
	buf_free(&b);
}

static void
put_text(struct disk_tree *t, const char *path, const char *text)
{
	disk_file(t, &(struct disk_file){ .path = path,
	                                  .bytes = span_of(text, strlen(text)) });
}

/* As the disc of a printer leaves it on the drive that it was copied to. */
static void
put_autorun(struct disk_tree *t)
{
	put_text(t, "autorun.inf",
	         "; Printer installation\r\n[autorun]\r\nopen=setup.exe\r\n"
	         "icon=setup.exe,0\r\naction=Install the printer\r\n");
}

/* A bin of a user, with the name that such bins have. */
static void
put_bin(struct disk_tree *t, const struct disk_plan *p)
{
	bool is_6 = level_is_6(p->level);
	const char *bin =
	    is_6 ? "$Recycle.Bin\\S-1-5-21-1547161642-507921405-839522115-1003"
		 : "RECYCLER\\S-1-5-21-1547161642-507921405-839522115-1003";
	char path[PLAN_PATH_ROOM];

	snprintf(path, sizeof path, "%s\\desktop.ini", bin);
	put_text(t, path,
	         "[.ShellClassInfo]\r\n"
	         "CLSID={645FF040-5081-101B-9F08-00AA002F954E}\r\n");
}

void
disk_noise_files(struct disk_tree *t, const struct disk_plan *p)
{
	put_bin(t, p);
	put_text(t, "boot.ini",
	         "[boot loader]\r\ntimeout=30\r\n"
	         "default=multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS\r\n");
	if (plan_has(p, NOISE_VENDOR))
		put_agents(t, p);
	if (plan_has(p, NOISE_DONGLE))
		put_dongle(t, p);
	/* The worm writes its own over what is there. */
	if (plan_has(p, NOISE_AUTORUN) && p->worm.letter != 'B')
		put_autorun(t);
}
