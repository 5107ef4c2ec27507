/* Who a source is: by its address, by what it calls itself, and by who works through
 * it. */
#include <string.h>

#include "base/text.h"
#include "judge/storm_parts.h"

#define PEOPLE_MANY 10

/* How it calls itself. */
struct called {
	uint32_t most; /* the name that most of its attempts have; 0: none */
	uint64_t names, once;
};

static struct called
count_names(const struct judged_part *part)
{
	struct called c = { .most = 0 };
	uint32_t *uses = part->name_scratch;
	uint32_t most = 0;

	for (size_t i = 0; i < part->count; i++)
		uses[part->at[i].name]++;
	for (size_t i = 0; i < part->count; i++) {
		uint32_t name = part->at[i].name;

		if (name > 0 && uses[name] > 0) {
			c.names++;
			c.once += uses[name] == 1;
			c.most = uses[name] > most ? name : c.most;
			most = uses[name] > most ? uses[name] : most;
		}
		uses[name] = 0;
	}
	return c;
}

/* Many people get in from there: a terminal server, a proxy, a controller. */
static bool
is_shared(const struct judged_part *part)
{
	uint32_t *seen = part->scratch;
	size_t people = 0;

	for (size_t i = 0; i < part->count; i++) {
		const struct told *t = &part->at[i];

		if (t->kind == ATTEMPT_SUCCESS && !t->is_machine && t->account)
			people += seen[t->account]++ == 0;
	}
	for (size_t i = 0; i < part->count; i++)
		seen[part->at[i].account] = 0;
	return people >= PEOPLE_MANY;
}

void
storm_name(const struct judged_part *part, const struct source *source,
           struct attacker *out)
{
	const struct storm *s = part->storm;
	struct called called = count_names(part);

	out->names = called.names;
	out->is_forged = called.names > FORGED_NAMES && called.once > called.names / 2;
	out->is_itself = source->is_itself;
	out->is_shared = is_shared(part);
	if (!out->is_forged)
		(void)text_copy(out->workstation, ATTEMPT_TEXT,
		                numbered_text(&s->workstations, called.most));
	(void)text_copy(out->address, ADDRESS_ROOM,
	                numbered_text(&s->addresses, source->address));
	if (!out->address[0] && !out->workstation[0])
		(void)text_copy(out->unknown_on, ATTEMPT_TEXT,
		                numbered_text(&s->targets, source->target));
}
