/* What a look inside has to do with a case. */
#ifndef CMD_CHECK_CASE_H
#define CMD_CHECK_CASE_H

#include "flow/view.h"
#include "keep/case.h"

CHECKED enum err check_case_open(const char *path, const struct run *run,
                                 struct case_file **out);

/*
 * Finds the host in the case: by `host` (name or address) if given, else by the
 * computer's name.  Where it is one that a scan saw, the verdict gets its address
 * and *seen its findings (to be freed); a name that several have is none.
 */
CHECKED enum err check_case_match(struct case_file *, const char *host,
                                  struct verdict *, struct findings **seen);

CHECKED enum err check_case_keep(struct case_file *, const struct row *);

#endif
