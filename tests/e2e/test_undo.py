#!/usr/bin/env python3
# e2e: seconds=300 together
"""`undo`, end to end: all of it or one change, from anywhere, after a kill, and never
over what somebody has changed since."""

import os
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from mend_lab import (CONFINE, Terminal, change, confine, differences, lines, make_disk,
                      of_type, print_of, state_of, summary)


class Cleaned(unittest.TestCase):
    """A disk that was infected, cleaned anew for each test."""

    def setUp(self):
        self.path = make_disk(f"undo-{self.id().rsplit('.', maxsplit=1)[-1]}")
        self.before = print_of(self.path)
        code, self.told, err = change("clean", self.path, "--yes", "--journal-dir",
                                      f"{self.path}.j")
        self.assertEqual(code, 0, err)
        self.journal = summary(self.told)["journal"]
        self.cleaned = print_of(self.path)

    def changes(self, kind):
        return [c for c in self.told if c["type"] == "change" and c["kind"] == kind]

    def undo(self, *words):
        return change("undo", self.journal, *words)

    def is_back(self):
        self.assertEqual(differences(self.before, print_of(self.path)), [])

    def is_cleaned_still(self):
        self.assertEqual(differences(self.cleaned, print_of(self.path)), [])


class Undo(Cleaned):
    def test_a_dry_run_says_that_it_could_be_and_touches_nothing(self):
        code, told, err = self.undo("--dry-run")
        self.assertEqual(code, 0, err)
        self.assertIn("can be undone", summary(told)["outcome"])
        self.is_cleaned_still()
        self.assertEqual(self.undo("--yes")[0], 0)
        self.is_back()

    def test_every_change_is_undone_and_said_so(self):
        code, told, err = self.undo("--yes")
        self.assertEqual(code, 0, err)
        states = {c["state"] for c in told if c["type"] == "change"}
        self.assertLessEqual(states, {"undone", "not-needed"})
        self.assertEqual(summary(told)["journal"], self.journal)
        self.is_back()

    def test_a_second_undo_has_nothing_to_do(self):
        self.undo("--yes")
        code, told, err = self.undo("--yes")
        self.assertEqual(code, 0, err)
        self.assertIn("undone already", summary(told)["outcome"])
        self.is_back()

    def test_without_a_terminal_and_without_yes_nothing_is_done(self):
        code, _, err = self.undo()
        self.assertEqual(code, 2)
        self.assertIn("--yes", err)
        self.is_cleaned_still()

    def test_it_asks_on_a_terminal(self):
        terminal = Terminal("undo", self.journal, "--color", "never")
        terminal.wait_for(r"Undo these [0-9]+ changes\? \[y/N\] ")
        terminal.type("n\n")
        self.assertEqual(terminal.end(), 2)
        self.is_cleaned_still()
        terminal = Terminal("undo", self.journal, "--color", "never")
        terminal.wait_for(r"\[y/N\] ")
        terminal.type("y\n")
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.is_back()

    def test_the_machine_may_be_elsewhere_by_now(self):
        moved = Path(f"{self.path}.moved")
        self.path.rename(moved)
        self.addCleanup(shutil.rmtree, moved)
        code, _, err = self.undo("--yes")
        self.assertEqual(code, 2)
        self.assertEqual(err.count("\n"), 1, err)
        code, _, err = confine("undo", self.journal, moved, "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(differences(self.before, print_of(moved)), [])

    def test_a_journal_is_all_that_it_needs(self):
        far = Path(f"{self.path}.elsewhere")
        far.mkdir()
        copy = shutil.copy(self.journal, far / "kept.journal")
        shutil.rmtree(f"{self.path}.j")
        code, _, err = confine("undo", copy, "--yes")
        self.assertEqual(code, 0, err)
        self.is_back()

    def test_what_somebody_has_changed_since_is_not_overwritten(self):
        target = self.changes("file-quarantine")[0]["target"]
        place = self.path / target[3:].replace("\\", "/")
        for folder in place.parents:
            if folder.exists():
                break
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"a file of somebody else")
        mine = print_of(self.path)
        code, told, err = self.undo("--yes")
        self.assertEqual(code, 2)
        self.assertIn(place.name, err)
        self.assertIn("nothing was undone", err)
        self.assertEqual(summary(told)["undone"], 0)
        self.assertEqual(differences(mine, print_of(self.path)), [])

    def test_another_machine_is_not_undone_upon(self):
        other = make_disk(f"{self.path}.other", seed=2)
        before = print_of(other)
        code, _, err = confine("undo", self.journal, other, "--yes")
        self.assertEqual(code, 2, err)
        self.assertEqual(differences(before, print_of(other)), [])


class Only(Cleaned):
    def test_one_file_comes_back_alone(self):
        one = self.changes("file-quarantine")[0]
        code, told, err = self.undo("--only", one["id"], "--yes")
        self.assertEqual(code, 0, err)
        undone = [c["id"] for c in told
                  if c["type"] == "change" and c["state"] == "undone"]
        self.assertEqual(undone, [one["id"]])
        place = one["target"][3:].replace("\\", "/").lower()
        changed = [name for name in differences(self.cleaned, print_of(self.path))
                   if not (self.path / name).is_dir()]
        self.assertEqual([name.lower() for name in changed], [place])
        self.assertEqual(self.undo("--yes")[0], 0)
        self.is_back()

    def test_one_value_comes_back_alone(self):
        one = (self.changes("registry-set-value") +
               self.changes("registry-delete-value"))[0]
        code, _, err = self.undo("--only", one["id"], "--yes")
        self.assertEqual(code, 0, err)
        changed = differences(self.cleaned, print_of(self.path))
        self.assertEqual(len([n for n in changed if not (self.path / n).is_dir()]), 1)
        code, _, err = self.undo("--yes")
        self.assertEqual(code, 0, err)
        self.is_back()

    def test_a_change_that_is_not_there_is_refused(self):
        code, _, err = self.undo("--only", "4000", "--yes")
        self.assertEqual(code, 2)
        self.assertIn("4000", err)
        self.is_cleaned_still()


class Lists(Cleaned):
    def test_a_folder_and_a_journal_are_listed(self):
        code, out, err = confine("undo", "--list", f"{self.path}.j")
        self.assertEqual(code, 0, err)
        journal = lines(out)[0]
        self.assertEqual((journal["type"], journal["command"], journal["state"]),
                         ("journal", "clean", "done"))
        self.assertEqual(journal["machine"], str(self.path.resolve()))
        code, out, err = confine("undo", "--list", self.journal, "--format", "json")
        self.assertEqual(code, 0, err)
        ids = [c["id"] for c in of_type(out, "change")]
        self.assertEqual(ids, [c["id"] for c in self.told if c["type"] == "change"])
        out = confine("undo", "--list", f"{self.path}.j", "--format", "text")[1]
        self.assertRegex(out, r"UTC +done +clean +[0-9]+ changes")

    def test_a_folder_without_journals_has_none(self):
        code, out, err = confine("undo", "--list", "nowhere-at-all", "--format",
                                 "text")
        self.assertEqual((code, err), (2, err) if code else (0, ""))
        if code == 0:
            self.assertIn("no journal", out)


class Refused(unittest.TestCase):
    def refused(self, *words, says=""):
        code, out, err = confine("undo", *words)
        self.assertEqual((code, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(says, err)

    def test_what_is_no_journal(self):
        Path("text").write_text("not a journal\n")
        Path("empty").write_bytes(b"")
        subprocess.run(["sqlite3", "other.db", "CREATE TABLE bookmark (url)"],
                       check=True)
        for name in ("text", "empty", "other.db", "nowhere"):
            with self.subTest(name=name):
                self.refused(name, "--yes", says=name)
        self.refused(says="journal")
        self.refused("a", "b", "c", says="journal")

    def test_a_case_without_changes(self):
        path = make_disk("never-changed", variant=None)
        confine("check", path, "--case", "never.case")
        self.refused("never.case", "--yes", says="nothing")

    def test_a_journal_with_a_flipped_bit_undoes_nothing_or_all(self):
        path = make_disk("flipped")
        before = print_of(path)
        journal = summary(change("clean", path, "--yes")[1])["journal"]
        cleaned = print_of(path)
        good = Path(journal).read_bytes()
        for place in range(4096, len(good), max(len(good) // 40, 1)):
            bad = bytearray(good)
            bad[place] ^= 0x10
            Path("bad.journal").write_bytes(bad)
            code = confine("undo", "bad.journal", "--yes")[0]
            now = print_of(path)
            self.assertTrue(now in (before, cleaned), (place, code))
            if now == before:
                Path("again").mkdir(exist_ok=True)
                code, told, err = change("clean", path, "--yes", "--journal-dir",
                                         "again")
                self.assertEqual(code, 0, err)
                good = Path(summary(told)["journal"]).read_bytes()
                cleaned = print_of(path)


class Killed(unittest.TestCase):
    def begin_clean(self, path):
        """A clean that has made its journal, and goes on."""
        shutil.rmtree("killed.j", ignore_errors=True)
        child = subprocess.Popen([CONFINE, "clean", path, "--yes", "-q", "-o",
                                  "killed.txt", "--journal-dir", "killed.j"],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while (child.poll() is None and time.monotonic() < end
               and not list(Path("killed.j").glob("*.journal"))):
            pass
        return child

    def test_a_clean_that_was_killed_can_be_undone(self):
        path = make_disk("killed")
        before = print_of(path)
        child = self.begin_clean(path)
        made = time.monotonic()
        self.assertEqual(child.wait(), 0)
        # How long it takes from there on is the machine's affair: it is cut in 20.
        part = (time.monotonic() - made) / 20
        self.assertEqual(confine("undo", next(Path("killed.j").glob("*.journal")),
                                 "--yes")[0], 0)
        interrupted = 0
        for step in range(20):
            child = self.begin_clean(path)
            time.sleep(part * step)
            child.send_signal(signal.SIGKILL)
            child.wait()
            for name in Path("killed.j").glob("*.journal"):
                out = confine("undo", "--list", "killed.j")[1]
                state = lines(out)[0]["state"]
                interrupted += state == "interrupted"
                code, _, err = confine("undo", name, "--yes")
                self.assertEqual(code, 0, err)
                if state == "interrupted":
                    self.assertIn("broken off", err)
            self.assertEqual(differences(before, print_of(path)), [], step)
        self.assertEqual(state_of(path), "infected")
        self.assertGreater(interrupted, 0)

    def test_an_undo_that_was_killed_can_be_gone_on_with(self):
        path = make_disk("undo-killed")
        before = print_of(path)
        for step in range(12):
            code, told, err = change("clean", path, "--yes", "--journal-dir", "uk.j")
            self.assertEqual(code, 0, err)
            journal = summary(told)["journal"]
            child = subprocess.Popen([CONFINE, "undo", journal, "--yes", "-q", "-o",
                                      "undone.txt"], stdin=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
            time.sleep(0.08 * step)
            child.send_signal(signal.SIGKILL)
            child.wait()
            code, _, err = confine("undo", journal, "--yes")
            self.assertEqual(code, 0, err)
            self.assertEqual(differences(before, print_of(path)), [], step)


if __name__ == "__main__":
    os.umask(0o022)
    unittest.main()
