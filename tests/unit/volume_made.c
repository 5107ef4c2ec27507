#include "volume_made.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "know/worm_names.h"
#include "lab/dice.h"
#include "lab/disk_services.h"
#include "lab/job_make.h"

#define SYSTEM32 "C:\\WINDOWS\\system32"
#define COMPUTER "KANG"

const char *const made_stock_files[] = {
	"kernel32.dll", "NETAPI32.DLL", "svchost.exe", "uxtheme.dll",  "qmgr.dll",
	"wuaueng.dll",  "shell32.dll",  "es.dll",      "mprdim.dll",   "trkwks.dll",
	"browser.dll",  "dmserver.dll", "ersvc.dll",   "userinit.exe", "msgsvc.dll",
	"seclogon.dll", "Winlogon.exe", "wscsvc.dll",  "regsvc.dll",   "dnsapi.dll",
};
const size_t made_stock_files_count = sizeof made_stock_files /
                                      sizeof made_stock_files[0];

uint64_t
made_draw(struct made *m, uint64_t n)
{
	return dice_next(&m->dice) % n;
}

bool
made_chance(struct made *m, uint64_t percent)
{
	return made_draw(m, 100) < percent;
}

/* Letters a to z. */
static void
letters(struct made *m, char *to, size_t least, size_t most)
{
	size_t len = least + made_draw(m, most - least + 1);

	for (size_t i = 0; i < len; i++)
		to[i] = (char)('a' + made_draw(m, 26));
	to[len] = '\0';
}

/* ---- the registry, in short */

static void
put_text(struct fake_key *k, const char *name, uint32_t type, const char *text)
{
	struct fake_value *v = fake_value_new(k, name, type);

	buf_utf16(&v->bytes, text);
	buf_le16(&v->bytes, 0);
}

static void
put_number(struct fake_key *k, const char *name, uint32_t number)
{
	buf_le32(&fake_value_new(k, name, REG_TYPE_DWORD)->bytes, number);
}

static struct fake_key *
key(struct made *m, const char *format, ...)
{
	char path[512];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(path, sizeof path, format, list);
	va_end(list);
	return fake_key_at(m->fake, path);
}

static void
lock(struct fake_key *k)
{
	buf_clear(&k->security);
	k->has_security = fake_security("locked", true, &k->security);
}

/* ---- an XP */

static void
put_windows(struct made *m)
{
	struct machine *machine = &m->fake->machine;
	struct fake_key *k = key(m, "HKLM\\SYSTEM\\Select");

	(void)text_copy(machine->windows, sizeof machine->windows, "C:\\WINDOWS");
	(void)text_copy(machine->drives[0].root, 8, "C:\\");
	machine->drive_count = 1;
	put_number(k, "Current", 1);
	k = key(m, "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
	put_text(k, "ProductName", REG_TYPE_SZ, "Microsoft Windows XP");
	put_text(k, "CurrentVersion", REG_TYPE_SZ, "5.1");
	put_text(k, "CurrentBuildNumber", REG_TYPE_SZ, "2600");
	put_text(k, "SystemRoot", REG_TYPE_SZ, "C:\\WINDOWS");
	k = key(m, "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion");
	put_text(k, "ProgramFilesDir", REG_TYPE_SZ, "C:\\Program Files");
	for (int set = 1; set <= SETS_MADE; set++) {
		k = key(m, MADE_SET "%d\\Control\\ComputerName\\ComputerName", set);
		put_text(k, "ComputerName", REG_TYPE_SZ, COMPUTER);
	}
}

/* ---- files */

static const char *const places[] = { SYSTEM32, "C:\\Program Files\\Internet Explorer",
	                              "C:\\Vendor", MADE_BIN,
	                              "C:\\RECYCLER\\S-1-5-21-1-2-3-1003" };

static void
name_file(struct made *m, struct made_file *f)
{
	struct worm_names computed = worm_names_of(span_of(COMPUTER, 4));
	const char *place = places[made_draw(m, 5)];
	char stem[16];

	letters(m, stem, 5, 8);
	f->drawn = place == places[0] || place == places[1];
	switch (made_draw(m, 10)) {
	case 0:
	case 1:
		snprintf(f->path, MADE_PATH, "%s\\%s", place,
		         made_stock_files[made_draw(m, made_stock_files_count)]);
		f->stock_name = true;
		return;
	case 2:
		snprintf(f->path, MADE_PATH, "%s\\%s.dll", place, computed.b);
		f->computed = true;
		break;
	case 3: snprintf(f->path, MADE_PATH, "%s\\%s.jpg", place, stem); return;
	case 4:
		snprintf(f->path, MADE_PATH, SYSTEM32 "\\x");
		f->disguised = true;
		f->drawn = false;
		return;
	case 5: snprintf(f->path, MADE_PATH, "%s\\%s2.dll", place, stem); break;
	case 6: snprintf(f->path, MADE_PATH, "%s\\%s.vmx", place, stem); break;
	default: snprintf(f->path, MADE_PATH, "%s\\%s.dll", place, stem);
	}
	/* Letters only, as the sweep of bins has it. */
	f->in_bin = place == places[3] && !strchr(strrchr(f->path, '\\'), '2');
}

/* The same name, or the same content, where Windows keeps what is its own. */
static void
put_spare(struct made *m, struct made_file *f)
{
	char path[MADE_PATH];
	const char *base = strrchr(f->path, '\\') + 1;
	struct fake_file *spare = NULL;

	switch (made_draw(m, 3)) {
	case 0:
		snprintf(path, sizeof path, SYSTEM32 "\\dllcache\\%s", base);
		spare = fake_file_at(m->fake, path, false);
		break;
	case 1:
		snprintf(path, sizeof path,
		         "C:\\WINDOWS\\ServicePackFiles\\i386\\s%td%s", f - m->files,
		         base);
		spare = fake_file_at(m->fake, path, false);
		buf_put(&spare->content, made_content(f->body, f->content)->at,
		        made_content(f->body, f->content)->len);
		break;
	default:
		spare = fake_file_at(m->fake, "C:\\WINDOWS\\inf\\layout.inf", false);
		buf_text(&spare->content, base);
		buf_text(&spare->content, " = 1,,12345,,,,,2,0,0\r\n");
	}
	spare->facts.size = spare->content.len;
	f->stock_spare = true;
}

static bool
is_there(const struct made *m, size_t upto, const char *path)
{
	for (size_t i = 0; i < upto; i++) {
		if (text_same(m->files[i].path, path))
			return true;
	}
	return false;
}

static void
put_facts(struct made_file *f, struct fake_file *file)
{
	if (f->hidden)
		file->facts.attributes = FILE_HIDDEN | FILE_SYSTEM;
	if (f->locked) {
		buf_clear(&file->security);
		file->has_security = fake_security("locked", false, &file->security);
	}
	file->facts.is_link = f->link;
	if (f->unreadable)
		file->unreadable = strdup("it cannot be read");
}

static void
put_file(struct made *m, size_t i)
{
	struct made_file *f = &m->files[i];

	do {
		*f = (struct made_file){ .path = "" };
		name_file(m, f);
	} while (is_there(m, i, f->path));
	f->body = made_chance(m, 40)   ? BODY_PACKED
	          : made_chance(m, 35) ? BODY_PLAIN
	                               : (enum body)made_draw(m, BODY_KINDS);
	f->content = (unsigned)made_draw(m, MADE_CONTENTS);
	f->hidden = made_chance(m, 40);
	f->locked = made_chance(m, 40);
	f->unreadable = made_chance(m, 5);
	f->link = made_chance(m, 3);
	f->disguised = f->disguised || strstr(f->path, ".jpg") != NULL;
	f->drawn = f->drawn && !f->disguised && !strstr(f->path, "2.dll");
	struct fake_file *file = fake_file_at(m->fake, f->path, false);
	buf_put(&file->content, made_content(f->body, f->content)->at,
	        made_content(f->body, f->content)->len);
	file->facts.size = file->content.len;
	put_facts(f, file);
	if (made_chance(m, 12))
		put_spare(m, f);
}

/* ---- services */

static void
name_service(struct made *m, struct made_service *s)
{
	static const char *const glued[] = { "Iaslogon", "Winsvc", "Netmonitor",
		                             "dmtask", "appcenter" };

	s->stock = made_chance(m, 45);
	if (s->stock)
		snprintf(s->name, sizeof s->name, "%s",
		         stock_services[made_draw(m, stock_services_count)].name);
	else if (made_chance(m, 25))
		snprintf(s->name, sizeof s->name, "%s", glued[made_draw(m, 5)]);
	else if (made_chance(m, 15)) /* looks like one of Windows', and is none */
		snprintf(s->name, sizeof s->name, "wuausrv%c",
		         (char)('a' + made_draw(m, 26)));
	else
		letters(m, s->name, 4, 9);
}

static void
put_service_key(struct made *m, const struct made_service *s, int set, const char *dll)
{
	struct fake_key *k = key(m, MADE_SET "%d\\Services\\%s", set, s->name);

	put_number(k, "Type", s->driver ? 1 : 0x20);
	put_number(k, "Start", made_chance(m, 30) ? 4 : 2);
	put_text(k, "ImagePath", REG_TYPE_EXPAND_SZ,
	         s->svchost ? "%SystemRoot%\\system32\\svchost.exe -k netsvcs"
	                    : "C:\\Vendor\\agent.exe -k netsvcs");
	if (s->worded)
		put_text(k, "DisplayName", REG_TYPE_SZ, "Security Manager");
	if (s->copied)
		put_text(k, "Description", REG_TYPE_SZ, "copied from another service");
	if (s->locked)
		lock(k);
	k = key(m, MADE_SET "%d\\Services\\%s\\Parameters", set, s->name);
	put_text(k, "ServiceDll", REG_TYPE_EXPAND_SZ, dll);
}

static bool
is_named_again(const struct made *m, const struct made_service *s)
{
	for (const struct made_service *old = m->services; old < s; old++) {
		if (text_same(old->name, s->name))
			return true;
	}
	return false;
}

/* What the truth about its file is by that. */
static void
name_its_file(struct made *m, const struct made_service *s)
{
	bool is_there = s->in_set[0] || s->in_set[1];

	if (s->file < 0 || !is_there)
		return;
	/* By its command line, and not as one of Windows'. */
	m->files[s->file].named |= s->svchost && !s->stock;
	m->files[s->file].of_windows |= s->stock;
}

static void
put_service(struct made *m, struct made_service *s)
{
	struct worm_names computed = worm_names_of(span_of(COMPUTER, 4));
	char gone[MADE_PATH];

	*s = (struct made_service){ .file = -1 };
	name_service(m, s);
	if (is_named_again(m, s)) {
		s->name[0] = '\0';
		return;
	}
	s->member = made_chance(m, 75);
	s->svchost = made_chance(m, 75);
	s->driver = made_chance(m, 6);
	s->locked = made_chance(m, 30);
	s->worded = made_chance(m, 25);
	s->copied = made_chance(m, 25);
	s->in_set[0] = made_chance(m, 85);
	s->in_set[1] = made_chance(m, 50);
	if (made_chance(m, 80))
		s->file = (int)made_draw(m, FILES_MADE);
	s->gone_computed = made_chance(m, 40);
	snprintf(gone, sizeof gone, "C:\\Gone\\%s.dll",
	         s->gone_computed ? computed.d : "gone1");
	for (int i = 0; i < SETS_MADE; i++) {
		if (s->in_set[i])
			put_service_key(m, s, i + 1,
			                s->file >= 0 ? m->files[s->file].path : gone);
	}
	name_its_file(m, s);
}

static void
add_member(struct made *m, struct fake_value *v, const char *name)
{
	snprintf(m->members[m->member_count++], 48, "%s", name);
	buf_utf16(&v->bytes, name);
	buf_le16(&v->bytes, 0);
}

static void
put_services(struct made *m)
{
	struct fake_value *v = fake_value_new(fake_key_at(m->fake, MADE_SVCHOST),
	                                      "netsvcs", REG_TYPE_MULTI_SZ);

	/* The one whose description the others may have. */
	put_text(key(m, MADE_SET "1\\Services\\Eventlog"), "Description", REG_TYPE_SZ,
	         "copied from another service");
	put_text(key(m, MADE_SET "2\\Services\\Eventlog"), "Description", REG_TYPE_SZ,
	         "copied from another service");
	add_member(m, v, "AppMgmt");
	for (size_t i = 0; i < SERVICES_MADE; i++) {
		struct made_service *s = &m->services[i];

		put_service(m, s);
		if (s->name[0] && s->member)
			add_member(m, v, s->name);
		m->service_count = i + 1;
	}
	add_member(m, v, "Ias");
	add_member(m, v, "nokeyhere");
	buf_le16(&v->bytes, 0);
}

/* ---- start values and jobs */

static void
put_value(struct made *m, struct made_value *v)
{
	struct worm_names computed = worm_names_of(span_of(COMPUTER, 4));
	char command[MADE_PATH + 64];
	char gone[MADE_PATH];

	*v = (struct made_value){ .has_form = made_chance(m, 70) };
	letters(m, v->name, 5, 9);
	v->file = made_chance(m, 75) ? (int)made_draw(m, FILES_MADE)
	                             : -1 - (int)made_draw(m, 2);
	snprintf(gone, sizeof gone, "C:\\Gone\\%s.dll",
	         v->file == -1 ? computed.b : "gone1");
	const char *path = v->file >= 0 ? m->files[v->file].path : gone;
	if (v->has_form)
		snprintf(command, sizeof command, "rundll32.exe \"%s\",qwert", path);
	else
		snprintf(command, sizeof command, "rundll32.exe %s,Start", path);
	put_text(fake_key_at(m->fake, MADE_RUN), v->name, REG_TYPE_SZ, command);
	if (v->has_form && v->file >= 0)
		m->files[v->file].named = true;
}

static void
put_job(struct made *m, size_t i)
{
	struct made_job *j = &m->jobs[i];
	char parameters[MADE_PATH];
	char stem[16];

	*j = (struct made_job){ .is_at = made_chance(m, 75),
		                .is_bare = made_chance(m, 75),
		                .file = -1 };
	snprintf(j->path, sizeof j->path, "C:\\WINDOWS\\Tasks\\At%zu.job", i + 1);
	letters(m, stem, 4, 8);
	snprintf(parameters, sizeof parameters, "%s.vq,qwert", stem);
	for (int f = 0; f < FILES_MADE && made_chance(m, 90); f++) {
		const char *base = strrchr(m->files[f].path, '\\') + 1;
		size_t dot = strcspn(base, ".");

		if (!text_begins(m->files[f].path, SYSTEM32 "\\") || !base[dot] ||
		    strspn(base, "abcdefghijklmnopqrstuvwxyz.") != strlen(base))
			continue;
		j->file = f;
		snprintf(parameters, sizeof parameters, "%s,qwert", base);
	}
	if (!j->is_bare)
		snprintf(parameters, sizeof parameters, "shell32.dll,Control_RunDLL");
	struct job_order order = {
		.product = 0x0501,
		.id = i,
		.application = "rundll32.exe",
		.parameters = parameters,
		.author = "SYSTEM",
		.comment = j->is_at ? "Created by NetScheduleJobAdd." : "",
		.year = 2009,
		.every_day = true,
	};
	struct fake_file *file = fake_file_at(m->fake, j->path, false);
	job_make(&file->content, &order);
	file->facts.size = file->content.len;
	if (j->is_at && j->is_bare && j->file >= 0)
		m->files[j->file].named = true;
}

/* ---- settings and drives */

static void
put_settings(struct made *m)
{
	struct fake_key *k = key(m, "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"
	                            "\\Explorer\\Advanced\\Folder\\Hidden\\SHOWALL");

	put_number(k, "CheckedValue", made_chance(m, 50));
	k = key(m, MADE_SET "1\\Services\\Tcpip\\Parameters");
	put_number(k, "TcpNumConnections", made_chance(m, 60) ? 0x00FFFFFE : 100);
	k = key(m, "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Applets");
	if (made_chance(m, 40))
		put_number(k, "dl", 0);
	if (made_chance(m, 40))
		put_number(k, "ds", 0);
	k = key(m, MADE_SET "1\\Services\\wuauserv");
	put_number(k, "Start", made_chance(m, 60) ? 4 : 2);
	k = key(m, MADE_SET "1\\Services\\BITS");
	put_number(k, "Start", made_chance(m, 60) ? 4 : 3);
	if (made_chance(m, 95))
		put_text(key(m, MADE_SET "1\\Control\\SafeBoot\\Minimal\\AppMgmt"), "",
		         REG_TYPE_SZ, "Service");
	if (made_chance(m, 95))
		put_text(key(m, MADE_SET "1\\Control\\SafeBoot\\Network\\AFD"), "",
		         REG_TYPE_SZ, "Service");
}

static void
put_autorun(struct made *m)
{
	struct fake_file *f = NULL;

	m->worm_autorun = made_chance(m, 30);
	m->honest_autorun = !m->worm_autorun && made_chance(m, 40);
	if (!m->worm_autorun && !m->honest_autorun)
		return;
	f = fake_file_at(m->fake, "C:\\autorun.inf", false);
	buf_text(&f->content, m->worm_autorun
	                          ? "[autorun]\r\nopen=rundll32.exe .\\RECYCLER\\S-5-3-"
	                            "42-2819952290-8240758988-879315005-3665\\"
	                            "jwgkvsq.vmx,ahaezedrn\r\n"
	                          : "[autorun]\r\nopen=setup.exe\r\n");
	f->facts.size = f->content.len;
}

void
volume_made(struct made *m, uint64_t seed)
{
	*m = (struct made){ .dice = dice_mix(seed + 1), .fake = fake_new() };
	put_windows(m);
	for (size_t i = 0; i < FILES_MADE; i++)
		put_file(m, i);
	put_services(m);
	for (size_t i = 0; i < VALUES_MADE; i++)
		put_value(m, &m->values[i]);
	for (size_t i = 0; i < JOBS_MADE; i++)
		put_job(m, i);
	put_settings(m);
	put_autorun(m);
}

void
volume_unmade(struct made *m)
{
	machine_free(&m->fake->machine);
}
