/*
 * The rules for a look inside, from the strongest down:
 *
 *   any conclusive sign                                  infected
 *   any strong sign, or five weak ones                   suspect
 *   a scan saw it since                                  as the scan says
 *   a scan saw it before, and nothing is found inside    suspect
 *   something is there and could not be read             unknown, and why
 *   there was no Windows to look at                      unknown
 *   anything else                                        clean
 *
 * What this way of reaching the machine does not have lowers nothing: it is named.
 */
#include "judge/inside.h"

#include <stdio.h>
#include <string.h>

#include "judge/judge.h"
#include "know/traces.h"

#define WEAK_ENOUGH 5 /* "five weak ones = suspect at most" */

static size_t
count_of(const struct findings *all, enum grade grade)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++)
		count += all->at[i].grade == grade;
	return count;
}

/* Each counts once, however many places or control sets show it. */
static size_t
weak_traces(const struct findings *all)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = strcmp(all->at[i].trace, all->at[k].trace) == 0;
		count += !again && all->at[i].grade == GRADE_WEAK;
	}
	return count;
}

static enum state
state_inside(const struct findings *all, bool whole)
{
	if (count_of(all, GRADE_CONCLUSIVE) > 0)
		return STATE_INFECTED;
	if (count_of(all, GRADE_STRONG) > 0 || weak_traces(all) >= WEAK_ENOUGH)
		return STATE_SUSPECT;
	if (count_of(all, GRADE_UNDETERMINED) > 0 || !whole)
		return STATE_UNKNOWN;
	return STATE_CLEAN;
}

/* The newest moment at which a scan got a conclusive answer; 0 for never. */
static int64_t
seen_ms(const struct findings *seen)
{
	int64_t newest = 0;

	for (size_t i = 0; seen && i < seen->count; i++) {
		const struct finding *f = &seen->at[i];

		if (f->grade == GRADE_CONCLUSIVE && f->time_ms > newest)
			newest = f->time_ms;
	}
	return newest;
}

static void
say(struct verdict *out, const char *fallback)
{
	const struct trace *t = out->reason_count > 0 ? trace_find(out->reasons[0])
	                                              : NULL;

	(void)text_copy(out->why, sizeof out->why, t ? t->title : fallback);
	(void)text_copy(out->next, sizeof out->next, t ? t->next : "");
}

static void
say_clean(struct verdict *out, size_t weak)
{
	if (weak > 0)
		snprintf(out->why, sizeof out->why,
		         "Every place that applies was looked at. %zu weak sign%s "
		         "stand%s alone, and %s other explanations.",
		         weak, weak == 1 ? "" : "s", weak == 1 ? "s" : "",
		         weak == 1 ? "it has" : "they have");
	else
		(void)text_copy(out->why, sizeof out->why,
		                "Every place that applies was looked at, and nothing "
		                "of the worm was found.");
	(void)text_copy(out->next, sizeof out->next,
	                "Close what is open below, so that it stays clean.");
}

/* A scan and a look inside disagree: the later one is nearer to the truth. */
static bool
scan_decides(const struct findings *seen, struct verdict *out)
{
	int64_t when = seen_ms(seen);

	if (when == 0 || out->state == STATE_INFECTED || out->state == STATE_SUSPECT)
		return false;
	if (when > out->time_ms) {
		judge_state(seen, out);
		return true;
	}
	out->state = STATE_SUSPECT;
	out->variants = 0;
	out->reason_count = 1;
	(void)text_copy(out->reasons[0], TRACE_ROOM, "scan-saw-worm");
	say(out, "");
	return true;
}

/* What explains the state comes first; in what is unknown, the open questions. */
static void
order_reasons(const struct findings *all, struct verdict *out)
{
	static const enum grade decided[] = { GRADE_CONCLUSIVE, GRADE_STRONG,
		                              GRADE_WEAK, GRADE_UNDETERMINED };
	static const enum grade open[] = { GRADE_UNDETERMINED, GRADE_WEAK };
	bool unknown = out->state == STATE_UNKNOWN;

	judge_reasons(all, unknown ? open : decided, unknown ? 2 : 4, out);
}

void
judge_inside(const struct findings *findings, const struct findings *seen, bool whole,
             struct verdict *out)
{
	judge_state(findings, out); /* the variants, where a strong sign decides */
	out->inside = true;
	out->state = state_inside(findings, whole);
	order_reasons(findings, out);
	if (out->state == STATE_CLEAN)
		say_clean(out, weak_traces(findings));
	else
		say(out,
		    "Nothing of the worm was found in it, and there is no Windows on "
		    "it that could be called clean.");
	if (out->state == STATE_UNKNOWN && out->reason_count == 0)
		(void)text_copy(out->next, sizeof out->next,
		                "Check the disk of the machine that it comes from.");
	(void)scan_decides(seen, out);
}

static void
not_asked(struct verdict *out, bool has, const char *sentence)
{
	if (!has && out->not_asked_count < NOT_ASKED_MOST)
		(void)text_copy(out->not_asked[out->not_asked_count++], SENTENCE_ROOM,
		                sentence);
}

void
judge_installation(const struct machine *m, const struct installation *w,
                   struct verdict *out)
{
	out->os = said_from_utf8(w->os);
	out->name = said_from_utf8(w->computer);
	out->domain = said_from_utf8(w->domain);
	out->not_asked_count = 0;
	not_asked(out, false,
	          "memory: the machine does not run, so only what it "
	          "wrote to disk was searched");
	not_asked(out, m->can.attributes,
	          "hidden files: this folder does not keep which files are hidden");
	not_asked(out, m->can.times, "times to 100 ns: this folder does not keep them");
	not_asked(out, m->can.name_times,
	          "when files really came: only an image shows those times "
	          "($FILE_NAME), not a mounted volume");
	not_asked(out, m->can.file_security,
	          "locked files: this folder does not keep who may open a file");
	not_asked(out, m->can.key_security,
	          "locked keys: who may read a key of the registry was not told");
}
