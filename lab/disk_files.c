/* Windows' own files, and the hives. */
#include "lab/disk_files.h"

#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "base/when.h"
#include "lab/disk_hives.h"
#include "lab/disk_services.h"
#include "lab/stock_dll.h"

#define MINUTE UINT64_C(600000000) /* in a FILETIME */
#define STOCK_MOST 65536u
#define HIVE_MOST (80u << 20)

/* Beside the files of services. */
static const char *const in_system32[] = {
	"advapi32.dll",      "at.exe",           "cmd.exe",
	"comctl32.dll",      "comdlg32.dll",     "crypt32.dll",
	"ctfmon.exe",        "dnsapi.dll",       "gdi32.dll",
	"iphlpapi.dll",      "kernel32.dll",     "lsasrv.dll",
	"lsass.exe",         "msvcrt.dll",       "netapi32.dll",
	"ntdll.dll",         "ole32.dll",        "oleaut32.dll",
	"rpcrt4.dll",        "rundll32.exe",     "samsrv.dll",
	"secur32.dll",       "services.exe",     "setupapi.dll",
	"shell32.dll",       "shlwapi.dll",      "svchost.exe",
	"tcpmon.dll",        "urlmon.dll",       "user32.dll",
	"userinit.exe",      "uxtheme.dll",      "version.dll",
	"wininet.dll",       "winlogon.exe",     "winmm.dll",
	"wintrust.dll",      "wldap32.dll",      "ws2_32.dll",
	"wsock32.dll",       "drivers\\afd.sys", "drivers\\ndis.sys",
	"drivers\\ntfs.sys",
};

/* What Windows File Protection keeps a copy of. */
static const char *const in_cache[] = { "kernel32.dll", "netapi32.dll", "ntdll.dll",
	                                "shell32.dll", "svchost.exe" };

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static const char *
name_in(const char *path)
{
	const char *last = strrchr(path, '\\');

	return last ? last + 1 : path;
}

/* The version of a file below System32; `fixed`: with the updates. */
static struct stock_dll
stock_of(const struct disk_plan *p, const char *file, bool fixed)
{
	const struct disk_level *level = p->level;
	bool is_shell = text_same(file, "shell32.dll");
	const uint16_t *first = is_shell ? level->shell : level->version;
	struct stock_dll stock = {
		.name = name_in(file),
		.company = "Microsoft Corporation",
		.version = { first[0], first[1], first[2], level->release },
		.is_driver = text_begins(file, "drivers\\"),
		.time_stamp = (uint32_t)(when_from_filetime(p->released) / 1000),
	};

	for (size_t i = 0; fixed && i < FIXED_MOST && level->fixed[i].kb; i++) {
		if (text_same(level->fixed[i].file, file))
			stock.version[3] = level->fixed[i].last;
	}
	return stock;
}

static enum err
put_stock(struct disk_tree *t, const struct disk_plan *p, const char *path,
          const struct stock_dll *stock)
{
	OWN(own_buf) struct buf b = { 0 };
	/* Those of one service pack have one time, and some have another. */
	uint64_t later = stock->name[0] % 3 == 0 ? (uint8_t)stock->name[1] : 0;

	buf_init(&b, STOCK_MOST);
	TRY(stock_dll(&b, stock));
	disk_file(t, &(struct disk_file){ .path = path,
	                                  .bytes = buf_span(&b),
	                                  .filetime = p->released + later * MINUTE });
	return OK;
}

static enum err
put_system32(struct disk_tree *t, const struct disk_plan *p, const char *file)
{
	char path[PLAN_PATH_ROOM];
	struct stock_dll stock = stock_of(p, file, plan_has(p, NOISE_PATCHED));

	return put_stock(t, p, plan_system32(p, file, path), &stock);
}

/* A service's file may be another's as well. */
static bool
is_first(const struct disk_plan *p, size_t service)
{
	const char *file = stock_services[service].file;

	if (stock_services[service].starts[p->level->column] == '-' || *file == '%')
		return false;
	for (size_t i = 0; i < sizeof in_system32 / sizeof *in_system32; i++) {
		if (text_same(in_system32[i], file))
			return false;
	}
	for (size_t i = 0; i < service; i++) {
		if (stock_services[i].starts[p->level->column] != '-' &&
		    text_same(stock_services[i].file, file))
			return false;
	}
	return true;
}

static enum err
put_services(struct disk_tree *t, const struct disk_plan *p)
{
	char file[PLAN_PATH_ROOM];

	for (size_t i = 0; i < stock_services_count; i++) {
		if (!is_first(p, i))
			continue;
		snprintf(file, sizeof file, "%s%s",
		         *stock_services[i].group == *SERVICE_DRIVER ? "drivers\\" : "",
		         stock_services[i].file);
		TRY(put_system32(t, p, file));
	}
	return OK;
}

/* The copies that restore what somebody replaced; and what updates replaced. */
static enum err
put_copies(struct disk_tree *t, const struct disk_plan *p)
{
	char path[PLAN_PATH_ROOM];

	if (level_is_6(p->level))
		return OK;
	for (size_t i = 0; i < sizeof in_cache / sizeof *in_cache; i++) {
		struct stock_dll stock = stock_of(p, in_cache[i],
		                                  plan_has(p, NOISE_PATCHED));

		snprintf(path, sizeof path, "%s\\%s\\dllcache\\%s", p->level->root,
		         p->level->system32, in_cache[i]);
		TRY(put_stock(t, p, path, &stock));
	}
	disk_attributes(t, plan_system32(p, "dllcache", path),
	                ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM);
	for (size_t i = 0; plan_has(p, NOISE_PATCHED) && i < FIXED_MOST; i++) {
		const struct fixed *fixed = &p->level->fixed[i];
		struct stock_dll stock = stock_of(p, fixed->file, false);

		snprintf(path, sizeof path, "%s\\$NtUninstall%s$\\%s", p->level->root,
		         fixed->kb, name_in(fixed->file));
		TRY(put_stock(t, p, path, &stock));
	}
	return OK;
}

static void
put_folders(struct disk_tree *t, const struct disk_plan *p)
{
	static const char *const below_programs[] = { "Internet Explorer",
		                                      "Movie Maker",
		                                      "Windows Media Player" };
	static const char *const below_root[] = { "Prefetch", "Tasks", "Temp" };
	char profile[PLAN_PATH_ROOM];
	char path[2 * PLAN_PATH_ROOM];

	for (size_t i = 0; i < sizeof below_programs / sizeof *below_programs; i++) {
		snprintf(path, sizeof path, "%s\\%s", plan_place(p, PLACE_PROGRAMS),
		         below_programs[i]);
		disk_folder(t, path);
	}
	for (size_t i = 0; i < sizeof below_root / sizeof *below_root; i++) {
		snprintf(path, sizeof path, "%s\\%s", p->level->root, below_root[i]);
		disk_folder(t, path);
	}
	disk_folder(t, plan_place(p, PLACE_COMMON_APP_DATA));
	for (unsigned user = DISK_PERSON; user < DISK_USERS; user++) {
		snprintf(path, sizeof path, "%s\\%s",
		         disk_user_profile(p, user, profile),
		         plan_place(p, PLACE_LOCAL_TEMP));
		disk_folder(t, path);
	}
}

/* It comes with Vista and 7; servers have it where somebody wanted it. */
static enum err
put_defender(struct disk_tree *t, const struct disk_plan *p)
{
	static const char *const files[] = { "MSASCui.exe", "MpSvc.dll" };
	char path[PLAN_PATH_ROOM];

	if (!level_is_6(p->level) || p->level->is_server)
		return OK;
	for (size_t i = 0; i < 2; i++) {
		struct stock_dll stock = stock_of(p, files[i], false);

		snprintf(path, sizeof path, "%s\\Windows Defender\\%s",
		         plan_place(p, PLACE_PROGRAMS), files[i]);
		TRY(put_stock(t, p, path, &stock));
	}
	return OK;
}

/* --files: what makes a disk as full as a real one. */
static enum err
put_more(struct disk_tree *t, const struct disk_plan *p)
{
	char path[PLAN_PATH_ROOM];
	char name[32];

	for (uint64_t i = 0; i < p->more_files && !t->failed; i++) {
		snprintf(name, sizeof name, "stock%llu.dll", (unsigned long long)i);
		struct stock_dll stock = stock_of(p, name, false);
		if (i % 3 == 0)
			plan_system32(p, name, path);
		else
			snprintf(path, sizeof path, "%s\\Common Files\\%llu\\%s",
			         plan_place(p, PLACE_PROGRAMS),
			         (unsigned long long)(i / 100), name);
		TRY(put_stock(t, p, path, &stock));
	}
	return OK;
}

enum err
disk_stock_files(struct disk_tree *t, const struct disk_plan *p)
{
	put_folders(t, p);
	for (size_t i = 0; i < sizeof in_system32 / sizeof *in_system32; i++)
		TRY(put_system32(t, p, in_system32[i]));
	TRY(put_services(t, p));
	TRY(put_copies(t, p));
	TRY(put_defender(t, p));
	return put_more(t, p);
}

/* ---- hives */

static void
put_hive(struct disk_tree *t, const struct disk_plan *p, const char *path,
         const struct buf *hive)
{
	disk_file(t, &(struct disk_file){ .path = path,
	                                  .bytes = buf_span(hive),
	                                  .filetime = p->last_used });
}

/* What a new installation keeps of SYSTEM: from before the worm. */
static enum err
put_repair(struct disk_tree *t, const struct disk_plan *p)
{
	OWN(own_buf) struct buf b = { 0 };
	struct disk_plan before = *p;
	char path[PLAN_PATH_ROOM];

	before.worm.letter = 0;
	buf_init(&b, HIVE_MOST);
	TRY(disk_system_hive(&before, &b));
	if (level_is_6(p->level))
		plan_system32(p, "config\\RegBack\\SYSTEM", path);
	else
		snprintf(path, sizeof path, "%s\\repair\\system", p->level->root);
	disk_file(t, &(struct disk_file){ .path = path, .bytes = buf_span(&b) });
	return OK;
}

enum err
disk_hive_files(struct disk_tree *t, const struct disk_plan *p)
{
	static const struct {
		const char *file;
		enum err (*make)(const struct disk_plan *, struct buf *);
	} hives[] = {
		{ "config\\SAM", disk_sam_hive },
		{ "config\\SECURITY", disk_security_hive },
		{ "config\\SOFTWARE", disk_software_hive },
		{ "config\\SYSTEM", disk_system_hive },
	};
	OWN(own_buf) struct buf b = { 0 };
	char path[PLAN_PATH_ROOM + 16];
	char profile[PLAN_PATH_ROOM];

	buf_init(&b, HIVE_MOST);
	for (size_t i = 0; i < sizeof hives / sizeof *hives; i++) {
		buf_clear(&b);
		TRY(hives[i].make(p, &b));
		put_hive(t, p, plan_system32(p, hives[i].file, path), &b);
	}
	for (unsigned user = 0; user < DISK_USERS; user++) {
		buf_clear(&b);
		TRY(disk_user_hive(p, user, &b));
		if (user == 0)
			plan_system32(p, "config\\default", path);
		else
			snprintf(path, sizeof path, "%s\\NTUSER.DAT",
			         disk_user_profile(p, user, profile));
		put_hive(t, p, path, &b);
	}
	return put_repair(t, p);
}
