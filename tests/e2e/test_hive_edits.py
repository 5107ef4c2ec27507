#!/usr/bin/env python3
# e2e: seconds=400 together
"""Registry hives that confine has changed, read by others: reglookup, hivexsh and
regfexport see what was asked for, and nothing else.  Then hives on volumes: in place
and with everything that NTFS keeps of them, put back to the last byte; and cut off at
every call, they are never anything but what they were, or what they are to be."""

import lzma
import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

UNIT = Path(os.environ["CONFINE"]).parent / "tests" / "unit"
PACKED = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "hive"
OLD = 10**9 * 10**9 + 123456789  # 2001-09-09, to the nanosecond


def run(*words, **more):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True,
                          timeout=200, **more).stdout


def unpack(name, to):
    to.write_bytes(lzma.decompress((PACKED / (name + ".xz")).read_bytes()))
    return to


def edit(hive, out, *edits, logs=()):
    done = subprocess.run([UNIT / "hive_editor", hive, out, *logs, "--", *edits],
                          check=False, capture_output=True, timeout=200)
    return done.returncode, done.stdout.decode()


def reglookup(hive):
    """All lines but those about times of keys; security as reglookup words it."""
    text = run("reglookup", "-s", hive).decode("utf-8", "surrogateescape")
    lines = []
    for line in text.splitlines()[1:]:
        path, kind, value, _, *security = line.split(",")
        lines.append((path, kind, value, *security))
    return lines


def regfexport(hive):
    """By path of the key: its class, times, security and values."""
    keys = {}
    for part in run("regfexport", hive).decode(errors="replace").split("Key path:")[1:]:
        path, _, rest = part.partition("\n")
        keys[path.strip()] = rest
    return keys


def hivexsh(hive, *commands):
    return run("hivexsh", hive, input="\n".join(commands).encode()).decode()


def difference(before, after):
    old, new = set(before), set(after)
    return ([line for line in before if line not in new],
            [line for line in after if line not in old])


NAMES = "SAM\\Domains\\Account\\Users\\Names"
MULTI = "A\0\0\0B\0\0\0\0\0".encode().hex()


class Readers(unittest.TestCase):
    def setUp(self):
        self.top = Path(*self.id().split(".")[-2:]).absolute()
        self.top.mkdir(parents=True)
        self.out = self.top / "out"

    def edited(self, name, *edits, logs=()):
        hive = unpack(name, self.top / name)
        logs = [unpack(log, self.top / log) if log != "-" else "-" for log in logs]
        self.assertEqual(edit(hive, self.out, *edits, logs=logs), (0, ""))
        return hive

    def test_a_value_is_set(self):
        hive = self.edited("SAM-win7", "set", "SAM\\Domains", "netsvcs", "7", MULTI)
        gone, new = difference(reglookup(hive), reglookup(self.out))
        self.assertEqual(gone, [])
        self.assertEqual([line[:3] for line in new],
                         [("/SAM/Domains/netsvcs", "MULTI_SZ", "A|B")])
        self.assertIn('"netsvcs"=hex(7):41,00,00,00,42,00,00,00,00,00',
                      hivexsh(self.out, "cd SAM\\Domains", "lsval"))

    def test_a_value_is_replaced_and_one_is_deleted(self):
        hive = self.edited("SAM-win7", "set", "SAM\\Domains\\Account", "f", "3", "0102",
                           "delete-value", "SAM", "ServerDomainUpdates")
        gone, new = difference(reglookup(hive), reglookup(self.out))
        self.assertEqual([line[0] for line in gone],
                         ["/SAM/ServerDomainUpdates", "/SAM/Domains/Account/F"])
        self.assertEqual([line[:3] for line in new],
                         [("/SAM/Domains/Account/F", "BINARY", "%01%02")])

    def test_a_key_is_deleted_with_all_below_it(self):
        hive = self.edited("SAM-win7", "delete-key", NAMES)
        gone, new = difference(reglookup(hive), reglookup(self.out))
        self.assertEqual(new, [])
        self.assertEqual({line[0] for line in gone if line[1] == "KEY"}, {
            "/SAM/Domains/Account/Users/Names" + name
            for name in ("", "/Administrator", "/Guest", "/Preston")})
        self.assertEqual(set(regfexport(hive)) - set(regfexport(self.out)), {
            path for path in regfexport(hive) if "\\Users\\Names" in path and
            "\\Account\\" in path})

    def test_keys_are_made_with_their_parents_security(self):
        hive = self.edited("SAM-win7", "make-key", "SAM\\New\\Below")
        gone, new = difference(reglookup(hive), reglookup(self.out))
        self.assertEqual(gone, [])
        above = next(line for line in reglookup(hive) if line[0] == "/SAM")
        self.assertEqual(new, [("/SAM/New", *above[1:]), ("/SAM/New/Below", *above[1:])])

    def test_a_system_in_use(self):
        """One of its size; and nothing of 30,000 keys is another to regfexport."""
        service = "ControlSet001\\services\\Tcpip"
        hive = self.edited("SYSTEM-win7sp1", "delete-key", service, "set",
                           "ControlSet001\\Control", "SystemStartOptions", "1", "4100")
        before, after = regfexport(hive), regfexport(self.out)
        differ = {path for path in before.keys() | after.keys()
                  if before.get(path) != after.get(path)}
        own = {path for path in before if ("\\" + service).lower() in path.lower()
               and "tcpip6" not in path.lower() and "tcpipreg" not in path.lower()}
        self.assertGreater(len(own), 5)
        self.assertEqual({path for path in differ - own},
                         {path for path in before
                          if path.lower().endswith("\\controlset001\\control")})
        changed = sum(a != b for a, b in zip(hive.read_bytes(), self.out.read_bytes()))
        print(f"SYSTEM of {hive.stat().st_size} bytes: {changed} of them changed, "
              f"{self.out.stat().st_size - hive.stat().st_size} added")

    def test_behind_the_logs_of_windows_10(self):
        self.edited("NewDirtyHive1", "set", "Key3\\Key3_1", "n", "3", "01",
                    logs=["-", "NewDirtyHive1.LOG1", "NewDirtyHive1.LOG2"])
        made = unpack("NewDirtyHive1.recovered-by-windows10", self.top / "made")
        gone, new = difference(reglookup(made), reglookup(self.out))
        self.assertEqual(gone, [])
        self.assertEqual([line[:3] for line in new],
                         [("/Key3/Key3_1/n", "BINARY", "%01")])


# ---- on volumes


def tool(*words, before=(), **more):
    done = subprocess.run([*before, UNIT / "step_tool", *[str(w) for w in words]],
                          check=False, capture_output=True, timeout=200, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


STEP = ("hive-set", "X:\\WINDOWS\\system32\\config\\SAM", "SAM\\Domains\\New", "Name",
        "text")


class Volume(unittest.TestCase):
    def setUp(self):
        self.top = Path(*self.id().split(".")[-2:]).absolute()
        self.drive = self.top / "drive"
        self.journals = self.top / "journals"
        self.drive.mkdir(parents=True)

    def fill(self, hive, log):
        self.config = self.drive / "WINDOWS" / "system32" / "config"
        self.config.mkdir(parents=True)
        self.hive = unpack(hive, self.config / "SAM")
        self.log = self.config / "SAM.LOG1"
        if log:
            unpack(log, self.log)
        for path in (*self.config.iterdir(), self.config):
            os.utime(path, ns=(OLD, OLD + 100))

    def state(self):
        return {p.name: (p.read_bytes() if p.is_file() else b"", p.stat().st_ino,
                         p.stat().st_mtime_ns)
                for p in (self.config, *self.config.iterdir())}

    def do(self, what):
        code, out, err = tool(what, self.drive, self.journals, *STEP)
        self.assertEqual((code, err), (0, ""))
        return out.splitlines()[0]

    def step(self, what, journal, stands):
        code, out, err = tool(what, self.drive, journal)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out, f"{STEP[1]} {stands}\n")


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("ntfs-3g"), "needs ntfs-3g")
class OnNtfs(Volume):
    def setUp(self):
        super().setUp()
        self.image = self.top / "image"
        with open(self.image, "wb") as f:
            f.truncate(32 << 20)
        run("mkntfs", "-F", "-Q", "-q", self.image)
        self.mount()
        self.fill("SAM-win7", "OldDirtyHive.LOG1")
        acl = bytes.fromhex("0100048014000000200000000000000000000000"
                            "010100000000000512000000" "010100000000000512000000")
        os.setxattr(self.hive, "system.ntfs_acl", acl)
        os.utime(self.hive, ns=(OLD, OLD + 100))

    def mount(self):
        run("ntfs-3g", "-o", "noatime", self.image, self.drive)

    def remount(self):
        run("umount", self.drive)
        self.assertIn(b"processed successfully", run("ntfsfix", "-n", self.image))
        self.mount()

    def tearDown(self):
        subprocess.run(["umount", self.drive], check=False, capture_output=True)

    def kept(self):
        return {path.name: [os.getxattr(path, name) for name in
                            ("system.ntfs_acl", "system.ntfs_times_be",
                             "system.ntfs_attrib_be")]
                for path in (self.hive, self.log)}

    def test_it_keeps_its_record_and_its_descriptor(self):
        before, kept = self.state(), self.kept()
        journal = self.do("do")
        self.remount()
        self.step("look", journal, "after")
        self.assertEqual(self.hive.stat().st_ino, before["SAM"][1])
        self.assertEqual(os.getxattr(self.hive, "system.ntfs_acl"), kept["SAM"][0])
        self.assertEqual(self.state()["SAM.LOG1"], before["SAM.LOG1"])
        self.assertIn('"Name"=hex(3):74,65,78,74',
                      hivexsh(self.hive, "cd SAM\\Domains\\New", "lsval"))
        self.step("undo", journal, "before")
        self.remount()
        self.assertEqual(self.state(), before)
        # ntfs-3g gives a time of the record's own change that nobody can set.
        now = self.kept()
        for name in now:
            self.assertEqual(now[name][0::2], kept[name][0::2])
            self.assertEqual(now[name][1][:24], kept[name][1][:24])


CALLS = ("pwrite64", "fsync", "ftruncate", "unlinkat", "utimensat")


@unittest.skipUnless(shutil.which("strace"), "no strace here")
class CutOff(Volume):
    """Each call in turn is the last, fails once, or fails from then on."""

    def read(self):
        """How another program reads it once the logs were replayed."""
        out = self.top / "read"
        logs = ["-", self.log if self.log.exists() else "-"]
        if (self.config / "SAM.LOG").exists():
            logs[0] = self.config / "SAM.LOG"
        code, said = edit(self.hive, out, logs=logs)
        self.assertEqual((code, said), (0, ""))
        return reglookup(out)

    def points(self, what, hive, log):
        met = 0
        self.fill(hive, log)
        self.old = self.read()
        for call in CALLS:
            for how in ("signal=KILL:when={}", "error=ENOSPC:when={}",
                        "error=EIO:when={}+"):
                n = 1
                while self.point(what, hive, log, f"{call}:" + how.format(n)):
                    n += 1
                met += n - 1
        return met

    def point(self, what, hive, log, how):
        shutil.rmtree(self.top)
        self.drive.mkdir(parents=True)
        self.fill(hive, log)
        before = self.state()
        journal = self.do("keep")
        if what == "undo":
            self.step("apply", journal, "after")
        strace = self.top / "strace.log"
        tool(what, self.drive, journal, before=[
            "strace", "-qq", "-o", strace, "-e", "trace=" + ",".join(CALLS), "-e",
            "inject=" + how])
        text = strace.read_text()
        met = "(INJECTED)" in text or "+++ killed" in text
        new = [line[0] for line in self.read() if line not in self.old]
        self.assertIn(new, ([], ["/SAM/Domains/New", "/SAM/Domains/New/Name"]), how)
        self.step("undo", journal, "before")
        self.assertEqual(self.state(), before, how)
        return met

    def test_of_applying(self):
        print(f"applying: {self.points('apply', 'SAM-win7', None)} points")

    def test_of_undoing(self):
        print(f"undoing: {self.points('undo', 'SAM-win7', 'OldDirtyHive.LOG1')} points")


if __name__ == "__main__":
    unittest.main()
