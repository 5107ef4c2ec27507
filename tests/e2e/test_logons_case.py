#!/usr/bin/env python3
# e2e: seconds=120
"""`confine logons --case`: attackers of event logs beside what scans and checks saw."""

import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import lab_net
from evt_file import Log, seconds
from lab_net import CONFINE

BEGIN = seconds("2009-01-16 09:00:00")
NETWORK = "127.77.1.0/29"
PORT = "14771"


def confine(*words):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *map(str, words)], stdin=subprocess.DEVNULL,
                          timeout=60, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def objects(text, kind):
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if line["type"] == kind]


def attackers(*words):
    code, out, err = confine("logons", *words, "--format", "json")
    assert (code, err) == (1, ""), (code, err)
    return objects(out, "attacker")


def hosts(case):
    """Host to verdict, of a report."""
    _, out, err = confine("report", "--case", case, "--format", "json")
    assert err == "", err
    return {v["host"]: v for v in objects(out, "verdict")}


def findings(case, host):
    """What the case has of event logs on a host."""
    out = confine("case", "show", host, "--case", case, "--format", "json")[1]
    return [f for f in objects(out, "finding") if f["detector"] == "logons"]


def log(name, workstation, address=None, begin=BEGIN, **how):
    path = Path("logs", f"{name}-{begin}.evt")
    return Log("FILESRV").storm(begin, workstation, address, **how).write(path)


class NewHosts(unittest.TestCase):
    def test_an_attacker_becomes_a_suspect_with_its_evidence(self):
        path = log("new", "WARD-3", "10.0.3.7")
        self.assertEqual([(a["host"], a["state"]) for a in
                          attackers(path, "--case", "new.case")],
                         [("10.0.3.7", "suspect")])
        verdict = hosts("new.case")["10.0.3.7"]
        self.assertEqual((verdict["state"], verdict["name"], verdict["reasons"]),
                         ("suspect", "WARD-3", ["guesses-passwords"]))
        seen = findings("new.case", "WARD-3")
        self.assertEqual(len(seen), 1)
        self.assertEqual((seen[0]["grade"], seen[0]["where"]), ("strong", "FILESRV"))
        fields = seen[0]["fields"]
        self.assertEqual((fields["failures"], fields["accounts"], fields["machines"]),
                         (320, 8, 1))
        self.assertEqual((fields["first"][:19], fields["last"][:19]),
                         ("2009-01-16T09:00:00", "2009-01-16T09:00:31"))
        self.assertIn("accounts-in-order", fields["reasons"])

    def test_the_same_logs_again_double_nothing(self):
        path = log("again", "WARD-3", "10.0.3.7")
        for _ in range(3):
            attackers(path, "--case", "again.case")
        self.assertEqual(len(findings("again.case", "10.0.3.7")), 1)
        out = confine("case", "show", "10.0.3.7", "--case", "again.case")[1]
        self.assertNotIn("Earlier:", out)
        self.assertEqual(len(hosts("again.case")), 1)
        # A log that tells more takes its place; one of another day stands beside it.
        longer = log("longer", "WARD-3", "10.0.3.7", tries=60)
        attackers(longer, "--case", "again.case")
        self.assertEqual([f["fields"]["failures"] for f in
                          findings("again.case", "10.0.3.7")], [480])
        later = log("later", "WARD-3", "10.0.3.7", begin=BEGIN + 86400)
        attackers(later, "--case", "again.case")
        self.assertEqual(len(findings("again.case", "10.0.3.7")), 2)
        attackers(path, "--case", "again.case")
        self.assertEqual(len(findings("again.case", "10.0.3.7")), 2)

    def test_who_has_no_name_of_a_machine_is_told_and_not_kept(self):
        path = log("odd", "A/B:C*")
        code, out, err = confine("logons", path, "--case", "odd.case", "--format",
                                 "text")
        self.assertEqual((code, err.count("\n")), (1, 1))
        self.assertRegex(err, "not kept in the case: .*; read the logs of the domain")
        self.assertIn("made up", out.split("Next:")[1])
        self.assertEqual(hosts("odd.case"), {})

    def test_the_case_tells_of_it_in_words(self):
        path = log("words", "WARD-3", "10.0.3.7")
        out = confine("logons", path, "--case", "words.case", "--format", "text")[1]
        self.assertIn("confine scan 10.0.3.7 --case words.case", out.split("Next:")[1])
        self.assertIn("In the case it is 10.0.3.7", out)
        code, out, _ = confine("case", "status", "--case", "words.case")
        self.assertEqual(code, 1)
        self.assertIn("1 attacker in event logs", out)
        self.assertIn("guesses-passwords", out)
        out = confine("case", "show", "10.0.3.7", "--case", "words.case")[1]
        self.assertIn("failures = 320", out)
        for name in ("text", "csv", "xml", "html"):
            out = confine("report", "--case", "words.case", "--format", name)[1]
            self.assertIn("10.0.3.7", out, name)


class Joined(unittest.TestCase):
    """Beside a scan of the lab, whose machines say how they are called."""

    @classmethod
    def setUpClass(cls):
        cls.lab = lab_net.Lab(NETWORK, "--respond", "1", "--port", PORT, "--mix",
                              "infected-old=1,clean=1")
        cls.lab.__enter__()
        cls.addClassCleanup(cls.lab.__exit__)

    def scanned(self, case):
        confine("scan", NETWORK, "--ports", PORT, "--case", case, "-q", "--rate", "0")
        return hosts(case)

    def one(self, found, state):
        """A host in that state whose name no other has."""
        names = [v["name"] for v in found.values()]
        return next(h for h, v in sorted(found.items())
                    if v["state"] == state and v["name"] and names.count(v["name"]) == 1)

    def test_a_name_of_the_log_and_an_address_of_the_scan_are_one_host(self):
        before = self.scanned("joined.case")
        bad, good = self.one(before, "infected"), self.one(before, "no-sign")
        found = attackers(log("bad", before[bad]["name"].lower()),
                          log("good", before[good]["name"]), "--case", "joined.case")
        self.assertEqual({(a["host"], a["state"]) for a in found},
                         {(bad, "infected"), (good, "suspect")})
        after = hosts("joined.case")
        self.assertEqual(after.keys(), before.keys())
        self.assertEqual(after[bad]["variants"], before[bad]["variants"])
        self.assertEqual(after[bad]["reasons"],
                         before[bad]["reasons"] + ["guesses-passwords"])
        self.assertEqual(after[good]["reasons"][0], "guesses-passwords")
        self.assertEqual(after[good]["name"], before[good]["name"])
        # Nothing of the scan is lost, and a scan takes nothing of the logs back.
        shown = confine("case", "show", bad, "--case", "joined.case")[1]
        self.assertIn("netpath-", shown)
        again = self.scanned("joined.case")
        self.assertEqual((again[good]["state"], again[bad]["state"]),
                         ("suspect", "infected"))
        self.assertEqual(len(findings("joined.case", good)), 1)
        text = confine("logons", log("bad", before[bad]["name"]), "--case",
                       "joined.case", "--format", "text")[1]
        self.assertIn(f"confine case show {bad} --case joined.case",
                      text.split("Next:")[1])


class LookedInside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([CONFINE, "lab", "disk", "disk", "--windows", "xp", "--clean",
                        "--seed", "1"], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)
        cls.disk = Path("disk").resolve()
        out = confine("check", cls.disk, "--format", "json")[1]
        cls.name = objects(out, "verdict")[0]["name"]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.disk)

    def test_a_clean_look_inside_settles_storms_before_it_and_none_after_it(self):
        case = ("--case", "inside.case")
        self.assertEqual(confine("check", self.disk, *case)[0], 0)
        host = next(iter(hosts("inside.case")))
        found = attackers(log("old", self.name), *case)
        self.assertEqual([(a["host"], a["state"]) for a in found], [(host, "clean")])
        self.assertEqual(confine("case", "status", *case)[0], 0)
        text = confine("logons", log("old", self.name), *case, "--format", "text")[1]
        self.assertIn("clean since", " ".join(text.split("Next:")[1].split()))
        # A new storm sends it back, until it is looked at again.
        late = log("late", self.name, begin=seconds("2099-01-01 00:00:00"))
        found = attackers(late, *case)
        self.assertEqual([(a["host"], a["state"]) for a in found], [(host, "suspect")])
        self.assertEqual(hosts("inside.case")[host]["state"], "suspect")
        self.assertEqual(confine("check", self.disk, *case)[0], 0)
        self.assertEqual(hosts("inside.case")[host]["state"], "clean")


if __name__ == "__main__":
    os.chdir(lab_net.FOLDER)
    unittest.main()
