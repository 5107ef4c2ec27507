/* Paths of keys, as they are asked for: names with a backslash between them. */
#ifndef REACH_HIVE_PATH_H
#define REACH_HIVE_PATH_H

#include "base/span.h"

/* Takes the first name off, and the backslash behind it. */
struct span hive_path_next(struct span *rest);

#endif
