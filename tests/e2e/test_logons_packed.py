#!/usr/bin/env python3
# e2e: seconds=60 together
"""`confine logons` on logs that other programs have packed."""

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import tarfile
import unittest
import zipfile
from pathlib import Path

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data"
LOGS = ("4771-one-user-54.evtx", "kerberos-spray-small.evtx",
        "smb-password-guessing-security.evtx", "SysEvent-wrapped-dirty.Evt")


def log(name):
    """The bytes of a log of tests/data."""
    return lzma.decompress(next(DATA.glob(f"ev*/{name}.xz")).read_bytes())


def unpack(name, path):
    """A log of tests/data, as a file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(log(name))
    return path


def run(*words):
    """Silent, or fails."""
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)


def lines(*words, **more):
    """The objects of a run as JSON Lines, by type."""
    more.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([CONFINE, "logons", *words, "--format", "json"], timeout=60,
                          capture_output=True, check=False, **more)
    assert done.stderr == b"", done.stderr
    found = {"attacker": [], "log": []}
    for line in done.stdout.decode().splitlines():
        one = json.loads(line)
        found.setdefault(one["type"], []).append(one)
    return found


def told(found):
    """What was found, without where the logs lie and how long it took."""
    logs = [{k: v for k, v in one.items() if k != "path"} for one in found["log"]]
    return sorted(logs, key=str), sorted(found["attacker"], key=str)


class Packed(unittest.TestCase):
    """The same logs give the same, however they are packed."""

    def setUp(self):
        self.folder = Path("evidence ü")
        for number, name in enumerate(LOGS):
            unpack(name, self.folder / ("x/" * number) / name)
        (self.folder / "readme.txt").write_text("no log\n", encoding="ascii")
        self.plain = told(lines(str(self.folder)))
        self.assertEqual(len(self.plain[1]), 3)

    def expect(self, path):
        found = lines(path)
        self.assertEqual(told(found), self.plain)
        for one in found["log"]:
            self.assertIn(":", one["path"])
            self.assertIn("evidence ü/", one["path"])

    def test_archives(self):
        run("zip", "-qr", "a.zip", str(self.folder))
        run("7z", "a", "-bd", "a.7z", str(self.folder))
        run("tar", "--zstd", "-cf", "a.tar.zst", str(self.folder))
        for kind in ("w", "w:gz", "w:bz2", "w:xz"):
            with tarfile.open(f"a.tar{kind[2:]}", kind) as tar:
                tar.add(self.folder)
        with zipfile.ZipFile("p.zip", "w", zipfile.ZIP_LZMA) as made:
            for path in self.folder.rglob("*"):
                made.write(path)
        for path in ("a.zip", "a.7z", "a.tar.zst", "a.tar", "a.targz", "a.tarbz2",
                     "a.tarxz", "p.zip"):
            with self.subTest(path=path):
                self.expect(path)

    def test_an_archive_in_an_archive_and_from_a_pipe(self):
        run("zip", "-qr", "a.zip", str(self.folder))
        with zipfile.ZipFile("outer.zip", "w") as outer:
            outer.write("a.zip", "deep/inside/a.zip")
        self.expect("outer.zip")
        with subprocess.Popen(["cat", "outer.zip"], stdout=subprocess.PIPE) as cat:
            found = lines("-", stdin=cat.stdout)
        self.assertEqual(told(found), self.plain)
        self.assertTrue(found["log"][0]["path"].startswith(
            "-:deep/inside/a.zip:evidence ü/"))

    def test_single_logs(self):
        plain = told(lines(str(unpack(LOGS[0], "one.evtx"))))
        for name, pack in (("gz", gzip), ("xz", lzma), ("bz2", bz2)):
            Path(f"one.{name}").write_bytes(pack.compress(log(LOGS[0])))
        run("zstd", "-q", "one.evtx", "-o", "one.zst")
        for name in ("gz", "xz", "bz2", "zst"):
            found = lines(f"one.{name}")
            self.assertEqual(told(found), plain)
            self.assertEqual(found["log"][0]["path"], f"one.{name}")


class NotWell(unittest.TestCase):
    """Each is told in a line, and what is left is read."""

    def why(self, path):
        return {one["path"]: one.get("why", "") for one in lines(path)["log"]}

    def test_encrypted(self):
        unpack(LOGS[0], "secret.evtx")
        unpack(LOGS[1], "plain.evtx")
        run("zip", "-q", "-P", "password", "e.zip", "secret.evtx")
        run("zip", "-q", "e.zip", "plain.evtx")
        why = self.why("e.zip")
        self.assertEqual(why["e.zip:plain.evtx"], "")
        self.assertEqual(why["e.zip"],
                         "holds encrypted files (1 of 2), the first is secret.evtx; "
                         "unpack it with its password, and name what comes out")
        run("7z", "a", "-bd", "-psecret", "-mhe=on", "e.7z", "secret.evtx")
        self.assertIn("cannot be unpacked", self.why("e.7z")["e.7z"])

    def test_a_changed_byte_and_its_neighbours(self):
        with zipfile.ZipFile("c.zip", "w", zipfile.ZIP_STORED) as made:
            made.writestr("a", log(LOGS[0]))
            made.writestr("b", log(LOGS[1]))
        packed = bytearray(Path("c.zip").read_bytes())
        packed[packed.index(b"ElfChnk") + 60000] ^= 1
        Path("c.zip").write_bytes(packed)
        why = self.why("c.zip")
        self.assertIn("ZIP bad CRC", why["c.zip:a"])
        self.assertEqual(why["c.zip:b"], "")

    def test_cut(self):
        Path("t.gz").write_bytes(gzip.compress(log(LOGS[2]))[:-50000])
        why = self.why("t.gz")["t.gz"]
        self.assertIn("truncated gzip input", why)
        found = lines("t.gz")
        self.assertEqual(found["attacker"][0]["address"], "192.168.198.149")
        self.assertTrue(found["log"][0]["cut"])

    def test_nothing_in_it(self):
        with zipfile.ZipFile("n.zip", "w"):
            pass
        self.assertIn("holds no event log", self.why("n.zip")["n.zip"])
        Path("w.gz").write_bytes(gzip.compress(b"Dear Sir\n"))
        self.assertIn("holds no event log", self.why("w.gz")["w.gz"])
        Path("odd.xz").write_bytes(b"\xFD7zXZ\0" + bytes(600))
        self.assertIn("cannot be unpacked", self.why("odd.xz")["odd.xz"])

    def test_a_bomb_ends_soon(self):
        member = io.BytesIO()
        with gzip.GzipFile(fileobj=member, mode="wb", compresslevel=1) as packed:
            packed.write(b"ElfFile\0")
            for _ in range(400):
                packed.write(b"bomb" * (1 << 18))
        Path("b.gz.xz").write_bytes(lzma.compress(member.getvalue()))
        self.assertLess(Path("b.gz.xz").stat().st_size, 100000)
        self.assertIn("holds more than can be true of event logs",
                      self.why("b.gz.xz")["b.gz.xz"])


if __name__ == "__main__":
    unittest.main()
