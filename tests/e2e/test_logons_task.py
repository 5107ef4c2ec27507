#!/usr/bin/env python3
# e2e: seconds=60 together light
"""`confine logons`: who gets in, and then makes an At job where it is."""

import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import test_logons_text as text
from evt_file import Log, seconds

CONFINE = os.environ["CONFINE"]
MAKER = Path(CONFINE).parent / "tests" / "unit" / "evtx_maker"
BEGIN = seconds("2009-01-16 09:00:00")
SIGN = "then-an-at-job"


def old(task, path="old.evt", after=5, user="user07"):
    """A storm of 32 seconds, its last account's password, and a task."""
    log = Log("FILESRV").storm(BEGIN, "LAB-1", "10.0.3.7")
    log.success(BEGIN + 32, "user07", "LAB-1", "10.0.3.7")
    if task:
        log.task(BEGIN + 32 + after, task, user)
    Path(path).write_bytes(log.bytes())
    return path


def new(task):
    """The same of one account, as Windows Vista writes it."""
    path = f"{task}.evtx"
    subprocess.run([MAKER, path, "200", task], check=True)
    return path


def attacker(path):
    found = text.lines(path)
    assert [(a["workstation"], a["address"]) for a in found["attacker"]] == \
        [("LAB-1", "10.0.3.7")], found
    return found["attacker"][0]


class Task(unittest.TestCase):
    def expect(self, path, is_sign):
        one = attacker(path)
        self.assertEqual((SIGN in one["reasons"], one.get("at_job")),
                         (is_sign, "FILESRV" if is_sign else None))
        self.assertIn("password-known", one["reasons"])
        return one["score"]

    def test_an_at_job_is_a_sign_and_a_backup_is_none(self):
        for made, at_job, backup in ((old, "At1.job", "Backup.job"),
                                     (new, "At1", "Backup")):
            with self.subTest(made=made.__name__):
                score = self.expect(made(at_job), True)
                self.assertGreater(score, self.expect(made(backup), False))

    def test_what_is_too_late_or_another_s_is_none(self):
        self.expect(old("At1.job", after=600), True)
        self.expect(old("At1.job", after=601), False)
        self.expect(old("At1.job", user="user06"), False)
        self.expect(old("At1.job", user="SYSTEM"), True)
        self.expect(old(None), False)

    def test_it_is_told_in_words(self):
        words = {}
        for form in ("text", "csv", "html"):
            done = subprocess.run([CONFINE, "logons", old("At1.job"), "--format", form],
                                  timeout=60, capture_output=True, check=False,
                                  stdin=subprocess.DEVNULL)
            self.assertEqual((done.returncode, done.stderr), (1, b""))
            words[form] = " ".join(done.stdout.decode().split())
        said = "then an At job was made where it got in, as the worm does to be run"
        self.assertIn(said, words["text"])
        self.assertIn(SIGN, words["csv"])
        self.assertIn(said, words["html"])
        self.assertIn('At job made <time datetime="2009-01-16T09:00:37.000Z">',
                      words["html"])

    def test_the_lab_s_worm_makes_some(self):
        subprocess.run([CONFINE, "lab", "logs", "lab", "--seed", "5"], check=True,
                       timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        first = text.lines("lab")["attacker"][0]
        self.assertIn(SIGN, first["reasons"])
        for number in (1, 4, 7, 10):  # where it gets in
            for log in Path("lab").glob(f"WARD-{number}-*"):
                log.unlink()
        self.assertNotIn(SIGN, text.lines("lab")["attacker"][0]["reasons"])

    def test_case_keeps_why(self):
        subprocess.run([CONFINE, "logons", old("At1.job"), "-q", "--case", "a.case"],
                       check=False, timeout=60, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)
        shown = subprocess.run([CONFINE, "case", "show", "10.0.3.7", "--case", "a.case"],
                               check=False, timeout=60, stdin=subprocess.DEVNULL,
                               capture_output=True).stdout.decode()
        self.assertIn(SIGN, "".join(shown.split()))


@unittest.skipUnless(shutil.which("evtxexport"), "libevtx-utils is not there")
class AsText(unittest.TestCase):
    """Made into text by others; the content of the task has lines and brackets."""

    def test_xml_json_and_tables_say_the_same(self):
        for task, is_sign in (("At1", True), ("Backup", False)):
            log = new(task)
            plain = text.told(text.lines(log))
            made = list(text.events(log))
            self.assertIn("\n  <Triggers>", dict(made[-1][1])["TaskContent"])
            flat = [text.as_flat(*event) for event in made]
            columns = list({key: None for one in flat for key in one})
            ways = {"a.xml": text.output_of("evtxexport", "-f", "xml", log),
                    "b.xml": text.output_of("evtx_dump.py", log),
                    "c.csv": text.table(flat, columns).encode()}
            for one in (text.as_winlogbeat, text.as_points, text.as_nxlog,
                        text.as_evtx_dump):
                ways[f"{one.__name__}.json"] = "".join(
                    json.dumps(one(*event)) + "\n" for event in made).encode()
            for name, written in ways.items():
                with self.subTest(way=name, task=task):
                    Path(name).write_bytes(written)
                    self.assertEqual(text.told(text.lines(name)), plain)
                    self.assertEqual(attacker(name).get("at_job"),
                                     "FILESRV" if is_sign else None)

    def test_messages_say_it_too(self):
        """Event Viewer's CSV does not say on which machine it was."""
        for task, is_sign in (("At1", True), ("Backup", False)):
            made = list(text.events(new(task)))
            for name, written, knows in (("p.csv", text.as_powershell(made), True),
                                         ("v.csv", text.as_event_viewer(made), False)):
                with self.subTest(way=name, task=task):
                    Path(name).write_text(written, encoding="utf-8", newline="")
                    self.assertEqual(attacker(name).get("at_job"),
                                     "FILESRV" if is_sign and knows else None)


if __name__ == "__main__":
    unittest.main()
