#!/usr/bin/env python3
# e2e: seconds=300 together
"""autorun disable and enable (and their .reg files), usb --clean and --vaccinate, tasks
delete, audit enable: each asks, changes just that, and can be undone."""

import os
import shutil
import unittest
from pathlib import Path

from mend_lab import (WINDOWS, Terminal, change, confine, differences, hives, make_disk,
                      print_of, reglookup, summary)

KEY = (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
       r"\IniFileMapping\Autorun.inf")


def seen_by_reglookup(path):
    return {name: reglookup(hive) for name, hive in hives(path).items()}


def new_lines(path, seen):
    """The lines of reglookup that were not there before, and those that went."""
    new, gone = set(), set()
    for name, hive in hives(path).items():
        now = reglookup(hive)
        new |= now - seen[name]
        gone |= seen[name] - now
    return new, gone


class Small(unittest.TestCase):
    def there_and_back(self, path, *words):
        """Dry run, refusal, the change, and undo; gives what it told."""
        before = print_of(path)
        code, told, err = change(*words, path, "--dry-run")
        self.assertEqual(code, 1, err)
        self.assertEqual(confine(*words, path)[0], 2)
        self.assertEqual(differences(before, print_of(path)), [])
        code, told, err = change(*words, path, "--yes")
        self.assertEqual(code, 0, err)
        self.assertNotEqual(differences(before, print_of(path)), [])
        states = {c["state"] for c in told if c["type"] == "change"}
        self.assertLessEqual(states, {"verified", "not-needed"})
        self.addCleanup(shutil.rmtree, path)
        return before, told

    def is_undone(self, path, before, told):
        code, _, err = change("undo", summary(told)["journal"], "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(differences(before, print_of(path)), [])


class Autorun(Small):
    def test_disable_on_every_windows(self):
        for windows in WINDOWS:
            with self.subTest(windows=windows):
                path = make_disk(f"autorun-{windows}", windows, None)
                seen = seen_by_reglookup(path)
                before, told = self.there_and_back(path, "autorun", "disable")
                new, _ = new_lines(path, seen)
                self.assertTrue(any("IniFileMapping/Autorun.inf" in line and
                                    "@SYS:DoesNotExist" in line for line in new), new)
                statuses = [s for s in told if s["type"] == "autorun"]
                mapping = [s for s in statuses if s["setting"] == "IniFileMapping"]
                self.assertEqual([s["need"] for s in mapping], ["in-order"])
                self.is_undone(path, before, told)

    def test_enable_takes_it_back(self):
        path = make_disk("autorun-both", variant=None)
        first = seen_by_reglookup(path)
        change("autorun", "disable", path, "--yes")
        before, told = self.there_and_back(path, "autorun", "enable")
        new, _ = new_lines(path, first)
        self.assertFalse(any("DoesNotExist" in line for line in new), new)
        self.is_undone(path, before, told)

    def test_a_second_disable_has_nothing_to_do(self):
        path = make_disk("autorun-twice", variant=None)
        self.assertEqual(change("autorun", "disable", path, "--yes")[0], 0)
        code, told, err = change("autorun", "disable", path, "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(summary(told)["changes"], 0)

    def test_status_changes_nothing(self):
        path = make_disk("autorun-status", variant=None)
        before = print_of(path)
        self.assertIn(confine("autorun", "status", path, "--yes")[0], (0, 1))
        self.assertEqual(differences(before, print_of(path)), [])

    def test_it_asks_on_a_terminal(self):
        path = make_disk("autorun-asked", variant=None)
        terminal = Terminal("autorun", "disable", path, "--color", "never")
        terminal.wait_for(r"\[y/N\] ")
        terminal.type("y\n")
        self.assertEqual(terminal.end(), 0, terminal.shown)

    def test_a_folder_without_windows_is_refused(self):
        Path("bare").mkdir()
        code, out, err = confine("autorun", "disable", "bare", "--yes")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("no Windows", err)


class RegFiles(unittest.TestCase):
    def write(self, *words):
        code, out, err = confine("autorun", *words)
        self.assertEqual((code, out), (0, ""), err)
        self.assertIn("restart", err)

    def test_the_disabling_and_the_enabling_file(self):
        self.write("disable", "--reg", "DisableAutorun.reg")
        self.write("enable", "--reg", "ReenableAutorun.reg")
        self.assertEqual(Path("DisableAutorun.reg").read_bytes().decode("ascii"),
                         f"REGEDIT4\r\n\r\n[{KEY}]\r\n@=\"@SYS:DoesNotExist\"\r\n\r\n")
        self.assertEqual(Path("ReenableAutorun.reg").read_bytes().decode("ascii"),
                         f"REGEDIT4\r\n\r\n[-{KEY}]\r\n\r\n")

    def test_version_5_is_utf_16_with_its_mark(self):
        self.write("disable", "--reg", "five.reg", "--reg-version", "5")
        content = Path("five.reg").read_bytes()
        self.assertEqual(content[:2], b"\xff\xfe")
        self.assertEqual(content.decode("utf-16"),
                         "Windows Registry Editor Version 5.00\r\n\r\n"
                         f"[{KEY}]\r\n@=\"@SYS:DoesNotExist\"\r\n\r\n")

    def refused(self, *words, says):
        code, out, err = confine("autorun", *words)
        self.assertEqual((code, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(says, err)

    def test_another_ending_is_refused(self):
        for name in ("x.txt", "reg", ".reg", "x.reg.bak", "x.REG "):
            self.refused("disable", "--reg", name, says=".reg")
            self.assertFalse(Path(name).exists())

    def test_nothing_is_overwritten_unless_it_is_said(self):
        Path("mine.reg").write_text("mine")
        self.refused("disable", "--reg", "mine.reg", says="there already")
        self.assertEqual(Path("mine.reg").read_text(), "mine")
        Path("link.reg").symlink_to("mine.reg")
        self.refused("disable", "--reg", "link.reg", says="there already")
        self.write("disable", "--reg", "mine.reg", "--yes")
        self.assertTrue(Path("mine.reg").read_text().startswith("REGEDIT4"))
        self.assertFalse(Path("mine.reg.part").exists())

    def test_no_folder_and_no_machine(self):
        self.refused("disable", "--reg", "nowhere/x.reg", says="nowhere/x.reg")
        self.refused("disable", "--reg", "x.reg", "machine", says="--reg")
        self.refused("status", "--reg", "x.reg", says="--reg")
        self.refused("disable", "--reg", "x.reg", "--reg-version", "6", says="4|5")


class Tasks(Small):
    def test_the_worms_jobs_go_and_all_others_stay(self):
        for windows in WINDOWS:
            with self.subTest(windows=windows):
                path = make_disk(f"tasks-{windows}", windows, "B")
                _, listed, _ = change("tasks", "list", path)
                worms = {t["file"].lower() for t in listed
                         if t["type"] == "task" and t["verdict"] == "worm"}
                others = {t["file"].lower() for t in listed
                          if t["type"] == "task" and t["verdict"] == "other"}
                self.assertTrue(worms)
                before, told = self.there_and_back(path, "tasks", "delete")
                _, listed, _ = change("tasks", "list", path)
                left = {t["file"].lower() for t in listed if t["type"] == "task"}
                self.assertEqual(left & worms, set())
                self.assertEqual(others - left, set())
                self.is_undone(path, before, told)

    def test_all_at_takes_the_others_too(self):
        path = make_disk("tasks-all", "xp", "B")
        by_evidence = summary(change("tasks", "delete", path, "--dry-run")[1])
        _, told = self.there_and_back(path, "tasks", "delete", "--all-at")
        self.assertGreaterEqual(summary(told)["changes"], by_evidence["changes"])
        _, listed, _ = change("tasks", "list", path)
        self.assertEqual([t for t in listed if t["type"] == "task" and
                          t["kind"] == "at"], [])


class Audit(Small):
    def test_enable_records_what_is_wanted(self):
        for windows in WINDOWS:
            with self.subTest(windows=windows):
                path = make_disk(f"audit-{windows}", windows, None)
                code, told, err = change("audit", "enable", path, "--dry-run")
                if code == 0:
                    continue  # this Windows records it already
                self.assertEqual(code, 1, err)
                before, told = self.there_and_back(path, "audit", "enable")
                statuses = [s for s in told if s["type"] == "audit"
                            and s.get("category") in ("Logon", "Account Logon")]
                self.assertTrue(statuses)
                self.assertEqual({(s["category"], s["failure"]) for s in statuses
                                  if not s["failure"]}, set())
                self.is_undone(path, before, told)

    def test_xp_records_nothing_before(self):
        path = make_disk("audit-xp-before", "xp", None)
        self.assertEqual(change("audit", "enable", path, "--dry-run")[0], 1)


class Usb(Small):
    def stick(self, name):
        disk = make_disk(f"{name}-disk")
        stick = Path(name)
        stick.mkdir()
        shutil.copy2(disk / "autorun.inf", stick)
        shutil.copytree(disk / "RECYCLER", stick / "RECYCLER")
        (stick / "holiday.jpg").write_bytes(b"a picture")
        shutil.rmtree(disk)
        return stick

    def test_clean_takes_both_and_leaves_the_pictures(self):
        stick = self.stick("stick")
        self.assertEqual(confine("usb", stick)[0], 1)
        before, told = self.there_and_back(stick, "usb", "--clean")
        self.assertEqual(confine("usb", stick)[0], 0)
        self.assertFalse((stick / "autorun.inf").exists())
        self.assertEqual((stick / "holiday.jpg").read_bytes(), b"a picture")
        self.assertEqual([f for f in stick.rglob("*.vmx")], [])
        self.is_undone(stick, before, told)
        self.assertEqual(confine("usb", stick)[0], 1)

    def test_a_genuine_autorun_inf_stays(self):
        stick = Path("install-stick")
        stick.mkdir()
        (stick / "autorun.inf").write_text("[autorun]\r\nopen=setup.exe\r\n")
        (stick / "setup.exe").write_bytes(b"MZ")
        before = print_of(stick)
        code, told, err = change("usb", "--clean", stick, "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(summary(told)["changes"], 0)
        self.assertEqual(differences(before, print_of(stick)), [])

    def test_vaccinate_puts_a_folder_there(self):
        stick = Path("fresh")
        stick.mkdir()
        before, told = self.there_and_back(stick, "usb", "--vaccinate")
        self.assertTrue((stick / "autorun.inf").is_dir())
        self.is_undone(stick, before, told)
        self.assertFalse((stick / "autorun.inf").exists())

    def test_both_at_once_and_two_drives_are_refused(self):
        for words in (("--clean", "--vaccinate", "x"), ("--clean", "a", "b"),
                      ("--vaccinate",), ("x", "--case", "y.case")):
            code, out, err = confine("usb", *words)
            self.assertEqual((code, out), (2, ""))
            self.assertEqual(err.count("\n"), 1)


class Remembered(Small):
    def test_a_small_change_is_in_the_case(self):
        path = make_disk("small-case", variant=None)
        confine("check", path, "--case", "small.case")
        code, told, err = change("autorun", "disable", path, "--yes", "--case",
                                 "small.case")
        self.assertEqual(code, 0, err)
        self.assertTrue(summary(told)["journal"].startswith(
            str(Path("small.case.d").resolve()) + os.sep))
        out = confine("case", "status", "--case", "small.case")[1]
        self.assertRegex(out, r"changed  +[0-9: UTC-]+: autorun")
        self.assertEqual(confine("undo", "small.case", "--yes")[0], 0)


if __name__ == "__main__":
    unittest.main()
