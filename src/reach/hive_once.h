/*
 * What the cages of hives have in common: the sentences about children that could not
 * be had or are dead, and putting a question to one that lives.
 */
#ifndef REACH_HIVE_ONCE_H
#define REACH_HIVE_ONCE_H

#include "flow/machine.h"
#include "reach/cage.h"

/* errno says why not; NOT_ASKED. */
enum heard hive_no_cage(char why[WHY_ROOM]);

/* `heard` as of cage_ask; HEARD_ODD. */
enum heard hive_died(enum heard heard, unsigned seconds, char why[WHY_ROOM]);

enum heard hive_no_memory(char why[WHY_ROOM]);

/* Asks one that lives; HEARD: the answer has at least a byte.  Whatever goes wrong is
 * its end. */
enum heard hive_ask(struct cage *, const struct cage_limits *, struct span question,
                    struct buf *answer, char why[WHY_ROOM]);

#endif
