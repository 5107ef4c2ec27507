#!/usr/bin/env python3
# e2e: seconds=60 together
"""Removable drives: what `usb` says of sticks, folders and images, and how it ends."""

import csv
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from tiny_pe import tiny_program

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data"
BIN = "S-5-3-42-2819952290-8240758988-879315005-3665"
COPY = f"RECYCLER/{BIN}/jwgkvsq.vmx"
# As Sophos describes it: a comment of noise, odd letters, a header left open.
AUTORUN = (b";\x91\x02\xf4\xc1\r\n \x93 [AUTorUN\r\n\tAcTION = Open folder\r\n"
           b"shelLExECUte\t= RuNdLl32.EXE   .\\" +
           COPY.replace("/", "\\").encode() + b",ahaezedrn\r\nuseAuTopLAY=1\r\n")


def usb(*words):
    """Exit code, the lines as objects, standard error."""
    done = subprocess.run([CONFINE, "usb", *words], stdin=subprocess.DEVNULL,
                          timeout=50, capture_output=True, check=False)
    out = done.stdout.decode()
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return done.returncode, lines, done.stderr.decode()


def of_type(lines, kind):
    return [line for line in lines if line["type"] == kind]


class Drive(unittest.TestCase):
    def setUp(self):
        self.top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)
        self.drive = self.top / "stick"
        self.drive.mkdir()

    def put(self, name, content):
        path = self.drive / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def found(self, *words):
        code, lines, err = usb(*(words or (str(self.drive),)))
        verdicts = of_type(lines, "verdict")
        return (code, [v["state"] for v in verdicts],
                sorted(f["trace"] for f in of_type(lines, "finding")), err)

    def test_a_drive_of_the_worms_is_infected(self):
        self.put("AUTORUN.INF", AUTORUN)
        self.put(COPY.replace("RECYCLER", "Recycler"), tiny_program())
        code, lines, err = usb(str(self.drive))
        self.assertEqual((code, err), (1, ""))
        self.assertEqual([line["type"] for line in lines],
                         ["run", "finding", "finding", "verdict", "summary"])
        worm = lines[1]
        self.assertEqual((worm["trace"], worm["detector"], worm["where"]),
                         ("autorun-worm", "removable", "X:\\autorun.inf"))
        self.assertIn("ahaezedrn", worm["fields"]["command"])
        self.assertEqual(worm["fields"]["size"], 1024)
        self.assertEqual(lines[2]["trace"], "recycler-pe")
        self.assertEqual((lines[3]["state"], lines[3]["host"]),
                         ("infected", str(self.drive)))
        self.assertEqual(lines[3]["variants"], ["B", "C", "E"])
        self.assertEqual(lines[4]["infected"], 1)

    def test_each_half_alone_is_suspect(self):
        autorun = self.put("autorun.inf", AUTORUN)
        self.assertEqual(self.found(), (1, ["suspect"], ["autorun-suspect"], ""))
        autorun.unlink()
        self.put(COPY, tiny_program())
        self.assertEqual(self.found(), (1, ["suspect"], ["recycler-pe"], ""))

    def test_what_looks_alike_is_clean(self):
        self.put("autorun.inf", (DATA / "autorun" / "icon-only.inf").read_bytes())
        self.put("RECYCLER/S-1-5-21-1-2-3-1003/Dc1.dll", tiny_program())
        self.put("RECYCLER/NPROTECT/a.dll", tiny_program())
        self.put(f"RECYCLER/{BIN}/setup.exe", tiny_program())
        self.assertEqual(self.found(), (0, ["clean"], [], ""))
        shutil.rmtree(self.drive)
        (self.drive / "autorun.inf" / "con").mkdir(parents=True)
        self.assertEqual(self.found(), (0, ["clean"], [], ""))

    def test_a_link_is_not_followed_and_said(self):
        outside = self.top / "outside.inf"
        outside.write_bytes(AUTORUN)
        (self.drive / "autorun.inf").symlink_to(outside)
        code, states, traces, _ = self.found()
        self.assertEqual((code, states, traces), (3, ["unknown"], ["place-unread"]))

    def test_no_pipe_is_waited_for_and_no_giant_is_swallowed(self):
        os.mkfifo(self.drive / "autorun.inf")
        self.assertEqual(self.found()[:3], (3, ["unknown"], ["place-unread"]))
        (self.drive / "autorun.inf").unlink()
        os.truncate(self.put("autorun.inf", AUTORUN), 4 << 30)
        self.assertEqual(self.found(), (1, ["suspect"], ["autorun-suspect"], ""))

    def test_a_worm_outranks_a_drive_that_is_not_there(self):
        self.put("autorun.inf", AUTORUN)
        code, states, _, err = self.found("/nonexistent/stick", str(self.drive))
        self.assertEqual((code, states), (1, ["unknown", "suspect"]))
        self.assertEqual(len(err.splitlines()), 1)
        self.assertEqual(self.found("/nonexistent/stick")[0], 2)

    def test_without_a_drive_it_says_how(self):
        code, lines, err = usb()
        self.assertEqual((code, lines), (2, []))
        self.assertIn("confine usb /media/stick", err)

    def test_all_formats_tell_the_same(self):
        self.put("autorun.inf", AUTORUN)
        names = ["a.jsonl", "a.csv", "a.xml", "a.html", "a.txt"]
        outputs = [str(self.top / name) for name in names]
        words = [word for path in outputs for word in ("-o", path)]
        self.assertEqual(usb(str(self.drive), *words)[0], 1)
        for path in outputs:
            with self.subTest(output=path):
                text = Path(path).read_text(encoding="utf-8")
                self.assertIn("suspect", text)
                self.assertIn("autorun-suspect", text)
        with open(outputs[1], encoding="utf-8", newline="") as table:
            self.assertEqual(len(list(csv.reader(table))), 2)

    def test_nothing_on_it_is_opened_for_writing(self):
        self.put("autorun.inf", AUTORUN)
        self.put(COPY, tiny_program())
        if not shutil.which("strace"):
            self.skipTest("no strace")
        log = self.top / "trace"
        subprocess.run(["strace", "-f", "-e", "trace=open,openat,openat2,creat",
                        "-o", log, CONFINE, "usb", self.drive], check=False,
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=50)
        calls = log.read_text(errors="replace")
        self.assertIn("jwgkvsq.vmx", calls)
        for line in calls.splitlines():
            self.assertNotRegex(line, r"O_WRONLY|O_RDWR|O_CREAT|creat\(")


class Image(unittest.TestCase):
    """An NTFS volume in a file, with one file in its root."""

    def test_an_image_needs_no_mounting(self):
        for tool in ("mkntfs", "ntfscp"):
            if not shutil.which(tool):
                self.skipTest(f"no {tool}")
        with tempfile.TemporaryDirectory() as folder:
            image = Path(folder) / "stick.img"
            inf = Path(folder) / "inf"
            inf.write_bytes(AUTORUN)
            image.write_bytes(b"")
            os.truncate(image, 4 << 20)
            subprocess.run(["mkntfs", "-F", "-Q", "-q", image], check=True,
                           capture_output=True, timeout=50)
            code, lines, err = usb(str(image))
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(of_type(lines, "verdict")[0]["state"], "clean")
            subprocess.run(["ntfscp", "-f", image, inf, "autorun.inf"], check=True,
                           capture_output=True, timeout=50)
            code, lines, _ = usb(str(image))
            self.assertEqual(code, 1)
            self.assertEqual([f["trace"] for f in of_type(lines, "finding")],
                             ["autorun-suspect"])


if __name__ == "__main__":
    unittest.main()
