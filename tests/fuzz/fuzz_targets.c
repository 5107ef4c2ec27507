/*
 * A list of targets and, after the first !, one of excludes: what comes out is
 * wanted, is not excluded, and is no address that is never asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reach/target_list.c"
#include "reach/targets.c"

#define STEPS_MOST 2048

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Stands in for the look-up: no question leaves the machine. */
const char *
target_name_look_up(const char *name, struct address *out, size_t *count)
{
	out[0] = (struct address){ .family = 4,
		                   .bytes = { 10, 0, 0, (uint8_t)name[0] } };
	out[1] = (struct address){ .family = 6, .bytes = { 0x20, (uint8_t)name[1] } };
	*count = 2;
	return name[0] == 'x' ? "no such host" : NULL;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	stderr = fopen("/dev/null", "w");
	return stderr ? 0 : 1;
}

static void
add(struct adding a, const uint8_t *bytes, size_t len)
{
	struct list l = { .take = add_word, .arg = &a, .place = { "list", 1 } };

	if (len == 0)
		return;
	l.file = fmemopen((void *)(uintptr_t)bytes, len, "r");
	if (l.file && read_list(&l) == OK)
		(void)!target_set_settle(set_of(&a));
	if (l.file)
		fclose(l.file);
	if (target_set_settle(set_of(&a)) != OK)
		abort();
}

static void
check(const struct targets *t, const struct address *address)
{
	struct target_spot spot = target_spot_of(address);
	struct target_spec s = { .kind = TARGET_RANGE };

	s.range = (struct target_range){ spot.net, spot.low, spot.low, 0 };
	if (!target_set_has(&t->wanted, &spot) || is_excluded(t, &spot) ||
	    target_spec_forbidden(&s))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *mark = len ? memchr(bytes, '!', len) : NULL;
	size_t first = mark ? (size_t)(mark - bytes) : len;
	struct targets *t = NULL;
	struct address address;
	struct walk w;

	if (targets_new(&t) != OK)
		return 0;
	add((struct adding){ t, false }, bytes, first);
	if (mark)
		add((struct adding){ t, true }, mark + 1, len - first - 1);
	walk_begin(&w, t, len, 0, 1);
	if (w.count > STEPS_MOST)
		w.at = w.count - STEPS_MOST;
	while (walk_next(&w, &address))
		check(t, &address);
	targets_free(t);
	return 0;
}
