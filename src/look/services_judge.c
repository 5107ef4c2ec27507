/*
 * Whose service is it?  Its file decides.  What the worm's key looks like beside (a
 * locked key, a name and a display name out of its words, a description taken from
 * another service) only counts where the file is gone or cannot be read, and then
 * two of these are asked for.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/security_descriptor.h"
#include "know/service_names.h"
#include "look/rundll.h"
#include "look/services_parts.h"
#include "look/worm_file_parts.h"

#define SVCHOST "\\svchost.exe"
#define GROUP_ARGUMENTS "-k netsvcs"
#define SIGNS_WANTED 2
#define SEARCHED_MOST 4096
#define NAMES_LEAST 5 /* letters of a random name: 5 to 8 seen */

/* ---- the command line */

/* The arguments are to be these, but for blanks around them. */
static bool
are_arguments(const char *text)
{
	size_t len = strlen(GROUP_ARGUMENTS);

	text += strspn(text, " \t");
	return text_begins(text, GROUP_ARGUMENTS) &&
	       text[len + strspn(text + len, " \t")] == '\0';
}

bool
service_starts_svchost(const struct installation *w, const struct reg_key *k)
{
	char text[PATH_ROOM];
	char path[PATH_ROOM];
	char svchost[PATH_ROOM];

	if (!reg_text(reg_value(k, "ImagePath"), text, sizeof text) ||
	    !path_join(svchost, sizeof svchost, w->system32, &SVCHOST[1]))
		return false;
	for (char *at = text; *at; at++) {
		if (!text_begins(at, SVCHOST))
			continue;
		char *end = at + strlen(SVCHOST);
		end += *end == '"';
		if (!are_arguments(end) || (*end != ' ' && *end != '\t'))
			return false;
		*end = '\0';
		return look_expand(w, NULL, text, path, sizeof path) &&
		       text_same(path, svchost);
	}
	return false;
}

/* ---- what its key looks like */

static bool
is_locked(const struct reg_key *k)
{
	struct security_descriptor who;

	return k->has_security &&
	       security_descriptor_read(k->security, &who) == HEARD && !who.is_open &&
	       !(who.administrators & RIGHT_READ_DATA);
}

/* The service of the same control set that has the same description. */
static void
find_original(const struct inside *in, const struct service_judged *s,
              struct services_budget *budget, struct service_signs *out)
{
	OWN(reg_key_free) struct reg_key services = { .value_count = 0 };
	const struct reg_value *ours = reg_value(s->key, "Description");
	char folder[PATH_ROOM];
	char path[PATH_ROOM];

	if (!ours || ours->bytes.left <= 2 || budget->searches == 0 ||
	    !path_join(folder, sizeof folder, s->set, "Services") ||
	    machine_key(in->machine, folder, &services) != HEARD)
		return;
	budget->searches--;
	for (size_t i = 0; i < services.subkey_count && i < SEARCHED_MOST; i++) {
		OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

		if (text_same(services.subkeys[i], s->name) ||
		    !path_join(path, sizeof path, folder, services.subkeys[i]) ||
		    machine_key(in->machine, path, &k) != HEARD)
			continue;
		const struct reg_value *theirs = reg_value(&k, "Description");
		if (!theirs ||
		    !span_is(theirs->bytes, ours->bytes.at, ours->bytes.left))
			continue;
		(void)text_copy(out->copied_from, sizeof out->copied_from,
		                services.subkeys[i]);
		return;
	}
}

static void
find_signs(const struct inside *in, const struct service_judged *s,
           struct services_budget *budget, struct service_signs *out)
{
	*out = (struct service_signs){ .is_locked = is_locked(s->key) };
	if (reg_text(reg_value(s->key, "DisplayName"), out->display,
	             sizeof out->display))
		out->has_display_words = display_name_is_of_words(out->display);
	out->has_made_up_name = service_name_is_glued(s->name) ||
	                        (strlen(s->name) >= NAMES_LEAST &&
	                         rundll_only_letters(s->name, strlen(s->name)));
	find_original(in, s, budget, out);
}

int
service_signs_count(const struct service_signs *g)
{
	return g->is_locked + g->has_display_words + g->has_made_up_name +
	       (g->copied_from[0] != '\0');
}

/* ---- its file */

static enum err
read_dll(const struct inside *in, const struct service_judged *s,
         struct service_target *out)
{
	OWN(reg_key_free) struct reg_key parameters = { .value_count = 0 };
	char path[PATH_ROOM];

	if (path_join(path, sizeof path, s->path, "Parameters"))
		TRY(look_key(in, SERVICES_DETECTOR, path, &parameters));
	if (!reg_text(reg_value(&parameters, "ServiceDll"), out->said,
	              sizeof out->said) ||
	    !out->said[0])
		(void)reg_text(reg_value(s->key, "ServiceDll"), out->said,
		               sizeof out->said);
	return OK;
}

static enum err
find_target(const struct inside *in, const struct service_judged *s,
            struct service_target *out)
{
	*out = (struct service_target){ .file = { .is = FILE_IS_UNREAD } };
	TRY(read_dll(in, s, out));
	if (!out->said[0])
		return OK;
	out->has_computed_name = worm_file_name_is_computed(
	    in->windows, worm_file_base(out->said), &out->of_name);
	if (look_expand(in->windows, NULL, out->said, out->path, sizeof out->path)) {
		worm_file_judge(in, out->path, TRAIT_NAMED, &out->file);
		return machine_failed(in->machine) ? ERR_MEMORY : OK;
	}
	(void)snprintf(out->file.because, sizeof out->file.because,
	               "%.400s is on no drive of this machine", out->said);
	return OK;
}

/* ---- the verdict on it */

static bool
is_whole(const struct service_judged *s)
{
	return s->is_member && s->starts_svchost;
}

/*
 * Where the group does not name it, it may be Windows' own by another name than we
 * know: then one of the signs is asked for.
 */
static const char *
trace_of_absent(const struct service_judged *s, const struct service_target *t,
                int signs)
{
	if (!is_whole(s))
		return s->is_member || signs > 0 ? "svc-residue" : NULL;
	if (t->has_computed_name)
		return "svc-worm";
	return signs >= SIGNS_WANTED ? "svc-suspect" : "svc-residue";
}

/* NULL where there is nothing to be said of it. */
static const char *
trace_of(const struct service_judged *s, const struct service_target *t,
         const struct service_signs *g)
{
	const char *locked = g->is_locked ? "svc-locked" : NULL;
	int signs = service_signs_count(g) + (t->has_computed_name ? SIGNS_WANTED : 0);

	if (!t->said[0]) {
		bool is_empty = s->key->value_count == 0;

		return locked && is_empty ? "svc-residue" : locked;
	}
	switch (t->file.is) {
	case FILE_IS_WORM: return is_whole(s) ? "svc-worm" : "svc-suspect";
	case FILE_IS_SUSPECT: return s->starts_svchost ? "svc-suspect" : locked;
	case FILE_IS_ABSENT: return trace_of_absent(s, t, signs);
	case FILE_IS_UNREAD: return signs >= SIGNS_WANTED ? "svc-suspect" : locked;
	case FILE_IS_OTHER: break;
	}
	/* A vendor's, which it may lock. */
	return t->file.traits & (TRAIT_VERSIONED | TRAIT_SIGNED) ? NULL : locked;
}

static void
put_settings(struct finding *f, const struct reg_key *k)
{
	static const char *const names[] = { "Type", "Start", "ErrorControl" };
	char text[SAID_ROOM] = "";
	size_t len = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		uint32_t is = 0;

		if (reg_u32(reg_value(k, names[i]), &is))
			len += (size_t)snprintf(text + len, sizeof text - len,
			                        "%s%s 0x%x", len > 0 ? ", " : "",
			                        names[i], is);
	}
	if (len > 0)
		finding_text(f, "settings", text);
}

static void
put_evidence(struct finding *f, const struct service_judged *s,
             const struct service_target *t, const struct service_signs *g)
{
	char text[SAID_ROOM];

	if (t->said[0])
		finding_text(f, "dll", t->path[0] ? t->path : t->said);
	if (t->file.is == FILE_IS_ABSENT)
		finding_text(f, "left", "a service whose DLL is gone");
	if (g->is_locked)
		finding_text(f, "key", "administrators may not read it");
	if (g->display[0])
		finding_text(f, "display_name", g->display);
	if (g->copied_from[0]) {
		(void)snprintf(text, sizeof text, "the same as that of %.90s",
		               g->copied_from);
		finding_text(f, "description", text);
	}
	if (!s->is_member)
		finding_text(f, "group", "netsvcs does not name it");
	if (t->said[0])
		worm_file_evidence(f, &t->file);
	put_settings(f, s->key);
}

/* Takes one off; false where there was none left. */
static bool
take(unsigned *left)
{
	if (*left == 0)
		return false;
	--*left;
	return true;
}

void
service_tell(const struct inside *in, const struct service_judged *s,
             struct services_budget *budget)
{
	const struct service_target *t = &s->target;

	if (s->trace &&
	    (strcmp(s->trace, "svc-residue") != 0 || take(&budget->residues))) {
		struct finding *f = look_found(in, s->trace, s->path);

		if (t->file.is == FILE_IS_WORM)
			f->variants = t->file.variants;
		else if (t->has_computed_name)
			f->variants = t->of_name;
		put_evidence(f, s, t, &s->signs);
	}
	if (t->said[0] && t->file.is == FILE_IS_UNREAD && take(&budget->unread)) {
		struct finding *f = look_found(in, "svc-dll-unread", s->path);

		finding_text(f, "dll", t->path[0] ? t->path : t->said);
		finding_text(f, "because", t->file.because);
	}
}

enum err
service_judge(const struct inside *in, struct services_budget *budget,
              struct service_judged *s)
{
	TRY(find_target(in, s, &s->target));
	find_signs(in, s, budget, &s->signs);
	s->trace = trace_of(s, &s->target, &s->signs);
	return machine_failed(in->machine) ? ERR_MEMORY : OK;
}
