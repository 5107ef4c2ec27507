/*
 * Changes to hostile hives, without the cages: a memfd is edited by the hive library,
 * then both states are compared by the second reader.  The edits come out of the input,
 * too: its last bytes say which.  Checksums are made right, or nothing would get
 * further.
 */
#include <sanitizer/lsan_interface.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reach/hive_compare.h"
#include "reach/hive_edit_serve.h"
#include "reach/regf_library.h"

#define HIVE_MOST (256u << 10)
#define CHOICES 4

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* What the libraries lose of broken hives goes with the child in the cage. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libregf\nleak:libhivex\n";
}

#define TEXT(s)                                            \
	{                                                  \
		(const uint8_t *)(s), sizeof(s) - 1, false \
	}

static const struct reg_edit choices[] = {
	{ REG_EDIT_SET, 1, "", "New", TEXT("A\0\0") },
	{ REG_EDIT_SET, 7, "A\\B", "Name", TEXT("A\0\0\0B\0\0\0\0\0") },
	{ REG_EDIT_SET, 4, "key", "", TEXT("\1\0\0\0") },
	{ REG_EDIT_DELETE_VALUE, 0, "", "New", TEXT("") },
	{ REG_EDIT_DELETE_VALUE, 0, "ModerateValueParent", "30Bytes", TEXT("") },
	{ REG_EDIT_DELETE_KEY, 0, "A", "", TEXT("") },
	{ REG_EDIT_DELETE_KEY, 0, "abcd_\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", "",
	  TEXT("") },
	{ REG_EDIT_DELETE_KEY, 0, "zero\xef\xbf\xbdkey", "", TEXT("") },
	{ REG_EDIT_DELETE_KEY, 0, "key", "", TEXT("") },
	{ REG_EDIT_MAKE_KEY, 0, "A\\C", "", TEXT("") },
	{ REG_EDIT_MAKE_KEY, 0, "key\\D", "", TEXT("") },
};
#define CHOICE_COUNT (sizeof choices / sizeof choices[0])

static int
memfd_of(const uint8_t *bytes, size_t len)
{
	int fd = memfd_create("hive", MFD_CLOEXEC);
	uint8_t sum[4] = { 0 };

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	for (size_t i = 0; len >= 512 && i < 508; i++)
		sum[i % 4] ^= bytes[i];
	if (len >= 512 && pwrite(fd, sum, 4, 508) != 4)
		abort();
	return fd;
}

static struct span
map(int fd)
{
	off_t len = lseek(fd, 0, SEEK_END);
	void *at = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		abort();
	return span_of(at, (size_t)len);
}

static enum hive_differs
compared(const struct span hives[2], const struct hive_editing *job, bool reads_all)
{
	struct hive_comparing asked = { job->edits, job->count, reads_all };
	struct buf path;

	buf_init(&path, 1u << 20);
	enum hive_differs found = hive_compare(hives, &asked, &path);
	if (found < HIVE_SAME || found >= HIVE_DIFFERS_COUNT)
		abort();
	buf_free(&path);
	return found;
}

/*
 * Who reads less may miss what could not be read in both, or lies too deep in both;
 * never a difference.
 */
static void
compare(const struct span hives[2], const struct hive_editing *job)
{
	if (compared(hives, job, false) != HIVE_SAME)
		return;
	enum hive_differs all = compared(hives, job, true);
	if (all != HIVE_SAME && all != HIVE_UNREAD_BEFORE && all != HIVE_TOO_DEEP)
		abort();
}

/*
 * The hive library ends the program where it meets damage that it did not expect.  In
 * the cage that is the child's death, and the edit is refused; here it is the end of
 * this input.  What asserts of our own say is a find.
 */
static jmp_buf died;

void __assert_fail(const char *, const char *, unsigned, const char *)
    __attribute__((noreturn));

void
__assert_fail(const char *what, const char *file, unsigned line, const char *function)
{
	if (!strstr(file, "src/") && !strstr(file, "fuzz/"))
		longjmp(died, 1);
	fprintf(stderr, "%s:%u: %s: %s\n", file, line, function, what);
	abort();
}

/* What is lost when the library ends it goes with the child. */
static enum hive_said
edit_copy(int fd, const struct hive_editing *job, size_t *at)
{
	enum hive_said said = HIVE_SAID_RECORD;

	__lsan_disable();
	if (setjmp(died) == 0)
		said = hive_edit_copy(fd, job, at);
	__lsan_enable();
	return said;
}

static void
edit(int fd, int before, const struct reg_edit *edits)
{
	char name[64];
	struct hive_editing job = { name, edits, CHOICES };
	size_t at = 0;

	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	enum hive_said said = edit_copy(fd, &job, &at);
	if (!hive_said_words((uint8_t)said) || at > CHOICES)
		abort();
	if (said != HIVE_SAID_IT)
		return;
	struct span hives[2] = { map(before), map(fd) };
	compare(hives, &job);
	for (size_t i = 0; i < 2; i++)
		(void)munmap((void *)(uintptr_t)hives[i].at, hives[i].left);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct reg_edit edits[CHOICES];
	char why[WHY_ROOM];

	if (len < CHOICES + 512 || len > HIVE_MOST)
		return 0;
	if (regf_library_load(why) != OK)
		abort();
	len -= CHOICES;
	for (size_t i = 0; i < CHOICES; i++)
		edits[i] = choices[bytes[len + i] % CHOICE_COUNT];
	int fd = memfd_of(bytes, len);
	int before = memfd_of(bytes, len);
	edit(fd, before, edits);
	close(fd);
	close(before);
	return 0;
}
