#!/usr/bin/env python3
# e2e: seconds=60 together light
"""`confine logons` on machines that do not write failed logons down."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from evt_file import Log, seconds

CONFINE = os.environ["CONFINE"]
BEGIN = seconds("2009-01-16 09:00:00")


def lines(*words):
    """The objects of a run as JSON Lines, by type, and its exit code."""
    done = subprocess.run([CONFINE, "logons", *words, "--format", "json"], timeout=60,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    found = {}
    for line in done.stdout.decode().splitlines():
        one = json.loads(line)
        found.setdefault(one["type"], []).append(one)
    return done.returncode, found


def text(*words):
    done = subprocess.run([CONFINE, "logons", *words, "--format", "text"], timeout=60,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return " ".join(done.stdout.decode().split())


def people(log, hours=24):
    """Who logs on and makes no mistake."""
    for hour in range(hours):
        log.success(BEGIN + hour * 3600, f"user{hour % 5}", "WARD-9", "10.0.0.9")
    return log


class Unrecorded(unittest.TestCase):
    def audit(self, log, *more):
        paths = [each.write(Path("logs", f"{self.id()}-{i}.evt"))
                 for i, each in enumerate((log, *more))]
        code, found = lines(*paths)
        return code, found, text(*paths)

    def test_a_policy_that_is_off_is_unknown_and_not_nobody(self):
        log = people(Log("FILESRV").policy(BEGIN, "+-"))
        code, found, words = self.audit(log)
        self.assertEqual(code, 3)
        audit = found["audit"][0]
        self.assertEqual((audit["machine"], audit["failures_recorded"], audit["off"]),
                         ("FILESRV", "no", "2009-01-16T09:00:00.000Z"))
        self.assertIn("is unknown", found["summary"][0]["why"])
        self.assertNotIn("Nobody is seen to guess passwords. ", words)
        self.assertIn("FILESRV - failed logons are not recorded since", words)
        self.assertIn("confine audit enable", words)
        self.assertIn("Default Domain Controllers Policy", words)

    def test_with_the_other_sign_it_is_nobody(self):
        code, found, words = self.audit(people(Log("FILESRV").policy(BEGIN, "++")))
        self.assertEqual((code, found.get("audit")), (0, None))
        self.assertIn("Nobody is seen to guess passwords. ", words)

    def test_lockouts_without_failures(self):
        log = people(Log("DC-1")).lockout(BEGIN + 86400, "amy", "WARD-3")
        code, found, _ = self.audit(log)
        self.assertEqual((code, found["audit"][0]["failures_recorded"]),
                         (3, "only-lockouts"))
        log.failure(BEGIN + 86401, "amy", "WARD-3", "10.0.3.7")
        code, found, _ = self.audit(log)
        self.assertEqual((code, found.get("audit")), (0, None))

    def test_a_log_without_logons(self):
        log = Log("FILESRV").add(BEGIN, 592, 8, "1234", "C:\\WINDOWS\\explorer.exe")
        code, found, words = self.audit(log)
        self.assertEqual(code, 3)
        self.assertEqual(found["audit"][0]["failures_recorded"], "no-logons")
        self.assertIn("not one logon is recorded", words)

    def test_an_attacker_elsewhere_does_not_hide_it(self):
        storm = Log("LAB-1").storm(BEGIN + 3600, "WARD-3", "10.0.3.7")
        storm.lockout(BEGIN + 3700, "user00", "WARD-3")
        code, found, words = self.audit(people(Log("FILESRV")), storm)
        self.assertEqual((code, len(found["attacker"])), (1, 1))
        self.assertEqual([(a["machine"], a["failures_recorded"])
                          for a in found["audit"]], [("FILESRV", "only-successes")])
        self.assertIn("while accounts were being locked out elsewhere", words)
        self.assertTrue(words.endswith("confine scan 10.0.3.7"))


if __name__ == "__main__":
    unittest.main()
