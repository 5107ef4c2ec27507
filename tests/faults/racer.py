#!/usr/bin/env python3
"""Folders are swapped for links to a victim while confine changes a machine.

    racer.py [--seconds N] [--rounds N] [--seed N]
    racer.py --self-test      a cleaner that trusts names is caught

`confine clean` and `confine undo` run in a loop on a disk of the lab, while another
process swaps one of its folders, or a file of the worm's, for a link to the same place
of a victim outside, and back, as fast as the kernel does it.  However a round ends, the
victim never changes: not a byte, not a time, not a name.  Exit code 1 where it does.
"""

import argparse
import ctypes
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from fault import BUILD
from tree import Tree, differences

CONFINE = Path(os.environ.get("CONFINE", BUILD / "confine"))
LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, RENAME_EXCHANGE = -100, 2
DISK = ("--windows", "xp", "--variant", "B")
FOLDERS = ("WINDOWS", "WINDOWS/system32", "WINDOWS/system32/config", "WINDOWS/Tasks",
           "WINDOWS/system32/drivers", "RECYCLER", "Documents and Settings",
           "Program Files")
WORM_FILES = ("WINDOWS/system32/*.dll", "WINDOWS/Tasks/*.job",
              "WINDOWS/system32/config/S*")


def exchange(one, other):
    """True where both were there, and have changed places."""
    return LIBC.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other),
                          RENAME_EXCHANGE) == 0


class Ring:
    """A tree of links, each of which may change places with what it is named after."""

    def __init__(self, top):
        self.volume = top / "volume"
        self.victim = top / "victim"
        self.links = top / "links"
        self.pairs = []

    def lay(self):
        for folder in (self.volume, self.links):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.victim, self.volume, symlinks=True)
        self.links.mkdir()
        places = [self.victim / name for name in FOLDERS]
        for pattern in WORM_FILES:
            places += sorted(self.victim.glob(pattern))
        self.pairs = []
        for number, place in enumerate(p for p in places if p.exists()):
            link = self.links / str(number)
            link.symlink_to(place)
            self.pairs.append((self.volume / place.relative_to(self.victim), link))


def swap(pairs, seed, stop, rounds):
    """Until told to stop: there and back, one pair after the other."""
    chance = random.Random(seed)
    while not stop.is_set():
        place, link = chance.choice(pairs)
        if not exchange(place, link):
            continue
        # Long enough, now and then, for more than one step of the other side.
        for _ in range(chance.choice((0, 1, 10, 100, 1000))):
            pass
        exchange(place, link)
        rounds.value += 1


def confine(*words):
    """Its exit code."""
    done = subprocess.run([str(word) for word in (CONFINE, *words)], timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode


def trusting(volume):
    """A cleaner that takes a name for what it was a moment ago."""
    for _ in range(2000):
        for job in volume.glob("WINDOWS/Tasks/At*.job"):
            job.unlink(missing_ok=True)


def identities(tree):
    """Whatever a write, a new mode or a new name would change."""
    return {name: entry.identity for name, entry in tree.entries.items()}


class Race:
    """Rounds of clean and undo, and what the victim looks like after each."""

    def __init__(self, top, seed):
        self.ring = Ring(top)
        self.top = top
        self.chance = random.Random(seed)
        self.ends = Counter()
        self.rounds = multiprocessing.Value("Q", 0, lock=False)
        subprocess.run([CONFINE, "lab", "disk", self.ring.victim, *DISK], check=True,
                       stdout=subprocess.DEVNULL)
        self.before = Tree(self.ring.victim)

    def harm(self):
        now = Tree(self.ring.victim, [self.before])
        found = differences(self.before, now)
        if not found and identities(now) != identities(self.before):
            found = ["something was written that left no trace in the content"]
        return found

    def clean_and_undo(self):
        journals = self.top / "journals"
        shutil.rmtree(journals, ignore_errors=True)
        code = confine("clean", self.ring.volume, "--yes", "--journal-dir", journals)
        self.ends[f"clean ended with {code}"] += 1
        for journal in sorted(journals.glob("*.journal")):
            code = confine("undo", journal, "--yes")
            self.ends[f"undo ended with {code}"] += 1

    def round(self, work):
        """The work, while folders are swapped; what the victim has lost."""
        self.ring.lay()
        stop = multiprocessing.Event()
        racer = multiprocessing.Process(
            target=swap, daemon=True,
            args=(self.ring.pairs, self.chance.random(), stop, self.rounds))
        racer.start()
        try:
            work()
        finally:
            stop.set()
            racer.join()
        return self.harm()


def race(args):
    """All rounds; what the victim has lost, and the race."""
    top = Path(tempfile.mkdtemp(prefix="confine-race-", dir="/dev/shm"
                                if os.access("/dev/shm", os.W_OK) else None))
    began = time.monotonic()
    harm = []
    try:
        one = Race(top, args.seed)
        work = one.clean_and_undo
        if args.self_test:
            work = lambda: trusting(one.ring.volume)  # noqa: E731
        while not harm and (time.monotonic() - began < args.seconds or
                            one.rounds.value < args.rounds):
            harm = one.round(work)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return harm, one, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    harm, one, took = race(args)
    if args.self_test:
        print(f"{'ok' if harm else 'FAIL'}  a cleaner that trusts names: "
              f"{harm[0] if harm else 'not caught'}")
        print(f"{int(bool(harm))} passed, {int(not harm)} failed")
        return 0 if harm else 1
    for line in harm[:10]:
        print(f"EXCEPTION the victim: {line}")
    for end, count in sorted(one.ends.items()):
        print(f"seen: {end}: {count} times")
    print(f"{one.rounds.value:,} swaps in {took:.0f} s, seed {args.seed}; the victim "
          f"{'has changed' if harm else 'is as it was'}")
    print(f"{sum(one.ends.values())} passed, {int(bool(harm))} failed")
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(main())
