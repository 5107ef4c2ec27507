#!/usr/bin/env python3
"""The figures on `check`: ratios, each against a peer in the same run.

    run_check.py [NAME...]        tree memory

tree    a Windows tree of real size, in the page cache: clamscan with a database of
        one signature reads every file of it, check looks where the worm can be
memory  an image of memory, in the page cache: a program that sums its 64-bit words
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from memory import peak_mib

TOP = Path(__file__).resolve().parent.parent
CONFINE = Path(os.environ.get("CONFINE", TOP / "build" / "confine"))
HERE = Path(tempfile.mkdtemp(prefix="confine-bench-", dir=os.environ.get("TMPDIR")))
FILES = "12000"
IMAGE_MIB = 1024
TURNS = 5


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def timed(words, good=(0,)):
    """Wall seconds of a command, and what it wrote."""
    began = time.monotonic()
    done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          check=False)
    wall = time.monotonic() - began
    if done.returncode not in good:
        sys.exit(f"run_check.py: {words} ended with {done.returncode}: "
                 f"{done.stderr.decode()}")
    return wall, done.stdout.decode()


def fastest(words, good=(0,)):
    """The least of some turns: what the machine can do, without its moods."""
    return min(timed(words, good) for _ in range(TURNS))


def tree():
    """A clean XP with as many files as a real one, and hives of real size."""
    disk = HERE / "xp"
    timed([CONFINE, "lab", "disk", disk, "--windows", "xp", "--clean", "--files",
           FILES])
    signature = HERE / "one.ndb"
    signature.write_text("One:0:*:" + "5a" * 40 + "c3" * 24 + "\n", encoding="ascii")
    scan = ["clamscan", "-d", signature, "-r", "--infected", "--no-summary", disk]
    check = [CONFINE, "check", "--format", "json", disk]
    subprocess.run(["sh", "-c", 'find "$1" -type f -exec cat {} + >/dev/null', "sh",
                    disk], check=True)
    theirs, _ = min(timed(scan) for _ in range(2))
    ours, text = fastest(check, good=(0, 1, 3))
    verdict = [json.loads(line) for line in text.splitlines()
               if '"type":"verdict"' in line][0]
    files = sum(len(names) for _, _, names in os.walk(disk))
    size = sum(p.stat().st_size for p in disk.rglob("*") if p.is_file())
    row(f"check, a tree of {files:,} files, {size >> 20} MiB", f"clamscan, one "
        f"signature: {theirs:.2f} s", f"{ours:.3f} s, {verdict['state']}, "
        f"{peak_mib(check):.1f} MiB in all processes", f"{theirs / ours:.0f} x faster")


def memory():
    """Random words, which no stretch of zeros makes easy."""
    image = HERE / "memory.bin"
    with open(image, "wb") as f:
        for _ in range(IMAGE_MIB):
            f.write(os.urandom(1 << 20))
    program = HERE / "sum_words"
    subprocess.run(["cc", "-O2", "-std=gnu11", TOP / "bench" / "sum_words.c", "-o",
                    program], check=True)
    theirs, _ = fastest([program, image])
    ours, _ = fastest([CONFINE, "check", "--format", "json", image], good=(3,))
    row(f"check, an image of {IMAGE_MIB} MiB", f"sum of its words: "
        f"{IMAGE_MIB / 1024 / theirs:.1f} GiB/s",
        f"{IMAGE_MIB / 1024 / ours:.1f} GiB/s", f"{theirs / ours:.2f} of it")


FIGURES = {"tree": tree, "memory": memory}


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
