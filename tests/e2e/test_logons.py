#!/usr/bin/env python3
# e2e: together seconds=120
"""`confine logons` on event logs of real machines, and on what is none."""

import csv
import io
import json
import lzma
import os
import signal
import re
import subprocess
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data"

# Who is behind them, and with how many failures; None: nobody.
ATTACKERS = {
    "smb-password-guessing-security.evtx": ("192.168.198.149", 3561),
    "4771-one-user-54.evtx": ("10.23.123.11", 54),
    "kerberos-spray-small.evtx": ("172.16.66.1", 9),
    "many-events-application.evtx": None,
    "Security_with_size_t.evtx": None,
    "4625-local-tool.evtx": None,
    "4625-4776-openssh-nouser.evtx": None,
    "4625-denied-restriction.evtx": None,
    "no-template-security-4799-4624.evtx": None,
    "no-template-issue_201.evtx": None,
    "bad-chunk-magic.evtx": None,
    "bad-string-cache.evtx": None,
    "new-user-security.evtx": None,
    "no-crc32.evtx": None,
    "truncated-System2.evtx": None,
    "SysEvent-wrapped-dirty.Evt": None,
}
# Current records, and how many of Security there are, old ones included.
RECORDS = {
    "many-events-application.evtx": (2216, 0),
    "no-template-security-4799-4624.evtx": (55, 74),
    "no-template-issue_201.evtx": (1, 0),
    "bad-chunk-magic.evtx": (301, None),  # 31 of them behind pages of zeros
    "bad-string-cache.evtx": (2261, None),
    "no-crc32.evtx": (17, None),
    "new-user-security.evtx": (4, 4),
    "truncated-System2.evtx": (283, None),
    "SysEvent-wrapped-dirty.Evt": (6063, 0),
}


def unpack(name, to="."):
    """A file of tests/data, in the folder that the test runs in."""
    packed = next(DATA.glob(f"ev*/{name}.xz"))
    path = Path(to, name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(lzma.decompress(packed.read_bytes()))
    return path


def confine(*words, **more):
    """Runs confine; returns exit code, standard output, standard error."""
    more.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([CONFINE, "logons", *words], timeout=60, capture_output=True,
                          check=False, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def lines(*words, **more):
    """The objects of a run as JSON Lines, by type, and its exit code."""
    code, out, err = confine(*words, "--format", "json", **more)
    assert err == "", err
    found = {}
    for line in out.splitlines():
        one = json.loads(line)
        found.setdefault(one["type"], []).append(one)
    return code, found


class RealLogs(unittest.TestCase):
    def test_who_is_behind_each(self):
        for name, expected in ATTACKERS.items():
            with self.subTest(log=name):
                code, found = lines(str(unpack(name)))
                attackers = found.get("attacker", [])
                if expected is None:
                    self.assertEqual(attackers, [])
                    self.assertIn(code, (0, 3))
                    self.assertNotEqual(found["summary"][0]["why"], "")
                    continue
                self.assertEqual(code, 1)
                self.assertEqual([(a["address"], a["failures"]) for a in attackers],
                                 [expected])

    def test_what_each_was(self):
        for name, (records, security) in RECORDS.items():
            with self.subTest(log=name):
                log = lines(str(unpack(name)))[1]["log"][0]
                self.assertEqual(log["records"], records)
                if security is not None:
                    self.assertEqual(log["security"], security)

    def test_a_name_for_each_attempt_is_one_attacker(self):
        path = unpack("smb-password-guessing-security.evtx")
        attacker = lines(str(path))[1]["attacker"][0]
        self.assertIsNone(attacker["workstation"])
        self.assertEqual((attacker["names"], attacker["forged_names"]), (3561, True))
        self.assertEqual(attacker["score"], 0.875)
        self.assertEqual(attacker["targets"], ["DESKTOP-M5SN04R"])
        self.assertEqual(attacker["first"][:19], "2016-09-19T16:50:06")
        self.assertIn("administrator", attacker["reasons"])

    def test_the_machine_that_tries_the_others_is_seen_in_its_own_log(self):
        code, found = lines(str(unpack("password-spray.evtx")))
        self.assertEqual(code, 1)
        attacker = found["attacker"][0]
        self.assertEqual(attacker["workstation"], "DESKTOP-JR78RLP")
        self.assertTrue(attacker["itself"])
        self.assertEqual((attacker["accounts"], attacker["failures"]), (41, 294))
        self.assertEqual(attacker["targets"], ["172.16.144.128"])

    def test_the_same_attempt_told_twice_is_one(self):
        found = lines(str(unpack("4625-4776-openssh-nouser.evtx")), "-v")[1]
        self.assertEqual(found["log"][0]["failures"], 10)
        self.assertEqual(found.get("attacker", []), [])

    def test_a_log_that_is_read_twice_is_told(self):
        name = "4771-one-user-54.evtx"
        path = unpack(name)
        Path("copy.evtx").write_bytes(path.read_bytes())
        for second in (name, "copy.evtx"):
            code, found = lines(name, second)
            self.assertEqual(code, 1)
            self.assertEqual(found["summary"][0]["copies"], 1)
            for form in ("text", "html"):
                out = " ".join(confine(name, second, "--format", form)[1].split())
                self.assertIn(second, out)
                self.assertIn("holds the same as another log", out)
        unpack("kerberos-spray-small.evtx")
        found = lines(name, "kerberos-spray-small.evtx")[1]
        self.assertNotIn("copies", found["summary"][0])

    def test_all_of_them_at_once(self):
        for name in (*ATTACKERS, "password-spray.evtx"):
            unpack(name, "logs")
        Path("logs/readme.txt").write_text("no log\n", encoding="ascii")
        code, found = lines("logs")
        self.assertEqual(code, 1)
        self.assertEqual([a["address"] or a["workstation"] for a in found["attacker"]],
                         ["DESKTOP-JR78RLP", "192.168.198.149", "172.16.66.1",
                          "10.23.123.11"])
        self.assertEqual(len(found["log"]), len(ATTACKERS) + 1)
        self.assertEqual([log["path"] for log in found["log"]],
                         sorted(log["path"] for log in found["log"]))


class Lab(unittest.TestCase):
    """Storms that are made up: the culprit among 200 machines, and nobody else."""

    def make(self, folder, *options):
        made = subprocess.run([CONFINE, "lab", "logs", folder, *options], check=True,
                              timeout=60, capture_output=True, stdin=subprocess.DEVNULL)
        return re.search(r"; (\S+) \((\S+)\) guesses", made.stdout.decode()).groups()

    def test_the_culprit_is_the_only_one(self):
        for seed in ("1", "2", "3", "4", "5", "6"):
            with self.subTest(seed=seed):
                folder = f"lab{seed}"
                worm, address = self.make(folder, "--seed", seed)
                code, found = lines(folder)
                self.assertEqual(code, 1)
                self.assertEqual([(a["workstation"], a["address"])
                                  for a in found["attacker"]], [(worm, address)])
                self.assertGreater(found["attacker"][0]["score"], 0.9)
                kinds = [log["kind"] for log in found["log"]]
                self.assertGreater(min(kinds.count("evt"), kinds.count("evtx")), 3)
                self.assertEqual([log["undecodable"] for log in found["log"]],
                                 [0] * len(kinds))

    def test_either_sort_alone_names_the_culprit_too(self):
        culprit = self.make("both", "--seed", "7")
        for ending in ("Evt", "evtx"):
            with self.subTest(ending=ending):
                logs = sorted(str(p) for p in Path("both").glob("*." + ending))
                found = lines(*logs)[1]
                self.assertEqual([(a["workstation"], a["address"])
                                  for a in found["attacker"]], [culprit])

    def test_without_its_logs_nobody_is(self):
        self.make("quiet")
        for number in range(12):
            for log in Path("quiet").glob(f"WARD-{number}-*"):
                log.unlink()
        code, found = lines("quiet")
        self.assertEqual((code, found.get("attacker")), (0, None))

    def test_a_folder_with_something_in_it_is_refused(self):
        Path("used").mkdir()
        Path("used/.hidden").touch()
        done = subprocess.run([CONFINE, "lab", "logs", "used"], timeout=60, check=False,
                              capture_output=True, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertEqual(done.stderr.decode(),
                         "confine lab logs: used: there is something in it; name an "
                         "empty folder, or one that is not there yet\n")
        self.assertEqual(os.listdir("used"), [".hidden"])
        Path("used/.hidden").unlink()
        self.make("used")


EVT_MAKER = Path(CONFINE).parent / "tests" / "unit" / "evt_maker"
NOISE = bytes(i * 2654435761 >> 13 & 255 for i in range(5120))


class Carved(unittest.TestCase):
    """Bytes that are no log, with what is left of logs in them."""

    def carve(self, data, name="blob.bin"):
        Path(name).write_bytes(data)
        code, found = lines(name)
        return code, found["log"][0], found

    def assert_same_but_old(self, log, whole):
        """All that was current is recovered now."""
        self.assertEqual((log["kind"], log["records"]), ("carved", 0))
        self.assertEqual(log["recovered"], whole["records"] + whole["recovered"])
        for key in ("security", "failures", "undecodable", "computer"):
            self.assertEqual(log[key], whole[key], key)
        self.assertEqual((log["first"], log["last"]), (None, None))
        self.assertIn(f"{log['recovered']} records", log["why"])

    def test_chunks_in_free_space_name_the_attacker(self):
        for name in ("4771-one-user-54.evtx", "smb-password-guessing-security.evtx"):
            with self.subTest(log=name):
                whole = lines(str(unpack(name)))[1]
                data = Path(name).read_bytes()[4096:]
                code, log, found = self.carve(NOISE + data + NOISE)
                self.assertEqual(code, 1)
                self.assert_same_but_old(log, whole["log"][0])
                self.assertEqual([a["address"] for a in found["attacker"]],
                                 [a["address"] for a in whole["attacker"]])
                self.assertIn("recovered-records-only", found["attacker"][0]["reasons"])

    def test_a_log_without_its_head_is_read(self):
        for name, head in [("smb-password-guessing-security.evtx", 4096),
                           ("no-template-security-4799-4624.evtx", 4096),
                           ("many-events-application.evtx", 4096)]:
            with self.subTest(log=name):
                whole = lines(str(unpack(name)))[1]["log"][0]
                data = Path(name).read_bytes()
                log = self.carve(bytes(head) + data[head:], "Security.evtx")[1]
                self.assertEqual(log.pop("computer", ""), whole.get("computer", ""))
                whole["computer"] = log["computer"] = ""
                self.assert_same_but_old(log, whole)
        data = unpack("SysEvent-wrapped-dirty.Evt").read_bytes()
        code, log, _ = self.carve(bytes(48) + data[48:], "SysEvent.Evt")
        self.assertEqual((code, log["recovered"], log["security"]), (3, 6501, 0))

    def test_records_of_old_logs_are_found(self):
        subprocess.run([EVT_MAKER, "made.evt", "0", "120"], check=True)
        whole = lines("made.evt")[1]["log"][0]
        data = Path("made.evt").read_bytes()
        _, log, _ = self.carve(NOISE + data)
        self.assertEqual(log["kind"], "carved")
        for key in ("failures", "security"):
            self.assertEqual(log[key], whole[key])
        self.assertEqual(log["recovered"], 120)
        self.assertEqual(self.carve(NOISE[1:] + data)[0], 2)  # not after whole words

    def test_deleted_logs_are_found_in_the_free_space_of_a_volume(self):
        """As another program (blkls) gets it out of a volume that others wrote."""
        Path("note.txt").write_bytes(NOISE)
        logs = ["4771-one-user-54.evtx", "smb-password-guessing-security.evtx"]
        for log in logs:
            unpack(log)
        for command in (["mkfs.fat", "-C", "volume", "8192"],
                        ["mcopy", "-i", "volume", "note.txt", *logs, "::"],
                        ["mdel", "-i", "volume", "::note.txt",
                         *("::" + log for log in logs)]):
            subprocess.run(command, check=True, capture_output=True,
                           env={**os.environ, "PATH": os.environ["PATH"] + ":/sbin"})
        free = subprocess.run(["blkls", "-f", "fat", "volume"], check=True,
                              capture_output=True).stdout
        code, log, found = self.carve(free)
        self.assertEqual((code, log["kind"], log["failures"]), (1, "carved", 54 + 3638))
        self.assertEqual([a["address"] for a in found["attacker"]],
                         ["192.168.198.149", "10.23.123.11"])

    def test_in_folders_only_what_begins_so_is_carved(self):
        data = unpack("4771-one-user-54.evtx").read_bytes()[4096:]
        Path("seized").mkdir()
        Path("seized/chunk").write_bytes(data)
        Path("seized/blob").write_bytes(NOISE + data)
        found = lines("seized")[1]
        self.assertEqual([(log["path"], log["kind"]) for log in found["log"]],
                         [("seized/chunk", "carved")])

    def test_what_has_nothing_of_a_log_is_told_so(self):
        code, log, _ = self.carve(NOISE * 100)
        self.assertEqual((code, log["kind"]), (2, "none"))
        self.assertIn("nothing of one is in it", log["why"])

    def test_names_and_a_log_in_use_make_no_difference(self):
        closed = ["made.evt", "65536", "330"]
        subprocess.run([EVT_MAKER, *closed], check=True)
        subprocess.run([EVT_MAKER, "live.evtx", *closed[1:], "100"], check=True)
        told = [lines(name)[1]["log"][0] for name in ("made.evt", "live.evtx")]
        self.assertEqual([log["kind"] for log in told], ["evt", "evt"])
        self.assertEqual([log.get("dirty", False) for log in told], [False, True])
        for key in ("records", "recovered", "security", "failures", "first", "last"):
            self.assertEqual(told[0][key], told[1][key])


class Formats(unittest.TestCase):
    def setUp(self):
        self.path = str(unpack("4771-one-user-54.evtx"))

    def test_text_says_who_and_what_next(self):
        code, out, err = confine(self.path, "--format", "text")
        self.assertEqual((code, err), (1, ""))
        self.assertIn("1 attacker, most likely first", out)
        self.assertIn("0.58  10.23.123.11\n", out)
        self.assertIn("confine scan 10.23.123.11", out.split("Next:")[1])
        self.assertEqual([line for line in out.split("\n") if len(line) > 80], [])

    def test_csv(self):
        out = confine(self.path, "--format", "csv")[1]
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual([(r["type"], r["address"], r["failures"]) for r in rows],
                         [("attacker", "10.23.123.11", "54")])

    def test_what_cannot_be_written_is_refused_before_anything_is_read(self):
        code, out, err = confine(self.path, "-o", "hosts.xml")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("logons is not written as xml", err)
        self.assertFalse(Path("hosts.xml").exists())

    def test_times(self):
        code, found = lines(self.path, "--since", "2100-01-01")
        self.assertEqual((code, found.get("attacker")), (3, None))
        self.assertIn("not all of the time", found["summary"][0]["why"])
        self.assertEqual(lines(self.path, "--until", "2001-01-01")[0], 3)
        self.assertEqual(lines(self.path, "--since", "2021-12-02T14:54:22Z")[0], 1)
        code, found = lines(self.path, "--until", "2100-01-01")
        self.assertEqual(code, 1)
        code, out, err = confine(self.path, "--since", "2021-12-02", "--until",
                                 "2021-12-02")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("name an earlier --since", err)
        code, out, err = confine(self.path, "--since", "yesterday")
        self.assertEqual((code, out, err.count("\n")), (2, "", 1))
        self.assertIn("is no time", err)


class NoLogs(unittest.TestCase):
    def test_what_is_named_and_is_none_is_told(self):
        Path("letter.txt").write_text("Dear Sir\n", encoding="ascii")
        Path("empty.evtx").touch()
        code, out, err = confine("letter.txt", "empty.evtx", "gone.evtx",
                                 "--format", "text")
        self.assertEqual((code, err), (2, ""))
        for name in ("letter.txt", "empty.evtx", "gone.evtx"):
            self.assertIn(name, out)
        self.assertEqual(confine()[0], 2)

    def test_strict_ends_at_the_first(self):
        path = str(unpack("truncated-System2.evtx"))
        self.assertEqual(confine(path)[0], 3)
        code, out, err = confine(path, "--strict", "--format", "text")
        self.assertEqual((code, out, err.count("\n")), (2, "", 1))

    def test_one_that_is_stopped_says_so(self):
        os.mkfifo("silent")
        with subprocess.Popen([CONFINE, "logons", "silent", "--format", "text"],
                              stdout=subprocess.PIPE) as run:
            # Opened when it is at the pipe, in which nothing comes.
            with open("silent", "wb"):
                run.send_signal(signal.SIGINT)
                out = run.communicate(timeout=60)[0].decode()
            self.assertEqual(run.returncode, 2)
            self.assertIn("It was interrupted: not all logs were read.", out)

    def test_a_log_comes_from_a_pipe(self):
        path = unpack("4771-one-user-54.evtx")
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
            self.assertEqual(lines("-", stdin=cat.stdout)[0], 1)


if __name__ == "__main__":
    unittest.main()
