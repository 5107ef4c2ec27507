/*
 * Which Windows this is: the control sets, the names that it has or had, and what
 * could not be read of all that.  Its version and its folders: the neighbours.
 */
#include "look/installation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/installation_parts.h"

#define SYSTEM_HIVE "HKLM\\SYSTEM"
#define SOFTWARE_HIVE "HKLM\\SOFTWARE"

static bool
mentions(const char *sentence, const char *word)
{
	for (; *sentence; sentence++) {
		if (text_begins(sentence, word))
			return true;
	}
	return false;
}

/* ---- hives */

/* A sentence of the backend begins with the hive's path and a colon. */
static void
add_damaged(const struct inside *in, const char *sentence)
{
	char path[WHY_ROOM];
	const char *trace = "hive-damaged";
	const char *after = strstr(sentence, ": ");

	(void)text_copy(path, sizeof path, sentence);
	path[after ? after - sentence : 0] = '\0';
	if (mentions(path, "\\NTUSER.") || mentions(path, "\\UsrClass.dat"))
		trace = "user-hive-damaged";
	else if (after && !mentions(path, "\\config\\"))
		trace = "place-unread"; /* a folder on the way to hives */
	else if (after && text_begins(after + 2, MACHINE_HIVE_DIRTY))
		trace = "hive-dirty";
	struct finding *f = look_found(in, trace, after ? path : in->machine->windows);
	finding_text(f, "because", after ? after + 2 : sentence);
}

static bool
is_told(const struct machine *m, const char *name)
{
	for (size_t i = 0; i < m->damaged_count; i++) {
		if (mentions(m->damaged[i], name))
			return true;
	}
	return false;
}

/* A Windows without one of the two is not to be told from one that hides it. */
static enum err
need_hive(const struct inside *in, const char *root, const char *file)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	enum heard heard = machine_key(in->machine, root, &k);

	if (heard == HEARD || is_told(in->machine, file))
		return OK;
	if (heard != HEARD_NOTHING)
		return look_unread(in, INSTALLATION_DETECTOR, root, heard);
	struct finding *f = look_found(in, "hive-damaged", root);
	finding_text(f, "because", "the file of this hive is not there");
	return OK;
}

/* Every Windows has it: a sound hive without it is another's, or was emptied. */
static void
need_version(const struct inside *in)
{
	OWN(reg_key_free) struct reg_key software = { .value_count = 0 };
	OWN(reg_key_free) struct reg_key version = { .value_count = 0 };

	if (machine_key(in->machine, SOFTWARE_HIVE, &software) != HEARD ||
	    machine_key(in->machine, VERSION_KEY, &version) != HEARD_NOTHING)
		return;
	struct finding *f = look_found(in, "hive-damaged", VERSION_KEY);
	finding_text(f, "because",
	             "this key is not there, which every Windows has; see whether the "
	             "SOFTWARE hive is the right one");
}

static enum err
look_at_hives(const struct inside *in)
{
	TRY(need_hive(in, SYSTEM_HIVE, "\\SYSTEM:"));
	TRY(need_hive(in, SOFTWARE_HIVE, "\\SOFTWARE:"));
	need_version(in);
	return OK;
}

/* ---- control sets */

static bool
is_set(const char *name)
{
	if (!text_begins(name, "ControlSet") || strlen(name) != strlen("ControlSet001"))
		return false;
	return strspn(name + strlen("ControlSet"), "0123456789") == 3;
}

/* False where there is no room for it. */
static bool
add_set(struct installation *w, const char *name)
{
	char path[sizeof w->sets[0]];

	snprintf(path, sizeof path, SYSTEM_HIVE "\\%.13s", name);
	for (size_t i = 0; i < w->set_count; i++) {
		if (text_same(w->sets[i], path))
			return true;
	}
	if (w->set_count == CONTROL_SETS_MOST)
		return false;
	(void)text_copy(w->sets[w->set_count++], sizeof path, path);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Windows keeps four at most. */
static enum err
add_other_sets(const struct inside *in, const struct reg_key *system,
               struct installation *w)
{
	OWN(own_mem)
	const char **names = calloc(system->subkey_count + 1, sizeof *names);
	bool fits = true;
	size_t count = 0;

	if (!names)
		return ERR_MEMORY;
	for (size_t i = 0; i < system->subkey_count; i++) {
		if (is_set(system->subkeys[i]))
			names[count++] = system->subkeys[i];
	}
	qsort(names, count, sizeof names[0], by_name);
	for (size_t i = 0; i < count; i++)
		fits = add_set(w, names[i]) && fits;
	if (fits)
		return OK;
	return look_unread(in, INSTALLATION_DETECTOR, SYSTEM_HIVE,
	                   machine_because(in->machine, NOT_ASKED,
	                                   "it has %zu control sets, and %d were "
	                                   "looked at; no Windows has so many",
	                                   count, CONTROL_SETS_MOST));
}

/* The current one first, then the others in order. */
static enum err
find_sets(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key select = { .value_count = 0 };
	OWN(reg_key_free) struct reg_key system = { .value_count = 0 };
	char current[16] = "";
	uint32_t number = 0;

	enum heard heard = machine_key(in->machine, SYSTEM_HIVE, &system);
	if (heard != HEARD)
		return machine_failed(in->machine) ? ERR_MEMORY : OK;
	TRY(look_key(in, INSTALLATION_DETECTOR, SYSTEM_HIVE "\\Select", &select));
	if (reg_u32(reg_value(&select, "Current"), &number) && number < 1000)
		snprintf(current, sizeof current, "ControlSet%03u", number);
	if (current[0] && reg_has_subkey(&system, current)) {
		(void)add_set(w, current);
	} else {
		struct finding *f = look_found(in, "control-set-missing",
		                               SYSTEM_HIVE "\\Select");
		if (current[0])
			finding_text(f, "named", current);
	}
	return add_other_sets(in, &system, w);
}

enum err
installation_set_key(const struct inside *in, const struct installation *w,
                     const char *below, struct reg_key *out)
{
	char path[PATH_ROOM];

	*out = (struct reg_key){ .value_count = 0 };
	if (w->set_count == 0 || !path_join(path, sizeof path, w->sets[0], below))
		return OK;
	return look_key(in, INSTALLATION_DETECTOR, path, out);
}

/* ---- names */

static void
add_name(struct installation *w, const struct reg_value *value)
{
	char name[COMPUTER_NAME_ROOM];

	if (!reg_text(value, name, sizeof name) || !name[0])
		return;
	for (size_t i = 0; i < w->name_count; i++) {
		if (strcmp(w->names[i], name) == 0)
			return;
	}
	if (w->name_count < COMPUTER_NAMES_MOST)
		(void)text_copy(w->names[w->name_count++], sizeof name, name);
}

/* A machine that was renamed keeps the names that the worm made of the old one. */
static enum err
find_names_of(const struct inside *in, const char *set, struct installation *w)
{
	static const struct {
		const char *key;
		const char *value;
	} names[] = {
		{ "Control\\ComputerName\\ComputerName", "ComputerName" },
		{ "Control\\ComputerName\\ActiveComputerName", "ComputerName" },
		{ "Services\\Tcpip\\Parameters", "Hostname" },
		{ "Services\\Tcpip\\Parameters", "NV Hostname" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
		char path[PATH_ROOM];

		(void)path_join(path, sizeof path, set, names[i].key);
		TRY(look_key(in, INSTALLATION_DETECTOR, path, &k));
		add_name(w, reg_value(&k, names[i].value));
	}
	return OK;
}

static enum err
find_names(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key tcp = { .value_count = 0 };

	for (size_t i = 0; i < w->set_count; i++)
		TRY(find_names_of(in, w->sets[i], w));
	if (w->name_count > 0)
		(void)text_copy(w->computer, sizeof w->computer, w->names[0]);
	TRY(installation_set_key(in, w, "Services\\Tcpip\\Parameters", &tcp));
	if (!reg_text(reg_value(&tcp, "Domain"), w->domain, sizeof w->domain) ||
	    !w->domain[0])
		(void)reg_text(reg_value(&tcp, "NV Domain"), w->domain,
		               sizeof w->domain);
	return OK;
}

/* ---- all of it */

static void
find_roots(const struct machine *m, struct installation *w)
{
	w->there = true;
	(void)text_copy(w->root, sizeof w->root, m->windows);
	(void)path_join(w->system32, sizeof w->system32, w->root, "system32");
	(void)text_copy(w->drive, 3, w->root);
	for (size_t i = 0; i < m->drive_count; i++)
		w->letters[i] = m->drives[i].root[0];
}

enum err
installation_find(struct machine *m, struct installation *out,
                  struct findings *findings)
{
	struct inside in = { .machine = m, .windows = out, .out = findings };

	*out = (struct installation){ .there = false };
	for (size_t i = 0; i < m->damaged_count; i++)
		add_damaged(&in, m->damaged[i]);
	if (!m->windows[0]) {
		/* A memory image has no drive on which a Windows could be missed. */
		if (m->drive_count > 0)
			(void)look_found(&in, "no-windows", m->drives[0].root);
		return OK;
	}
	find_roots(m, out);
	TRY(look_at_hives(&in));
	TRY(find_sets(&in, out));
	TRY(find_names(&in, out));
	TRY(installation_version(&in, out));
	return installation_places(&in, out);
}

void
installation_free(struct installation *w)
{
	free(w->places);
	*w = (struct installation){ .there = false };
}
