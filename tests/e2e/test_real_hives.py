#!/usr/bin/env python3
# e2e: seconds=180 together
"""`check` on disks whose hives are real ones: nothing false is found, a sound hive
leads to no "unknown", a dirty one tells the same as its recovered twin, a broken one
is told with its path and what to do.  And one the other way round: a clean hive in
whose log the worm lies."""

import json
import lzma
import os
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
HIVES = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "hive"
CONFIG = "C:\\Windows\\System32\\config\\"


def hive(name):
    return lzma.decompress((HIVES / (name + ".xz")).read_bytes())


def confine(*words):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *map(str, words)], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def disk(which="7", *words):
    """A new disk of the lab."""
    first = Path("-".join(("lab", which, *words)))
    if not first.exists():
        code, _, err = confine("lab", "disk", first, "--windows", which,
                               *(words or ("--clean",)))
        assert code == 0, err
    path = Path("disk")
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(first, path, symlinks=True)
    return path


def below(folder, *names):
    for name in names:
        folder = next((p for p in folder.iterdir()
                       if p.name.lower() == name.lower()), folder / name)
    return folder


def config(path, name):
    return below(path, "windows", "system32", "config", name)


def user(path):
    return sorted(path.glob("Users/*/NTUSER.DAT"))[0]


def put(at, content, **logs):
    """A hive with its logs beside it, and no others."""
    for end in (".LOG", ".LOG1", ".LOG2"):
        below(at.parent, at.name + end).unlink(missing_ok=True)
    at.write_bytes(content)
    for end, log in logs.items():
        (at.parent / f"{at.name}.{end}").write_bytes(log)


def check(path):
    """Exit code, state, lines of a check; its standard error."""
    code, out, err = confine("check", "--format", "json", path)
    assert code in (0, 1, 3), err
    lines = [json.loads(line) for line in out.splitlines()]
    return code, of_type(lines, "verdict")[0]["state"], lines, err


def of_type(lines, kind):
    return [line for line in lines if line["type"] == kind]


def found(path):
    """Verdict and findings, without what differs from run to run."""
    code, state, lines, _ = check(path)
    return code, state, sorted((f["trace"], f["where"], json.dumps(f["fields"]))
                               for f in of_type(lines, "finding"))


def dirty(primary, log):
    """The first as it is while its writes to become the second have been logged."""
    was, will = bytearray(primary), bytearray(log)
    was += bytes(max(len(will) - len(was), 0))
    struct.pack_into("<II", was, 4, 8, 7)
    struct.pack_into("<II", will, 4, 8, 8)
    struct.pack_into("<Q", was, 12, 0x01C9000000000000)
    struct.pack_into("<Q", will, 12, 0x01C9000000000000)
    bins = struct.unpack_from("<I", will, 40)[0]
    base = will[:512]
    struct.pack_into("<I", base, 28, 1)  # a log, and not a hive
    sectors = [i for i in range(bins // 512)
               if was[4096 + i * 512:4608 + i * 512] != will[4096 + i * 512:4608 + i * 512]]
    bitmap = bytearray(bins // 512 // 8)
    for i in sectors:
        bitmap[i // 8] |= 1 << i % 8
    out = base + b"DIRT" + bitmap
    out += bytes(-len(out) % 512)
    for i in sectors:
        out += will[4096 + i * 512:4608 + i * 512]
    return bytes(seal(was)[:len(primary)]), bytes(seal(out))


def seal(block):
    """Its checksum: the words of the first sector, one over the other."""
    total = 0
    for word in struct.unpack_from("<127I", block):
        total ^= word
    struct.pack_into("<I", block, 508, total)
    return block


class Sound(unittest.TestCase):
    def test_no_sound_hive_is_unknown_or_suspect_by_itself(self):
        for name in ("100_sub_keys.hiv", "BadListHive", "BigDataHive", "UnicodeHive",
                     "minimal", "special", "rlenvalue_test_hive", "SAM-win7",
                     "OldDirtyHive.recovered-by-windows7",
                     "NewDirtyHive1.recovered-by-windows10"):
            with self.subTest(name=name):
                path = disk()
                put(user(path), hive(name))
                self.assertEqual(found(path), (0, "clean", []))
        for name, at in (("SAM-win7", "SAM"), ("SAM-win8", "SAM"),
                         ("SECURITY-win8", "SECURITY")):
            with self.subTest(name=name):
                path = disk()
                put(config(path, at), hive(name))
                self.assertEqual(found(path), (0, "clean", []))

    def test_auditing_of_a_real_windows(self):
        path = disk()
        put(config(path, "SECURITY"), hive("SECURITY-win8"))
        audit = {a["category"]: a for a in of_type(check(path)[2], "audit")}
        self.assertEqual((audit["Logon"]["success"], audit["Logon"]["failure"]),
                         (True, False))
        self.assertEqual((audit["Account Logon"]["success"],
                          audit["Account Logon"]["failure"]), (False, False))

    def test_the_services_of_a_windows_in_use_are_no_signs(self):
        path = disk()
        put(config(path, "SYSTEM"), hive("SYSTEM-win7sp1"))
        code, state, seen = found(path)
        # The group in the lab's SOFTWARE names two services that are not in this one.
        self.assertEqual((code, state, [f[0] for f in seen]),
                         (0, "clean", ["svc-residue"]))
        verdict = of_type(check(path)[2], "verdict")[0]
        self.assertEqual(verdict["name"], "WKS-WIN732BITA")

    def test_a_hive_of_another_kind_is_no_windows(self):
        for name in ("minimal", "SAM-win7", "UnicodeHive"):
            with self.subTest(name=name):
                path = disk()
                put(config(path, "SYSTEM"), hive(name))
                self.assertEqual([f[0] for f in found(path)[2]],
                                 ["control-set-missing"])
                path = disk()
                put(config(path, "SOFTWARE"), hive(name))
                self.assertEqual([f[0] for f in found(path)[2]], ["hive-damaged"])


class Dirty(unittest.TestCase):
    TWINS = (("OldDirtyHive", "OldDirtyHive.recovered-by-windows7", ("LOG1",)),
             ("NewDirtyHive1", "NewDirtyHive1.recovered-by-windows10",
              ("LOG1", "LOG2")))

    def test_a_dirty_hive_with_its_logs_is_its_recovered_twin(self):
        for name, twin, ends in self.TWINS:
            logs = {end: hive(f"{name}.{end}") for end in ends}
            for at in (user, lambda p: config(p, "SYSTEM"),
                       lambda p: config(p, "SOFTWARE")):
                with self.subTest(name=name):
                    path = disk()
                    put(at(path), hive(name), **logs)
                    seen = found(path)
                    put(at(path), hive(twin))
                    self.assertEqual(seen, found(path))

    def test_a_dirty_hive_without_its_logs_is_told(self):
        for name, _, _ in self.TWINS:
            with self.subTest(name=name):
                path = disk()
                put(config(path, "SOFTWARE"), hive(name))
                code, state, lines, err = check(path)
                self.assertEqual((code, state), (3, "unknown"))
                told = [f for f in of_type(lines, "finding")
                        if f["trace"] == "hive-dirty"]
                self.assertEqual([f["where"] for f in told], [CONFIG + "SOFTWARE"])
                self.assertIn("put its .LOG files beside it",
                              told[0]["fields"]["because"])
                self.assertIn("SOFTWARE: writes were pending", err)

    def test_logs_that_can_be_read_in_part_are_told(self):
        log1, log2 = hive("NewDirtyHive1.LOG1"), bytearray(hive("NewDirtyHive1.LOG2"))
        log2[8192 + 300] ^= 1  # the second entry of three
        path = disk()
        put(user(path), hive("NewDirtyHive1"), LOG1=log1, LOG2=log2)
        because = "one of its logs is damaged"
        self.assertIn(because, found(path)[2][0][2])
        self.assertEqual(found(path)[2][0][0], "user-hive-damaged")
        log2 = below(user(path).parent, "NTUSER.DAT.LOG2")
        log2.unlink()
        os.mkfifo(log2)
        self.assertIn("a pipe or a socket", found(path)[2][0][2])

    def test_dirty_auditing_is_told_and_is_no_infection(self):
        path = disk()
        put(config(path, "SECURITY"), hive("SECURITY-win10-dirty"))
        code, state, _, err = check(path)
        self.assertEqual((code, state), (0, "clean"))
        self.assertIn("SECURITY: writes were pending", err)
        self.assertEqual(err.count("\n"), 1, err)

    def test_the_worm_that_lies_in_the_log_only_is_found(self):
        clean = config(disk("7"), "SYSTEM").read_bytes()
        infected = disk("7", "--variant", "B")
        at = config(infected, "SYSTEM")
        whole = found(infected)
        self.assertIn("svc-worm", [f[0] for f in whole[2]])
        primary, log = dirty(clean, at.read_bytes())
        put(at, primary, LOG1=log)
        self.assertEqual(found(infected), whole)
        put(at, primary)
        self.assertNotIn("svc-worm", [f[0] for f in found(infected)[2]])


class Broken(unittest.TestCase):
    def test_a_broken_hive_is_told_with_its_path_and_what_to_do(self):
        for name, trace in (("TruncatedHive", "hive-damaged"),
                            ("SAMBadHBinHeader", "hive-damaged"),
                            ("corrupt_sub_key_list.hiv", "place-unread")):
            for at in ("SYSTEM", "SOFTWARE"):
                with self.subTest(name=name, at=at):
                    path = disk()
                    put(config(path, at), hive(name))
                    code, state, lines, _ = check(path)
                    self.assertEqual((code, state), (3, "unknown"))
                    told = [f for f in of_type(lines, "finding")
                            if f["trace"] == trace]
                    self.assertIn(at, told[0]["where"])
                    self.assertIn("look for an older copy",
                                  told[0]["fields"]["because"])

    def test_a_broken_hive_of_a_user_is_told(self):
        path = disk()
        put(user(path), hive("TruncatedHive"))
        code, state, seen = found(path)
        self.assertEqual((code, state, [f[0] for f in seen]),
                         (3, "unknown", ["user-hive-damaged"]))

    def test_broken_auditing_is_no_infection(self):
        for name in ("TruncatedHive", "corrupt_sub_key_list.hiv", "minimal"):
            with self.subTest(name=name):
                path = disk()
                put(config(path, "SECURITY"), hive(name))
                code, state, lines, _ = check(path)
                self.assertEqual((code, state), (0, "clean"))
                self.assertIn("unknown", [a["need"] for a in of_type(lines, "audit")])


if __name__ == "__main__":
    unittest.main()
