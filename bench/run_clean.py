#!/usr/bin/env python3
"""The figures on `clean`: what it costs to change a machine so that it can be undone.

    run_clean.py [NAME...]        clean large undo quarantine

clean       a disk of the lab, all syncs included, against `check` of the same disk plus
            as many syncs as it makes, one after the other (asked: at most three times
            that)
undo        the way back, against the same
quarantine  a file of a gigabyte on a removable drive, against one of a megabyte: memory
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests" / "faults"))
from confine_scenes import AUTORUN, DRIVE_BIN  # noqa: E402
from fault import BUILD, LIBRARY  # noqa: E402
from replay import SYNCS, read_record  # noqa: E402
from tiny_pe import tiny_program  # noqa: E402

CONFINE = Path(os.environ.get("CONFINE", BUILD / "confine"))
HERE = Path(tempfile.mkdtemp(prefix="confine-bench-", dir=os.environ.get("TMPDIR")))
JOURNALS = HERE / "journals"
TURNS = 9
LARGE = 1 << 30
SMALL = 1 << 20


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def run(words, good=(0, 1, 3), **more):
    """Wall seconds of a command, the most memory it had (MiB), what it wrote."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([str(w) for w in words], stdout=out, stdin=subprocess.
                                 DEVNULL, stderr=subprocess.STDOUT, cwd=HERE, **more)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        out.seek(0)
        text = out.read().decode(errors="replace")
    if child.returncode not in good:
        sys.exit(f"run_clean.py: {words} ended with {child.returncode}: {text}")
    return wall, used.ru_maxrss / 1024, text


def sync_seconds(count):
    """What so many syncs of a small file cost in this folder, now."""
    with open(HERE / "one", "wb") as f:
        took = 0
        for _ in range(count):
            f.seek(0)
            f.write(os.urandom(4096))
            f.flush()
            began = time.monotonic()
            os.fsync(f.fileno())
            took += time.monotonic() - began
    (HERE / "one").unlink()
    return took


def fresh_disk(*more):
    disk = HERE / "disk"
    shutil.rmtree(disk, ignore_errors=True)
    shutil.rmtree(JOURNALS, ignore_errors=True)
    run([CONFINE, "lab", "disk", disk, "--windows", "xp", *more])
    os.sync()
    return disk


def clean_words(disk):
    return [CONFINE, "clean", disk, "--yes", "--journal-dir", JOURNALS]


def undo_words():
    journal = next(JOURNALS.glob("*.journal"))
    return [CONFINE, "undo", journal, "--yes"]


def syncs_of(words):
    """How many syncs a run makes, on the volume and in the journal."""
    trace = HERE / "trace"
    env = dict(os.environ, LD_PRELOAD=str(LIBRARY), CONFINE_FAULT_TRACE=str(trace),
               CONFINE_FAULT_UNDER=str(HERE))
    run(words, env=env)
    count = sum(op.call in SYNCS for op in read_record(trace))
    trace.unlink()
    return count


def files_of(disk):
    return sum(len(names) for _, _, names in os.walk(disk))


def compare(name, prepare, words, *more):
    """In turn, as the machine has its moods: the command, and what it is held against."""
    prepare(*more)
    syncs = syncs_of(words())
    turns = []
    for _ in range(TURNS):
        prepare(*more)
        took = run(words())[0]
        checked = run([CONFINE, "check", fresh_disk(*more)])[0]
        synced = sync_seconds(syncs)
        turns.append((took / (checked + synced), took, checked, synced))
    ratio, took, checked, synced = sorted(turns)[TURNS // 2]
    files = files_of(fresh_disk(*more))
    row(f"{name}, a lab disk of {files:,} files", f"check {checked * 1000:.0f} ms + "
        f"{syncs} syncs {synced * 1000:.0f} ms = {(checked + synced) * 1000:.0f} ms",
        f"{took * 1000:.0f} ms", f"{ratio:.2f} of it; {turns_in_words(turns)}")


def turns_in_words(turns):
    ratios = sorted(turn[0] for turn in turns)
    return f"{len(turns)} turns from {ratios[0]:.2f} to {ratios[-1]:.2f}"


def clean_of_disk():
    return clean_words(HERE / "disk")


def clean(*more):
    compare("clean", fresh_disk, clean_of_disk, *more)


def large():
    clean("--files", "12000")


def cleaned_disk():
    disk = fresh_disk()
    run(clean_words(disk))
    os.sync()


def undo():
    compare("undo", cleaned_disk, undo_words)


def drive_with(size):
    """A removable drive with a file of the worm's of that size."""
    drive = HERE / "drive"
    shutil.rmtree(drive, ignore_errors=True)
    shutil.rmtree(JOURNALS, ignore_errors=True)
    (drive / DRIVE_BIN).mkdir(parents=True)
    (drive / "autorun.inf").write_bytes(AUTORUN)
    with open(drive / DRIVE_BIN / "jwgkvsq.vmx", "wb") as f:
        f.write(tiny_program())
        while f.tell() < size:
            f.write(os.urandom(1 << 20))
    return drive


def quarantined(size):
    """Seconds and memory of the way there and of the way back."""
    drive = drive_with(size)
    before = (drive / DRIVE_BIN / "jwgkvsq.vmx").stat()
    there, memory, text = run([CONFINE, "usb", "--clean", drive, "--yes",
                               "--journal-dir", JOURNALS])
    if (drive / DRIVE_BIN / "jwgkvsq.vmx").exists():
        sys.exit(f"run_clean.py: the file is still there: {text}")
    back, memory_back, text = run(undo_words())
    after = (drive / DRIVE_BIN / "jwgkvsq.vmx").stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        sys.exit(f"run_clean.py: the file did not come back: {text}")
    return there, memory, back, memory_back


def quarantine():
    _, small, _, small_back = quarantined(SMALL)
    there, large, back, large_back = quarantined(LARGE)
    row("quarantine of 1 GiB", f"of 1 MiB: {small:.1f} MiB of memory",
        f"{large:.1f} MiB, {LARGE / there / 2**20:.0f} MiB a second",
        f"{large / small:.2f} x the memory")
    row("1 GiB put back", f"1 MiB: {small_back:.1f} MiB of memory",
        f"{large_back:.1f} MiB, {LARGE / back / 2**20:.0f} MiB a second",
        f"{large_back / small_back:.2f} x the memory")


FIGURES = {"clean": clean, "large": large, "undo": undo, "quarantine": quarantine}


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
