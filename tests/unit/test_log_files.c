/* Event logs are found, known by what they are, and handed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/evtx.h"
#include "reach/log_known.h"
#include "log_sample.h"

/* ---- folders */

static void
a_folder_is_read_in_the_order_of_its_names(void **state)
{
	(void)state;
	log_sample_put("c.evtx", "+", "carl");
	log_sample_put("a.evtx", "++", "anna");
	log_sample_put("b/two/z.evtx", "+", "zoe");
	log_sample_put("b/one", "+", "bob");
	log_sample_put("B.evtx", "+", "BEN");
	temp_folder(&log_sample_tree, "empty");
	log_sample_told(log_sample_tree.root,
	                " BEN\nB.evtx evtx anna anna\na.evtx evtx bob\nb/one evtx zoe\n"
	                "b/two/z.evtx evtx carl\nc.evtx evtx");
}

static void
what_is_no_log_is_passed_over_in_a_folder(void **state)
{
	(void)state;
	temp_file(&log_sample_tree, "text.evtx", "this is text, whatever its name", 31);
	temp_file(&log_sample_tree, "empty.evtx", "", 0);
	temp_file(&log_sample_tree, "short.evt", "ElfFil", 6);
	assert_int_equal(mkfifo(temp_path(&log_sample_tree, "pipe.evtx"), 0600), 0);
	log_sample_put("log.evtx", "+", "anna");
	log_sample_told(log_sample_tree.root, " anna\nlog.evtx evtx");
}

static void
what_tells_of_events_in_another_way_is_told(void **state)
{
	static const char other[] = "Source: Microsoft-Windows-Security-Auditing\n"
				    "Source: Microsoft-Windows-Security-Auditing\n";

	(void)state;
	temp_file(&log_sample_tree, "a.txt", other, sizeof other - 1);
	log_sample_put("log.evtx", "+", "anna");
	log_sample_told(log_sample_tree.root,
	                "a.txt none: " LOG_OTHER_WHY " anna\nlog.evtx evtx");
	log_sample_told(temp_path(&log_sample_tree, "a.txt"),
	                "a.txt none: " LOG_OTHER_WHY);
}

static void
links_in_a_folder_are_not_followed(void **state)
{
	(void)state;
	log_sample_put("logs/log.evtx", "+", "anna");
	log_sample_put("elsewhere/other.evtx", "+", "bob");
	assert_int_equal(symlink("../elsewhere/other.evtx",
	                         temp_path(&log_sample_tree, "logs/file.evtx")),
	                 0);
	assert_int_equal(
	    symlink("../elsewhere", temp_path(&log_sample_tree, "logs/folder")), 0);
	assert_int_equal(
	    symlink("nowhere", temp_path(&log_sample_tree, "logs/nothing")), 0);
	log_sample_told(temp_path(&log_sample_tree, "logs"),
	                " anna\nlogs/log.evtx evtx");
	/* Whoever names a link means it. */
	log_sample_told(temp_path(&log_sample_tree, "logs/file.evtx"),
	                " bob\nlogs/file.evtx evtx");
}

static void
first_bytes_count_and_names_do_not(void **state)
{
	(void)state;
	log_sample_put("new.evt", "+", "anna");
	log_sample_put_old("old.evtx", 65536);
	log_sample_told(log_sample_tree.root, " anna\nnew.evt evtx\nold.evtx evt");
}

static void
a_folder_too_deep_is_told(void **state)
{
	char path[512] = "d";
	char line[700];

	(void)state;
	for (size_t i = 1; i < 65; i++)
		(void)snprintf(path + strlen(path), 4, "/d");
	temp_folder(&log_sample_tree, path);
	(void)snprintf(line, sizeof line,
	               "%.*s none: lies deeper than 64 folders; "
	               "name it itself",
	               2 * 64 - 1, path);
	log_sample_told(log_sample_tree.root, line);
}

static void
two_hundred_small_logs_come_in_order(void **state)
{
	struct buf lines;
	char name[16];

	(void)state;
	buf_init(&lines, 65536);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof name, "%03d", i);
		log_sample_put(name, "+", name);
		buf_text(&lines, " ");
		buf_text(&lines, name);
		buf_text(&lines, "\n");
		buf_text(&lines, name);
		buf_text(&lines, " evtx");
	}
	log_sample_told(log_sample_tree.root, buf_string(&lines));
	buf_free(&lines);
}

/* ---- what cannot be read */

static void
what_is_named_and_no_log_is_told(void **state)
{
	static const char letter[200000] = "Dear Sir, ...";

	(void)state;
	temp_file(&log_sample_tree, "empty.evtx", "", 0);
	temp_file(&log_sample_tree, "text", "this is text, not a log", 23);
	log_sample_told(
	    temp_path(&log_sample_tree, "empty.evtx"),
	    "empty.evtx none: is empty; name an event log (.evt, .evtx, XML, JSON, "
	    "CSV)");
	log_sample_told(
	    temp_path(&log_sample_tree, "text"),
	    "text none: is no event log (.evt, .evtx, XML, JSON, CSV); name one, or "
	    "a folder with "
	    "some");
	temp_file(&log_sample_tree, "letter", letter, sizeof letter);
	log_sample_told(
	    temp_path(&log_sample_tree, "letter"),
	    "letter none: is no event log (.evt, .evtx, XML, JSON, CSV), and "
	    "nothing of one "
	    "is in it; name one, or a folder with some");
	log_sample_told(
	    "/dev/zero",
	    "/dev/zero none: is a device and no event log; name one (.evt, .evtx, "
	    "XML, JSON, CSV)");
	log_sample_told(
	    temp_path(&log_sample_tree, "nothing"),
	    "nothing none: cannot be read: No such file or directory; see how it "
	    "is spelled");
	log_sample_told(
	    "", " none: cannot be read: No such file or directory; see how it is "
		"spelled");
}

static void
what_may_not_be_read_is_told(void **state)
{
	bool is_root = geteuid() == 0;

	(void)state;
	log_sample_put("a.evtx", "+", "anna");
	log_sample_put("b/b.evtx", "+", "bob");
	assert_int_equal(chmod(log_sample_tree.root, 0755), 0);
	assert_int_equal(chmod(temp_path(&log_sample_tree, "a.evtx"), 0), 0);
	assert_int_equal(chmod(temp_path(&log_sample_tree, "b"), 0), 0);
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	log_sample_told(
	    log_sample_tree.root,
	    "a.evtx none: cannot be read: Permission denied; run as root, or copy "
	    "it\n"
	    "b none: cannot be read: Permission denied; run as root, or copy it");
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(temp_path(&log_sample_tree, "b"), 0700), 0);
}

static void
a_log_that_is_cut_is_read_and_told_so(void **state)
{
	struct log_sample_heard h = { .done = 0 };
	const char *path = temp_path(&log_sample_tree, "cut.evtx");

	(void)state;
	log_sample_put("cut.evtx", "++", "anna");
	assert_int_equal(truncate(path, EVTX_HEAD + EVTX_CHUNK + 100), 0);
	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_string_equal(buf_string(&h.lines), " anna anna\ncut.evtx evtx");
	assert_true(h.last.is_cut);
	assert_int_equal(h.last.bytes, EVTX_HEAD + EVTX_CHUNK + 100);
	buf_free(&h.lines);
}

/* ---- the run */

static void
a_log_is_summed_up(void **state)
{
	struct log_sample_heard h = { .done = 0 };
	const char *path = temp_path(&log_sample_tree, "log");

	(void)state;
	log_sample_put("log", "++0+", "anna");
	assert_int_equal(log_sample_read(&h, &path, 1), OK);
	assert_int_equal(h.last.records, 4);
	assert_int_equal(h.last.security, 4);
	assert_int_equal(h.last.attempts, 4);
	assert_int_equal(h.last.failures, 3);
	assert_int_equal(h.last.cleared_ms, 1655526400000);
	assert_int_equal(h.last.first_ms, 1655526400000);
	assert_int_equal(h.last.last_ms, 1655526400000);
	assert_string_equal(h.last.computer, "WARD");
	assert_false(h.last.is_cut);
	buf_free(&h.lines);
}

static bool
stop(void *with, uint64_t done)
{
	(void)with;
	(void)done;
	return false;
}

static void
the_user_can_stop_it(void **state)
{
	struct log_sample_heard h = { .done = 0 };
	struct log_sink sink = { log_sample_attempt, log_sample_file, stop, &h };
	const char *path = log_sample_tree.root;
	size_t before = log_sample_descriptors();

	(void)state;
	log_sample_put("a.evtx", "+", "anna");
	assert_int_equal(log_files_read(&path, 1, &sink), ERR_REFUSED);
	assert_int_equal(log_sample_descriptors(), before);
}

static void
who_hears_of_it_can_end_it(void **state)
{
	struct log_sample_heard h = { .refuses = ERR_LIMIT };
	const char *path = log_sample_tree.root;

	(void)state;
	log_sample_put("a.evtx", "++", "anna");
	log_sample_put("b.evtx", "++", "bob");
	assert_int_equal(log_sample_read(&h, &path, 1), ERR_LIMIT);
	assert_int_equal(h.attempts, 1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	buf_free(&h.lines);
}

static void
paths_come_in_the_order_that_they_were_named_in(void **state)
{
	struct log_sample_heard h = { .done = 0 };
	const char *paths[3];

	(void)state;
	log_sample_put("a/a.evtx", "+", "anna");
	log_sample_put("b.evtx", "+", "bob");
	paths[0] = temp_path(&log_sample_tree, "b.evtx");
	paths[1] = temp_path(&log_sample_tree, "no.evtx");
	paths[2] = temp_path(&log_sample_tree, "a/");
	assert_int_equal(log_sample_read(&h, paths, 3), OK);
	assert_string_equal(buf_string(&h.lines),
	                    " bob\nb.evtx evtx\n"
	                    "no.evtx none: cannot be read: No such file or directory; "
	                    "see how it is spelled anna\na/a.evtx evtx");
	buf_free(&h.lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_TREE(a_folder_is_read_in_the_order_of_its_names),
		IN_A_TREE(what_is_no_log_is_passed_over_in_a_folder),
		IN_A_TREE(what_tells_of_events_in_another_way_is_told),
		IN_A_TREE(links_in_a_folder_are_not_followed),
		IN_A_TREE(first_bytes_count_and_names_do_not),
		IN_A_TREE(a_folder_too_deep_is_told),
		IN_A_TREE(two_hundred_small_logs_come_in_order),
		IN_A_TREE(what_is_named_and_no_log_is_told),
		IN_A_TREE(what_may_not_be_read_is_told),
		IN_A_TREE(a_log_that_is_cut_is_read_and_told_so),
		IN_A_TREE(a_log_is_summed_up),
		IN_A_TREE(the_user_can_stop_it),
		IN_A_TREE(who_hears_of_it_can_end_it),
		IN_A_TREE(paths_come_in_the_order_that_they_were_named_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
