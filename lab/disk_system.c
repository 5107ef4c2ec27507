/* SYSTEM: two control sets, of which the first is in use and the second older. */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/span.h"
#include "base/text.h"
#include "lab/disk_hives.h"

/* Of SafeBoot\Minimal, and what Network has beside that: enough to be whole. */
static const char *const minimal[][2] = {
	{ "AppMgmt", "Service" },
	{ "Base", "Driver Group" },
	{ "Boot Bus Extender", "Driver Group" },
	{ "Boot file system", "Driver Group" },
	{ "CryptSvc", "Service" },
	{ "DcomLaunch", "Service" },
	{ "EventLog", "Service" },
	{ "File system", "Driver Group" },
	{ "Filter", "Driver Group" },
	{ "HelpSvc", "Service" },
	{ "Netlogon", "Service" },
	{ "PCI Configuration", "Driver Group" },
	{ "PlugPlay", "Service" },
	{ "PNP Filter", "Driver Group" },
	{ "Primary disk", "Driver Group" },
	{ "RpcSs", "Service" },
	{ "SCSI Class", "Driver Group" },
	{ "sermouse.sys", "Driver" },
	{ "System Bus Extender", "Driver Group" },
	{ "vga.sys", "Driver" },
	{ "WinMgmt", "Service" },
	{ "{36FC9E60-C465-11CF-8056-444553540000}",
	  "Universal Serial Bus controllers" },
	{ "{4D36E967-E325-11CE-BFC1-08002BE10318}", "DiskDrive" },
	{ "{4D36E96B-E325-11CE-BFC1-08002BE10318}", "Keyboard" },
	{ "{4D36E97D-E325-11CE-BFC1-08002BE10318}", "System" },
	{ "{71A27CDD-812A-11D0-BEC7-08002BE2092F}", "Volume" },
};

static const char *const network[][2] = {
	{ "AFD", "Service" },
	{ "Browser", "Service" },
	{ "Dhcp", "Service" },
	{ "DnsCache", "Service" },
	{ "LanmanServer", "Service" },
	{ "LanmanWorkstation", "Service" },
	{ "LmHosts", "Service" },
	{ "NDIS", "Driver Group" },
	{ "NetBT", "Service" },
	{ "Tcpip", "Service" },
	{ "{4D36E972-E325-11CE-BFC1-08002BE10318}", "Net" },
};

static void
put_safe_boot(struct hive_make *h, const char *set)
{
	static const char *const branches[] = { "Minimal", "Network" };

	for (size_t b = 0; b < 2; b++) {
		for (size_t i = 0; i < sizeof minimal / sizeof *minimal; i++) {
			hive_at(h, "%s\\Control\\SafeBoot\\%s\\%s", set, branches[b],
			        minimal[i][0]);
			hive_text(h, "", minimal[i][1]);
		}
	}
	for (size_t i = 0; i < sizeof network / sizeof *network; i++) {
		hive_at(h, "%s\\Control\\SafeBoot\\Network\\%s", set, network[i][0]);
		hive_text(h, "", network[i][1]);
	}
}

static void
put_names(struct hive_make *h, const struct disk_plan *p, const char *set,
          bool is_current)
{
	bool is_old = !is_current && plan_has(p, NOISE_OLD_NAME);
	const char *name = is_old ? p->old_computer : p->computer;
	char host[sizeof p->computer] = { 0 };

	for (size_t i = 0; name[i]; i++)
		host[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32
		                                                  : name[i]);
	hive_at(h, "%s\\Control\\ComputerName\\ComputerName", set);
	hive_text(h, "ComputerName", name);
	hive_at(h, "%s\\Services\\Tcpip\\Parameters", set);
	hive_text(h, "Hostname", host);
	hive_text(h, "NV Hostname", host);
	hive_text(h, "Domain", "");
	hive_text(h, "NV Domain", "");
	hive_expand(h, "DataBasePath", "%SystemRoot%\\System32\\drivers\\etc");
	if (plan_has(p, NOISE_TUNED) || (p->worm.letter == 'B' && is_current))
		hive_u32(h, "TcpNumConnections", 0x00FFFFFE);
}

static void
put_control(struct hive_make *h, const struct disk_plan *p, const char *set)
{
	const char *language = plan_has(p, NOISE_GERMAN) ? "0407" : "0409";

	hive_at(h, "%s\\Control\\Windows", set);
	hive_u32(h, "CSDVersion", p->level->service_pack << 8);
	hive_expand(h, "Directory", "%SystemRoot%");
	hive_expand(h, "SystemDirectory", "%SystemRoot%\\system32");
	hive_at(h, "%s\\Control\\ProductOptions", set);
	hive_text(h, "ProductType", p->level->is_server ? "ServerNT" : "WinNT");
	hive_lines(h, "ProductSuite",
	           level_is_6(p->level) || p->level->is_server ? "Terminal Server"
	                                                       : "");
	hive_at(h, "%s\\Control\\Session Manager\\Environment", set);
	hive_text(h, "PROCESSOR_ARCHITECTURE", "x86");
	hive_text(h, "NUMBER_OF_PROCESSORS", "1");
	hive_text(h, "OS", "Windows_NT");
	hive_expand(h, "windir", "%SystemRoot%");
	hive_expand(h, "ComSpec", "%SystemRoot%\\system32\\cmd.exe");
	hive_at(h, "%s\\Control\\Session Manager\\Memory Management", set);
	hive_lines(h, "PagingFiles", "C:\\pagefile.sys 384 768");
	hive_at(h, "%s\\Control\\Nls\\CodePage", set);
	hive_text(h, "ACP", "1252");
	hive_text(h, "OEMCP", plan_has(p, NOISE_GERMAN) ? "850" : "437");
	hive_at(h, "%s\\Control\\Nls\\Language", set);
	hive_text(h, "Default", language);
	hive_text(h, "InstallLanguage", language);
	hive_at(h, "%s\\Control\\Lsa", set);
	hive_u32(h, "CrashOnAuditFail", 0);
	hive_u32(h, "restrictanonymous", 0);
	hive_lines(h, "Authentication Packages", "msv1_0");
	hive_at(h, "%s\\Control\\TimeZoneInformation", set);
	hive_u32(h, "Bias", plan_has(p, NOISE_GERMAN) ? 0xFFFFFFC4 : 300);
}

/* A worm that was started from a stick has itself deleted; installers do as well. */
static void
put_pending(struct hive_make *h, const struct disk_plan *p, const char *set)
{
	char lines[2 * PLAN_PATH_ROOM];
	int len = snprintf(lines, sizeof lines, "\\??\\C:\\%s\\Installer\\%llx.tmp\n",
	                   p->level->root,
	                   (unsigned long long)(p->seed & 0xFFFF) | 0x20000);

	if (p->worm.letter == 'B' && len > 0)
		snprintf(lines + len, sizeof lines - (size_t)len,
		         "\n\\??\\E:\\RECYCLER\\S-5-3-42-2819952290-8240758988-"
		         "879315005-3665\\jwgkvsq.vmx\n");
	hive_at(h, "%s\\Control\\Session Manager", set);
	hive_lines(h, "PendingFileRenameOperations", lines);
}

/* --files: devices that were plugged in once. */
static void
put_more(struct hive_make *h, const struct disk_plan *p, const char *set)
{
	for (uint64_t i = 0; i < p->more_files / 4; i++) {
		hive_at(h, "%s\\Enum\\USB\\Vid_%04x&Pid_%04x\\%llu", set,
		        (unsigned)(i % 512), (unsigned)(i * 7 % 65536),
		        (unsigned long long)i);
		hive_text(h, "DeviceDesc", "USB Mass Storage Device");
		hive_text(h, "Service", "USBSTOR");
		hive_lines(h, "HardwareID", "USB\\Class_08&SubClass_06&Prot_50");
		hive_u32(h, "ConfigFlags", 0);
	}
}

static void
put_set(struct hive_make *h, const struct disk_plan *p, const char *set,
        bool is_current)
{
	bool was_d = p->worm.letter == 'D' && is_current;

	put_control(h, p, set);
	put_more(h, p, set);
	disk_put_services(h, p, set, is_current);
	put_names(h, p, set, is_current);
	hive_at(h, "%s\\Control\\SafeBoot", set);
	hive_text(h, "AlternateShell", "cmd.exe");
	if (was_d)
		hive_time(h, p->worm.at);
	else
		put_safe_boot(h, set);
	hive_time(h, 0);
	if (is_current)
		put_pending(h, p, set);
}

enum err
disk_system_hive(const struct disk_plan *p, struct buf *out)
{
	static const uint8_t mounted[12] = { 0xDE, 0xAD, 0x00, 0xC0, 0, 0x7E };
	OWN(own_hive_make) struct hive_make *h = NULL;

	TRY(hive_new("SYSTEM", p->installed, &h));
	hive_at(h, "Select");
	hive_u32(h, "Current", 1);
	hive_u32(h, "Default", 1);
	hive_u32(h, "Failed", 0);
	hive_u32(h, "LastKnownGood", 2);
	hive_at(h, "Setup");
	hive_u32(h, "SystemSetupInProgress", 0);
	hive_text(h, "SystemPartition", "\\Device\\HarddiskVolume1");
	hive_at(h, "MountedDevices");
	hive_bytes(h, "\\DosDevices\\C:", HIVE_BINARY,
	           span_of(mounted, sizeof mounted));
	put_set(h, p, "ControlSet001", true);
	put_set(h, p, "ControlSet002", false);
	return hive_made(h, out);
}
