/* Who had it first, and from whom the others have it, as far as the logs can tell. */
#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "base/when.h"
#include "tell/logons.h"
#include "tell/para.h"

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

static void
line(FILE *f, const struct told_logons *told, size_t place)
{
	const struct attacker *a = &told->at[place];
	const struct spread *s = spread_to(told, place);
	char called[2 * ATTEMPT_TEXT];
	char when[WHEN_ROOM];
	char first[WHEN_ROOM + 4];
	char words[SPREAD_WORDS_ROOM] = "nothing shows where it has it from.";

	when_text(when, a->began_ms);
	(void)snprintf(first, sizeof first, "  %.10s %.8s", when, when + 11);
	attacker_called(a, called);
	if (s)
		spread_words(s, told->at, words);
	struct para p = para_begin(f, first, WHEN_COLUMNS);
	para_word(&p, called);
	para_words(&p, "-");
	para_words(&p, words);
	para_end(&p);
}

void
logons_text_spread(FILE *f, const struct told_logons *told)
{
	size_t count = told->attackers < told->top ? told->attackers
	                                           : (size_t)told->top;
	OWN(own_mem) struct order *order = calloc(count + 1, sizeof *order);

	if (told->attackers < 2 || !order)
		return;
	for (size_t i = 0; i < count; i++)
		order[i] = (struct order){ told->at, i };
	qsort(order, count, sizeof *order, by_beginning);
	fputs("\nThe likely order, as each began to attack (UTC):\n", f);
	for (size_t i = 0; i < count; i++)
		line(f, told, order[i].place);
}
