#!/usr/bin/env python3
"""Every call that can fail is made to fail, and the program is killed at each.

    campaign.py [SCENE...]              every point of every scene, or of those named
    campaign.py --seconds 40 --seed 7   a sample, evenly spaced, of about that long
    campaign.py --repeat SCENE:MODE:AT[:ERRNO][:reads]     one point again, told in full
    campaign.py --self-test             the known faults of keeper.c are found
    campaign.py --list

A point is one call of one command with one kind of fault.  The table counts them; an
exception is one after which something is not as it must be (judge.py), and its line
says how to repeat it.  Exit code 1 where there is one.
"""

import argparse
import errno
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import confine_scenes
import scenes
from fault import MODES, WRITE_MODES, WRITES, CannotPlay, Fault
from judge import judge, judge_guard
from tree import clear_away

KEEPER_FAULTS = ("unsynced", "nameless", "early", "no-way-back", "no-times", "deaf",
                 "silent", "liar", "litter", "hasty", "between")
# Of what a read can fail; of the others, what a full or a broken disk gives.
READ_ERROR = errno.EIO
READS_MOST = 300
SHOWN = 60  # exceptions in full, one of each kind


def base_folder():
    """In memory, where there is room: what is synced there is synced at once."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Point:
    """One fault in one scene; its name is how to repeat it."""

    def __init__(self, scene, how, at, error=0, reads=False):
        self.scene, self.how, self.at = scene, how, at
        self.error, self.reads = error, reads

    def fault(self, scene):
        return Fault(self.how, self.at, self.error, self.reads,
                     under=scene.read_folders() if self.reads else ())

    def name(self):
        parts = [self.scene, self.how, str(self.at)]
        parts += [errno.errorcode[self.error]] if self.error else []
        return ":".join(parts + (["reads"] if self.reads else []))

    def mode(self):
        return f"{self.how} of a read" if self.reads else self.how


def point_of(name):
    scene, how, at, *more = name.split(":")
    error = next((getattr(errno, word) for word in more if hasattr(errno, word)), 0)
    return Point(scene, how, int(at), error, "reads" in more)


def table_of_scenes():
    return {scene.name: scene for scene in confine_scenes.all_scenes()}


# ---- the workers: each has every scene that it meets once, in a folder of its own

_stage = {}


def begin_worker(folder):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a Ctrl-C the parent tells
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _stage["folder"] = tempfile.mkdtemp(prefix="faults-", dir=folder)
    _stage["scenes"] = {}


def scene_of(name):
    if name not in _stage["scenes"]:
        for old in _stage["scenes"].values():
            old.end()
        folder = Path(_stage["folder"], name.replace(" ", "-").replace(",", ""))
        _stage["scenes"] = {name: table_of_scenes()[name](folder)}
    return _stage["scenes"][name]


def calls_of(name):
    """
    The calls of a good run: those that change by their names, and how many read; and
    what is wrong with it already.
    """
    try:
        scene = scene_of(name)
    except CannotPlay as end:
        return name, [], 0, [str(end)]
    calls = listed_calls(scene)
    reads = scene.run(Fault(reads=True, under=scene.read_folders()))
    scene.reset()
    return name, calls, reads.count, judge_guard(scene)


def listed_calls(scene):
    listing = scene.folder / "calls"
    scene.run(Fault(), listing=listing)
    scene.reset()
    return listing.read_text(encoding="ascii").split()


def play(point):
    scene = scene_of(point.scene)
    verdict = judge(scene, point.fault(scene))
    seen = verdict.outcome
    where = f"{seen.call} {seen.path}".strip() if seen.hits else "not reached"
    return (point.scene, point.mode(), point.name(), where, seen.ended(), verdict.wrong,
            verdict.notes)


# ---- the choice of points

def points_of(name, calls, reads):
    """All of one scene, in the order of its calls."""
    for at, call in enumerate(calls, 1):
        for how in MODES + (WRITE_MODES if call in WRITES else ()):
            yield Point(name, how, at)
        # A device that breaks fails otherwise than one that is full.
        how = ("fail-once", "fail-on")[at % 2]
        yield Point(name, how, at, (errno.EIO, errno.EROFS)[at // 2 % 2])
    # A call that only looks and fails ends a run early: some of many do.
    for at in range(1, reads + 1, reads // READS_MOST + 1):
        how = ("fail-once", "fail-on")[at // (reads // READS_MOST + 1) % 2]
        yield Point(name, how, at, READ_ERROR, reads=True)


def spaced(points, most, seed):
    """Evenly spaced, from a random beginning; all where there are fewer."""
    if len(points) <= most:
        return points
    if most <= 0:
        return []
    step = len(points) / most
    begin = random.Random(seed).random() * step
    return [points[int(begin + step * i)] for i in range(most)]


def kind_of(scene, wrong):
    """What exceptions have in common: their words without numbers and folders."""
    words = re.sub(r"/\S*/|\S+\.journal\S*", "", wrong[0])
    return f"{scene}: {re.sub(r'[0-9]+', '#', words)[:160]}"


class Table:
    """The outcome: command × fixture × mode."""

    def __init__(self):
        self.points = Counter()
        self.wrong = Counter()
        self.notes = Counter()
        self.kinds = Counter()

    def add(self, scene, mode, name, where, ended, wrong, notes):
        self.points[scene, mode] += 1
        self.wrong[scene, mode] += bool(wrong)
        self.notes.update((scene, note) for note in notes)
        if not wrong:
            return
        kind = kind_of(scene, wrong)
        self.kinds[kind] += 1
        if self.kinds[kind] == 1 and len(self.kinds) <= SHOWN:
            print(f"EXCEPTION {name}: at {where}; {ended}")
            for line in wrong:
                print(f"    {line[:1000]}")
            print(f"    repeat: python3 tests/faults/campaign.py --repeat '{name}'",
                  flush=True)

    def guard(self, scene, wrong):
        self.add(scene, "guard", f"{scene}:guard:0", "", "", wrong, [])

    def show(self):
        print("| command, fixture | fault | points | exceptions |")
        print("| --- | --- | ---: | ---: |")
        for scene, mode in self.points:
            key = scene, mode
            print(f"| {scene} | {mode} | {self.points[key]:,} | {self.wrong[key]} |")
        for kind, count in sorted(self.kinds.items()):
            print(f"exceptions of a kind, {count} times: {kind}")
        for (scene, note), count in sorted(self.notes.items()):
            print(f"seen, {scene}: {note}: {count}")

    def totals(self):
        return sum(self.points.values()), sum(self.wrong.values())


def stop(*_):
    raise KeyboardInterrupt


def campaign(names, seconds, seed, workers):
    table = Table()
    folder = tempfile.mkdtemp(prefix="confine-faults-", dir=base_folder())
    began = time.monotonic()
    stopped = False
    signal.signal(signal.SIGTERM, stop)
    try:
        with multiprocessing.Pool(workers, begin_worker, (folder,)) as pool:
            counted = []
            for name, calls, reads, wrong in pool.imap_unordered(calls_of, names):
                counted.append((name, calls, reads))
                table.guard(name, wrong)
            counted = [one for one in counted if one[1]]
            for number, (name, calls, reads) in enumerate(sorted(counted)):
                points = list(points_of(name, calls, reads))
                limit = None
                if seconds:
                    left = seconds - (time.monotonic() - began)
                    limit = max(left, 0) / (len(counted) - number)
                play_all(pool, points, table, limit, seed, workers)
    except KeyboardInterrupt:
        stopped = True
    finally:
        clear_away(folder)
    table.show()
    if stopped:
        print("stopped: the last scene of the table was not played to its end")
    took = time.monotonic() - began
    points, wrong = table.totals()
    print(f"{points:,} points in {took:.0f} s ({points / took:.1f} a second), seed "
          f"{seed}; {wrong} exceptions")
    print(f"{points - wrong} passed, {wrong} failed")
    return 130 if stopped else 1 if wrong else 0


def play_all(pool, points, table, limit, seed, workers):
    """All of them, or what can be played within the limit, evenly spaced."""
    chunk = 8
    if limit is None:
        for got in pool.imap_unordered(play, points, chunksize=32):
            table.add(*got)
        print(f"-- {points[0].scene}: {len(points):,} points", flush=True)
        return
    began = time.monotonic()
    first = spaced(points, 2 * workers, seed)
    for got in pool.imap_unordered(play, first, chunksize=2):
        table.add(*got)
    pace = len(first) / max(time.monotonic() - began, 0.01)
    more = int(pace * max(limit - (time.monotonic() - began), 0))
    for got in pool.imap_unordered(play, spaced(points, more, seed + 1), chunksize=chunk):
        table.add(*got)


def repeat(name):
    point = point_of(name)
    folder = tempfile.mkdtemp(prefix="confine-faults-", dir=base_folder())
    try:
        begin_worker(folder)
        scene = scene_of(point.scene)
        verdict = judge(scene, point.fault(scene))
        seen = verdict.outcome
        print(f"{' '.join(map(str, scene.words()))}\n{seen.ended()}, at call "
              f"{point.at} of {scene.baseline.count}: {seen.call} {seen.path}\n"
              f"standard error: {seen.err}\nwrong: {verdict.wrong}\n"
              f"seen: {verdict.notes}")
        return 1 if verdict.wrong else 0
    finally:
        clear_away(folder)


# ---- the campaign itself is tested on a program with known faults

def finds(folder, fault):
    """Whether the guard or a point of either scene finds the fault of a keeper."""
    found = []
    for number, kind in enumerate((scenes.KeeperDoes, scenes.KeeperUndoes)):
        one = type(kind.__name__, (kind,), {"fault": fault})
        try:
            scene = one(Path(folder, f"{fault or 'none'}-{number}"))
        except CannotPlay as end:
            found.append(f"does not even run: {end}")
            continue
        found += judge_guard(scene)
        for point in points_of(scene.name, listed_calls(scene), 0):
            for line in judge(scene, point.fault(scene)).wrong:
                found.append(f"{point.name()}: {line}")
        scene.end()
    return found


def known_faults_are_found(faults, find):
    """Nothing where there is no fault, something for each: the exit code."""
    folder = tempfile.mkdtemp(prefix="confine-faults-", dir=base_folder())
    failed = 0
    try:
        for fault in ("", *faults):
            found = find(folder, fault)
            good = not found if fault == "" else bool(found)
            print(f"{'ok' if good else 'FAIL'}  keeper {fault or 'without a fault'}: "
                  f"{len(found)} exceptions{', as: ' if found else ''}"
                  f"{found[0][:150] if found else ''}", flush=True)
            failed += not good
    finally:
        clear_away(folder)
    print(f"{len(faults) + 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


def usual_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("scenes", nargs="*")
    return parser


def main():
    parser = usual_options()
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if args.self_test:
        return known_faults_are_found(KEEPER_FAULTS, finds)
    if args.repeat:
        return repeat(args.repeat)
    names = args.scenes or list(table_of_scenes())
    if args.list:
        print("\n".join(names))
        return 0
    if not args.scenes and not confine_scenes.can_mount():
        print("left out: the scenes on NTFS, which need ntfs-3g and the right to mount")
    return campaign(names, args.seconds, args.seed, args.workers)


if __name__ == "__main__":
    sys.exit(main())
