#!/usr/bin/env python3
# e2e: seconds=120 light
"""The case: what a scan records, a kill leaves, and `case` and `report` tell."""

import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
import unittest
from pathlib import Path

from lab_net import CONFINE, FOLDER, Lab

NETWORK = "127.66.0.0/22"
PORT = "4466"
COUNT = 1024
SCAN = ("scan", NETWORK, "--ports", PORT, "--no-progress", "-q")


def confine(*words, **more):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *words], stdin=subprocess.DEVNULL, timeout=60,
                          capture_output=True, check=False, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def of_type(lines, kind):
    return [line for line in lines if line["type"] == kind]


def status(case):
    """Exit code and lines of `case status`."""
    code, out, err = confine("case", "status", "--case", case, "--format", "json")
    if err:
        raise AssertionError(err)
    return code, objects(out)


def rows_of(case):
    """Addresses in the case, absent ones included."""
    _, out, _ = confine("report", "--case", case, "--all", "--format", "csv")
    return {row["host"] for row in csv.DictReader(out.splitlines())}


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(NETWORK, "--port", PORT, "--respond", "0.15", "--mix",
                      "clean=5,infected-old=2,infected-new=1,smb2-only=1,denied=1",
                      seconds=110)
        cls.lab.__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.whole = str(FOLDER / "whole.db")
        cls.code, cls.out, cls.err = confine(*SCAN, "--rate", "0", "--case", cls.whole,
                                             "--format", "json")

    def infected(self):
        return sorted(ip for ip, state in self.lab.state.items() if state == "infected")

    def test_the_scan_itself_went_well(self):
        self.assertEqual((self.code, self.err), (1, ""))

    def test_status_counts_what_the_scan_counted(self):
        code, lines = status(self.whole)
        scanned = objects(self.out)[-1]
        told = lines[-1]
        self.assertEqual(code, 1)
        self.assertEqual(told["command"], "case")
        for key in ("targets", "infected", "suspect", "no-sign", "clean", "unknown",
                    "absent"):
            self.assertEqual(told[key], scanned[key], key)
        runs = of_type(lines, "case-run")
        self.assertEqual([run["state"] for run in runs], ["done"])
        self.assertEqual(runs[0]["command"][:3], ["confine", "scan", NETWORK])

    def test_status_names_every_infected_host_and_groups_the_unknown(self):
        _, lines = status(self.whole)
        named = sorted(line["host"] for line in of_type(lines, "verdict"))
        self.assertEqual(named, self.infected())
        unknown = [line for line in of_type(lines, "reason")
                   if line["state"] == "unknown"]
        self.assertEqual(sum(line["count"] for line in unknown), lines[-1]["unknown"])
        for line in unknown:
            self.assertTrue(line["why"].endswith(".") and line["next"].endswith("."))

    def test_status_for_people_says_the_same(self):
        code, out, err = confine("case", "status", "--case", self.whole)
        self.assertEqual((code, err), (1, ""))
        for host in self.infected():
            self.assertRegex(out, rf"(?m)^  {re.escape(host)} +infected ")
        self.assertIn(f"confine report -o report.html --case {self.whole}", out)

    def test_report_gives_what_the_scan_gave(self):
        code, out, err = confine("report", "--case", self.whole, "--format", "json")
        self.assertEqual((code, err), (1, ""))
        told = objects(out)
        scanned = objects(self.out)
        self.assertEqual(told[0], scanned[0])
        self.assertEqual(sorted(out.splitlines()[1:-1]),
                         sorted(self.out.splitlines()[1:-1]))

    def test_reports_of_a_case_are_the_same_each_time_and_in_every_format(self):
        for format_name in ("text", "json", "csv", "xml", "html"):
            with self.subTest(format=format_name):
                words = ("report", "--case", self.whole, "--format", format_name)
                first = confine(*words)
                self.assertEqual(first[0], 1)
                self.assertEqual(first[2], "")
                self.assertEqual(first, confine(*words))
        files = [FOLDER / f"all.{end}" for end in ("html", "xml", "csv", "jsonl")]
        outputs = [word for path in files for word in ("-o", str(path))]
        self.assertEqual(confine("report", "--case", self.whole, *outputs)[0], 1)
        for path in files:
            self.assertGreater(path.stat().st_size, 1000)

    def test_all_reports_every_address(self):
        self.assertEqual(len(rows_of(self.whole)), COUNT)

    def test_show_finds_a_host_by_address_and_by_name(self):
        host = self.infected()[0]
        code, out, err = confine("case", "show", host, "--case", self.whole)
        self.assertEqual((code, err), (1, ""))
        self.assertIn(f"{host}: infected\n", out)
        name = re.search(r"(?m)^  Name +(\S+)$", out).group(1)
        for word in ("What was seen:", "conclusive for ", f"{PORT}/tcp", "win32_error"):
            self.assertIn(word, out)
        by_name = confine("case", "show", name.lower(), "--case", self.whole)
        self.assertEqual(by_name, (code, out, err))

    def test_show_in_json_is_a_run_of_its_own(self):
        host = self.infected()[0]
        code, out, _ = confine("case", "show", host, "--case", self.whole, "--format",
                               "json")
        kinds = [line["type"] for line in objects(out)]
        self.assertEqual(code, 1)
        self.assertEqual((kinds[0], kinds[-2:]), ("run", ["verdict", "summary"]))

    def test_what_is_not_there_is_said_in_one_line(self):
        for words, said in (
                (("case", "show", "192.0.2.1", "--case", self.whole), "holds nothing"),
                (("case", "show", "NOBODY", "--case", self.whole), "holds nothing"),
                (("case", "show", "--case", self.whole), "name a host"),
                (("case", "status", "more", "--case", self.whole), "too many"),
                (("case", "status", "--case", "none.db"), "no such file"),
                (("case", "status"), "no case to read"),
                (("report",), "no case to read"),
                (("report", "more"), "too many"),
                (("case",), "status"),
                (("case", "statsu"), "did you mean status"),
                (("case", "merge"), "not in this version"),
                (("report", "--case", self.whole, "-o", "none/a.html"), "none/a.html")):
            with self.subTest(words=words):
                code, out, err = confine(*words, cwd=FOLDER)
                self.assertEqual((code, out), (2, ""))
                self.assertIn(said, err)
                self.assertEqual(err.count("\n"), 1)

    def test_a_case_in_the_working_folder_is_found(self):
        folder = FOLDER / "here"
        folder.mkdir()
        (folder / "confine-case.db").write_bytes(Path(self.whole).read_bytes())
        self.assertEqual(confine("case", "status", cwd=folder)[0], 1)
        self.assertEqual(confine("report", cwd=folder)[0], 1)

    def test_foreign_text_reaches_the_terminal_spelled_out(self):
        host = self.infected()[0]
        path = FOLDER / "foreign.db"
        path.write_bytes(Path(self.whole).read_bytes())
        base = sqlite3.connect(path)
        base.execute("UPDATE host SET verdict = json_set(verdict, '$.name', ?) "
                     "WHERE json_extract(verdict, '$.host') = ?",
                     ("\x1b[2J\u202eevil", host))
        base.commit()
        base.close()
        for words in (("case", "show", host), ("case", "status"), ("report",)):
            out = confine(*words, "--case", str(path), "--format", "text")[1]
            self.assertNotIn("\x1b", out)
            self.assertNotIn("\u202e", out)
        self.assertIn("\\x1b[2J", confine("case", "show", host, "--case", str(path))[1])

    def test_an_infected_host_that_is_gone_is_not_forgotten(self):
        host = self.infected()[0]
        path = str(FOLDER / "gone.db")
        Path(path).write_bytes(Path(self.whole).read_bytes())
        code, _, _ = confine("scan", host, "--ports", "4467", "--case", path, "-q")
        self.assertEqual(code, 3)
        code, out, _ = confine("case", "show", host, "--case", path)
        self.assertEqual(code, 3)
        self.assertIn(f"{host}: unknown\n  It was infected on ", out)
        self.assertRegex(out, r"\nEarlier:\n  \S+ \S+ UTC  infected ")

    def test_a_scan_that_was_killed_is_gone_on_with(self):
        path = str(FOLDER / "killed.db")
        child = subprocess.Popen([CONFINE, *SCAN, "--rate", "500", "--case", path,
                                  "-o", str(FOLDER / "killed.jsonl")],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.9)
        running = confine("case", "status", "--case", path)[1]
        second = confine("scan", "127.66.0.1", "--case", path, "--ports", PORT)
        child.send_signal(signal.SIGKILL)
        child.wait()
        self.assertIn("is running now", running)
        self.assertEqual(second[0], 2)
        self.assertIn("killed.db is in use by another run", second[2])

        before = rows_of(path)
        self.assertGreater(len(before), 100)
        self.assertLess(len(before), COUNT)
        # Of what the other output holds, nothing is missing in the case but what
        # came in the engine's last turn.
        text = (FOLDER / "killed.jsonl").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        told = {line["host"] for line in of_type(lines, "verdict")}
        self.assertLess(len(told - before), 50)
        code, lines = status(path)
        self.assertEqual(of_type(lines, "case-run")[0]["state"], "interrupted")
        self.assertTrue(lines[-1]["interrupted"])

        code, out, err = confine("scan", "--resume", "--case", path, "--rate", "0",
                                 "--format", "json", "-q")
        self.assertEqual((code, err), (1, ""))
        self.assertEqual(objects(out)[-1]["targets"], COUNT - len(before))
        self.assertEqual(len(rows_of(path)), COUNT)
        code, lines = status(path)
        whole = status(self.whole)[1][-1]
        for key in ("targets", "infected", "suspect", "no-sign", "unknown", "absent"):
            self.assertEqual(lines[-1][key], whole[key], key)
        self.assertNotIn("interrupted", lines[-1])

    def test_a_machine_looked_into_is_told_with_its_defences(self):
        case = str(FOLDER / "inside.db")
        self.assertEqual(confine("lab", "disk", "inside", cwd=FOLDER)[0], 0)
        code, _, err = confine("check", "inside", "--case", case, "-q", cwd=FOLDER)
        self.assertEqual((code, err), (1, ""))
        code, out, _ = confine("case", "show", "WARD-35", "--case", case)
        self.assertEqual(code, 1)
        for text in ("\n  Looked at ", "\n  svc-worm: conclusive for B,C\n    HKLM\\",
                     "\nDefences:\n", "KB958644 - missing", "At1 starts the worm",
                     "\nNot looked at, since it was not there"):
            self.assertIn(text, out)
        code, out, _ = confine("case", "status", "--case", case)
        self.assertEqual(code, 1)
        self.assertIn("1 machine from inside, 1 infected", out)

    def test_a_full_disk_is_one_line_and_keeps_what_was_written(self):
        disk = FOLDER / "disk"
        disk.mkdir()
        script = ('mount -t tmpfs -o size=200k none "$1" || exit 77; shift; '
                  '"$@"; code=$?; cp disk/small.db* . ; exit $code')
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script, "sh", str(disk), CONFINE, *SCAN,
             "--rate", "0", "--case", "disk/small.db", "-o", "full.jsonl"],
            cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
            check=False)
        if done.returncode in (1, 77) and b"disk full" not in done.stderr:
            self.skipTest("no file system can be mounted here")
        err = done.stderr.decode()
        self.assertEqual(done.returncode, 2, err)
        self.assertEqual(err.count("disk full"), 1, err)
        self.assertIn("cannot write disk/small.db: disk full", err)
        kept = rows_of(str(FOLDER / "small.db"))
        self.assertGreater(len(kept), 0)
        code, out, _ = confine("scan", "--resume", "--case", "small.db", "--rate", "0",
                               "--format", "json", "-q", cwd=FOLDER)
        self.assertEqual(code, 1)
        self.assertEqual(objects(out)[-1]["targets"], COUNT - len(kept))


if __name__ == "__main__":
    os.chdir(FOLDER)
    unittest.main()
