#include "tell/attack_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

#define PAIRS_MOST (MAP_ATTACKERS * TARGETS_MOST)
#define ARROWS_MOST (PAIRS_MOST + MAP_ATTACKERS * MAP_ATTACKERS)

/* While it is made: all machines and arrows that are known. */
struct making {
	struct attack_node nodes[MAP_ATTACKERS + PAIRS_MOST];
	size_t node_count, attackers;
	struct attack_arrow arrows[ARROWS_MOST];
	size_t arrow_count;
};

/* ---- who is who */

static bool
is_address(const char *name)
{
	return strchr(name, ':') || strspn(name, "0123456789.") == strlen(name);
}

/* "WARD-3", "ward-3.hospital.example" and "\\WARD-3" are one machine. */
static bool
is_same_machine(const char *a, const char *b)
{
	a += strspn(a, "\\");
	b += strspn(b, "\\");
	if (is_address(a) || is_address(b))
		return a[0] && text_same(a, b);
	size_t len = strcspn(a, ".");

	return len > 0 && len == strcspn(b, ".") && strncasecmp(a, b, len) == 0;
}

static bool
is_attacker(const struct attacker *a, const char *name)
{
	return is_same_machine(a->workstation, name) ||
	       is_same_machine(a->address, name);
}

static bool
is_node(const struct attack_node *n, const char *name)
{
	return n->attacker ? is_attacker(n->attacker, name)
	                   : is_same_machine(n->name, name);
}

/* An attacker that there was no room for. */
static bool
is_another(const struct told_logons *told, const char *name)
{
	for (size_t i = MAP_ATTACKERS; i < told->attackers && i < MAP_SEARCHED; i++) {
		if (is_attacker(&told->at[i], name))
			return true;
	}
	return false;
}

static size_t
node_of(struct making *m, const struct told_logons *told, const char *name)
{
	size_t i = 0;

	while (i < m->node_count && !is_node(&m->nodes[i], name))
		i++;
	if (i == m->node_count)
		m->nodes[m->node_count++] = (struct attack_node){
			.name = name, .guesses = is_another(told, name)
		};
	return i;
}

static void
take_attackers(struct making *m, const struct told_logons *told)
{
	m->attackers = told->attackers < MAP_ATTACKERS ? told->attackers
	                                               : MAP_ATTACKERS;
	m->node_count = m->attackers;
	for (size_t i = 0; i < m->attackers; i++)
		m->nodes[i].attacker = &told->at[i];
}

/* The arrow between these two; it is made where there is none. */
static struct attack_arrow *
arrow_between(struct making *m, size_t from, size_t to)
{
	size_t i = 0;

	while (i < m->arrow_count &&
	       (m->arrows[i].from != from || m->arrows[i].to != to))
		i++;
	if (i == m->arrow_count)
		m->arrows[m->arrow_count++] = (struct attack_arrow){ .from = from,
			                                             .to = to };
	return &m->arrows[i];
}

/* A machine may be tried by several of its names. */
static void
widen(struct attack_arrow *arrow, const struct victim *t)
{
	if (arrow->failures == 0 || t->first_ms < arrow->first_ms)
		arrow->first_ms = t->first_ms;
	arrow->failures += t->failures;
}

static void
take_arrows(struct making *m, const struct told_logons *told)
{
	for (size_t i = 0; i < m->attackers; i++) {
		const struct attacker *a = &told->at[i];

		for (size_t k = 0; k < a->targets_shown; k++) {
			size_t to = node_of(m, told, a->targets[k].name);

			m->nodes[to].tried += a->targets[k].failures;
			widen(arrow_between(m, i, to), &a->targets[k]);
		}
	}
}

/* What the judge takes for the way that it went.  Among all that was tried it may be
 * too little to be among the targets that are told. */
static void
take_spread(struct making *m, const struct told_logons *told)
{
	for (size_t i = 0; i < told->spread_count; i++) {
		const struct spread *s = &told->spread[i];

		if (s->from >= m->attackers || s->to >= m->attackers)
			continue;
		struct attack_arrow *arrow = arrow_between(m, s->from, s->to);

		arrow->spread = s;
		if (arrow->failures > 0)
			continue;
		arrow->failures = s->failures;
		arrow->first_ms = s->attacked_ms;
	}
}

/* ---- where each stands */

/* One stage behind whom it has it from.  The spread is in order of time, so that one's
 * stage is known before. */
static void
find_stages(struct making *m, const struct told_logons *told)
{
	for (size_t i = 0; i < told->spread_count; i++) {
		const struct spread *s = &told->spread[i];

		if (s->from < m->attackers && s->to < m->attackers)
			m->nodes[s->to].stage = m->nodes[s->from].stage + 1;
	}
}

static void
place_stages(struct making *m, struct attack_map *out)
{
	for (size_t i = 0; i < m->attackers; i++) {
		if (m->nodes[i].stage >= MAP_STAGES)
			m->nodes[i].stage = MAP_STAGES - 1;
		if (m->nodes[i].stage >= out->stages)
			out->stages = m->nodes[i].stage + 1;
	}
	for (size_t i = m->attackers; i < m->node_count; i++)
		m->nodes[i].stage = out->stages;
	out->stages += m->node_count > m->attackers;
}

/* ---- what is drawn of them */

static int
by_tries(const void *x, const void *y)
{
	const struct attack_node *a = *(const struct attack_node *const *)x;
	const struct attack_node *b = *(const struct attack_node *const *)y;

	if (a->guesses != b->guesses)
		return a->guesses ? -1 : 1;
	if (a->tried != b->tried)
		return a->tried > b->tried ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* The attackers, and of the others who attacks as well or was tried most;
 * new_place: SIZE_MAX is none. */
static void
keep_nodes(const struct making *m, struct attack_map *out, size_t *new_place)
{
	const struct attack_node *only_tried[PAIRS_MOST] = { NULL };
	size_t count = m->node_count - m->attackers;

	for (size_t i = 0; i < count; i++) {
		only_tried[i] = &m->nodes[m->attackers + i];
		new_place[m->attackers + i] = SIZE_MAX;
	}
	qsort(only_tried, count, sizeof only_tried[0], by_tries);
	for (size_t i = 0; i < m->attackers; i++) {
		new_place[i] = i;
		out->nodes[i] = m->nodes[i];
	}
	out->attackers = out->node_count = m->attackers;
	for (size_t i = 0; i < count && i < MAP_TRIED; i++) {
		new_place[only_tried[i] - m->nodes] = out->node_count;
		out->nodes[out->node_count++] = *only_tried[i];
	}
	out->other_tried = m->attackers + count - out->node_count;
}

static int
by_weight(const void *x, const void *y)
{
	const struct attack_arrow *a = x;
	const struct attack_arrow *b = y;

	if (!a->spread != !b->spread)
		return a->spread ? -1 : 1;
	if (a->failures != b->failures)
		return a->failures > b->failures ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

/* Those that go to the right: one that goes back says nothing of the way. */
static void
keep_arrows(struct making *m, struct attack_map *out, const size_t *new_place)
{
	qsort(m->arrows, m->arrow_count, sizeof m->arrows[0], by_weight);
	for (size_t i = 0; i < m->arrow_count; i++) {
		struct attack_arrow a = m->arrows[i];
		bool is_right = m->nodes[a.from].stage < m->nodes[a.to].stage;

		a.to = new_place[a.to];
		if (is_right && a.to != SIZE_MAX && out->arrow_count < MAP_ARROWS)
			out->arrows[out->arrow_count++] = a;
	}
	out->other_arrows = m->arrow_count - out->arrow_count;
}

/* ---- rows */

static int
by_height(const void *x, const void *y)
{
	const struct attack_node *a = *(struct attack_node *const *)x;
	const struct attack_node *b = *(struct attack_node *const *)y;

	if (a->height != b->height)
		return a->height < b->height ? -1 : 1;
	if (a->attacker && b->attacker &&
	    a->attacker->began_ms != b->attacker->began_ms)
		return a->attacker->began_ms < b->attacker->began_ms ? -1 : 1;
	return by_tries(x, y);
}

/* As high as those that point to it, on the average. */
static double
height_of(const struct attack_map *map, size_t node)
{
	double sum = 0;
	double count = 0;

	for (size_t i = 0; i < map->arrow_count; i++) {
		if (map->arrows[i].to != node)
			continue;
		sum += map->nodes[map->arrows[i].from].height;
		count++;
	}
	return count > 0 ? sum / count : 0;
}

static void
place_rows(struct attack_map *map, unsigned stage)
{
	struct attack_node *of_stage[MAP_NODES] = { NULL };
	unsigned count = 0;

	for (size_t i = 0; i < map->node_count; i++) {
		if (map->nodes[i].stage != stage)
			continue;
		map->nodes[i].height = height_of(map, i);
		of_stage[count++] = &map->nodes[i];
	}
	qsort(of_stage, count, sizeof of_stage[0], by_height);
	for (unsigned i = 0; i < count; i++) {
		of_stage[i]->row = i;
		of_stage[i]->height = (i + 0.5) / count;
	}
	map->rows[stage] = count;
}

/* ---- all of it */

enum err
attack_map_of(const struct told_logons *told, struct attack_map **out)
{
	OWN(own_mem) struct making *m = calloc(1, sizeof *m);
	OWN(own_mem) struct attack_map *map = calloc(1, sizeof *map);
	size_t new_place[MAP_ATTACKERS + PAIRS_MOST];

	if (!m || !map)
		return ERR_MEMORY;
	take_attackers(m, told);
	take_arrows(m, told);
	take_spread(m, told);
	find_stages(m, told);
	place_stages(m, map);
	keep_nodes(m, map, new_place);
	keep_arrows(m, map, new_place);
	for (unsigned i = 0; i < map->stages; i++)
		place_rows(map, i);
	map->other_attackers = told->attackers - m->attackers;
	for (size_t i = 0; i < m->attackers; i++) {
		const struct attacker *a = &told->at[i];

		map->untold += a->target_count > a->targets_shown;
	}
	*out = GIVE(map);
	return OK;
}
