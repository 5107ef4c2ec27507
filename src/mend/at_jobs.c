#include "mend/at_jobs.h"

#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/schedlgu.h"
#include "format/task_cache.h"

/* "{8-4-4-4-12}" of hexadecimal digits. */
bool
at_job_id_has_the_form(const char *id)
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";

	if (strlen(id) != strlen(form))
		return false;
	for (size_t i = 0; form[i]; i++) {
		char low = (char)(id[i] | 0x20);
		bool is_digit = (id[i] >= '0' && id[i] <= '9') ||
		                (low >= 'a' && low <= 'f');

		if (form[i] == 'x' ? !is_digit : id[i] != form[i])
			return false;
	}
	return true;
}

bool
at_job_id(const struct inside *in, const char *name, char out[AT_JOB_ID_ROOM])
{
	char key[PATH_ROOM];

	(void)snprintf(key, sizeof key, TASK_CACHE "\\Tree\\%.200s", name);
	return machine_text(in->machine, key, "Id", out, AT_JOB_ID_ROOM) == HEARD &&
	       at_job_id_has_the_form(out);
}

void
at_job_places(const struct inside *in, const char *name, struct at_job_places *out)
{
	static const char *const kinds[] = { "Tasks", "Plain", "Logon", "Boot" };
	char folder[PATH_ROOM];
	char file[NAME_ROOM];
	char id[AT_JOB_ID_ROOM];

	*out = (struct at_job_places){ .files = { "" } };
	task_list_folder(in, folder);
	(void)snprintf(file, sizeof file, "%.200s.job", name);
	(void)path_join(out->files[0], PATH_ROOM, folder, file);
	(void)path_join(folder, sizeof folder, in->windows->system32, "Tasks");
	(void)path_join(out->files[1], PATH_ROOM, folder, name);
	(void)snprintf(out->keys[0], PATH_ROOM, TASK_CACHE "\\Tree\\%.200s", name);
	if (!at_job_id(in, name, id))
		return;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		(void)snprintf(out->keys[1 + i], PATH_ROOM, TASK_CACHE "\\%s\\%s",
		               kinds[i], id);
}

bool
at_job_is_file(const struct inside *in, const char *path)
{
	const char *last = strrchr(path, '\\');
	struct at_job_places places;
	char name[NAME_ROOM];

	if (!last || !text_copy(name, sizeof name, last + 1))
		return false;
	if (schedlgu_is_at_job(name, ".job"))
		name[strlen(name) - strlen(".job")] = '\0';
	else if (!schedlgu_is_at_job(name, ""))
		return false;
	at_job_places(in, name, &places);
	return text_same(path, places.files[0]) || text_same(path, places.files[1]);
}

enum err
at_job_of_key(const struct inside *in, const char *name, struct task *out, bool *there)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	struct task_cache_action action = { .command = { .left = 0 } };
	char path[PATH_ROOM];
	char id[AT_JOB_ID_ROOM];

	*there = false;
	if (!at_job_id(in, name, id))
		return OK;
	(void)snprintf(path, sizeof path, TASK_CACHE "\\Tasks\\%s", id);
	enum heard heard = machine_key(in->machine, path, &k);
	if (machine_failed(in->machine))
		return ERR_MEMORY;
	const struct reg_value *actions = reg_value(&k, "Actions");
	if (heard != HEARD || !actions ||
	    task_cache_read(actions->bytes, &action) != HEARD)
		return OK;
	*out = (struct task){ .heard = HEARD, .is_at = true };
	(void)text_copy(out->name, sizeof out->name, name);
	(void)text_from_utf16(action.command, out->command, sizeof out->command);
	(void)text_from_utf16(action.arguments, out->arguments, sizeof out->arguments);
	*there = true;
	return OK;
}
