#!/usr/bin/env python3
# e2e: seconds=120 together
"""`confine lab disk`: the disks are whole, alike for a seed, and harmless."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import unittest
from pathlib import Path
from urllib.parse import unquote

CONFINE = os.environ["CONFINE"]
FOLDER = Path(os.environ["TMPDIR"])

WINDOWS = ("2000", "xp", "2003", "vista", "2008", "7")
HIVES = ("SAM", "SECURITY", "SOFTWARE", "SYSTEM", "default", "NTUSER.DAT", "system")


def lab(*words):
    """Exit code, standard output, standard error of `lab disk`."""
    done = subprocess.run([CONFINE, "lab", "disk", *map(str, words)], timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def made(name, *options):
    """A new disk, and the "word: value" lines on it."""
    folder = FOLDER / name
    code, out, err = lab(folder, *options)
    if code or err:
        raise AssertionError(f"{code}: {err}")
    return folder, dict(line.split(": ", 1) for line in out.splitlines())


def bytes_of(folder):
    """Path below the folder to hash, of every file."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def said_by(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60, check=False)
    if done.returncode or done.stderr:
        raise AssertionError(f"{words}: {done.returncode}: {done.stderr!r}")
    return done.stdout.decode(errors="replace")


def registry(hive):
    """Keys (path to who may do what) and values (path to text), as reglookup has them."""
    keys, values = {}, {}
    for line in said_by("reglookup", "-s", str(hive)).split("\n")[1:]:
        row = [unquote(word) for word in line.split(",")]
        if len(row) > 7 and row[1] == "KEY":
            keys[row[0]] = row[7]
        elif len(row) > 2:
            values[row[0]] = row[2]
    return keys, values


def config(folder):
    return next(path for path in folder.rglob("*")
                if path.is_dir() and path.name == "config")


class Same(unittest.TestCase):
    def test_the_same_options_give_the_same_bytes(self):
        first, _ = made("same-1", "--seed", 4)
        second, _ = made("same-2", "--seed", 4)
        self.assertEqual(bytes_of(first), bytes_of(second))
        self.assertEqual([p.stat().st_mtime_ns for p in sorted(first.rglob("*.*"))
                          if p.is_file()],
                         [p.stat().st_mtime_ns for p in sorted(second.rglob("*.*"))
                          if p.is_file()])

    def test_another_seed_gives_another_machine(self):
        _, first = made("other-1", "--seed", 4)
        _, second = made("other-2", "--seed", 5)
        self.assertNotEqual(first["computer"], second["computer"])
        self.assertNotEqual(first["dll"], second["dll"])

    def test_the_clean_twin_is_the_same_machine(self):
        for windows in WINDOWS:
            with self.subTest(windows=windows):
                ill, facts = made(f"twin-ill-{windows}", "--windows", windows)
                clean, clean_facts = made(f"twin-clean-{windows}", "--windows", windows,
                                          "--clean")
                self.assertEqual(facts["computer"], clean_facts["computer"])
                self.assertEqual(clean_facts["infected"], "no")
                more = set(bytes_of(ill)) - set(bytes_of(clean))
                dll = "/".join(facts["dll"].split("\\")[1:])
                self.assertIn(dll, more)
                self.assertTrue(any(path.endswith("jwgkvsq.vmx") for path in more))


class Hives(unittest.TestCase):
    """Three readers, none of them ours, find nothing wrong with any."""

    def test_others_read_every_hive(self):
        for windows in WINDOWS:
            for variant in "ABD":
                folder, _ = made(f"hives-{windows}-{variant}", "--windows", windows,
                                 "--variant", variant, "--seed", 3)
                hives = [path for path in folder.rglob("*")
                         if path.is_file() and path.name in HIVES]
                self.assertEqual(len(hives), 9)
                for hive in hives:
                    with self.subTest(windows=windows, hive=hive.name):
                        self.assertIn("/,KEY,", said_by("reglookup", "-s", str(hive)))
                        self.assertIn("Key path:", said_by("regfexport", str(hive)))
                        said_by("hivexsh", "-f", os.devnull, str(hive))
                shutil.rmtree(folder)

    def test_the_chain_from_netsvcs_to_the_file_is_there(self):
        for variant in "ABD":
            folder, facts = made(f"chain-{variant}", "--variant", variant)
            _, software = registry(config(folder) / "SOFTWARE")
            keys, system = registry(config(folder) / "SYSTEM")
            service = f"/ControlSet001/Services/{facts['service']}"
            with self.subTest(variant=variant):
                netsvcs = software["/Microsoft/Windows NT/CurrentVersion/SvcHost/netsvcs"]
                self.assertIn(facts["service"], netsvcs.split("|"))
                self.assertEqual(system[f"{service}/ImagePath"],
                                 "%SystemRoot%\\system32\\svchost.exe -k netsvcs")
                self.assertEqual(system[f"{service}/Start"], "0x00000002")
                self.assertEqual(system[f"{service}/Parameters/ServiceDll"],
                                 facts["dll"])
                # Only SYSTEM, S-1-5-18, is let in.
                for key in (service, f"{service}/Parameters"):
                    self.assertRegex(keys[key], r"\AS-1-5-18:ALLOW:[^|]*\Z")

    def test_only_d_takes_safe_mode_away_and_not_from_the_older_set(self):
        for variant, there in (("A", True), ("B", True), ("D", False)):
            folder, _ = made(f"safe-{variant}", "--variant", variant)
            keys, _ = registry(config(folder) / "SYSTEM")
            with self.subTest(variant=variant):
                self.assertEqual("/ControlSet001/Control/SafeBoot/Minimal/Base" in keys,
                                 there)
                self.assertIn("/ControlSet002/Control/SafeBoot/Network/Tcpip", keys)


class Files(unittest.TestCase):
    def test_the_dll_is_a_pe_and_does_nothing(self):
        folder, facts = made("pe")
        dll = folder.joinpath(*facts["dll"].split("\\")[1:])
        self.assertIn("PE32 executable (DLL)", said_by("file", "-b", str(dll)))
        # Its whole code: xor eax,eax; ret 12.  Whoever loads it is told no.
        self.assertIn(b"\x31\xc0\xc2\x0c\x00", dll.read_bytes())
        kernel = dll.with_name("kernel32.dll")
        self.assertEqual(dll.stat().st_mtime_ns, kernel.stat().st_mtime_ns)

    def test_hidden_files_say_so_where_there_is_room_for_it(self):
        folder, facts = made("hidden")
        dll = folder.joinpath(*facts["dll"].split("\\")[1:])
        try:
            os.setxattr(FOLDER, "user.probe", b"1")
        except OSError:
            self.skipTest("this file system has no room for attributes")
        self.assertEqual(os.getxattr(dll, "user.DOSATTRIB"), b"0x7")

    def test_b_has_its_jobs_and_its_autorun_inf(self):
        folder, _ = made("jobs")
        jobs = sorted(path.name for path in (folder / "WINDOWS" / "Tasks").glob("At*.job"))
        self.assertLessEqual({f"At{n}.job" for n in range(1, 25)}, set(jobs))
        job = (folder / "WINDOWS" / "Tasks" / "At7.job").read_bytes()
        self.assertEqual(job[:4], b"\x01\x05\x01\x00")
        self.assertIn("Created by NetScheduleJobAdd.".encode("utf-16-le"), job)
        autorun = (folder / "autorun.inf").read_bytes()
        self.assertGreater(len(autorun), 50000)
        self.assertRegex(autorun.decode("latin-1"), r"shelLExECUte \t=\trundll32\.exe "
                                                    r"\.\\RECYCLER\\S-5-3-42-")

    def test_files_of_a_german_windows_lie_where_it_has_them(self):
        folder, facts = made("german", "--seed", 3)
        self.assertIn("german", facts["noise"].split())
        self.assertTrue((folder / "Programme" / "Internet Explorer").is_dir())
        self.assertTrue((folder / "Dokumente und Einstellungen" / "Kang" / "NTUSER.DAT")
                        .is_file())

    def test_more_files_and_larger_hives_on_demand(self):
        few, _ = made("few")
        many, facts = made("many", "--files", 600)
        self.assertEqual(len(bytes_of(many)), len(bytes_of(few)) + 600)
        self.assertEqual(int(facts["files"]), len(bytes_of(many)))
        self.assertGreater((config(many) / "SOFTWARE").stat().st_size,
                           8 * (config(few) / "SOFTWARE").stat().st_size)
        self.assertIn("/Classes/CLSID", said_by("reglookup", str(config(many) / "SOFTWARE")))


class Refusals(unittest.TestCase):
    def refused(self, *words):
        code, out, err = lab(*words)
        self.assertEqual((code, out), (2, ""))
        self.assertRegex(err, r"\Aconfine lab( disk)?: [^\n]*\n\Z")
        return err

    def test_a_folder_with_something_in_it_is_left_alone(self):
        folder = FOLDER / "full"
        folder.mkdir()
        (folder / "letter.txt").write_text("mine")
        self.assertIn("there is something in it", self.refused(folder))
        self.assertEqual([path.name for path in folder.iterdir()], ["letter.txt"])

    def test_an_empty_folder_is_taken(self):
        folder = FOLDER / "empty"
        folder.mkdir()
        self.assertEqual(lab(folder)[0], 0)

    def test_what_is_no_folder(self):
        file = FOLDER / "file"
        file.write_text("")
        link = FOLDER / "link"
        link.symlink_to(FOLDER / "nowhere")
        self.refused(file)
        self.refused(link)
        self.refused(FOLDER / "not" / "there")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_folder_that_may_not_be_written_to(self):
        folder = FOLDER / "closed"
        folder.mkdir()
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        self.assertIn("Permission denied", self.refused(folder / "disk"))
        self.assertIn("Permission denied", self.refused(folder))

    def test_wrong_words(self):
        self.assertRegex(self.refused(FOLDER / "q", "--variant", "E"), "A, B, D")
        self.refused(FOLDER / "q", FOLDER / "r")
        self.refused()
        code, _, err = lab(FOLDER / "q", "--windows", "95")
        self.assertEqual(code, 2)
        self.assertIn("2000|xp|2003|vista|2008|7", err)
        self.refused(FOLDER / "q", "--clean", "--variant", "B")
        self.refused(FOLDER / "q", "--range", "127.7.0.0/24")
        self.assertFalse((FOLDER / "q").exists())

    def test_a_full_disk_is_said(self):
        small = FOLDER / "small"
        small.mkdir()
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", small],
                               capture_output=True, check=False)
        if mount.returncode:
            self.skipTest("no tmpfs can be mounted here")
        try:
            self.assertIn("No space left", self.refused(small))
        finally:
            subprocess.run(["umount", small], check=True)


class Volume(unittest.TestCase):
    def test_a_mounted_ntfs_volume_takes_attributes_times_and_permissions(self):
        image, mount = FOLDER / "volume.img", FOLDER / "volume"
        mount.mkdir()
        with image.open("wb") as f:
            f.truncate(32 << 20)
        if not shutil.which("mkntfs") or not Path("/dev/fuse").exists():
            self.skipTest("no mkntfs, or no FUSE")
        subprocess.run(["mkntfs", "-F", "-Q", image], check=True, capture_output=True)
        if subprocess.run(["ntfs-3g", image, mount], capture_output=True,
                          check=False).returncode:
            self.skipTest("no volume can be mounted here")
        try:
            code, out, err = lab(mount)
            self.assertEqual((code, err), (0, ""))
            dll = re.search(r"^dll: C:\\(.*)$", out, re.M).group(1).replace("\\", "/")
            times = "system.ntfs_times_be"
            self.assertEqual(os.getxattr(mount / dll, "system.ntfs_attrib_be")[3] & 7, 7)
            self.assertEqual(
                os.getxattr(mount / dll, times)[:24],
                os.getxattr(mount / "WINDOWS/system32/kernel32.dll", times)[:24])
            acl = os.getxattr(mount / dll, "system.ntfs_acl")
            # Self-relative, a protected DACL; one entry: everyone may run it, no more.
            self.assertEqual(acl[2:4], b"\x04\x90")
            self.assertEqual(acl[20:48], bytes.fromhex(
                "02001c0001000000" "0000140020001000" "010100000000000100000000"))
        finally:
            subprocess.run(["umount", mount], check=True)


if __name__ == "__main__":
    unittest.main()
