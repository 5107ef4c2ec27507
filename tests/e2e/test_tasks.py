#!/usr/bin/env python3
# e2e: seconds=90 together
"""Scheduled tasks: what `tasks list` says of the lab's disks, and how it ends."""

import csv
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
JOBS = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "tasks"


def tasks(*words):
    """Exit code, the lines as objects, standard error."""
    done = subprocess.run([CONFINE, "tasks", *words], stdin=subprocess.DEVNULL,
                          timeout=50, capture_output=True, check=False)
    out = done.stdout.decode()
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return done.returncode, lines, done.stderr.decode()


def listed(lines):
    return [line for line in lines if line["type"] == "task"]


class Disk(unittest.TestCase):
    """A disk of the lab, clean or not, and what a test adds to it."""

    def setUp(self):
        self.top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)

    def disk(self, *words):
        path = self.top / "disk"
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run([CONFINE, "lab", "disk", path, *words], check=True, timeout=50,
                       stdin=subprocess.DEVNULL, capture_output=True)
        return path

    @staticmethod
    def folder(disk):
        """The folder of jobs, in whatever letters."""
        windows = [p for p in disk.iterdir()
                   if p.name.lower() in ("windows", "winnt")][0]
        return windows / "Tasks"

    def test_the_worms_jobs_are_found_on_every_windows(self):
        for windows in ("2000", "xp", "2003", "vista", "2008", "7"):
            with self.subTest(windows=windows):
                disk = self.disk("--windows", windows)
                code, lines, _ = tasks("list", str(disk))
                self.assertEqual(code, 1)
                bad = [t for t in listed(lines) if t["need"] == "to-do"]
                self.assertGreaterEqual(len(bad), 1)
                for task in bad:
                    self.assertIn(task["verdict"], ("worm", "suspect"))
                    self.assertEqual(task["kind"], "at")
                    self.assertRegex(task["arguments"], r"^[a-z]+\.[a-z]+,[a-z]+$")

    def test_a_clean_twin_has_nothing_to_do(self):
        for windows in ("2000", "xp", "2003", "vista", "2008", "7"):
            with self.subTest(windows=windows):
                disk = self.disk("--windows", windows, "--clean")
                code, lines, err = tasks("list", str(disk))
                self.assertEqual((code, err), (0, ""))
                self.assertEqual({t["need"] for t in listed(lines)} - {"in-order"},
                                 set())

    def test_a_real_job_is_listed_and_no_more(self):
        disk = self.disk("--clean")
        shutil.copy(JOBS / "GoogleUpdate.job", self.folder(disk))
        code, lines, _ = tasks("list", str(disk))
        self.assertEqual(code, 0)
        job = [t for t in listed(lines) if t["name"] == "GoogleUpdate"][0]
        self.assertEqual(job["command"],
                         r"C:\Program Files (x86)\Google\Update\GoogleUpdate.exe")
        self.assertEqual((job["kind"], job["author"], job["verdict"], job["last_run"]),
                         ("task", "Brian", "other", "2013-08-24 12:42:00"))
        self.assertEqual(job["schedule"],
                         "daily at 15:42, every 60 minutes, from 2013-07-12")

    def test_a_broken_job_is_unknown_and_does_not_hide_a_bad_one(self):
        disk = self.disk("--clean")
        shutil.copy(JOBS / "cut.job", self.folder(disk) / "At91.job")
        self.assertEqual(tasks("list", str(disk))[0], 3)
        shutil.copy(JOBS / "worm-form.job", self.folder(disk) / "At92.job")
        code, lines, _ = tasks("list", str(disk))
        self.assertEqual(code, 1)
        verdicts = {t["name"]: t["verdict"] for t in listed(lines)}
        self.assertEqual((verdicts["At91"], verdicts["At92"]), ("unread", "suspect"))

    def test_check_counts_jobs_of_one_kind_once(self):
        disk = self.disk("--clean")
        for number in range(1, 25):
            shutil.copy(JOBS / "worm-form.job", self.folder(disk) / f"At1{number}.job")
        done = subprocess.run([CONFINE, "check", disk, "-q"], stdin=subprocess.DEVNULL,
                              timeout=50, capture_output=True, check=False)
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        found = [f for f in lines if f.get("trace") == "task-shape"]
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0]["fields"]["names"].startswith("At11 At12 At13 "))
        self.assertEqual(found[0]["fields"]["tasks"], 24)
        self.assertEqual(done.returncode, 1)

    def test_a_job_in_two_places_counts_once(self):
        disk = self.disk("--windows", "7")
        done = subprocess.run([CONFINE, "check", disk, "-q"], stdin=subprocess.DEVNULL,
                              timeout=50, capture_output=True, check=False)
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        found = [f for f in lines if f.get("trace") == "task-worm"]
        self.assertEqual([f["fields"]["tasks"] for f in found], [24])

    def test_tables_and_pages_have_every_task(self):
        disk = self.disk()
        outputs = {name: str(self.top / f"tasks.{name}") for name in
                   ("jsonl", "csv", "html", "txt")}
        words = [word for path in outputs.values() for word in ("-o", path)]
        self.assertEqual(tasks("list", str(disk), *words)[0], 1)
        count = len(listed([json.loads(line) for line in
                            Path(outputs["jsonl"]).read_text("utf-8").splitlines()]))
        with open(outputs["csv"], encoding="utf-8", newline="") as table:
            self.assertEqual(len(list(csv.reader(table))), 1 + count)
        for name in ("html", "txt"):
            self.assertIn("At1", Path(outputs[name]).read_text("utf-8"))


class Asking(unittest.TestCase):
    def test_without_a_windows_nothing_is_in_order(self):
        with tempfile.TemporaryDirectory() as folder:
            code, lines, _ = tasks("list", folder)
        self.assertEqual(code, 3)
        self.assertEqual(listed(lines)[0]["need"], "unknown")

    def test_what_is_no_question_is_refused_with_the_right_one(self):
        for words in ([], ["list"], ["remove", "/tmp"], ["/tmp"]):
            with self.subTest(words=words):
                code, lines, err = tasks(*words)
                self.assertEqual((code, lines), (2, []))
                self.assertIn("confine tasks list /mnt/c", err)


if __name__ == "__main__":
    unittest.main()
