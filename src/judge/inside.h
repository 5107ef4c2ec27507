/*
 * Findings from inside a machine → verdict, alone or together with what a scan saw
 * of the same host (specification 8, and the design's words on clean and unknown).
 */
#ifndef JUDGE_INSIDE_H
#define JUDGE_INSIDE_H

#include "flow/installation.h"
#include "flow/machine.h"
#include "flow/verdict.h"

/*
 * Sets state, variants, reasons, why and next out of findings of this look.  `seen`
 * are findings of the newest scan of the same host, or NULL.  `whole`: a Windows was
 * there and every detector that applies has been asked; without it nothing is clean.
 */
void judge_inside(const struct findings *, const struct findings *seen, bool whole,
                  struct verdict *out);

/* Fills in os, name, domain, and the places that were not asked. */
void judge_installation(const struct machine *, const struct installation *,
                        struct verdict *out);

#endif
