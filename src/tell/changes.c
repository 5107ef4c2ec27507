#include "tell/changes.h"

#include <inttypes.h>
#include <string.h>

#include "tell/formats.h"
#include "tell/para.h"
#include "tell/safe.h"
#include "tell/statuses.h"
#include "tell/text_inside.h"

#define STATE_COLUMNS 11 /* "not-needed", and a blank */
#define PLACE_INDENT (STATE_COLUMNS + 4)

void
changes_count(struct changes_count *out, const struct plan *plan)
{
	*out = (struct changes_count){ .done = 0 };
	for (size_t i = 0; i < plan->count; i++)
		out->of[plan->at[i].state]++;
	out->done = out->of[CHANGE_DONE] + out->of[CHANGE_VERIFIED] +
	            out->of[CHANGE_NOT_NEEDED];
}

void
change_place(const struct change *c, char out[CHANGE_PLACE_ROOM])
{
	const char *value = c->name[0] ? c->name : "(default)";

	switch (c->kind) {
	case CHANGE_SET_VALUE:
	case CHANGE_DELETE_VALUE:
		snprintf(out, CHANGE_PLACE_ROOM, "%s, %s", c->target, value);
		break;
	case CHANGE_REMOVE_STRING:
		snprintf(out, CHANGE_PLACE_ROOM, "%s, %s: %s", c->target, value,
		         c->string);
		break;
	case CHANGE_DELETE_KEY:
	case CHANGE_MAKE_KEY:
	case CHANGE_QUARANTINE:
	case CHANGE_DELETE_TASK:
	case CHANGE_REMOVE_FOLDER:
	case CHANGE_MAKE_FOLDER:
	case CHANGE_MAKE_FILE:
	case CHANGE_RESET_ACL:
		(void)text_copy(out, CHANGE_PLACE_ROOM, c->target);
		break;
	}
}

static const char *
color_of(enum change_state state)
{
	switch (state) {
	case CHANGE_DONE:
	case CHANGE_VERIFIED:
	case CHANGE_NOT_NEEDED: return "\x1b[32m";
	case CHANGE_FAILED: return "\x1b[1;31m";
	case CHANGE_PLANNED:
	case CHANGE_UNDONE: break;
	}
	return "\x1b[33m";
}

static void
sentence(FILE *f, const char *text)
{
	if (!text[0])
		return;
	struct para p = para_begin(f, "", STATE_COLUMNS + 2);
	para_words(&p, text);
	para_end(&p);
}

/* Of one kind, for one reason, with one outcome. */
static bool
is_alike(const struct change *a, const struct change *b)
{
	return a->state == b->state && a->kind == b->kind &&
	       strcmp(a->why, b->why) == 0 && strcmp(a->from, b->from) == 0;
}

static bool
says_the_same(const struct change *a, const struct change *b)
{
	return is_alike(a, b) && strcmp(a->says, b->says) == 0;
}

#define ALIKE_LEAST 4 /* of which only the first is told in words */

static size_t
alike(const struct plan *plan, size_t first)
{
	size_t count = 1;

	while (first + count < plan->count &&
	       is_alike(&plan->at[first], &plan->at[first + count]))
		count++;
	return count;
}

/* A path stays whole, however long: it is to be copied. */
static void
place(FILE *f, const struct change *c)
{
	char where[CHANGE_PLACE_ROOM];

	change_place(c, where);
	fprintf(f, "%*s", PLACE_INDENT, "");
	safe_text(f, where);
	fputc('\n', f);
}

static void
one_text(FILE *f, const struct change *c, const struct style *style)
{
	fprintf(f, "  %s%-*s%s", style->color ? color_of(c->state) : "", STATE_COLUMNS,
	        change_state_name(c->state), style->color ? "\x1b[0m" : "");
	struct para p = { .out = f,
		          .indent = STATE_COLUMNS + 2,
		          .column = STATE_COLUMNS + 2 };
	para_words(&p, c->says);
	if (c->from[0]) {
		para_words(&p, "- from");
		para_words(&p, c->from);
	}
	para_end(&p);
}

/* What it rests on. */
static void
signs(FILE *f, const struct change *c)
{
	struct para p = para_begin(f, "", PLACE_INDENT + 2);

	para_words(&p, change_kind_name(c->kind));
	para_word(&p, c->why);
	for (size_t i = 0; i < c->sign_count; i++)
		para_word(&p, c->signs[i]);
	para_end(&p);
}

/* Every place is shown, whatever is left out of the words. */
static void
group_text(FILE *f, const struct change *first, size_t count, const struct style *style)
{
	bool brief = count >= ALIKE_LEAST && style->verbose == 0;

	for (size_t i = 0; i < count; i++) {
		const struct change *c = first + i;

		if (i == 0 || (!brief && !says_the_same(c, c - 1)))
			one_text(f, c, style);
		if (i == 1 && brief)
			fprintf(f, "%*sand %zu more alike:\n", STATE_COLUMNS + 2, "",
			        count - 1);
		place(f, c);
		if (style->verbose > 0)
			signs(f, c);
		if (i + 1 == count || strcmp(c->error, c[1].error) != 0)
			sentence(f, c->error);
	}
}

void
changes_text(FILE *f, const struct plan *plan, const struct style *style)
{
	for (size_t i = 0; i < plan->count;) {
		size_t count = alike(plan, i);

		group_text(f, &plan->at[i], count, style);
		i += count;
	}
}

static void
note(FILE *f, const struct plan_note *n)
{
	struct para p = para_begin(f, "  -", 4);

	para_words(&p, n->says);
	para_end(&p);
	if (!n->target[0])
		return;
	fputs("      ", f);
	safe_text(f, n->target);
	fputc('\n', f);
}

void
changes_text_notes(FILE *f, const struct plan *plan)
{
	if (plan->left_count > 0)
		fputs("\nFound, and left alone\n", f);
	for (size_t i = 0; i < plan->left_count; i++)
		note(f, &plan->left[i]);
	if (plan->person_count > 0)
		fputs("\nFor a person to do\n", f);
	for (size_t i = 0; i < plan->person_count; i++)
		note(f, &plan->persons[i]);
}

void
mended_text(FILE *f, const struct mended *m)
{
	char words[MENDED_WORDS_ROOM];
	struct para p = para_begin(f, "", 2);

	mended_words(m, words);
	para_words(&p, "Changed");
	para_words(&p, words);
	para_end(&p);
	if (!m->journal[0])
		return;
	fputs("    Journal: ", f);
	safe_text(f, m->journal);
	fputc('\n', f);
}

static void
steps(FILE *f, const struct told_changes *told)
{
	if (told->step_count == 0)
		return;
	fputs("\nNext:\n", f);
	for (size_t i = 0; i < told->step_count; i++) {
		fputs("  ", f);
		safe_text(f, told->steps[i].command);
		fprintf(f, "  # %s\n", told->steps[i].why);
	}
}

/* The machine as it stands now. */
static void
machine(FILE *f, const struct told_changes *told, const struct style *style)
{
	const struct row *now = told->after ? told->after : told->before;

	if (!now || !told->judged) {
		safe_text(f, told->host);
		fputc('\n', f);
		return;
	}
	text_inside_headline(f, &now->verdict, style);
	if (!told->after)
		return;
	if (told->before && told->before->verdict.state != now->verdict.state)
		fprintf(f, "  It was %s before.\n",
		        state_name(told->before->verdict.state));
	text_inside_signs(f, &now->findings, style);
}

enum err
changes_text_page(FILE *f, const struct told_changes *told, const struct style *style)
{
	const struct row *now = told->after ? told->after : told->before;

	machine(f, told, style);
	struct para p = para_begin(f, "\n  ", 2);
	p.column = 2;
	para_words(&p, told->outcome);
	para_end(&p);
	if (told->journal[0]) {
		fputs("  Journal: ", f);
		safe_text(f, told->journal);
		fputc('\n', f);
	}
	if (told->plan->count > 0)
		fputs("\nChanges\n", f);
	changes_text(f, told->plan, style);
	if (now && !told->judged && now->statuses && now->statuses->count > 0) {
		fputs("\nHow it stands\n", f);
		statuses_text(f, now->statuses, style, true);
	}
	if (!told->is_undo)
		changes_text_notes(f, told->plan);
	steps(f, told);
	return tell_flush(f);
}
