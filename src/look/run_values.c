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
#include "look/run_values.h"
#include "look/worm_file_parts.h"

#define RUN_DETECTOR "run"
#define VALUES_MOST 4096 /* a machine has ten */
#define FOUND_MOST 32    /* files that are looked at */

struct walk {
	const struct inside *in;
	run_value_seen *seen;
	void *with;
	unsigned files; /* counts down */
};

/* The whole text is to be of that form, so that what is merely alike is left out. */
bool
run_value_has_the_form(const char *command, struct rundll_call *call)
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

static const char *
trace_of(const struct inside *in, const struct run_value *v)
{
	variants ignored = 0;

	if (v->file.is == FILE_IS_WORM || v->file.is == FILE_IS_SUSPECT)
		return "run-worm";
	if (v->file.is == FILE_IS_ABSENT &&
	    worm_file_name_is_computed(in->windows, worm_file_base(v->path), &ignored))
		return "run-residue";
	return NULL;
}

static enum err
look_at_value_of(struct walk *w, const struct machine_user *user, const char *key,
                 const struct reg_value *value)
{
	struct run_value v = { .key = key, .value = value };
	char command[PATH_ROOM];
	char why[PATH_ROOM + 64];
	struct rundll_call call;

	if (!reg_text(value, command, sizeof command) ||
	    !run_value_has_the_form(command, &call) || w->files == 0)
		return OK;
	w->files--;
	if (!look_expand(w->in->windows, user, call.target, v.path, sizeof v.path)) {
		(void)snprintf(why, sizeof why, "%s is on no drive of this machine",
		               v.path);
		return add_unread(w->in, key, value, why);
	}
	worm_file_judge(w->in, v.path, TRAIT_NAMED, &v.file);
	if (machine_failed(w->in->machine))
		return ERR_MEMORY;
	if (v.file.is == FILE_IS_UNREAD)
		return add_unread(w->in, key, value, v.file.because);
	v.trace = trace_of(w->in, &v);
	return v.trace ? w->seen(w->with, &v) : OK;
}

static enum err
look_at_key(struct walk *w, const struct machine_user *user, const char *software)
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
		TRY(look_key(w->in, RUN_DETECTOR, path, &k));
		for (size_t v = 0; v < k.value_count && v < VALUES_MOST; v++)
			TRY(look_at_value_of(w, user, path, &k.values[v]));
	}
	return OK;
}

enum err
run_values_each(const struct inside *in, run_value_seen *seen, void *with)
{
	struct walk w = { .in = in, .seen = seen, .with = with, .files = FOUND_MOST };
	const struct machine *m = in->machine;

	if (!in->windows->there)
		return OK;
	TRY(look_at_key(&w, NULL, "HKLM\\SOFTWARE"));
	for (size_t i = 0; i < m->user_count; i++) {
		char software[PATH_ROOM];

		(void)path_join(software, sizeof software, m->users[i].root,
		                "Software");
		TRY(look_at_key(&w, &m->users[i], software));
	}
	return OK;
}

static enum err
take_value(void *with, const struct run_value *v)
{
	add(with, v->trace, v->key, v->value, &v->file);
	return OK;
}

enum err
look_run_values(const struct inside *in)
{
	struct inside copy = *in;

	return run_values_each(in, take_value, &copy);
}
