"""Drives to take steps on (mend/step.h), and how to look at them: by Linux, by The
Sleuth Kit, by ntfs-3g."""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import time
import unittest
from pathlib import Path

TOOL = Path(os.environ["CONFINE"]).parent / "tests" / "unit" / "step_tool"
OLD = 10**9 * 10**9 + 123456789  # 2001-09-09, to the nanosecond

SYSTEM = bytes.fromhex("010100000000000512000000")
EVERYONE = bytes.fromhex("010100000000000100000000")
# SYSTEM's, with a list that lets Everyone only execute, as the worm's file has it.
LOCKED = (struct.pack("<BBHIIII", 1, 0, 0x9004, 20, 32, 0, 44) + SYSTEM + SYSTEM +
          struct.pack("<BBHHH", 2, 0, 28, 1, 0) +
          struct.pack("<BBHI", 0, 0, 20, 0x00100020) + EVERYONE)
OF_NTFS = ["system.ntfs_attrib_be", "system.ntfs_acl", "system.ntfs_dos_name",
           "system.ntfs_object_id", "system.ntfs_ea", "system.ntfs_reparse_data"]


def run(*words, **more):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=200, **more).stdout


def tool(*words, before=(), **more):
    done = subprocess.run([*before, TOOL, *[str(w) for w in words]], check=False,
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=200,
                          **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Steps(unittest.TestCase):
    """A folder for each test, with a drive and a place for journals in it."""

    def setUp(self):
        self.top = Path(*self.id().split(".")[-2:]).absolute()
        self.drive = self.top / "drive"
        self.drive.mkdir(parents=True)
        self.journals = self.top / "journals"

    def do(self, *words, what="do", **more):
        code, out, err = tool(what, self.drive, self.journals, *words, **more)
        self.assertEqual((code, err), (0, ""))
        lines = out.splitlines()
        self.assertEqual([line.rsplit(" ", 1)[1] for line in lines[1:]],
                         ["after"] * (len(lines) - 1))
        return lines[0]

    def undo(self, journal):
        for _ in range(2):  # the second time there is nothing to do
            code, out, err = tool("undo", self.drive, journal)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual({line.rsplit(" ", 1)[1] for line in out.splitlines()},
                             {"before"})

    def refused(self, *words, what="do", **more):
        """The sentence, when nothing has been kept or done."""
        code, out, err = tool(what, self.drive, self.journals, *words, **more)
        self.assertEqual((code, out), (2, ""))
        self.assertRegex(err, r"\A[^\n]+\n\Z")
        return err

    def stands(self, journal):
        code, out, err = tool("look", self.drive, journal)
        self.assertEqual((code, err), (0, ""))
        return [line.split(": ")[0].rsplit(" ", 1)[1] for line in out.splitlines()]


def linux_state(top):
    """Everything that Linux tells of a tree, but what nobody can give back."""
    state = {}
    for path in sorted([top, *top.rglob("*")]):
        s = path.lstat()
        state[str(path.relative_to(top))] = (
            s.st_mode, s.st_uid, s.st_gid, s.st_nlink, s.st_mtime_ns,
            s.st_atime_ns if path.is_file() else 0,
            {n: os.getxattr(path, n) for n in os.listxattr(path)},
            path.read_bytes() if path.is_file() and s.st_size < 1 << 20 else s.st_size)
    return state


# ---- NTFS

# Of a record: its number, its own change, how its attributes are stored; of its names
# what they copy of the file and of its folder, which a mount does not tell.
NOT_GIVEN_BACK = re.compile(r"(Entry:|\$LogFile|MFT Modified|\d+ |$)")
HOW_STORED = re.compile(r"\((\d+)-\d+\)|\s+(?:Non-)?Resident|\s+init_size: \d+")


def istat(image, number):
    """What a record holds, but what no mount can give back."""
    keep = []
    part = ""
    for line in run("istat", image, number).decode().splitlines():
        if line.startswith("$") or line.startswith("Attributes:"):
            part = line
        if NOT_GIVEN_BACK.match(line) or "$ATTRIBUTE_LIST" in part + line or (
                part.startswith("$FILE_NAME") and not line.startswith("Name:")):
            continue
        keep.append(HOW_STORED.sub(r"\1", line))
    return sorted(keep)


def ntfs_state(image):
    """By path: records and the hash of each stream, off the image itself."""
    state = {}
    for kind, number, path in re.findall(r"^(\S+) ([-0-9]+):\t(.*)$", run(
            "fls", "-r", "-p", "-u", image).decode(), re.M):
        if path.startswith("$") or kind[0] == "V":
            continue
        record = number.split("-")[0]
        content = run("icat", image, number) if kind[-1] == "r" else b""
        lines = istat(image, record)
        if kind[-1] == "d":  # walking through a folder is reading it
            lines = [line for line in lines if not line.startswith("Accessed")]
        state[path] = (kind, sha256(content), lines)
    return state


class Ntfs(Steps):
    """A volume made by mkntfs and mounted by ntfs-3g."""

    OPTIONS = ""
    MEGABYTES = 64
    driver = None

    def setUp(self):
        super().setUp()
        for name in ("mkntfs", "ntfs-3g", "fls", "istat", "icat", "ntfsfix"):
            if not shutil.which(name):
                self.skipTest(f"no {name} here")
        if os.geteuid() != 0 or not Path("/dev/fuse").exists():
            self.skipTest("mounting needs root and FUSE")
        self.image = self.top / "volume.img"
        self.format(self.MEGABYTES)
        self.mount(self.OPTIONS)

    def format(self, megabytes):
        with open(self.image, "wb") as f:
            f.truncate(megabytes << 20)
        run("mkntfs", "-F", "-Q", self.image)

    def mount(self, options=""):
        """The driver stays ours: its last writes come after the unmounting."""
        self.driver = subprocess.Popen(
            ["ntfs-3g", "-o", ",".join(["no_detach", *filter(None, [options])]),
             self.image, self.drive], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.ismount(self.drive):
            self.assertIsNone(self.driver.poll(), "ntfs-3g did not mount")
            time.sleep(0.002)

    def umount(self):
        if os.path.ismount(self.drive):
            run("umount", self.drive)
        if self.driver:
            self.driver.wait(timeout=60)
            self.driver = None

    def tearDown(self):
        self.umount()

    def again(self):
        self.umount()
        self.mount(self.OPTIONS)

    def times(self, path, first):
        os.setxattr(path, "system.ntfs_times_be",
                    struct.pack(">4Q", *(first + i * 0x100000001 for i in range(4))))

    def put_worm(self, name="qwertyuiop.dll", content=None):
        folder = self.drive / "WINDOWS" / "system32"
        folder.mkdir(parents=True, exist_ok=True)
        worm = folder / name
        worm.write_bytes(content or b"MZ" + bytes(range(256)) * 625)
        return worm

    def lock(self, worm, short=b"QWERTY~1.DLL"):
        os.setxattr(worm, "system.ntfs_acl", LOCKED)
        os.setxattr(worm, "system.ntfs_attrib_be", struct.pack(">I", 0x27))
        os.setxattr(worm, "system.ntfs_dos_name", short)
        os.setxattr(worm, "system.ntfs_object_id", bytes(range(64)))
        os.setxattr(worm, "system.ntfs_ea",
                    struct.pack("<IBBH", 16, 0, 3, 4) + b"FOO\0BARX")
        self.times(worm, 0x01C0000000000000)
        self.times(worm.parent, 0x01B0000000000000)

    def attributes(self, path):
        found = {}
        for name in OF_NTFS:
            try:
                found[name] = os.getxattr(path, name)
            except OSError as e:
                found[name] = e.errno
        return found

    def sound(self):
        self.umount()
        out = run("ntfsfix", "-n", self.image).decode()
        self.assertIn("was processed successfully", out)

    def state(self):
        self.sound()
        state = ntfs_state(self.image)
        self.mount(self.OPTIONS)
        return state

    def there_and_back(self, *steps):
        before = self.state()
        journal = self.do(*steps)
        between = self.state()
        self.assertNotEqual(between, before)
        self.undo(journal)
        self.assertEqual(self.state(), before)
        return between
