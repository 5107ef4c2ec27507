#include <stdio.h>

#include "cmd/mend_parts.h"
#include "keep/mends.h"

#define USUAL_DIR "confine-journal"

void
mend_journal_dir(char out[PATH_ROOM], const struct mend_options *o)
{
	if (o->journal_dir)
		(void)snprintf(out, PATH_ROOM, "%s", o->journal_dir);
	else if (o->machine.case_path)
		(void)snprintf(out, PATH_ROOM, "%s.d", o->machine.case_path);
	else
		(void)snprintf(out, PATH_ROOM, USUAL_DIR);
}

enum err
mend_case_begin(struct case_file *c, const uint8_t key[ADDRESS_KEY],
                const struct mended *m, int64_t *id)
{
	*id = 0;
	if (!c)
		return OK;
	TRY(mends_add(c, key, m, id));
	return case_commit(c);
}

enum err
mend_case_end(struct case_file *c, int64_t id, const struct mended *m)
{
	if (!c || id == 0)
		return OK;
	TRY(mends_set(c, id, m));
	return case_commit(c);
}
