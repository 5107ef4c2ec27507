#!/usr/bin/env python3
# e2e: seconds=240 light together
"""`check`, end to end, on the disks of the lab: every Windows, every variant, every
format and exit code; with a case; and on what is no disk at all."""

import csv
import io
import json
import os
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

import lab_net

CONFINE = os.environ["CONFINE"]
WINDOWS = ("2000", "xp", "2003", "vista", "2008", "7")
VARIANTS = ("A", "B", "D")
PATCHES = ("KB958644", "KB957097", "KB958687")


def confine(*words, **more):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *map(str, words)], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False,
                          **{"timeout": 60, **more})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def disk(windows="xp", variant=None, seed=1):
    """A disk of the lab, made once; without a variant it is clean."""
    path = Path(f"disk-{windows}-{variant or 'clean'}-{seed}")
    if not path.exists():
        words = ["--variant", variant] if variant else ["--clean"]
        code, _, err = confine("lab", "disk", path, "--windows", windows, "--seed",
                               seed, *words)
        assert code == 0, err
    return path


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def of_type(text, kind):
    return [line for line in lines(text) if line["type"] == kind]


def check(path, *words):
    """Exit code, verdict and findings of a check in JSON."""
    code, out, err = confine("check", "--format", "json", path, *words)
    assert code in (0, 1, 3), err
    return code, of_type(out, "verdict")[0], of_type(out, "finding"), out


class Disks(unittest.TestCase):
    def test_every_infected_disk_is_found_infected(self):
        for windows in WINDOWS:
            for variant in VARIANTS:
                with self.subTest(windows=windows, variant=variant):
                    code, verdict, findings, _ = check(disk(windows, variant))
                    traces = {f["trace"] for f in findings}
                    self.assertEqual((code, verdict["state"]), (1, "infected"), traces)
                    self.assertIn(variant, verdict["variants"])
                    self.assertIn("svc-worm", traces)

    def test_every_clean_disk_is_clean_with_all_its_noise(self):
        for windows in WINDOWS:
            for seed in (1, 2, 3):
                with self.subTest(windows=windows, seed=seed):
                    code, verdict, findings, _ = check(disk(windows, seed=seed))
                    seen = [(f["trace"], f["where"], f["fields"]) for f in findings
                            if f["grade"] != "weak"]
                    self.assertEqual((code, verdict["state"], seen),
                                     (0, "clean", []))

    def test_the_windows_and_the_name_are_told(self):
        names = {"2000": "Windows 2000", "xp": "Windows XP", "7": "Windows 7",
                 "2003": "Windows Server 2003", "vista": "Windows Vista",
                 "2008": "Windows Server 2008"}
        for windows, name in names.items():
            with self.subTest(windows=windows):
                verdict = check(disk(windows))[1]
                self.assertTrue(verdict["os"].startswith(name), verdict["os"])
                self.assertRegex(verdict["name"], "^[A-Z0-9-]+$")
                self.assertEqual(verdict["host"], verdict["name"])

    def test_b_shows_all_that_the_lab_put_there(self):
        traces = {f["trace"] for f in check(disk("xp", "B"))[2]}
        self.assertLessEqual({"svc-worm", "file-worm", "task-worm", "autorun-worm",
                              "applets", "showall-off"}, traces)

    def test_one_byte_of_the_service_takes_the_chain_apart(self):
        """The group that the service names: netsvcs, and netsvct."""
        path = Path("one-byte")
        shutil.copytree(disk("xp", "A"), path, symlinks=True)
        hive = next(path.glob("WINDOWS/[Ss]ystem32/config/[Ss][Yy][Ss][Tt][Ee][Mm]"))
        name = [f for f in check(path)[2] if f["trace"] == "svc-worm"][0]
        service = name["where"].split("\\Services\\")[1].split(" ")[0].split("\\")[0]
        key = hive.read_bytes()
        self.assertIn(service.encode(), key)
        changed = key.replace("svchost.exe -k netsvcs".encode("utf-16-le"),
                              "svchost.exe -k netsvct".encode("utf-16-le"))
        self.assertNotEqual(key, changed)
        hive.write_bytes(changed)
        traces = {f["trace"] for f in check(path)[2]}
        self.assertNotIn("svc-worm", traces)


class Defences(unittest.TestCase):
    def test_every_part_is_in_every_check(self):
        for windows in WINDOWS:
            with self.subTest(windows=windows):
                out = check(disk(windows, "B"))[3]
                kbs = [p["kb"] for p in of_type(out, "patch")]
                self.assertLessEqual(set(PATCHES), set(kbs))
                self.assertTrue(of_type(out, "autorun"))
                self.assertTrue(of_type(out, "audit"))

    def test_missing_patches_change_no_verdict(self):
        _, verdict, _, out = check(disk("xp"))
        needs = {p["kb"]: p["state"] for p in of_type(out, "patch")}
        self.assertEqual(verdict["state"], "clean")
        self.assertTrue(set(needs.values()) - {"present", "superseded"}, needs)

    def test_windows_7_needs_none_of_the_three(self):
        out = check(disk("7"))[3]
        states = {p["kb"]: p["state"] for p in of_type(out, "patch")}
        self.assertEqual({states[kb] for kb in PATCHES}, {"not-needed"})


class Outputs(unittest.TestCase):
    def test_all_formats_at_once(self):
        code, out, err = confine("check", disk("xp", "B"), "-o", "a.jsonl", "-o",
                                 "a.csv", "-o", "a.xml", "-o", "a.html", "-o",
                                 "a.txt", "-o", "-", "--format", "text")
        self.assertEqual(code, 1, err)
        self.assertEqual(Path("a.txt").read_text(), out)
        self.assertIn("infected", out)
        self.assertIn("svc-worm", out)
        self.assertIn("KB958644", out)
        table = list(csv.DictReader(io.StringIO(Path("a.csv").read_text())))
        self.assertEqual([row["state"] for row in table], ["infected"])
        self.assertIn("KB958644", table[0]["to_do"])
        tree = ET.parse("a.xml").getroot()
        self.assertEqual(tree.tag, "nmaprun")
        self.assertIn("svc-worm", ET.tostring(tree).decode())
        page = Path("a.html").read_text()
        self.assertIn("svc-worm", page)
        self.assertNotIn("<script", page)
        self.assertTrue(page.endswith("</html>\n"))
        first, last = lines(Path("a.jsonl").read_text())[::len(
            lines(Path("a.jsonl").read_text())) - 1]
        self.assertEqual((first["type"], first["schema"]), ("run", 1))
        self.assertEqual((last["type"], last["infected"]), ("summary", 1))

    def test_the_same_input_gives_the_same_bytes(self):
        runs = [[line for line in check(disk("vista", "B"))[3].splitlines()]
                for _ in range(2)]
        for a, b in zip(*runs):
            a, b = json.loads(a), json.loads(b)
            for line in (a, b):
                for key in ("time", "started", "seconds", "took_ms"):
                    line.pop(key, None)
            self.assertEqual(a, b)

    def test_nothing_but_ascii_and_no_control_on_a_terminal_page(self):
        out = confine("check", disk("xp", "B"), "--format", "text", "-v")[1]
        self.assertNotIn("\x1b", out)
        self.assertTrue(all(ord(c) >= 32 or c == "\n" for c in out))

    def test_text_fits_80_columns_but_for_paths(self):
        out = confine("check", disk("7", "B"), "--format", "text")[1]
        long = [line for line in out.splitlines() if len(line) > 80]
        self.assertEqual([line for line in long if "\\" not in line], [])


class Cases(unittest.TestCase):
    def test_a_check_is_kept_and_shown(self):
        code, _, err = confine("check", disk("xp", "B"), "--case", "kept.case",
                               "--format", "json")
        self.assertEqual(code, 1, err)
        name = check(disk("xp", "B"))[1]["name"]
        code, out, err = confine("case", "show", name, "--case", "kept.case")
        self.assertEqual(code, 1, err)
        self.assertIn("svc-worm", out)
        code, out, err = confine("report", "--case", "kept.case", "--format", "json")
        self.assertEqual(code, 1, err)
        self.assertEqual(of_type(out, "verdict")[0]["host"], name)
        self.assertTrue(of_type(out, "patch"))
        for form in ("text", "csv", "xml", "html"):
            self.assertEqual(confine("report", "--case", "kept.case", "--format",
                                     form)[0], 1)

    def test_a_later_check_counts(self):
        path = Path("cleaned")
        shutil.copytree(disk("xp", "B"), path, symlinks=True)
        name = check(path)[1]["name"]
        confine("check", path, "--case", "later.case")
        shutil.rmtree(path)
        confine("lab", "disk", path, "--windows", "xp", "--clean", "--seed", "1")
        self.assertEqual(check(path)[1]["name"], name)
        self.assertEqual(confine("check", path, "--case", "later.case")[0], 0)
        self.assertEqual(confine("case", "status", "--case", "later.case")[0], 0)

    def test_only_a_scan_takes_back_what_a_scan_saw(self):
        with lab_net.Lab("127.76.1.0/30", "--respond", "1", "--port", "14761",
                         "--mix", "infected-old=1") as lab:
            lab_net.scan("127.76.1.0/30", "--ports", "14761", "--case", "seen.case")
            host = next(iter(lab.kind))
        with_host = (disk("xp"), "--case", "seen.case", "--host", host)
        for _ in range(3):
            self.assertEqual(check(*with_host)[1]["reasons"], ["scan-saw-worm"])
        with lab_net.Lab("127.76.1.0/30", "--respond", "1", "--port", "14761",
                         "--mix", "clean=1"):
            _, out, _ = lab_net.scan(host, "--ports", "14761", "--case", "seen.case")
        self.assertEqual([line["state"] for line in out if line["type"] == "verdict"],
                         ["no-sign"])
        # The looks inside found nothing that this scan could not take back.
        _, out, _ = confine("report", "--case", "seen.case", "--format", "json")
        states = {line["host"]: line["state"] for line in of_type(out, "verdict")}
        self.assertEqual(states[host], "no-sign")
        self.assertEqual(check(*with_host)[1]["state"], "clean")

    def test_only_a_look_inside_takes_back_what_one_found(self):
        def stored():
            _, out, _ = confine("report", "--case", "held.case", "--format", "json")
            return [(line["state"], line["reasons"][0])
                    for line in of_type(out, "verdict") if line["host"] == host][0]

        def scan(kind):
            with lab_net.Lab("127.76.2.1/32", "--respond", "1", "--port", "14762",
                             "--mix", f"{kind}=1"):
                lab_net.scan(host, "--ports", "14762", "--case", "held.case")

        host = "127.76.2.1"
        broken = Path("broken")
        shutil.copytree(disk("xp"), broken, symlinks=True)
        os.truncate(broken / "WINDOWS/system32/config/SOFTWARE", 100)
        scan("clean")
        with_host = ("--case", "held.case", "--host", host)
        self.assertEqual(check(disk("xp", "B"), *with_host)[1]["state"], "infected")
        for kind in ("clean", "infected-old", "clean"):
            scan(kind)
        self.assertEqual(stored(), ("suspect", "inside-saw-worm"))
        self.assertEqual(check(broken, *with_host)[1]["state"], "unknown")
        scan("clean")
        self.assertEqual(stored(), ("suspect", "inside-saw-worm"))
        self.assertEqual(check(disk("xp"), *with_host)[1]["state"], "clean")

    def test_clones_of_one_name_are_two_hosts_of_a_case(self):
        """Infected first: the clean one must not stand in its place."""
        code, _, err = confine("check", disk("xp", "B"), disk("xp"), "--case",
                               "clones.case", "--format", "json")
        self.assertEqual(code, 1, err)
        self.assertIn("the same name", err)
        out = confine("report", "--case", "clones.case", "--format", "json")[1]
        self.assertEqual(sorted(v["state"] for v in of_type(out, "verdict")),
                         ["clean", "infected"])

    def test_a_host_that_is_not_in_the_case_is_refused(self):
        confine("check", disk("xp"), "--case", "some.case")
        code, _, err = confine("check", disk("xp"), "--case", "some.case", "--host",
                               "10.9.9.9")
        self.assertEqual(code, 2)
        self.assertIn("10.9.9.9", err)


class NoDisk(unittest.TestCase):
    def refused(self, *words, says=""):
        code, out, err = confine("check", *words)
        self.assertEqual(code, 2, err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(says, err)
        return out

    def test_what_is_not_there(self):
        self.refused("nowhere", says="nowhere")
        self.refused(says="check")
        self.refused("--host", "x", disk("xp"), says="--host")

    def test_what_is_no_file_and_no_folder(self):
        os.mkfifo("fifo")
        self.refused("fifo", says="fifo")
        self.refused("/dev/null", says="/dev/null")

    def test_an_empty_folder_is_unknown(self):
        Path("empty").mkdir()
        code, verdict, findings, _ = check("empty")
        self.assertEqual((code, verdict["state"]), (3, "unknown"))
        self.assertIn("no-windows", {f["trace"] for f in findings})

    def test_several_at_once_and_one_that_is_not_there(self):
        code, out, _ = confine("check", "--format", "json", disk("xp"), "nowhere",
                               disk("xp", "B"))
        self.assertEqual(code, 1)
        states = [v["state"] for v in of_type(out, "verdict")]
        self.assertEqual(states, ["clean", "unknown", "infected"])
        self.assertEqual(confine("check", disk("xp"), "nowhere")[0], 3)

    def test_memory_images(self):
        Path("noise.bin").write_bytes(os.urandom(1 << 20))
        code, verdict, _, _ = check("noise.bin")
        self.assertEqual((code, verdict["state"]), (3, "unknown"))
        with open("sparse.bin", "wb") as f:
            f.truncate(4 << 30)
        self.assertEqual(check("sparse.bin")[0], 3)


class Damage(unittest.TestCase):
    """A thing that is there and cannot be read: unknown, with the path."""

    def damaged(self, change, windows="xp"):
        path = Path(f"damaged-{self.id().rsplit('.', maxsplit=1)[-1]}")
        shutil.copytree(disk(windows), path, symlinks=True)
        config = next(path.glob("*/[Ss]ystem32/config"))
        change(config)
        code, verdict, findings, _ = check(path)
        self.assertEqual((code, verdict["state"]), (3, "unknown"), findings)
        return verdict, findings

    @staticmethod
    def hive(config, name):
        return next(p for p in config.iterdir() if p.name.lower() == name)

    def test_a_system_hive_that_is_garbage(self):
        _, findings = self.damaged(
            lambda config: self.hive(config, "system").write_bytes(b"\0" * 65536))
        self.assertTrue(any("system" in json.dumps(f).lower() for f in findings))

    def test_a_software_hive_that_is_cut(self):
        def cut(config):
            with open(self.hive(config, "software"), "r+b") as f:
                f.truncate(5000)
        self.damaged(cut)

    def test_an_empty_hive(self):
        self.damaged(lambda config: self.hive(config, "software").write_bytes(b""))

    def test_a_folder_where_a_hive_should_be(self):
        def swap(config):
            hive = self.hive(config, "software")
            hive.unlink()
            hive.mkdir()
        self.damaged(swap)


class Names(unittest.TestCase):
    EVIL = "\x1b]0;owned\x07\u202e"

    def test_no_name_acts_on_the_terminal_of_standard_error(self):
        path = Path("names")
        shutil.copytree(disk("xp"), path, symlinks=True)
        profile = path / "Documents and Settings" / self.EVIL
        profile.mkdir()
        (profile / "NTUSER.DAT").write_bytes(b"no hive")
        for words in (("check",), ("tasks", "list"), ("usb",), ("check", "nowhere")):
            for target in (path, Path(self.EVIL)):
                code, _, err = confine(*words, target)
                with self.subTest(words=words, target=target, err=err):
                    self.assertIn(code, (0, 2, 3))
                    self.assertTrue(all(c.isprintable() or c == "\n" for c in err))
                    if words != ("usb",) or target != path:
                        self.assertIn("\\x1b]0;owned\\x07\\u202e", err)

    def test_what_cannot_be_opened_has_the_end_of_its_path_for_a_name(self):
        far = "/nowhere/" + "\u00e9" * 100 + "/ward-7.img"
        for command in ("check", "usb"):
            code, out, _ = confine(command, "--format", "json", far, disk("xp"))
            name = of_type(out, "verdict")[0]["host"]
            with self.subTest(command=command, name=name):
                self.assertEqual(code, 3)
                self.assertTrue(name.startswith("\u2026\u00e9"))
                self.assertTrue(name.endswith("\u00e9/ward-7.img"))


class ReadOnly(unittest.TestCase):
    def test_nothing_on_the_disk_changes(self):
        path = disk("xp", "B")
        def state():
            return {p: (s.st_mtime_ns, s.st_ctime_ns, s.st_size)
                    for p in path.rglob("*") for s in [p.lstat()]}
        before = state()
        check(path)
        self.assertEqual(state(), before)

    @unittest.skipUnless(shutil.which("strace"), "no strace here")
    def test_nothing_on_the_disk_is_opened_for_writing(self):
        path = disk("xp", "B").resolve()
        subprocess.run(["strace", "-f", "-qq", "-e", "trace=%file,openat2", "-o",
                        "calls.txt", CONFINE, "check", path, "--format", "json"],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       timeout=120, check=False)
        calls = Path("calls.txt").read_text(errors="replace").splitlines()
        opens = [c for c in calls if "open" in c]
        self.assertGreater(len(opens), 50)
        bad = [c for c in opens if any(flag in c for flag in
               ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"))]
        self.assertEqual([c for c in bad if "/dev/null" not in c and
                          "/proc/self/fd" not in c], [])
        changing = [c for c in calls if any(f" {word}" in c for word in
                    ("unlink", "rename", "chmod", "chown", "utime", "mkdir",
                     "link(", "symlink", "truncate(", "setxattr"))]
        self.assertEqual(changing, [])


if __name__ == "__main__":
    unittest.main()
