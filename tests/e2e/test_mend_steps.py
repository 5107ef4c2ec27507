#!/usr/bin/env python3
# e2e: seconds=240 together
"""Steps on files and folders: what was taken off a volume comes back as it was, by the
eyes of The Sleuth Kit, of ntfs-3g and of Linux, and what could not come back is refused
before anything changes."""

import os
import re
import struct
import subprocess
import sys
import unittest
from pathlib import Path

from mend_volumes import (LOCKED, OLD, TOOL, Ntfs, Steps, linux_state, run, sha256, tool)

MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


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

    def test_a_folder_with_something_else_in_it_stays(self):
        before = linux_state(self.drive)
        self.age()
        code, out, err = tool("do", self.drive, self.journals, "remove-folder",
                              r"X:\WINDOWS\system32")
        self.assertEqual((code, err), (0, ""))
        journal, line = out.splitlines()
        self.assertEqual(line, r"X:\WINDOWS\system32 before")
        self.undo(journal)
        self.assertEqual(linux_state(self.drive), before)

    def test_a_new_folder_that_somebody_uses_stays(self):
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


if __name__ == "__main__":
    unittest.main()
