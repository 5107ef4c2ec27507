/* Settings that belong to a control set: of the current one, with a word on others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/disabled_services.h"
#include "look/rundll.h"
#include "look/settings_parts.h"
#include "look/worm_file.h"

#define TCP_CONNECTIONS 0x00FFFFFEu
#define START_DISABLED 4u
#define DISABLED_TELL 3 /* fewer of them tell nothing */
#define PORT_LEAST 1024u
#define PENDING_MOST 4096

/* A key below a control set. */
struct below {
	char path[PATH_ROOM];
	struct reg_key key;
};

static void
below_free(struct below *b)
{
	reg_key_free(&b->key);
}

static enum err
below_open(const struct inside *in, size_t set, const char *name, struct below *out)
{
	*out = (struct below){ .path = "" };
	if (!path_join(out->path, sizeof out->path, in->windows->sets[set], name))
		return OK;
	return look_key(in, SETTINGS_DETECTOR, out->path, &out->key);
}

/* ---- TCP */

#define TCP_KEY "Services\\Tcpip\\Parameters"
#define TCP_VALUE "TcpNumConnections"

static enum err
has_limit(const struct inside *in, size_t set, struct below *b, bool *has)
{
	uint32_t is = 0;

	TRY(below_open(in, set, TCP_KEY, b));
	*has = reg_u32(reg_value(&b->key, TCP_VALUE), &is) && is == TCP_CONNECTIONS;
	return OK;
}

static enum err
look_at_tcp(const struct inside *in)
{
	OWN(below_free) struct below b = { .path = "" };
	bool has = false;

	TRY(has_limit(in, 0, &b, &has));
	if (!has)
		return OK;
	struct finding *f = look_at_value(in, "tcpnum", b.path, TCP_VALUE);
	finding_number(f, "value", TCP_CONNECTIONS);
	for (size_t i = 1; i < in->windows->set_count; i++) {
		OWN(below_free) struct below other = { .path = "" };
		bool too = false;

		TRY(has_limit(in, i, &other, &too));
		if (too)
			finding_text(f, "also", in->windows->sets[i]);
	}
	return OK;
}

/* ---- safe mode */

/* Has the set something to start in safe mode?  *unread: that cannot be said. */
static enum err
has_safe_mode(const struct inside *in, size_t set, const char *mode, bool *has,
              bool *unread)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char path[PATH_ROOM];

	(void)snprintf(path, sizeof path, "%s\\Control\\SafeBoot\\%s",
	               in->windows->sets[set], mode);
	enum heard heard = machine_key(in->machine, path, &k);
	*unread = heard != HEARD && heard != HEARD_NOTHING;
	*has = heard == HEARD && k.subkey_count > 0;
	return look_unread(in, SETTINGS_DETECTOR, path, heard);
}

static enum err
look_at_safe_mode(const struct inside *in)
{
	OWN(below_free) struct below b = { .path = "" };
	bool minimal = false;
	bool network = false;
	bool unread[2] = { false, false };

	TRY(has_safe_mode(in, 0, "Minimal", &minimal, &unread[0]));
	TRY(has_safe_mode(in, 0, "Network", &network, &unread[1]));
	TRY(below_open(in, 0, "Control", &b));
	/* A set without anything under Control is not one that the worm changed. */
	if ((minimal && network) || unread[0] || unread[1] || b.key.subkey_count == 0)
		return OK;
	char place[PATH_ROOM];
	(void)path_join(place, sizeof place, b.path, "SafeBoot");
	struct finding *f = look_found(in, "safeboot-gone", place);
	finding_text(f, "missing",
	             minimal   ? "Network"
	             : network ? "Minimal"
	                       : "Minimal, Network");
	for (size_t i = 1; i < in->windows->set_count; i++) {
		TRY(has_safe_mode(in, i, "Minimal", &minimal, &unread[0]));
		TRY(has_safe_mode(in, i, "Network", &network, &unread[1]));
		if (minimal && network)
			finding_text(f, "still_in", in->windows->sets[i]);
	}
	return OK;
}

/* ---- services */

static enum err
look_at_services(const struct inside *in)
{
	char names[SAID_ROOM] = "";
	char path[PATH_ROOM];
	size_t len = 0;
	unsigned count = 0;

	for (size_t i = 0; i < disabled_services_count; i++) {
		const struct disabled_service *s = &disabled_services[i];
		OWN(below_free) struct below b = { .path = "" };
		uint32_t start = 0;

		if (!disabled_service_is_on(s, in->windows->kind))
			continue;
		(void)snprintf(path, sizeof path, "Services\\%s", s->service);
		TRY(below_open(in, 0, path, &b));
		if (!reg_u32(reg_value(&b.key, "Start"), &start) ||
		    start != START_DISABLED)
			continue;
		len += (size_t)snprintf(names + len, sizeof names - len, "%s%s",
		                        count > 0 ? " " : "", s->service);
		count++;
	}
	if (count < DISABLED_TELL)
		return OK;
	(void)path_join(path, sizeof path, in->windows->sets[0], "Services");
	finding_text(look_found(in, "services-disabled", path), "services", names);
	return OK;
}

/* ---- firewall */

/*
 * "<port>:TCP" with "<port>:TCP:*:Enabled:<small letters>", both ports the same and
 * none of those that Windows itself opens.
 */
static bool
is_worms_port(const struct reg_value *v)
{
	static const char rest[] = ":*:Enabled:";
	char text[NAME_ROOM];
	size_t digits = strspn(v->name, "0123456789");
	size_t len = strlen(v->name);

	if (digits < 4 || digits > 5 || !reg_text(v, text, sizeof text))
		return false;
	unsigned long port = strtoul(v->name, NULL, 10);
	if (port < PORT_LEAST || port > 65535 ||
	    (!text_same(v->name + digits, ":TCP") &&
	     !text_same(v->name + digits, ":UDP")))
		return false;
	if (!text_begins(text, v->name) || !text_begins(text + len, rest))
		return false;
	const char *name = text + len + strlen(rest);
	return rundll_only_letters(name, strlen(name));
}

static enum err
look_at_ports_of(const struct inside *in, const char *profile)
{
	OWN(below_free) struct below b = { .path = "" };
	struct finding *f = NULL;
	char name[PATH_ROOM];

	(void)snprintf(name, sizeof name,
	               "Services\\SharedAccess\\Parameters\\FirewallPolicy\\%s"
	               "\\GloballyOpenPorts\\List",
	               profile);
	TRY(below_open(in, 0, name, &b));
	for (size_t i = 0; i < b.key.value_count; i++) {
		const struct reg_value *v = &b.key.values[i];
		char text[NAME_ROOM];

		if (!is_worms_port(v) || !reg_text(v, text, sizeof text))
			continue;
		if (!f)
			f = look_at_value(in, "fw-port", b.path, v->name);
		finding_text(f, "entry", text);
	}
	return OK;
}

/* ---- files that are to be deleted at the next start */

static bool
is_worms_copy(const struct installation *w, const char *path)
{
	const char *name = strrchr(path, '\\');
	const char *bin = NULL;
	variants ignored = 0;

	if (!name)
		return false;
	for (const char *at = path; *at && !bin; at++)
		bin = text_begins(at, "\\RECYCLER\\S-") ? at : NULL;
	if (worm_file_name_is_computed(w, name + 1, &ignored))
		return true;
	size_t stem = strcspn(name + 1, ".");
	const char *dot = name + 1 + stem;
	return bin && *dot == '.' && rundll_only_letters(name + 1, stem) &&
	       rundll_only_letters(dot + 1, strlen(dot + 1));
}

/*
 * Pairs of source and target; an empty target is a deletion.  The empty string at the
 * very end is not told apart from the closing one, so a target may be missing.
 */
static enum err
look_at_pending(const struct inside *in)
{
	OWN(below_free) struct below b = { .path = "" };
	char source[PATH_ROOM];
	char target[PATH_ROOM];
	struct finding *f = NULL;

	TRY(below_open(in, 0, "Control\\Session Manager", &b));
	const struct reg_value *v = reg_value(&b.key, "PendingFileRenameOperations");
	if (!v || v->type != REG_TYPE_MULTI_SZ)
		return OK;
	struct span rest = v->bytes;
	for (size_t i = 0; i < PENDING_MOST; i++) {
		if (!reg_multi_next(&rest, source, sizeof source))
			break;
		if (!reg_multi_next(&rest, target, sizeof target))
			target[0] = '\0';
		if (target[0] || !is_worms_copy(in->windows, source))
			continue;
		if (!f)
			f = look_at_value(in, "pending-delete", b.path, v->name);
		finding_text(f, "file", source);
	}
	return OK;
}

enum err
settings_of_set(const struct inside *in)
{
	if (in->windows->set_count == 0)
		return OK;
	TRY(look_at_tcp(in));
	TRY(look_at_safe_mode(in));
	TRY(look_at_services(in));
	TRY(look_at_ports_of(in, "StandardProfile"));
	TRY(look_at_ports_of(in, "DomainProfile"));
	return look_at_pending(in);
}
