#!/usr/bin/env python3
"""Holds the manual pages: mandoc finds nothing, and what they refer to is there.

    check_man.py               checks doc/man; exit 1 with a line each
    check_man.py --self-test   shows that it notices what it should
"""

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "doc" / "man"
# mandoc looks for them among the installed pages; we look beside the page.
NOT_INSTALLED = re.compile(r"referenced manual not found: Xr confine")
NOISE = re.compile(r"outdated mandoc.db")
REFERENCE = re.compile(r"^\.Xr (confine\S*) (\d)", re.M)


def faults(text, there):
    """What is wrong with a page, given the names of the pages that are there."""
    done = subprocess.run(["mandoc", "-Tlint", "-Wstyle"], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    for line in done.stdout.decode().split("\n"):
        if line and not NOT_INSTALLED.search(line) and not NOISE.search(line):
            yield line.replace("mandoc: <stdin>:", "")
    for name, section in REFERENCE.findall(text):
        if f"{name}.{section}" not in there:
            yield f"refers to {name}({section}), which is not there"


PAGE = """.Dd November 22, 2026
.Dt CONFINE 1
.Os
.Sh NAME
.Nm confine
.Nd a page
.Sh DESCRIPTION
Text, and
.Xr confine-scan 1 .
"""

SELF_TEST = [
    (PAGE, ["confine-scan.1"], 0),
    (PAGE, [], 1),
    (PAGE.replace(".Sh DESCRIPTION\n", ".Sh DESCRIPTION\n.Xx\n"), ["confine-scan.1"], 1),
    (PAGE + "A long line" * 8 + "\n", ["confine-scan.1"], 1),
]


def self_test():
    failed = 0
    for text, there, expected in SELF_TEST:
        found = list(faults(text, there))
        if len(found) != expected:
            print(f"self-test: expected {expected} faults, got {found}")
            failed += 1
    return failed


def check():
    failed = 0
    pages = sorted(FOLDER.glob("*.[1-8]"))
    there = [page.name for page in pages]
    for page in pages:
        for fault in faults(page.read_text(encoding="utf-8"), there):
            print(f"{page.name}:{fault}")
            failed += 1
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    return 1 if check() else 0


if __name__ == "__main__":
    sys.exit(main())
