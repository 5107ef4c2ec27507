/*
 * The floor of a search through memory: reads a file, one MiB at a time, and sums its
 * 64-bit words, nothing more.
 *
 *     sum_words FILE
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define BLOCK (1u << 20)

int
main(int argc, char **argv)
{
	static uint64_t words[BLOCK / sizeof(uint64_t)];
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	uint64_t sum = 0;

	if (fd < 0) {
		perror("sum_words");
		return 2;
	}
	for (;;) {
		ssize_t got = read(fd, words, sizeof words);

		if (got < 0) {
			perror("sum_words");
			return 2;
		}
		if (got == 0)
			break;
		for (size_t i = 0; i < (size_t)got / sizeof words[0]; i++)
			sum += words[i];
	}
	printf("%016" PRIx64 "\n", sum);
	return 0;
}
