#include "tell/svg_attacks.h"

#include <inttypes.h>
#include <math.h>

#include "tell/html_text.h"
#include "tell/logons_words.h"

#define NODE_WIDTH 180
#define TRIED_WIDTH 220
#define NODE_HEIGHT 46
#define TRIED_HEIGHT 28
#define NODE_ROW 62
#define TRIED_ROW 36
#define TOP 30 /* for the heads of the columns */
#define COLUMNS_OF_NAME 19
#define COLUMNS_OF_TRIED 19
#define TIP 9 /* of an arrow */

/* How large it all is. */
struct sheet {
	FILE *f;
	const struct attack_map *map;
	unsigned width, height;
	unsigned gap;  /* between two stages */
	uint64_t most; /* failures of the widest arrow */
};

struct box {
	unsigned x, y, width, height;
};

static bool
is_last(const struct sheet *s, const struct attack_node *n)
{
	return !n->attacker && n->stage + 1 == s->map->stages;
}

static unsigned
rows_height(const struct attack_map *map, unsigned stage)
{
	bool is_tried = stage + 1 == map->stages && map->node_count > map->attackers;

	return map->rows[stage] * (is_tried ? TRIED_ROW : NODE_ROW);
}

static struct sheet
measure(FILE *f, const struct attack_map *map)
{
	static const unsigned gaps[] = { 0, 0, 120, 120, 80, 56 };
	struct sheet s = { .f = f, .map = map, .most = 1 };

	s.gap = gaps[map->stages];
	s.width = (map->stages - 1) * (NODE_WIDTH + s.gap) + TRIED_WIDTH;
	for (unsigned i = 0; i < map->stages; i++) {
		unsigned height = rows_height(map, i);

		s.height = height > s.height ? height : s.height;
	}
	for (size_t i = 0; i < map->arrow_count; i++) {
		if (map->arrows[i].failures > s.most)
			s.most = map->arrows[i].failures;
	}
	return s;
}

static struct box
box_of(const struct sheet *s, const struct attack_node *n)
{
	bool last = is_last(s, n);
	unsigned row = last ? TRIED_ROW : NODE_ROW;
	unsigned above = (s->height - rows_height(s->map, n->stage)) / 2;
	struct box b = { .x = n->stage * (NODE_WIDTH + s->gap),
		         .width = last ? TRIED_WIDTH : NODE_WIDTH,
		         .height = last ? TRIED_HEIGHT : NODE_HEIGHT };

	b.y = TOP + above + n->row * row + (row - b.height) / 2;
	return b;
}

/* ---- words */

static void
called(FILE *f, const struct attack_node *n)
{
	char name[2 * ATTEMPT_TEXT];

	if (n->attacker)
		attacker_called(n->attacker, name);
	html_text(f, n->attacker ? name : n->name);
}

static void
arrow_title(const struct sheet *s, const struct attack_arrow *a)
{
	char when[WHEN_ROOM];

	called(s->f, &s->map->nodes[a->from]);
	fputs(" tried ", s->f);
	called(s->f, &s->map->nodes[a->to]);
	fputs(": ", s->f);
	html_counted(s->f, a->failures, "guess", "guesses");
	when_for_people(when, a->first_ms);
	fprintf(s->f, ", the first at %s UTC", when);
}

/* The same as the text says. */
static void
spread_title(const struct sheet *s, const struct attack_arrow *a)
{
	char words[SPREAD_WORDS_ROOM];

	called(s->f, &s->map->nodes[a->to]);
	fputs(": ", s->f);
	called(s->f, &s->map->nodes[a->from]);
	spread_words(a->spread, words);
	fprintf(s->f, " %s", words);
}

/* ---- arrows */

static void
arrow(const struct sheet *s, const struct attack_arrow *a)
{
	struct box from = box_of(s, &s->map->nodes[a->from]);
	struct box to = box_of(s, &s->map->nodes[a->to]);
	unsigned x1 = from.x + from.width;
	unsigned y1 = from.y + from.height / 2;
	unsigned y2 = to.y + to.height / 2;
	unsigned bend = s->gap / 2;

	fprintf(s->f,
	        "<path class=\"%s\" stroke-width=\"%.1f\" d=\"M%u %uC%u %u %u %u %u %u"
	        "\" marker-end=\"url(#%s)\">",
	        a->spread ? "leads" : "tries",
	        1 + 5 * sqrt((double)a->failures / (double)s->most), x1, y1, x1 + bend,
	        y1, to.x - bend, y2, to.x - TIP, y2, a->spread ? "tip-i" : "tip");
	fputs("<title>", s->f);
	if (a->spread)
		spread_title(s, a);
	else
		arrow_title(s, a);
	fputs("</title></path>\n", s->f);
}

/* The light ones first: the way that it went lies over them. */
static void
arrows(const struct sheet *s)
{
	for (size_t i = s->map->arrow_count; i-- > 0;)
		arrow(s, &s->map->arrows[i]);
}

/* ---- machines */

static void
node_begin(const struct sheet *s, const struct box *b, const char *class)
{
	fprintf(s->f,
	        "<g class=\"%s\"><rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" "
	        "rx=\"3\"/>",
	        class, b->x, b->y, b->width, b->height);
}

static void
tried_node(const struct sheet *s, const struct attack_node *n)
{
	struct box b = box_of(s, n);

	node_begin(s, &b, n->guesses ? "node guesses" : "node");
	fputs("<title>", s->f);
	called(s->f, n);
	fputs(": ", s->f);
	html_counted(s->f, n->tried, "guess", "guesses");
	fputs(n->guesses ? "; it guesses as well" : "", s->f);
	fprintf(s->f, "</title><text x=\"%u\" y=\"%u\">", b.x + 10, b.y + 19);
	html_cut(s->f, n->name, COLUMNS_OF_TRIED);
	fprintf(s->f,
	        "</text><text class=\"much\" x=\"%u\" y=\"%u\" "
	        "text-anchor=\"end\">",
	        b.x + b.width - 10, b.y + 19);
	html_count(s->f, n->tried);
	fputs("</text></g>\n", s->f);
}

static void
attacker_node(const struct sheet *s, const struct attack_node *n, size_t number)
{
	struct box b = box_of(s, n);
	const struct attacker *a = n->attacker;
	char name[2 * ATTEMPT_TEXT];

	attacker_called(a, name);
	fprintf(s->f, "<a href=\"#a%zu\">", number);
	node_begin(s, &b, number == 1 ? "node first" : "node guesses");
	fputs("<title>", s->f);
	called(s->f, n);
	fputs(": ", s->f);
	html_counted(s->f, a->failures, "guess", "guesses");
	fputs(" on ", s->f);
	html_counted(s->f, a->target_count, "machine", "machines");
	fprintf(s->f, "</title><text class=\"who\" x=\"%u\" y=\"%u\">", b.x + 10,
	        b.y + 19);
	html_cut(s->f, a->workstation[0] ? a->workstation : name, COLUMNS_OF_NAME);
	fprintf(s->f, "</text><text class=\"much\" x=\"%u\" y=\"%u\">", b.x + 10,
	        b.y + 36);
	html_counted(s->f, a->failures, "guess", "guesses");
	fputs("</text></g></a>\n", s->f);
}

static void
heads(const struct sheet *s)
{
	const struct attack_map *map = s->map;
	bool has_tried = map->node_count > map->attackers;
	unsigned last = map->stages - 1;

	for (unsigned i = 0; i < map->stages; i++)
		fprintf(s->f, "<text class=\"head\" x=\"%u\" y=\"14\">%s</text>\n",
		        i * (NODE_WIDTH + s->gap),
		        has_tried && i == last ? "are tried"
		        : i == 0               ? "guess passwords"
		        : i == 1               ? "were tried, then guess too"
		                               : "and then these");
}

static void
drawing(const struct sheet *s)
{
	const struct attack_map *map = s->map;

	fprintf(s->f,
	        "<div class=\"wide\"><svg class=\"attacks s%u\" viewBox=\"0 0 %u %u\" "
	        "width=\"%u\" role=\"group\" aria-labelledby=\"map-t\" "
	        "aria-describedby=\"map-d\">\n<title id=\"map-t\">Who attacks whom"
	        "</title>\n<desc id=\"map-d\">",
	        map->stages, s->width, s->height + TOP, s->width);
	html_counted(s->f, map->attackers, "machine that guesses",
	             "machines that guess");
	fputs(" passwords on the left, arrows to those that they try. The table below "
	      "has the same in words.</desc>\n<defs>",
	      s->f);
	for (int i = 0; i < 2; i++)
		fprintf(
		    s->f,
		    "<marker id=\"%s\" class=\"%s\" viewBox=\"0 0 10 10\" refX=\"1\" "
		    "refY=\"5\" markerWidth=\"10\" markerHeight=\"10\" "
		    "markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
		    "<path d=\"M0 0l10 5-10 5z\"/></marker>",
		    i ? "tip-i" : "tip", i ? "tip-i" : "tip");
	fputs("</defs>\n", s->f);
	heads(s);
	arrows(s);
	for (size_t i = 0; i < map->node_count; i++) {
		if (map->nodes[i].attacker)
			attacker_node(s, &map->nodes[i], i + 1);
		else
			tried_node(s, &map->nodes[i]);
	}
	fputs("</svg></div>\n", s->f);
}

static void
stroke(FILE *f, const char *class, const char *words)
{
	fprintf(f,
	        "<li><svg class=\"mark\" viewBox=\"0 0 15 15\" aria-hidden=\"true\">"
	        "<path class=\"%s\" stroke-width=\"4\" d=\"M0 7.5h15\"/></svg> %s</li>",
	        class, words);
}

static void
legend(FILE *f, const struct attack_map *map)
{
	fputs("<ul class=\"legend\"><li><svg class=\"mark node guesses\" viewBox=\"0 0 "
	      "15 15\" aria-hidden=\"true\"><rect x=\"1\" y=\"2\" width=\"13\" "
	      "height=\"11\" rx=\"2\"/></svg> guesses passwords; the full one is the "
	      "likeliest</li>",
	      f);
	if (map->arrow_count > 0 && map->arrows[0].spread)
		stroke(f, "leads",
		       "tried it before it began to guess: perhaps the way that the "
		       "worm took");
	if (map->arrow_count > 0)
		stroke(f, "tries", "tried it; the wider, the more often");
	fputs("</ul>\n", f);
}

/* ---- what is not in it, and the same as a table */

static void
part(FILE *f, uint64_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	fputs(" ", f);
	html_counted(f, n, one, many);
	fputs(".", f);
}

static void
not_drawn(FILE *f, const struct attack_map *map)
{
	if (map->other_attackers + map->other_tried + map->other_arrows + map->untold ==
	    0)
		return;
	fputs("<p class=\"aside\">Not drawn:", f);
	if (map->other_attackers > 0) {
		fputs(" what ", f);
		html_counted(f, map->other_attackers, "attacker more tries.",
		             "attackers more try.");
	}
	part(f, map->other_tried, "machine more that is tried",
	     "machines more that are tried");
	part(f, map->other_arrows, "arrow more, to these or back to the left",
	     "arrows more, to these or back to the left");
	if (map->untold > 0) {
		fputs(" Of ", f);
		html_counted(f, map->untold, "attacker", "attackers");
		fprintf(f, " only the %d machines that were tried most are known here.",
		        TARGETS_MOST);
	}
	fputs("</p>\n", f);
}

static void
arrow_row(FILE *f, const struct attack_map *map, const struct attack_arrow *a)
{
	const struct attack_node *to = &map->nodes[a->to];

	fputs("<tr><th scope=\"row\">", f);
	logons_called_html(f, map->nodes[a->from].attacker);
	fputs("</th><td>", f);
	if (to->attacker)
		logons_called_html(f, to->attacker);
	else
		html_foreign(f, to->name);
	fputs("</td><td>", f);
	html_count(f, a->failures);
	fputs("</td><td>", f);
	html_time(f, a->first_ms);
	fputs("</td><td>", f);
	if (to->attacker) {
		fputs(a->spread ? "perhaps since: began " : "began ", f);
		html_time(f, to->attacker->began_ms);
	} else {
		fputs(to->guesses ? "yes" : "no", f);
	}
	fputs("</td></tr>\n", f);
}

static void
table(FILE *f, const struct attack_map *map)
{
	fputs("<details><summary>The arrows as a table</summary>\n<div class=\"wide\">"
	      "<table class=\"pairs\"><caption>Who tried whom; the way that it may "
	      "have gone comes first.</caption>\n<thead><tr>"
	      "<th scope=\"col\">Tried by</th><th scope=\"col\">Tried</th>"
	      "<th scope=\"col\">Guesses</th><th scope=\"col\">First</th>"
	      "<th scope=\"col\">Does it guess as well?</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < map->arrow_count; i++)
		arrow_row(f, map, &map->arrows[i]);
	fputs("</tbody></table></div></details>\n", f);
}

void
svg_attacks(FILE *f, const struct attack_map *map)
{
	struct sheet s = measure(f, map);

	drawing(&s);
	legend(f, map);
	not_drawn(f, map);
	if (map->arrow_count > 0)
		table(f, map);
}
