"""What the end-to-end tests share: a lab on loopback, and scans of it."""

import csv
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

CONFINE = os.environ["CONFINE"]
FOLDER = Path(os.environ["TMPDIR"])
SANITIZED = "ASAN_OPTIONS" in os.environ  # slower, and of another size


class Lab:
    """`confine lab up`, for as long as a with block lasts."""

    def __init__(self, network, *options, seconds=600):
        self.network = network
        self.truth_file = FOLDER / f"truth-{network.replace('/', '-')}.csv"
        self.command = [CONFINE, "lab", "up", "--range", network, "--seed", "7",
                        "--truth", str(self.truth_file), "--seconds", str(seconds),
                        *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        ready = self.process.stdout.readline()
        if not ready.startswith("ready"):
            self.process.wait(10)
            raise RuntimeError(f"the lab did not come up: {ready!r}")
        with self.truth_file.open(encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        self.kind = {row["ip"]: row["kind"] for row in rows}
        self.state = {row["ip"]: row["state"] for row in rows}
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def scan(*words, timeout=120):
    """Runs a scan; returns its exit code, its lines as objects, and the seconds."""
    began = time.monotonic()
    done = subprocess.run([CONFINE, "scan", "--format", "json", "--rate", "0", *words],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=timeout, stdin=subprocess.DEVNULL, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, lines, time.monotonic() - began


class Done:
    """What became of a command: exit code, output, errors, seconds, peak MiB.

    The peak is never less than what this Python itself takes, some 20 MiB.
    """

    def __init__(self, code, out, err, seconds, peak):
        self.code, self.out, self.err = code, out, err
        self.seconds, self.peak = seconds, peak

    def lines(self, kind=None):
        """Its JSON Lines, of one type or all."""
        lines = [json.loads(line) for line in self.out.splitlines()]
        return [line for line in lines if kind in (None, line["type"])]


def confine(*words, timeout=120, **more):
    """Runs confine to its end."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        more = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, **more}
        child = subprocess.Popen([CONFINE, *map(str, words)], **more)
        guard = threading.Timer(timeout, child.send_signal, [signal.SIGKILL])
        guard.start()
        _, status, usage = os.wait4(child.pid, 0)
        guard.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Done(child.returncode, out.read().decode(errors="replace"),
                    err.read().decode(errors="replace"), time.monotonic() - began,
                    usage.ru_maxrss / 1024)


def verdicts(lines):
    """Address to verdict."""
    return {line["host"]: line for line in lines if line["type"] == "verdict"}


class Cases:
    """Counts cases, says what failed, and closes as the runner expects."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, sentence, holds, what=""):
        if holds:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAIL {sentence}: {what}")

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        raise SystemExit(1 if self.failed else 0)
