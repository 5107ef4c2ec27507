"""Runs a program with one fault in it, and tells what became of it."""

import mmap
import os
import signal
import struct
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("CONFINE_BUILD", TOP / "build"))
LIBRARY = BUILD / "tests" / "faults" / "confine_faults.so"
TIME = 1_795_910_400  # of day, for every run: two of them write the same bytes
LIMIT = 60  # seconds; a program that hangs is a find, too
STATE_LEN = 4096
MAGIC = 0x746c756166
STATE = struct.Struct("<4Q32s464s")  # struct shared of preload.h

MODES = ("fail-once", "fail-on", "kill")
WRITE_MODES = ("tear", "short")  # these only where bytes are written
WRITES = ("write", "pwrite", "writev", "pwritev", "pwritev2")
ENDS_IT = ("kill", "tear")


class CannotPlay(Exception):
    """A scene that does not even run without a fault."""


class Fault:
    """How, and at which of the calls counted; what is counted."""

    def __init__(self, how="count", at=0, error=0, reads=False, under=(), children=False):
        self.how, self.at, self.error = how, at, error
        self.reads, self.under, self.children = reads, tuple(under), children

    def environment(self, state, guard=None, trace=None, listing=None):
        env = {"LD_PRELOAD": str(LIBRARY), "CONFINE_FAULT_STATE": str(state),
               "CONFINE_FAULT_TIME": str(TIME), "CONFINE_FAULT_HOW": self.how, "CONFINE_FAULT_AT": str(self.at)}
        for name, value in (("ERRNO", self.error), ("READS", self.reads),
                            ("CHILDREN", self.children)):
            if value:
                env[f"CONFINE_FAULT_{name}"] = str(int(value))
        if self.under:
            env["CONFINE_FAULT_UNDER"] = ":".join(map(str, self.under))
        if guard:
            env["CONFINE_FAULT_GUARD"] = ":".join(map(str, guard))
        if trace:
            env["CONFINE_FAULT_TRACE"] = str(trace)
        if listing:
            env["CONFINE_FAULT_LIST"] = str(listing)
        return env


class Outcome:
    """Exit code (None: ended by `signal`), what was said, what was counted and hit."""

    def __init__(self, done, state):
        self.code = done.returncode if done.returncode >= 0 else None
        self.signal = -done.returncode if done.returncode < 0 else 0
        self.out = done.stdout.decode(errors="replace")
        self.err = done.stderr.decode(errors="replace")
        magic, self.count, self.hits, self.trapped, call, path = STATE.unpack(
            state[:STATE.size])
        if magic != MAGIC:  # or every fault would be a run without one
            raise CannotPlay(f"{LIBRARY} was not loaded: {self.err}")
        self.call = call.rstrip(b"\0").decode()
        self.path = path.rstrip(b"\0").decode(errors="replace")

    def ended(self):
        """How it ended, in words."""
        if self.signal:
            return f"ended by {signal.Signals(self.signal).name}"
        return f"exit code {self.code}"


class Stand:
    """A folder in which programs are run with faults, one after the other."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = self.folder / "state"
        self.state.write_bytes(bytes(STATE_LEN))
        with open(self.state, "r+b") as f:
            self.counts = mmap.mmap(f.fileno(), STATE_LEN)

    def run(self, words, fault=None, **watched):
        """Without a fault: as it is, but counted."""
        self.counts[:STATE.size] = bytes(STATE.size)
        env = dict(os.environ, **(fault or Fault()).environment(self.state, **watched))
        try:
            done = subprocess.run([str(word) for word in words], env=env, timeout=LIMIT,
                                  cwd=self.folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, check=False)
        except subprocess.TimeoutExpired as late:
            late.returncode, late.stderr = 124, b"no end after %d s" % LIMIT
            late.stdout = late.stdout or b""
            done = late
        return Outcome(done, self.counts)
