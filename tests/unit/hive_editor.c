/*
 * Changes a copy of a hive, for the end-to-end tests, where others read what became
 * of it:
 *
 *	hive_editor HIVE OUT [LOG|-]... -- EDIT...
 *
 * with up to three logs, and EDITs of: set KEY NAME TYPE HEX, delete-value KEY NAME,
 * delete-key KEY, make-key KEY.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reach/hive_edit.h"

#define EDITS_MOST 64
#define BYTES_MOST 32768

struct edits {
	struct reg_edit at[EDITS_MOST];
	size_t count;
};

static _Noreturn void
end(const char *why)
{
	(void)fprintf(stderr, "hive_editor: %s\n", why);
	exit(2);
}

static int
opened(const char *path)
{
	if (strcmp(path, "-") == 0)
		return -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		end(strerror(errno));
	return fd;
}

static struct span
bytes_of(const char *hex)
{
	size_t len = strlen(hex) / 2;
	uint8_t *bytes = malloc(len + 1);

	for (size_t i = 0; bytes && i < len; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return span_of(bytes, len);
}

/* Takes one edit off the arguments; returns how many they were. */
static int
edit_of(char **arg, int left, struct reg_edit *out)
{
	static const struct {
		const char *name;
		enum reg_edit_kind kind;
		int arguments;
	} kinds[] = {
		{ "set", REG_EDIT_SET, 5 },
		{ "delete-value", REG_EDIT_DELETE_VALUE, 3 },
		{ "delete-key", REG_EDIT_DELETE_KEY, 2 },
		{ "make-key", REG_EDIT_MAKE_KEY, 2 },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(arg[0], kinds[i].name) != 0 || left < kinds[i].arguments)
			continue;
		*out = (struct reg_edit){ kinds[i].kind, 0, arg[1], "",
			                  span_of("", 0) };
		if (kinds[i].arguments >= 3)
			out->name = arg[2];
		if (kinds[i].kind == REG_EDIT_SET) {
			out->type = (uint32_t)strtoul(arg[3], NULL, 0);
			out->bytes = bytes_of(arg[4]);
		}
		return kinds[i].arguments;
	}
	end("no such edit");
}

static void
write_out(const char *path, int from)
{
	uint8_t chunk[65536];
	FILE *f = fopen(path, "wb");
	ssize_t got;

	if (!f)
		end(strerror(errno));
	for (off_t at = 0; (got = pread(from, chunk, sizeof chunk, at)) > 0; at += got)
		(void)fwrite(chunk, 1, (size_t)got, f);
	if (fclose(f) != 0)
		end(strerror(errno));
}

int
main(int argc, char **argv)
{
	struct hive_files files = { -1, { -1, -1, -1 }, "C:\\H" };
	static struct edits edits;
	struct hive_states states;
	char why[WHY_ROOM];
	int i = 3;

	if (argc < 4)
		end("HIVE OUT [LOG|-]... -- EDIT...");
	files.fd = opened(argv[1]);
	for (int log = 0; i < argc && strcmp(argv[i], "--") != 0 && log < 3; i++, log++)
		files.logs[log] = opened(argv[i]);
	for (i++; i < argc && edits.count < EDITS_MOST;)
		i += edit_of(argv + i, argc - i, &edits.at[edits.count++]);
	if (hive_edit(&files, edits.at, edits.count, &states, why) != HEARD) {
		(void)printf("%s\n", why);
		return 1;
	}
	write_out(argv[2], states.after);
	hive_states_close(&states);
	return 0;
}
