/*
 * Settings: of Windows' own services and programs only the values that the worm
 * changes, only back to what Windows has by itself, and, but for what somebody has
 * asked for by name, only where the machine is infected.
 */
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/audit_policy.h"
#include "know/disabled_services.h"
#include "mend/admit_parts.h"
#include "mend/settings.h"

static bool
is_u32(const struct change *c, uint32_t *out)
{
	struct span s = buf_span(&c->after);

	if (c->kind != CHANGE_SET_VALUE || c->type != REG_TYPE_DWORD || s.left != 4)
		return false;
	*out = span_le32(&s);
	return true;
}

/* Is it to be set to this text, and no other? */
static bool
is_text(const struct change *c, uint32_t type, const char *text)
{
	OWN(buf_free) struct buf bytes = { .ceiling = 4096 };

	buf_utf16(&bytes, text);
	buf_le16(&bytes, 0);
	return c->kind == CHANGE_SET_VALUE && c->type == type && !bytes.bad &&
	       span_is(buf_span(&c->after), bytes.at, bytes.len);
}

/* What the number is now; refused where it is none. */
static enum err
ask_number(struct asked *a, uint32_t *now)
{
	enum heard heard = machine_u32(a->in->machine, a->change->target,
	                               a->change->name, now);

	if (heard == HEARD)
		return OK;
	if (heard == HEARD_NOTHING || heard == HEARD_ODD)
		return refuse(a, "there is no such number");
	return refuse_unread(a);
}

/* ---- of a control set */

static enum err
admit_tcp(struct asked *a)
{
	uint32_t now = 0;

	if (a->change->kind != CHANGE_DELETE_VALUE ||
	    !text_same(a->change->name, TCP_VALUE))
		return refuse(a, "there only the limit of connections is taken away");
	TRY(ask_number(a, &now));
	if (now != TCP_CONNECTIONS)
		return refuse(a, "it is not the number that the worm writes");
	a->signs = 1;
	TRY(ask_infected(a));
	return by_signs(a);
}

/* Does this set, or a backup, have the service start so? */
static bool
starts_so(struct machine *m, const char *set, const char *service, uint32_t start)
{
	char folder[PATH_ROOM];
	char key[PATH_ROOM];
	uint32_t theirs = 0;

	return path_join(folder, sizeof folder, set, "Services") &&
	       path_join(key, sizeof key, folder, service) &&
	       machine_u32(m, key, "Start", &theirs) == HEARD && theirs == start;
}

static void
find_backups(struct gate *g)
{
	if (!g->has_backups)
		g->backup_count = backups_find(&g->in, g->backups);
	g->has_backups = true;
}

/* The number is one that this machine had, or that Windows has by itself. */
static bool
is_a_source(struct asked *a, const struct disabled_service *d, uint32_t start)
{
	const struct installation *w = a->in->windows;
	enum service_start usual = disabled_service_start(d, w->kind);

	if (usual == START_DELAYED)
		usual = START_AUTOMATIC;
	if (start == (uint32_t)usual)
		return true;
	for (size_t i = 0; i < w->set_count; i++) {
		if (starts_so(a->in->machine, w->sets[i], d->service, start))
			return true;
	}
	find_backups(a->gate);
	for (size_t i = 0; i < a->gate->backup_count; i++) {
		if (starts_so(a->in->machine, a->gate->backups[i].set, d->service,
		              start))
			return true;
	}
	return false;
}

static enum err
admit_start(struct asked *a, const char *service)
{
	const struct disabled_service *d = disabled_service_find(service);
	uint32_t now = 0;
	uint32_t start = 0;
	struct asked of_start = *a;
	struct change its_start = { .kind = CHANGE_SET_VALUE, .name = "Start" };

	if (!d || !is_u32(a->change, &start))
		return refuse(a, "only how the services start that the worm disables "
		                 "is put back");
	(void)text_copy(its_start.target, sizeof its_start.target, a->change->target);
	of_start.change = &its_start;
	TRY(ask_number(&of_start, &now));
	if (now != START_DISABLED)
		return refuse(a, "the service is not disabled");
	if (text_same(a->change->name, "DelayedAutostart")) {
		if (a->in->windows->major < 6 || start != 1)
			return refuse(a, "that Windows starts it at once");
	} else if (!text_same(a->change->name, "Start") ||
	           (start != START_AUTOMATIC && start != START_MANUAL) ||
	           !is_a_source(a, d, start)) {
		return refuse(a, "the service did not start so on this machine, nor "
		                 "does it by itself");
	}
	a->signs = 1;
	TRY(ask_infected(a));
	return by_signs(a);
}

/* Only larger, and old events may be overwritten. */
static enum err
admit_log(struct asked *a)
{
	uint32_t now = 0;
	uint32_t then = 0;

	if (!is_u32(a->change, &then))
		return refuse(a, "it is no number");
	if (text_same(a->change->name, LOG_SIZE)) {
		TRY(ask_number(a, &now));
		return then == LOG_FAIR && now < then
		           ? OK
		           : refuse(a, "the log is only made larger, to 10 MB");
	}
	if (text_same(a->change->name, LOG_KEEPS) && then == 0)
		return OK;
	return refuse(a, "of the log only its size is changed, and that it overwrites "
	                 "old events");
}

enum err
admit_of_set(struct asked *a, const char *rest)
{
	const char *safeboot = path_below(rest, SAFEBOOT_KEY);
	const char *service = path_below(rest, "Services");
	/* What is put back is put back where it is in force. */
	bool is_current = path_below(a->change->target, a->in->windows->sets[0]);

	if (text_same(rest, TCP_KEY))
		return admit_tcp(a);
	if (service && a->change->kind == CHANGE_DELETE_KEY)
		return admit_service(a, service);
	if (!is_current)
		return refuse(a, "that control set is not the one in force");
	if (safeboot)
		return admit_safeboot(a, safeboot);
	if (text_same(rest, LOG_KEY))
		return admit_log(a);
	if (service)
		return admit_start(a, service);
	return refuse(a, "nothing is changed in this place of the registry");
}

/* ---- of Windows */

static enum err
admit_showall(struct asked *a)
{
	uint32_t now = 1;
	uint32_t then = 0;

	if (!text_same(a->change->name, SHOWALL_VALUE) || !is_u32(a->change, &then) ||
	    then != 1)
		return refuse(a, "there only the choice to see hidden files is put "
		                 "back");
	TRY(ask_number(a, &now));
	if (now != 0)
		return refuse(a, "it is not switched off");
	a->signs = 1;
	TRY(ask_infected(a));
	return by_signs(a);
}

/* Is there nothing of that name yet? */
static enum err
ask_absent(struct asked *a)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	enum heard heard = machine_key(a->in->machine, a->change->target, &k);

	if (heard != HEARD && heard != HEARD_NOTHING)
		return refuse_unread(a);
	if (heard == HEARD &&
	    (a->change->kind == CHANGE_MAKE_KEY || reg_value(&k, a->change->name)))
		return refuse(a, "something stands there already");
	return OK;
}

static enum err
admit_defender(struct asked *a)
{
	const struct installation *w = a->in->windows;
	struct file_facts facts;
	char path[PATH_ROOM];

	if (!text_same(a->change->name, DEFENDER_VALUE) ||
	    !is_text(a->change, REG_TYPE_EXPAND_SZ, DEFENDER_COMMAND))
		return refuse(a, "only Windows Defender's own start is put back");
	if ((w->kind != WINDOWS_VISTA && w->kind != WINDOWS_2008) ||
	    !path_join(path, sizeof path, w->program_files[0], DEFENDER_FILE) ||
	    machine_stat(a->in->machine, path, &facts) != HEARD)
		return refuse(a, "there is no Windows Defender here that starts so");
	TRY(ask_absent(a));
	a->signs = 1;
	TRY(ask_infected(a));
	return by_signs(a);
}

static enum err
admit_notifier(struct asked *a)
{
	if (a->in->windows->kind != WINDOWS_VISTA ||
	    !text_same(a->change->name, "AutoStart") ||
	    !is_text(a->change, REG_TYPE_SZ, ""))
		return refuse(a, "only the Security Center's notices of Vista are put "
		                 "back");
	TRY(ask_absent(a));
	a->signs = 1;
	TRY(ask_infected(a));
	return by_signs(a);
}

/* ---- what somebody has asked for */

/* Closed by one text, and opened by taking just that away. */
enum err
admit_autorun(struct asked *a)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	const struct change *c = a->change;
	char now[64];

	if (is_text(c, REG_TYPE_SZ, MAPPING_NOWHERE) && !c->name[0])
		return OK;
	if (machine_key(a->in->machine, c->target, &k) != HEARD ||
	    !reg_text(reg_value(&k, ""), now, sizeof now) ||
	    !text_same(now, MAPPING_NOWHERE))
		return refuse(a, "Autorun is not closed in this way");
	if (c->kind == CHANGE_DELETE_VALUE && !c->name[0])
		return OK;
	if (c->kind == CHANGE_DELETE_KEY && k.value_count == 1 && k.subkey_count == 0)
		return OK;
	return refuse(a, "there Autorun is closed or opened, and nothing else");
}

enum err
admit_of_windows(struct asked *a, const char *rest)
{
	if (text_same(rest, SHOWALL_KEY))
		return admit_showall(a);
	if (text_same(rest, RUN_KEY))
		return admit_defender(a);
	if (text_same(rest, NOTIFIER_KEY))
		return admit_notifier(a);
	if (text_same(rest, MAPPING_KEY))
		return admit_autorun(a);
	return refuse(a, "nothing is changed in this place of the registry");
}

/* The same policy, and nothing recorded less than before. */
enum err
admit_audit(struct asked *a)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	OWN(buf_free) struct buf wanted = { .ceiling = CHANGE_BYTES_MOST };
	const struct change *c = a->change;
	enum heard heard = machine_key(a->in->machine, c->target, &k);
	const struct reg_value *v = heard == HEARD ? reg_value(&k, "") : NULL;

	if (heard != HEARD && heard != HEARD_NOTHING)
		return refuse_unread(a);
	if (!v || audit_policy_strengthen(v->bytes, &wanted) != HEARD)
		return refuse(a, "the audit policy is not as any Windows writes it");
	if (c->kind != CHANGE_SET_VALUE || c->name[0] || c->type != v->type ||
	    !span_is(buf_span(&c->after), wanted.at, wanted.len))
		return refuse(a, "of the audit policy only what is recorded of logons "
		                 "is switched on");
	return OK;
}
