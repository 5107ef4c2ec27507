/* Where the worm's file may lie on this Windows (specification 1.1), and the folders
 * that tell it: localised, moved, of every user. */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/installation_parts.h"

#define CURRENT_VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"
#define CURRENT_VERSION_32 \
	"HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion"
#define PROFILE_LIST \
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"

/* ---- folders that the registry names */

/* "" where the value names no folder of this machine. */
static bool
folder_of(const struct installation *w, const struct reg_value *value,
          char to[PATH_ROOM])
{
	char text[PATH_ROOM];

	if (reg_text(value, text, sizeof text) && text[0] &&
	    look_expand(w, NULL, text, to, PATH_ROOM))
		return true;
	to[0] = '\0';
	return false;
}

static void
add_program_files(struct installation *w, const struct reg_value *value)
{
	const size_t most = sizeof w->program_files / sizeof w->program_files[0];
	char path[PATH_ROOM];

	if (!folder_of(w, value, path))
		return;
	for (size_t i = 0; i < w->program_files_count; i++) {
		if (text_same(w->program_files[i], path))
			return;
	}
	if (w->program_files_count < most)
		(void)text_copy(w->program_files[w->program_files_count++], sizeof path,
		                path);
}

static enum err
find_program_files(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	OWN(reg_key_free) struct reg_key k32 = { .value_count = 0 };

	TRY(look_key(in, INSTALLATION_DETECTOR, CURRENT_VERSION, &k));
	TRY(look_key(in, INSTALLATION_DETECTOR, CURRENT_VERSION_32, &k32));
	add_program_files(w, reg_value(&k, "ProgramFilesDir"));
	add_program_files(w, reg_value(&k, "ProgramFilesDir (x86)"));
	add_program_files(w, reg_value(&k32, "ProgramFilesDir"));
	add_program_files(w, reg_value(&k, "CommonFilesDir"));
	(void)folder_of(w, reg_value(&k, "ProgramFilesDir (x86)"), w->program_files_32);
	(void)folder_of(w, reg_value(&k, "CommonFilesDir"), w->common_files);
	(void)folder_of(w, reg_value(&k, "CommonFilesDir (x86)"), w->common_files_32);
	if (w->program_files_count == 0)
		(void)path_join(w->program_files[w->program_files_count++], PATH_ROOM,
		                w->drive, "Program Files");
	return OK;
}

static enum err
find_common_app_data(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char text[PATH_ROOM];

	TRY(look_key(in, INSTALLATION_DETECTOR,
	             CURRENT_VERSION "\\Explorer\\Shell Folders", &k));
	if (reg_text(reg_value(&k, "Common AppData"), text, sizeof text) &&
	    look_expand(w, NULL, text, w->common_app_data, sizeof w->common_app_data))
		return OK;
	(void)path_join(w->common_app_data, sizeof w->common_app_data, w->drive,
	                w->major >= 6
	                    ? "ProgramData"
	                    : "Documents and Settings\\All Users\\Application Data");
	return OK;
}

/* ---- places */

/*
 * Does the path lead over one of the junctions by which Vista and later keep the old
 * names of folders?  What is behind it is a place by its new name.
 */
static bool
is_old_name(const struct inside *in, const char *path)
{
	static const char *const names[] = { "All Users", "Application Data",
		                             "Documents and Settings",
		                             "Local Settings" };
	char upto[PATH_ROOM];

	(void)text_copy(upto, sizeof upto, path);
	for (char *end = strchr(upto, '\\'); end; end = strchr(end + 1, '\\')) {
		struct file_facts facts;
		const char *name = NULL;

		*end = '\0';
		name = strrchr(upto, '\\');
		for (size_t i = 0; name && i < sizeof names / sizeof names[0]; i++) {
			if (text_same(name + 1, names[i]) &&
			    machine_stat(in->machine, upto, &facts) == HEARD &&
			    facts.is_link)
				return true;
		}
		*end = '\\';
	}
	return false;
}

/* A folder that is there, once. */
static enum err
add_place(const struct inside *in, struct installation *w, const char *path)
{
	struct file_facts facts;

	if (!path[0])
		return OK;
	for (size_t i = 0; i < w->place_count; i++) {
		if (text_same(w->places[i], path))
			return OK;
	}
	if (w->major >= 6 && is_old_name(in, path))
		return OK;
	enum heard heard = machine_stat(in->machine, path, &facts);
	if (heard == HEARD && facts.is_link)
		heard = machine_because(in->machine, HEARD_ODD,
		                        "%s is a link, which is not followed: look at "
		                        "what it points to",
		                        path);
	TRY(look_unread(in, INSTALLATION_DETECTOR, path, heard));
	if (heard != HEARD || !facts.is_folder)
		return OK;
	if (w->place_count < PLACES_MOST) {
		(void)text_copy(w->places[w->place_count++], PATH_ROOM, path);
		return OK;
	}
	heard = machine_because(in->machine, NOT_ASKED,
	                        "it was not looked at, since there are more than %d "
	                        "such places; delete what nobody uses, and look again",
	                        PLACES_MOST);
	return look_unread(in, INSTALLATION_DETECTOR, path, heard);
}

static enum err
add_below(const struct inside *in, struct installation *w, const char *folder,
          const char *name)
{
	char path[PATH_ROOM];

	if (!folder[0] || !path_join(path, sizeof path, folder, name))
		return OK;
	return add_place(in, w, path);
}

static enum err
add_program_places(const struct inside *in, struct installation *w)
{
	static const char *const folders[] = { "Internet Explorer", "Movie Maker",
		                               "Windows Media Player", "Windows NT" };

	for (size_t p = 0; p < w->program_files_count; p++) {
		for (size_t f = 0; f < sizeof folders / sizeof folders[0]; f++)
			TRY(add_below(in, w, w->program_files[p], folders[f]));
	}
	return OK;
}

static enum err
add_profile(const struct inside *in, struct installation *w, const char *profile)
{
	TRY(add_below(in, w, profile, "Local Settings\\Temp"));
	return add_below(in, w, profile, "AppData\\Local\\Temp");
}

/* Where the user's own settings put it: its German name is another. */
static enum err
add_user(const struct inside *in, struct installation *w,
         const struct machine_user *user)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	static const char *const names[] = { "TEMP", "TMP" };
	char text[PATH_ROOM];
	char path[PATH_ROOM];

	TRY(add_profile(in, w, user->profile));
	if (!path_join(path, sizeof path, user->root, "Environment"))
		return OK;
	TRY(look_key(in, INSTALLATION_DETECTOR, path, &k));
	for (size_t i = 0; i < 2; i++) {
		if (reg_text(reg_value(&k, names[i]), text, sizeof text) &&
		    look_expand(w, user, text, path, sizeof path))
			TRY(add_place(in, w, path));
	}
	return OK;
}

/* Also of users whose hive is not there. */
static enum err
add_profiles(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char text[PATH_ROOM];
	char folder[PATH_ROOM];

	TRY(look_key(in, INSTALLATION_DETECTOR, PROFILE_LIST, &k));
	if (!reg_text(reg_value(&k, "ProfilesDirectory"), text, sizeof text) ||
	    !look_expand(w, NULL, text, folder, sizeof folder))
		(void)path_join(folder, sizeof folder, w->drive,
		                w->major >= 6 ? "Users" : "Documents and Settings");
	TRY(look_unread(in, INSTALLATION_DETECTOR, folder,
	                machine_list(in->machine, folder, &list)));
	for (size_t i = 0; i < list.count; i++) {
		char profile[PATH_ROOM];

		if (list.at[i].is_folder &&
		    path_join(profile, sizeof profile, folder, list.at[i].name))
			TRY(add_profile(in, w, profile));
	}
	return OK;
}

enum err
installation_places(const struct inside *in, struct installation *w)
{
	TRY(find_program_files(in, w));
	TRY(find_common_app_data(in, w));
	w->places = calloc(PLACES_MOST, PATH_ROOM);
	if (!w->places)
		return ERR_MEMORY;
	TRY(add_place(in, w, w->system32));
	if (w->is_x64)
		TRY(add_below(in, w, w->root, "SysWOW64"));
	TRY(add_program_places(in, w));
	TRY(add_place(in, w, w->common_app_data));
	TRY(add_below(in, w, w->root, "Temp"));
	for (size_t i = 0; i < in->machine->user_count; i++)
		TRY(add_user(in, w, &in->machine->users[i]));
	return add_profiles(in, w);
}
