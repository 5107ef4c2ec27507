#!/usr/bin/env python3
# e2e: seconds=120 show
"""Scans that are killed, stopped, cut off or shared: no host is lost."""

import csv
import os
import random
import shlex
import signal
import subprocess
import time
import unittest

from lab_net import CONFINE, FOLDER, Lab, confine, verdicts
from listener import Listener
from smb_proxy import Proxy

NETWORK = "127.98.0.0/22"
COUNT = 1024
PORT = 4472
MIX = ("clean=5,unpatched=2,infected-old=3,infected-new=1,smb2-only=1,denied=2,"
       "pipes-denied=2")
STOPPED = r"\Aconfine: stopped after \d+ hosts?; "
SCAN = ("scan", NETWORK, "--ports", PORT, "--format", "json", "-q")


def start(*words, out=subprocess.DEVNULL):
    return subprocess.Popen([CONFINE, *map(str, words)], stdin=subprocess.DEVNULL,
                            stdout=out, stderr=subprocess.PIPE, text=True)


def kept(case):
    """Address to state of every row, absent ones as unknown."""
    done = confine("report", "--case", case, "--all", "--format", "csv")
    return {row["host"]: row["state"] for row in csv.DictReader(done.out.splitlines())}


class WithLab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab(NETWORK, "--port", str(PORT), "--respond",
                                            "0.3", "--mix", MIX))

    def check_whole(self, case):
        rows = kept(case)
        self.assertEqual(len(rows), COUNT)
        self.assertEqual({ip: rows[ip] for ip in self.lab.state}, self.lab.state)


class Killed(WithLab):
    def test_ten_kills_lose_nobody(self):
        for named in (False, True):
            with self.subTest(targets_named_again=named):
                self.kill_ten_times(FOLDER / f"ten-{named}.db", named)

    def kill_ten_times(self, case, named):
        words = SCAN + ("--rate", "700", "--case", case)
        again = words + ("--resume",) if named else (
            "scan", "--resume", "--case", case, "--format", "json", "-q")
        dice = random.Random(7)
        told, ahead = [], []
        for turn in range(10):
            output = FOLDER / "rows.jsonl"
            with output.open("w") as out:
                child = start(*(again if turn else words), "--all", out=out)
                time.sleep(dice.uniform(0.03, 0.3))
                child.kill()
                child.wait()
                child.stderr.close()
            whole = [line for line in output.read_text().splitlines()
                     if line.endswith("}")]
            seen = {line.split('"host":"')[1].split('"')[0] for line in whole
                    if line.startswith('{"type":"verdict"')}
            told.append(seen)
            rows = set(kept(case)) if case.exists() else set()
            ahead.append(len(seen - rows))
            self.assertLessEqual(set().union(*told[:-1]) & rows, rows)
        self.assertLess(len(rows), COUNT, "the kills came too late to mean anything")
        done = confine(*again, "--rate", "0")
        self.assertEqual((done.code, done.err), (1, ""))
        self.assertEqual(done.lines("summary")[0]["targets"], COUNT - len(rows))
        self.check_whole(case)
        print(f"ten kills, targets {'named' if named else 'out of the case'}: "
              f"{len(rows)} of {COUNT} rows before the last run; lines ahead of the "
              f"case at each kill: {ahead}")

    def test_only_those_in_flight_are_asked_again(self):
        addresses = [f"127.99.{i // 200}.{i % 200 + 1}" for i in range(600)]
        case = FOLDER / "flight.db"
        listing = FOLDER / "flight.txt"
        listing.write_text("\n".join(addresses))
        words = ("scan", "-iL", listing, "--ports", PORT, "--parallel", "20", "--rate",
                 "0", "--case", case, "--format", "json")
        with Listener([(a, PORT) for a in addresses], hold=0.03) as listener:
            for turn in range(6):
                child = start(*words, *(["--resume"] if turn else []))
                time.sleep(0.25)
                child.kill()
                child.wait()
                child.stderr.close()
            before = len(kept(case))
            done = confine("scan", "--resume", "--case", case, "--format", "json")
            self.assertEqual(done.code, 3)
            times = {}
            for guest in listener.guests:
                times[guest.address] = times.get(guest.address, 0) + 1
        self.assertEqual(set(times), set(addresses))
        usual = min(times.values())
        again = [a for a, count in times.items() if count > usual]
        print(f"six kills with 20 in flight: {before} of {len(addresses)} rows before "
              f"the last run, {len(again)} hosts were asked twice")
        self.assertTrue(60 < before < len(addresses), before)
        self.assertLessEqual(len(again), 6 * 20)
        self.assertEqual(len(kept(case)), len(addresses))

    def test_going_on_with_what_is_done_asks_nobody_and_says_what_was_found(self):
        case = FOLDER / "done.db"
        self.assertEqual(confine(*SCAN, "--rate", "0", "--case", case).code, 1)
        done = confine("scan", "--resume", "--case", case, "--format", "json", "-q")
        self.assertEqual((done.code, done.err), (1, ""))
        self.assertEqual(done.lines("summary")[0]["targets"], 0)


class Stopped(WithLab):
    def stopped(self, sign, *words, after=0.7):
        child = start(*SCAN, "--rate", "500", *words, out=subprocess.PIPE)
        time.sleep(after)
        child.send_signal(sign)
        out, err = child.communicate(timeout=20)
        return child.returncode, out, err

    def test_a_signal_writes_the_results_and_tells_how_to_go_on(self):
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=sign.name):
                case = FOLDER / f"stop {sign.name}.db"
                page = FOLDER / f"{sign.name}.html"
                code, out, err = self.stopped(sign, "--case", case, "-o", page, "-o",
                                              "-")
                self.assertEqual(code, 1, err)
                self.assertEqual(err.count("\n"), 1)
                self.assertTrue(page.read_text().rstrip().endswith("</html>"))
                self.assertEqual(list(FOLDER.glob("*.part")), [])
                self.assertIn('"interrupted":true}', out.splitlines()[-1])
                self.assertRegex(err, STOPPED + r"go on with: ")
                command = shlex.split(err.split("go on with: ")[1])
                self.assertEqual(command[:3], ["confine", "scan", "--resume"])
                done = confine(*command[1:], "--rate", "0", "--format", "json")
                self.assertEqual(done.code, 1)
                self.check_whole(case)

    def test_nothing_found_so_far_is_no_all_clear(self):
        clean = [ip for ip, state in self.lab.state.items() if state == "no-sign"][:40]
        child = start("scan", *clean, "--ports", PORT, "--rate", "20", "--format",
                      "json", "-q", out=subprocess.PIPE)
        time.sleep(0.6)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, 2)
        self.assertGreater(out.count('"state":"no-sign"'), 3)
        self.assertRegex(err, STOPPED + r"with --case FILE .*\n\Z")

    def test_the_second_one_ends_it_at_once(self):
        there = next(ip for ip, kind in self.lab.kind.items() if kind == "clean")
        with Proxy(("127.98.4.1", PORT), (there, PORT), delay=0.9):
            for twice in (False, True):
                child = start("scan", "127.98.4.1", "--ports", PORT)
                time.sleep(2.5)
                child.send_signal(signal.SIGINT)
                began = time.monotonic()
                time.sleep(0.2)
                self.assertIsNone(child.poll())
                if twice:
                    child.send_signal(signal.SIGINT)
                child.communicate(timeout=20)
                took = time.monotonic() - began
                self.assertEqual(child.returncode, -signal.SIGINT if twice else 2)
                self.assertLess(took, 0.4 if twice else 2.5)

    def test_a_closed_pipe_ends_it_in_good_order(self):
        case = FOLDER / "pipe.db"
        child = start(*SCAN, "--rate", "400", "--case", case, out=subprocess.PIPE)
        first = child.stdout.readline()
        child.stdout.close()
        began = time.monotonic()
        err = child.stderr.read()
        child.stderr.close()
        child.wait(10)
        self.assertLess(time.monotonic() - began, 1.5)
        self.assertTrue(first.startswith('{"type":"run"'))
        self.assertIn(child.returncode, (1, 2))
        self.assertNotIn("space", err)
        self.assertIn(f"confine scan --resume --case {case}", err)
        done = confine("scan", "--resume", "--case", case, "--rate", "0")
        self.assertEqual(done.code, 1)
        self.check_whole(case)


class Shards(WithLab):
    def test_the_shards_of_any_seeds_have_each_address_once(self):
        targets = ["127.98.0.0/22", "127.98.1.0-77", "--exclude", "127.98.2.0/25"]
        told = []
        for part in (1, 2, 3):
            case = FOLDER / f"shard{part}.db"
            done = confine("scan", *targets, "--ports", PORT, "--format", "json",
                           "--all", "--rate", "0", "--shard", f"{part}/3", "--seed",
                           part * 1000, "--case", case)
            told.append(set(verdicts(done.lines())))
            self.assertEqual(done.lines("summary")[0]["targets"], len(told[-1]))
            self.assertEqual(set(kept(case)), told[-1])
        self.assertEqual(sum(map(len, told)), COUNT - 128)
        self.assertEqual(len(set().union(*told)), COUNT - 128)
        self.assertLess(max(map(len, told)) - min(map(len, told)), 60)

    def test_a_shard_goes_on_as_that_shard(self):
        case = FOLDER / "part.db"
        child = start(*SCAN, "--rate", "300", "--shard", "2/3", "--case", case)
        time.sleep(0.5)
        child.kill()
        child.communicate()
        confine("scan", "--resume", "--case", case, "--rate", "0")
        whole = confine(*SCAN, "--rate", "0", "--shard", "2/3", "--all")
        self.assertEqual(set(kept(case)), set(verdicts(whole.lines())))


if __name__ == "__main__":
    os.chdir(FOLDER)
    unittest.main()
