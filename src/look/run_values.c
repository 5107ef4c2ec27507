/*
 * What is started at logon in the worm's way: a Run value, of the machine or of any
 * user, whose whole text is `rundll32.exe "<path>",<letters>`.  Drivers and tools
 * start like that too, so the file that it names decides.
 *
 * Sources: specification 2.3; where it counts for something only as long as the file
 * is the worm's, or is gone and had a computed name.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/rundll.h"
#include "look/worm_file_parts.h"

#define RUN_DETECTOR "run"
#define VALUES_MOST 4096 /* a machine has ten */
#define FOUND_MOST 32    /* files that are looked at */

struct budget {
	unsigned files; /* counts down */
};

/* The whole text is to be of that form, so that what is merely alike is left out. */
static bool
is_of_the_form(const char *command, struct rundll_call *call)
{
	char whole[PATH_ROOM + NAME_ROOM + 32];

	if (!rundll_call_read(command, call) || call->has_arguments ||
	    !rundll_only_letters(call->function, strlen(call->function)))
		return false;
	(void)snprintf(whole, sizeof whole, "rundll32.exe \"%s\",%s", call->target,
	               call->function);
	return text_same(whole, command);
}

static void
add(const struct inside *in, const char *trace, const char *key,
    const struct reg_value *value, const struct file_judged *file)
{
	struct finding *f = look_at_value(in, trace, key, value->name);
	char command[PATH_ROOM];

	(void)reg_text(value, command, sizeof command);
	finding_text(f, "command", command);
	if (file->is == FILE_IS_WORM)
		f->variants &= file->variants;
	worm_file_evidence(f, file);
}

/* Its file could not be looked at: on another drive, or unreadable. */
static enum err
add_unread(const struct inside *in, const char *key, const struct reg_value *value,
           const char *why)
{
	char place[PATH_ROOM + NAME_ROOM];

	(void)snprintf(place, sizeof place, "%s : %s", key,
	               value->name[0] ? value->name : "(default)");
	(void)machine_because(in->machine, HEARD_ODD, "%.400s", why);
	return look_unread(in, RUN_DETECTOR, place, HEARD_ODD);
}

static enum err
look_at_value_of(const struct inside *in, const struct machine_user *user,
                 const char *key, const struct reg_value *value, struct budget *budget)
{
	char command[PATH_ROOM];
	char path[PATH_ROOM];
	char why[PATH_ROOM + 64];
	struct rundll_call call;
	struct file_judged file;
	variants ignored = 0;

	if (!reg_text(value, command, sizeof command) ||
	    !is_of_the_form(command, &call) || budget->files == 0)
		return OK;
	budget->files--;
	if (!look_expand(in->windows, user, call.target, path, sizeof path)) {
		(void)snprintf(why, sizeof why, "%s is on no drive of this machine",
		               path);
		return add_unread(in, key, value, why);
	}
	worm_file_judge(in, path, TRAIT_NAMED, &file);
	if (machine_failed(in->machine))
		return ERR_MEMORY;
	if (file.is == FILE_IS_UNREAD)
		return add_unread(in, key, value, file.because);
	if (file.is == FILE_IS_WORM || file.is == FILE_IS_SUSPECT)
		add(in, "run-worm", key, value, &file);
	else if (file.is == FILE_IS_ABSENT &&
	         worm_file_name_is_computed(in->windows, worm_file_base(path),
	                                    &ignored))
		add(in, "run-residue", key, value, &file);
	return OK;
}

static enum err
look_at_key(const struct inside *in, const struct machine_user *user,
            const char *software, struct budget *budget)
{
	static const char *const keys[] = {
		"Microsoft\\Windows\\CurrentVersion\\Run",
		"Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Run",
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
		char path[PATH_ROOM];

		if (!path_join(path, sizeof path, software, keys[i]))
			continue;
		TRY(look_key(in, RUN_DETECTOR, path, &k));
		for (size_t v = 0; v < k.value_count && v < VALUES_MOST; v++)
			TRY(look_at_value_of(in, user, path, &k.values[v], budget));
	}
	return OK;
}

enum err
look_run_values(const struct inside *in)
{
	struct budget budget = { .files = FOUND_MOST };
	const struct machine *m = in->machine;

	if (!in->windows->there)
		return OK;
	TRY(look_at_key(in, NULL, "HKLM\\SOFTWARE", &budget));
	for (size_t i = 0; i < m->user_count; i++) {
		char software[PATH_ROOM];

		(void)path_join(software, sizeof software, m->users[i].root,
		                "Software");
		TRY(look_at_key(in, &m->users[i], software, &budget));
	}
	return OK;
}
