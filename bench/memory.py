"""The most memory that a command held, with all its children."""

import os
import subprocess
import threading
from pathlib import Path


def pss_kib(group):
    """Proportional memory of all processes of a group, as the kernel counts it."""
    total = 0
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if os.getpgid(int(process.name)) != group:
                continue
            for line in (process / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except (OSError, ProcessLookupError):
            continue
    return total


def peak_mib(words):
    """The most that a command and its children held at any moment looked at."""
    child = subprocess.Popen([str(w) for w in words], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True)
    peak = 0
    done = threading.Event()
    threading.Thread(target=lambda: (child.wait(), done.set()), daemon=True).start()
    while not done.wait(0.001):
        peak = max(peak, pss_kib(child.pid))
    return peak / 1024
