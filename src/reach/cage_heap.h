/* Memory for a child that needs much of it at once. */
#ifndef REACH_CAGE_HEAP_H
#define REACH_CAGE_HEAP_H

#include <stddef.h>

/*
 * The next `bytes` or so from malloc come in huge pages, where the system has them, and
 * what is freed stays for the next.  A page is not cheap on a virtual machine: with
 * small ones half of the time that a hive of 18 MB takes is the system's, not ours.
 */
void cage_heap_expect(size_t bytes);

#endif
