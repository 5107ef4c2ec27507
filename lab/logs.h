/*
 * The Security logs of a network on which one machine guesses passwords, and others
 * have their usual troubles: a file for each of its servers, as Windows 2003 writes it
 * or, where it is a later one, as that does.
 */
#ifndef LAB_LOGS_H
#define LAB_LOGS_H

#include <stdint.h>

#include "base/err.h"

/*
 * Into `folder`, which is empty or not there yet.  Says on standard output who it was;
 * what failed has been said when this does not return OK.
 */
CHECKED enum err lab_logs(const char *folder, uint64_t seed);

#endif
