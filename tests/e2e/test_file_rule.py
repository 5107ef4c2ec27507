#!/usr/bin/env python3
# e2e: seconds=120 together
"""The file rule on a real NTFS volume, mounted and as an image: attributes, permissions
and times as another program wrote them, and honest files that have some of them too."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "pe"
# No time-twin: what a test puts on a volume comes onto it at once, worm and Windows.
EVERY_TRAIT = {"hidden", "locked", "packed", "random-name"}
SYSTEM32 = "C:\\WINDOWS\\system32\\"


def files_of(machine):
    """Findings of the detector "files": path to trace and traits."""
    done = subprocess.run([CONFINE, "check", "--format", "json", machine], timeout=60,
                          check=False, stdout=subprocess.PIPE)
    found = {}
    for line in map(json.loads, done.stdout.decode().splitlines()):
        if line["type"] == "finding" and line["detector"] == "files":
            traits = set(line["fields"].get("traits", "").split())
            found[line["where"]] = (line["trace"], traits)
    return found


class Volume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.top)
        cls.image, cls.mount = cls.top / "disk.img", cls.top / "mount"
        cls.mount.mkdir()
        with cls.image.open("wb") as f:
            f.truncate(64 << 20)
        if not shutil.which("mkntfs") or not Path("/dev/fuse").exists():
            raise unittest.SkipTest("no mkntfs, or no FUSE")
        subprocess.run(["mkntfs", "-F", "-Q", cls.image], check=True,
                       capture_output=True)
        cls.mounted()
        try:
            said = subprocess.run([CONFINE, "lab", "disk", "--seed", "3", cls.mount],
                                  check=True, stdout=subprocess.PIPE).stdout.decode()
            cls.dll = re.search(r"^dll: (.*)$", said, re.M).group(1)
            cls.put_friends()
            cls.seen_mounted = files_of(cls.mount)
        finally:
            subprocess.run(["umount", cls.mount], check=True)
        cls.seen = files_of(cls.image)

    @classmethod
    def mounted(cls):
        if subprocess.run(["ntfs-3g", cls.image, cls.mount], capture_output=True,
                          check=False).returncode:
            raise unittest.SkipTest("no volume can be mounted here")

    @classmethod
    def put_friends(cls):
        """Honest files with what makes the worm's hidden, locked and old."""
        system32 = cls.mount / "WINDOWS" / "system32"
        worm = cls.mount / cls.dll[3:].replace("\\", "/")
        for name, source in (("cpguard.dll", "wrc_test.dll"), ("tools.dll", "signed.exe"),
                             ("muires.dll", "wrc_test.mui.dll"),
                             ("qwkzpa.dll", "test_pe.exe")):
            shutil.copyfile(DATA / source, system32 / name)
            for what in ("system.ntfs_acl", "system.ntfs_attrib_be",
                         "system.ntfs_times_be"):
                os.setxattr(system32 / name, what, os.getxattr(worm, what))
        shutil.copyfile(worm, system32 / "vorbis.dll")

    def test_the_worms_file_has_every_trait(self):
        for seen in (self.seen, self.seen_mounted):
            trace, traits = seen[self.dll]
            self.assertEqual(trace, "file-worm")
            self.assertLessEqual(EVERY_TRAIT | {"computed-name"}, traits)

    def test_a_version_or_a_signature_outweighs_all_of_them(self):
        for seen in (self.seen, self.seen_mounted):
            for name in ("cpguard.dll", "tools.dll", "muires.dll"):
                self.assertNotIn(SYSTEM32 + name, seen)

    def test_without_a_version_they_make_any_file_suspect(self):
        for seen in (self.seen, self.seen_mounted):
            trace, traits = seen[SYSTEM32 + "qwkzpa.dll"]
            self.assertEqual((trace, traits), ("file-suspect", EVERY_TRAIT - {"packed"}))

    def test_packing_and_a_short_name_alone_are_suspect(self):
        for seen in (self.seen, self.seen_mounted):
            self.assertEqual(seen[SYSTEM32 + "vorbis.dll"],
                             ("file-suspect", {"packed", "random-name"}))


if __name__ == "__main__":
    unittest.main()
