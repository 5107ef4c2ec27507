#!/usr/bin/env python3
# e2e: seconds=120 light
"""The main job, tools/run.sh, in a tree of its own: done is 0, and there is a page."""

import os
import re
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from lab_net import CONFINE, FOLDER, Lab, confine

PORT = "4491"
HOSTS = "127.77.9.0/29"


def heeds_interrupts():
    """Also where the tests themselves were started in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def members(group):
    """The programs of a process group that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text().rpartition(")")[2].split()
            if int(rest[2]) == group and rest[0] != "Z":
                words = (stat.parent / "cmdline").read_bytes()
                found.append(words.replace(b"\0", b" "))
        except (OSError, ValueError):
            continue
    return found


class MainJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name in ("tools", "build", "a place"):
            (FOLDER / name).mkdir()
        shutil.copy(Path(os.environ["CONFINE_TOP"], "tools", "run.sh"),
                    FOLDER / "tools")
        (FOLDER / "build" / "confine").symlink_to(CONFINE)
        cls.enterClassContext(Lab(HOSTS, "--respond", "1", "--port", PORT, "--mix",
                                  "clean,infected-old,denied"))

    def job(self, *words, timeout=60):
        return subprocess.run(["sh", str(FOLDER / "tools" / "run.sh"), *words],
                              cwd=FOLDER, stdin=subprocess.DEVNULL, timeout=timeout,
                              capture_output=True, text=True, check=False)

    def wait_for(self, child, words):
        """Until it is at that; a moment later it is well in it."""
        deadline = time.monotonic() + 20
        while not [m for m in members(child.pid) if words in m]:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        time.sleep(0.3)

    def test_it_scans_the_targets_and_says_where_the_page_is(self):
        for page in ("page.html", str(FOLDER / "a place" / "the page.html")):
            done = self.job("a place/my case.db", page, "--ports", PORT, HOSTS)
            self.assertEqual(done.returncode, 0, done.stderr)
            said = done.stdout.splitlines()
            self.assertEqual(said[-1], str(FOLDER / page))
            self.assertTrue(Path(said[-1]).read_text().rstrip().endswith("</html>"))
            self.assertRegex(done.stdout, r"(?m)^127\.77\.9\.\d +infected ")
        self.assertEqual(confine("case", "status", "--case",
                                 FOLDER / "a place" / "my case.db").code, 1)

    def test_nothing_there_is_a_job_done_too(self):
        done = self.job("none.db", "none.html", "127.77.10.0/30")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.splitlines()[-1], str(FOLDER / "none.html"))

    def test_a_job_that_cannot_be_done_is_2_and_names_no_page(self):
        for words in (["c.db", "p.html", "not..a..host"],
                      ["c.db", "missing/p.html", HOSTS],
                      ["missing/c.db", "p.html", HOSTS]):
            done = self.job(*words)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stdout, "")
            self.assertTrue(re.match(r"confine: .*\n", done.stderr))

    def test_broken_off_it_takes_its_lab_along(self):
        child = subprocess.Popen(["sh", str(FOLDER / "tools" / "run.sh"), "lab.db",
                                  "lab.html"], cwd=FOLDER, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True, start_new_session=True,
                                 preexec_fn=heeds_interrupts)
        self.wait_for(child, b" scan --case ")
        self.assertTrue([m for m in members(child.pid) if b" lab up " in m])
        os.killpg(child.pid, signal.SIGINT)
        out, _ = child.communicate(timeout=20)
        self.assertNotEqual(child.returncode, 0, out)
        self.assertEqual(members(child.pid), [])
        self.assertIn("scan --resume --case lab.db", out)


if __name__ == "__main__":
    unittest.main()
