#include "reach/cage_heap.h"

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define CHUNK_HEAD 64 /* more than malloc has in front of a chunk and behind it */

/*
 * From the heap, not from a mapping, so that what is freed is there for the next.  What
 * is in front of the first huge page stays taken: nothing of it is ever touched.
 */
void
cage_heap_expect(size_t bytes)
{
	static void *in_front;

	if (in_front || bytes < 2 * HUGE_PAGE + 1 || bytes > SIZE_MAX / 2)
		return;
	(void)mallopt(M_MMAP_MAX, 0);
	(void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
	bytes = (bytes + HUGE_PAGE) / HUGE_PAGE * HUGE_PAGE;
	uint8_t *at = malloc(bytes + HUGE_PAGE);
	if (!at)
		return;
	size_t skip = HUGE_PAGE - (uintptr_t)at % HUGE_PAGE;
	(void)madvise(at + skip, bytes, MADV_HUGEPAGE);
	free(at);
	in_front = skip > CHUNK_HEAD ? malloc(skip - CHUNK_HEAD) : NULL;
}
