/*
 * The detectors of a scan: from the readings of one host to findings.  They know
 * no socket, file or clock; the same readings give the same findings in a year.
 */
#ifndef LOOK_LOOK_H
#define LOOK_LOOK_H

#include "flow/finding.h"
#include "flow/reading.h"

/* Runs every detector of the table on one host's readings. */
void look_all(const struct readings *readings, const char *host, struct findings *out);

/* One file each; the table in look.c is the only place that names them all. */
void look_p2p(const struct readings *readings, struct findings *out);
void look_reach(const struct readings *readings, struct findings *out);
void look_smb(const struct readings *readings, struct findings *out);

#endif
