#!/usr/bin/env python3
# e2e: seconds=240 show together
"""Steps on files and folders that are cut off: at every call that can be the last, the
name leads to nothing or to the whole file, and undoing gives back what there was."""

import os
import shutil
import unittest

from mend_volumes import LOCKED, OLD, Ntfs, Steps, linux_state, tool

CALLS = ("openat pwrite64 write fsync fdatasync linkat unlinkat renameat2 setxattr "
         "removexattr utimensat mkdirat ftruncate fchownat chmod").split()

# All of them take minutes: `make faults` has CONFINE_ALL=1, a test every so manieth,
# and each call in one of these ways.
HOWS = ("signal=KILL:when={}", "error=ENOSPC:when={}", "error=EIO:when={}+")
ALL = bool(os.environ.get("CONFINE_ALL"))
EVERY = 1 if ALL else 5


@unittest.skipUnless(shutil.which("strace"), "no strace here")
class CutOff(Steps):
    """Each call in turn is the last, fails once, or fails from then on."""

    LEAST = 8  # points of applying, and as many of undoing

    def make(self):
        shutil.rmtree(self.top)
        self.drive.mkdir(parents=True)
        self.fill()

    def fill(self):
        folder = self.drive / "W"
        folder.mkdir()
        self.worm = folder / "worm.dll"
        self.worm.write_bytes(b"MZ" + bytes(range(256)) * 1200)
        os.setxattr(self.worm, "user.a", b"b")
        (folder / "empty").mkdir()
        self.age()
        self.whole = linux_state(self.drive)
        self.age()

    def age(self):
        self.worm.chmod(0o604)
        os.utime(self.worm, ns=(OLD + 7, OLD + 8))
        for path in (self.worm.parent / "empty", self.worm.parent, self.drive):
            os.utime(path, ns=(OLD, OLD + 1))

    def is_whole(self, path, point):
        self.assertEqual(path.stat().st_mode & 0o7777, 0o604, point)

    def steps(self):
        return ("remove-file", r"X:\W\worm.dll", "-", "remove-folder", r"X:\W\empty",
                "make-folder", r"X:\W\new", "make-file", r"X:\W\new\file", "text")

    def whole_or_absent(self, point):
        """No name leads to half of anything."""
        for path in self.drive.rglob("*"):
            if path.name == "worm.dll":
                self.assertEqual(len(path.read_bytes()), 2 + 256 * 1200, point)
                self.is_whole(path, point)
            if path.name == "file":
                self.assertEqual(path.read_bytes(), b"text", point)

    def injected(self, how, *words):
        """Whether the point was met."""
        log = self.top / "strace.log"
        tool(*words, before=["strace", "-qq", "-o", log, "-e",
                             "trace=" + ",".join(CALLS), "-e", "inject=" + how])
        text = log.read_text()
        return "(INJECTED)" in text or "+++ killed" in text

    def points(self, what):
        """Points of applying or undoing, until one is past the end."""
        met = 0
        for turn, call in enumerate(CALLS):
            for how in HOWS if ALL else HOWS[turn % 3:turn % 3 + 1]:
                n = 1 + (turn + met) % EVERY
                while self.point(what, f"{call}:" + how.format(n)):
                    n += EVERY
                    met += 1
        return met

    def point(self, what, how):
        self.make()
        journal = self.do(*self.steps(), what="keep" if what == "apply" else "do")
        met = self.injected(how, what, self.drive, journal)
        self.whole_or_absent(how)
        self.undo(journal)
        self.assertEqual(linux_state(self.drive), self.whole, how)
        return met

    def test_of_applying(self):
        met = self.points("apply")
        print(f"applying: {met} points")
        self.assertGreater(met, self.LEAST)

    def test_of_undoing(self):
        met = self.points("undo")
        print(f"undoing: {met} points")
        self.assertGreater(met, self.LEAST)


class CutOffOnNtfs(CutOff, Ntfs):
    MEGABYTES = 8

    def setUp(self):
        super().setUp()
        self.fresh = self.image.read_bytes()

    def make(self):
        self.umount()
        self.image.write_bytes(self.fresh)
        shutil.rmtree(self.journals, ignore_errors=True)
        self.mount("noatime")
        self.fill()

    def age(self):
        self.lock(self.worm, b"WORMSH~1.DLL")
        os.setxattr(self.worm.parent / "empty", "system.ntfs_acl", LOCKED)
        for path in (self.worm.parent / "empty", self.worm.parent, self.drive):
            self.times(path, 0x01B0000000000000)

    def is_whole(self, path, point):
        self.assertEqual(os.getxattr(path, "system.ntfs_acl"), LOCKED, point)

    def point(self, what, how):
        self.make()
        before = self.attributes(self.worm)
        journal = self.do(*self.steps(), what="keep" if what == "apply" else "do")
        met = self.injected(how, what, self.drive, journal)
        self.whole_or_absent(how)
        self.undo(journal)
        self.assertEqual(linux_state(self.drive), self.whole, how)
        self.assertEqual(self.attributes(self.worm), before, how)
        self.assertEqual(os.listdir(self.worm.parent), ["empty", "worm.dll"])
        self.sound()
        return met


if __name__ == "__main__":
    unittest.main()
