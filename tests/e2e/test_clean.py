#!/usr/bin/env python3
# e2e: seconds=600 together
"""`clean`, end to end: every Windows of the lab with every variant is clean afterwards
and whole again after undo; nothing but what was planned has changed, as independent
readers see it; and all that may not be cleaned is refused."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

from mend_lab import (CONFINE, HAS_NTFS, VARIANTS, WINDOWS, Terminal, Volume, change,
                      confine, differences, hives, lines, make_disk, of_type, print_of,
                      reglookup, state_of, summary)


def keys_of(changes):
    """The keys below their hives' roots that a plan names, in small letters."""
    found = set()
    for c in changes:
        if c["kind"].startswith("registry"):
            target = c["target"].lower()
            for root in ("hklm\\system\\", "hklm\\software\\", "hklm\\security\\"):
                if target.startswith(root):
                    found.add("/" + target[len(root):].replace("\\", "/"))
            if target.startswith("hku\\"):
                found.add("/" + "/".join(target.split("\\")[2:]))
    return found


def is_planned(line, keys):
    """Is a line of reglookup's about a key of the plan, or one above or below it?"""
    path = line.split(",")[0].lower()
    path = path.replace("%20", " ").replace("%2c", ",")
    return any(path == key or path.startswith(key + "/") or key.startswith(path + "/")
               for key in keys)


class EveryWindows(unittest.TestCase):
    def test_every_variant_is_cleaned_and_put_back_bit_for_bit(self):
        for windows in WINDOWS:
            for variant in VARIANTS:
                with self.subTest(windows=windows, variant=variant):
                    self.there_and_back(windows, variant)

    def there_and_back(self, windows, variant):
        path = make_disk(f"{windows}-{variant}", windows, variant)
        before = print_of(path)
        seen = {name: reglookup(hive) for name, hive in hives(path).items()}
        code, told, err = change("clean", path, "--yes")
        self.assertEqual(code, 0, err + json.dumps(told, indent=1))
        changes = [line for line in told if line["type"] == "change"]
        self.assertEqual({c["state"] for c in changes} - {"verified", "not-needed"},
                         set())
        self.assertEqual(summary(told)["clean"], 1)
        self.assertEqual(state_of(path), "clean")
        self.only_what_was_planned(path, changes, before, seen)
        journal = summary(told)["journal"]
        code, told, err = change("undo", journal, "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(differences(before, print_of(path)), [])
        self.assertEqual(state_of(path), "infected")
        shutil.rmtree(path)

    def only_what_was_planned(self, path, changes, before, seen):
        keys = keys_of(changes)
        self.assertTrue(keys)
        touched = 0
        for name, hive in hives(path).items():
            for line in seen[name] ^ reglookup(hive):
                touched += 1
                self.assertTrue(is_planned(line, keys), line)
        self.assertGreater(touched, 0)
        files = {c["target"].lower()[3:].replace("\\", "/") for c in changes
                 if not c["kind"].startswith("registry")}
        changed = [name for name in differences(before, print_of(path))
                   if name not in seen]
        for name in changed:
            if (path / name).is_dir():
                continue  # its time is that of the name that left it
            self.assertIn(name.lower(), files)


class Plans(unittest.TestCase):
    def setUp(self):
        self.path = make_disk(f"plan-{self.id().rsplit('.', maxsplit=1)[-1]}")
        self.before = print_of(self.path)
        self.addCleanup(shutil.rmtree, self.path)

    def unchanged(self):
        self.assertEqual(differences(self.before, print_of(self.path)), [])

    def test_a_dry_run_shows_the_plan_and_changes_nothing(self):
        journals = set(Path("confine-journal").glob("*"))
        code, told, err = change("clean", self.path, "--dry-run")
        self.assertEqual(code, 1, err)
        kinds = {line["type"] for line in told}
        self.assertLessEqual({"run", "change", "verdict", "person", "next",
                              "summary"}, kinds)
        self.assertNotIn("journal", summary(told))
        self.assertEqual({line["state"] for line in told if line["type"] == "change"},
                         {"planned"})
        self.assertEqual(set(Path("confine-journal").glob("*")), journals)
        self.unchanged()

    def test_a_change_says_what_it_is_and_what_it_rests_on(self):
        told = change("clean", self.path, "--dry-run")[1]
        changes = [line for line in told if line["type"] == "change"]
        self.assertEqual([c["id"] for c in changes], list(range(1, len(changes) + 1)))
        for c in changes:
            with self.subTest(change=c):
                self.assertLessEqual({"id", "kind", "target", "why", "state", "says"},
                                     c.keys())
                if c["kind"] in ("file-quarantine", "registry-delete-key"):
                    self.assertGreaterEqual(len(c["signs"]), 2)
                    self.assertRegex(c["was"], "^[0-9a-f]{64}$")

    def test_the_same_machine_has_the_same_plan(self):
        hashes = {summary(change("clean", self.path, "--dry-run")[1])["plan"]
                  for _ in range(2)}
        self.assertEqual(len(hashes), 1)

    def test_without_a_terminal_and_without_yes_nothing_is_done(self):
        code, out, err = confine("clean", self.path)
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(err.count("\n"), 1)
        self.assertIn("--yes", err)
        self.unchanged()

    def test_a_plan_that_was_approved_is_carried_out(self):
        code, _, err = change("clean", self.path, "--dry-run", "--plan", "good.json")
        self.assertEqual(code, 1, err)
        plan = json.loads(Path("good.json").read_text())
        self.assertEqual(plan["type"], "plan")
        code, told, err = change("clean", self.path, "--plan", "good.json", "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(len([c for c in told if c["type"] == "change"]),
                         len(plan["changes"]))
        # It was for the machine as it was then.
        code, out, err = confine("clean", self.path, "--plan", "good.json", "--yes")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("change 1 of the plan", err)

    def test_a_plan_that_was_edited_is_refused(self):
        change("clean", self.path, "--dry-run", "--plan", "edited.json")
        text = Path("edited.json").read_text()
        target = json.loads(text)["changes"][-1]["target"]
        other = target[:-1] + ("x" if target[-1] != "x" else "y")
        escaped = json.dumps(target)[1:-1]
        self.assertIn(escaped, text)
        Path("edited.json").write_text(text.replace(escaped, json.dumps(other)[1:-1]))
        code, out, err = confine("clean", self.path, "--plan", "edited.json", "--yes")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("edited", err)
        self.unchanged()

    def test_the_plan_of_another_machine_is_refused_change_by_change(self):
        other = make_disk("another-machine", seed=2)
        change("clean", other, "--dry-run", "--plan", "other.json")
        code, out, err = confine("clean", self.path, "--plan", "other.json", "--yes")
        self.assertEqual((code, out), (2, ""))
        self.assertRegex(err, "change [0-9]+ of the plan, [a-z-]+ .*does not fit")
        self.unchanged()

    def test_what_is_no_plan_is_refused(self):
        for content in (b"", b"{}", b"[]", b"\0" * 10, b'{"type":"plan"}',
                        os.urandom(5000)):
            Path("none.json").write_bytes(content)
            code, out, err = confine("clean", self.path, "--plan", "none.json",
                                     "--yes")
            self.assertEqual((code, out), (2, ""))
            self.assertEqual(err.count("\n"), 1, err)
        self.assertEqual(confine("clean", self.path, "--plan", "nowhere.json",
                                 "--yes")[0], 2)
        self.unchanged()


class Outputs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = make_disk("outputs")
        cls.code, cls.out, cls.err = confine(
            "clean", cls.path, "--yes", "-o", "c.jsonl", "-o", "c.csv", "-o", "c.xml",
            "-o", "c.html", "-o", "c.txt", "-o", "-", "--format", "text")

    def test_text_says_what_was_done_and_what_comes_next(self):
        self.assertEqual(self.code, 0, self.err)
        self.assertEqual(Path("c.txt").read_text(), self.out)
        first = self.out.splitlines()[0]
        self.assertRegex(first, "^WARD-[0-9]+, Windows XP SP3: clean$")
        self.assertIn("It was infected before.", self.out)
        self.assertIn("Journal: ", self.out)
        order = [self.out.index(f"confine {words}") for words in
                 ("patches outputs", "passwords -", "autorun disable outputs",
                  "audit enable outputs", "undo ")]
        self.assertEqual(order, sorted(order))

    def test_no_line_but_a_path_or_a_command_is_wider_than_80(self):
        wide = [line for line in self.out.splitlines() if len(line) > 80]
        self.assertEqual([line for line in wide
                          if "\\" not in line and "confine" not in line], [])

    def test_csv_has_a_line_for_each_change(self):
        table = list(csv.DictReader(io.StringIO(Path("c.csv").read_text())))
        changes = of_type(Path("c.jsonl").read_text(), "change")
        self.assertEqual([row["target"] for row in table],
                         [c["target"] for c in changes])
        self.assertEqual({row["state"] for row in table} - {"verified", "not-needed"},
                         set())

    def test_json_ends_with_the_journal(self):
        told = lines(Path("c.jsonl").read_text())
        self.assertEqual((told[0]["type"], told[0]["schema"]), ("run", 1))
        last = told[-1]
        self.assertEqual((last["type"], last["command"]), ("summary", "clean"))
        self.assertTrue(Path(last["journal"]).is_file())
        self.assertEqual(of_type(Path("c.jsonl").read_text(), "before")[0]["state"],
                         "infected")

    def test_the_page_tells_before_deed_and_after(self):
        page = Path("c.html").read_text()
        places = [page.index(words) for words in
                  (">Before<", ">What was done<", ">After<",
                   ">What stays to be done<")]
        self.assertEqual(places, sorted(places))
        self.assertNotIn("<script", page)
        self.assertTrue(page.endswith("</html>\n"))

    def test_xml_has_both_scripts(self):
        tree = ET.parse("c.xml").getroot()
        self.assertEqual([s.get("id") for s in tree.iter("script")],
                         ["confine", "confine-changes"])

    def test_nothing_is_left_to_be_done_by_a_second_clean(self):
        code, told, err = change("clean", self.path, "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(summary(told)["changes"], 0)
        self.assertNotIn("journal", summary(told))
        self.assertIn("nothing to change", summary(told)["outcome"])


class Clean(unittest.TestCase):
    def test_a_clean_machine_with_all_its_noise_is_left_alone(self):
        for windows in WINDOWS:
            for seed in (1, 2):
                with self.subTest(windows=windows, seed=seed):
                    path = make_disk(f"noise-{windows}-{seed}", windows, None, seed)
                    before = print_of(path)
                    code, told, err = change("clean", path, "--yes", "--suspects",
                                             "--residue")
                    self.assertEqual(code, 0, err)
                    self.assertEqual([c for c in told if c["type"] == "change"], [])
                    self.assertEqual(differences(before, print_of(path)), [])
                    shutil.rmtree(path)


class Cases(unittest.TestCase):
    def test_a_case_remembers_plan_changes_and_both_verdicts(self):
        path = make_disk("in-case")
        name = of_type(confine("check", path, "--case", "ward.case", "--format",
                               "json")[1], "verdict")[0]["host"]
        code, told, err = change("clean", path, "--yes", "--case", "ward.case")
        self.assertEqual(code, 0, err)
        journal = Path(summary(told)["journal"])
        self.assertEqual(journal.parent, Path("ward.case.d").resolve())
        _, out, _ = confine("report", "--case", "ward.case", "--format", "json")
        mended = of_type(out, "mended")[0]
        self.assertEqual((mended["host"], mended["state"], mended["before"],
                          mended["after"], mended["place"], mended["journal"]),
                         (name, "done", "infected", "clean", "cleaned", str(journal)))
        _, out, _ = confine("case", "status", "--case", "ward.case")
        self.assertRegex(out, f"(?m)^  {name} +cleaned  .*before: infected, "
                              "after: clean$")
        _, out, _ = confine("case", "show", name, "--case", "ward.case")
        self.assertIn("verified", out)
        self.assertIn(str(journal), out)
        for form in ("csv", "xml", "html", "text"):
            out = confine("report", "--case", "ward.case", "--format", form)[1]
            self.assertIn(str(journal), out, form)

    def test_undo_of_a_case_undoes_the_last_run_and_is_remembered(self):
        path = make_disk("undone")
        before = print_of(path)
        self.assertEqual(change("clean", path, "--yes", "--case", "undone.case")[0], 0)
        _, out, _ = confine("undo", "--list", "undone.case")
        self.assertEqual([line["state"] for line in lines(out)], ["done"])
        code, _, err = confine("undo", "undone.case", "--yes")
        self.assertEqual(code, 0, err)
        self.assertEqual(differences(before, print_of(path)), [])
        out = confine("report", "--case", "undone.case", "--format", "json")[1]
        self.assertEqual(of_type(out, "mended")[0]["place"], "undone")
        code, _, err = confine("undo", "undone.case", "--yes")
        self.assertEqual(code, 2)
        self.assertIn("nothing", err)

    def test_a_later_infection_takes_cleaned_back(self):
        path = make_disk("again")
        name = summary(change("clean", path, "--yes", "--case", "again.case")[1])
        self.assertEqual(name["clean"], 1)
        shutil.rmtree(path)
        make_disk("again")
        confine("check", path, "--case", "again.case")
        out = confine("report", "--case", "again.case", "--format", "json")[1]
        self.assertEqual(of_type(out, "mended")[0]["place"], "changed")


class Refused(unittest.TestCase):
    def refused(self, *words, says, **more):
        code, out, err = confine("clean", *words, **more)
        self.assertEqual((code, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(says, err)

    def test_what_is_no_one_machine(self):
        self.refused(says="name one machine")
        self.refused("a", "b", says="name one machine")
        self.refused("nowhere", "--yes", says="nowhere")
        self.refused("x", "--host", "y", says="--case")

    def test_the_journal_may_not_lie_on_the_volume(self):
        path = make_disk("own-journal")
        before = print_of(path)
        self.refused(path, "--yes", "--journal-dir", path / "journal", says="journal")
        self.assertEqual(differences(before, print_of(path)), [])

    @unittest.skipUnless(HAS_NTFS, "no NTFS can be mounted here")
    def test_an_image_is_refused_with_the_command_that_mounts_it(self):
        volume = Volume("image")
        volume.fill()
        self.refused(volume.image, "--yes", says="mount")
        # Its plan can be looked at all the same.
        self.assertEqual(change("clean", volume.image, "--dry-run")[0], 1)

    @unittest.skipUnless(HAS_NTFS, "no NTFS can be mounted here")
    def test_a_read_only_mount_is_refused(self):
        volume = Volume("read-only")
        volume.fill()
        volume.mount("ro")
        try:
            self.refused(volume.folder, "--yes", says="read-only")
        finally:
            volume.umount()

    def test_a_full_disk_under_the_journal_leaves_all_as_it_was(self):
        if os.getuid() != 0:
            self.skipTest("needs root to mount a small disk")
        path = make_disk("full")
        before = print_of(path)
        Path("small").mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", "small"],
                          capture_output=True, check=False).returncode != 0:
            self.skipTest("no tmpfs can be mounted here")
        try:
            code, _, err = confine("clean", path, "--yes", "--journal-dir", "small/j")
            self.assertEqual(code, 2)
            self.assertIn("small", err)
        finally:
            subprocess.run(["umount", "small"], check=True)
        self.assertEqual(differences(before, print_of(path)), [])


class OnATerminal(unittest.TestCase):
    def test_yes_is_done_and_no_is_not(self):
        path = make_disk("asked")
        before = print_of(path)
        for answer in ("n\n", "\n", "never\n", "\x04"):
            terminal = Terminal("clean", path, "--color", "never")
            terminal.wait_for(r"Carry out these [0-9]+ changes\? \[y/N\] ")
            terminal.type(answer)
            self.assertEqual(terminal.end(), 2, terminal.shown)
            self.assertIn("nothing was changed", terminal.shown)
            self.assertEqual(differences(before, print_of(path)), [])
        terminal = Terminal("clean", path, "--color", "never")
        terminal.wait_for(r"\[y/N\] ")
        self.assertIn("planned", terminal.shown)
        terminal.type("y\n")
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertIn(": clean", terminal.shown)

    def test_ctrl_c_at_the_question_changes_nothing(self):
        path = make_disk("stopped")
        before = print_of(path)
        terminal = Terminal("clean", path, "--color", "never")
        terminal.wait_for(r"\[y/N\] ")
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 2, terminal.shown)
        self.assertIn("nothing was changed", terminal.shown)
        self.assertEqual(differences(before, print_of(path)), [])

    def test_ctrl_c_at_any_moment_leaves_it_as_it_was_or_done(self):
        path = make_disk("any-moment")
        before = print_of(path)
        outcomes = set()
        for step in range(12):
            child = subprocess.Popen([CONFINE, "clean", path, "--yes", "-q", "-o",
                                      "moment.txt"], stdin=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE)
            time.sleep(0.04 * step)
            child.send_signal(signal.SIGINT)
            err = child.communicate(timeout=60)[1].decode()
            outcomes.add(child.returncode)
            if child.returncode in (0, 3):
                newest = max(Path("confine-journal").glob("*.journal"),
                             key=lambda p: p.stat().st_mtime_ns)
                code, _, err = confine("undo", newest, path, "--yes")
                self.assertEqual(code, 0, err)
            self.assertEqual(differences(before, print_of(path)), [], err)
        self.assertLessEqual(outcomes, {0, 2, 3, -signal.SIGINT})


@unittest.skipUnless(HAS_NTFS, "no NTFS can be mounted here")
class Ntfs(unittest.TestCase):
    def test_a_volume_is_cleaned_and_put_back_with_its_access_lists(self):
        for windows, variant in (("xp", "B"), ("7", "D"), ("2000", "A")):
            with self.subTest(windows=windows, variant=variant):
                self.there_and_back(windows, variant)

    def there_and_back(self, windows, variant):
        volume = Volume(f"ntfs-{windows}")
        volume.fill(windows, variant)
        with volume as folder:
            before = print_of(folder)
            acls = [facts[4]["system.ntfs_acl"] for facts in before.values()]
            self.assertTrue(any(acls))
            self.assertEqual(state_of(folder), "infected")
        with volume as folder:
            code, told, err = change("clean", folder, "--yes")
            self.assertEqual(code, 0, err)
            journal = summary(told)["journal"]
        self.assertEqual(volume.is_sound()[0], True, volume.is_sound()[1])
        with volume as folder:
            self.assertEqual(state_of(folder), "clean")
            code, _, err = change("undo", journal, "--yes")
            self.assertEqual(code, 0, err)
        self.assertEqual(volume.is_sound()[0], True, volume.is_sound()[1])
        with volume as folder:
            self.assertEqual(differences(before, print_of(folder)), [])
            self.assertEqual(state_of(folder), "infected")


if __name__ == "__main__":
    unittest.main()
