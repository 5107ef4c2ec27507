#!/usr/bin/env python3
# e2e: seconds=60 light
"""What a scan says on a terminal: its sum, its progress, and a case of several runs."""

import os
import pty
import subprocess
import unittest

from lab_net import CONFINE, Lab

NETWORK = "127.68.0.0/26"
PORT = "4468"


def on_a_terminal(*words):
    """Exit code and all that confine shows on a terminal, errors included."""
    main, end = pty.openpty()
    with subprocess.Popen([CONFINE, *words], stdin=end, stdout=end,
                          stderr=end) as child:
        os.close(end)
        shown = b""
        while True:
            try:
                more = os.read(main, 65536)
            except OSError:  # how the end of a terminal reads
                break
            if not more:
                break
            shown += more
        os.close(main)
        return child.wait(60), shown.decode().replace("\r\n", "\n")


def scan(*words):
    return on_a_terminal("scan", "--ports", PORT, *words)


class Screen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(NETWORK, "--port", PORT, "--respond", "0.3", "--mix",
                      "clean=3,infected-old=1,silent=1", seconds=60)
        cls.lab.__enter__()
        cls.addClassCleanup(cls.lab.__exit__)

    def hosts(self, state):
        return sorted(ip for ip, is_in in self.lab.state.items() if is_in == state)

    def test_absent_hosts_are_counted_without_a_case_too(self):
        code, shown = scan("--timeout", "500", NETWORK)
        self.assertEqual(code, 1)
        sum_up = " ".join(shown.split())
        self.assertIn("64 addresses in ", sum_up)
        self.assertIn(f" {64 - len(self.lab.state)} absent.", sum_up)
        self.assertNotIn("clean,", sum_up)

    def test_progress_promises_nothing_while_it_waits_for_the_last(self):
        quick, late = self.hosts("no-sign")[0], self.hosts("unknown")[0]
        _, alone = scan("--timeout", "900", late)
        _, both = scan("--timeout", "600", quick, late)
        self.assertIn("\r0 of 1 addresses, 0 infected\x1b[K", alone)
        self.assertNotIn(" left\x1b[K", alone)
        self.assertIn("\r1 of 2 addresses, 0 infected, ", both)

    def test_a_part_asked_again_is_summed_up_beside_the_case(self):
        _, first = scan("--timeout", "500", "--case", "part.case", NETWORK)
        host = self.hosts("infected")[0]
        code, again = scan("--case", "part.case", host)
        self.assertNotIn("This run alone", first)
        self.assertEqual(code, 1)
        self.assertIn("\n64 addresses in ", again)
        self.assertIn("\nThis run alone: 1 address, 1 infected, ", again)

    def test_going_on_where_nothing_is_left_says_so(self):
        host = self.hosts("infected")[0]
        scan("--case", "done.case", host)
        code, shown = scan("--case", "done.case", "--resume", host)
        self.assertEqual(code, 1)
        self.assertIn("all of these targets are in done.case already", shown)

    def test_a_report_into_a_file_says_what_is_in_it(self):
        host = self.hosts("infected")[0]
        scan("--case", "told.case", host)
        code, shown = on_a_terminal("report", "--case", "told.case", "-o", "told.html")
        self.assertEqual(code, 1)
        self.assertEqual(shown, "told.html: 1 address, 1 infected, 0 suspect, "
                                "0 unknown\n")

    def test_of_an_option_of_one_letter_no_other_is_meant(self):
        code, shown = scan("-z", self.hosts("no-sign")[0])
        self.assertEqual(code, 2)
        self.assertIn("there is no option -z; see confine scan --help", shown)

    def test_quick_and_deep_are_not_taken_together(self):
        code, shown = scan("--quick", "--deep", self.hosts("no-sign")[0])
        self.assertEqual(code, 2)
        self.assertIn("--quick and --deep contradict each other", shown)


if __name__ == "__main__":
    unittest.main()
