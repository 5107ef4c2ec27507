#!/usr/bin/env python3
"""Holds confine.exe to what Windows XP has.

    check_imports.py EXE...       each import against tools/xp_imports.txt, and the
                                  versions of Windows that the image asks for
    check_imports.py --self-test  shows that it notices what it should
"""

import re
import subprocess
import sys
from pathlib import Path

LIST = Path(__file__).resolve().parent / "xp_imports.txt"
NEWEST = (5, 2)  # XP x64; 5.1 is XP, and 32-bit images ask for 4.0

DLL = re.compile(r"^\tDLL Name: (\S+)")
NAME = re.compile(r"^\t[0-9a-f]+\t +\d+  (\S+)")
VERSION = re.compile(r"^(Major|Minor)(OSystem|Subsystem)Version\s+(\d+)")


def allowed():
    lines = LIST.read_text(encoding="utf-8").split("\n")
    return {tuple(line.split()) for line in lines if line and line[0] != "#"}


def imports(dump):
    """(dll, function) of each line in what objdump -p says."""
    dll = ""
    for line in dump.split("\n"):
        at_dll, at_name = DLL.match(line), NAME.match(line)
        if at_dll:
            dll = at_dll.group(1).lower()
        elif at_name and dll:
            yield dll, at_name.group(1)


def faults(dump, permitted):
    """What XP would stumble over; an image without imports was not read."""
    found = list(imports(dump))
    if not found:
        yield "no imports were found in it"
    for dll, name in found:
        if (dll, name) not in permitted:
            yield f"imports {name} of {dll}, which xp_imports.txt does not have"
    version = {}
    for line in dump.split("\n"):
        match = VERSION.match(line)
        if match:
            version[match.group(2), match.group(1)] = int(match.group(3))
    for part in ("OSystem", "Subsystem"):
        asks = (version.get((part, "Major"), 99), version.get((part, "Minor"), 0))
        if asks > NEWEST:
            yield f"asks for {part.lower()} {asks[0]}.{asks[1]}"


def dump_of(path):
    """What objdump says: 32-bit and 64-bit images need one each."""
    for kind in ("i686", "x86_64"):
        done = subprocess.run([f"{kind}-w64-mingw32-objdump", "-p", path],
                              capture_output=True, check=False)
        if done.returncode == 0:
            return done.stdout.decode()
    return ""


GOOD = """MajorOSystemVersion\t4
MinorOSystemVersion\t0
MajorSubsystemVersion\t5
MinorSubsystemVersion\t2

\tDLL Name: KERNEL32.dll
\tvma:  Hint/Ord Member-Name Bound-To
\t8ba4\t  283  DeleteCriticalSection
"""

SELF_TEST = [
    (GOOD, 0),
    (GOOD + "\t8ba4\t  283  GetTickCount64\n", 1),
    (GOOD + "\tDLL Name: wevtapi.dll\n\t8ba4\t  1  DeleteCriticalSection\n", 1),
    (GOOD.replace("SubsystemVersion\t5", "SubsystemVersion\t6"), 1),
    ("", 3),
]


def self_test():
    failed = 0
    for dump, expected in SELF_TEST:
        found = list(faults(dump, {("kernel32.dll", "DeleteCriticalSection")}))
        if len(found) != expected:
            print(f"self-test: expected {expected} of {dump[-60:]!r}, got {found}")
            failed += 1
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    failed = 0
    for path in sys.argv[1:]:
        for fault in faults(dump_of(path), allowed()):
            print(f"{path}: {fault}")
            failed += 1
    return 1 if failed or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
