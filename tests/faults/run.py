#!/usr/bin/env python3
"""All of what shows that nothing is lost; `make faults` is this.

    run.py                     everything: some hours
    run.py --sample            about a minute of it, evenly spaced, for `make test`
    run.py --seed N            of all that is drawn

The parts, each a program of its own: the campaign (a failure, a kill at every call),
the power cut, the racer, and those unit tests that go on for as long as one lets them.
First the tools themselves are tried on a program with known faults.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from confine_scenes import all_scenes
from fault import BUILD, LIBRARY

HERE = Path(__file__).resolve().parent
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
CMOCKA = re.compile(r"^\[  (PASSED|FAILED)  \] (\d+) test\(s\)", re.M)
# Of a sample: how long, and which scenes, for to lay one takes its time, too.
SAMPLE = [
    ("campaign", 25, ["clean Windows 2000, folder", "undo Windows 7, folder",
                      "undo --only a task, folder", "tasks delete, folder",
                      "usb --clean, NTFS", "usb --vaccinate, folder"]),
    ("replay", 8, ["clean Windows 2000, folder", "undo of usb --clean, folder"]),
    ("racer", 4, []),
]
ROUNDS = 100_000  # swaps of a folder for a link
# Unit tests that go on for longer when they are told to by the environment.
MORE_OF = ("test_step_race", "test_hive_crash", "test_admit_property")
MORE = {"CONFINE_RACES": str(ROUNDS), "CONFINE_CRASH_SEEDS": "40"}


def playable(names):
    """Those that this machine can mount."""
    there = {scene.name for scene in all_scenes()}
    return [name for name in names if name in there]


def parts(sample, seed):
    """(name, command) of each."""
    def tool(name, *words):
        return name, [sys.executable, HERE / f"{name}.py", *words]

    yield "campaign finds known faults", tool("campaign", "--self-test")[1]
    yield "power cut finds known faults", tool("replay", "--self-test")[1]
    yield "racer finds who trusts names", tool("racer", "--self-test")[1]
    if sample:
        for name, seconds, scenes in SAMPLE:
            yield tool(name, "--seconds", str(seconds), "--seed", seed,
                       *playable(scenes))
        return
    yield tool("campaign", "--seed", seed)
    yield tool("replay", "--seed", seed)
    yield tool("racer", "--rounds", str(ROUNDS), "--seed", seed)
    for name in MORE_OF:
        yield f"{name}, many rounds", [BUILD / "tests" / "unit" / name]


def counts_in(text):
    """Passed and failed, of our own programs or of cmocka's."""
    pairs = CLOSING.findall(text)
    words = CMOCKA.findall(text)
    return (sum(int(p) for p, _ in pairs)
            + sum(int(n) for word, n in words if word == "PASSED"),
            sum(int(f) for _, f in pairs)
            + sum(int(n) for word, n in words if word == "FAILED"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not LIBRARY.exists():
        print(f"run.py: {LIBRARY.relative_to(BUILD)} is not built; it is for x86_64 "
              "without sanitizers only; make build")
        return 2
    passed = failed = 0
    for name, command in parts(args.sample, str(args.seed)):
        began = time.monotonic()
        print(f"-- {name}", flush=True)
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False,
                              env=dict(os.environ, **MORE))
        text = done.stdout.decode(errors="replace")
        counts = counts_in(text)
        print(text, end="")
        print(f"-- {name}: {time.monotonic() - began:.0f} s\n", flush=True)
        passed += counts[0]
        failed += counts[1] or int(done.returncode != 0)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
