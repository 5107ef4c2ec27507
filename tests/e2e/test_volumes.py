#!/usr/bin/env python3
# e2e: seconds=120 together
"""A folder and a mounted NTFS volume as a machine: every ugly thing that may lie on
them is told or refused, and nothing is ever written or followed."""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
READER = Path(CONFINE).parent / "tests" / "unit" / "machine_reader"
NOBODY = 65534
HIDDEN_SYSTEM = 0x06


def reader(path, *folders, before=(), **more):
    """Runs the reader; returns exit code, its lines as objects, standard error."""
    done = subprocess.run([*before, READER, path, *folders], timeout=100, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, **more)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return done.returncode, lines, done.stderr.decode()


def tell(path, *folders, **more):
    """The machine's own line, and the others by their path."""
    code, lines, err = reader(path, *folders, **more)
    if code != 0:
        raise AssertionError(err)
    return lines[0], {bytes.fromhex(line["path"]): line for line in lines[1:]}


class Folder(unittest.TestCase):
    """Without a mount: what any Linux folder may hold."""

    def setUp(self):
        self.top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)
        self.drive = self.top / "drive"
        self.drive.mkdir()

    def put(self, name, content=b"x"):
        path = self.drive / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def test_nothing_is_followed_or_waited_for(self):
        outside = self.top / "outside"
        outside.write_bytes(b"secret of another folder")
        (self.drive / "out").symlink_to(outside)
        (self.drive / "up").symlink_to("..")
        (self.drive / "loop").symlink_to("loop")
        os.mkfifo(self.drive / "pipe")
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(self.drive / "socket"))
        try:
            os.mknod(self.drive / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        except PermissionError:
            pass
        self.put("file")
        began = time.monotonic()
        _, files = tell(self.drive, "X:\\")
        self.assertLess(time.monotonic() - began, 10)
        for name in ("out", "up", "loop"):
            line = files[b"X:\\" + name.encode()]
            self.assertTrue(line["link"])
            self.assertEqual(line["read"], "odd")
            self.assertIn("never followed", line["why"])
        for name in ("pipe", "socket", "null"):
            line = files.get(b"X:\\" + name.encode())
            if line:
                self.assertTrue(line["other"])
                self.assertEqual(line["read"], "odd")
        self.assertEqual(files[b"X:\\file"]["head"], b"x".hex())
        self.assertNotIn(b"secret".hex(), json.dumps(list(map(str, files.values()))))

    def test_names_of_any_bytes_are_reached(self):
        names = [b"CON", b"n" * 255, b"b\xffd", b"\xed\xa0\x80", b"a:b", b" ", b"x.",
                 "Dümmy".encode(), b"\x1b[31m", b"line\nbreak"]
        for name in names:
            with open(os.path.join(os.fsencode(self.drive), name), "wb") as f:
                f.write(name[:16])
        _, files = tell(self.drive, "X:\\")
        for name in names:
            self.assertEqual(files[b"X:\\" + name]["head"], name[:16].hex(), name)

    def test_what_may_not_be_read_is_refused_with_what_to_do(self):
        if os.getuid() != 0:
            self.skipTest("needs root to become somebody else")
        self.top.chmod(0o755)
        if not self.top.parent.stat().st_mode & stat.S_IXOTH:
            self.top.parent.chmod(0o711)
        self.put("WINDOWS/system32/evil.dll").chmod(0)
        closed = self.drive / "closed"
        closed.mkdir()
        closed.chmod(0)
        as_nobody = ("setpriv", f"--reuid={NOBODY}", "--clear-groups")
        seen = subprocess.run([*as_nobody, READER, self.drive], check=False,
                              capture_output=True)
        if seen.returncode in (126, 127):
            self.skipTest("nobody may not run the reader where it is")
        _, files = tell(self.drive, "X:\\", before=as_nobody)
        line = files[b"X:\\WINDOWS\\system32\\evil.dll"]
        self.assertEqual(line["read"], "refused")
        self.assertIn("run as root", line["why"])
        self.assertEqual(files[b"X:\\closed"]["heard"], "refused")
        self.drive.chmod(0)
        code, _, err = reader(self.drive, before=as_nobody)
        self.assertEqual(code, 2)
        self.assertRegex(err, "^cannot look at .*run as root.*\n$")

    def test_another_mount_is_not_entered(self):
        inner = self.drive / "inner"
        inner.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "none", inner], check=False,
                              capture_output=True)
        if made.returncode != 0:
            self.skipTest("this machine may not mount")
        self.addCleanup(subprocess.run, ["umount", inner], check=True)
        (inner / "file").write_bytes(b"x")
        _, files = tell(self.drive, "X:\\", "X:\\inner\\file")
        self.assertEqual(files[b"X:\\inner"]["heard"], "odd")
        self.assertIn("mounted on", files[b"X:\\inner"]["why"])
        self.assertEqual(files[b"X:\\inner\\file"]["heard"], "odd")

    def test_nothing_is_opened_for_writing_nor_changed(self):
        if not shutil.which("strace"):
            self.skipTest("no strace on this machine")
        self.put("WINDOWS/system32/config/SYSTEM", b"no hive")
        self.put("WINDOWS/system32/a.dll", b"MZ")
        self.put("Documents and Settings/Kang/NTUSER.DAT", b"no hive")
        (self.drive / "out").symlink_to("/etc/passwd")
        os.mkfifo(self.drive / "pipe")
        old = 1_000_000_000
        for path in [*self.drive.rglob("*"), self.drive]:
            os.utime(path, (old, old), follow_symlinks=False)
        log = self.top / "strace"
        tell(self.drive, "C:\\", before=(
            "strace", "-f", "-o", log, "-e", "trace=%file,%desc,pwrite64,ftruncate"))
        traced = log.read_text()
        opened = re.findall(r"(?:openat|open|openat2)\((.*)\) = (?:\d+|-1)", traced)
        self.assertTrue(any("a.dll" in words for words in opened))
        for words in opened:
            self.assertNotRegex(words, "O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", words)
            if "O_PATH" not in words:
                self.assertNotRegex(words, '"(pipe|out)"')
        # Of ftruncate only the copies of hives in memory know.
        changed = re.search(r"^\d+ +(unlink|rename|mkdir|chmod|chown|f?setxattr|"
                            r"utimensat|truncate|link|symlink|mknod)(at)?2?\(.*",
                            traced, re.M)
        self.assertIsNone(changed)
        for path in [*self.drive.rglob("*"), self.drive]:
            times = path.lstat()
            self.assertEqual(int(times.st_mtime), old, path)
            if path.is_file() and not path.is_symlink():
                self.assertEqual(int(times.st_atime), old, path)

    def test_what_is_no_machine_is_refused_in_one_line(self):
        os.mkfifo(self.drive / "pipe")
        self.put("empty", b"")
        for name in (self.drive / "pipe", self.drive / "empty", "/dev/null",
                     self.drive / "missing", self.drive / "empty" / "below"):
            code, lines, err = reader(name)
            self.assertEqual((code, lines), (2, []), name)
            self.assertRegex(err, "^cannot look at .+: .+; .+\n$")


def make_ntfs(image, megabytes):
    """Formats an image; skips where the machine cannot."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    for tool in ("mkntfs", "ntfs-3g"):
        if not shutil.which(tool, path=path):
            raise unittest.SkipTest(f"no {tool} on this machine")
    with open(image, "wb") as f:
        f.truncate(megabytes << 20)
    subprocess.run(["mkntfs", "-F", "-Q", image], check=True, capture_output=True,
                   env={**os.environ, "PATH": path})


def mount_ntfs(image, folder):
    """Mounts it; skips where the machine cannot.  The caller unmounts."""
    done = subprocess.run(["ntfs-3g", image, folder], check=False, capture_output=True)
    if done.returncode != 0:
        raise unittest.SkipTest("ntfs-3g cannot mount here: " +
                                done.stderr.decode().strip())


class Ntfs(unittest.TestCase):
    """A real NTFS volume, made by mkntfs and mounted by ntfs-3g."""

    @classmethod
    def setUpClass(cls):
        cls.top = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.top)
        image = cls.top / "ntfs.img"
        cls.drive = cls.top / "drive"
        cls.drive.mkdir()
        make_ntfs(image, 24)
        mount_ntfs(image, cls.drive)
        cls.addClassCleanup(subprocess.run, ["umount", cls.drive], check=True)
        cls.fill()

    @classmethod
    def fill(cls):
        system = cls.drive / "WINDOWS" / "system32"
        (system / "config").mkdir(parents=True)
        cls.dll = system / "Worm.dll"
        cls.dll.write_bytes(b"MZ inert")
        # Created, written, read: three times that differ, to 100 ns.
        cls.times = [127000000000000001, 127000000000000002, 127000000000000003]
        os.setxattr(cls.dll, "system.ntfs_times_be",
                    b"".join(t.to_bytes(8, "big") for t in cls.times))
        os.setxattr(cls.dll, "system.ntfs_attrib_be",
                    HIDDEN_SYSTEM.to_bytes(4, "big"))
        cls.acl = os.getxattr(cls.dll, "system.ntfs_acl")
        (cls.drive / "Program Files").mkdir()
        (cls.drive / "Program Files" / "a.exe").write_bytes(b"short")
        os.setxattr(cls.drive / "Program Files", "system.ntfs_dos_name", b"PROGRA~1")
        (cls.drive / "junction").symlink_to("/etc")
        cls.odd = [b"CON", "é".encode() * 255, b"\xed\xa0\x80alone", b"aux.txt"]
        for name in cls.odd:
            with open(os.path.join(os.fsencode(cls.drive), name), "wb") as f:
                f.write(b"odd")
        for name in ("twin.txt", "TWIN.txt"):
            (cls.drive / name).write_bytes(b"t")
        host = cls.drive / "host.txt"
        host.write_bytes(b"main stream")
        os.setxattr(host, "user.hidden", b"a stream of the side")

    def test_attributes_times_and_who_may_open_it_are_told(self):
        machine, files = tell(self.drive, "X:\\")
        self.assertTrue(machine["attributes"] and machine["times"])
        self.assertTrue(machine["file_security"])
        self.assertFalse(machine["name_times"])
        line = files[b"X:\\WINDOWS\\system32\\Worm.dll"]
        self.assertEqual(line["attributes"] & HIDDEN_SYSTEM, HIDDEN_SYSTEM)
        created, written, changed, read = map(int, line["times"])
        self.assertEqual([created, written, read], self.times)
        self.assertGreater(changed, max(self.times))
        self.assertEqual(line["security"], self.acl.hex())
        self.assertEqual(line["head"], b"MZ inert".hex())

    def test_names_links_and_streams(self):
        _, files = tell(self.drive, "X:\\", "X:\\progra~1\\A.EXE", "X:\\progra~2",
                        "X:\\TWIN.TXT", "X:\\host.txt:hidden")
        for name in self.odd:
            self.assertEqual(files[b"X:\\" + name]["head"], b"odd".hex())
        self.assertEqual(files[b"X:\\junction"]["read"], "odd")
        self.assertEqual(files[b"X:\\progra~1\\A.EXE"]["head"], b"short".hex())
        self.assertEqual(files[b"X:\\progra~2"]["heard"], "nothing")
        self.assertEqual(files[b"X:\\TWIN.TXT"]["heard"], "odd")
        self.assertEqual(files[b"X:\\host.txt"]["head"], b"main stream".hex())
        self.assertEqual(files[b"X:\\host.txt:hidden"]["heard"], "nothing")


class SameVolume(unittest.TestCase):
    """One volume as a mount, as a folder that it was copied to, as an image."""

    def look(self, *disk):
        """What `check` says of a lab disk: the three verdicts, in this order."""
        top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, top)
        image, mount, copy = top / "volume.img", top / "mount", top / "copy"
        mount.mkdir()
        make_ntfs(image, 64)
        mount_ntfs(image, mount)
        try:
            subprocess.run([CONFINE, "lab", "disk", mount, *disk], check=True,
                           capture_output=True)
            shutil.copytree(mount, copy)
            told = [self.check(mount), self.check(copy)]
        finally:
            subprocess.run(["umount", mount], check=True)
        return [*told, self.check(image)]

    def check(self, path):
        done = subprocess.run([CONFINE, "check", path, "--format", "json"], timeout=60,
                              check=False, capture_output=True)
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        verdict = next(line for line in lines if line["type"] == "verdict")
        decided = {(line["trace"], line["where"]) for line in lines
                   if line["type"] == "finding" and line["grade"] == "conclusive"}
        return (done.returncode, verdict["state"], verdict["variants"],
                verdict["name"], verdict["os"], decided)

    def test_an_infected_one_has_one_verdict(self):
        mount, copy, image = self.look("--variant", "B", "--windows", "xp")
        self.assertEqual(mount[:2], (1, "infected"))
        self.assertEqual(mount, image)
        # A copy has lost what is hidden, so less of it is beyond doubt.
        self.assertEqual(mount[:5], copy[:5])
        self.assertLess(copy[5], mount[5])

    def test_a_clean_one_has_one_verdict(self):
        mount, copy, image = self.look("--clean", "--windows", "vista")
        self.assertEqual(mount[:2], (0, "clean"))
        self.assertEqual(mount, copy)
        self.assertEqual(mount, image)


if __name__ == "__main__":
    unittest.main()
