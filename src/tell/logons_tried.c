/* The accounts that are guessed, and the machines attacked, most tried first. */
#include <inttypes.h>

#include "tell/logons.h"
#include "tell/safe.h"

#define SHOWN 10 /* of each, without -v: more are in the other formats */
#define NAME_COLUMNS 24

static void
line(FILE *f, const struct tried *t, const char *more)
{
	fputs("  ", f);
	safe_cell(f, t->name, NAME_COLUMNS);
	fprintf(f, "  %9" PRIu64 " failures from %" PRIu32 " %s%s\n", t->failures,
	        t->sources, t->sources == 1 ? "source" : "sources", more);
}

static size_t
least(size_t a, uint64_t b)
{
	return a < b ? a : (size_t)b;
}

void
logons_text_tried(FILE *f, const struct told_logons *told)
{
	size_t most = least(SHOWN, told->top);
	size_t accounts = least(most, told->account_count);
	size_t targets = least(most, told->target_count);

	if (told->attackers == 0)
		return;
	if (accounts > 0)
		fputs("\nAccounts that are guessed most:\n", f);
	for (size_t i = 0; i < accounts; i++)
		line(f, &told->accounts[i],
		     told->accounts[i].is_locked ? ", locked out" : "");
	if (accounts > 0 && told->account_total > accounts)
		fprintf(f, "  and %" PRIu64 " more\n", told->account_total - accounts);
	if (targets > 0)
		fputs("\nMachines that are attacked most:\n", f);
	for (size_t i = 0; i < targets; i++)
		line(f, &told->targets[i], "");
}
