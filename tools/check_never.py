#!/usr/bin/env python3
"""Holds doc/never.md: each of its sentences names a test that is there.

    check_never.py               checks the page; exit 1 with a line each
    check_never.py --self-test   shows that it notices what it should

A promise is an item of a list.  It ends with its tests, each as
[name](../tests/folder/file): a function of that file, in C one that is handed on to run.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "doc" / "never.md"
LINK = re.compile(r"\[([^\]]*)\]\(\.\./([^)#]*)\)")


def items(text):
    """(line, text) of every item of a list, with the lines that go on with it."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("- "):
            found.append([number, line])
        elif line.startswith("  ") and found and line.strip():
            found[-1][1] += " " + line.strip()
    return [tuple(item) for item in found]


def has_test(name, path, source):
    """Whether that source has a test of that name which is run."""
    word = re.escape(name)
    if path.endswith(".py"):
        return re.search(rf"^\s*(?:def|class) {word}\b", source, re.M) is not None
    if path.endswith(".c"):
        return re.search(rf"^{word}\(", source, re.M) is not None and \
            re.search(rf"\w\(\s*{word}\s*[,)]", source) is not None
    return False


def faults(text, read):
    """What is wrong with a page; `read` gives a file's text, or None."""
    listed = items(text)
    if not listed:
        yield 1, "it promises nothing"
    for number, item in listed:
        links = [(name.strip("`"), path) for name, path in LINK.findall(item)]
        tests = [link for link in links if link[1].startswith("tests/")]
        if not tests:
            yield number, "no test stands behind this sentence"
        for name, path in tests:
            source = read(path)
            if source is None:
                yield number, f"{path} is not there"
            elif not has_test(name, path, source):
                yield number, f"{path} has no test {name}"


FILES = {
    "tests/unit/test_a.c": "static void\nit_holds(void **state)\n{\n}\n"
                           "static void\nforgotten(void **state)\n{\n}\n"
                           "\tcmocka_unit_test(it_holds),\n",
    "tests/e2e/test_b.py": "class Drive:\n    def test_it_holds(self):\n",
}
C_LINK = "[it_holds](../tests/unit/test_a.c)"
PY_LINK = "[`test_it_holds`](../tests/e2e/test_b.py)"
SELF_TEST = [
    # page, what a fault must say ("" for none)
    (f"# Never\n\n- It never does. {C_LINK}\n- Nor that. {PY_LINK}\n", ""),
    (f"- A long one that\n  goes on here.\n  {C_LINK}, {PY_LINK}\n", ""),
    ("# Never\n", "promises nothing"),
    ("- It never does.\n", "no test stands"),
    ("- It never does. [x](../src/mend/ground.c)\n", "no test stands"),
    (f"- It never does. {C_LINK.replace('test_a', 'test_c')}\n", "is not there"),
    (f"- It never does. {C_LINK.replace('it_holds', 'it_hold')}\n", "has no test"),
    (f"- It never does. {C_LINK.replace('it_holds', 'forgotten')}\n", "has no test"),
    (f"- It never does. {PY_LINK.replace('it_holds', 'it_held')}\n", "has no test"),
    (f"- Fine. {C_LINK}\n- It never does.\n", "no test stands"),
]


def self_test():
    failed = 0
    for text, expected in SELF_TEST:
        said = "; ".join(what for _, what in faults(text, FILES.get))
        if bool(expected) != bool(said) or expected not in said:
            print(f"self-test: {text!r}: expected {expected!r}, got {said!r}")
            failed += 1
    return failed


def read_file(path):
    try:
        return (TOP / path).read_text(encoding="utf-8")
    except OSError:
        return None


def check():
    failed = 0
    for number, fault in faults(PAGE.read_text(encoding="utf-8"), read_file):
        print(f"doc/never.md:{number}: {fault}")
        failed += 1
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    return 1 if check() else 0


if __name__ == "__main__":
    sys.exit(main())
