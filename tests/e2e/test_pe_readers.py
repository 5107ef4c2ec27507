#!/usr/bin/env python3
# e2e: seconds=120 light together
"""PE files: what confine reads of them is what pefile reads.

Those of the tests, hundreds of Wine's where it is installed, and copies of both that
were damaged in a few bytes by chance (the same ones in every run).
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import pefile
except ImportError:
    DEBIAN = "/usr/bin/python3"  # pefile is a Debian package
    if sys.executable != DEBIAN and os.path.exists(DEBIAN):
        os.execv(DEBIAN, [DEBIAN, *sys.argv])
    print("pefile is not installed")
    sys.exit(77)

DUMP = Path(os.environ["CONFINE"]).parent / "tests" / "unit" / "pe_dump"
OURS = sorted((Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "pe").glob("*.*"))
OURS = [path for path in OURS if path.read_bytes()[:2] == b"MZ"]
WINE = sorted(Path("/usr/lib/x86_64-linux-gnu/wine").glob("*-windows/*.*"))
STRINGS = ["FileVersion", "OriginalFilename", "InternalName", "CompanyName"]
DAMAGED = 600


def confine(paths):
    said = subprocess.run([DUMP, *paths], check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in said.decode().splitlines()]


def version(high, low):
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"


def other(path):
    """The same as a line of ours, by pefile; None where it refuses the file."""
    try:
        pe = pefile.PE(str(path), fast_load=True)
        pe.parse_data_directories(directories=[2])
    except pefile.PEFormatError:
        return None
    line = {"machine": pe.FILE_HEADER.Machine,
            "dll": int(bool(pe.FILE_HEADER.Characteristics & 0x2000)),
            "stamp": pe.FILE_HEADER.TimeDateStamp,
            "sections": len(pe.sections),
            "entry_rva": pe.OPTIONAL_HEADER.AddressOfEntryPoint}
    for fixed in getattr(pe, "VS_FIXEDFILEINFO", [])[:1]:
        line["version"] = version(fixed.FileVersionMS, fixed.FileVersionLS)
        line["product"] = version(fixed.ProductVersionMS, fixed.ProductVersionLS)
        line.update(strings(pe))
    return line


def strings(pe):
    """Of the first table, at most as long as ours are kept."""
    found = dict.fromkeys(STRINGS, "")
    for entry in (getattr(pe, "FileInfo", None) or [[]])[0]:
        for table in getattr(entry, "StringTable", [])[:1]:
            for key, value in table.entries.items():
                if key.decode() in found:
                    found[key.decode()] = value.decode().split("\0")[0]
            return {key: cut(value) for key, value in found.items()}
    return found


def cut(text):
    while len(text.encode()) > 127:
        text = text[:-1]
    return text


class Whole(unittest.TestCase):
    def compare(self, paths):
        with_version = 0
        for path, ours in zip(paths, confine(paths)):
            theirs = other(path)
            self.assertEqual(ours["error"], "ok" if theirs else "not-pe", path)
            self.assertEqual("version" in ours, "version" in (theirs or {}), path)
            for key, value in (theirs or {}).items():
                self.assertEqual(ours[key], value, f"{path}: {key}")
            with_version += "version" in ours
        return with_version

    def test_the_files_of_the_tests(self):
        self.assertEqual(self.compare(OURS), 4)

    @unittest.skipUnless(WINE, "Wine is not installed")
    def test_wines_files(self):
        self.assertGreater(self.compare(WINE), 100)


class Damaged(unittest.TestCase):
    """Where both still see a version, it is the same one."""

    def test_damaged_copies(self):
        chance = random.Random(958644)
        agreed = 0
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / f"{i}.dll" for i in range(DAMAGED)]
            for path in paths:
                self.damage(path, chance)
            for path, ours in zip(paths, confine(paths)):
                theirs = other(path)
                if not theirs or "version" not in theirs or "version" not in ours:
                    continue
                if ours["found"] == "tree":
                    self.assertEqual(ours["version"], theirs["version"], path)
                    agreed += 1
        self.assertGreater(agreed, DAMAGED // 4)

    def damage(self, path, chance):
        content = bytearray(chance.choice(OURS).read_bytes())
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(min(len(content), 4096))
            content[at] = chance.randrange(256)
        path.write_bytes(content)


if __name__ == "__main__":
    unittest.main()
