#!/usr/bin/env python3
# e2e: seconds=240 together
"""Disk images without mounting: names, contents, times, attributes and descriptors
as The Sleuth Kit and ntfs-3g see them; every container; and every kind of damage."""

import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import unittest
import zipfile
from datetime import datetime, timezone
from pathlib import Path

CONFINE = os.environ["CONFINE"]
DUMP = Path(CONFINE).parent / "tests" / "unit" / "image_dump"
TOP = Path(os.environ["CONFINE_TOP"])
DATA = TOP / "tests" / "data" / "image"
HIDDEN_SYSTEM = 0x06
SECTOR = 512
BIG = 5 << 20
MANY = 1500

# SYSTEM's, with a protected list that lets Everyone only execute, as the worm's file
# has it: owner and group at 20 and 32, the list with its one entry at 44.
SYSTEM = bytes.fromhex("010100000000000512000000")
EVERYONE = bytes.fromhex("010100000000000100000000")
LOCKED = (struct.pack("<BBHIIII", 1, 0, 0x9004, 20, 32, 0, 44) + SYSTEM + SYSTEM +
          struct.pack("<BBHHH", 2, 0, 28, 1, 0) +
          struct.pack("<BBHI", 0, 0, 20, 0x00100020) + EVERYONE)


def run(*words, **more):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=100, **more).stdout


def dump(image):
    """The volumes, what is in them by path, troubles, and the word on the whole."""
    done = subprocess.run([DUMP, image], capture_output=True, timeout=200, check=False,
                          stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 2):
        raise AssertionError(f"ended with {done.returncode}: {done.stderr.decode()}")
    out = Volumes()
    for line in done.stdout.decode().splitlines():
        kind, *fields = line.split("\t")
        if kind in ("WHY", "REFUSED"):
            out.why = fields[0]
            out.refused = kind == "REFUSED"
        elif kind == "V":
            out.called.append(fields[1])
            out.files.append({})
        elif kind == "E":
            out.troubles.append((int(fields[0]), fields[1], fields[2], fields[3]))
        else:
            facts = dict(f.split("=", 1) for f in fields[2:])
            facts["is"] = kind
            out.files[int(fields[0])][fields[1]] = facts
    return out


class Volumes:
    def __init__(self):
        self.called, self.files, self.troubles = [], [], []
        self.why, self.refused = "", False


def content(image, volume, path):
    done = subprocess.run([DUMP, image, str(volume), path], capture_output=True,
                          timeout=100, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr.decode()


def filetime(text):
    """istat's "2004-02-29 19:59:10.239822400" as 100 ns since 1601."""
    whole, rest = text.split(".")
    then = datetime.strptime(whole, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    return (int(then.timestamp()) + 11644473600) * 10**7 + int(rest) // 100


def times_of(istat, title):
    part = istat.split(f"${title} Attribute Values:")[1].split("\n\n")[0]
    found = dict(re.findall(r"^([A-Z][A-Za-z ]+):\t([-0-9:. ]+) \(UTC\)", part, re.M))
    return ",".join(str(filetime(found[what])) for what in
                    ("Created", "File Modified", "MFT Modified", "Accessed"))


def sleuthkit(image, offset=0):
    """Paths of allocated files and folders, and their numbers, by fls."""
    found = {}
    text = run("fls", "-r", "-p", "-u", "-o", offset, image).decode()
    for kind, number, path in re.findall(r"^(\S+) ([-0-9]+):\t(.*)$", text, re.M):
        if kind[0] == "V" or path.startswith("$") or kind[-1] not in "rd" \
                or re.search(r"[^/]:[^/]*$", path):
            continue
        found[path.replace("/", "\\")] = number
    return found


def reparse(tag):
    """A junction to C:\\WINDOWS, or something else that is stored in its own way."""
    target = "\\??\\C:\\WINDOWS".encode("utf-16le")
    if tag != 0xA0000003:
        return struct.pack("<IHH", tag, 16, 0) + bytes(16)
    names = target + b"\0\0" + b"\0\0"
    return struct.pack("<IHHHHHH", tag, 8 + len(names), 0, 0, len(target),
                       len(target) + 2, 0) + names


def put_tree(top):
    """Everything that may lie on a volume of Windows, through the mount."""
    system = top / "WINDOWS" / "system32"
    system.mkdir(parents=True)
    noise = random.Random(7)
    (system / "big.bin").write_bytes(noise.randbytes(BIG))
    (system / "Kernel32.DLL").write_bytes(b"MZ" + noise.randbytes(70000))
    (system / "small.txt").write_bytes(b"it lies in the record itself")
    (system / "empty").write_bytes(b"")
    with open(system / "sparse.dat", "wb") as f:
        f.seek(3 << 20)
        f.write(b"the end")
    (system / "hidden.dll").write_bytes(b"MZ hidden")
    os.setxattr(system / "hidden.dll", "system.ntfs_attrib_be",
                struct.pack(">I", 0x26))
    os.setxattr(system / "hidden.dll", "user.stream", b"no file of its own")
    (system / "locked.dll").write_bytes(b"MZ locked")
    os.setxattr(system / "locked.dll", "system.ntfs_acl", LOCKED)
    packed = top / "packed"
    packed.mkdir()
    os.setxattr(packed, "system.ntfs_attrib_be", struct.pack(">I", 0x810))
    (packed / "text.log").write_bytes(b"the same line again and again\r\n" * 20000)
    (top / ("n" * 251 + ".txt")).write_bytes(b"long")
    (top / "Прога \u4e2d\u6587 \U0001F41B").mkdir()
    (top / "Прога \u4e2d\u6587 \U0001F41B" / "ÄÖ.txt").write_bytes(b"letters")
    for name, tag in (("Junction", 0xA0000003), ("Elsewhere", 0x80000007)):
        if tag == 0xA0000003:
            (top / name).mkdir()
        else:
            (top / name).write_bytes(b"")
        os.setxattr(top / name, "system.ntfs_reparse_data", reparse(tag))
    many = top / "many"
    many.mkdir()
    for i in range(MANY):
        (many / f"file{i:05}.dat").write_bytes(b"%d" % i)
    for i in range(0, MANY, 2):
        (many / f"file{i:05}.dat").unlink()
    (top / "gone.txt").write_bytes(b"deleted")
    (top / "gone.txt").unlink()


class Mount:
    def __init__(self, image, *options):
        self.image, self.options = image, options
        self.at = Path("mount").absolute()

    def __enter__(self):
        self.at.mkdir(exist_ok=True)
        run("ntfs-3g", *self.options, self.image, self.at)
        return self.at

    def __exit__(self, *_):
        run("umount", self.at)


def ntfs():
    """The volume, made once.  Without mounts there is nothing to test here."""
    image = Path("volume.img")
    if not image.exists():
        with open("making.img", "wb") as f:
            f.truncate(48 << 20)
        run("mkntfs", "-F", "-Q", "-L", "XP", "making.img")
        try:
            with Mount("making.img", "-o", "compression") as top:
                put_tree(top)
        except subprocess.CalledProcessError as wrong:
            raise unittest.SkipTest(f"cannot mount: {wrong.stderr.decode()}") from None
        os.rename("making.img", image)
    return image


def fat(bits, size):
    image = Path(f"fat{bits}.img")
    if not image.exists():
        run("mkfs.vfat", "-C", "-F", bits, image, size)
        Path("autorun.inf").write_bytes(b"[autorun]\r\n" * 5)
        Path("copy.vmx").write_bytes(random.Random(9).randbytes(300000))
        bin_ = "::RECYCLER/S-5-3-42-2819952290-8240758988-879315005-3665"
        for words in (("mcopy", "autorun.inf", "::"), ("mmd", "::RECYCLER"),
                      ("mmd", bin_), ("mcopy", "copy.vmx", bin_ + "/jwgkvsq.vmx"),
                      ("mattrib", "+h", "+s", "+r", "::autorun.inf"),
                      ("mattrib", "+s", bin_), ("mcopy", "copy.vmx", "::Ünïcode.vmx"),
                      ("mcopy", "autorun.inf", "::gone.txt"), ("mdel", "::gone.txt")):
            run(words[0], "-i", image, *words[1:])
    return image


class Ntfs(unittest.TestCase):
    """One volume, read in three ways."""

    @classmethod
    def setUpClass(cls):
        cls.image = ntfs()
        cls.told = dump(cls.image)
        cls.files = cls.told.files[0]

    def test_the_names_are_those_that_fls_lists(self):
        self.assertEqual(self.told.called, ["volume.img"])
        self.assertEqual(self.told.troubles, [])
        theirs = set(sleuthkit(self.image))
        self.assertEqual(set(self.files), theirs)
        self.assertEqual(len([p for p in theirs if p.startswith("many\\")]), MANY // 2)

    def test_sizes_and_contents_are_those_of_the_mount(self):
        with Mount(self.image, "-o", "ro,streams_interface=xattr") as top:
            for path, facts in self.files.items():
                there = top / path.replace("\\", "/")
                self.assertEqual(facts["is"] == "D", there.is_dir() and
                                 not there.is_symlink(), path)
                if facts["is"] != "F" or path == "Elsewhere":
                    continue
                self.assertEqual(int(facts["size"]), there.stat().st_size, path)
                if path.startswith("many\\") and not path.endswith("7.dat"):
                    continue
                code, got, err = content(self.image, 0, path.swapcase())
                self.assertEqual(code, 0, err)
                self.assertEqual(got, there.read_bytes(), path)

    def test_times_attributes_and_streams_are_those_of_istat(self):
        numbers = sleuthkit(self.image)
        for path in ("WINDOWS\\system32\\hidden.dll", "WINDOWS\\system32\\big.bin",
                     "WINDOWS", "many", "many\\file00777.dat", "n" * 251 + ".txt"):
            istat = run("istat", self.image, numbers[path]).decode()
            self.assertEqual(self.files[path]["si"],
                             times_of(istat, "STANDARD_INFORMATION"), path)
            self.assertEqual(self.files[path]["fn"], times_of(istat, "FILE_NAME"), path)
        hidden = self.files["WINDOWS\\system32\\hidden.dll"]
        self.assertEqual(int(hidden["attributes"], 16) & 7, HIDDEN_SYSTEM)
        self.assertEqual(int(self.files["packed\\text.log"]["attributes"], 16) & 0x800,
                         0x800)
        self.assertFalse([p for p in self.files if ":" in p])

    def test_descriptors_are_those_of_ntfs_3g(self):
        with Mount(self.image, "-o", "ro") as top:
            for path in ("WINDOWS\\system32\\locked.dll", "WINDOWS", "many",
                         "WINDOWS\\system32\\small.txt"):
                theirs = os.getxattr(top / path.replace("\\", "/"), "system.ntfs_acl")
                self.assertEqual(bytes.fromhex(self.files[path]["sd"]), theirs, path)
        self.assertEqual(bytes.fromhex(
            self.files["WINDOWS\\system32\\locked.dll"]["sd"])[2:4], LOCKED[2:4])

    def test_a_link_is_told_and_never_followed(self):
        self.assertEqual(self.files["Junction"]["is"], "L")
        for path in ("Junction\\system32\\small.txt", "Junction"):
            code, got, err = content(self.image, 0, path)
            self.assertEqual((code, got), (1, b""), path)
            self.assertIn("never followed", err)

    def test_content_that_is_kept_in_another_way_is_told_so(self):
        self.assertEqual(self.files["Elsewhere"]["is"], "F")
        code, got, err = content(self.image, 0, "elsewhere")
        self.assertEqual((code, got), (1, b""))
        self.assertIn("in a way of its own", err)

    def test_what_is_not_there_is_nothing(self):
        for path in ("gone.txt", "WINDOWS\\system32\\small.txt\\x",
                     "many\\file00002.dat", "WINDOWS\\system32\\hidden.dll:stream"):
            self.assertEqual(content(self.image, 0, path)[2], "nothing: \n")


class Fat(unittest.TestCase):
    def test_names_contents_and_attributes(self):
        for bits, size in (("12", "4000"), ("16", "20000"), ("32", "70000")):
            with self.subTest(bits=bits):
                image = fat(bits, size)
                told = dump(image)
                self.assertEqual(told.troubles, [])
                self.assertEqual(told.why, "")
                files = told.files[0]
                self.assertEqual(set(files), set(sleuthkit(image)))
                bin_ = "RECYCLER\\S-5-3-42-2819952290-8240758988-879315005-3665"
                self.assertEqual(files["autorun.inf"]["attributes"], "27")
                self.assertEqual(files[bin_]["attributes"], "14")
                self.assertEqual(files[bin_ + "\\jwgkvsq.vmx"]["attributes"], "20")
                self.assertNotIn("si", files["autorun.inf"])
                _, got, err = content(image, 0, bin_.lower() + "\\JWGKVSQ.VMX")
                self.assertEqual(got, Path("copy.vmx").read_bytes(), err)
                _, got, err = content(image, 0, "ÜNÏCODE.vmx")
                self.assertEqual(got, Path("copy.vmx").read_bytes(), err)


class Others(unittest.TestCase):
    """Images that somebody else made."""

    def test_everything_deleted_is_nothing(self):
        zipfile.ZipFile(DATA / "6-undel-fat.zip").extractall("corpus")
        told = dump(next(Path("corpus").rglob("6-fat-undel.dd")))
        self.assertEqual((told.files, told.troubles, told.why), ([{}], [], ""))

    def test_a_volume_of_windows_xp(self):
        zipfile.ZipFile(DATA / "7-undel-ntfs.zip").extractall("corpus")
        image = next(Path("corpus").rglob("7-ntfs-undel.dd"))
        told = dump(image)
        log = "System Volume Information\\tracking.log"
        self.assertEqual(set(told.files[0]), {"System Volume Information", log})
        self.assertEqual(told.troubles, [])
        facts = told.files[0][log]
        self.assertEqual(facts["si"], "127225583502398224,127225587727664048,"
                         "127225587727664048,127225587727664048")
        self.assertEqual(facts["fn"], "127225583502398224,127225583511911904,"
                         "127225583511911904,127225583511911904")
        self.assertEqual(facts["attributes"], "26")
        # Administrators and SYSTEM, everything.
        self.assertTrue(facts["sd"].startswith("0100048048000000580000000000000014"))
        number = sleuthkit(image)[log]
        self.assertEqual(content(image, 0, log)[1], run("icat", image, number))


def disk(label, parts):
    """A disk with parts: (first sector, sectors, type, image or bytes)."""
    image = Path(f"{label}.img")
    with open(image, "wb") as f:
        f.truncate(400 << 20)
    table = f"label: {label}\n"
    for i, (first, sectors, kind, _) in enumerate(parts):
        # The third of an MBR is the extended one, and logical ones begin with 5.
        number = i + 2 if label == "dos" and i > 2 else i + 1
        table += f"{image}{number} : start={first}, size={sectors}, type={kind}\n"
    subprocess.run(["sfdisk", "-q", image], input=table.encode(), check=True,
                   capture_output=True, timeout=60)
    with open(image, "r+b") as f:
        for first, _, _, what in parts:
            f.seek(first * SECTOR)
            if what:
                f.write(what if isinstance(what, bytes) else what.read_bytes())
    return image


def mbr():
    """NTFS, FAT, and in an extended part Linux, BitLocker, and garbage for NTFS."""
    linux = Path("linux.img")
    with open(linux, "wb") as f:
        f.truncate(8 << 20)
    run("mkfs.ext4", "-q", linux)
    locked = b"\xeb\x58\x90-FVE-FS-" + bytes(499) + b"\x55\xaa"
    return disk("dos", [(2048, 100000, "7", ntfs()),
                        (104448, 143360, "c", fat("32", "70000")),
                        (247808, 100000, "5", None), (249856, 20480, "83", linux),
                        (272384, 20480, "7", locked),
                        (294912, 20480, "7", b"no file system" * 1000)])


class Disks(unittest.TestCase):
    def test_each_part_of_an_mbr_is_told(self):
        told = dump(mbr())
        self.assertEqual(told.called,
                         [f"partition {n} of dos.img" for n in (1, 2, 6, 7)])
        self.assertEqual(told.files[0], dump(ntfs()).files[0])
        self.assertEqual(told.files[1], dump(fat("32", "70000")).files[0])
        self.assertEqual([(n, path, heard) for n, path, heard, _ in told.troubles],
                         [(2, "", "odd"), (3, "", "odd")])
        self.assertIn("BitLocker", told.troubles[0][3])
        self.assertIn("damaged, or encrypted", told.troubles[1][3])
        self.assertEqual(told.why, "partition 5 of dos.img has a file system that is "
                         "not Windows'")

    def test_gpt_and_its_copy(self):
        reserved = "E3C9E316-0B5C-4DB8-817D-F92DF00215AE"
        data = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
        image = disk("gpt", [(2048, 32768, reserved, None),
                             (34816, 100000, data, ntfs())])
        for damage in (0, 34):
            with open(image, "r+b") as f:
                f.write(bytes(damage * SECTOR))
            told = dump(image)
            self.assertEqual(told.called, ["partition 2 of gpt.img"])
            self.assertEqual(told.files[0], dump(ntfs()).files[0])
            self.assertEqual(told.why, "")

    def test_a_disk_that_was_cut_says_so(self):
        image = Path("cut.img")
        shutil.copy(mbr(), image)
        os.truncate(image, 104448 * SECTOR)
        told = dump(image)
        self.assertEqual(told.files[0], dump(ntfs()).files[0])
        for volume, path, heard, why in told.troubles:
            self.assertEqual((path, heard), ("", "odd"), volume)
            self.assertIn("cut short", why)
        self.assertEqual(len(told.troubles), 2)
        self.assertEqual(told.called, [f"partition {n} of cut.img" for n in (1, 2, 3)])

    def test_a_disk_without_windows_is_refused(self):
        linux = Path("only-linux.img")
        with open(linux, "wb") as f:
            f.truncate(8 << 20)
        run("mkfs.ext4", "-q", linux)
        told = dump(disk("dos", [(2048, 20480, "83", linux)]))
        self.assertTrue(told.refused)
        self.assertIn("without an NTFS or FAT volume", told.why)

    def test_more_volumes_than_are_looked_at_are_refused(self):
        parts = [(2048 + 4096 * i, 4096, "7", b"\xeb\x58\x90-FVE-FS-" + bytes(501))
                 for i in range(9)]
        data = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
        image = disk("gpt", [(at, size, data, what) for at, size, _, what in parts])
        told = dump(image)
        self.assertTrue(told.refused)
        self.assertIn("more volumes than are looked at", told.why)

    def test_an_old_boot_sector_around_a_new_table_deceives_nobody(self):
        image = disk("dos", [(2048, 100000, "7", ntfs())])
        stale = fat("16", "20000").read_bytes()
        with open(image, "r+b") as f:
            f.write(stale[:446])
            f.seek(SECTOR)
            f.write(stale[SECTOR:2048 * SECTOR])
        told = dump(image)
        self.assertEqual(told.called, ["partition 1 of dos.img"])
        self.assertEqual(told.files[0], dump(ntfs()).files[0])


class Containers(unittest.TestCase):
    def test_the_same_volume_in_each_of_them(self):
        image = ntfs()
        bare = dump(image).files[0]
        for name, words in (("dynamic.vhd", ("vpc", "subformat=dynamic")),
                            ("fixed.vhd", ("vpc", "subformat=fixed")),
                            ("new.vhdx", ("vhdx", "subformat=dynamic"))):
            with self.subTest(name=name):
                run("qemu-img", "convert", "-f", "raw", "-O", words[0], "-o", words[1],
                    image, name)
                told = dump(name)
                self.assertEqual((told.called, told.why), ([name], ""))
                self.assertEqual(told.files[0], bare)
                self.same_content(image, name)

    def same_content(self, image, other):
        path = "windows\\system32\\BIG.bin"
        theirs = content(image, 0, path)[1]
        self.assertEqual(len(theirs), BIG)
        self.assertEqual(hashlib.sha256(content(other, 0, path)[1]).hexdigest(),
                         hashlib.sha256(theirs).hexdigest())

    def ewf(self):
        if not Path("evidence.E01").exists():
            run("ewfacquire", "-u", "-t", "evidence", "-f", "encase6", "-S", "1MiB",
                "-c", "best", ntfs())
        return Path("evidence.E01")

    def test_an_e01_with_its_segments(self):
        first = self.ewf()
        self.assertTrue(Path("evidence.E03").exists())
        told = dump(first)
        self.assertEqual((told.called, told.why), (["evidence.E01"], ""))
        self.assertEqual(told.files[0], dump(ntfs()).files[0])
        self.same_content(ntfs(), first)
        self.assertIn("name the first", dump("evidence.E02").why)

    def test_a_missing_or_damaged_segment_gives_no_zeros(self):
        whole = content(ntfs(), 0, "windows\\system32\\big.bin")[1]
        segments = sorted(self.ewf().parent.glob("evidence.E*"))
        for damage in ("missing", "cut", "changed", "zeros"):
            with self.subTest(damage=damage):
                folder = Path(damage)
                folder.mkdir()
                for s in segments:
                    shutil.copy(s, folder)
                victim = folder / "evidence.E04"
                size = victim.stat().st_size
                if damage == "missing":
                    victim.unlink()
                elif damage == "cut":
                    os.truncate(victim, size // 2)
                else:
                    with open(victim, "r+b") as f:
                        f.seek(size // 2)
                        f.write(bytes(9) if damage == "zeros" else b"otherwise")
                told = dump(folder / "evidence.E01")
                if told.refused:
                    self.assertIn("E01 image", told.why)
                    continue
                code, got, err = content(folder / "evidence.E01", 0,
                                         "WINDOWS\\system32\\big.bin")
                self.assertEqual(got, whole[:len(got)])
                self.assertNotEqual(code, 0)
                self.assertIn("the image cannot be read there", err)

    def test_a_differencing_disk_is_refused(self):
        run("qemu-img", "convert", "-f", "raw", "-O", "vpc", ntfs(), "parent.vhd")
        whole = bytearray(Path("parent.vhd").read_bytes())
        for at in (0, len(whole) - SECTOR):
            whole[at + 60:at + 68] = struct.pack(">II", 4, 0)
            check = ~sum(whole[at:at + SECTOR]) & 0xffffffff
            whole[at + 64:at + 68] = struct.pack(">I", check)
        Path("child.vhd").write_bytes(whole)
        told = dump("child.vhd")
        self.assertTrue(told.refused)
        self.assertIn("differs from another", told.why)

    def test_what_is_not_read_is_refused_by_name(self):
        image = Path("few.img")
        image.write_bytes(ntfs().read_bytes()[:1 << 20])
        for kind, word in (("qcow2", "QEMU"), ("vmdk", "VMware"),
                           ("vdi", "VirtualBox")):
            run("qemu-img", "convert", "-f", "raw", "-O", kind, image, f"few.{kind}")
            told = dump(f"few.{kind}")
            self.assertTrue(told.refused, kind)
            self.assertIn(word, told.why)


class Check(unittest.TestCase):
    """What `check` makes of an image."""

    def check(self, path, feed=None):
        done = subprocess.run([CONFINE, "check", "--format", "json", path], input=feed,
                              capture_output=True, timeout=60, check=False)
        told = [json.loads(line) for line in done.stdout.decode().splitlines()]
        verdict = [line for line in told if line["type"] == "verdict"][0]
        found = sorted((line["trace"], line["grade"], line["where"]) for line in told
                       if line["type"] == "finding")
        return done.returncode, verdict["state"], verdict["reasons"], found

    def windows(self, *words):
        """A disk of the lab, as a folder and as a volume."""
        tree, image = Path("tree").absolute(), Path("check.img")
        shutil.rmtree(tree, ignore_errors=True)
        run(CONFINE, "lab", "disk", tree, *words)
        with open(image, "wb") as f:
            f.truncate(48 << 20)
        run("mkntfs", "-F", "-Q", image)
        with Mount(image) as top:
            shutil.copytree(tree, top, dirs_exist_ok=True)
        return tree, image

    def test_folder_mount_and_image_get_the_same_verdict(self):
        for windows, more, state in (("xp", ("--variant", "B"), "infected"),
                                     ("xp", ("--clean",), "clean"),
                                     ("vista", ("--variant", "D"), "infected"),
                                     ("7", ("--clean",), "clean")):
            with self.subTest(windows=windows, more=more):
                tree, image = self.windows("--windows", windows, *more)
                as_folder = self.check(tree)
                with Mount(image, "-o", "ro") as top:
                    as_mount = self.check(top)
                self.assertEqual(as_folder[1], state)
                self.assertEqual(as_mount, as_folder)
                self.assertEqual(self.check(image), as_folder)

    def test_a_volume_that_cannot_be_read_leaves_the_machine_unknown(self):
        _, volume = self.windows("--clean")
        image = disk("dos", [(2048, 100000, "7", volume),
                             (104448, 2048, "7", b"\xeb\x58\x90-FVE-FS-" + bytes(501))])
        code, state, _, found = self.check(image)
        self.assertEqual((code, state), (3, "unknown"))
        self.assertEqual(found, [("place-unread", "undetermined",
                                  "partition 2 of dos.img")])

    def test_a_key_in_a_memory_image_is_found_also_in_a_stream(self):
        table = (TOP / "src" / "know" / "rsa-keys.tsv").read_text(encoding="utf-8")
        for line in table.splitlines()[-3:]:
            letters, _, key, _ = line.split("\t")
            memory = random.Random(3).randbytes(1500001) + bytes.fromhex(key) + b"end"
            Path("memory.bin").write_bytes(memory)
            done = subprocess.run([CONFINE, "check", "--format", "json", "-"],
                                  input=memory, capture_output=True, timeout=60,
                                  check=False)
            for code, text in ((done.returncode, done.stdout.decode()),
                               self.told("memory.bin")):
                found = [json.loads(line) for line in text.splitlines()
                         if '"type":"finding"' in line]
                self.assertEqual(code, 1)
                self.assertEqual([f["trace"] for f in found], ["memory-key"])
                self.assertEqual(found[0]["fields"]["offset"], 1500001)
                self.assertEqual(",".join(found[0]["variants"]), letters)

    def told(self, path):
        done = subprocess.run([CONFINE, "check", "--format", "json", path],
                              capture_output=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode()


class Broken(unittest.TestCase):
    """Random damage to small images: always an answer, in time, and never a crash."""

    def small(self):
        """Small clusters, so that much of it is structure."""
        image = Path("small.img")
        if not image.exists():
            with open(image, "wb") as f:
                f.truncate(4 << 20)
            run("mkntfs", "-F", "-Q", "-c", SECTOR, image)
            try:
                with Mount(image) as top:
                    for i in range(60):
                        (top / f"file{i}.dll").write_bytes(b"MZ" * 900)
            except subprocess.CalledProcessError as wrong:
                raise unittest.SkipTest(f"cannot mount: {wrong.stderr}") from None
        return image.read_bytes()

    def damaged(self, whole, seed, most):
        """Bytes changed in sectors that hold something, and sometimes cut."""
        noise = random.Random(seed)
        used = [at for at in range(0, min(len(whole), most), SECTOR)
                if any(whole[at:at + SECTOR])]
        broken = bytearray(whole)
        for _ in range(noise.choice((1, 3, 20, 200))):
            at = noise.choice(used) + noise.randrange(SECTOR)
            if at < len(broken):
                broken[at] = noise.choice((0, 255, noise.randrange(256),
                                           broken[at] ^ (1 << noise.randrange(8))))
        if noise.random() < 0.1:
            del broken[noise.randrange(len(broken)):]
        return broken

    def test_random_damage(self):
        small = self.small()
        run("qemu-img", "convert", "-f", "raw", "-O", "vpc", "small.img", "small.vhd")
        run("ewfacquire", "-u", "-t", "small", "-f", "encase6", "-c", "best",
            "small.img")
        fat("12", "4000")
        for name, whole, most in (
                ("ntfs.img", small, 4 << 20), ("boot.img", small, SECTOR),
                ("fat.img", Path("fat12.img").read_bytes(), 1 << 16),
                ("x.vhd", Path("small.vhd").read_bytes(), 4096),
                ("x.E01", Path("small.E01").read_bytes(), 4 << 20)):
            for seed in range(25):
                with self.subTest(name=name, seed=seed):
                    Path(name).write_bytes(self.damaged(whole, seed, most))
                    told = dump(name)
                    for *_, why in told.troubles:
                        self.assertTrue(why)

    def test_zeros_and_far_too_much(self):
        for name, size in (("zeros.img", 1 << 20), ("huge.img", 1 << 42),
                           ("none.img", 0)):
            with open(name, "wb") as f:
                f.truncate(size)
            told = dump(name)
            self.assertEqual(told.called, [])
            self.assertIn("no image of a disk", told.why)
            os.unlink(name)
        image = Path("padded.img")
        image.write_bytes(self.small())
        os.truncate(image, 1 << 40)
        self.assertEqual(len(dump(image).files[0]), 60)
        os.unlink(image)

    def test_a_table_that_points_at_itself(self):
        """An extended part whose next one is itself."""
        sector = bytearray(SECTOR)
        sector[446:462] = struct.pack("<B3xB3xII", 0, 5, 1, 1000)
        sector[510:] = b"\x55\xaa"
        inner = bytearray(sector)
        inner[446:462] = struct.pack("<B3xB3xII", 0, 7, 1, 10)
        inner[462:478] = struct.pack("<B3xB3xII", 0, 5, 0, 1000)
        Path("loop.img").write_bytes(sector + inner + bytes(1 << 20))
        told = dump("loop.img")
        self.assertTrue(told.why or told.troubles)

    def test_nothing_is_written(self):
        before = hashlib.sha256(ntfs().read_bytes()).hexdigest()
        os.chmod(ntfs(), 0o400)
        dump(ntfs())
        self.assertEqual(hashlib.sha256(ntfs().read_bytes()).hexdigest(), before)


if __name__ == "__main__":
    for tool in ("mkntfs", "ntfs-3g", "fls", "istat", "icat", "mcopy", "mkfs.vfat",
                 "sfdisk", "qemu-img", "ewfacquire", "mkfs.ext4"):
        if not shutil.which(tool):
            print(f"needs {tool}")
            sys.exit(77)
    unittest.main(verbosity=0)
