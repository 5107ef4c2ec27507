/*
 * Whether a stick that is put into this machine starts what is on it.  Three
 * settings, each with its own holes; what is open in one may be closed by another,
 * so each is shown with what all of them come to.
 *
 * What it cannot tell: verbs of drives that were seen before stay cached in
 * MountPoints2, and a user may start the file himself.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "look/defences.h"

#define MAPPING                                                                   \
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\IniFileMapping\\" \
	"Autorun.inf"
#define NOWHERE "@SYS:DoesNotExist"
#define POLICIES_BELOW \
	"\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer"
#define POLICIES "HKLM" POLICIES_BELOW
#define ALL_DRIVES 0xFFu

static const char close_it[] =
    "On it: create the key HKLM\\SOFTWARE\\Microsoft\\Windows "
    "NT\\CurrentVersion\\IniFileMapping\\Autorun.inf with the default value "
    "@SYS:DoesNotExist, and restart.";

/* What was read; a `heard` of neither HEARD nor HEARD_NOTHING is an open question. */
struct settings {
	enum heard mapping_heard;
	bool mapped; /* autorun.inf is never read */
	char mapping[64];
	enum heard drives_heard;
	uint32_t drives; /* NoDriveTypeAutoRun for the whole machine */
	enum heard honor_heard;
	uint32_t honor;
	bool honored; /* NoDriveTypeAutoRun holds for a double click too */
	bool closed;  /* all of it together */
};

/* Service packs and Windows that came after the correction have it in them. */
static bool
has_correction(const struct installation *w)
{
	return w->has_version &&
	       (w->major > 6 || (w->major == 6 && (w->minor > 0 || w->build >= 6002)));
}

static void
read_settings(const struct inside *in, struct settings *s)
{
	struct machine *m = in->machine;

	s->mapping_heard = machine_text(m, MAPPING, "", s->mapping, sizeof s->mapping);
	s->mapped = s->mapping_heard == HEARD && text_same(s->mapping, NOWHERE);
	s->drives_heard = machine_u32(m, POLICIES, "NoDriveTypeAutoRun", &s->drives);
	s->honor_heard = machine_u32(m, POLICIES, "HonorAutorunSetting", &s->honor);
	s->honored = has_correction(in->windows) ||
	             (s->honor_heard == HEARD && s->honor == 1);
	s->closed = s->mapped || (s->drives_heard == HEARD && s->honored &&
	                          (s->drives & ALL_DRIVES) == ALL_DRIVES);
}

static enum status_need
need_of(const struct settings *s, enum heard heard, bool good)
{
	if (s->closed || good)
		return NEED_NOTHING;
	return heard == HEARD || heard == HEARD_NOTHING ? NEED_DOING : NEED_TELLING;
}

static enum err
add_mapping(const struct inside *in, const struct settings *s, struct statuses *out)
{
	bool read = s->mapping_heard == HEARD || s->mapping_heard == HEARD_NOTHING;
	struct status *st = statuses_add(out, STATUS_AUTORUN,
	                                 need_of(s, s->mapping_heard, s->mapped));

	if (!st)
		return ERR_MEMORY;
	status_text(st, "setting", "IniFileMapping");
	status_text(st, "value", s->mapping_heard == HEARD ? s->mapping : "");
	status_text(st, "covers", "every drive, Autoplay, double click, context menu");
	status_text(st, "leaves",
	            "verbs cached in MountPoints2; a user who starts the file; genuine "
	            "CD menus stop as well");
	if (!read)
		(void)text_copy(st->says, sizeof st->says, machine_why(in->machine));
	else
		(void)text_copy(st->says, sizeof st->says,
		                s->mapped ? "Windows never reads autorun.inf."
		                          : "Not set: Windows reads autorun.inf from "
		                            "drives.");
	if (!s->closed && read)
		(void)text_copy(st->next, sizeof st->next, close_it);
	return OK;
}

/* "removable network cd": drives from which it would still start. */
static void
open_drives(char *to, size_t room, uint32_t mask)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} kinds[] = { { 0x04, "removable" }, { 0x08, "fixed" }, { 0x10, "network" },
		      { 0x20, "CD" },        { 0x40, "RAM" },   { 0x01, "unknown" } };
	size_t len = 0;

	to[0] = '\0';
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (!(mask & kinds[i].bit) && len < room)
			len += (size_t)snprintf(to + len, room - len, "%s%s",
			                        len > 0 ? ", " : "", kinds[i].name);
	}
}

static enum err
add_drives(const struct inside *in, const struct settings *s, struct statuses *out)
{
	bool all = s->drives_heard == HEARD && (s->drives & ALL_DRIVES) == ALL_DRIVES;
	struct status *st = statuses_add(
	    out, STATUS_AUTORUN, need_of(s, s->drives_heard, all && s->honored));
	char kinds[80];

	(void)in;
	if (!st)
		return ERR_MEMORY;
	status_text(st, "setting", "NoDriveTypeAutoRun");
	if (s->drives_heard == HEARD)
		status_number(st, "value", s->drives);
	status_text(st, "covers",
	            s->honored ? "Autoplay, double click, context menu"
	                       : "Autoplay only: the correction is not in force");
	open_drives(kinds, sizeof kinds, s->drives_heard == HEARD ? s->drives : 0);
	status_text(st, "leaves", kinds);
	if (s->drives_heard == HEARD_NOTHING)
		(void)text_copy(st->says, sizeof st->says,
		                "Not set for the machine: Windows' default holds, and "
		                "each user's own choice.");
	else if (s->drives_heard != HEARD)
		(void)text_copy(st->says, sizeof st->says,
		                "It could not be read, or is no number.");
	else
		snprintf(st->says, sizeof st->says, "0x%02" PRIX32 ": %s%s.", s->drives,
		         kinds[0] ? "still starts from drives of the kinds "
		                  : "off for "
		                    "all drives",
		         kinds);
	return OK;
}

static enum err
add_honor(const struct inside *in, const struct settings *s, struct statuses *out)
{
	struct status *st = statuses_add(out, STATUS_AUTORUN,
	                                 need_of(s, s->honor_heard, s->honored));

	if (!st)
		return ERR_MEMORY;
	status_text(st, "setting", "HonorAutorunSetting");
	if (s->honor_heard == HEARD)
		status_number(st, "value", s->honor);
	status_text(st, "covers", "makes NoDriveTypeAutoRun hold for a double click");
	status_text(st, "leaves", "sets nothing off by itself");
	if (has_correction(in->windows))
		(void)text_copy(st->says, sizeof st->says,
		                "This Windows has the correction in it.");
	else if (s->honored)
		(void)text_copy(st->says, sizeof st->says,
		                "The correction is in force.");
	else
		(void)text_copy(st->says, sizeof st->says,
		                s->honor_heard == HEARD
		                    ? "The correction is switched off."
		                    : "The correction (KB967715, KB950582) does not "
		                      "seem to be there.");
	if (!s->closed && !s->honored)
		(void)text_copy(st->next, sizeof st->next,
		                "Install the update that confine patches names, or set "
		                "IniFileMapping, which needs none.");
	return OK;
}

enum err
defence_autorun(const struct inside *in, struct statuses *out)
{
	struct settings s = { .mapped = false };

	if (!in->windows->there) {
		struct status *st = statuses_add(out, STATUS_AUTORUN, NEED_TELLING);

		if (!st)
			return ERR_MEMORY;
		status_text(st, "setting", "IniFileMapping");
		(void)text_copy(
		    st->says, sizeof st->says,
		    "There is no Windows here whose settings could be read.");
		return OK;
	}
	read_settings(in, &s);
	TRY(add_mapping(in, &s, out));
	TRY(add_drives(in, &s, out));
	return add_honor(in, &s, out);
}
