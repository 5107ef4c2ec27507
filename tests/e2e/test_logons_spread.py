#!/usr/bin/env python3
# e2e: seconds=60 together light
"""`confine logons` on a worm that goes on: who had it first, whom it is on."""

import csv
import io
import json
import os
import subprocess
import unittest
from pathlib import Path

from evt_file import Log, seconds

CONFINE = os.environ["CONFINE"]
BEGIN = seconds("2009-01-16 09:00:00")


def confine(form):
    done = subprocess.run([CONFINE, "logons", "logs", "--format", form], timeout=60,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 1, done.stderr
    return done.stdout.decode()


class Spread(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lab = Log("LAB-1").storm(BEGIN, "WARD-3", "10.0.3.7")
        lab.lockout(BEGIN + 60, "user02", "WARD-3")
        lab.success(BEGIN + 300, "user03", "WARD-3", "10.0.3.7")
        server = Log("FILESRV").storm(BEGIN, "WARD-3", "10.0.3.7", tries=50)
        server.storm(BEGIN + 720, "LAB-1", "10.0.3.9")
        lab.write(Path("logs/lab.evt"))
        server.write(Path("logs/server.evt"))

    def test_lines(self):
        found = [json.loads(line) for line in confine("json").splitlines()]
        spread = [line for line in found if line["type"] == "spread"]
        self.assertEqual(len(spread), 1)
        self.assertEqual([spread[0][key] for key in
                          ("from", "from_address", "to", "to_address", "failures",
                           "minutes", "success")],
                         ["WARD-3", "10.0.3.7", "LAB-1", "10.0.3.9", 320, 7,
                          "2009-01-16T09:05:00.000Z"])
        account = [line for line in found if line["type"] == "account"]
        self.assertEqual(len(account), 8)
        two = next(a for a in account if a["account"] == "user02")
        self.assertEqual((two["failures"], two["sources"], two["locked"]),
                         (130, 2, True))
        target = [(t["machine"], t["failures"], t["sources"]) for t in found
                  if t["type"] == "target"]
        self.assertEqual(target, [("FILESRV", 720, 2), ("LAB-1", 320, 1)])

    def test_table(self):
        rows = {row["workstation"]: row for row in
                csv.DictReader(io.StringIO(confine("csv")))}
        self.assertEqual((rows["WARD-3"]["from"], rows["LAB-1"]["from"]),
                         ("", "WARD-3 (10.0.3.7)"))
        self.assertEqual(rows["LAB-1"]["began"], "2009-01-16T09:12:00.000Z")

    def test_words(self):
        out = confine("text")
        self.assertEqual([line for line in out.split("\n") if len(line) > 80], [])
        words = " ".join(out.split())
        self.assertIn("2009-01-16 09:00:00 WARD-3 (10.0.3.7) - nothing shows where it "
                      "has it from.", words)
        self.assertIn("2009-01-16 09:12:00 LAB-1 (10.0.3.9) - WARD-3 (10.0.3.7) logged "
                      "on to it at 09:05:00 UTC, after 320 failures; 7 minutes later it "
                      "began.", words)
        self.assertRegex(words, "user02 130 failures from 2 sources, locked out")
        self.assertRegex(words, "FILESRV 720 failures from 2 sources")


if __name__ == "__main__":
    unittest.main()
