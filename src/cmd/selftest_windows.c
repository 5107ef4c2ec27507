#include "cmd/facts.h"

#include "base/text.h"

void
facts_of_platform(struct facts *all)
{
	struct fact *f = facts_add(all, "cage");

	(void)text_copy(f->value, FACT_ROOM,
	                "none on Windows: this build decodes nothing that needs one");
}
