/* The hives of tests/data/hive, and what else is packed in tests/data. */
#ifndef TESTS_HIVE_DATA_H
#define TESTS_HIVE_DATA_H

#include "base/span.h"

/* The bytes of a file, to be freed with hive_data_free; the test fails without it. */
struct span hive_data(const char *name);
void hive_data_free(struct span);

/* The same of another folder: a path in tests/data, without ".xz". */
struct span packed_data(const char *path);

/* The first in a memfd, to be closed. */
int hive_data_fd(const char *name);

/* A memfd with these bytes. */
int hive_data_put(struct span);

#endif
