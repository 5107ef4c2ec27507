#!/usr/bin/env python3
# e2e: seconds=120 show
"""Liars, stallers and streams without end: each gets its row, in its time.

What is held here is what a scan owes a network that means no good: a row for every
host, no wrong verdict, nobody's time spent but that of the host in question, and no
memory that grows with what they send.
"""

import datetime
import json
import re
import signal
import subprocess
import threading
import time
import unittest

from lab_net import CONFINE, FOLDER, SANITIZED, Lab, confine, verdicts
from smb_proxy import Proxy

BUDGET_MS = 30000
MEMORY_MB = 640 if SANITIZED else 64
STALL = "silent=2,half=1,zero-window=1"
LIARS = ("flood=20,flood-small=20,garbage=20,reset=10,slow-drip=5,half=5,silent=5,"
         "zero-window=5,clean=5,infected-old=5")


def all_kinds():
    """Every kind of host that the lab knows."""
    said = confine("lab", "up", "--range", "127.90.0.0/30", "--mix", "?").err
    return re.search(r"there are:?\s+([^;]*)", said).group(1).strip().split(", ")


def moment(text):
    """RFC 3339 to seconds."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Together:
    """Scans that mostly wait, at the same time; their results by name."""

    def __init__(self, **scans):
        self.done = {}
        threads = [threading.Thread(target=self.run, args=item)
                   for item in scans.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def run(self, name, words):
        self.done[name] = confine("scan", "--format", "json", "--rate", "0", *words)


class Paused:
    """A scan of the ward that is not let go on for longer than a host has time."""

    SECONDS = 31.5

    def __init__(self, pause, go_on):
        command = [CONFINE, "scan", "--format", "json", "--rate", "0", "--ports",
                   "4450", "127.92.0.0/21", "--parallel", "150", "-v", "-q"]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.lines = None
        self.thread = threading.Thread(target=self.run, args=(pause, go_on))
        self.thread.start()

    def run(self, pause, go_on):
        pause(self.child)
        time.sleep(self.SECONDS)
        go_on(self.child)
        self.lines = [json.loads(line) for line in self.child.stdout]
        self.child.wait(20)
        self.child.stdout.close()

    def rows(self):
        self.thread.join(90)
        return verdicts(self.lines)


class Hostile(unittest.TestCase):
    """The labs stand and the scans run once, for all cases."""

    @classmethod
    def setUpClass(cls):
        every = Lab("127.90.0.0/22", "--respond", "0.65", "--mix",
                    ",".join(all_kinds()), "--port", "4450", "--nbt-port", "4451",
                    "--nbstat-port", "4452")
        liars = Lab("127.91.0.0/20", "--respond", "1", "--mix", LIARS, "--port", "4450")
        ward = Lab("127.92.0.0/21", "--respond", "0.2", "--port", "4450", "--mix",
                   "clean=40,clean-7b=10,unpatched=15,infected-old=20,infected-new=5,"
                   "samba=10")
        stalling = Lab("127.92.8.0/28", "--respond", "1", "--port", "4450",
                       "--mix", STALL)
        drip = Lab("127.92.9.1/32", "--respond", "1", "--port", "4450", "--mix",
                   "slow-drip")
        patient = Lab("127.93.0.1/32", "--respond", "1", "--port", "4450", "--mix",
                      "infected-old")
        cls.labs = {"every": every, "liars": liars, "ward": ward, "stalling": stalling,
                    "drip": drip, "patient": patient}
        for lab in cls.labs.values():
            cls.enterClassContext(lab)
        # Each answer just in time, so that only the budget of the host ends it.
        cls.enterClassContext(Proxy(("127.93.0.2", 4450), ("127.93.0.1", 4450),
                                    delay=4.6))
        cls.unread = Paused(lambda _: None, lambda _: None)
        cls.asleep = Paused(lambda child: (time.sleep(0.05),
                                           child.send_signal(signal.SIGSTOP)),
                            lambda child: child.send_signal(signal.SIGCONT))
        cls.done = Together(
            every=["--ports", "4450,4451/nbt", "--nbstat-port", "4452", "127.90.0.0/22",
                   "--case", FOLDER / "every.case"],
            patient=["--ports", "4450", "127.93.0.2"],
            liars=["--ports", "4450", "--parallel", "4096", "127.91.0.0/20"],
            ward=["--ports", "4450", "127.92.0.0/21", "127.92.8.0-14",
                  "127.92.9.1"]).done

    def rows(self, name):
        return verdicts(self.done[name].lines())

    def check_all(self, name):
        """A right row for each, within its budget and a tenth, in bounded memory."""
        rows = self.rows(name)
        lab = self.labs[name]
        self.assertEqual(set(rows), set(lab.kind))
        wrong = [(ip, kind, rows[ip]["state"], rows[ip]["reasons"])
                 for ip, kind in lab.kind.items() if rows[ip]["state"] != lab.state[ip]]
        self.assertEqual(wrong, [])
        slow = [row for row in rows.values() if row["took_ms"] > BUDGET_MS * 1.1]
        self.assertEqual(slow, [])
        self.assertLess(self.done[name].peak, MEMORY_MB)
        took = sorted(row["took_ms"] for row in rows.values())
        middle, most_of_them = took[len(took) // 2], took[len(took) * 9 // 10]
        print(f"{name}: {len(rows)} hosts, {self.done[name].seconds:.1f} s, took "
              f"{middle} ms in the middle, {most_of_them} at nine tenths, "
              f"{took[-1]} at most; {self.done[name].peak:.0f} MiB")
        return took

    def test_every_kind_of_host_gets_its_row_in_time(self):
        self.assertLessEqual(set(all_kinds()), set(self.labs["every"].kind.values()))
        self.assertGreater(len(self.rows("every")), 600)
        took = self.check_all("every")
        self.assertLess(took[len(took) * 3 // 4], 1500)

    def test_the_case_has_the_same_rows(self):
        told = confine("report", "--case", FOLDER / "every.case", "--format", "json")
        kept = {ip: row["state"] for ip, row in verdicts(told.lines()).items()}
        self.assertEqual(kept, {ip: row["state"]
                                for ip, row in self.rows("every").items()})

    def test_every_unknown_has_a_reason_and_an_advice(self):
        for name in self.done:
            for row in self.rows(name).values():
                if row["state"] == "unknown":
                    self.assertTrue(row["reasons"] and row["why"] and row["next"], row)

    def test_thousands_of_liars_at_once(self):
        took = self.check_all("liars")
        self.assertEqual(len(took), 4096)
        self.assertLess(self.done["liars"].seconds, BUDGET_MS / 1000 * 1.1)

    def test_fifteen_that_stall_and_one_that_drips_hold_nobody_up(self):
        done = self.done["ward"]
        rows = self.rows("ward")
        began = moment(done.lines("run")[0]["started"])
        ward = self.labs["ward"]
        late = {ip: moment(rows[ip]["time"]) - began for ip in ward.kind}
        self.assertGreater(len(late), 380)
        self.assertLess(max(late.values()), 3)
        wrong = [ip for ip in ward.kind if rows[ip]["state"] != ward.state[ip]]
        self.assertEqual(wrong, [])
        others = [row for ip, row in rows.items() if ip not in ward.kind]
        self.assertEqual(len(others), 16)
        self.assertEqual({row["state"] for row in others}, {"unknown"})
        self.assertLess(done.seconds, BUDGET_MS / 1000 * 1.1)
        print(f"ward: {len(late)} ordinary hosts, the last after "
              f"{max(late.values()):.2f} s; 15 stall and one drips, "
              f"{done.seconds:.1f} s for all; {done.peak:.0f} MiB")

    def test_a_pause_of_ours_is_no_silence_of_theirs(self):
        """Whoever pipes a scan into a pager and reads a page, or stops it."""
        ward = self.labs["ward"]
        for paused in (self.unread, self.asleep):
            rows = paused.rows()
            wrong = [(ip, kind, rows[ip]["reasons"]) for ip, kind in ward.kind.items()
                     if rows[ip]["state"] != ward.state[ip]]
            self.assertEqual(wrong, [])

    def test_the_budget_ends_what_is_always_just_in_time(self):
        row = self.rows("patient")["127.93.0.2"]
        self.assertIn((row["state"], row["reasons"][0]),
                      [("unknown", "slow"), ("infected", "netpath-invalid-parameter")])
        self.assertGreater(row["took_ms"], BUDGET_MS * 0.8)
        self.assertLessEqual(row["took_ms"], BUDGET_MS * 1.1)
        print(f"patient: {row['state']}, {row['took_ms']} ms")


class Clock(unittest.TestCase):
    def test_a_host_that_says_nothing_costs_one_wait_for_an_answer(self):
        with Lab("127.94.0.0/30", "--respond", "1", "--port", "4450", "--mix",
                 "silent"):
            began = time.monotonic()
            done = confine("scan", "--ports", "4450", "--format", "json", "--timeout",
                           "500", "127.94.0.0/30")
            self.assertLess(time.monotonic() - began, 1.5)
            self.assertEqual(done.code, 3)

    def test_who_has_answered_is_not_late_however_many_there_are(self):
        """Loopback accepts at once, so our own crowd makes nobody absent."""
        with Lab("127.94.4.0/22", "--respond", "0.6", "--port", "4450", "--mix",
                 "clean=2,infected-old=1") as lab:
            for wait in (10, 20, 30):
                done = confine("scan", "--ports", "4450", "--format", "json", "--rate",
                               "0", "--parallel", "4096", "--timeout", wait, "-q",
                               "127.94.4.0/22")
                self.assertEqual(set(lab.kind) - set(verdicts(done.lines())), set())


if __name__ == "__main__":
    unittest.main()
