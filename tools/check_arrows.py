#!/usr/bin/env python3
"""Holds the arrows between the rooms: who may include and call what.

    check_arrows.py               checks the repository; exit 1 with a line each
    check_arrows.py --self-test   shows that it notices what it should
"""

import re
import sys
from pathlib import Path

from c_source import code_of, tracked

ROOMS = ("base sys flow know wire format look judge reach mend keep tell cmd").split()

# Rooms that see less than all that lies below them.
NARROW = {
    "wire": {"base"},
    "format": {"base"},
    "tell": {"base", "flow", "know"},
    "lab": {"base", "sys", "know", "wire"},
}
# `look` and `judge` are handed what they see.
BLIND = {"look": {"sys"}, "judge": {"sys"}}

# Rooms that touch nothing but what they are handed: no socket, file, clock,
# chance or environment.
PURE = {"wire", "format", "look", "judge", "tell"}
IMPURE_HEADERS = re.compile(
    r"(sys/(?!types\.h|cdefs\.h)|netinet/|arpa/|net/|unistd\.h|fcntl\.h|poll\.h"
    r"|time\.h|netdb\.h|pthread\.h|windows\.h|winsock)")
IMPURE_CALLS = re.compile(
    r"(?<![\w.>])(fopen|freopen|open|openat|socket|connect|time|clock_gettime"
    r"|gettimeofday|rand|srand|random|getrandom|getenv)\(")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)


def may_include(room):
    """The rooms whose headers a room may include, its own among them."""
    if room in NARROW:
        return NARROW[room] | {room}
    below = set(ROOMS[:ROOMS.index(room) + 1])
    if room == "cmd":
        below.add("lab")
    return below - BLIND.get(room, set())


def includes(text):
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match.group(1), match.group(2)


def include_fault(room, mark, header):
    """What is wrong with one include, or nothing."""
    target = header.split("/")[0]
    if mark == "<":
        if room in PURE and IMPURE_HEADERS.match(header):
            return f"{room} touches nothing outside: <{header}> is not for it"
        return ""
    if "/" not in header or target not in ROOMS + ["lab"]:
        return f'"{header}": write "room/file.h"'
    if target not in may_include(room):
        return f'{room} may not include "{header}"'
    if header.endswith("machine_change.h") and room != "mend":
        return f"only mend may change a machine, not {room}"
    return ""


def faults_in(room, text):
    """(line, what) of everything that is wrong in one file of a room."""
    for line, mark, header in includes(text):
        fault = include_fault(room, mark, header)
        if fault:
            yield line, fault
    code = code_of(text)
    for number, line in enumerate(code.split("\n"), 1):
        if re.search(r"\b_WIN(32|64)\b", line):
            yield number, "the platform is chosen by folder (sys/), not by #if"
        call = IMPURE_CALLS.search(line)
        if room in PURE and call:
            yield number, f"{room} touches nothing outside: no {call.group(1)}()"


def room_of(top, path):
    """The room that a file lies in; nothing for files outside the rooms."""
    parts = path.relative_to(top).parts
    if parts[0] == "lab":
        return "lab"
    return parts[1] if parts[0] == "src" and parts[1] in ROOMS else ""


def check(top):
    failed = 0
    for path in tracked(top, ".c", ".h"):
        parts = path.relative_to(top).parts
        room = room_of(top, path)
        if parts[0] == "src" and not room:
            print(f"{path.relative_to(top)}:1: src/{parts[1]} is no room of the design")
            failed += 1
        if not room:
            continue
        for line, fault in faults_in(room, path.read_text(encoding="utf-8")):
            print(f"{path.relative_to(top)}:{line}: {fault}")
            failed += 1
    return failed


SELF_TEST = [
    # room, text, faults expected
    ("base", '#include "base/err.h"\n', 0),
    ("base", '#include "flow/run.h"\n', 1),
    ("flow", '#include "base/err.h"\n#include "flow/run.h"\n', 0),
    ("wire", '#include "know/traces.h"\n', 1),
    ("format", '#include "sys/clock.h"\n', 1),
    ("look", '#include "sys/clock.h"\n', 1),
    ("look", '#include "wire/reason.h"\n', 0),
    ("look", '#include "reach/targets.h"\n', 1),
    ("look", "#include <time.h>\n", 1),
    ("judge", "#include <string.h>\n", 0),
    ("judge", "void f(void) { x = time(NULL); }\n", 1),
    ("judge", "void f(void) { x = v->time; } /* time(NULL) */\n", 0),
    ("tell", '#include "keep/case.h"\n', 1),
    ("tell", '#include "wire/p2p.h"\n', 1),
    ("tell", '#include "know/traces.h"\n', 0),
    ("keep", '#include "tell/tell.h"\n', 1),
    ("cmd", '#include "lab/lab.h"\n#include "tell/tell.h"\n', 0),
    ("lab", '#include "reach/targets.h"\n', 1),
    ("lab", '#include "wire/p2p.h"\n', 0),
    ("look", '#include "base/machine_change.h"\n', 1),
    ("mend", '#include "flow/machine_change.h"\n', 0),
    ("cmd", '#include "flow/machine_change.h"\n', 1),
    ("base", '#include "err.h"\n', 1),
    ("base", '#include "utils/err.h"\n', 1),
    ("reach", "#ifdef _WIN32\n#endif\n", 1),
]


def self_test():
    failed = 0
    for room, text, expected in SELF_TEST:
        found = list(faults_in(room, text))
        if len(found) != expected:
            print(f"self-test: {room}: {text!r}: expected {expected}, got {found}")
            failed += 1
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    return 1 if check(Path(__file__).resolve().parent.parent) else 0


if __name__ == "__main__":
    sys.exit(main())
