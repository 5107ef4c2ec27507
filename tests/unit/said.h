/*
 * Keeps what a test's code says on standard error.  Include after cmocka.h; the
 * two functions are a test's setup and teardown.
 */
#ifndef TESTS_UNIT_SAID_H
#define TESTS_UNIT_SAID_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int said_before = -1;
static int said_now = -1;

static int
said_begin(void **state)
{
	(void)state;
	fflush(stderr);
	said_before = dup(STDERR_FILENO);
	said_now = memfd_create("stderr", 0);
	return dup2(said_now, STDERR_FILENO) < 0;
}

static int
said_end(void **state)
{
	(void)state;
	fflush(stderr);
	dup2(said_before, STDERR_FILENO);
	close(said_before);
	close(said_now);
	return 0;
}

/* What was said since the last call. */
static const char *
said(void)
{
	static char text[4096];

	fflush(stderr);
	ssize_t got = pread(said_now, text, sizeof text - 1, 0);
	text[got > 0 ? got : 0] = 0;
	(void)!ftruncate(said_now, 0);
	lseek(said_now, 0, SEEK_SET);
	return text;
}

#endif
