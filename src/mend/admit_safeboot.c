/*
 * Safe mode: a key that is missing is put back as another control set, a backup of the
 * machine's own, or (on XP) the list of Windows has it, and in no other way.
 */
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/safeboot.h"
#include "mend/admit_parts.h"
#include "mend/settings.h"

static bool
is_same(const struct change *c, const struct reg_value *v)
{
	if (c->kind == CHANGE_MAKE_KEY)
		return v == NULL;
	return v && c->type == v->type &&
	       span_is(buf_span(&c->after), v->bytes.at, v->bytes.left);
}

static bool
has_it(struct machine *m, const char *set, const char *rest, const struct change *c)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char above[PATH_ROOM];
	char key[PATH_ROOM];

	return path_join(above, sizeof above, set, SAFEBOOT_KEY) &&
	       path_join(key, sizeof key, above, rest) &&
	       machine_key(m, key, &k) == HEARD && is_same(c, reg_value(&k, ""));
}

static bool
is_of_xp(const struct change *c, const char *rest)
{
	OWN(buf_free) struct buf bytes = { .ceiling = 1024 };

	for (size_t i = 0; i < safeboot_xp_count; i++) {
		const struct safeboot_entry *e = &safeboot_xp[i];

		if (!text_same(e->path, rest))
			continue;
		if (!e->kind[0])
			return c->kind == CHANGE_MAKE_KEY;
		buf_utf16(&bytes, e->kind);
		buf_le16(&bytes, 0);
		return c->kind == CHANGE_SET_VALUE && c->type == REG_TYPE_SZ &&
		       span_is(buf_span(&c->after), bytes.at, bytes.len);
	}
	return false;
}

static bool
has_a_source(struct asked *a, const char *rest)
{
	const struct installation *w = a->in->windows;
	struct gate *g = a->gate;

	for (size_t i = 0; i < w->set_count; i++) {
		if (!path_below(a->change->target, w->sets[i]) &&
		    has_it(a->in->machine, w->sets[i], rest, a->change))
			return true;
	}
	if (!g->has_backups)
		g->backup_count = backups_find(&g->in, g->backups);
	g->has_backups = true;
	for (size_t i = 0; i < g->backup_count; i++) {
		if (has_it(a->in->machine, g->backups[i].set, rest, a->change))
			return true;
	}
	return w->kind == WINDOWS_XP && is_of_xp(a->change, rest);
}

/* "Minimal\<key>" */
static bool
is_an_entry(const char *rest)
{
	const char *name = path_below(rest, "Minimal");

	if (!name)
		name = path_below(rest, "Network");
	return name && !strchr(name, '\\');
}

enum err
admit_safeboot(struct asked *a, const char *rest)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	const struct change *c = a->change;

	if ((c->kind != CHANGE_SET_VALUE && c->kind != CHANGE_MAKE_KEY) || c->name[0] ||
	    !is_an_entry(rest))
		return refuse(a, "there only missing entries of safe mode are put "
		                 "back");
	enum heard heard = machine_key(a->in->machine, c->target, &k);
	if (heard == HEARD)
		return refuse(a, "the entry is there, and is left as it is");
	if (heard != HEARD_NOTHING)
		return refuse_unread(a);
	if (!has_a_source(a, rest))
		return refuse(a, "no copy on this machine has the entry so");
	a->signs = 1;
	TRY(ask_infected(a));
	return by_signs(a);
}
