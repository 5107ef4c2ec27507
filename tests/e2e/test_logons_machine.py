#!/usr/bin/env python3
# e2e: seconds=60 together
"""`confine logons` on the logs of a machine: its folder, and images of its disk."""

import json
import lzma
import os
import subprocess
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data"
KEPT = {"SysEvent-wrapped-dirty.Evt": "WINDOWS/system32/config/SysEvent.Evt",
        "4771-one-user-54.evtx": "WINDOWS/system32/config/SecEvent.Evt",
        "kerberos-spray-small.evtx": "WINDOWS/system32/winevt/Logs/Security.evtx",
        "smb-password-guessing-security.evtx": "copies/Security.evtx"}


def run(*words):
    """Silent, or fails."""
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def lines(*words):
    """The objects of a run as JSON Lines, by type."""
    done = subprocess.run([CONFINE, "logons", *words, "--format", "json"], timeout=60,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert done.stderr == b"", done.stderr
    found = {"attacker": [], "log": []}
    for line in done.stdout.decode().splitlines():
        one = json.loads(line)
        found.setdefault(one["type"], []).append(one)
    return found


class Machine(unittest.TestCase):
    def setUp(self):
        run(CONFINE, "lab", "disk", "c")
        for name, path in KEPT.items():
            packed = next(DATA.glob(f"ev*/{name}.xz"))
            path = Path("c", path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(lzma.decompress(packed.read_bytes()))

    def tearDown(self):
        run("rm", "-r", "c")

    def expect(self, path):
        found = lines(path)
        self.assertEqual([log["path"] for log in found["log"]],
                         [f"{path}:WINDOWS\\System32\\config\\SecEvent.Evt",
                          f"{path}:WINDOWS\\System32\\config\\SysEvent.Evt",
                          f"{path}:WINDOWS\\System32\\winevt\\Logs\\Security.evtx"])
        self.assertEqual([log["records"] for log in found["log"]], [54, 6063, 12])
        self.assertEqual([one["address"] for one in found["attacker"]],
                         ["172.16.66.1", "10.23.123.11"])

    def test_of_a_folder(self):
        self.expect("c")

    def test_of_images(self):
        with open("d.img", "wb") as image:
            image.truncate(64 << 20)
        run("mkfs.vfat", "d.img")
        for folder in Path("c").iterdir():
            run("mcopy", "-s", "-i", "d.img", str(folder), "::/")
        self.expect("d.img")
        run("qemu-img", "convert", "-O", "vpc", "d.img", "d.vhd")
        self.expect("d.vhd")

    def test_of_an_image_without_a_windows(self):
        with open("e.img", "wb") as image:
            image.truncate(64 << 20)
        run("mkfs.vfat", "e.img")
        log = lines("e.img")["log"][0]
        self.assertEqual(log["kind"], "none")
        self.assertIn("without a Windows", log["why"])


if __name__ == "__main__":
    unittest.main()
