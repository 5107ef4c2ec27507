/*
 * Settings that the worm changes.  All but one mean little alone: administrators and
 * other malware change them too.  Those of a control set are taken of the current
 * one; that others have them as well is evidence.
 *
 * Sources: specification 2.4 to 2.6 and 8; registry-traces there.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/settings_parts.h"

#define CURRENT_VERSION "Microsoft\\Windows\\CurrentVersion"
#define HKLM_VERSION "HKLM\\SOFTWARE\\" CURRENT_VERSION
#define HKLM_VERSION_32 "HKLM\\SOFTWARE\\Wow6432Node\\" CURRENT_VERSION

#define SHOWALL "\\Explorer\\Advanced\\Folder\\Hidden\\SHOWALL"
#define WSC_NOTIFIER "{FD6905CE-952F-41F1-9A6F-135D9C6622CC}"

/* ---- of the whole machine */

static enum err
look_at_showall(const struct inside *in)
{
	static const char *const keys[] = { HKLM_VERSION SHOWALL,
		                            HKLM_VERSION_32 SHOWALL };

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
		uint32_t is = 1;

		TRY(look_key(in, SETTINGS_DETECTOR, keys[i], &k));
		if (!reg_u32(reg_value(&k, "CheckedValue"), &is) || is != 0)
			continue;
		(void)look_at_value(in, "showall-off", keys[i], "CheckedValue");
		return OK;
	}
	return OK;
}

/* Only where the program that it started is there. */
static enum err
look_at_defender(const struct inside *in)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	const struct installation *w = in->windows;
	struct file_facts facts;
	char path[PATH_ROOM];

	if (w->kind != WINDOWS_VISTA && w->kind != WINDOWS_2008)
		return OK;
	if (!path_join(path, sizeof path, w->program_files[0],
	               "Windows Defender\\MSASCui.exe"))
		return OK;
	enum heard there = machine_stat(in->machine, path, &facts);
	TRY(look_unread(in, SETTINGS_DETECTOR, path, there));
	enum heard heard = machine_key(in->machine, HKLM_VERSION "\\Run", &k);
	TRY(look_unread(in, SETTINGS_DETECTOR, HKLM_VERSION "\\Run", heard));
	if (there != HEARD || heard != HEARD || reg_value(&k, "Windows Defender"))
		return OK;
	struct finding *f = look_at_value(in, "defender-run-gone", HKLM_VERSION "\\Run",
	                                  "Windows Defender");
	finding_text(f, "program", path);
	return OK;
}

/* From Windows 7 on the notices come another way. */
static enum err
look_at_security_center(const struct inside *in)
{
	static const char objects[] = HKLM_VERSION "\\explorer\\ShellServiceObjects";
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

	if (in->windows->kind != WINDOWS_VISTA)
		return OK;
	TRY(look_key(in, SETTINGS_DETECTOR, objects, &k));
	if (k.subkey_count > 0 && !reg_has_subkey(&k, WSC_NOTIFIER))
		(void)look_found(in, "wsc-gone",
		                 HKLM_VERSION
		                 "\\explorer\\ShellServiceObjects\\" WSC_NOTIFIER);
	return OK;
}

/* ---- of the machine and of each user */

static enum err
look_at_applets_of(const struct inside *in, const char *software, const char *below)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char path[PATH_ROOM];
	uint32_t dl = 0;
	uint32_t ds = 0;

	if (!path_join(path, sizeof path, software, below))
		return OK;
	TRY(look_key(in, SETTINGS_DETECTOR, path, &k));
	bool has_dl = reg_u32(reg_value(&k, "dl"), &dl);
	bool has_ds = reg_u32(reg_value(&k, "ds"), &ds);
	if (!has_dl && !has_ds)
		return OK;
	struct finding *f = look_at_value(in, "applets", path, has_dl ? "dl" : "ds");
	if (has_dl)
		finding_number(f, "dl", dl);
	if (has_ds)
		finding_number(f, "ds", ds);
	return OK;
}

static enum err
look_at_applets(const struct inside *in)
{
	static const char *const keys[] = {
		CURRENT_VERSION "\\Applets",
		"Wow6432Node\\" CURRENT_VERSION "\\Applets",
	};
	const struct machine *m = in->machine;

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		TRY(look_at_applets_of(in, "HKLM\\SOFTWARE", keys[i]));
		for (size_t u = 0; u < m->user_count; u++) {
			char software[PATH_ROOM];

			(void)path_join(software, sizeof software, m->users[u].root,
			                "Software");
			TRY(look_at_applets_of(in, software, keys[i]));
		}
	}
	return OK;
}

enum err
look_settings(const struct inside *in)
{
	if (!in->windows->there)
		return OK;
	TRY(look_at_applets(in));
	TRY(look_at_showall(in));
	TRY(settings_of_set(in));
	TRY(look_at_defender(in));
	return look_at_security_center(in);
}
