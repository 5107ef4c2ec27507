#!/usr/bin/env python3
# e2e: together seconds=60 light
"""The manual pages name the options that the commands have, and no others."""

import os
import re
import subprocess
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
PAGES = Path(os.environ["CONFINE_TOP"]) / "doc" / "man"

# An option at the start of a line of help: "  -o, --output FILE  what it does"
HELP = re.compile(r"^ {2,6}(?:(-\w+)(?:, )?)?(--?[\w-]+)?(?= |$)", re.M)
FLAG = re.compile(r"Fl (Fl )?([\w-]+)")


def help_of(*words):
    return subprocess.run([CONFINE, *words, "--help"], check=True, timeout=20,
                          stdin=subprocess.DEVNULL, capture_output=True).stdout.decode()


def options_of(text):
    """The options in the section of that name of a help text."""
    section = text.split("\nOptions:\n")[1].split("\n\n")[0]
    return {name for match in HELP.finditer(section) for name in match.groups() if name}


def options_in(page):
    """The options of a page: what its items begin with."""
    found = set()
    for line in page.split("\n"):
        if line.startswith(".It Fl"):
            found |= {("--" if long else "-") + name for long, name in FLAG.findall(line)}
    return found


def commands():
    listed = help_of().split("\nCommands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.split("\n")]


class Man(unittest.TestCase):
    def test_each_page_has_the_options_of_its_command(self):
        for page in sorted(PAGES.glob("confine-*.1")):
            name = page.stem.removeprefix("confine-")
            with self.subTest(command=name):
                self.assertEqual(options_in(page.read_text(encoding="utf-8")),
                                 options_of(help_of(name)))

    def test_the_first_page_has_every_command_and_the_common_options(self):
        page = (PAGES / "confine.1").read_text(encoding="utf-8")
        self.assertEqual(options_in(page), options_of(help_of()))
        self.assertEqual(sorted(re.findall(r"^\.It Cm ([a-z]+)$", page, re.M)),
                         sorted(commands()))

    def test_each_page_is_installed(self):
        text = (PAGES.parent.parent / "meson.build").read_text(encoding="utf-8")
        listed = re.search(r"foreach page : \[(.*?)\]", text, re.S).group(1)
        self.assertEqual(sorted(f"confine{name}" for name in
                                re.findall(r"'([\w-]*)'", listed)),
                         sorted(page.stem for page in PAGES.glob("*.1")))


if __name__ == "__main__":
    unittest.main()
