#!/usr/bin/env python3
"""All of what shows that nothing is lost; `make faults` is this.

    run.py                     everything: half an hour and more
    run.py --sample            about a minute of it, evenly spaced, for `make test`
    run.py --seed N            of all that is drawn

The parts, each a program of its own: the campaign (a failure, a kill at every call),
the power cut, the racer, and, where they are built, the property tests with large
counts.  First the tools themselves are tried on a program with known faults.
"""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from fault import BUILD, LIBRARY

HERE = Path(__file__).resolve().parent
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
SAMPLE_SECONDS = {"campaign": 30, "replay": 10, "racer": 5}
ROUNDS = 100_000  # swaps of a folder for a link


def parts(sample, seed):
    """(name, command) of each."""
    def tool(name, *words):
        return name, [sys.executable, HERE / f"{name}.py", *words]

    yield "campaign finds known faults", tool("campaign", "--self-test")[1]
    yield "power cut finds known faults", tool("replay", "--self-test")[1]
    yield "racer finds who trusts names", tool("racer", "--self-test")[1]
    if sample:
        for name, seconds in SAMPLE_SECONDS.items():
            yield tool(name, "--seconds", str(seconds), "--seed", seed)
        return
    yield tool("campaign", "--seed", seed)
    yield tool("replay", "--seed", seed)
    yield tool("racer", "--rounds", str(ROUNDS), "--seed", seed)


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
                              stderr=subprocess.STDOUT, check=False)
        text = done.stdout.decode(errors="replace")
        counts = CLOSING.findall(text)
        print(text, end="")
        print(f"-- {name}: {time.monotonic() - began:.0f} s\n", flush=True)
        passed += sum(int(p) for p, _ in counts)
        failed += sum(int(f) for _, f in counts) or int(done.returncode != 0)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
