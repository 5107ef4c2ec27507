#!/usr/bin/env python3
# e2e: seconds=200 together
"""Sticks and disks with FAT, mounted by Linux' own driver in a kernel of the test's own.

What is on them before and after is read off the images by mtools and The Sleuth Kit.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import uml
from test_usb import AUTORUN, BIN, COPY
from tiny_pe import tiny_program

CONFINE = os.environ["CONFINE"]
YESTERDAY = 1_240_000_000  # the times of all that is put on them
CUTS = 20
SIZES = {"12": "4000", "16": "20000", "32": "70000"}  # KB


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          env=dict(os.environ, MTOOLS_SKIP_CHECK="1")).stdout


def make(image, bits, size):
    image.unlink(missing_ok=True)
    run("mkfs.vfat", "-F", bits, "-C", image, size)


def put(image, path, content):
    part = Path("part")
    part.write_bytes(content)
    os.utime(part, (YESTERDAY, YESTERDAY))
    run("mcopy", "-m", "-i", image, part, f"::{path}")


def stick(bits):
    """One of the worm's, with somebody's letters."""
    image = Path(f"stick{bits}.img")
    make(image, bits, SIZES[bits])
    for folder in ("RECYCLER", f"RECYCLER/{BIN}", "letters"):
        run("mmd", "-i", image, f"::{folder}")
    put(image, "autorun.inf", AUTORUN)
    put(image, COPY, tiny_program())
    put(image, "letters/to whom it may concern.txt", b"hello\r\n")
    run("mattrib", "-i", image, "+r", "+h", "+s", "::autorun.inf")
    run("mattrib", "-i", image, "+r", "+h", "+s", f"::{COPY}")
    run("mattrib", "-i", image, "+h", "+s", "::RECYCLER")
    return image


def state(image):
    """By path: its kind, times, size, attributes and content, off the image itself.

    Linux cannot set on FAT when a thing was made, and folders have no other times
    there; how much room the entries of a folder take is no matter."""
    things = {}
    for line in run("fls", "-r", "-p", "-u", "-l", image).decode().splitlines():
        kind, path, written, read, _, _, size = line.split("\t")[:7]
        if path.startswith("$"):
            continue
        is_file = kind.startswith("r/r ")
        things[path] = [kind[:3], *([written, read, size] if is_file else [])]
    for line in run("mattrib", "-/", "-i", image, "::").decode().splitlines():
        attributes, path = line.split("::/", 1)
        if path:
            things[path].append(attributes.strip())
    with tempfile.TemporaryDirectory(dir=".") as folder:
        run("mcopy", "-s", "-n", "-i", image, "::*", folder)
        for path, told in things.items():
            if told[0] == "r/r":
                content = Path(folder, path).read_bytes()
                told.append(hashlib.sha256(content).hexdigest())
    return things


def short_names(image):
    numbers = re.findall(r"^r/r (\d+):", run("fls", "-r", "-u", image).decode(), re.M)
    return {re.search("^Name: (.*)$", run("istat", image, number).decode(),
                      re.M).group(1).upper() for number in numbers}


def sound(image):
    return subprocess.run(["fsck.vfat", "-n", image], check=False, timeout=60,
                          stdout=subprocess.DEVNULL).returncode == 0


def there(image, *commands, options="utf8"):
    """Runs each, on the image mounted as `drive`; what each of them ended with.

    After each the drive is put away, and its image is kept: after-0.img, …"""
    Path("drive").mkdir(exist_ok=True)
    script = ["exec 3>&1 1>&2"]  # the shell's third is what is told
    for i, command in enumerate(commands):
        script += [f"mount -t vfat -o {options} /dev/ubda drive || exit 99", command,
                   "echo $? >&3", "umount drive", f"cat /dev/ubda > after-{i}.img"]
    Path("script").write_text("\n".join(script) + "\n")
    code, said = uml.run(["sh", "script"], [image])
    assert code == 0, said
    return [int(line) for line in said.split("\n") if re.fullmatch(r"\d+", line)], said


def lines(path, kind):
    return [line for line in map(json.loads, Path(path).read_text().splitlines())
            if line["type"] == kind]


class Sticks(unittest.TestCase):
    def test_what_is_taken_off_a_stick_comes_back(self):
        for bits in SIZES:
            with self.subTest(bits=bits):
                shutil.rmtree("j", ignore_errors=True)
                image = stick(bits)
                before, names = state(image), short_names(image)
                self.assertEqual(len(before), 6)
                codes, said = there(
                    image,
                    f"{CONFINE} usb drive --format json > found",
                    f"{CONFINE} usb --clean drive --yes --journal-dir j --format json "
                    "> cleaned",
                    f"{CONFINE} usb drive --format json > found-then",
                    f"{CONFINE} undo j/*.journal --yes --format json > undone")
                self.assertEqual(codes, [1, 0, 0, 0], said)
                self.assertEqual(state("after-0.img"), before)
                self.assertEqual([v["state"] for v in lines("found", "verdict")],
                                 ["infected"])
                self.assertEqual([v["state"] for v in lines("found-then", "verdict")],
                                 ["clean"])
                self.assertEqual({c["state"] for c in lines("cleaned", "change")},
                                 {"verified"})
                gone = {"autorun.inf", COPY, f"RECYCLER/{BIN}"}
                self.assertEqual(state("after-1.img"),
                                 {k: v for k, v in before.items() if k not in gone})
                self.assertEqual(state("after-3.img"), before)
                self.assertEqual(short_names("after-3.img"), names)
                for i in range(4):
                    self.assertTrue(sound(f"after-{i}.img"), i)

    def test_what_keeps_the_worm_off_can_be_taken_off_again(self):
        image = Path("new.img")
        make(image, "16", SIZES["16"])
        put(image, "a.txt", b"hello\r\n")
        before = state(image)
        codes, said = there(
            image,
            f"{CONFINE} usb --vaccinate drive --yes --journal-dir v --format json > one",
            f"{CONFINE} undo v/*.journal --yes --format json > other")
        self.assertEqual(codes, [0, 0], said)
        with_it = state("after-0.img")
        self.assertIn("autorun.inf", with_it)
        self.assertEqual(with_it["a.txt"], before["a.txt"])
        self.assertEqual(state("after-1.img"), before)

    def test_a_clean_that_was_killed_is_put_back(self):
        """At moments of the later half of its run, and some behind it."""
        image = stick("12")
        before = state(image)
        shutil.copyfile(image, "fresh.img")
        again = "umount drive; cat fresh.img > /dev/ubda; mount -t vfat /dev/ubda drive"
        clean = f"{CONFINE} usb --clean drive --yes --journal-dir"
        there(image, f"""a=$(date +%s%N); {clean} whole > /dev/null; b=$(date +%s%N)
                         echo $((b - a)) > took""")
        took = int(Path("took").read_text()) / 1e9
        codes, said = there(image, *[
            f"""{again}
            timeout -s KILL {took * (0.6 + 0.8 * i / CUTS):.4f} {clean} k{i} > /dev/null
            ended=$?
            umount drive; cat /dev/ubda > cut-{i}.img; mount -t vfat /dev/ubda drive
            for journal in k{i}/*.journal; do
                [ ! -f $journal ] || {CONFINE} undo $journal --yes > /dev/null || ended=9
            done
            (exit $ended)""" for i in range(CUTS)])
        self.assertLessEqual(set(codes), {137, 0}, said)
        self.assertGreater(codes.count(137), CUTS // 6, codes)
        fresh = Path("fresh.img").read_bytes()
        for i in range(CUTS):
            if Path(f"after-{i}.img").read_bytes() != fresh:
                self.assertEqual(state(f"after-{i}.img"), before, i)
        self.assertTrue(any(Path(f"cut-{i}.img").read_bytes() != fresh
                            for i in range(CUTS)))

    def test_a_stick_that_is_read_only_is_left_as_it_is(self):
        image = stick("16")
        before = image.read_bytes()
        codes, said = there(image, f"{CONFINE} usb --clean drive --yes --journal-dir r",
                            options="utf8,ro")
        self.assertEqual(codes, [2], said)
        self.assertRegex(said, r"confine usb: .*read-only.*")
        self.assertEqual(Path("after-0.img").read_bytes(), before)


class Disks(unittest.TestCase):
    """Windows XP on FAT32, as many a machine came with it."""

    def test_a_windows_is_cleaned_and_put_back(self):
        run(CONFINE, "lab", "disk", "disk", "--windows", "xp", "--seed", "4")
        image = Path("disk.img")
        make(image, "32", "140000")
        run("mcopy", "-s", "-m", "-Q", "-i", image, *sorted(Path("disk").iterdir()), "::")
        before = state(image)
        self.assertGreater(len(before), 100)
        codes, said = there(
            image,
            f"{CONFINE} check drive --format json > found",
            f"{CONFINE} clean drive --yes --journal-dir w --format json > cleaned",
            f"{CONFINE} check drive --format json > found-then",
            f"{CONFINE} undo w/*.journal --yes --format json > undone")
        self.assertEqual([v["state"] for v in lines("found", "verdict")], ["infected"])
        self.assertEqual({c["state"] for c in lines("cleaned", "change")}, {"verified"})
        self.assertEqual([v["state"] for v in lines("found-then", "verdict")],
                         ["clean"], said)
        self.assertEqual(codes, [1, 0, 0, 0], said)
        self.assertNotEqual(state("after-1.img"), before)
        self.assertEqual(state("after-3.img"), before)
        for i in range(4):
            self.assertTrue(sound(f"after-{i}.img"), i)


if __name__ == "__main__":
    lack = uml.missing()
    for tool in ("mkfs.vfat", "fsck.vfat", "mcopy", "mattrib", "fls", "istat"):
        lack = lack or ("" if shutil.which(tool) else f"{tool} is not there")
    if lack:
        print(lack)
        sys.exit(77)
    unittest.main()
