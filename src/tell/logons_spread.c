/*
 * Who had it first, and from whom the others have it, as far as the logs can tell: on a
 * screen and on a page.
 */
#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "tell/html_text.h"
#include "tell/logons.h"
#include "tell/logons_tables.h"
#include "tell/logons_words.h"
#include "tell/para.h"

#define SHOWN 12        /* on a page; longer ones are folded */
#define WHEN_COLUMNS 22 /* "  2009-01-16 09:00:00 " */

/* Attackers in order of time, as their places among the attackers. */
struct order {
	const struct attacker *at;
	size_t place;
};

static int
by_beginning(const void *x, const void *y)
{
	const struct order *a = x;
	const struct order *b = y;
	int64_t mine = a->at[a->place].began_ms;
	int64_t other = b->at[b->place].began_ms;

	if (mine != other)
		return mine < other ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static const struct spread *
spread_to(const struct told_logons *told, size_t place)
{
	for (size_t i = 0; i < told->spread_count; i++) {
		if (told->spread[i].to == place)
			return &told->spread[i];
	}
	return NULL;
}

static const char nothing_shows[] = "nothing shows where it has it from.";

/* Those that are shown, from the first on; nothing where there is no order. */
static struct order *
in_order(const struct told_logons *told, size_t *count)
{
	*count = told->attackers < told->top ? told->attackers : (size_t)told->top;
	struct order *order = calloc(*count + 1, sizeof *order);

	if (told->attackers < 2 || !order)
		*count = 0;
	for (size_t i = 0; i < *count; i++)
		order[i] = (struct order){ told->at, i };
	if (*count > 0)
		qsort(order, *count, sizeof *order, by_beginning);
	return order;
}

/* ---- on a screen */

static void
line(FILE *f, const struct told_logons *told, size_t place)
{
	const struct attacker *a = &told->at[place];
	char called[2 * ATTEMPT_TEXT];
	char when[WHEN_ROOM];
	char first[WHEN_ROOM + 4];
	const struct spread *s = spread_to(told, place);
	char words[SPREAD_WORDS_ROOM];

	when_for_people(when, a->began_ms);
	(void)snprintf(first, sizeof first, "  %s", when);
	attacker_called(a, called);
	struct para p = para_begin(f, first, WHEN_COLUMNS);
	para_word(&p, called);
	para_words(&p, "-");
	if (s) {
		attacker_called(&told->at[s->from], called);
		spread_words(s, words);
		para_words(&p, called);
	}
	para_words(&p, s ? words : nothing_shows);
	para_end(&p);
}

void
logons_text_spread(FILE *f, const struct told_logons *told)
{
	size_t count = 0;
	OWN(own_mem) struct order *order = in_order(told, &count);

	if (count == 0)
		return;
	fputs("\nThe likely order, as each began to attack (UTC):\n", f);
	for (size_t i = 0; i < count; i++)
		line(f, told, order[i].place);
}

/* ---- on a page */

static void
row(FILE *f, const struct told_logons *told, size_t place)
{
	const struct spread *s = spread_to(told, place);
	char words[SPREAD_WORDS_ROOM];

	fputs("<tr><th scope=\"row\">", f);
	logons_called_html(f, &told->at[place]);
	fputs("<span>", f);
	html_time(f, told->at[place].began_ms);
	fputs("</span></th><td>", f);
	if (s) {
		logons_called_html(f, &told->at[s->from]);
		spread_words(s, words);
		fprintf(f, " %s", words);
	} else {
		fputs(nothing_shows, f);
	}
	fputs("</td></tr>\n", f);
}

static void
table_begin(FILE *f)
{
	fputs(
	    "<div class=\"wide\"><table class=\"few\"><caption>The likely order, "
	    "as each began to attack.</caption>\n<thead><tr><th scope=\"col\">Machine"
	    "</th><th scope=\"col\">Where it has it from</th></tr></thead>\n<tbody>\n",
	    f);
}

void
logons_html_spread(FILE *f, const struct told_logons *told)
{
	size_t count = 0;
	OWN(own_mem) struct order *order = in_order(told, &count);

	if (count == 0)
		return;
	if (count > SHOWN)
		fputs("<details><summary>The likely order, as each began to attack"
		      "</summary>\n",
		      f);
	table_begin(f);
	for (size_t i = 0; i < count; i++)
		row(f, told, order[i].place);
	fputs("</tbody></table></div>\n", f);
	if (count > SHOWN)
		fputs("</details>\n", f);
	logons_more_html(f, told->attackers - count);
}
