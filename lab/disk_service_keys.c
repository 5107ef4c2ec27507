/* The services of a control set: Windows' own, those of makers, and the worm's. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "know/netsvcs.h"
#include "lab/disk_hives.h"
#include "lab/disk_noise.h"
#include "lab/disk_services.h"

#define TYPE_DRIVER 0x01
#define TYPE_PROGRAM 0x10
#define TYPE_SHARED 0x20

#define DISABLED 4
#define LOG_BYTES 524288 /* XP's default for a log */

/* What B and D switch off, and what a frozen image has off (specification 2.4). */
static const struct {
	const char *service;
	const char *letters;
	bool frozen;
} switched_off[] = {
	{ "wuauserv", "BD", true },   { "BITS", "BD", true },
	{ "ERSvc", "BD", false },     { "WerSvc", "BD", false },
	{ "WinDefend", "BD", false }, { "wscsvc", "D", false },
};

static bool
is_here(const struct disk_plan *p, const struct stock_service *s)
{
	return s->starts[p->level->column] != '-';
}

/* Does that Windows bring this member of netsvcs? */
static bool
is_member(const struct disk_plan *p, const struct netsvcs_member *m)
{
	const bool brings[] = { m->on.w2000, m->on.xp,    m->on.w2003,
		                m->on.vista, m->on.w2008, m->on.w7 };

	return brings[p->level->column];
}

/* Services of netsvcs have a group of another name where they are not members. */
static const char *
group_of(const struct disk_plan *p, const struct stock_service *s)
{
	const struct netsvcs_member *m = netsvcs_member_find(s->name);

	if (strcmp(s->group, "netsvcs") != 0 || (m && is_member(p, m)))
		return s->group;
	return level_is_6(p->level) ? "LocalSystemNetworkRestricted" : "LocalService";
}

static bool
is_off(const struct disk_plan *p, const char *service, bool is_current)
{
	for (size_t i = 0; i < sizeof switched_off / sizeof *switched_off; i++) {
		if (strcmp(switched_off[i].service, service) != 0)
			continue;
		if (plan_has(p, NOISE_FROZEN) && switched_off[i].frozen)
			return true;
		return is_current && p->worm.letter &&
		       strchr(switched_off[i].letters, p->worm.letter);
	}
	return false;
}

static void
put_start(struct hive_make *h, char start, bool off)
{
	hive_u32(h, "Start",
	         off            ? DISABLED
	         : start == 'D' ? 2
	                        : (uint32_t)(start - '0'));
	if (start == 'D')
		hive_u32(h, "DelayedAutostart", 1);
}

static void
put_stock(struct hive_make *h, const struct disk_plan *p, const char *set,
          const struct stock_service *s)
{
	const char *from = *s->file == '%' ? "" : "%SystemRoot%\\system32\\";
	char path[PLAN_PATH_ROOM];

	hive_text(h, "DisplayName", s->display);
	hive_u32(h, "ErrorControl", 1);
	if (*s->group == *SERVICE_DRIVER) {
		snprintf(path, sizeof path, "system32\\drivers\\%s", s->file);
		hive_expand(h, "ImagePath", path);
		hive_u32(h, "Type", TYPE_DRIVER);
		return;
	}
	hive_text(h, "Description", s->description);
	hive_text(h, "ObjectName",
	          strstr(s->group, "Service") && strcmp(s->group, "WerSvcGroup") != 0
	              ? "NT AUTHORITY\\LocalService"
	              : "LocalSystem");
	hive_lines(h, "DependOnService", "RpcSs");
	if (!*s->group) {
		snprintf(path, sizeof path, "%s%s", from, s->file);
		hive_expand(h, "ImagePath", path);
		hive_u32(h, "Type", TYPE_PROGRAM);
		return;
	}
	snprintf(path, sizeof path, "%%SystemRoot%%\\system32\\svchost.exe -k %s",
	         group_of(p, s));
	hive_expand(h, "ImagePath", path);
	hive_u32(h, "Type", TYPE_SHARED);
	hive_at(h, "%s\\Services\\%s\\Parameters", set, s->name);
	snprintf(path, sizeof path, "%s%s", from, s->file);
	hive_expand(h, "ServiceDll", path);
}

static void
put_agents(struct hive_make *h, const struct disk_plan *p, const char *set)
{
	char path[PLAN_PATH_ROOM];

	for (size_t i = 0; i < vendor_agents_count; i++) {
		const struct vendor_agent *a = &vendor_agents[i];

		hive_at(h, "%s\\Services\\%s", set, a->service);
		hive_u32(h, "Type", TYPE_SHARED);
		hive_u32(h, "Start", 2);
		hive_u32(h, "ErrorControl", 0); /* as many makers do */
		hive_expand(h, "ImagePath",
		            "%SystemRoot%\\System32\\svchost.exe -k netsvcs");
		hive_text(h, "ObjectName", "LocalSystem");
		hive_text(h, "DisplayName", a->display);
		hive_at(h, "%s\\Services\\%s\\Parameters", set, a->service);
		hive_expand(h, "ServiceDll", vendor_path(p, a, "C:\\", path));
	}
}

/* Of some service that this Windows has. */
static const char *
genuine_description(const struct disk_plan *p)
{
	uint64_t skip = p->seed % 16;
	const char *found = "";

	for (size_t i = 0; i < stock_services_count; i++) {
		const struct stock_service *s = &stock_services[i];

		if (!is_here(p, s) || !*s->description)
			continue;
		found = s->description;
		if (skip-- == 0)
			break;
	}
	return found;
}

static void
put_worm(struct hive_make *h, const struct disk_plan *p, const char *set)
{
	const struct disk_worm *w = &p->worm;

	hive_at(h, "%s\\Services\\%s", set, w->service);
	hive_time(h, w->at);
	hive_lock(h);
	hive_u32(h, "Type", TYPE_SHARED);
	hive_u32(h, "Start", 2);
	hive_u32(h, "ErrorControl", 0);
	hive_expand(h, "ImagePath", "%SystemRoot%\\system32\\svchost.exe -k netsvcs");
	hive_text(h, "ObjectName", "LocalSystem");
	hive_text(h, "DisplayName", w->display);
	if (w->letter != 'A') /* copied from a service that is genuine */
		hive_text(h, "Description", genuine_description(p));
	hive_at(h, "%s\\Services\\%s\\Parameters", set, w->service);
	hive_lock(h);
	hive_expand(h, "ServiceDll", w->dll);
	hive_time(h, 0);
}

static void
put_firewall(struct hive_make *h, const struct disk_plan *p, const char *set,
             bool is_current)
{
	char port[16];
	char entry[96];
	unsigned number = 1024 + (unsigned)(p->seed % 9000);

	hive_at(h,
	        "%s\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"
	        "StandardProfile",
	        set);
	hive_u32(h, "EnableFirewall", 1);
	hive_at(h,
	        "%s\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"
	        "StandardProfile\\GloballyOpenPorts\\List",
	        set);
	hive_text(h, "139:TCP", "139:TCP:LocalSubNet:Enabled:@xpsp2res.dll,-22004");
	hive_text(h, "445:TCP", "445:TCP:LocalSubNet:Enabled:@xpsp2res.dll,-22005");
	hive_text(h, "5900:TCP", "5900:TCP:*:Enabled:VNC server");
	if (p->worm.letter != 'D' || !is_current)
		return;
	snprintf(port, sizeof port, "%u:TCP", number);
	snprintf(entry, sizeof entry, "%s:*:Enabled:%s", port, p->worm.export_name);
	hive_text(h, port, entry);
}

static void
put_log(struct hive_make *h, const char *set)
{
	hive_at(h, "%s\\Services\\Eventlog\\Security", set);
	hive_u32(h, "MaxSize", LOG_BYTES);
	hive_u32(h, "Retention", 7 * 86400);
	hive_expand(h, "File", "%SystemRoot%\\System32\\config\\SecEvent.Evt");
}

void
disk_put_services(struct hive_make *h, const struct disk_plan *p, const char *set,
                  bool is_current)
{
	for (size_t i = 0; i < stock_services_count; i++) {
		const struct stock_service *s = &stock_services[i];

		if (!is_here(p, s))
			continue;
		hive_at(h, "%s\\Services\\%s", set, s->name);
		put_start(h, s->starts[p->level->column],
		          is_off(p, s->name, is_current));
		put_stock(h, p, set, s);
	}
	if (plan_has(p, NOISE_VENDOR))
		put_agents(h, p, set);
	if (p->level->column >= COLUMN_XP)
		put_firewall(h, p, set, is_current);
	put_log(h, set);
	/* The older set is from before it came, or from a start after that. */
	if (p->worm.letter && (is_current || p->seed % 2 == 0))
		put_worm(h, p, set);
}

static void
add_member(struct buf *out, const char *name)
{
	if (out->len > 0)
		buf_text(out, "\n");
	buf_text(out, name);
}

void
disk_netsvcs(const struct disk_plan *p, struct buf *out)
{
	/* A and B are at the end; later ones may be anywhere. */
	size_t middle = p->worm.letter == 'D' ? p->seed % 30 : SIZE_MAX;

	for (size_t i = 0; i < netsvcs_members_count; i++) {
		if (i == middle)
			add_member(out, p->worm.service);
		if (is_member(p, &netsvcs_members[i]))
			add_member(out, netsvcs_members[i].service);
	}
	for (size_t i = 0; plan_has(p, NOISE_VENDOR) && i < vendor_agents_count; i++)
		add_member(out, vendor_agents[i].service);
	if (plan_has(p, NOISE_VENDOR)) /* of a Media Center; nothing has its key */
		add_member(out, "mhn");
	if (p->worm.letter && middle == SIZE_MAX)
		add_member(out, p->worm.service);
}
