#!/usr/bin/env python3
# e2e: seconds=150 light together
"""`patches`, end to end: disks of the lab, hives and files that differ from them, a
folder of packages, formats and exit codes."""

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
PACKAGES = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "packages"
THREE = ("KB958644", "KB957097", "KB958687")
WINE = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/lz32.dll")


def confine(*words):
    done = subprocess.run([CONFINE, *map(str, words)], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def disk(name, windows, *words):
    """A disk of the lab, made anew."""
    path = Path(name)
    shutil.rmtree(path, ignore_errors=True)
    code, _, err = confine("lab", "disk", path, "--windows", windows, *words)
    assert code == 0, err
    return path


def patches(path, *words):
    """The exit code, and the patch lines by their KB."""
    code, out, err = confine("patches", "--format", "json", path, *words)
    assert code in (0, 1, 3), err
    lines = [json.loads(line) for line in out.splitlines()]
    return code, {line["kb"]: line for line in lines if line["type"] == "patch"}


def found(path, name):
    """A file of the disk, whatever the case of its folders."""
    for at in path.rglob("*"):
        if at.name.lower() == name and "system32" in str(at).lower():
            return at
    raise AssertionError(f"no {name} on {path}")


def hive_write(hive, *lines):
    """Runs lines of hivexsh on a hive."""
    subprocess.run(["hivexsh", "-w", str(hive)], input="\n".join([*lines, "commit", ""]),
                   text=True, check=True, stdout=subprocess.DEVNULL)


class Disks(unittest.TestCase):
    def test_what_was_never_updated_misses_all_three(self):
        for windows in ("2000", "xp", "2003", "vista", "2008"):
            with self.subTest(windows=windows):
                code, by = patches(disk("old", windows, "--variant", "B"))
                self.assertEqual(code, 1)
                for kb in THREE:
                    self.assertEqual(by[kb]["state"], "missing")
                    self.assertIn(kb, by[kb]["package"])
                    self.assertNotIn("{LANG}", by[kb]["package"])
                    self.assertIn("<", by[kb]["evidence"])

    def test_windows_7_needs_none(self):
        code, by = patches(disk("seven", "7", "--variant", "B"))
        self.assertEqual(code, 0)
        self.assertEqual({line["state"] for line in by.values()}, {"not-needed"})

    def test_what_is_updated_is_in_place(self):
        for seed in range(1, 30):
            path = disk("new", "xp", "--clean", "--seed", str(seed))
            code, by = patches(path)
            if by["KB958644"]["state"] != "missing":
                break
        for kb in THREE:
            self.assertIn(by[kb]["state"], ("present", "superseded"))
            self.assertEqual(by[kb]["package"], "")
        self.assertIn(code, (0, 3))

    def test_the_line_is_as_documented(self):
        _, by = patches(disk("old", "xp", "--variant", "B"))
        line = by["KB958644"]
        self.assertEqual(list(line)[:1], ["type"])
        self.assertEqual(line["bulletin"], "MS08-067")
        self.assertEqual(line["evidence"],
                         "netapi32.dll 5.1.2600.5512 < 5.1.2600.5694 (P003)")
        self.assertEqual(line["package"], "WindowsXP-KB958644-x86-ENU.exe")
        self.assertEqual(line["newest"], "WindowsXP-KB2705219-v2-x86-ENU.exe")
        self.assertIs(line["restart"], False)
        self.assertEqual(line["need"], "to-do")

    def test_a_key_over_an_old_file_is_a_contradiction(self):
        path = disk("old", "xp", "--variant", "B")
        hive_write(found(path, "software"), "cd \\Microsoft\\Updates\\Windows XP\\SP4",
                   "add KB958644")
        _, by = patches(path)
        self.assertEqual(by["KB958644"]["state"], "missing")
        self.assertTrue(by["KB958644"]["evidence"].endswith(
            "; registry says KB958644 installed"))

    def test_a_file_of_another_service_pack_is_judged_by_its_own_range(self):
        path = disk("old", "vista", "--variant", "B")
        new = found(disk("xp", "xp", "--variant", "B"), "netapi32.dll")
        shutil.copy(new, found(path, "netapi32.dll"))
        _, by = patches(path)
        self.assertEqual(by["KB958644"]["state"], "unknown")
        self.assertIn("5.1.2600.5512 is of no known Windows", by["KB958644"]["evidence"])

    def test_a_file_that_only_claims_a_version_is_no_evidence(self):
        if not WINE.exists():
            self.skipTest("Wine is not installed")
        path = disk("old", "xp", "--variant", "B")
        shutil.copy(WINE, found(path, "netapi32.dll"))
        code, by = patches(path)
        self.assertEqual(by["KB958644"]["state"], "unknown")
        self.assertEqual(code, 1)

    def test_broken_files_are_unknown_and_absent_drivers_not_needed(self):
        path = disk("old", "xp", "--variant", "B")
        file = found(path, "netapi32.dll")
        file.write_bytes(file.read_bytes()[:300])
        found(path, "srv.sys").unlink()
        _, by = patches(path)
        self.assertEqual(by["KB958644"]["state"], "unknown")
        self.assertIn("netapi32.dll: ", by["KB958644"]["evidence"])
        self.assertEqual(by["KB958687"]["state"], "not-needed")
        file.unlink()
        self.assertEqual(patches(path)[1]["KB958644"]["state"], "unknown")

    def test_a_folder_without_a_windows_is_unknown(self):
        Path("nothing").mkdir(exist_ok=True)
        code, by = patches("nothing")
        self.assertEqual(code, 3)
        self.assertEqual({line["state"] for line in by.values()}, {"unknown"})

    def test_nothing_is_changed(self):
        path = disk("old", "xp", "--variant", "B")
        before = {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}
        patches(path)
        after = {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}
        self.assertEqual(before, after)


class Store(unittest.TestCase):
    def setUp(self):
        self.disk = disk("old", "xp", "--variant", "B")
        self.store = Path("store")
        shutil.rmtree(self.store, ignore_errors=True)
        self.store.mkdir()

    def put(self, name, source="unsigned.exe"):
        shutil.copy(PACKAGES / source, self.store / name)

    def verdict(self, kb="KB958644"):
        line = patches(self.disk, "--store", self.store)[1][kb]
        return line["file_verdict"], line["file"], line["next"]

    def test_an_empty_folder_has_none(self):
        verdict, file, then = self.verdict()
        self.assertEqual((verdict, file), ("absent", ""))
        self.assertIn("It is not in the folder.", then)

    def test_a_name_alone_makes_no_package(self):
        self.put("WindowsXP-KB958644-x86-ENU.exe")
        verdict, file, then = self.verdict()
        self.assertEqual((verdict, file),
                         ("unverified", "WindowsXP-KB958644-x86-ENU.exe"))
        self.assertIn("could not be verified", then)

    def test_a_name_that_promises_another_hash_is_bad(self):
        self.put("windowsxp-kb958644-x86-enu_" + "0" * 40 + ".exe")
        self.assertEqual(self.verdict()[0], "bad")
        shutil.rmtree(self.store)
        self.store.mkdir()
        digest = hashlib.sha1((PACKAGES / "unsigned.exe").read_bytes()).hexdigest()
        self.put(f"windowsxp-kb958644-x86-enu_{digest}.exe")
        self.assertEqual(self.verdict()[0], "unverified")

    def test_a_signature_of_somebody_elses_is_bad(self):
        self.put("WindowsXP-KB958644-x86-ENU.exe", "good.exe")
        verdict, _, then = self.verdict()
        self.assertEqual(verdict, "bad")
        self.assertIn("does not go back to Microsoft", then)
        # The newer one, unverified, is better than a bad one.
        self.put("WindowsXP-KB2705219-v2-x86-ENU.exe")
        self.assertEqual(self.verdict()[:2],
                         ("unverified", "WindowsXP-KB2705219-v2-x86-ENU.exe"))

    def test_one_signed_here_and_now_is_bad_whatever_its_name(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                        "-keyout", "key.pem", "-out", "cert.pem", "-subj",
                        "/CN=Microsoft Corporation", "-addext",
                        "extendedKeyUsage=codeSigning"],
                       check=True, capture_output=True)
        target = self.store / "WindowsXP-KB958644-x86-ENU.exe"
        subprocess.run(["osslsigncode", "sign", "-certs", "cert.pem", "-key", "key.pem",
                        "-in", str(PACKAGES / "unsigned.exe"), "-out", str(target)],
                       check=True, capture_output=True)
        self.assertEqual(self.verdict()[0], "unverified")  # no time stamp
        whole = bytearray(target.read_bytes())
        whole[1500] ^= 1
        target.write_bytes(whole)
        verdict, _, then = self.verdict()
        self.assertEqual(verdict, "bad")
        self.assertIn("changed after it had been signed", then)

    def test_links_and_folders_are_passed_over(self):
        (self.store / "WindowsXP-KB958644-x86-ENU.exe").symlink_to("/etc/passwd")
        (self.store / "WindowsXP-KB957097-x86-ENU.exe").mkdir()
        os.mkfifo(self.store / "WindowsXP-KB958687-x86-ENU.exe")
        for kb in THREE:
            self.assertEqual(self.verdict(kb)[0], "absent")

    def test_no_folder_is_an_error_of_one_line(self):
        code, out, err = confine("patches", self.disk, "--store", "gone")
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(len(err.splitlines()), 1)
        self.assertIn("gone", err)


class Outputs(unittest.TestCase):
    def test_every_format_says_the_same(self):
        path = disk("old", "xp", "--variant", "B")
        for kind in ("text", "json", "csv", "html"):
            with self.subTest(kind=kind):
                code, out, err = confine("patches", path, "--format", kind)
                self.assertEqual((code, err), (1, ""))
                self.assertIn("5.1.2600.5694", out)
        rows = list(csv.DictReader(io.StringIO(
            confine("patches", path, "--format", "csv")[1])))
        self.assertEqual([row["kb"] for row in rows][:3], list(THREE))
        self.assertEqual(rows[0]["state"], "missing")

    def test_wrong_use_is_one_line_and_code_2(self):
        for words in ((), ("a", "b"), ("/nonexistent",), ("--wrong", "a")):
            code, out, err = confine("patches", *words)
            self.assertEqual((code, out), (2, ""))
            self.assertEqual(len(err.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
