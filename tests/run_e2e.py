#!/usr/bin/env python3
"""Runs the end-to-end tests of tests/e2e: test_*.py and test_*.sh.

    run_e2e.py [--light] [--confine PROGRAM] [NAME...]

Each runs in a temporary folder of its own, without standard input, in a process
group that is ended with it.  It finds the program in $CONFINE, the sources in
$CONFINE_TOP.  A line "# e2e: WORDS" among its first ten says more:

    seconds=N   its time limit (120)
    light       short enough for the build with sanitizers, too
    together    uses no port and measures no time: others may run beside it
    show        what it prints is worth showing when it passes, too

Exit code 0 is passed, 77 skipped (its last line says why), all else failed.  A
test of several cases prints "N passed, N failed" as its last line, or is one of
Python's unittest.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
FOLDER = TOP / "tests" / "e2e"
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
UNITTEST = re.compile(r"^Ran (\d+) tests? in .*\n\n(?:OK|FAILED)(?: \((.*)\))?$", re.M)
SKIPPED = 77


class Outcome:
    """What became of one test program."""

    def __init__(self, path, code, text, seconds):
        self.path = path
        self.name = path.stem
        self.seconds = seconds
        self.lines = text.rstrip("\n").split("\n")
        closing = CLOSING.match(self.lines[-1])
        ran = UNITTEST.search(text)
        if closing:
            self.lines.pop()
            self.passed, self.failed = int(closing.group(1)), int(closing.group(2))
            self.skipped = int(closing.group(3) or 0)
        elif ran:
            self.take_unittest(int(ran.group(1)), ran.group(2) or "")
        else:
            self.passed = int(code == 0)
            self.failed = 0
            self.skipped = int(code == SKIPPED)
        if code not in (0, SKIPPED) and self.failed == 0:
            self.failed = 1
            self.lines.append(f"exit code {code}")

    def take_unittest(self, ran, details):
        """Counts from "Ran 7 tests ... FAILED (failures=1, skipped=2)"."""
        counts = dict(re.findall(r"(failures|errors|skipped)=(\d+)", details))
        self.failed = int(counts.get("failures", 0)) + int(counts.get("errors", 0))
        self.skipped = int(counts.get("skipped", 0))
        self.passed = max(ran - self.failed - self.skipped, 0)

    def word(self):
        if self.failed:
            return "FAIL"
        return "ok" if self.passed else "skip"


def settings(path):
    """The words of its line "# e2e:", as a dictionary."""
    with path.open(encoding="utf-8") as f:
        head = [line for _, line in zip(range(10), f)]
    words = " ".join(line[6:] for line in head if line.startswith("# e2e:")).split()
    return dict(word.partition("=")[::2] for word in words)


def tests(names=(), light=False):
    """The test programs, in order of their names."""
    found = sorted(FOLDER.glob("test_*.py")) + sorted(FOLDER.glob("test_*.sh"))
    found = [p for p in found if not names or p.stem in names or p.name in names]
    return [p for p in found if not light or "light" in settings(p)]


def end_group(leader):
    """Ends what a test has left behind; its group is its own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(leader.pid, sign)
        except ProcessLookupError:
            return
        time.sleep(0.2)


def run_one(path, confine, more=None):
    """Runs one test program; its output and errors come back together."""
    limit = int(settings(path).get("seconds", "120"))
    env = dict(os.environ, CONFINE=str(confine), CONFINE_TOP=str(TOP),
               PYTHONDONTWRITEBYTECODE="1", **(more or {}))
    command = [sys.executable if path.suffix == ".py" else "sh", str(path)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="confine-e2e-") as folder, \
            tempfile.TemporaryFile() as said:
        env["TMPDIR"] = folder
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=said,
                                 stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                 start_new_session=True)
        try:
            code = child.wait(limit)
        except subprocess.TimeoutExpired:
            code = f"none: stopped after {limit} s"
        end_group(child)
        child.wait()
        said.seek(0)
        text = said.read().decode(errors="replace")
    return Outcome(path, code, text, time.monotonic() - began)


def show(outcome, label, always=False):
    cases = outcome.passed + outcome.failed
    print(f"{outcome.word():4}  {label} {outcome.name}"
          f" ({cases} cases, {outcome.seconds:.1f} s)", flush=True)
    if outcome.failed or always:
        for line in outcome.lines[-60:]:
            print(f"      {line}", flush=True)
    elif outcome.skipped and outcome.lines:
        print(f"      {outcome.lines[-1]}", flush=True)


def run_all(paths, confine, label="e2e", more=None):
    """Runs those that may be together so, the others one after the other.

    Returns passed, failed, skipped."""
    together = [path for path in paths if "together" in settings(path)]
    alone = [path for path in paths if path not in together]
    totals = [0, 0, 0]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        # The longest first, so that none of them is left over at the end.
        together.sort(key=lambda path: -int(settings(path).get("seconds", "120")))
        for outcomes in (pool.map(lambda path: run_one(path, confine, more), together),
                         (run_one(path, confine, more) for path in alone)):
            for outcome in outcomes:
                show(outcome, label, always="show" in settings(outcome.path))
                totals[0] += outcome.passed
                totals[1] += outcome.failed
                totals[2] += outcome.skipped
    return totals


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--confine", default=TOP / "build" / "confine", type=Path)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    passed, failed, skipped = run_all(tests(args.names, args.light),
                                      args.confine.resolve())
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
