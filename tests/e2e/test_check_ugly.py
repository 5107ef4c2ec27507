#!/usr/bin/env python3
# e2e: seconds=240 together
"""`check` on what nobody wishes for: pipes, links, giants and folders where files
belong, and hives that belong to nobody.  Nothing may end as clean of which a part
that matters was not looked at, and nothing may stay silent, hang or grow."""

import json
import os
import random
import shutil
import subprocess
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
MADE_UP = "S-5-3-42-2819952290-8240758988-879315005-3665"
GIANT = 4 << 30


def confine(*words, **more):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *map(str, words)], capture_output=True,
                          **{"stdin": subprocess.DEVNULL, "check": False,
                             "timeout": 60, **more})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check(path, *words):
    """Exit code, state and findings of a check in JSON."""
    code, out, err = confine("check", "--format", "json", path, *words)
    assert code in (0, 1, 3), (code, err)
    lines = [json.loads(line) for line in out.splitlines()]
    state = [line["state"] for line in lines if line["type"] == "verdict"][0]
    return code, state, [line for line in lines if line["type"] == "finding"]


def below(folder, *names):
    """A path in whatever letters it is there; the last name as given if it is not."""
    for name in names:
        folder = next((p for p in folder.iterdir()
                       if p.name.lower() == name.lower()), folder / name)
    return folder


def windows(disk):
    return next(p for p in disk.iterdir() if p.name.lower() in ("windows", "winnt"))


def config(disk):
    return below(windows(disk), "system32", "config")


def away(path):
    """Takes away what is there; the path to put something else at."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.exists() or path.is_symlink():
        path.unlink()
    return path


def giant(path, head=b""):
    """4 GB of which hardly a byte takes room on this disk."""
    with open(away(path), "wb") as f:
        f.write(head)
        f.truncate(GIANT)


class Disk(unittest.TestCase):
    """A clean disk of the lab, and what a test does to it."""

    def disk(self, which="xp", *words):
        words = words or ("--clean",)
        first = Path("-".join(("lab", which, *words)))
        if not first.exists():
            code, _, err = confine("lab", "disk", first, "--windows", which, *words)
            self.assertEqual(code, 0, err)
        path = away(Path("disk"))
        shutil.copytree(first, path, symlinks=True)
        return path

    def unknown(self, path, trace, where, because=""):
        """Says "unknown" for this reason, at this place."""
        code, state, findings = check(path)
        self.assertEqual((code, state), (3, "unknown"), findings)
        found = [(f["trace"], f["where"]) for f in findings]
        self.assertIn((trace, where), found)
        its = findings[found.index((trace, where))]
        self.assertIn(because, its["fields"].get("because", ""))

    def clean(self, path):
        code, state, findings = check(path)
        self.assertEqual((code, state), (0, "clean"), findings)


class NotWhatItOughtToBe(Disk):
    def test_pipes_where_files_belong(self):
        for name, trace, where in (
                ("pagefile.sys", "place-unread", "C:\\pagefile.sys"),
                ("autorun.inf", "place-unread", "C:\\autorun.inf"),
                ("WINDOWS/Tasks/At1.job", "task-unread",
                 "C:\\WINDOWS\\Tasks\\At1.job"),
                ("WINDOWS/system32/config/SOFTWARE", "hive-damaged",
                 "C:\\WINDOWS\\System32\\config\\SOFTWARE")):
            with self.subTest(name=name):
                disk = self.disk()
                os.mkfifo(away(below(disk, *name.split("/"))))
                self.unknown(disk, trace, where, "a device, a pipe or a socket")

    def test_links_where_files_belong(self):
        Path("elsewhere").write_bytes(b"[autorun]\r\n")
        for name, trace, where in (
                ("pagefile.sys", "place-unread", "C:\\pagefile.sys"),
                ("autorun.inf", "place-unread", "C:\\autorun.inf"),
                ("WINDOWS/Tasks/At1.job", "task-unread",
                 "C:\\WINDOWS\\Tasks\\At1.job"),
                ("WINDOWS/system32/config/SYSTEM", "hive-damaged",
                 "C:\\WINDOWS\\System32\\config\\SYSTEM")):
            with self.subTest(name=name):
                disk = self.disk()
                away(below(disk, *name.split("/"))).symlink_to(
                    Path("elsewhere").resolve())
                self.unknown(disk, trace, where, "never followed")

    def test_folders_where_files_belong(self):
        disk = self.disk()
        away(below(config(disk), "system")).mkdir()
        self.unknown(disk, "hive-damaged", "C:\\WINDOWS\\System32\\config\\SYSTEM",
                     "is a folder")
        disk = self.disk()
        away(disk / "autorun.inf").mkdir()  # what people put there against the worm
        self.clean(disk)

    def test_a_waste_bin_that_is_a_link(self):
        disk = self.disk()
        hidden = disk / "hidden" / MADE_UP
        hidden.mkdir(parents=True)
        (hidden / "jwgkvsq.vmx").write_bytes(b"MZ" + bytes(500))
        away(disk / "RECYCLER").symlink_to("hidden")
        self.unknown(disk, "place-unread", "C:\\RECYCLER", "never followed")
        away(disk / "RECYCLER").mkdir()
        (disk / "RECYCLER" / MADE_UP).symlink_to("../hidden/" + MADE_UP)
        self.unknown(disk, "place-unread", "C:\\RECYCLER\\" + MADE_UP)
        away(disk / "RECYCLER" / MADE_UP).mkdir()
        (disk / "RECYCLER" / MADE_UP / "jwgkvsq.vmx").symlink_to("/dev/zero")
        self.unknown(disk, "place-unread",
                     f"C:\\RECYCLER\\{MADE_UP}\\jwgkvsq.vmx")

    def test_giants_where_little_is_expected(self):
        disk = self.disk()
        giant(disk / "autorun.inf", b"[autorun]\r\nicon=a.ico\r\n")
        self.unknown(disk, "place-unread", "C:\\autorun.inf", "larger than any")
        disk = self.disk()
        giant(below(config(disk), "SYSTEM"))
        self.unknown(disk, "hive-damaged", "C:\\WINDOWS\\System32\\config\\SYSTEM",
                     "larger than a hive can be")
        disk = self.disk()
        giant(windows(disk) / "Tasks" / "At1.job")
        self.unknown(disk, "task-unread", "C:\\WINDOWS\\Tasks\\At1.job")
        disk = self.disk()
        giant(below(windows(disk), "system32") / "x.dll")
        giant(windows(disk) / "Tasks" / "SchedLgU.Txt")
        giant(config(disk) / "SYSTEM.LOG")
        self.clean(disk)

    def test_the_worms_line_behind_a_megabyte_of_nothing(self):
        disk = self.disk()
        (disk / "autorun.inf").write_bytes(
            b"[autorun]\r\n" + b"icon=a.ico\r\n" * 100000 +
            f"shellexecute=rundll32 .\\RECYCLER\\{MADE_UP}\\j.vmx,a\r\n".encode())
        self.unknown(disk, "place-unread", "C:\\autorun.inf", "larger than any")


class Hives(Disk):
    def test_a_software_hive_of_nobody_is_not_clean(self):
        disk = self.disk()
        software = below(config(disk), "SOFTWARE")
        user = next(disk.glob("Documents and Settings/*/NTUSER.DAT"))
        software.write_bytes(user.read_bytes())
        self.unknown(disk, "hive-damaged",
                     "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                     "every Windows has")

    def test_a_reason_is_told_once_and_whole(self):
        disk = self.disk()
        os.mkfifo(away(below(config(disk), "SOFTWARE")))
        _, _, findings = check(disk)
        told = [f["fields"]["because"] for f in findings if f["trace"] == "hive-damaged"]
        self.assertEqual(len(told), 1)
        self.assertTrue(told[0].endswith("find out who put it there"), told)


class Crowds(Disk):
    def test_ten_thousand_jobs_are_not_all_looked_at_and_that_is_said(self):
        disk = self.disk()
        job = below(windows(disk), "Tasks", "At1.job").read_bytes()
        for i in range(10, 10010):
            (windows(disk) / "Tasks" / f"At{i}.job").write_bytes(job)
        code, state, findings = check(disk)
        self.assertEqual((code, state), (3, "unknown"))
        self.assertEqual([f["trace"] for f in findings], ["task-unread"])
        self.assertIn("more than 4096", findings[0]["fields"]["because"])

    def test_unread_places_without_number_do_not_hide_the_worm(self):
        disk = self.disk("xp", "--variant", "B")
        for i in range(1000):
            (windows(disk) / "Tasks" / f"At{i + 100}.job").write_bytes(bytes(100))
        code, state, findings = check(disk)
        self.assertEqual((code, state), (1, "infected"))
        self.assertIn("svc-worm", [f["trace"] for f in findings])


class Flips(Disk):
    """Bits that have flipped: nothing dies, and nothing false is found."""

    def flipped(self, content, dice):
        content = bytearray(content)
        for _ in range(dice.choice((1, 4, 32, 300))):
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        return bytes(content)

    def test_in_hives(self):
        dice = random.Random(3)
        disk = self.disk()
        for name in ("SYSTEM", "SOFTWARE", "default"):
            at = below(config(disk), name)
            whole = at.read_bytes()
            for _ in range(20):
                at.write_bytes(self.flipped(whole, dice))
                code, state, findings = check(disk)
                self.assertIn((code, state), ((0, "clean"), (3, "unknown")), findings)
            at.write_bytes(whole)

    def test_in_programs(self):
        dice = random.Random(4)
        disk = self.disk("xp", "--variant", "B")
        worm = max(below(windows(disk), "system32").glob("*.dll"),
                   key=lambda p: p.stat().st_mtime_ns)
        for i in range(100):
            (worm.parent / f"zq{i}.dll").write_bytes(
                self.flipped(worm.read_bytes()[:dice.randrange(2, 4096)], dice))
        self.assertEqual(check(disk)[:2], (1, "infected"))


class Reach(Disk):
    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "not root")
    def test_what_nobody_may_read_is_unknown(self):
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        here = Path.cwd()
        here.chmod(0o755)
        for names in (("system32", "config", "SYSTEM"), ("Tasks",), ("system32",),
                      ("Tasks", "At1.job")):
            with self.subTest(names=names):
                disk = self.disk()
                below(windows(disk), *names).chmod(0)
                done = subprocess.run([*nobody, CONFINE, "check", "--format", "json",
                                       here / disk], stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=60, check=False)
                if b"Permission denied" in done.stderr and done.returncode == 126:
                    self.skipTest("nobody may not run it from here")
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn(b"run as root", done.stdout)

    def test_a_reader_that_goes_and_a_disk_that_is_full(self):
        disk = self.disk("xp", "--variant", "B")
        for line in ("{} check {} | head -1 >&2; exit ${{PIPESTATUS[0]}}",
                     "{} check --format text {} >/dev/full",
                     "{} check --format html {} >/dev/full"):
            with self.subTest(line=line):
                done = subprocess.run(["bash", "-c", line.format(CONFINE, disk)],
                                      stdin=subprocess.DEVNULL, capture_output=True,
                                      timeout=60, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                said = [x for x in done.stderr.decode().splitlines()
                        if not x.startswith("{")]
                self.assertEqual(len(said), 1, said)
                self.assertIn("-o", said[0])


class Volumes(Disk):
    @unittest.skipUnless(shutil.which("mkntfs"), "no mkntfs here")
    def test_why_a_volume_cannot_be_read_is_in_the_results(self):
        image = Path("ntfs.img")
        image.write_bytes(bytes(8 << 20))
        subprocess.run(["mkntfs", "-F", "-Q", "-q", image], check=True,
                       capture_output=True, timeout=50)
        os.truncate(image, 4096)
        self.unknown(image, "place-unread", "ntfs.img", "no NTFS or FAT")


if __name__ == "__main__":
    unittest.main()
