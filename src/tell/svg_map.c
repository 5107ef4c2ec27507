#include "tell/svg_map.h"

#include <inttypes.h>
#include <string.h>

#include "tell/formats.h"
#include "tell/html_text.h"

#define SIDE 16             /* cells a side */
#define CELL 16             /* units of the picture a cell */
#define CELLS_MOST 256      /* hosts in a square */
#define SQUARES_MOST 64     /* more subnets than that are bars */
#define BARS_MOST 512       /* more than that are bars of wider subnets, */
#define WIDE_BARS_MOST 4096 /* and of these no more than that are drawn */
#define BAR_UNITS 1000

enum grain { GRAIN_CELLS, GRAIN_NARROW, GRAIN_WIDE };

/* Bytes of the key that name a subnet; the first is the family. */
static size_t
prefix_len(uint8_t family, enum grain grain)
{
	if (family != 4 && family != 6)
		return 1; /* machines without an address: all in one */
	if (family == 6)
		return grain == GRAIN_WIDE ? 1 + 6 : 1 + 8;
	return grain == GRAIN_WIDE ? 1 + 2 : 1 + 3;
}

static bool
is_same_net(const uint8_t *a, const uint8_t *b, enum grain grain)
{
	return memcmp(a, b, prefix_len(b[0], grain)) == 0;
}

static void
count_host(bool same, uint64_t *nets, uint64_t *here, uint64_t *most)
{
	if (!same) {
		++*nets;
		*here = 0;
	}
	++*here;
	if (*here > *most)
		*most = *here;
}

void
survey_row(struct survey *s, const struct verdict *v)
{
	count_host(is_same_net(s->last, v->key, GRAIN_CELLS), &s->nets, &s->here,
	           &s->most);
	count_host(is_same_net(s->last, v->key, GRAIN_WIDE), &s->wide_nets,
	           &s->wide_here, &s->wide_most);
	memcpy(s->last, v->key, sizeof s->last);
}

const char *
svg_class(enum state state)
{
	static const char *const classes[] = {
		[STATE_INFECTED] = "i", [STATE_SUSPECT] = "s", [STATE_UNKNOWN] = "u",
		[STATE_NO_SIGN] = "n",  [STATE_CLEAN] = "c",   [STATE_ABSENT] = "a",
	};

	return state >= STATE_INFECTED && state <= STATE_ABSENT ? classes[state] : "u";
}

/*
 * A cell is 16 units; its mark fills 15 and leaves a gap.  Infected: a full
 * square with a cross.  Suspect: with "!".  Unknown: a frame with "?".
 * No sign: a dot.  Clean: a tick.  Absent: a speck.
 */
void
svg_marks(FILE *f)
{
	fputs(
	    "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n"
	    "<pattern id=\"grid\" width=\"16\" height=\"16\" "
	    "patternUnits=\"userSpaceOnUse\"><rect class=\"slot\" width=\"15\" "
	    "height=\"15\" rx=\"1.5\"/></pattern>\n"
	    "<g id=\"m-i\"><rect class=\"f-i\" width=\"15\" height=\"15\" rx=\"1.5\"/>"
	    "<path class=\"on\" d=\"M4 4l7 7M11 4l-7 7\"/></g>\n"
	    "<g id=\"m-s\"><rect class=\"f-s\" width=\"15\" height=\"15\" rx=\"1.5\"/>"
	    "<path class=\"on\" d=\"M7.5 3v5.5M7.5 11v1.5\"/></g>\n"
	    "<g id=\"m-u\"><rect class=\"l-u\" x=\".75\" y=\".75\" width=\"13.5\" "
	    "height=\"13.5\" rx=\"1.5\"/><path class=\"p-u\" "
	    "d=\"M5.2 5.4a2.3 2.2 0 1 1 3.4 2c-.8.4-1.1.8-1.1 1.6M7.5 11v1.3\"/></g>\n"
	    "<g id=\"m-n\"><rect class=\"b-n\" width=\"15\" height=\"15\" rx=\"1.5\"/>"
	    "<circle class=\"f-n\" cx=\"7.5\" cy=\"7.5\" r=\"3\"/></g>\n"
	    "<g id=\"m-c\"><rect class=\"b-c\" width=\"15\" height=\"15\" rx=\"1.5\"/>"
	    "<path class=\"p-c\" d=\"M3.8 7.8l2.7 2.9 4.8-6\"/></g>\n"
	    "<g id=\"m-a\"><circle class=\"f-a\" cx=\"7.5\" cy=\"7.5\" r=\"1.2\"/>"
	    "</g>\n</defs></svg>\n",
	    f);
}

void
svg_mark(FILE *f, enum state state)
{
	fprintf(f,
	        "<svg class=\"mark\" viewBox=\"0 0 15 15\" aria-hidden=\"true\">"
	        "<use href=\"#m-%s\"/></svg>",
	        svg_class(state));
}

/* A subnet while its hosts go by. */
struct net {
	uint8_t key[ADDRESS_KEY];
	uint64_t number; /* 1 for the first */
	uint64_t hosts;
	uint64_t count[STATE_COUNT + 1];
};

/* "10.0.3.0/24", "2001:db8:0:7::/64": from the key, of which only a part counts. */
static void
net_name(FILE *f, const uint8_t *key, enum grain grain)
{
	const uint8_t *b = key + 1;

	if (key[0] != 4 && key[0] != 6) {
		fputs("without an address", f);
		return;
	}
	if (key[0] != 6 && grain == GRAIN_WIDE) {
		fprintf(f, "%u.%u.0.0/16", b[0], b[1]);
		return;
	}
	if (key[0] != 6) {
		fprintf(f, "%u.%u.%u.0/24", b[0], b[1], b[2]);
		return;
	}
	for (size_t i = 0; i + 1 < prefix_len(6, grain); i += 2)
		fprintf(f, "%s%x", i ? ":" : "", (unsigned)(b[i] << 8 | b[i + 1]));
	fputs(grain == GRAIN_WIDE ? "::/48" : "::/64", f);
}

static void
net_counts(FILE *f, const struct net *net)
{
	const char *between = "";

	for (int i = STATE_INFECTED; i <= STATE_ABSENT; i++) {
		if (net->count[i] == 0)
			continue;
		fputs(between, f);
		html_count(f, net->count[i]);
		fprintf(f, " %s", state_name((enum state)i));
		between = ", ";
	}
}

static void
square_begin(FILE *f, const struct net *net)
{
	fprintf(f,
	        "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\" "
	        "aria-labelledby=\"net%" PRIu64 "\"><rect class=\"ground\" "
	        "width=\"%d\" height=\"%d\"/>\n",
	        SIDE * CELL - 1, SIDE * CELL - 1, net->number, SIDE * CELL,
	        SIDE * CELL);
}

static void
square_cell(FILE *f, const struct net *net, const struct verdict *v)
{
	uint64_t place = v->key[0] == 4 ? v->key[4] : net->hosts - 1;

	fprintf(f, "<use href=\"#m-%s\" x=\"%u\" y=\"%u\"><title>", svg_class(v->state),
	        (unsigned)(place % SIDE * CELL), (unsigned)(place / SIDE * CELL));
	html_text(f, v->host);
	fprintf(f, " %s</title></use>\n", state_name(v->state));
}

static void
square_end(FILE *f, const struct net *net)
{
	fprintf(f, "</svg><figcaption id=\"net%" PRIu64 "\"><b>", net->number);
	net_name(f, net->key, GRAIN_CELLS);
	fputs("</b> ", f);
	net_counts(f, net);
	fputs("</figcaption></figure>\n", f);
}

/* A row of the table: name, bar, numbers.  The fullest subnet fills the width. */
static void
bar(FILE *f, const struct net *net, enum grain grain, uint64_t fullest)
{
	uint64_t done = 0;

	fputs("<tr><th scope=\"row\">", f);
	net_name(f, net->key, grain);
	fprintf(f,
	        "</th><td><svg viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" "
	        "aria-hidden=\"true\">",
	        BAR_UNITS);
	for (int i = STATE_INFECTED; i <= STATE_ABSENT; i++) {
		uint64_t from = done * BAR_UNITS / fullest;

		done += net->count[i];
		uint64_t to = done * BAR_UNITS / fullest;
		if (to == from && net->count[i] > 0)
			to = from + 1; /* a single one among thousands stays seen */
		if (net->count[i] == 0)
			continue;
		fprintf(f,
		        "<rect class=\"f-%s\" x=\"%" PRIu64 "\" width=\"%" PRIu64
		        "\" height=\"10\"/>",
		        svg_class((enum state)i), from, to - from);
	}
	fputs("</svg></td>", f);
	for (int i = STATE_INFECTED; i < STATE_ABSENT; i++) {
		fprintf(f, "<td%s>", net->count[i] == 0 ? " class=\"nil\"" : "");
		html_count(f, net->count[i]);
		fputs("</td>", f);
	}
	fputs("</tr>\n", f);
}

struct drawing {
	FILE *f;
	enum grain grain;
	uint64_t fullest; /* hosts */
	struct net net;
};

static bool
is_drawn(const struct drawing *d)
{
	return d->net.number > 0 && d->net.number <= WIDE_BARS_MOST;
}

static void
net_end(const struct drawing *d)
{
	if (!is_drawn(d))
		return;
	if (d->grain == GRAIN_CELLS)
		square_end(d->f, &d->net);
	else
		bar(d->f, &d->net, d->grain, d->fullest);
}

static void
draw_host(struct drawing *d, const struct verdict *v)
{
	if (d->net.number == 0 || !is_same_net(d->net.key, v->key, d->grain)) {
		net_end(d);
		d->net = (struct net){ .number = d->net.number + 1 };
		memcpy(d->net.key, v->key, sizeof d->net.key);
		if (d->grain == GRAIN_CELLS)
			square_begin(d->f, &d->net);
	}
	d->net.hosts++;
	d->net.count[v->state]++;
	if (d->grain == GRAIN_CELLS)
		square_cell(d->f, &d->net, v);
}

static enum grain
grain_for(const struct survey *s)
{
	if (s->nets <= SQUARES_MOST && s->most <= CELLS_MOST)
		return GRAIN_CELLS;
	return s->nets <= BARS_MOST ? GRAIN_NARROW : GRAIN_WIDE;
}

static void
bars_head(FILE *f)
{
	fputs("<div class=\"wide\"><table class=\"bars\"><caption>Hosts by "
	      "subnet; the longest bar is the fullest subnet.</caption>\n<thead><tr>"
	      "<th scope=\"col\">Subnet</th><th scope=\"col\">Share</th>",
	      f);
	for (int i = STATE_INFECTED; i < STATE_ABSENT; i++) {
		fputs("<th scope=\"col\">", f);
		svg_mark(f, (enum state)i);
		fprintf(f, " %s</th>", state_name((enum state)i));
	}
	fputs("</tr></thead>\n<tbody>\n", f);
}

static void
bars_tail(FILE *f, uint64_t nets)
{
	fputs("</tbody></table></div>\n", f);
	if (nets <= WIDE_BARS_MOST)
		return;
	fputs("<p>", f);
	html_count(f, nets - WIDE_BARS_MOST);
	fputs(" more subnets are not drawn; their hosts are in the table below.</p>\n",
	      f);
}

enum err
svg_map(FILE *f, struct view *view, const struct style *style, const struct survey *s)
{
	struct drawing d = { .f = f, .grain = grain_for(s) };
	struct row row = { 0 };
	bool more = false;

	d.fullest = d.grain == GRAIN_WIDE ? s->wide_most : s->most;
	if (d.grain == GRAIN_CELLS)
		fputs("<div class=\"squares\">\n", f);
	else
		bars_head(f);
	TRY(view->rewind(view, VIEW_BY_ADDRESS));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		draw_host(&d, &row.verdict);
	}
	net_end(&d);
	if (d.grain == GRAIN_CELLS)
		fputs("</div>\n", f);
	else
		bars_tail(f, d.net.number);
	return OK;
}
