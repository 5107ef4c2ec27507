/*
 * What two cores can do at most: so many million steps, each of which waits for the one
 * before, and nothing of memory.
 *
 *     count_up MILLIONS
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
	uint64_t steps = argc == 2 ? strtoull(argv[1], NULL, 10) * 1000000 : 0;
	uint64_t x = steps + 1;

	for (uint64_t i = 0; i < steps; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	printf("%016" PRIx64 "\n", x);
	return 0;
}
