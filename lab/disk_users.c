/* The hives of users, and of .DEFAULT. */
#include <stdio.h>

#include "base/own.h"
#include "lab/disk_hives.h"

#define WIN "Software\\Microsoft\\Windows\\CurrentVersion"

static const struct {
	const char *sid;
	const char *name;
} users[DISK_USERS] = {
	{ ".DEFAULT", "Default User" },
	{ "S-1-5-21-1547161642-507921405-839522115-1003", "Kang" },
	{ "S-1-5-21-1547161642-507921405-839522115-1004", "Station 2" },
	{ "S-1-5-20", "NetworkService" },
};

const char *
disk_user_sid(unsigned user)
{
	return users[user].sid;
}

const char *
disk_user_name(unsigned user)
{
	return users[user].name;
}

const char *
disk_user_profile(const struct disk_plan *p, unsigned user, char to[PLAN_PATH_ROOM])
{
	if (user == DISK_SERVICE && level_is_6(p->level))
		snprintf(to, PLAN_PATH_ROOM, "%s\\ServiceProfiles\\%s", p->level->root,
		         disk_user_name(user));
	else
		snprintf(to, PLAN_PATH_ROOM, "%s\\%s", plan_place(p, PLACE_PROFILES),
		         disk_user_name(user));
	return to;
}

/* A stick that was seen: an honest one, and with B the worm's. */
static void
put_drives(struct hive_make *h, const struct disk_plan *p)
{
	hive_at(h,
	        WIN "\\Explorer\\MountPoints2\\"
	            "{8e4ef7b0-1c0a-11dd-a3b5-806d6172696f}\\Shell\\AutoRun\\command");
	hive_text(h, "", "D:\\setup.exe /menu");
	if (p->worm.letter != 'B')
		return;
	hive_at(h,
	        WIN "\\Explorer\\MountPoints2\\"
	            "{5b1f5a90-d27a-11dd-8b0c-000c29a1b2c3}\\Shell\\AutoRun\\command");
	hive_text(h, "",
	          "C:\\WINDOWS\\system32\\RunDLL32.EXE Shell32.DLL,ShellExec_RunDLL "
	          "RUNDLL32.EXE .\\RECYCLER\\S-5-3-42-2819952290-8240758988-"
	          "879315005-3665\\jwgkvsq.vmx,ahaezedrn");
}

static void
put_run(struct hive_make *h, const struct disk_plan *p, unsigned user)
{
	char text[PLAN_PATH_ROOM];
	const struct disk_worm *w = &p->worm;

	hive_at(h, WIN "\\Run");
	hive_text(h, "ctfmon.exe", "C:\\WINDOWS\\system32\\ctfmon.exe");
	if (user != DISK_PERSON || (w->letter != 'B' && w->letter != 'D'))
		return;
	hive_time(h, w->at);
	snprintf(text, sizeof text, "rundll32.exe \"%s\",%s", w->dll, w->export_name);
	hive_text(h, w->run_value, text);
	hive_time(h, 0);
}

enum err
disk_user_hive(const struct disk_plan *p, unsigned user, struct buf *out)
{
	OWN(own_hive_make) struct hive_make *h = NULL;
	char text[PLAN_PATH_ROOM];

	TRY(hive_new("$$$PROTO.HIV", p->installed, &h));
	hive_at(h, "Control Panel\\International");
	hive_text(h, "Locale", plan_has(p, NOISE_GERMAN) ? "00000407" : "00000409");
	hive_at(h, "Environment");
	snprintf(text, sizeof text, "%%USERPROFILE%%\\%s",
	         plan_place(p, PLACE_LOCAL_TEMP));
	hive_expand(h, "TEMP", text);
	snprintf(text, sizeof text, "%%USERPROFILE%%\\%s", plan_place(p, PLACE_CACHE));
	hive_at(h, WIN "\\Explorer\\User Shell Folders");
	hive_expand(h, "Cache", text);
	hive_at(h, WIN "\\Explorer\\Advanced");
	hive_u32(h, "Hidden", 2);
	hive_at(h, WIN "\\Policies\\Explorer");
	hive_u32(h, "NoDriveTypeAutoRun", 0x91);
	put_run(h, p, user);
	if (user > 0 && user != DISK_SERVICE)
		put_drives(h, p);
	if (p->worm.letter == 'B' && user == DISK_PERSON) {
		hive_at(h, WIN "\\Applets");
		hive_u32(h, "dl", 0);
		hive_u32(h, "ds", 0);
	}
	return hive_made(h, out);
}
