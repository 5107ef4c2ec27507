/*
 * A report for the child, and the same bytes as the child's answer for the
 * parent.  What the child itself writes always has the form of an answer.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "reach/nmap_xml.c"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	stderr = fopen("/dev/null", "w");
	return stderr ? 0 : 1;
}

static enum err
count(void *arg, const char *path, const char *address)
{
	struct address a;
	size_t *hosts = arg;

	(void)path;
	if (!strchr(address, '%') && !address_read(address, &a))
		abort();
	++*hosts;
	return OK;
}

static size_t
parent_half(const uint8_t *bytes, size_t len)
{
	struct answer answer;
	size_t hosts = 0;

	if (answer_read(span_of(bytes, len), &answer))
		(void)!use("report", &answer, count, &hosts);
	return hosts;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static uint8_t said[1 << 20];
	int in = memfd_create("in", 0);
	int out = memfd_create("out", 0);

	if (in < 0 || out < 0 || write(in, bytes, len) != (ssize_t)len)
		abort();
	lseek(in, 0, SEEK_SET);
	if (decode(in, out, NULL) != 0)
		abort();
	ssize_t got = pread(out, said, sizeof said, 0);
	if (got < 10) /* the ending is always there */
		abort();
	(void)parent_half(said, (size_t)got);
	(void)parent_half(bytes, len);
	close(in);
	close(out);
	return 0;
}
