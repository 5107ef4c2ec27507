#!/usr/bin/env python3
"""Runs every test of the project, or the stages named; `make test` is this.

    run.py [--deep] [STAGE...]

The last line counts the single test cases: "N passed, N failed".  With --deep, as
`make check` has it, clang's analyzer follows a function for as long as it thinks fit,
which takes five times as long; else it stops at SHALLOW_NODES.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import run_e2e

TOP = Path(__file__).resolve().parent.parent
BUILD = TOP / "build"
FUZZ_SECONDS = 120  # shared among all fuzz targets
SHALLOW_NODES = 40000  # states of a function; clang's own limit is 225,000
WORKERS = os.cpu_count() or 1

sys.path.insert(0, str(TOP / "tools"))
from c_source import tracked  # noqa: E402  (after the path is set)

# A sanitizer's find ends the program, so that no exit code hides it.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=99",
}


class Tally:
    """Counts cases and says what failed."""

    def __init__(self, deep):
        self.deep = deep
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.failures = []

    def add(self, name, passed, failed, said="", seconds=None):
        self.passed += passed
        self.failed += failed
        word = "FAIL" if failed else "ok"
        took = f" ({seconds:.1f} s)" if seconds is not None else ""
        count = f": {passed} cases" if passed > 1 else ""
        print(f"{word:4}  {name}{count}{took}", flush=True)
        if failed:
            self.failures.append(name)
            for line in said.rstrip().split("\n")[-60:]:
                print(f"      {line}", flush=True)

    def add_totals(self, name, totals):
        self.passed += totals[0]
        self.failed += totals[1]
        self.skipped += totals[2]
        if totals[1]:
            self.failures.append(name)


def run(command, limit=600, **more):
    """Runs a command; returns its exit code and all that it said."""
    try:
        done = subprocess.run([str(word) for word in command], cwd=TOP, timeout=limit,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, **more)
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b"").decode(errors="replace")
        return 124, text + f"\nstopped after {limit} s"
    return done.returncode, done.stdout.decode(errors="replace")


def case(tally, name, command, show=False, **more):
    """One case: a command that exits 0."""
    began = time.monotonic()
    code, said = run(command, **more)
    tally.add(name, int(code == 0), int(code != 0), said, time.monotonic() - began)
    if show and code == 0:
        print("".join(f"      {line}\n" for line in said.split("\n") if line), end="")
    return code == 0


def sources():
    return tracked(TOP, ".c", ".h")


def tidy(path, deep):
    to_analyzer = ["-Xclang", "-analyzer-config", "-Xclang",
                   f"max-nodes={SHALLOW_NODES}"]
    limits = [] if deep else [f"--extra-arg={word}" for word in to_analyzer]
    return path, *run(["clang-tidy", "--quiet", "-p", BUILD, *limits, path])


def stage_check(tally):
    """The sources: shape, arrows, layout, linters."""
    for tool in sorted(TOP.glob("tools/*.py")):
        if "--self-test" in tool.read_text(encoding="utf-8"):
            case(tally, f"{tool.name} notices", [sys.executable, tool, "--self-test"])
    for tool in ("check_arrows.py", "check_shape.py", "check_man.py", "check_never.py"):
        case(tally, tool, [sys.executable, TOP / "tools" / tool])
    case(tally, "clang-format", ["clang-format", "--dry-run", "-Werror", *sources()])
    scripts = tracked(TOP, ".sh") + [TOP / ".ci" / "run"]
    case(tally, "shellcheck", ["shellcheck", "-S", "warning", *scripts])
    case(tally, "cppcheck", ["cppcheck", *cppcheck_options(), "src", "lab"])
    began = time.monotonic()
    units = [p for p in tracked(TOP, ".c")
             if p.relative_to(TOP).parts[0] in ("src", "lab")
             and "windows" not in p.name and "windows" not in p.parts]
    with ThreadPoolExecutor(WORKERS) as pool:
        found = [(path, said) for path, code, said
                 in pool.map(lambda path: tidy(path, tally.deep), units) if code]
    tally.add("clang-tidy", len(units) - len(found), len(found),
              "\n".join(said for _, said in found), time.monotonic() - began)


def cppcheck_options():
    lines = (TOP / "tools" / "cppcheck.txt").read_text(encoding="utf-8").split("\n")
    words = [line.split("#")[0].strip() for line in lines]
    return ["-j", str(WORKERS), *[word for word in words if word]]


CMOCKA = re.compile(r"\[  (PASSED|FAILED)  \] (\d+) test\(s\)")


def program_cases(program, env):
    """Runs one cmocka program; returns passed, failed, what it said."""
    code, said = run([program], limit=180, env=env)
    counts = {"PASSED": 0, "FAILED": 0}
    for word, number in CMOCKA.findall(said):
        counts[word] += int(number)
    if code != 0 and counts["FAILED"] == 0:
        counts["FAILED"] = 1
        said += f"\nexit code {code}"
    return counts["PASSED"], counts["FAILED"], said


def c_tests(tally, build, label, more=None):
    """All cmocka programs of a build folder."""
    env = dict(os.environ, **(more or {}))
    programs = [p for folder in ("unit", "story")
                for p in sorted((build / "tests" / folder).glob("test_*"))
                if p.is_file() and os.access(p, os.X_OK)]
    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(lambda p: program_cases(p, env), programs))
    for program, (passed, failed, said) in zip(programs, outcomes):
        tally.add(f"{label} {program.name}", passed, failed, said)


def stage_unit(tally):
    """Unit and story tests."""
    c_tests(tally, BUILD, "unit")


def stage_e2e(tally):
    """The program as people use it."""
    tally.add_totals("e2e", run_e2e.run_all(run_e2e.tests(), BUILD / "confine"))


def stage_sanitize(tally):
    """The same under ASan and UBSan, without the long ones."""
    if not case(tally, "build with sanitizers", ["make", "sanitize"], limit=1200):
        return
    build = BUILD / "sanitize"
    c_tests(tally, build, "sanitized", SANITIZERS)
    paths = run_e2e.tests(light=True)
    tally.add_totals("sanitized e2e", run_e2e.run_all(
        paths, build / "confine", "sanitized e2e", SANITIZERS))


def stage_faults(tally):
    """A failure, a kill, a power cut at some of the steps of what changes a machine."""
    began = time.monotonic()
    code, said = run([sys.executable, TOP / "tests" / "faults" / "run.py", "--sample"])
    closing = re.findall(r"^(\d+) passed, (\d+) failed$", said, re.M)
    passed, failed = map(int, closing[-1]) if closing else (0, 0)
    tally.add("faults", passed, failed or int(code != 0), said,
              time.monotonic() - began)


def stage_fuzz(tally):
    """Saved inputs again, then two minutes of new ones."""
    if not case(tally, "build of the fuzz targets", ["make", "fuzz-build"], limit=1200):
        return
    code, said = run(["tools/run_fuzz.sh", "build/fuzz", str(FUZZ_SECONDS)], limit=1200)
    passed = re.findall(r"^ok +(fuzz_\w+)", said, re.M)
    failed = re.findall(r"^FAIL +(fuzz_\w+)", said, re.M)
    if code == 0:
        print(said, end="")
    tally.add("fuzz", len(passed), max(len(failed), int(code != 0)), said)


def stage_windows(tally):
    """confine.exe: its imports, and what it does under wine."""
    if not case(tally, "build for Windows", ["make", "windows"], limit=1200):
        return
    case(tally, "wine", [sys.executable, TOP / "tests" / "run_wine.py"], show=True)


STAGES = {
    "check": stage_check,
    "unit": stage_unit,
    "e2e": stage_e2e,
    "sanitize": stage_sanitize,
    "faults": stage_faults,
    "windows": stage_windows,
    "fuzz": stage_fuzz,
}


def main():
    words = sys.argv[1:]
    deep = "--deep" in words
    names = [word for word in words if word != "--deep"] or list(STAGES)
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        print(f"run.py: no stage {unknown[0]}; there are: {' '.join(STAGES)}",
              file=sys.stderr)
        return 2
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        os.environ.pop(name, None)  # a make inside is not a part of the one outside
    tally = Tally(deep)
    began = time.monotonic()
    if case(tally, "build", ["make", "build"], limit=1200):
        for name in names:
            print(f"\n== {name}: {STAGES[name].__doc__}", flush=True)
            STAGES[name](tally)
    print(f"\n{time.monotonic() - began:.0f} s; failed: "
          f"{', '.join(tally.failures) or 'nothing'}")
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
