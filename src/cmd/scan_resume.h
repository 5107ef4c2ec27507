/*
 * Going on with an interrupted scan: the case keeps the words of the command,
 * and --resume reads them again before the words of today.
 */
#ifndef CMD_SCAN_RESUME_H
#define CMD_SCAN_RESUME_H

#include <stddef.h>

#include "base/err.h"
#include "cmd/scan_options.h"

#define RESUME_WORDS_MOST 1024

struct scan_resume {
	char *argv[RESUME_WORDS_MOST + 1]; /* old words, then those of today */
	size_t count;
	size_t owned; /* the first so many are ours to free */
};

/* The words behind the command's name as a JSON array, to be freed. */
CHECKED enum err scan_resume_spec(char *const *words, int count, char **spec);

/*
 * Reads the options of the case's last scan, then those of today over them.
 * -1 to go on, else the exit code; *words is replaced.
 */
int scan_resume_read(struct scan_resume *r, char **argv, struct scan_options *options,
                     char ***words, size_t *count);

void scan_resume_free(struct scan_resume *r);

#endif
