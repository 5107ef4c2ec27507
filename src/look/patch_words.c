#include "look/patch_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define PACKAGE_ROOM 128

struct line {
	char text[2 * STATUS_TEXT_ROOM + WHY_ROOM];
	size_t len;
};

static void __attribute__((format(printf, 2, 3)))
add(struct line *l, const char *format, ...)
{
	va_list words;

	va_start(words, format);
	int n = vsnprintf(l->text + l->len, sizeof l->text - l->len, format, words);
	va_end(words);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= sizeof l->text)
		l->len = sizeof l->text - 1;
}

static void
add_version(struct line *l, uint64_t v)
{
	add(l, "%u.%u.%u.%u", (unsigned)(v >> 48), (unsigned)(v >> 32 & 0xFFFF),
	    (unsigned)(v >> 16 & 0xFFFF), (unsigned)(v & 0xFFFF));
}

enum status_need
patch_need(const struct patch_decided *d)
{
	const unsigned doing = NOTE_RESTART | NOTE_OLD_CACHE | NOTE_OLD_WOW64;

	if (d->state == PATCH_MISSING || (d->notes & doing))
		return NEED_DOING;
	return d->state == PATCH_UNKNOWN ? NEED_TELLING : NEED_NOTHING;
}

static void
told_level(struct line *l, const struct windows_told *t)
{
	add(l, "Windows %u.%u.%u", t->major, t->minor, t->build);
	if (t->service_pack > 0)
		add(l, " SP%u", t->service_pack);
	add(l, t->is_server ? " (server)" : "");
}

static void
evidence_of_level(struct line *l, const struct patch_decided *d)
{
	const struct windows_level *w = d->level;

	switch (d->needs) {
	case NEEDS_INCLUDED: add(l, "%s includes it (%s)", w->name, w->id); break;
	case NEEDS_UNAFFECTED:
		add(l, "%s never had the flaw (%s)", w->name, w->id);
		break;
	case NEEDS_NO_PACKAGE:
		add(l, "no package is for %s (%s)", w->name, w->id);
		break;
	case NEEDS_NONE:
	case NEEDS_YES:
	case NEEDS_UNKNOWN:
		add(l, "no source says whether %s needs it (%s)", w->name, w->id);
		break;
	}
}

static void
evidence_of_version(struct line *l, const struct patch_facts *f,
                    const struct patch_decided *d)
{
	const struct patch_row *row = d->row;
	const char *sure = row->confidence;

	add(l, "%s ", row->file);
	add_version(l, f->file.version);
	add(l, " %c ",
	    f->file.version < row->fixed    ? '<'
	    : f->file.version == row->fixed ? '='
	                                    : '>');
	add_version(l, row->fixed);
	add(l, " (%s%s)", row->id,
	    strcmp(sure, "inf") == 0 ? ", inferred"
	    : strcmp(sure, "1") == 0 ? ", one source"
	                             : "");
}

static void
evidence_of_registry(struct line *l, const struct patch_facts *f,
                     const struct patch_decided *d)
{
	add(l, "by registry only: ");
	switch (d->state) {
	case PATCH_PRESENT: add(l, "installed"); break;
	case PATCH_SUPERSEDED:
		add(l, "%s",
		    d->superseder ? "a later one installed"
		                  : "replaced by a later one");
		break;
	case PATCH_MISSING: add(l, "waits for a restart"); break;
	case PATCH_NOT_NEEDED:
	case PATCH_UNKNOWN:
		add(l, "not registered, which proves nothing");
		if (f->claims->because[0])
			add(l, "; %s", f->claims->because);
		break;
	}
	if (d->notes & NOTE_UNREAD)
		add(l, "; %s: %s", d->wanted ? d->wanted->file : "its file",
		    f->file.because);
}

static void
evidence_of_file(struct line *l, const struct patch_facts *f,
                 const struct patch_decided *d)
{
	const char *file = d->wanted ? d->wanted->file : "its file";

	if (d->by == BY_ABSENCE && d->state == PATCH_NOT_NEEDED) {
		add(l, "this Windows has no %s", file);
	} else if (d->by == BY_ABSENCE) {
		add(l, "there is no %s: damaged, or not the whole of a Windows", file);
	} else if (d->by == BY_SWAPPED) {
		add(l, "%s: %s", file, f->file.because);
	} else {
		add(l, "%s ", file);
		add_version(l, f->file.version);
		add(l, d->by == BY_SCAN
		           ? " was only found by searching: its resources are broken"
		           : " is of no known Windows of this kind");
	}
}

static void
evidence_notes(struct line *l, const struct patch_facts *f,
               const struct patch_decided *d)
{
	if (d->notes & NOTE_CLAIMED)
		add(l, "; registry says %s installed", d->claimed);
	if (d->notes & NOTE_OTHER_LEVEL)
		add(l, "; file of another service pack (SP%u)", d->row->sp);
	if (d->notes & NOTE_LEVEL_BY_FILE)
		add(l, "; service pack told by the file only (SP%u)", d->row->sp);
	if (d->notes & NOTE_OLD_WOW64) {
		add(l, "; 32-bit copy old: update incomplete: ");
		add_version(l, f->wow64.version);
	}
	if (d->notes & NOTE_OLD_CACHE) {
		add(l, "; dllcache would put back ");
		add_version(l, f->cache.version);
	}
	if (d->notes & NOTE_RESTART)
		add(l, "; restart owed");
	if (f->wow64.is == PATCH_FILE_UNREAD)
		add(l, "; 32-bit copy not read: %s", f->wow64.because);
	if (f->cache.is == PATCH_FILE_UNREAD)
		add(l, "; copy in dllcache not read: %s", f->cache.because);
}

static void
evidence(struct line *l, const struct patch_facts *f, const struct patch_decided *d)
{
	switch (d->by) {
	case BY_NO_LEVEL:
		told_level(l, &f->told);
		add(l, " is not in the tables");
		break;
	case BY_NO_PACK:
		add(l, "neither the registry nor the file tells the service pack");
		break;
	case BY_LEVEL: evidence_of_level(l, d); break;
	case BY_VERSION: evidence_of_version(l, f, d); break;
	case BY_REGISTRY: evidence_of_registry(l, f, d); break;
	case BY_ABSENCE:
	case BY_NO_RANGE:
	case BY_SWAPPED:
	case BY_SCAN: evidence_of_file(l, f, d); break;
	}
	evidence_notes(l, f, d);
}

/* "superseded by KB2705219-v2 or something later". */
static void
state_words(struct line *l, const struct patch_decided *d)
{
	const struct supersedence_row *s = d->superseder;

	if (d->state == PATCH_NOT_NEEDED) {
		add(l, "not needed");
	} else if (d->state != PATCH_SUPERSEDED) {
		add(l, "%s", patch_state_name(d->state));
	} else if (!s) {
		add(l, "superseded by a later hotfix");
	} else {
		add(l, "superseded by %s%s", s->by_kb,
		    d->by == BY_REGISTRY || d->whole ? "" : " or something later");
	}
}

/* The packages to get, by name; "" where there is none. */
struct wishes {
	const char *language; /* of the Windows: "0409" */
	char package[PACKAGE_ROOM];
	char newest[PACKAGE_ROOM];
};

/* What ends in .msu is for wusa.exe. */
static bool
is_msu(const char *package)
{
	const char *dot = strrchr(package, '.');

	return dot && text_same(dot, ".msu");
}

/* A localized Windows takes no package of another language, and those for 64 bits
 * were made in fewer. */
static bool
is_of_few_languages(const struct patch_row *wanted, const char *language)
{
	return strstr(wanted->package, "{LANG}") &&
	       wanted->processor != PROCESSOR_X86 && strcmp(language, "0409") != 0;
}

/*
 * Variants D and E end programs whose names hold kb958, ms08-06 or hotfix, so a
 * package is renamed first; its signature does not depend on the name.
 */
static void
next_package(struct line *l, const struct patch_decided *d, const struct wishes *w)
{
	add(l, "Get %s", w->package);
	if (w->newest[0])
		add(l, ", or the newer %s", w->newest);
	add(l, is_msu(w->package)
	           ? ". On the cleaned machine: wusa.exe FILE /quiet /norestart, "
	           : ". Copy it as p1.exe: the worm ends programs by their names. On "
	             "the cleaned machine: p1.exe /quiet /norestart, ");
	add(l, "restart, look again. ");
	if (strstr(w->package, "{LANG}"))
		add(l, "{LANG}: the language of this Windows, id \"%s\". ",
		    w->language);
	else if (is_of_few_languages(d->wanted, w->language))
		add(l, "It may not exist in this language, and no other is taken. ");
	if (d->level->do_first[0])
		add(l, "Advice: %s.", d->level->do_first);
}

static void
next_of_unknown(struct line *l, const struct patch_facts *f,
                const struct patch_decided *d)
{
	switch (d->by) {
	case BY_NO_LEVEL:
	case BY_NO_PACK:
	case BY_LEVEL:
		add(l, "Find out which Windows it is; %s.",
		    d->level && d->level->do_first[0] ? d->level->do_first
		                                      : "treat it as exposed");
		break;
	case BY_REGISTRY:
		add(l,
		    d->notes & NOTE_UNREAD
		        ? "Make the file readable and look again; until then treat the "
		          "update as missing."
		        : "Install %s if in doubt: it does no harm twice.",
		    f->kb);
		break;
	case BY_ABSENCE:
	case BY_SWAPPED:
	case BY_SCAN:
	case BY_NO_RANGE:
	case BY_VERSION:
		add(l,
		    "Compare the file with that of a sound Windows of the same level; "
		    "until then treat the update as missing.");
		break;
	}
}

static void
next(struct line *l, const struct patch_facts *f, const struct patch_decided *d,
     const struct wishes *w)
{
	if (d->notes & NOTE_RESTART)
		add(l, "Restart the machine and look again: an update waits for it.");
	else if (d->state == PATCH_MISSING && w->package[0])
		next_package(l, d, w);
	else if (d->state == PATCH_MISSING)
		add(l, "Install before: %s.", d->level->do_first);
	else if (d->notes & (NOTE_OLD_CACHE | NOTE_OLD_WOW64))
		add(l, "Install the package again: an old copy of the file is left.");
	else if (d->state == PATCH_UNKNOWN)
		next_of_unknown(l, f, d);
}

/* The packages of what is missing, or is to be installed again. */
static void
wish(const struct patch_decided *d, struct wishes *w)
{
	if (patch_need(d) == NEED_NOTHING || !d->wanted || d->needs != NEEDS_YES ||
	    d->state == PATCH_NOT_NEEDED)
		return;
	(void)package_name(d->wanted->package, w->language, w->package,
	                   sizeof w->package);
	const struct supersedence_row *last = superseded_last(d->wanted);
	if (last)
		(void)package_name(last->package, w->language, w->newest,
		                   sizeof w->newest);
}

static void
put(struct status *s, const char *key, const char *text)
{
	char whole[STATUS_TEXT_ROOM];

	(void)text_copy_utf8(whole, sizeof whole, text);
	status_text(s, key, whole);
}

/* For these there is no package of their own: something else comes first. */
static const char *
instead(const struct patch_decided *d)
{
	return d->needs == NEEDS_NO_PACKAGE ? d->level->do_first : "";
}

void
patch_words(const struct patch_facts *f, const struct patch_decided *d,
            const char *language, struct status *out)
{
	struct line seen = { .len = 0 };
	struct line says = { .len = 0 };
	struct line then = { .len = 0 };
	struct wishes w = { .language = language };
	const char *bulletin = patch_bulletin(f->kb);

	wish(d, &w);
	evidence(&seen, f, d);
	state_words(&says, d);
	add(&says, " (%s): %s.", bulletin, seen.text);
	next(&then, f, d, &w);

	put(out, "kb", f->kb);
	put(out, "bulletin", bulletin);
	put(out, "state", patch_state_name(d->state));
	put(out, "evidence", seen.text);
	put(out, "package", w.package[0] ? w.package : instead(d));
	put(out, "newest", w.newest);
	status_bool(out, "restart", (d->notes & NOTE_RESTART) != 0);
	(void)text_copy_utf8(out->says, sizeof out->says, says.text);
	(void)text_copy_utf8(out->next, sizeof out->next, then.text);
}
