#include "tell/statuses.h"

#include <string.h>

#include "tell/formats.h"
#include "tell/para.h"
#include "tell/safe.h"

#define NEED_COLUMNS 9 /* "in order", and a blank */

const char *
status_called(const struct status *s)
{
	/* What tells the statuses of a kind apart, by its first field. */
	static const char *const names[] = { "kb", "category", "setting", "name",
		                             "account" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct status_field *f = status_field(s, names[i]);

		if (f && f->is == STATUS_TEXT)
			return f->text;
	}
	return status_kind_name(s->kind);
}

static const char *
need_words(enum status_need need)
{
	switch (need) {
	case NEED_NOTHING: return "in order";
	case NEED_DOING: return "to do";
	case NEED_TELLING: break;
	}
	return "unknown";
}

static const char *
color_of(enum status_need need)
{
	switch (need) {
	case NEED_NOTHING: return "\x1b[32m";
	case NEED_DOING: return "\x1b[1;31m";
	case NEED_TELLING: break;
	}
	return "\x1b[33m";
}

static void
fields_text(FILE *f, const struct status *s)
{
	for (size_t i = 0; i < s->field_count; i++) {
		const struct status_field *field = &s->fields[i];
		char pair[STATUS_KEY_ROOM + STATUS_TEXT_ROOM + 8];

		if (field->is == STATUS_TEXT && !field->text[0])
			continue;
		struct para p = para_begin(f, "", NEED_COLUMNS + 4);
		if (field->is == STATUS_TEXT)
			snprintf(pair, sizeof pair, "%s: %s", field->key, field->text);
		else if (field->is == STATUS_BOOL)
			snprintf(pair, sizeof pair, "%s: %s", field->key,
			         field->number ? "yes" : "no");
		else
			snprintf(pair, sizeof pair, "%s: %lld", field->key,
			         (long long)field->number);
		para_words(&p, pair);
		para_end(&p);
	}
}

/* After the head "  to do    ", which is coloured and so no paragraph's own. */
static struct para
begin_line(FILE *f, const struct status *s, const struct style *style)
{
	fprintf(f, "  %s%-*s%s", style->color ? color_of(s->need) : "", NEED_COLUMNS,
	        need_words(s->need), style->color ? "\x1b[0m" : "");
	return (struct para){ .out = f,
		              .indent = NEED_COLUMNS + 2,
		              .column = NEED_COLUMNS + 2 };
}

/* "At1 starts the worm ..." names itself. */
static bool
begins_with_its_name(const struct status *s)
{
	const char *name = status_called(s);
	size_t len = strlen(name);

	return strncmp(s->says, name, len) == 0 && strchr(" ,:", s->says[len]);
}

static void
one_text(FILE *f, const struct status *s, const struct style *style)
{
	struct para p = begin_line(f, s, style);

	if (!begins_with_its_name(s)) {
		para_word(&p, status_called(s));
		para_words(&p, "-");
	}
	para_words(&p, s->says);
	para_end(&p);
	if (style->verbose > 0)
		fields_text(f, s);
}

/* Is it one more of the kind before, with the same to be done about it? */
static bool
is_alike(const struct status *a, const struct status *b)
{
	return a->kind == b->kind && a->need == b->need && a->next[0] &&
	       strcmp(a->next, b->next) == 0;
}

#define ALIKE_SHOWN 3

size_t
statuses_alike(const struct statuses *all, size_t first, size_t *shown)
{
	size_t count = 1;

	while (first + count < all->count &&
	       is_alike(&all->at[first], &all->at[first + count]))
		count++;
	*shown = count <= ALIKE_SHOWN ? count : 1;
	return count;
}

/* Those alike are shown together, and what to do about them is said once. */
static size_t
group_text(FILE *f, const struct statuses *all, size_t first, const struct style *style)
{
	const struct status *lead = &all->at[first];
	size_t shown = 0;
	size_t count = statuses_alike(all, first, &shown);

	if (style->verbose > 0)
		shown = count;
	for (size_t i = 0; i < shown; i++)
		one_text(f, &all->at[first + i], style);
	if (count > shown) {
		struct para p = para_begin(f, "", NEED_COLUMNS + 2);
		char more[64];

		snprintf(more, sizeof more, "and %zu more alike, to", count - shown);
		para_words(&p, more);
		para_word(&p, status_called(&all->at[first + count - 1]));
		para_end(&p);
	}
	if (lead->next[0]) {
		struct para p = para_begin(f, "", NEED_COLUMNS + 2);

		para_words(&p, lead->next);
		para_end(&p);
	}
	return count;
}

void
statuses_text(FILE *f, const struct statuses *all, const struct style *style,
              bool with_orderly)
{
	size_t passed = 0;

	for (size_t i = 0; i < all->count;) {
		const struct status *s = &all->at[i];

		if (s->need == NEED_NOTHING && !with_orderly && style->verbose == 0) {
			passed++;
			i++;
		} else {
			i += group_text(f, all, i, style);
		}
	}
	if (passed > 0)
		fprintf(f, "  %zu more in order; -v shows %s.\n", passed,
		        passed == 1 ? "it" : "them");
}

void
statuses_brief(struct buf *b, const struct statuses *all, enum status_need need)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct status *s = &all->at[i];

		if (s->need != need)
			continue;
		buf_text(b, count++ > 0 ? "; " : "");
		buf_text(b, status_kind_name(s->kind));
		buf_text(b, " ");
		buf_text(b, status_called(s));
	}
}

/* The machine in a line, and then the statuses. */
enum err
statuses_text_page(FILE *f, const struct told_statuses *told, const struct style *style)
{
	const struct verdict *of = told->of;

	if (of) {
		safe_text(f, of->host);
		fputs(of->os.utf8[0] ? ", " : "", f);
		safe_text(f, of->os.utf8);
		fputs("\n\n", f);
	}
	/* Passwords that are good are nobody's business; all else is the answer. */
	statuses_text(f, told->statuses, style,
	              strcmp(told->run->command, "passwords") != 0);
	if (told->statuses->count == 0)
		fputs("  Nothing there.\n", f);
	return tell_flush(f);
}
