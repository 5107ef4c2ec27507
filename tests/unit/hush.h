/* What is said on standard error, caught.  Include after cmocka.h. */
#ifndef TESTS_UNIT_HUSH_H
#define TESTS_UNIT_HUSH_H

#include <stdio.h>
#include <unistd.h>

static int hush_error = -1;
static FILE *hush_file;

/* From here on it goes to a file without a name, of children too. */
static void
hush(void)
{
	(void)fflush(stderr);
	hush_error = dup(STDERR_FILENO);
	hush_file = tmpfile();
	assert_non_null(hush_file);
	assert_true(dup2(fileno(hush_file), STDERR_FILENO) >= 0);
}

/* What has come; ends the catching. */
static const char *
heard(void)
{
	static char text[4096];

	(void)fflush(stderr);
	assert_true(dup2(hush_error, STDERR_FILENO) >= 0);
	(void)close(hush_error);
	rewind(hush_file);
	size_t len = fread(text, 1, sizeof text - 1, hush_file);
	text[len] = 0;
	(void)fclose(hush_file);
	return text;
}

#endif
