/*
 * Is this machine infected?  Settings are only put back where it is.  What others have
 * found only tells where the worm's key in memory was seen, which takes long to find;
 * it is read there again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/rsa_keys.h"
#include "look/removable.h"
#include "look/services.h"
#include "look/task_list.h"
#include "look/worm_files.h"
#include "mend/admit_parts.h"

#define KEY_MOST 512

struct search {
	const struct inside *in;
	struct task_judged judged;
	bool found;
};

/* Ends a walk where something was found: the walks pass any error up. */
static enum err
note(struct search *s, bool is)
{
	s->found = s->found || is;
	return s->found ? ERR_LIMIT : OK;
}

static enum err
take_service(void *with, const struct service_judged *s)
{
	return note(with, s->trace && strcmp(s->trace, "svc-worm") == 0);
}

static enum err
take_task(void *with, const struct task *task)
{
	struct search *s = with;

	task_judge(s->in, task, &s->judged);
	return note(s, s->judged.is == TASK_IS_WORM);
}

static enum err
take_drive(void *with, const struct removable_found *f)
{
	return note(with, strcmp(f->trace, "autorun-worm") == 0);
}

static enum err
take_file(void *with, const char *trace, const char *path, const struct file_judged *j)
{
	(void)trace;
	(void)path;
	return note(with, j->is == FILE_IS_WORM);
}

/* ---- a key in what memory was written to */

static size_t
key_bytes(const struct rsa_key *key, uint8_t to[KEY_MOST])
{
	size_t len = strlen(key->hex) / 2;

	for (size_t i = 0; i < len && i < KEY_MOST; i++) {
		const char pair[3] = { key->hex[2 * i], key->hex[2 * i + 1], '\0' };

		to[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return len < KEY_MOST ? len : KEY_MOST;
}

static bool
is_a_key(const uint8_t *bytes, size_t got)
{
	uint8_t key[KEY_MOST];

	for (size_t i = 0; i < rsa_keys_count; i++) {
		size_t len = key_bytes(&rsa_keys[i], key);

		if (got >= len && memcmp(bytes, key, len) == 0)
			return true;
	}
	return false;
}

static int64_t
offset_of(const struct finding *f)
{
	for (size_t i = 0; i < f->field_count; i++) {
		if (strcmp(f->fields[i].key, "offset") == 0 && !f->fields[i].is_text)
			return f->fields[i].number;
	}
	return -1;
}

static bool
is_in_memory(struct machine *m, const struct finding *f)
{
	int64_t offset = offset_of(f);
	struct machine_file file;
	uint8_t bytes[KEY_MOST];
	size_t got = 0;

	if (strcmp(f->trace, "memory-key") != 0 || offset < 0 ||
	    machine_open(m, f->where, &file) != HEARD)
		return false;
	struct machine_want want = { (uint64_t)offset, bytes, sizeof bytes };
	bool is = machine_read(m, &file, want, &got) == HEARD && is_a_key(bytes, got);
	machine_close_file(m, &file);
	return is;
}

/* ---- all of it, the quickest first */

static enum err
search(struct search *s, const struct findings *seen)
{
	const struct machine *m = s->in->machine;

	for (size_t i = 0; seen && i < seen->count; i++)
		TRY(note(s, is_in_memory(s->in->machine, &seen->at[i])));
	TRY(services_each(s->in, take_service, s));
	TRY(task_list_each(s->in, take_task, s));
	for (size_t i = 0; i < m->drive_count; i++)
		TRY(removable_each(s->in, &m->drives[i], take_drive, s));
	return worm_files_each(s->in, take_file, s);
}

enum err
gate_is_infected(struct gate *g, bool *is)
{
	OWN(own_mem) struct search *s = calloc(1, sizeof *s);

	*is = g->is_infected;
	if (g->has_looked)
		return OK;
	if (!s)
		return ERR_MEMORY;
	s->in = &g->in;
	enum err err = search(s, g->seen);
	if (err != OK && !s->found)
		return err;
	g->has_looked = true;
	*is = g->is_infected = s->found;
	return OK;
}

enum err
ask_infected(struct asked *a)
{
	bool is = false;

	TRY(gate_is_infected(a->gate, &is));
	if (!is)
		return refuse(a, "nothing on this machine is surely the worm's, and "
		                 "others change this setting too");
	a->signs++;
	return OK;
}
