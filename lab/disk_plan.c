#include "lab/disk_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "base/text.h"
#include "base/when.h"
#include "know/worm_names.h"
#include "lab/dice.h"

#define DAY_MS 86400000
#define FILETIME_MS 10000u
#define LETTERS_ROOM 9 /* five to eight, as the worm has them */

#define PICK(list, dice) ((list)[dice_next(dice) % (sizeof(list) / sizeof *(list))])

static const char *const workplaces[] = {
	"WARD", "PRESS", "XRAY", "DESK", "TILL", "STORE", "LATHE", "SCALE",
};

/* Of specification 2.1: an example of each kind, not the whole lists. */
static const char *const service_beginnings[] = { "Ias", "Tapi", "win", "Wmi", "Trk" };
static const char *const service_ends[] = { "logon", "agent", "mon", "prov", "access" };
static const char *const display_words[] = {
	"Boot", "Config", "Helper", "Image", "Monitor", "Shell", "Universal", "Task",
};

/* The parts of 16 in which a machine has each noise. */
static const struct {
	enum noise noise;
	unsigned parts;
	const char *word;
} often[] = {
	{ NOISE_GERMAN, 4, "german" },       { NOISE_VENDOR, 12, "vendor-services" },
	{ NOISE_TUNED, 8, "tuned-tcp" },     { NOISE_FROZEN, 4, "frozen-updates" },
	{ NOISE_BACKUP, 10, "backup-jobs" }, { NOISE_AUTORUN, 4, "autorun" },
	{ NOISE_DONGLE, 5, "dongle" },       { NOISE_HIDES, 3, "hides-files" },
	{ NOISE_PATCHED, 6, "patched" },     { NOISE_OLD_NAME, 5, "renamed" },
};

static const struct disk_level *
draw_level(const char *word, uint64_t *dice)
{
	const struct disk_level *first = NULL;
	uint64_t draw = dice_next(dice);

	for (size_t i = 0; i < disk_levels_count; i++) {
		const struct disk_level *level = &disk_levels[i];

		if (!text_same(level->word, word))
			continue;
		if (first && draw % 4 == 0)
			return level;
		if (!first)
			first = level;
	}
	return first;
}

static void
draw_letters(char to[LETTERS_ROOM], uint64_t *dice)
{
	size_t len = 5 + dice_next(dice) % 4;

	for (size_t i = 0; i < len; i++)
		to[i] = (char)('a' + dice_next(dice) % 26);
	to[len] = 0;
}

static void
draw_machine(struct disk_plan *p, uint64_t *dice)
{
	int64_t released = 0;

	(void)when_from_text(p->level->released, &released);
	int64_t days = (int64_t)(30 + dice_next(dice) % 90);
	int64_t installed = released + days * DAY_MS;
	installed += (int64_t)(dice_next(dice) % DAY_MS);
	/* The worm was abroad from November 2008 on, and is to come later still. */
	int64_t used = 1234000000000 + (int64_t)(dice_next(dice) % 300) * DAY_MS;
	if (used < installed)
		used = installed + 40 * (int64_t)DAY_MS;
	p->released = when_to_filetime(released);
	p->installed = when_to_filetime(installed);
	p->last_used = when_to_filetime(used);
	for (size_t i = 0; i < sizeof often / sizeof *often; i++) {
		if (dice_next(dice) % 16 < often[i].parts)
			p->noise |= often[i].noise;
	}
	const char *place = PICK(workplaces, dice);
	unsigned number = (unsigned)(dice_next(dice) % 90 + 10);
	snprintf(p->computer, sizeof p->computer, "%s-%u", place, number);
	const char *before = PICK(workplaces, dice);
	snprintf(p->old_computer, sizeof p->old_computer, "OLD%s%u", before, number);
}

/* B's, or D's: out of the name that the machine had when the worm came. */
static void
compute_name(const struct disk_plan *p, struct disk_worm *w)
{
	const char *called = plan_has(p, NOISE_OLD_NAME) ? p->old_computer
	                                                 : p->computer;
	struct worm_names names = worm_names_of(span_of(called, strlen(called)));

	snprintf(w->file, sizeof w->file, "%s.dll",
	         w->letter == 'D' ? names.d : names.b);
}

/* Where its DLL lies: where System32 does not take it, under a name of any letters. */
static void
place_dll(const struct disk_plan *p, struct disk_worm *w, uint64_t *dice)
{
	char path[PLAN_PATH_ROOM];
	char letters[LETTERS_ROOM];
	bool elsewhere = dice_next(dice) % 8 == 0 && w->letter != 'A';

	draw_letters(letters, dice);
	snprintf(w->file, sizeof w->file, "%s.dll", letters);
	if (elsewhere) {
		snprintf(w->dll, sizeof w->dll, "C:\\%s\\Internet Explorer\\%s",
		         plan_place(p, PLACE_PROGRAMS), w->file);
		return;
	}
	if (w->letter != 'A')
		compute_name(p, w);
	snprintf(w->dll, sizeof w->dll, "C:\\%s", plan_system32(p, w->file, path));
}

static void
draw_names(struct disk_worm *w, uint64_t *dice)
{
	const char *beginning = PICK(service_beginnings, dice);
	const char *end = PICK(service_ends, dice);
	char letters[LETTERS_ROOM];

	draw_letters(w->service, dice);
	draw_letters(w->run_value, dice);
	draw_letters(w->export_name, dice);
	draw_letters(letters, dice);
	/* The last two of the letters are its ending. */
	snprintf(w->copy, sizeof w->copy, "%.*s.%s", (int)strlen(letters) - 2, letters,
	         letters + strlen(letters) - 2);
	if (w->letter == 'D')
		snprintf(w->service, sizeof w->service, "%s%s", beginning, end);
	/* Two different ones: the second out of those behind the first. */
	size_t first = dice_next(dice) % 4;
	size_t second = first + 1 + dice_next(dice) % 4;
	snprintf(w->display, sizeof w->display, "%s %s", display_words[first],
	         display_words[second]);
}

static void
draw_worm(struct disk_plan *p, struct disk_worm *w, uint64_t *dice)
{
	uint64_t days = dice_next(dice) % 30 + 1;

	w->at = p->last_used - days * DAY_MS * FILETIME_MS;
	w->jobs = w->letter == 'B' ? 24 : 0;
	draw_names(w, dice);
	place_dll(p, w, dice);
	w->was_paged = dice_next(dice) % 3 == 0;
}

static enum err
refuse(const char *what, const char *said, const char *choices)
{
	fprintf(stderr, "confine lab disk: --%s %s: write one of %s\n", what, said,
	        choices);
	return ERR_REFUSED;
}

enum err
disk_plan(const struct disk_wish *wish, struct disk_plan *out)
{
	const char *word = wish->windows ? wish->windows : "xp";
	const char *variant = wish->variant ? wish->variant : "B";
	uint64_t machine = dice_mix(wish->seed ^ 0x6D616368);
	uint64_t worm = dice_mix(wish->seed ^ 0x776F726D);

	*out = (struct disk_plan){ .seed = wish->seed, .more_files = wish->more_files };
	if (strlen(variant) != 1 || !strchr("ABD", variant[0]))
		return refuse("variant", variant, "A, B, D");
	out->level = draw_level(word, &machine);
	if (!out->level)
		return refuse("windows", word, "2000, xp, 2003, vista, 2008, 7");
	draw_machine(out, &machine);
	if (wish->clean)
		return OK;
	out->worm.letter = variant[0];
	out->noise &= ~(unsigned)NOISE_PATCHED; /* its way in */
	draw_worm(out, &out->worm, &worm);
	return OK;
}

const char *
plan_system32(const struct disk_plan *p, const char *rest, char to[PLAN_PATH_ROOM])
{
	snprintf(to, PLAN_PATH_ROOM, "%s\\%s\\%s", p->level->root, p->level->system32,
	         rest);
	return to;
}

const char *
plan_place(const struct disk_plan *p, enum place place)
{
	/* clang-format off */
	static const char *const names[][3] = {
		[PLACE_PROGRAMS] = {
		    "Program Files", "Programme", "Program Files" },
		[PLACE_PROFILES] = {
		    "Documents and Settings", "Dokumente und Einstellungen", "Users" },
		[PLACE_LOCAL_TEMP] = {
		    "Local Settings\\Temp", "Lokale Einstellungen\\Temp",
		    "AppData\\Local\\Temp" },
		[PLACE_CACHE] = {
		    "Local Settings\\Temporary Internet Files",
		    "Lokale Einstellungen\\Temporary Internet Files",
		    "AppData\\Local\\Microsoft\\Windows\\Temporary Internet Files" },
		[PLACE_COMMON_APP_DATA] = {
		    "Documents and Settings\\All Users\\Application Data",
		    "Dokumente und Einstellungen\\All Users\\Anwendungsdaten",
		    "ProgramData" },
	};
	/* clang-format on */

	/* From Vista on the folders have one name, and the screen another. */
	return names[place][level_is_6(p->level) ? 2 : plan_has(p, NOISE_GERMAN)];
}

const char *
plan_noise(const struct disk_plan *p, char to[PLAN_PATH_ROOM])
{
	size_t len = 0;

	to[0] = 0;
	for (size_t i = 0; i < sizeof often / sizeof *often; i++) {
		if (plan_has(p, often[i].noise))
			len += (size_t)snprintf(to + len, PLAN_PATH_ROOM - len, "%s%s",
			                        len > 0 ? " " : "", often[i].word);
	}
	return to;
}
