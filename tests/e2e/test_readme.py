#!/usr/bin/env python3
# e2e: together seconds=240
"""Every command of README.md works, on the lab instead of the reader's network.

The README names 10.1.0.0/24, which nobody may scan from a test: in each command
10.1. becomes the lab's 127.93., and 10.1.0.23 a host that the lab has infected.
A `confine` in front of the real one adds the lab's ports to each scan.  The disks
and the stick that it names are the lab's, too.
"""

import csv
import lzma
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

CONFINE = Path(os.environ["CONFINE"])
TOP = Path(os.environ["CONFINE_TOP"])
PORTS = ("4745", "4739/nbt")
NETWORK = "127.93.0.0/24"

WRAPPER = f"""#!/bin/sh
program='{CONFINE}'
command=$1; shift
case "$command $*" in
scan*--resume*) exec "$program" scan "$@" ;;
scan*) exec "$program" scan --ports {",".join(PORTS)} "$@" ;;
*) exec "$program" "$command" "$@" ;;
esac
"""


PLACES = {"/mnt/c": "c", "/media/stick": "stick"}
CODES = {  # what each of them ends with, on the disks below
    "confine check /mnt/c --case ward.case": 1,
    "confine check ward3.img -v -o - -o ward3.html": 0,
    "confine check memory.dmp": 3,
    "confine usb /media/stick": 1,
    "confine clean /mnt/c --dry-run": 1,
    "confine clean /mnt/c --case ward.case --yes": 0,
    "confine clean /mnt/c --dry-run --plan ward3.json": 0,
    "confine clean /mnt/c --plan ward3.json --yes": 0,
    "confine undo --list ward.case": 0,
    "confine undo ward.case --dry-run": 0,
    "confine undo ward.case --yes": 0,
    "confine usb --clean /media/stick --yes": 0,
    "confine usb --vaccinate /media/stick --yes": 0,
    "confine autorun disable /mnt/c --yes": 0,
    "confine audit enable /mnt/c --yes": 0,
    "confine tasks delete /mnt/c --yes": 0,
    "confine patches /mnt/c": 1,
    "confine patches /mnt/c --store packages": 1,
    "confine autorun status /mnt/c": 1,
    "confine audit status /mnt/c": 1,
    "confine tasks list /mnt/c": 1,
    "confine passwords list.txt": 1,
    "confine logons logs/": 1,
    "confine logons logs/ --since 2009-01-16 -o attackers.csv -o -": 1,
    "confine logons logs/ -o attackers.html": 1,
    "confine logons logs/ --case ward.case": 1,
    "confine logons evidence.zip": 1,
    "confine logons /mnt/c": 1,
}


def blocks():
    """The fenced blocks of shell in the README, in order."""
    text = (TOP / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)


class Lab:
    """The simulated network, up until the with-block ends."""

    def __enter__(self):
        self.child = subprocess.Popen(
            [CONFINE, "lab", "up", "--range", NETWORK, "--respond", "0.5",
             "--port", PORTS[0], "--nbt-port", PORTS[1].split("/")[0], "--p2p",
             "--truth", "truth.csv", "--seconds", "220"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        if not self.child.stdout.readline():
            raise RuntimeError("the lab did not come up")
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(20)
        self.child.stdout.close()

    @staticmethod
    def an_infected_host():
        with open("truth.csv", encoding="utf-8", newline="") as f:
            rows = [row for row in csv.DictReader(f)
                    if row["kind"].startswith("infected-old")]
        return rows[0]["ip"]


def lab_disk(folder, *words):
    subprocess.run([CONFINE, "lab", "disk", folder, *words], check=True,
                   stdout=subprocess.DEVNULL)


def make_image(image):
    """An NTFS volume with a clean Windows; false where this machine cannot."""
    if not shutil.which("mkntfs") or not Path("/dev/fuse").exists():
        return False
    with open(image, "wb") as f:
        f.truncate(64 << 20)
    subprocess.run(["mkntfs", "-F", "-Q", "-q", image], check=True, capture_output=True)
    Path("mount").mkdir()
    if subprocess.run(["ntfs-3g", image, "mount"], capture_output=True,
                      check=False).returncode != 0:
        return False
    try:
        lab_disk("mount", "--clean")
    finally:
        subprocess.run(["umount", "mount"], check=True)
    return True


def make_machines():
    """The disks, the stick and the files that the README names."""
    lab_disk("c", "--variant", "B")
    Path("stick").mkdir()
    shutil.copy("c/autorun.inf", "stick")
    shutil.copytree("c/RECYCLER", "stick/RECYCLER")
    Path("memory.dmp").write_bytes(random.Random(1).randbytes(1 << 20))
    Path("packages").mkdir()
    Path("packages/readme.txt").write_text("no package\n", encoding="ascii")
    Path("logs").mkdir()
    log = TOP / "tests" / "data" / "evtx" / "4771-one-user-54.evtx.xz"
    Path("logs/Security.evtx").write_bytes(lzma.decompress(log.read_bytes()))
    shutil.make_archive("evidence", "zip", "logs")
    shutil.copy("logs/Security.evtx", "c/WINDOWS/system32/config/SecEvent.Evt")
    Path("list.txt").write_text("anna:annaanna\nbert:Long-and-his-own-7\n", encoding="ascii")
    return make_image("ward3.img")


def on_the_lab(block, infected):
    for place, ours in PLACES.items():
        block = block.replace(place, ours)
    return block.replace("10.1.0.23", infected).replace("10.1.", "127.93.")


def codes_of(line):
    """What a command of the README may end with."""
    for named, code in CODES.items():
        if on_the_lab(named, "") == line:
            return (code,)
    if line.startswith("confine scan") or "case" in line:
        return (0, 1, 3)
    return (0,)


def run(line, env):
    done = subprocess.run(["sh", "-c", line], env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Readme(unittest.TestCase):
    def setUp(self):
        Path("bin").mkdir(exist_ok=True)
        wrapper = Path("bin/confine")
        wrapper.write_text(WRAPPER, encoding="utf-8")
        wrapper.chmod(0o755)
        self.env = dict(os.environ, PASSWORD="wrong",
                        PATH=f"{Path('bin').resolve()}:{os.environ['PATH']}")

    def test_every_command_does_what_it_is_there_for(self):
        has_image = make_machines()
        with Lab() as lab:
            infected = lab.an_infected_host()
            for block in blocks():
                if block.startswith("make "):
                    continue
                for line in on_the_lab(block, infected).rstrip("\n").split("\n"):
                    with self.subTest(command=line):
                        if "ward3.img" in line and not has_image:
                            self.skipTest("no NTFS can be made here")
                        code, out, err = run(line, self.env)
                        self.assertIn(code, codes_of(line), err)
                        self.check(line, code, out, infected)
        for name in ("ward.html", "neighbours.csv", "audit.html", "audit.csv",
                     "audit.xml", "scan.jsonl", "ward3.json"):
            self.assertGreater(Path(name).stat().st_size, 200, name)
        for name in ("DisableAutorun.reg", "ReenableAutorun.reg"):
            self.assertTrue(Path(name).read_bytes().startswith(b"REGEDIT4\r\n"), name)

    def check(self, line, code, out, infected):
        """What a reader would look for."""
        if line == f"confine scan {NETWORK} --case ward.case":
            self.assertEqual(code, 1)
            self.assertIn(infected, out)
        if "case show" in line or "--quick" in line:
            self.assertIn("infected", out)
            self.assertIn("netpath-invalid-parameter", out)
        if "explain" in line:
            self.assertIn("Conficker is active on this machine", out)

    def test_every_command_on_a_machine_is_in_the_readme(self):
        lines = [line for block in blocks() for line in block.split("\n")]
        self.assertLessEqual(set(CODES), set(lines))

    def test_every_make_target_is_there(self):
        lines = [line for block in blocks() for line in block.split("\n")
                 if line.startswith("make ")]
        lines += re.findall(r"`(make [a-z]+)`",
                            (TOP / "README.md").read_text(encoding="utf-8"))
        self.assertGreaterEqual(len(lines), 3)
        for line in lines:
            with self.subTest(command=line):
                code, out, err = run(f"cd '{TOP}' && {line} -n", dict(os.environ))
                self.assertEqual(code, 0, out + err)


if __name__ == "__main__":
    sys.exit(unittest.main())
