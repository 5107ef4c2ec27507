/* The event logs of a machine that does not run: where Windows keeps them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "log_sample.h"

static void
told(const char *path, const char *lines)
{
	log_sample_told(temp_path(&log_sample_tree, path), lines);
}

static void
those_that_windows_keeps_are_read(void **state)
{
	(void)state;
	log_sample_put("c/WINDOWS/system32/config/SecEvent.Evt", "+", "sec");
	log_sample_put("c/WINDOWS/system32/config/AppEvent.Evt", "+", "app");
	temp_file(&log_sample_tree, "c/WINDOWS/system32/config/SYSTEM", "regfregf", 8);
	log_sample_put("c/WINDOWS/system32/config/systemprofile/x.evtx", "+", "x");
	log_sample_put("c/WINDOWS/system32/WinEvt/logs/Security.evtx", "+", "new");
	log_sample_put("c/logs/other.evtx", "+", "other");
	told("c", " app\nc:WINDOWS\\System32\\config\\AppEvent.Evt evtx sec\n"
	          "c:WINDOWS\\System32\\config\\SecEvent.Evt evtx new\n"
	          "c:WINDOWS\\System32\\winevt\\Logs\\Security.evtx evtx");
	log_sample_told(temp_path(&log_sample_tree, "c/WINDOWS"),
	                " app\nc/WINDOWS:System32\\config\\AppEvent.Evt evtx sec\n"
	                "c/WINDOWS:System32\\config\\SecEvent.Evt evtx new\n"
	                "c/WINDOWS:System32\\winevt\\Logs\\Security.evtx evtx");
}

static void
a_folder_of_its_is_a_folder(void **state)
{
	(void)state;
	log_sample_put("c/WINNT/system32/config/SecEvent.Evt", "+", "sec");
	log_sample_put("c/WINNT/system32/config/deeper/x.evtx", "+", "x");
	log_sample_told(temp_path(&log_sample_tree, "c/WINNT/system32/config"),
	                " sec\nc/WINNT/system32/config/SecEvent.Evt evtx x\n"
	                "c/WINNT/system32/config/deeper/x.evtx evtx");
	told("c", " sec\nc:WINNT\\System32\\config\\SecEvent.Evt evtx");
}

static void
one_below_a_folder_that_was_named_is_no_machine(void **state)
{
	(void)state;
	log_sample_put("copy/WINDOWS/system32/config/SecEvent.Evt", "+", "sec");
	log_sample_put("copy/more.evtx", "+", "more");
	log_sample_told(log_sample_tree.root,
	                " sec\ncopy/WINDOWS/system32/config/SecEvent.Evt evtx more\n"
	                "copy/more.evtx evtx");
}

static void
one_without_logs_is_told(void **state)
{
	(void)state;
	temp_file(&log_sample_tree, "c/WINDOWS/System32/config/SYSTEM", "regfregf", 8);
	log_sample_put("c/elsewhere.evtx", "+", "anna");
	told("c", "c none: holds a Windows, and no event log where Windows keeps "
	          "them; look for copies of them");
}

static void
a_damaged_one_is_told(void **state)
{
	(void)state;
	log_sample_put("c/WINDOWS/System32/winevt/Logs/Archive.evtx", "+", "old");
	temp_file(&log_sample_tree, "c/WINDOWS/System32/winevt/Logs/Security.evtx",
	          "\0\0\0\0\0\0\0\0\0", 9);
	temp_file(&log_sample_tree, "c/WINDOWS/System32/config/SecEvent.EVT", "", 0);
	temp_file(&log_sample_tree, "c/WINDOWS/System32/config/SECURITY", "regfregf",
	          8);
	told("c",
	     "c:WINDOWS\\System32\\config\\SecEvent.EVT none: is empty; look for a "
	     "copy of it old\n"
	     "c:WINDOWS\\System32\\winevt\\Logs\\Archive.evtx evtx\n"
	     "c:WINDOWS\\System32\\winevt\\Logs\\Security.evtx none: begins like no "
	     "event log; copy it, and name the copy, to find what is left in it");
}

static void
links_in_it_are_not_followed(void **state)
{
	(void)state;
	log_sample_put("c/elsewhere.evtx", "+", "anna");
	temp_folder(&log_sample_tree, "c/WINDOWS/System32/config");
	assert_int_equal(symlink("../../../elsewhere.evtx",
	                         temp_path(&log_sample_tree,
	                                   "c/WINDOWS/System32/config/SecEvent.Evt")),
	                 0);
	told("c", "c none: holds a Windows, and no event log where Windows keeps "
	          "them; look for copies of them");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_TREE(those_that_windows_keeps_are_read),
		IN_A_TREE(a_folder_of_its_is_a_folder),
		IN_A_TREE(one_below_a_folder_that_was_named_is_no_machine),
		IN_A_TREE(one_without_logs_is_told),
		IN_A_TREE(a_damaged_one_is_told),
		IN_A_TREE(links_in_it_are_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
