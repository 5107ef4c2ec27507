/* Who a source is: by its address, by what it calls itself, and by who works through
 * it. */
#include <string.h>

#include "base/text.h"
#include "flow/netbios_name.h"
#include "judge/storm_parts.h"

#define PEOPLE_MANY 10

/* Is it the target, "LAB-1" of "lab-1.hospital.example"? */
static bool
is_host(const char *target, const char *name)
{
	size_t len = strcspn(target, ".");

	return text_same(target, name) ||
	       (strlen(name) == len && text_begins(target, name));
}

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
		uses[part->at[i].name] += part->at[i].count;
	for (size_t i = 0; i < part->count; i++) {
		uint32_t name = part->at[i].name;

		if (name == ONCE) {
			c.names += uses[name];
			c.once += uses[name];
		} else if (name > 0 && uses[name] > 0) {
			c.names++;
			c.once += uses[name] == 1;
			if (uses[name] > most && name != OTHERS) {
				c.most = name;
				most = uses[name];
			}
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

/* Does it call itself as a machine that it attacks?  That may be forged, relayed, or
 * the machine itself, which is among those that it attacks. */
static bool
is_of_its_target(const struct judged_part *part, uint32_t name)
{
	const struct storm *s = part->storm;
	const char *called = numbered_text(&s->workstations, name);

	for (size_t i = 0; i < part->count; i++) {
		const struct told *t = &part->at[i];
		bool is_new = i == 0 || t->target != part->at[i - 1].target;

		if (is_new && t->kind == ATTEMPT_GUESS && t->address &&
		    is_host(numbered_text(&s->targets, t->target), called))
			return true;
	}
	return false;
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
	bool is_claimed = source->address && called.most &&
	                  is_of_its_target(part, called.most);
	const char *name = numbered_text(&s->workstations, called.most);
	if (is_claimed && !out->is_forged)
		(void)text_copy(out->claimed, ATTEMPT_TEXT, name);
	/* Another address has it as well: so it is that one's. */
	if (!out->is_forged && !(is_claimed && s->is_of_several[called.most]))
		(void)text_copy(out->workstation, ATTEMPT_TEXT, name);
	out->is_odd = !out->is_itself && out->workstation[0] &&
	              !netbios_name_is_one(out->workstation);
	(void)text_copy(out->address, ADDRESS_ROOM,
	                numbered_text(&s->addresses, source->address));
	if (!out->address[0] && !out->workstation[0])
		(void)text_copy(out->unknown_on, ATTEMPT_TEXT,
		                numbered_text(&s->targets, source->target));
}
