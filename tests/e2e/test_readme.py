#!/usr/bin/env python3
# e2e: seconds=240
"""Every command of README.md works, on the lab instead of the reader's network.

The README names 10.1.0.0/24, which nobody may scan from a test: in each command
10.1. becomes the lab's 127.93., and 10.1.0.23 a host that the lab has infected.
A `confine` in front of the real one adds the lab's ports to each scan.
"""

import csv
import os
import re
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


def on_the_lab(block, infected):
    return block.replace("10.1.0.23", infected).replace("10.1.", "127.93.")


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
        with Lab() as lab:
            infected = lab.an_infected_host()
            for block in blocks():
                if block.startswith("make "):
                    continue
                for line in on_the_lab(block, infected).rstrip("\n").split("\n"):
                    with self.subTest(command=line):
                        code, out, err = run(line, self.env)
                        good = (0, 1, 3) if line.startswith("confine scan") else (0,)
                        if "case" in line and "scan" not in line:
                            good = (0, 1, 3)
                        self.assertIn(code, good, err)
                        self.check(line, code, out, infected)
        for name in ("ward.html", "neighbours.csv", "audit.html", "audit.csv",
                     "audit.xml", "scan.jsonl"):
            self.assertGreater(Path(name).stat().st_size, 200, name)

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
