#!/usr/bin/env python3
"""Holds the limits on shape: there is no list of exceptions.

    check_shape.py               checks the repository; exit 1 with a line each
    check_shape.py --self-test   shows that it notices what it should

A limit in the way is a sign that a noun is missing: find it and name it.
"""

import re
import sys
from pathlib import Path

from c_source import code_of, functions_of, tracked

FUNCTION_LINES = 60
COMPLEXITY = 15
PARAMETERS = 5
NESTING = 3
FILE_LINES = 600  # tables of src/know/ may be longer
COLUMNS = 88
TAB = 8

BANNED = re.compile(
    r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|strncpy|strtok|atoi|atol|gets"
    r"|alloca|system|popen|setlocale|sscanf)\(")

# In every text file.  Written so that they do not find themselves.
TEXT_RULES = [
    (re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X)\b"), "unfinished work"),
    (re.compile(r"(?<![\w.$}])/(work[/]|root\b)"), "a path of one machine"),
    (re.compile(r"\b(debian[.]org|npmjs[.]|pypi[.]org|pythonhosted[.]|crates[.]io"
                r"|rubygems[.]org|proxy[.]golang|repo1?[.]maven)"),
     "the host name of a package registry"),
]


def width(line):
    """Columns, with tabs of eight."""
    return len(line.expandtabs(TAB))


def function_faults(code):
    for f in functions_of(code):
        for what, value, limit in (
                ("lines", f.length, FUNCTION_LINES),
                ("complexity", f.complexity(), COMPLEXITY),
                ("parameters", f.parameters, PARAMETERS),
                ("nesting", f.nesting(), NESTING)):
            if value > limit:
                yield f.line, f"{f.name}: {what} {value}, at most {limit}"


def c_faults(text, table=False):
    """(line, what) of everything that is wrong with a C file."""
    lines = text.split("\n")
    code = code_of(text)
    if len(lines) - 1 > FILE_LINES and not table:
        yield len(lines) - 1, f"{len(lines) - 1} lines, at most {FILE_LINES}"
    for number, line in enumerate(lines, 1):
        if width(line) > COLUMNS:
            yield number, f"{width(line)} columns, at most {COLUMNS}"
    for number, line in enumerate(code.split("\n"), 1):
        call = BANNED.search(line)
        if call:
            yield number, f"{call.group(1)}() is banned"
    yield from function_faults(code)


def text_faults(text):
    for number, line in enumerate(text.split("\n"), 1):
        for rule, what in TEXT_RULES:
            if rule.search(line):
                yield number, what


def read(path):
    """The text of a file; nothing for one that is not text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else text


def check(top):
    failed = 0
    for path in tracked(top):
        name = path.relative_to(top)
        text = read(path)
        faults = list(text_faults(text))
        if path.suffix in (".c", ".h"):
            faults += c_faults(text, table=name.parts[:2] == ("src", "know"))
        for line, fault in faults:
            print(f"{name}:{line}: {fault}")
        failed += len(faults)
    return failed


def body(lines):
    """A function of as many lines, name and braces counted."""
    return "void\nf(void)\n{\n" + "\tg();\n" * (lines - 3) + "}\n"


def inside(text):
    return "int\nf(int a, int b)\n{\n" + text + "}\n"


SELF_TEST = [
    # text, what a fault must say ("" for none)
    (body(60), ""),
    (body(61), "f: lines 61"),
    ("g();\n" * 600, ""),
    ("g();\n" * 601, "601 lines"),
    ("\t" + "x" * 80 + "\n", ""),
    ("\t" + "x" * 81 + "\n", "89 columns"),
    ("/* é" + "x" * 84 + "\n", ""),
    ("void\nf(int a, int b, int (*c)(int, int), int d, int e)\n{\n}\n", ""),
    ("void\nf(int a, int b, int c, int d, int e, int g)\n{\n}\n", "parameters 6"),
    (inside("\tif (a)\n\t\treturn b;\n" * 14), ""),
    (inside("\tif (a)\n\t\treturn b;\n" * 15), "complexity 16"),
    (inside("\treturn a && b || a ? a : b;\n" * 5), "complexity 16"),
    (inside("\tfor (;;)\n\tif (a)\n\twhile (b)\n\tg();\n"), ""),
    (inside("\tfor (;;)\n\tif (a)\n\twhile (b)\n\tdo { g(); } while (a);\n"),
     "nesting 4"),
    (inside("\tif (a)\n\tg();\n\telse if (b)\n\tg();\n\telse if (a)\n\tg();\n"
            "\telse if (b)\n\tg();\n\telse\n\tg();\n"), ""),
    (inside("\tswitch (a) {\n\tcase 1: if (b) { for (;;) { if (a) g(); } }\n\t}\n"),
     "nesting 4"),
    (inside("\tint x = a ? ({ 1; }) : 2;\n\twhile (x)\n\t\tg();\n"), ""),
    (inside("\tstrcpy(a, b);\n"), "strcpy() is banned"),
    (inside("\tif (system(a))\n\t\tg();\n"), "system() is banned"),
    (inside("\tmy_strcpy(a, b); v->system(a); /* strcpy(a, b) */\n"), ""),
    (inside('\tg("atoi(x)");\n'), ""),
]

SELF_TEST_TEXT = [
    ("/* TO" + "DO: later */", "unfinished"),
    ("FIX" + "ME", "unfinished"),
    ("cd /wo" + "rk/main", "path of one machine"),
    ("/ro" + "ot/x", "path of one machine"),
    ("network/smb $x/wo" + "rk/y /rootless", ""),
    ("deb http://deb.debian" + ".org/debian", "registry"),
]


def self_test():
    failed = 0
    cases = [(t, e, list(c_faults(t))) for t, e in SELF_TEST]
    cases += [(t, e, list(text_faults(t))) for t, e in SELF_TEST_TEXT]
    for text, expected, found in cases:
        said = "; ".join(what for _, what in found)
        if bool(expected) != bool(found) or expected not in said:
            print(f"self-test: {text[:60]!r}: expected {expected!r}, got {said!r}")
            failed += 1
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    return 1 if check(Path(__file__).resolve().parent.parent) else 0


if __name__ == "__main__":
    sys.exit(main())
