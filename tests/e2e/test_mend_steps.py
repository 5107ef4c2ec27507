#!/usr/bin/env python3
# e2e: seconds=300
"""Steps on files and folders: what was taken off a volume comes back as it was, by the
eyes of The Sleuth Kit, of ntfs-3g and of Linux; what could not come back is refused
before anything changes; and at every call that can be the last, the name leads to
nothing or to the whole file."""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
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


MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


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


class OnLinux(Steps):
    def setUp(self):
        super().setUp()
        self.folder = self.drive / "WINDOWS" / "system32"
        self.folder.mkdir(parents=True)
        self.worm = self.folder / "Worm.dll"
        self.worm.write_bytes(b"MZ" + bytes(range(256)) * 700)
        self.path = r"X:\windows\SYSTEM32\worm.DLL"
        self.worm.chmod(0o2604)
        if os.geteuid() == 0:
            os.chown(self.worm, 1234, 5678)
            self.worm.chmod(0o2604)
        try:
            os.setxattr(self.worm, "user.DOSATTRIB", b"0x27")
        except OSError:
            pass
        self.age()

    def age(self):
        os.utime(self.worm, ns=(OLD + 7, OLD + 8))
        for path in (self.folder, self.drive / "WINDOWS", self.drive):
            os.utime(path, ns=(OLD, OLD + 1))

    def test_a_file_comes_back_as_it_was(self):
        before = linux_state(self.drive)
        content = self.worm.read_bytes()
        self.age()
        journal = self.do("remove-file", self.path, sha256(content))
        self.assertEqual(os.listdir(self.folder), [])
        self.undo(journal)
        self.assertEqual(linux_state(self.drive), before)

    def test_a_folder_comes_back_with_what_was_in_it(self):
        os.utime(self.folder, ns=(OLD, OLD + 5))
        self.folder.chmod(0o1750)
        before = linux_state(self.drive)
        self.age()
        os.utime(self.folder, ns=(OLD, OLD + 5))
        journal = self.do("remove-file", self.path, "-", "remove-folder",
                          r"X:\WINDOWS\System32")
        self.assertEqual(os.listdir(self.drive / "WINDOWS"), [])
        self.undo(journal)
        self.assertEqual(linux_state(self.drive), before)

    def test_what_was_made_goes_again(self):
        before = linux_state(self.drive)
        self.age()
        journal = self.do("make-folder", r"X:\autorun.inf", "make-file",
                          r"X:\AUTORUN.INF\keep", "no worm", "make-file",
                          r"X:\windows\note.txt", "text")
        self.assertEqual((self.drive / "autorun.inf" / "keep").read_bytes(), b"no worm")
        self.assertEqual((self.drive / "WINDOWS" / "note.txt").read_bytes(), b"text")
        self.undo(journal)
        self.assertEqual(linux_state(self.drive), before)

    def test_what_somebody_has_changed_is_left_alone(self):
        journal = self.do("remove-file", self.path, "-", "make-file",
                          r"X:\WINDOWS\note.txt", "text")
        self.worm.write_bytes(b"another")
        (self.drive / "WINDOWS" / "note.txt").write_bytes(b"Text")
        self.assertEqual(self.stands(journal), ["other", "other"])
        code, _, err = tool("undo", self.drive, journal)
        self.assertEqual(code, 2)
        self.assertRegex(err, r"note\.txt is not the file that was made there; .+\n$")
        self.assertEqual(self.worm.read_bytes(), b"another")
        self.assertEqual((self.drive / "WINDOWS" / "note.txt").read_bytes(), b"Text")

    def test_a_file_that_changed_since_the_plan_stays(self):
        content = self.worm.read_bytes()
        other = content[:-1] + bytes([content[-1] ^ 1])
        err = self.refused("remove-file", self.path, sha256(other))
        self.assertIn("has changed since the plan was made; make the plan again", err)
        self.assertEqual(self.worm.read_bytes(), content)

    def test_a_file_that_changed_since_it_was_kept_stays(self):
        journal = self.do("remove-file", self.path, "-", what="keep")
        self.worm.write_bytes(self.worm.read_bytes()[:-1] + b"!")
        code, _, err = tool("apply", self.drive, journal)
        self.assertEqual(code, 2)
        self.assertIn("has changed since it was looked at", err)
        self.assertTrue(self.worm.exists())

    def test_what_is_no_file_of_its_own_is_refused(self):
        os.link(self.worm, self.drive / "second")
        self.assertIn("second name (a hard link)",
                      self.refused("remove-file", self.path, "-"))
        (self.folder / "link.dll").symlink_to("/etc/passwd")
        os.mkfifo(self.folder / "pipe.dll")
        for name, word in (("link.dll", "never followed"), ("pipe.dll", "never opened"),
                           ("gone.dll", "is not there any more"),
                           (r"..\x.dll", "is no path of a file")):
            self.assertIn(word, self.refused("remove-file",
                                             "X:\\WINDOWS\\system32\\" + name, "-"))
        self.assertIn("is no file", self.refused("remove-file", r"X:\WINDOWS", "-"))
        for name in ("a:b", "a?", "a.", "a\tb"):
            self.assertIn("is no name that Windows gives",
                          self.refused("make-file", "X:\\WINDOWS\\" + name, ""))
        self.assertIn("is not on", self.refused("remove-file", r"D:\x", "-"))

    def test_a_folder_that_is_not_empty_stays(self):
        journal = self.do("make-folder", r"X:\new")
        (self.drive / "new" / "theirs").write_bytes(b"")
        code, _, err = tool("undo", self.drive, journal)
        self.assertEqual(code, 2)
        self.assertIn("Directory not empty; look who has put it there", err)

    def test_inherited_rights_are_not_left_on_what_comes_back(self):
        # A list that new files in the folder get, as setfacl -d -m u:1:rwx gives it.
        acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in (
            (1, 7, 0xFFFFFFFF), (2, 7, 1), (4, 5, 0xFFFFFFFF), (16, 7, 0xFFFFFFFF),
            (32, 5, 0xFFFFFFFF)))
        try:
            os.setxattr(self.folder, "system.posix_acl_default", acl)
        except OSError as e:
            self.skipTest(f"no POSIX lists here: {e}")
        self.age()
        before = linux_state(self.drive)
        self.age()
        self.undo(self.do("remove-file", self.path, "-"))
        self.assertEqual(linux_state(self.drive), before)

    def test_a_gigabyte_with_holes_goes_through_little_memory(self):
        with open(self.worm, "r+b") as f:
            f.truncate(1 << 30)
            f.seek(700 << 20)
            f.write(b"in the middle")
        self.age()
        blocks = self.worm.stat().st_blocks
        before = linux_state(self.drive)
        self.age()
        most = []
        for what in ("do", "undo"):
            words = [what, self.drive, *self.words(what)]
            # A small program between, for a child begins with what its parent has.
            used = run(sys.executable, "-c", MEASURE, TOOL, *words).decode()
            most.append(int(used.splitlines()[-1]) / 1024)
        print(f"1 GB into the journal in {most[0]:.1f} MB, back in {most[1]:.1f} MB")
        self.assertLess(max(most), 32)
        self.assertEqual(linux_state(self.drive), before)
        self.assertLessEqual(self.worm.stat().st_blocks, blocks + 16)
        with open(self.worm, "rb") as f:
            f.seek(700 << 20)
            self.assertEqual(f.read(14), b"in the middle\0")

    def words(self, what):
        if what == "do":
            return [self.journals, "remove-file", self.path, "-"]
        return list(self.journals.glob("*.journal"))

    def test_a_limit_on_the_size_of_files_leaves_all_as_it_was(self):
        journal = self.do("remove-file", self.path, "-")
        before = linux_state(self.drive)
        code, _, err = tool("undo", self.drive, journal, before=[
            "sh", "-c", 'trap "" XFSZ; ulimit -f 64; exec "$@"', "sh"])
        self.assertEqual(code, 2)
        self.assertRegex(err, r"\Acannot write .+Worm\.dll: File too large; raise .+\n\Z")
        self.assertEqual(linux_state(self.drive), before)
        self.undo(journal)

    def test_a_folder_that_has_vanished_is_said(self):
        journal = self.do("remove-file", self.path, "-")
        self.folder.rmdir()
        self.assertEqual(self.stands(journal), ["after"])
        code, _, err = tool("undo", self.drive, journal)
        self.assertEqual(code, 2)
        self.assertRegex(err, r"\A.+the folder .+ is not in .+make it again.+\n\Z")

    @unittest.skipUnless(os.geteuid() == 0, "mounting needs root")
    def test_a_full_disk_leaves_all_as_it_was(self):
        run("mount", "-t", "tmpfs", "-o", "size=1m,noatime", "small", self.drive)
        try:
            self.folder.mkdir(parents=True)
            self.worm.write_bytes(bytes(range(256)) * 2000)
            self.age()
            whole = linux_state(self.drive)
            self.age()
            journal = self.do("remove-file", self.path, "-")
            (self.drive / "fill").write_bytes(b"x" * (700 << 10))
            os.utime(self.drive, ns=(OLD, OLD + 1))
            before = linux_state(self.drive)
            code, _, err = tool("undo", self.drive, journal)
            self.assertEqual(code, 2)
            self.assertRegex(err, r"\Acannot write .+: No space left.+full.+\n\Z")
            self.assertEqual(linux_state(self.drive), before)
            (self.drive / "fill").unlink()
            self.undo(journal)
            os.utime(self.drive, ns=(OLD, OLD + 1))
            self.assertEqual(linux_state(self.drive), whole)
        finally:
            run("umount", self.drive)

    @unittest.skipUnless(os.geteuid() == 0, "mounting needs root")
    def test_a_volume_that_is_read_only_is_refused(self):
        run("mount", "--bind", self.drive, self.drive)
        try:
            run("mount", "-o", "remount,bind,ro", self.drive)
            self.assertIn("it is mounted read-only; unmount it, and mount it for "
                          "writing", self.refused("remove-file", self.path, "-"))
        finally:
            run("umount", self.drive)


CALLS = ("openat pwrite64 write fsync fdatasync linkat unlinkat renameat2 setxattr "
         "removexattr utimensat mkdirat ftruncate fchownat chmod").split()


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


class OnNtfs(Ntfs):
    def test_a_locked_file_comes_back_to_the_last_attribute(self):
        worm = self.put_worm()
        os.setxattr(worm, "user.stream", b"s" * 700)
        os.setxattr(worm, "user.Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n")
        self.lock(worm)
        attributes = self.attributes(worm)
        self.assertEqual(attributes["system.ntfs_acl"], LOCKED)
        between = self.there_and_back("remove-file", r"X:\windows\system32\QWERTY~1.dll",
                                      sha256(b"MZ" + bytes(range(256)) * 625))
        self.assertNotIn("WINDOWS/system32/qwertyuiop.dll", between)
        self.assertEqual(self.attributes(worm), attributes)
        times = os.getxattr(worm, "system.ntfs_times_be")
        self.assertEqual(struct.unpack(">3Q", times[:24]),
                         tuple(0x01C0000000000000 + i * 0x100000001 for i in range(3)))

    def test_a_name_that_is_its_own_short_name_stays_both(self):
        self.lock(self.put_worm("x.dll"), b"X.DLL")
        self.there_and_back("remove-file", r"X:\WINDOWS\system32\x.dll", "-")

    def test_a_tiny_an_empty_and_a_sparse_file_come_back(self):
        self.put_worm("tiny", b"t")
        self.put_worm("none").write_bytes(b"")
        holes = self.put_worm("holes")
        with open(holes, "wb") as f:
            f.seek(3 << 20)
            f.write(b"end")
            f.truncate(5 << 20)
        self.assertEqual(os.getxattr(holes, "system.ntfs_attrib_be"),
                         bytes.fromhex("00000220"))
        self.there_and_back(*[word for name in ("tiny", "none", "holes") for word in
                              ("remove-file", "X:\\WINDOWS\\system32\\" + name, "-")])
        self.assertLess(holes.stat().st_blocks * 512, 1 << 20)

    def test_folders_go_and_come_back(self):
        worm = self.put_worm()
        self.lock(worm)
        folder = self.drive / "RECYCLER" / "S-5-3-42"
        folder.mkdir(parents=True)
        os.setxattr(folder, "system.ntfs_attrib_be", struct.pack(">I", 0x16))
        os.setxattr(folder, "system.ntfs_acl", LOCKED)
        os.setxattr(folder, "system.ntfs_dos_name", b"S-5-3-~1")
        (folder / "jwgkvsq.vmx").write_bytes(b"MZ")
        self.times(folder, 0x01A0000000000000)
        self.times(folder.parent, 0x01A1000000000000)
        self.there_and_back(
            "remove-file", r"X:\RECYCLER\S-5-3-42\jwgkvsq.vmx", "-", "remove-folder",
            r"X:\RECYCLER\S-5-3-42", "remove-folder", r"X:\RECYCLER", "make-folder",
            r"X:\autorun.inf", "make-file", r"X:\autorun.inf\keep", "text",
            "remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-")

    def test_a_descriptor_is_given_and_taken_back(self):
        worm = self.put_worm()
        self.put_worm("kernel32.dll")
        self.lock(worm)
        model = self.attributes(self.drive / "WINDOWS/system32/kernel32.dll")
        before = self.state()
        journal = self.do("security", r"X:\WINDOWS\system32\qwertyuiop.dll",
                          r"X:\WINDOWS\system32\kernel32.dll")
        self.again()
        self.assertEqual(self.attributes(worm)["system.ntfs_acl"],
                         model["system.ntfs_acl"])
        self.undo(journal)
        self.assertEqual(self.state(), before)
        os.setxattr(worm, "system.ntfs_acl", LOCKED[:-4] + b"\x0b\0\0\0")
        self.assertEqual(self.stands(journal), ["other"])

    def test_a_descriptor_and_the_file_itself(self):
        worm = self.put_worm()
        self.put_worm("kernel32.dll")
        self.lock(worm)
        self.there_and_back("security", r"X:\WINDOWS\system32\qwertyuiop.dll",
                            r"X:\WINDOWS\system32\kernel32.dll", "remove-file",
                            r"X:\WINDOWS\system32\qwertyuiop.dll", "-")

    def test_what_could_not_be_put_back_is_refused(self):
        worm = self.put_worm()
        path = r"X:\WINDOWS\system32\qwertyuiop.dll"
        os.link(worm, self.drive / "second")
        self.assertIn("second name", self.refused("remove-file", path, "-"))
        (self.drive / "second").unlink()
        os.setxattr(worm.parent, "system.ntfs_attrib_be", struct.pack(">I", 0x810))
        self.assertIn("is not compressed, unlike its folder",
                      self.refused("remove-file", path, "-"))
        os.setxattr(worm.parent, "system.ntfs_attrib_be", struct.pack(">I", 0x10))
        self.umount()
        self.mount("streams_interface=none")
        self.assertIn("without streams_interface=none",
                      self.refused("remove-file", path, "-"))
        self.umount()
        self.mount("streams_interface=windows")
        Path(str(worm) + ":large").write_bytes(b"x" * 65537)
        self.umount()
        self.mount()
        self.assertIn("a stream of more than 64 KB, which cannot be read and put back "
                      "through this mount; mount the volume with -o "
                      "streams_interface=windows", self.refused("remove-file", path, "-"))
        self.assertTrue(worm.exists())

    def test_a_compressed_file_in_a_compressed_folder_comes_back(self):
        folder = self.drive / "WINDOWS" / "system32"
        folder.mkdir(parents=True)
        os.setxattr(folder, "system.ntfs_attrib_be", struct.pack(">I", 0x810))
        worm = self.put_worm(content=b"the same again " * 20000)
        self.assertEqual(os.getxattr(worm, "system.ntfs_attrib_be")[2] & 8, 8)
        self.there_and_back("remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-")

    def test_a_full_volume_stays_as_it_was(self):
        worm = self.put_worm(content=bytes(range(256)) * 20000)
        self.lock(worm)
        before = self.state()
        journal = self.do("remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-")
        with self.assertRaises(OSError), open(self.drive / "fill", "wb") as f:
            for _ in range(1000):
                f.write(b"x" * (1 << 16))
        full = self.state()
        code, _, err = tool("undo", self.drive, journal)
        self.assertEqual(code, 2)
        self.assertRegex(err, r"\Acannot .+No space left.+full.+\n\Z")
        self.assertEqual(self.state(), full)
        (self.drive / "fill").unlink()
        self.undo(journal)
        after = self.state()
        for path in (".", "fill"):
            before.pop(path, None)
        self.assertEqual(after, before)

    def test_windows_must_have_been_shut_down(self):
        self.put_worm()
        path = r"X:\WINDOWS\system32\qwertyuiop.dll"
        sleeping = self.drive / "hiberfil.sys"
        for head in (b"hibr", b"HIBR", b"wake", b"WAKE"):
            sleeping.write_bytes(head + bytes(5000))
            self.assertRegex(self.refused("remove-file", path, "-"),
                             "Windows is hibernated on it, or was shut down by fast "
                             "start.+shutdown /s /f /t 0")
        sleeping.write_bytes(b"hibs" + bytes(5000))
        self.undo(self.do("remove-file", path, "-"))
        sleeping.write_bytes(b"hibr" + bytes(5000))
        self.umount()
        self.mount("ro")
        self.assertIn("Windows is hibernated", self.refused("remove-file", path, "-"))

    def test_a_volume_that_windows_has_to_check_is_refused(self):
        self.put_worm()
        path = r"X:\WINDOWS\system32\qwertyuiop.dll"
        self.umount()
        content = bytearray(self.image.read_bytes())
        for copy in (48, 56):  # in the table of files, and in its mirror
            content[self.flags_at(content, copy)] |= 1
        self.image.write_bytes(content)
        self.mount()
        self.assertRegex(self.refused("remove-file", path, "-"),
                         "Windows has marked the volume as one to be checked.+chkdsk /f")
        self.umount()
        run("ntfsfix", "-d", self.image)
        self.mount()
        self.undo(self.do("remove-file", path, "-"))

    def flags_at(self, content, copy):
        """Where $Volume, the fourth record, has its flags."""
        cluster = struct.unpack_from("<H", content, 11)[0] * content[13]
        at = struct.unpack_from("<Q", content, copy)[0] * cluster + 3 * 1024
        self.assertEqual(content[at:at + 4], b"FILE")
        here = at + struct.unpack_from("<H", content, at + 20)[0]
        while struct.unpack_from("<I", content, here)[0] != 0x70:
            here += struct.unpack_from("<I", content, here + 4)[0]
        return here + struct.unpack_from("<H", content, here + 20)[0] + 10

    def test_an_image_is_refused_with_the_command_that_mounts_it(self):
        self.put_worm()
        self.umount()
        code, _, err = tool("look", self.image, "x")
        self.assertEqual(code, 2)
        command = re.search(r"mount it: (ntfs-3g -o \S+ \S+) /mnt, and name", err)
        self.assertTrue(command, err)
        run(*command.group(1).split(), self.drive)
        self.undo(self.do("remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-"))
        self.umount()
        disk = self.top / "disk.img"
        disk.write_bytes(bytes(1 << 20) + self.image.read_bytes())
        subprocess.run(["sfdisk", disk], input=b"label: dos\n2048,,7\n", check=True,
                       capture_output=True)
        code, _, err = tool("look", disk, "x")
        self.assertEqual(code, 2)
        command = f"mount -t ntfs-3g -o loop,offset=1048576," \
                  f"streams_interface=windows {disk} /mnt"
        self.assertIn(command, err)
        try:
            run(*command.split()[:-1], self.drive)
        except subprocess.CalledProcessError as e:
            self.skipTest(f"no loop devices here: {e.stderr.decode().strip()}")
        self.undo(self.do("remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-"))

    def test_a_mount_for_reading_is_refused(self):
        self.put_worm()
        self.umount()
        self.mount("ro")
        self.assertIn("it is mounted read-only", self.refused(
            "remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-"))


class WithStreams(OnNtfs):
    OPTIONS = "streams_interface=windows"

    def test_streams_of_any_size_come_back(self):
        worm = self.put_worm()
        for name, size in (("large", 300000), ("small", 5), ("none", 0)):
            Path(f"{worm}:{name}").write_bytes(b"%d" % size * (size // 6))
        self.lock(worm)
        self.there_and_back("remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-")
        self.assertEqual(Path(f"{worm}:large").read_bytes(), b"300000" * 50000)

    def test_a_locked_file_comes_back_to_the_last_attribute(self):
        self.skipTest("attributes hold no streams here")

    def test_a_journal_of_another_mount_is_refused(self):
        worm = self.put_worm()
        Path(f"{worm}:small").write_bytes(b"stream")
        journal = self.do("remove-file", r"X:\WINDOWS\system32\qwertyuiop.dll", "-")
        self.umount()
        self.mount()
        code, _, err = tool("undo", self.drive, journal)
        self.assertEqual(code, 2)
        self.assertIn("streams_interface=windows", err)
        self.assertEqual(os.listdir(worm.parent), [])
        self.again()
        self.undo(journal)


# ---- cut off

CALLS = ("openat pwrite64 write fsync fdatasync linkat unlinkat renameat2 setxattr "
         "removexattr utimensat mkdirat ftruncate fchownat chmod").split()

# All of them take minutes: `make faults` has CONFINE_ALL=1, a test every so manieth.
EVERY = 1 if os.environ.get("CONFINE_ALL") else 7


@unittest.skipUnless(shutil.which("strace"), "no strace here")
class CutOff(Steps):
    """Each call in turn is the last, fails once, or fails from then on."""

    LEAST = 30  # points of applying, and as many of undoing

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
            for how in ("signal=KILL:when={}", "error=ENOSPC:when={}",
                        "error=EIO:when={}+"):
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
