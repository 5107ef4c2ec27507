/* Of which machines nothing can be said, since they do not record what fails. */
#include <inttypes.h>

#include "tell/logons.h"
#include "tell/para.h"

#define SHOWN 12 /* without -v */

void
logons_text_audit(FILE *f, const struct told_logons *told, const struct style *style)
{
	size_t most = style->verbose > 0 ? told->unaudited_count : SHOWN;
	char why[WHY_ROOM];

	if (told->unaudited_count == 0)
		return;
	fputs(
	    "\nWho attacks these is unknown, because failed logons are not recorded:\n",
	    f);
	for (size_t i = 0; i < told->unaudited_count && i < most; i++) {
		struct para p = para_begin(f, "  ", 4);

		para_word(&p, told->unaudited[i].machine);
		audited_because(&told->unaudited[i], why);
		para_words(&p, "-");
		para_words(&p, why);
		para_end(&p);
	}
	if (told->unaudited_count > most)
		fprintf(f, "  and %zu more\n", told->unaudited_count - most);
	fputs("How it is turned on:\n", f);
	for (size_t i = 0; i < audited_advice_count; i++) {
		struct para p = para_begin(f, "  ", 4);

		para_words(&p, audited_advice[i]);
		para_end(&p);
	}
}
