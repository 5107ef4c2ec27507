#!/usr/bin/env python3
"""The figures on `logons`: ratios, each against a peer in the same run.

    run_logons.py [NAME...]        evtx two evt memory small

evtx    the reader alone, all wanted fields of all wanted events of a gigabyte of
        different records, against a program over libevtx that takes the same fields (of
        a smaller part: MB a second), and one that sums the words of the same file;
        then `confine logons` as a whole
two     two readers side by side, each with a half, against one with all of it, beside
        what two programs gain that only count; and the command on two cores against one
evt     the reader alone, against the sum of the words
memory  of all processes, for a gigabyte and for a hundredth of it; also of a log that
        has to be searched for its end
small   100,000 small logs against a large one with the same bytes

The .evtx logs are a real attack (tests/data/evtx), again and again with other times,
numbers, names and addresses (bench/evtx_bulk.c); those of .evt are the lab's.  Readers
are measured in processor time, of which other work on the machine takes nothing.
"""

import lzma
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from memory import peak_mib

TOP = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("CONFINE", TOP / "build" / "confine")).parent
CONFINE = BUILD / "confine"
EVT_DUMP = BUILD / "tests" / "unit" / "evt_dump"
EVTX_DUMP = BUILD / "tests" / "unit" / "evtx_dump"
EVT_MAKER = BUILD / "tests" / "unit" / "evt_maker"
SAMPLE = TOP / "tests" / "data" / "evtx" / "smb-password-guessing-security.evtx.xz"
HERE = Path(tempfile.mkdtemp(prefix="confine-bench-", dir=os.environ.get("TMPDIR")))
COPIES = 480  # of the sample, 2.2 MB each: a gigabyte
PART = 14  # 31 MB, for libevtx
EVT_RECORDS = 2_000_000  # 500 MB; there are two
SMALL = int(os.environ.get("SMALL_LOGS", "100000"))
TURNS = 7
MILLIONS = 100  # of steps of a program that only counts
HEAD = 4096
CHUNK = 65536


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def run(words, good=(0,), cores=None):
    """Wall and processor seconds of a command and its children, and what it wrote."""
    before = os.times()
    began = time.monotonic()
    done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=HERE,
                          check=False, preexec_fn=cores and
                          (lambda: os.sched_setaffinity(0, cores)))
    wall = time.monotonic() - began
    after = os.times()
    if done.returncode not in good:
        sys.exit(f"run_logons.py: {words} ended with {done.returncode}: "
                 f"{done.stderr.decode()}")
    cpu = (after.children_user - before.children_user +
           after.children_system - before.children_system)
    return wall, cpu, done.stdout.decode()


def least(words, at, turns=TURNS, **more):
    """The least of some turns: what the machine can do, without its moods."""
    return min(run(words, **more)[at] for _ in range(turns))


def compiled(name, *libraries):
    program = HERE / name
    if not program.exists():
        subprocess.run(["cc", "-O2", "-std=gnu11", TOP / "bench" / f"{name}.c", "-o",
                        program, *libraries], check=True)
    return program


def bulk(copies):
    """An .evtx log of so many copies of the sample."""
    log = HERE / f"{copies}.evtx"
    sample = HERE / "sample.evtx"
    if not sample.exists():
        sample.write_bytes(lzma.decompress(SAMPLE.read_bytes()))
    if not log.exists():
        with open(log, "wb") as f:
            subprocess.run([compiled("evtx_bulk"), sample, str(copies)], stdout=f,
                           check=True)
    return log


def evt_logs():
    logs = [HERE / f"{i}.evt" for i in range(2)]
    for i, log in enumerate(logs):
        if not log.exists():
            run([EVT_MAKER, log, "0", str(EVT_RECORDS - i)])
    return logs


def megabytes(path):
    return path.stat().st_size / 1e6


def logons(*paths):
    return [CONFINE, "logons", "--format", "json", *paths]


def summed(paths):
    """Megabytes a second of the program that sums words, in processor time."""
    took = sum(least([compiled("sum_words"), path], 1) for path in paths)
    return sum(map(megabytes, paths)) / took


def read(dump, paths):
    """The same of a reader alone."""
    took = sum(least([dump, "-q", path], 1) for path in paths)
    return sum(map(megabytes, paths)) / took


def command(name, paths, words_a_second):
    turns = [run(logons(*paths), good=(0, 1, 3)) for _ in range(3)]
    size = sum(map(megabytes, paths))
    wall = size / min(turn[0] for turn in turns)
    cpu = size / min(turn[1] for turn in turns)
    row(f"{name}, the command: judged as well", f"sum of its words: "
        f"{words_a_second:.0f} MB/s", f"{cpu:.0f} MB/s of processor time, {wall:.0f} of "
        f"wall time", f"{cpu / words_a_second:.2f} of it")


def evtx():
    log = bulk(COPIES)
    part = bulk(PART)
    floor = [compiled("evtx_floor", "-levtx"), part]
    peer = megabytes(part) / least(floor, 1, turns=3)
    words = summed([log])
    ours = read(EVTX_DUMP, [log])
    row(f".evtx, {megabytes(log):.0f} MB, one thread", f"libevtx, the same fields, of "
        f"{megabytes(part):.0f} MB: {peer:.1f} MB/s", f"{ours:.0f} MB/s",
        f"{ours / peer:.0f} x faster")
    row("the same", f"sum of its words: {words:.0f} MB/s", f"{ours:.0f} MB/s",
        f"{ours / words:.2f} of it")
    command(".evtx", [log], words)


def side_by_side(words):
    began = time.monotonic()
    processes = [subprocess.Popen([str(w) for w in w1], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) for w1 in words]
    for process in processes:
        process.wait()
    return time.monotonic() - began


def two():
    log = bulk(COPIES // 2)
    other = HERE / "other.evtx"
    shutil.copyfile(log, other)
    one = least([EVTX_DUMP, "-q", log, other], 0)
    both = min(side_by_side([[EVTX_DUMP, "-q", log], [EVTX_DUMP, "-q", other]])
               for _ in range(TURNS))
    count = compiled("count_up")
    alone = least([count, str(2 * MILLIONS)], 0)
    together = min(side_by_side([[count, str(MILLIONS)]] * 2) for _ in range(TURNS))
    row(".evtx, two readers", f"one: {one:.2f} s; two that only count are "
        f"{alone / together:.2f} x faster than one", f"{both:.2f} s",
        f"{one / both:.2f} x faster, {one / both / (alone / together):.2f} of what these "
        "cores give")
    cores = sorted(os.sched_getaffinity(0))[:2]
    good = (0, 1, 3)
    one = least(logons(log), 0, good=good, cores=cores[:1])
    both = least(logons(log), 0, good=good, cores=cores)
    row(".evtx, the command on two cores", f"on one: {one:.2f} s", f"{both:.2f} s",
        f"{one / both:.2f} x faster")
    other.unlink()


def evt():
    logs = evt_logs()
    words = summed(logs)
    ours = read(EVT_DUMP, logs)
    row(f".evt, {sum(map(megabytes, logs)):.0f} MB, one thread", f"sum of its words: "
        f"{words:.0f} MB/s", f"{ours:.0f} MB/s", f"{ours / words:.2f} of it")
    command(".evt", logs, words)


def make_dirty(log):
    """The header as it was when the log was opened: empty, in use."""
    with open(log, "r+b") as f:
        f.seek(20)
        f.write(struct.pack("<III", 48, 1, 0))
        f.seek(36)
        f.write(struct.pack("<I", 1))


def compare_memory(name, small, large):
    little = peak_mib(logons(small))
    much = peak_mib(logons(large))
    row(f"memory, {name} of {megabytes(large):.0f} MB", f"{megabytes(small):.0f} MB: "
        f"{little:.1f} MiB", f"{much:.1f} MiB in all processes",
        f"{much / little:.2f} x")


def memory():
    compare_memory(".evtx", bulk(5), bulk(COPIES))
    logs = evt_logs()
    small = HERE / "small.evt"
    run([EVT_MAKER, small, "0", str(EVT_RECORDS // 100)])
    for log in (small, logs[0]):
        make_dirty(log)
    compare_memory(".evt in use", small, logs[0])
    logs[0].unlink()


def write_small(log, folder):
    """A file for each chunk, a thousand in a folder."""
    with open(log, "rb") as f:
        head = f.read(HEAD)
        for i in range(SMALL):
            chunk = f.read(CHUNK)
            place = folder / f"{i // 1000:03}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{i:06}.evtx").write_bytes(head + chunk)


def small():
    """Each of the small ones has a head of its own: 6 bytes in 100 more."""
    good = (0, 1, 3)
    sample_chunks = (megabytes(bulk(1)) * 1e6 - HEAD) // CHUNK
    log = bulk(int(SMALL / sample_chunks) + 1)
    folder = HERE / "small"
    write_small(log, folder)
    os.truncate(log, HEAD + SMALL * CHUNK)
    large_wall, large_cpu, _ = min(run(logons(log), good=good) for _ in range(2))
    small_wall, small_cpu, _ = min(run(logons(folder), good=good) for _ in range(2))
    row(f"{SMALL:,} logs of {(HEAD + CHUNK) / 1000:.0f} kB", f"one of "
        f"{megabytes(log):.0f} MB: {large_wall:.2f} s, cpu {large_cpu:.2f} s",
        f"{small_wall:.2f} s, cpu {small_cpu:.2f} s",
        f"{small_wall / large_wall:.2f} x the time, {small_cpu / large_cpu:.2f} x the "
        f"cpu")
    log.unlink()
    shutil.rmtree(folder)


FIGURES = {"evtx": evtx, "two": two, "evt": evt, "memory": memory, "small": small}


def main():
    row("what", "peer", "confine", "ratio")
    row(*["---"] * 4)
    try:
        for name in sys.argv[1:] or list(FIGURES):
            FIGURES[name]()
    finally:
        shutil.rmtree(HERE, ignore_errors=True)


if __name__ == "__main__":
    main()
