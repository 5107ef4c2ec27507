/* SOFTWARE: which Windows it is, what it starts, and what was installed. */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "lab/dice.h"
#include "lab/disk_hives.h"
#include "lab/disk_tasks.h"

#define NT "Microsoft\\Windows NT\\CurrentVersion"
#define WIN "Microsoft\\Windows\\CurrentVersion"

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static void
put_version(struct hive_make *h, const struct disk_plan *p)
{
	const struct disk_level *level = p->level;
	char text[PLAN_PATH_ROOM];

	hive_at(h, NT);
	hive_text(h, "ProductName", level->product);
	snprintf(text, sizeof text, "%u.%u", level->version[0], level->version[1]);
	hive_text(h, "CurrentVersion", text);
	snprintf(text, sizeof text, "%u", level->version[2]);
	hive_text(h, "CurrentBuildNumber", text);
	/* NT 5 has a text there that says nothing. */
	hive_text(h, "CurrentBuild",
	          level_is_6(level) ? text : "1.511.1 () (Obsolete data - do not use)");
	hive_text(h, "CurrentType", "Uniprocessor Free");
	if (level->service_pack > 0) {
		snprintf(text, sizeof text, "Service Pack %u", level->service_pack);
		hive_text(h, "CSDVersion", text);
	}
	snprintf(text, sizeof text, "C:\\%s", level->root);
	hive_text(h, "SystemRoot", text);
	hive_text(h, "PathName", text);
	hive_text(h, "RegisteredOwner", "Works");
	hive_u32(h, "InstallDate", (uint32_t)(p->installed / 10000000 - 11644473600u));
}

static void
put_svchost(struct hive_make *h, const struct disk_plan *p)
{
	OWN(own_buf) struct buf members = { 0 };

	buf_init(&members, 8192);
	disk_netsvcs(p, &members);
	hive_at(h, NT "\\SvcHost");
	hive_time(h, p->worm.letter ? p->worm.at : 0);
	hive_lines(h, "netsvcs", buf_string(&members));
	hive_lines(h, "rpcss", "RpcSs");
	hive_lines(h, "LocalService",
	           "Alerter\nWebClient\nLmHosts\nRemoteRegistry\n"
	           "upnphost\nSSDPSRV");
	hive_lines(h, "NetworkService", "DnsCache");
	hive_time(h, 0);
	hive_at(h, NT "\\SvcHost\\netsvcs");
	hive_u32(h, "CoInitializeSecurityParam", 1);
	hive_u32(h, "AuthenticationCapabilities", 0x3020);
}

static void
put_profiles(struct hive_make *h, const struct disk_plan *p)
{
	char text[PLAN_PATH_ROOM + 16];
	char profile[PLAN_PATH_ROOM];

	hive_at(h, NT "\\ProfileList");
	snprintf(text, sizeof text, "%%SystemDrive%%\\%s",
	         plan_place(p, PLACE_PROFILES));
	hive_expand(h, "ProfilesDirectory", text);
	for (unsigned user = 1; user < DISK_USERS; user++) {
		hive_at(h, NT "\\ProfileList\\%s", disk_user_sid(user));
		snprintf(text, sizeof text, "%%SystemDrive%%\\%s",
		         disk_user_profile(p, user, profile));
		hive_expand(h, "ProfileImagePath", text);
		hive_u32(h, "State", 0x100);
	}
	hive_at(h, NT "\\ProfileList\\S-1-5-18");
	hive_expand(h, "ProfileImagePath",
	            "%systemroot%\\system32\\config\\systemprofile");
}

static void
put_folders(struct hive_make *h, const struct disk_plan *p)
{
	char text[PLAN_PATH_ROOM];

	hive_at(h, WIN);
	snprintf(text, sizeof text, "C:\\%s", plan_place(p, PLACE_PROGRAMS));
	hive_text(h, "ProgramFilesDir", text);
	snprintf(text, sizeof text, "C:\\%s\\%s", plan_place(p, PLACE_PROGRAMS),
	         plan_has(p, NOISE_GERMAN) && !level_is_6(p->level)
	             ? "Gemeinsame Dateien"
	             : "Common Files");
	hive_text(h, "CommonFilesDir", text);
	hive_at(h, WIN "\\Explorer\\Shell Folders");
	snprintf(text, sizeof text, "C:\\%s", plan_place(p, PLACE_COMMON_APP_DATA));
	hive_text(h, "Common AppData", text);
}

/* Of Vista's task bar; one of them is the Security Center's, and D takes it away. */
static void
put_notifiers(struct hive_make *h, const struct disk_plan *p)
{
	static const char *const notifiers[] = {
		"{35CEC8A3-2BE6-11D2-8773-92E220524153}",
		"{7007ACCF-3202-11D1-AAD2-00805FC1270E}",
		"{FD6905CE-952F-41F1-9A6F-135D9C6622CC}",
	};
	size_t count = p->worm.letter == 'D' ? 2 : 3;

	if (p->level->is_server || !level_is_6(p->level))
		return;
	for (size_t i = 0; i < count; i++) {
		hive_at(h, WIN "\\explorer\\ShellServiceObjects\\%s", notifiers[i]);
		hive_text(h, "AutoStart", "");
	}
}

static void
put_settings(struct hive_make *h, const struct disk_plan *p)
{
	char letter = p->worm.letter;
	bool hides = letter == 'B' || letter == 'D' || plan_has(p, NOISE_HIDES);

	hive_at(h, WIN "\\Explorer\\Advanced\\Folder\\Hidden\\SHOWALL");
	hive_text(h, "Type", "radio");
	hive_text(h, "ValueName", "Hidden");
	hive_u32(h, "CheckedValue", !hides);
	hive_u32(h, "DefaultValue", 2);
	hive_at(h, WIN "\\Policies\\Explorer");
	hive_u32(h, "NoDriveTypeAutoRun", p->level->is_server ? 0x95 : 0x91);
	if (plan_has(p, NOISE_PATCHED) && !level_is_6(p->level))
		hive_u32(h, "HonorAutorunSetting", 1);
	hive_at(h, WIN "\\Applets");
	if (letter == 'B') {
		hive_time(h, p->worm.at);
		hive_u32(h, "dl", 0);
		hive_u32(h, "ds", 0);
		hive_time(h, 0);
	}
	hive_at(h, WIN "\\Applets\\Paint\\Capabilities");
	hive_u32(h, "Version", 1);
	put_notifiers(h, p);
}

static void
put_run(struct hive_make *h, const struct disk_plan *p)
{
	hive_at(h, WIN "\\Run");
	hive_text(h, "SoundMan", "SOUNDMAN.EXE");
	hive_text(h, "NvCplDaemon",
	          "RUNDLL32.EXE C:\\WINDOWS\\system32\\NvCpl.dll,NvStartup");
	if (level_is_6(p->level) && !p->level->is_server && p->worm.letter != 'D')
		hive_expand(h, "Windows Defender",
		            "%ProgramFiles%\\Windows Defender\\MSASCui.exe -hide");
	if (p->worm.letter == 'D') {
		char text[PLAN_PATH_ROOM];

		hive_time(h, p->worm.at);
		snprintf(text, sizeof text, "rundll32.exe \"%s\",%s", p->worm.dll,
		         p->worm.export_name);
		hive_text(h, p->worm.run_value, text);
		hive_time(h, 0);
	}
	hive_at(h, WIN "\\RunOnce");
}

/* In the way of NT 5; from Vista on, packages. */
static void
put_update(struct hive_make *h, const struct disk_plan *p, const char *kb)
{
	if (level_is_6(p->level)) {
		hive_at(h,
		        WIN "\\Component Based Servicing\\Packages\\"
		            "Package_for_%s~31bf3856ad364e35~x86~~6.0.1.0",
		        kb);
		hive_u32(h, "CurrentState", 7);
		hive_text(h, "InstallClient", "WindowsUpdateAgent");
		return;
	}
	hive_at(h, "Microsoft\\Updates\\%s\\%s", p->level->updates, kb);
	hive_text(h, "Type", "Update");
	hive_text(h, "InstalledBy", "SYSTEM");
	hive_at(h, NT "\\HotFix\\%s", kb);
	hive_u32(h, "Installed", 1);
	hive_u32(h, "Valid", 1);
}

static void
put_updates(struct hive_make *h, const struct disk_plan *p)
{
	put_update(h, p, "KB950762");
	for (size_t i = 0; plan_has(p, NOISE_PATCHED) && i < FIXED_MOST; i++) {
		if (p->level->fixed[i].kb)
			put_update(h, p, p->level->fixed[i].kb);
	}
}

/* --files: what makes the hive as large as a used machine's. */
static void
put_more(struct hive_make *h, const struct disk_plan *p)
{
	static const char *const kinds[] = { "CLSID", "Interface", "TypeLib", "AppID",
		                             "Record" };
	char key[96];

	for (uint64_t i = 0; i < 3 * p->more_files; i++) {
		uint64_t id = dice_mix(p->seed + i);

		snprintf(key, sizeof key, "Classes\\%s\\{%08X-%04X-11D0-8888-%012llX}",
		         kinds[i % (sizeof kinds / sizeof *kinds)],
		         (unsigned)(id & 0xFFFFFFFF), (unsigned)(id >> 48),
		         (unsigned long long)i);
		hive_at(h, "%s", key);
		hive_text(h, "", "A class of some program");
		hive_at(h, "%s\\InprocServer32", key);
		hive_expand(h, "", "%SystemRoot%\\system32\\ole32.dll");
		hive_text(h, "ThreadingModel", "Both");
	}
}

enum err
disk_software_hive(const struct disk_plan *p, struct buf *out)
{
	OWN(own_hive_make) struct hive_make *h = NULL;

	TRY(hive_new("SOFTWARE", p->installed, &h));
	put_version(h, p);
	put_svchost(h, p);
	put_profiles(h, p);
	put_folders(h, p);
	put_settings(h, p);
	put_run(h, p);
	put_updates(h, p);
	disk_task_keys(h, p);
	put_more(h, p);
	return hive_made(h, out);
}
