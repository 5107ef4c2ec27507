#!/usr/bin/env python3
# e2e: seconds=120 light together
"""`autorun status`, `audit status` and `passwords`, on disks of the lab whose hives
are changed by hivexsh, on a real SECURITY hive, and in every format."""

import csv
import io
import json
import lzma
import os
import pty
import select
import shutil
import subprocess
import termios
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data"
WINDOWS = ("2000", "xp", "2003", "vista", "2008", "7")
POLICIES = "\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer"
MAPPING = "\\Microsoft\\Windows NT\\CurrentVersion\\IniFileMapping"


def confine(*words, text=None):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *map(str, words)], input=text, timeout=60,
                          stdin=None if text is not None else subprocess.DEVNULL,
                          capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def statuses(*words, text=None):
    """Exit code and the status lines of a command in JSON."""
    code, out, err = confine(*words, "--format", "json", text=text)
    assert code in (0, 1, 3), err
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[0]["type"] == "run" and lines[-1]["type"] == "summary", out
    return code, lines[1:-1]


def disk(windows="xp", name=None):
    """A clean disk of the lab; with a name, one of its own."""
    path = Path(name or f"disk-{windows}")
    if not path.exists():
        code, _, err = confine("lab", "disk", path, "--windows", windows, "--clean")
        assert code == 0, err
    return path


def hive(path, name):
    return next(p for p in path.glob("*/[Ss]ystem32/config/*")
                if p.name.lower() == name)


def hivexsh(path, script):
    """Changes a hive with a program that nobody here wrote."""
    done = subprocess.run(["hivexsh", "-w"], input=f"load {path}\n{script}\ncommit\n",
                          text=True, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr


def add_key(path, parent, name, *values):
    """`values` are pairs of a name ("@": the default) and what hivexsh takes."""
    lines = [f"cd {parent}", f"add {name}", f"cd {parent}\\{name}",
             f"setval {len(values)}"]
    for value in values:
        lines += value
    hivexsh(path, "\n".join(lines))


def set_values(path, key, *values):
    lines = [f"cd {key}", f"setval {len(values)}"]
    for value in values:
        lines += value
    hivexsh(path, "\n".join(lines))


class Autorun(unittest.TestCase):
    def needs(self, path):
        code, lines = statuses("autorun", "status", path)
        self.assertEqual({line["type"] for line in lines}, {"autorun"})
        return code, {line["setting"]: line["need"] for line in lines}

    def test_every_windows_tells_its_three_settings(self):
        for windows in WINDOWS:
            with self.subTest(windows=windows):
                code, needs = self.needs(disk(windows))
                self.assertEqual(set(needs), {"IniFileMapping", "NoDriveTypeAutoRun",
                                              "HonorAutorunSetting"})
                self.assertEqual(code, 1)

    def test_the_mapping_closes_all_and_another_text_does_not(self):
        path = disk("xp", "mapped")
        software = hive(path, "software")
        hivexsh(software, "cd \\Microsoft\\Windows NT\\CurrentVersion\n"
                          "add IniFileMapping")
        add_key(software, MAPPING, "Autorun.inf", ("@", "string:@SYS:DoesNotExist"))
        code, needs = self.needs(path)
        self.assertEqual((code, set(needs.values())), (0, {"in-order"}))
        set_values(software, MAPPING + "\\Autorun.inf",
                   ("@", "string:@SYS:DoesNotExisu"))
        code, needs = self.needs(path)
        self.assertEqual((code, needs["IniFileMapping"]), (1, "to-do"))

    def test_the_mask_closes_it_only_where_it_is_honoured(self):
        path = disk("xp", "masked")
        software = hive(path, "software")
        set_values(software, POLICIES, ("NoDriveTypeAutoRun", "dword:0xff"))
        self.assertEqual(self.needs(path)[0], 1)
        set_values(software, POLICIES, ("NoDriveTypeAutoRun", "dword:0xff"),
                   ("HonorAutorunSetting", "dword:1"))
        self.assertEqual(self.needs(path)[0], 0)
        set_values(software, POLICIES, ("NoDriveTypeAutoRun", "dword:0xfb"),
                   ("HonorAutorunSetting", "dword:1"))
        code, lines = statuses("autorun", "status", path)
        self.assertEqual(code, 1)
        mask = [x for x in lines if x["setting"] == "NoDriveTypeAutoRun"][0]
        self.assertIn("removable", mask["leaves"])

    def test_a_hive_that_cannot_be_read_is_unknown(self):
        path = disk("xp", "no-software")
        hive(path, "software").write_bytes(b"regf" + b"\xff" * 8188)
        code, lines = statuses("autorun", "status", path)
        self.assertEqual(code, 3, lines)


class Audit(unittest.TestCase):
    def settings(self, path):
        code, lines = statuses("audit", "status", path)
        self.assertEqual({line["type"] for line in lines}, {"audit"})
        return code, {line["category"]: line for line in lines}

    def test_every_windows_tells_what_it_records(self):
        for windows in WINDOWS:
            with self.subTest(windows=windows):
                code, lines = self.settings(disk(windows))
                self.assertIn(code, (0, 1))
                self.assertLessEqual({"Logon", "Account Logon", "Account Management"},
                                     set(lines))

    def test_a_real_windows_8_records_no_failed_logon(self):
        path = disk("7", "real")
        hive(path, "security").write_bytes(
            lzma.decompress((DATA / "hive" / "SECURITY-win8.xz").read_bytes()))
        code, lines = self.settings(path)
        self.assertEqual(code, 1)
        self.assertEqual((lines["Logon"]["success"], lines["Logon"]["failure"],
                          lines["Logon"]["need"]), (True, False, "to-do"))
        self.assertEqual((lines["Account Management"]["success"],
                          lines["Account Management"]["need"]), (True, "in-order"))
        self.assertFalse(lines["Account Logon"]["failure"])

    def test_one_bit_of_an_xp_decides(self):
        for setting, need in ((3, "in-order"), (1, "to-do"), (2, "to-do")):
            with self.subTest(setting=setting):
                path = disk("xp", f"bit-{setting}")
                value = bytearray(44)
                value[0], value[40] = 1, 9
                value[8], value[28], value[36] = setting, 1, 2
                set_values(hive(path, "security"), "\\Policy\\PolAdtEv",
                           ("@", "hex:0:" + ",".join(f"{b:02x}" for b in value)))
                lines = self.settings(path)[1]
                self.assertEqual(lines["Logon"]["need"], need)
                self.assertEqual(lines["Account Logon"]["need"], "in-order")

    def test_a_policy_of_no_known_form_is_unknown(self):
        path = disk("xp", "odd")
        set_values(hive(path, "security"), "\\Policy\\PolAdtEv", ("@", "hex:0:01,02"))
        code, lines = self.settings(path)
        self.assertEqual(lines["Logon"]["need"], "unknown")
        self.assertIn("PolAdtEv", lines["Logon"]["says"])
        self.assertIn(code, (1, 3))

    def test_no_security_hive_is_unknown(self):
        path = disk("xp", "no-security")
        hive(path, "security").unlink()
        self.assertEqual(self.settings(path)[1]["Logon"]["need"], "unknown")


class Formats(unittest.TestCase):
    def test_every_format_says_the_same(self):
        path = disk("xp")
        for command in ("autorun", "audit"):
            with self.subTest(command=command):
                names = [f"{command}.{end}" for end in
                         ("jsonl", "csv", "xml", "html", "txt")]
                words = [word for name in names for word in ("-o", name)]
                code, _, err = confine(command, "status", path, *words)
                self.assertEqual(code, 1, err)
                lines = [json.loads(x) for x in Path(names[0]).read_text().splitlines()]
                says = [x["says"] for x in lines[1:-1]]
                table = list(csv.DictReader(io.StringIO(Path(names[1]).read_text())))
                self.assertEqual([x["says"] for x in table], says)
                tree = ET.parse(names[2])
                self.assertEqual([e.text for e in tree.iter("elem")
                                  if e.get("key") == "says"], says)
                page = Path(names[3]).read_text()
                text = " ".join(Path(names[4]).read_text().split())
                for sentence in says:
                    self.assertIn(sentence.split("'")[0], page)
                    self.assertIn(sentence, text)

    def test_what_is_wrong_is_said_in_one_line(self):
        for words in (("audit",), ("audit", "status"), ("audit", "enable", "x"),
                      ("autorun", "status", "nowhere"), ("autorun", "disable", "x"),
                      ("audit", "status", "/dev/null"), ("autorun", "status", "-"),
                      ("passwords", "nowhere"), ("passwords", "a", "b")):
            with self.subTest(words=words):
                code, out, err = confine(*words)
                self.assertEqual((code, out), (2, ""))
                self.assertEqual(err.count("\n"), 1, err)


class Passwords(unittest.TestCase):
    LIST = (b"kang:gnak\nward3:ward3ward3\nboss:Wq7-long-and-own\n:admin\nsecret:\n"
            b"zzzzz\r\n\nA rather long one\n")

    def test_the_worms_guesses_are_known(self):
        code, lines = statuses("passwords", "-", text=self.LIST)
        self.assertEqual(code, 1)
        self.assertEqual([(x["account"], x["line"], x["guessed"]) for x in lines],
                         [("kang", 1, True), ("ward3", 2, True), ("boss", 3, False),
                          ("line 4", 4, True), ("secret", 5, True),
                          ("line 6", 6, True), ("line 8", 8, False)])
        self.assertEqual(statuses("passwords", text=b"Wq7-long-and-own\n")[0], 0)

    def test_no_password_is_ever_shown(self):
        for form in ("text", "json", "csv", "xml", "html"):
            code, out, err = confine("passwords", "--format", form, "-v",
                                     text=self.LIST)
            self.assertEqual(code, 1)
            for word in ("gnak", "ward3ward3", "Wq7", "admin\n", "zzzzz", "rather"):
                self.assertNotIn(word, out + err, form)

    def test_every_word_of_the_list_and_none_beside_it(self):
        table = (Path(os.environ["CONFINE_TOP"]) / "src" / "know" /
                 "worm-passwords.tsv").read_text().splitlines()
        words = [line.split("\t")[0][1:-1] for line in table if line[:1] == '"']
        self.assertEqual(len(words), 247)
        text = "".join(f":{word}\n" for word in words).encode()
        lines = statuses("passwords", text=text)[1]
        self.assertTrue(all(line["guessed"] for line in lines))
        text = "".join(f":{word}~\n" for word in words).encode()
        lines = statuses("passwords", text=text)[1]
        self.assertFalse(any(line["guessed"] for line in lines))

    def test_lists_of_windows_editor(self):
        text = "admin\r\nkang:gnak\r\n"
        code, lines = statuses("passwords", text=text.encode("utf-8-sig"))
        self.assertEqual((code, [x["guessed"] for x in lines]), (1, [True, True]))
        self.assertEqual(confine("passwords", text=text.encode("utf-16"))[0], 2)

    def test_control_c_gives_the_terminal_back(self):
        main, end = pty.openpty()
        with subprocess.Popen([CONFINE, "passwords"], stdin=end, stdout=end, stderr=end,
                              start_new_session=True, preexec_fn=lambda:
                              os.close(os.open(os.ttyname(0), os.O_RDWR))) as child:
            shown = b""
            while b"not shown" not in shown:
                self.assertTrue(select.select([main], [], [], 20)[0], shown)
                shown += os.read(main, 1000)
            self.assertFalse(termios.tcgetattr(end)[3] & termios.ECHO)
            os.write(main, b"half a pass\x03")
            self.assertEqual(child.wait(20), 2)
        self.assertTrue(termios.tcgetattr(end)[3] & termios.ECHO)
        self.assertNotIn(b"half", shown)
        os.close(main)
        os.close(end)

    def test_ugly_lists(self):
        self.assertEqual(confine("passwords", text=b"")[0], 2)
        self.assertEqual(confine("passwords", text=b"\n\n")[0], 2)
        self.assertEqual(confine("passwords", text=b"x" * 5000)[0], 2)
        self.assertEqual(confine("passwords", text=b"\xff\xfez\n")[0], 0)
        for zeros in (b"\xff\xfe\x00z\n", b"x\na\x00\n", b"\x00", b"abc\x00"):
            code, _, err = confine("passwords", text=zeros)
            self.assertEqual(code, 2, zeros)
            self.assertIn("no plain text", err)
        self.assertEqual(confine("passwords", ".")[0], 2)
        self.assertEqual(confine("passwords", text=b"x\n" * 5000)[0], 2)


if __name__ == "__main__":
    if not shutil.which("hivexsh"):
        raise SystemExit("hivexsh is not here; make test installs it")
    unittest.main()
