#include "reach/targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "reach/nmap_xml.h"
#include "reach/target_list.h"
#include "reach/target_name.h"
#include "reach/target_set.h"
#include "reach/target_spec.h"

#define NAMES_MOST 65536
#define MODEST (1ULL << 24)

/* An address that the user named by a host name. */
struct named {
	struct address address;
	char *name;
};

struct targets {
	struct target_set wanted;
	struct target_set excluded;
	struct named *names;
	size_t name_count;
};

/* Where specs come from and which set they go to. */
struct adding {
	struct targets *targets;
	bool exclude;
};

enum err
targets_new(struct targets **out)
{
	*out = calloc(1, sizeof **out);
	return *out ? OK : ERR_MEMORY;
}

void
targets_free(struct targets *t)
{
	if (!t)
		return;
	target_set_free(&t->wanted);
	target_set_free(&t->excluded);
	for (size_t i = 0; i < t->name_count; i++)
		free(t->names[i].name);
	free(t->names);
	free(t);
}

static struct target_set *
set_of(const struct adding *a)
{
	return a->exclude ? &a->targets->excluded : &a->targets->wanted;
}

static enum err
too_many(enum err err, const struct target_place *p, const char *text)
{
	if (err != ERR_LIMIT)
		return err;
	return target_list_refuse(p, text, "too many; scan in several runs");
}

static enum err
add_spec(const struct adding *a, const struct target_spec *s)
{
	if (s->kind == TARGET_OCTETS)
		return target_set_add_octets(set_of(a), &s->octets);
	if (s->kind == TARGET_WIDE)
		return target_set_add_wide(set_of(a), &s->wide);
	return target_set_add_range(set_of(a), &s->range);
}

static int
address_order(const struct address *a, const struct address *b)
{
	uint8_t x[ADDRESS_KEY];
	uint8_t y[ADDRESS_KEY];

	address_key(x, a);
	address_key(y, b);
	int order = memcmp(x, y, sizeof x);
	return order ? order : (a->scope > b->scope) - (a->scope < b->scope);
}

/* Where in the sorted names this address is, or would be. */
static size_t
name_place(const struct targets *t, const struct address *address, bool *there)
{
	size_t low = 0;
	size_t high = t->name_count;
	int order = 1;

	while (low < high && order != 0) {
		size_t middle = low + (high - low) / 2;

		order = address_order(&t->names[middle].address, address);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*there = order == 0;
	return high;
}

static enum err
add_name(struct targets *t, const struct address *address, const char *name)
{
	bool there = false;
	size_t place = name_place(t, address, &there);

	if (there)
		return OK;
	if (t->name_count >= NAMES_MOST)
		return ERR_LIMIT;
	/* One by one is fast enough beside the look-up of a name. */
	struct named *names = realloc(t->names, (t->name_count + 1) * sizeof *names);
	if (!names)
		return ERR_MEMORY;
	t->names = names;
	char *copy = strdup(name);
	if (!copy)
		return ERR_MEMORY;
	memmove(names + place + 1, names + place,
	        (t->name_count++ - place) * sizeof *names);
	names[place] = (struct named){ *address, copy };
	return OK;
}

static void
range_of(const struct address *address, struct target_spec *s)
{
	struct target_spot spot = target_spot_of(address);

	s->kind = TARGET_RANGE;
	s->range = (struct target_range){ spot.net, spot.low, spot.low, 0 };
}

/* A target is the first of the name's addresses; an exclude is all of them. */
static enum err
add_named(const struct adding *a, const struct target_place *p, struct target_spec *s)
{
	struct address found[TARGET_NAME_ADDRESSES];
	size_t count = 0;
	const char *why = target_name_look_up(s->name, found, &count);

	if (why)
		return target_list_refuse(p, s->name, why);
	for (size_t i = 0; i < (a->exclude ? count : 1); i++) {
		range_of(&found[i], s);
		why = a->exclude ? NULL : target_spec_forbidden(s);
		if (why)
			return target_list_refuse(p, s->name, why);
		TRY(add_spec(a, s));
	}
	return a->exclude ? OK : add_name(a->targets, &found[0], s->name);
}

static enum err
add_one(const struct adding *a, const struct target_place *p, const char *text)
{
	struct target_spec s;
	const char *why = target_spec_read(text, &s);

	if (why)
		return target_list_refuse(p, text, why);
	if (s.kind == TARGET_NAME)
		return too_many(add_named(a, p, &s), p, text);
	why = a->exclude ? NULL : target_spec_forbidden(&s);
	if (why)
		return target_list_refuse(p, text, why);
	return too_many(add_spec(a, &s), p, text);
}

/* One word, with commas or without: a target_list_word. */
static enum err
add_word(void *arg, const struct target_place *p, const char *word)
{
	const struct adding *a = arg;
	char spec[TARGET_SPEC_ROOM];

	while (target_spec_next(&word, spec, sizeof spec))
		TRY(add_one(a, p, spec));
	return OK;
}

/* The words of a text without a file: the command line's. */
static enum err
add_text(struct adding *a, const char *text)
{
	struct target_place nowhere = { NULL, 0 };

	if (strspn(text, ",") == strlen(text))
		return target_list_refuse(&nowhere, text, "names no target");
	if (strlen(text) >= TARGET_SPEC_ROOM)
		return target_list_refuse(&nowhere, text,
		                          "too long; put the targets into a file, one "
		                          "a line, and name it with -iL");
	TRY(add_word(a, &nowhere, text));
	return target_set_settle(set_of(a));
}

static enum err
add_file(struct adding *a, const char *path)
{
	TRY(target_list_read(path, add_word, a));
	return target_set_settle(set_of(a));
}

enum err
targets_add(struct targets *t, const char *spec)
{
	return add_text(&(struct adding){ t, false }, spec);
}

enum err
targets_exclude(struct targets *t, const char *spec)
{
	return add_text(&(struct adding){ t, true }, spec);
}

enum err
targets_add_file(struct targets *t, const char *path)
{
	return add_file(&(struct adding){ t, false }, path);
}

enum err
targets_exclude_file(struct targets *t, const char *path)
{
	return add_file(&(struct adding){ t, true }, path);
}

/* An nmap_xml_host. */
static enum err
add_host(void *arg, const char *path, const char *address)
{
	struct target_place place = { path, 0 };

	return add_one(arg, &place, address);
}

enum err
targets_add_nmap_xml(struct targets *t, const char *path)
{
	struct adding a = { t, false };

	TRY(nmap_xml_read(path, add_host, &a));
	return target_set_settle(&t->wanted);
}

uint64_t
targets_count(const struct targets *t)
{
	return target_set_count(&t->wanted);
}

bool
targets_is_modest(const struct targets *t)
{
	return targets_count(t) <= MODEST;
}

/* An exclude without an interface holds on every interface. */
static bool
is_excluded(const struct targets *t, const struct target_spot *s)
{
	struct target_spot anywhere = *s;

	anywhere.net.scope = 0;
	return target_set_has(&t->excluded, s) ||
	       (s->net.scope && target_set_has(&t->excluded, &anywhere));
}

bool
targets_at(const struct targets *t, uint64_t index, struct address *out)
{
	struct target_spot s;

	if (!target_set_at(&t->wanted, index, &s) || is_excluded(t, &s))
		return false;
	*out = target_spot_address(&s);
	return true;
}

bool
targets_left_any(const struct targets *t)
{
	struct address a;
	struct walk w;

	walk_begin(&w, t, 0, 0, 1);
	return walk_next(&w, &a);
}

const char *
targets_name_of(const struct targets *t, const struct address *address)
{
	bool there = false;
	size_t place = name_place(t, address, &there);

	return there ? t->names[place].name : NULL;
}
