/*
 * Safe mode comes back from the best copy that the machine itself has (specification
 * 2.6): another control set, a backup of its own hive, on XP the list of Windows.  Only
 * what is missing is copied.  For other Windows no list is known to be right for every
 * machine, so without a copy this stays for a person.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/safeboot.h"
#include "mend/backups.h"
#include "mend/plan_parts.h"
#include "mend/settings.h"

#define TRACE "safeboot-gone"
#define ENTRIES_MOST 1024 /* of one mode; a Windows has some 70 */

static const char *const modes[] = { "Minimal", "Network" };
#define MODES (sizeof modes / sizeof modes[0])

static enum heard
read_mode(struct planner *p, const char *set, size_t mode, struct reg_key *out)
{
	char key[PATH_ROOM];

	(void)snprintf(key, sizeof key, "%s\\" SAFEBOOT_KEY "\\%s", set, modes[mode]);
	return machine_key(p->in.machine, key, out);
}

/* Has the set something to start in both modes? */
static bool
is_whole(struct planner *p, const char *set)
{
	for (size_t i = 0; i < MODES; i++) {
		OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

		if (read_mode(p, set, i, &k) != HEARD || k.subkey_count == 0)
			return false;
	}
	return true;
}

/* ---- one entry */

struct entry {
	const char *path; /* below SafeBoot: "Minimal\AppMgmt" */
	const struct reg_value *value;
	const char *from;
};

static enum err
copy_entry(struct planner *p, const struct entry *e)
{
	OWN(reg_key_free) struct reg_key there = { .value_count = 0 };
	char key[PATH_ROOM];

	(void)snprintf(key, sizeof key, "%s\\" SAFEBOOT_KEY "\\%.700s",
	               p->in.windows->sets[0], e->path);
	if (machine_key(p->in.machine, key, &there) != HEARD_NOTHING)
		return OK; /* it is there, or the gate would not know either */
	struct change *c = planner_add(p, e->value ? CHANGE_SET_VALUE : CHANGE_MAKE_KEY,
	                               key, TRACE);
	if (!c)
		return planner_full(p);
	if (e->value) {
		c->type = e->value->type;
		buf_put(&c->after, e->value->bytes.at, e->value->bytes.left);
	}
	change_sign(c, "infected");
	change_says(c, "Put %.180s back into safe mode", e->path);
	change_from(c, "%s", e->from);
	return planner_settle(p, NULL);
}

/* ---- the sources */

static enum err
copy_mode(struct planner *p, const char *set, size_t mode, const char *from)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

	if (read_mode(p, set, mode, &k) != HEARD)
		return OK;
	for (size_t i = 0; i < k.subkey_count && i < ENTRIES_MOST; i++) {
		OWN(reg_key_free) struct reg_key one = { .value_count = 0 };
		char path[PATH_ROOM];
		char key[PATH_ROOM];

		if (!path_join(path, sizeof path, modes[mode], k.subkeys[i]))
			continue;
		(void)snprintf(key, sizeof key, "%s\\" SAFEBOOT_KEY "\\%.700s", set,
		               path);
		if (machine_key(p->in.machine, key, &one) != HEARD)
			continue;
		const struct entry e = { path, reg_value(&one, ""), from };
		TRY(copy_entry(p, &e));
	}
	return OK;
}

static enum err
copy_set(struct planner *p, const char *set, const char *from)
{
	for (size_t i = 0; i < MODES; i++)
		TRY(copy_mode(p, set, i, from));
	return OK;
}

static enum err
copy_list(struct planner *p)
{
	for (size_t i = 0; i < safeboot_xp_count; i++) {
		const struct safeboot_entry *e = &safeboot_xp[i];
		OWN(buf_free) struct buf bytes = { .ceiling = 1024 };

		buf_utf16(&bytes, e->kind);
		buf_le16(&bytes, 0);
		const struct reg_value value = { .name = "",
			                         .type = REG_TYPE_SZ,
			                         .bytes = buf_span(&bytes) };
		const struct entry entry = { e->path, e->kind[0] ? &value : NULL,
			                     "what Windows XP has by itself" };
		if (bytes.bad)
			return ERR_MEMORY;
		TRY(copy_entry(p, &entry));
	}
	return OK;
}

enum err
plan_safeboot(struct planner *p)
{
	const struct installation *w = p->in.windows;
	struct backup backups[BACKUPS_MOST];
	char from[SENTENCE_ROOM];

	for (size_t i = 1; i < w->set_count; i++) {
		if (!is_whole(p, w->sets[i]))
			continue;
		(void)snprintf(from, sizeof from, "%s of this machine",
		               strrchr(w->sets[i], '\\') + 1);
		return copy_set(p, w->sets[i], from);
	}
	size_t count = backups_find(&p->in, backups);
	for (size_t i = 0; i < count; i++) {
		if (!is_whole(p, backups[i].set))
			continue;
		(void)snprintf(from, sizeof from, "the backup %.150s of this machine",
		               backups[i].file);
		return copy_set(p, backups[i].set, from);
	}
	if (w->kind == WINDOWS_XP)
		return copy_list(p);
	planner_leave(p, TRACE, "",
	              "Left: no copy of the list of safe mode is on this machine. Take "
	              "a donor: export Control\\SafeBoot on a healthy machine of the "
	              "same Windows, and import it here.");
	return OK;
}
