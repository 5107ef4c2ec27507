/*
 * Event logs that kill their reader, that cannot be read in parts, and that come out
 * of pipes.  Linked with --wrap=pread64 also.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/evtx.h"
#include "log_sample.h"

/* ---- decoders that die */

static void
a_log_that_kills_its_decoder_kills_no_other(void **state)
{
	(void)state;
	log_sample_put("a.evtx", "+", "anna");
	log_sample_put("b.evtx", "+x+", "bob");
	log_sample_put("c.evtx", "x", "carl");
	log_sample_put("d.evtx", "+", "dora");
	log_sample_told(
	    log_sample_tree.root,
	    " anna\na.evtx evtx\n"
	    "b.evtx evtx: the decoder died of it at about byte 0 of 200704, and the "
	    "rest was not read; if a copy on another disk does the same, report it\n"
	    "c.evtx evtx: the decoder died of it at about byte 0 of 69632, and the "
	    "rest was not read; if a copy on another disk does the same, report it "
	    "dora\nd.evtx evtx");
}

static void
what_it_gave_before_it_died_stays(void **state)
{
	struct log_sample_heard h = { .done = 0 };
	const char *path = temp_path(&log_sample_tree, "a.evtx");

	(void)state;
	log_sample_put("a.evtx", "*x", "anna");
	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_int_equal(h.attempts, LOG_SAMPLE_MANY);
	assert_int_equal(h.last.attempts, LOG_SAMPLE_MANY);
	assert_int_equal(h.last.records, LOG_SAMPLE_MANY);
	assert_string_equal(h.last.computer, "WARD");
	assert_non_null(strstr(h.last.why, "at about byte 69632 of 135168"));
	buf_free(&h.lines);
}

static void
a_log_that_becomes_shorter_meanwhile_is_told_so(void **state)
{
	struct log_sample_heard h = { .done = 0 };
	const char *path = log_sample_tree.root;

	(void)state;
	/* What comes next on any core may have been read when the first one is told. */
	log_sample_put("a.evtx", "+", "anna");
	for (char name[] = "b1"; name[1] <= '5'; name[1]++)
		log_sample_put(name, "+", "bob");
	log_sample_put_old("c.evt", 65536);
	log_sample_put("d.evtx", "+", "dora");
	h.cuts = temp_path(&log_sample_tree, "c.evt");
	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_string_equal(buf_string(&h.lines),
	                    " anna\na.evtx evtx bob\nb1 evtx bob\nb2 evtx bob\nb3 evtx "
	                    "bob\nb4 evtx bob\nb5 evtx\n"
	                    "c.evt evt: became shorter while it was read; copy it, and "
	                    "name the copy dora\nd.evtx evtx");
	buf_free(&h.lines);
	h = (struct log_sample_heard){ .cuts = temp_path(&log_sample_tree, "d.evtx") };
	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_true(h.last.is_cut); /* d.evtx, of which nothing is left */
	assert_string_equal(h.last.why,
	                    "became shorter while it was read; copy it, and name the "
	                    "copy");
	buf_free(&h.lines);
}

/* ---- bad sectors */

ssize_t __real_pread64(int, void *, size_t, off_t);
ssize_t __wrap_pread64(int, void *, size_t, off_t);

static off_t bad_from, bad_to; /* bytes that the disk does not give */

ssize_t
__wrap_pread64(int fd, void *to, size_t len, off_t at)
{
	if (at >= bad_from && at < bad_to) {
		errno = EIO;
		return -1;
	}
	if (at < bad_from && at + (off_t)len > bad_from)
		len = (size_t)(bad_from - at);
	return __real_pread64(fd, to, len, at);
}

static void
told_of_bad(off_t from, off_t to, const char *lines)
{
	bad_from = from;
	bad_to = to;
	log_sample_told(temp_path(&log_sample_tree, "log"), lines);
	bad_from = bad_to = 0;
}

static void
a_bad_sector_costs_its_chunk(void **state)
{
	(void)state;
	log_sample_put("log", "+++", "anna");
	told_of_bad(EVTX_HEAD + EVTX_CHUNK, EVTX_HEAD + EVTX_CHUNK + 512,
	            " anna anna\nlog evtx: 65536 bytes of it cannot be read, the first "
	            "at byte 69632: Input/output error; look for another copy of it");
	/* Of the chunk that is there in part, the part is read. */
	told_of_bad(EVTX_HEAD + EVTX_CHUNK + 512, EVTX_HEAD + EVTX_CHUNK + 1024,
	            " anna anna anna\nlog evtx: 65024 bytes of it cannot be read, the "
	            "first at byte 70144: Input/output error; look for another copy of "
	            "it");
	told_of_bad(EVTX_HEAD, 1 << 30,
	            "log evtx: 196608 bytes of it cannot be read, the first at byte "
	            "4096: Input/output error; look for another copy of it");
	told_of_bad(0, 512,
	            "log none: cannot be read: Input/output error; copy it, and "
	            "name the copy");
}

/* Up to the next multiple: it is read more than once, and told once. */
static void
a_bad_sector_costs_an_old_log_at_most_64_kb(void **state)
{
	(void)state;
	log_sample_put_old("log", 300000);
	told_of_bad(100000, 100512,
	            "log evt: 31072 bytes of it cannot be read, the first at byte "
	            "100000: Input/output error; look for another copy of it");
	told_of_bad(299000, 1 << 30,
	            "log evt: 1000 bytes of it cannot be read, the first at byte "
	            "299000: Input/output error; look for another copy of it");
}

/* ---- pipes */

/* Writes the file into the pipe, in small pieces, and is gone. */
static pid_t
feed(const char *from, int to, const char *pipe_path)
{
	pid_t child = fork();
	char piece[10000];
	ssize_t got = 0;

	if (child != 0)
		return child;
	int in = open(from, O_RDONLY);
	if (pipe_path)
		to = open(pipe_path, O_WRONLY);
	while ((got = read(in, piece, sizeof piece)) > 0 &&
	       write(to, piece, (size_t)got) == got)
		continue;
	_exit(0);
}

static void
a_named_pipe_is_read_to_its_end(void **state)
{
	const char *path = temp_path(&log_sample_tree, "pipe");
	struct log_sample_heard h = { .done = 0 };

	(void)state;
	log_sample_put("log", "++", "anna");
	assert_int_equal(mkfifo(path, 0600), 0);
	pid_t child = feed(temp_path(&log_sample_tree, "log"), -1, path);
	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_string_equal(buf_string(&h.lines), " anna anna\npipe evtx");
	assert_int_equal(waitpid(child, NULL, 0), child);
	buf_free(&h.lines);
}

/* Reads "-" where standard input is `fd`, which is closed. */
static void
told_of_input(int fd, const char *lines)
{
	struct log_sample_heard h = { .done = 0 };
	int before = dup(STDIN_FILENO);
	const char *path = "-";

	assert_true(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
	close(fd);
	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_string_equal(buf_string(&h.lines), lines);
	assert_true(dup2(before, STDIN_FILENO) == STDIN_FILENO);
	close(before);
	buf_free(&h.lines);
}

static void
told_of_pipe(const char *name, const char *lines)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t child = feed(temp_path(&log_sample_tree, name), ends[1], NULL);
	close(ends[1]);
	told_of_input(ends[0], lines);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
standard_input_is_a_pipe_or_a_file(void **state)
{
	(void)state;
	log_sample_put("log", "+", "anna");
	told_of_input(open(temp_path(&log_sample_tree, "log"), O_RDONLY),
	              " anna\n- evtx");
	told_of_pipe("log", " anna\n- evtx");
}

static void
what_is_longer_than_64_mb_is_read_as_well(void **state)
{
	char commands[1100];

	(void)state;
	memset(commands, ' ', sizeof commands);
	commands[0] = commands[sizeof commands - 2] = '+';
	commands[sizeof commands - 1] = '\0';
	log_sample_put("log", commands, "anna");
	told_of_pipe("log", " anna anna\n- evtx");
}

static void
an_endless_input_that_is_no_log_is_left(void **state)
{
	(void)state;
	told_of_input(
	    open("/dev/zero", O_RDONLY),
	    "- none: is no event log (.evt, .evtx, XML, JSON, CSV); name one, or a "
	    "folder "
	    "with some");
	told_of_input(
	    open("/dev/null", O_RDONLY),
	    "- none: is empty; name an event log (.evt, .evtx, XML, JSON, CSV)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_TREE(a_log_that_kills_its_decoder_kills_no_other),
		IN_A_TREE(what_it_gave_before_it_died_stays),
		IN_A_TREE(a_log_that_becomes_shorter_meanwhile_is_told_so),
		IN_A_TREE(a_bad_sector_costs_its_chunk),
		IN_A_TREE(a_bad_sector_costs_an_old_log_at_most_64_kb),
		IN_A_TREE(a_named_pipe_is_read_to_its_end),
		IN_A_TREE(standard_input_is_a_pipe_or_a_file),
		IN_A_TREE(what_is_longer_than_64_mb_is_read_as_well),
		IN_A_TREE(an_endless_input_that_is_no_log_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
