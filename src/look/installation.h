/* Which Windows is on a machine, and where things lie: the first look at it. */
#ifndef LOOK_INSTALLATION_H
#define LOOK_INSTALLATION_H

#include "flow/finding.h"
#include "flow/installation.h"
#include "flow/machine.h"

/*
 * Fills `out` in (places allocated: installation_free).  What is needed and cannot
 * be read gives undetermined findings in `findings` (detector "machine"): no
 * Windows, a hive that is damaged, no control set.
 */
enum err installation_find(struct machine *, struct installation *out,
                           struct findings *findings);
void installation_free(struct installation *);

#endif
