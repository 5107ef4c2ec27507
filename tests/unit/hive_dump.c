/*
 * Everything in a hive, through the cage, a line each; for the end-to-end tests, where
 * other programs read the same file.  Arguments: the hive, and its logs or "-".
 *
 *   state <heard> <dirty> <replayed> <rebuilt> <why or note>
 *   K <path> <FILETIME as ms> <security, hex>
 *   V <path> <name> <type> <bytes, hex>
 *   ! <path> <heard> <why>
 * On standard error: how long it took.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reach/hive.h"

#define DEPTH_MOST 512

static unsigned long asked;
static bool quiet;

static void
print_hex(struct span s)
{
	while (s.left > 0)
		printf("%02x", span_u8(&s));
}

static void
print_key(const char *path, const struct reg_key *k)
{
	printf("K\t%s\t%lld\t", path, (long long)k->written_ms);
	print_hex(k->security);
	printf("\n");
	for (size_t i = 0; i < k->value_count; i++) {
		printf("V\t%s\t%s\t%u\t", path, k->values[i].name, k->values[i].type);
		print_hex(k->values[i].bytes);
		printf("\n");
	}
}

static void
walk(struct hive *h, const char *path, unsigned depth)
{
	char why[WHY_ROOM] = "";
	struct reg_key k;
	enum heard heard = hive_key(h, path, &k, why);

	asked++;
	if (heard != HEARD) {
		printf("!\t%s\t%s\t%s\n", path, heard_name(heard), why);
		return;
	}
	if (!quiet)
		print_key(path, &k);
	for (size_t i = 0; i < k.subkey_count && depth < DEPTH_MOST; i++) {
		char below[4096];

		if (snprintf(below, sizeof below, "%s%s%s", path, *path ? "\\" : "",
		             k.subkeys[i]) < (int)sizeof below)
			walk(h, below, depth + 1);
	}
	reg_key_free(&k);
}

static int
open_to_read(const char *path)
{
	return strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
	struct hive_files files = { .logs = { -1, -1, -1 }, .called = "HIVE" };
	struct hive *h = NULL;
	struct hive_state state;
	char why[WHY_ROOM] = "";

	quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	argv += quiet;
	argc -= quiet;
	if (argc < 2)
		return 2;
	files.fd = open_to_read(argv[1]);
	for (int i = 0; i < 3 && i + 2 < argc; i++)
		files.logs[i] = open_to_read(argv[i + 2]);
	double began = now_us();
	enum heard heard = hive_open(&files, &h, &state, why);
	double opened = now_us();
	printf("state\t%s\t%d\t%d\t%d\t%s\n", heard_name(heard), state.dirty,
	       state.replayed, state.rebuilt, heard == HEARD ? state.note : why);
	if (heard != HEARD)
		return 1;
	walk(h, "", 0);
	fprintf(stderr, "opened in %.0f us, asked %lu in %.0f us\n", opened - began,
	        asked, now_us() - opened);
	hive_free(h);
	return 0;
}
