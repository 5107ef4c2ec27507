"""What the checkers need to know of a C file: its code, words and functions.

No compiler: the house's layout (a definition's name at the start of a line, its
closing brace alone at the start of a line) is enough, and clang-format holds it.
"""

import re
import subprocess
from pathlib import Path

BLANK = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)
WORD = re.compile(r"[A-Za-z_]\w*|&&|\|\||->|[^\s\w]|\d\w*")
DEFINITION = re.compile(r"^(?:[A-Za-z_][\w\s*]*?[\s*])?([A-Za-z_]\w*)\(", re.M)
CONTROL = {"if", "for", "while", "switch"}


def tracked(top, *suffixes):
    """The files of the repository (tracked or about to be), by suffix."""
    out = subprocess.run(
        ["git", "-C", str(top), "ls-files", "-z", "-c", "-o", "--exclude-standard"],
        check=True, capture_output=True).stdout.decode()
    paths = [Path(top) / name for name in sorted(out.split("\0")) if name]
    return [p for p in paths
            if p.is_file() and (not suffixes or p.suffix in suffixes)]


def code_of(text):
    """The text with comments and literals blanked; every line stays where it is."""
    def blank(match):
        kept = match.group(0)
        edge = kept[0] if kept[0] in "\"'" else " "
        inner = "".join(c if c == "\n" else " " for c in kept[1:-1])
        return edge + inner + edge
    return BLANK.sub(blank, text)


class Function:
    """A definition: name, line, number of lines, parameters, and its words."""

    def __init__(self, name, line, length, parameters, words):
        self.name = name
        self.line = line
        self.length = length
        self.parameters = parameters
        self.words = words

    def complexity(self):
        """One, and one more for each way that the road can part."""
        parts = ("if", "for", "while", "case", "&&", "||", "?")
        return 1 + sum(self.words.count(word) for word in parts)

    def nesting(self):
        """How deep control statements stand in one another."""
        return Nesting(self.words).deepest


class Nesting:
    """Walks the statements of a body."""

    def __init__(self, words):
        self.words = words
        self.at = 0
        self.deepest = 0
        while self.at < len(words):
            self.statement(0)

    def here(self):
        return self.words[self.at] if self.at < len(self.words) else ""

    def bracket(self):
        """Passes over what stands in brackets."""
        depth = 0
        while self.at < len(self.words):
            depth += self.here() in "([{"
            depth -= self.here() in ")]}"
            self.at += 1
            if depth == 0:
                return

    def statement(self, depth):
        self.deepest = max(self.deepest, depth)
        word = self.here()
        if word == "{":
            self.block(depth)
        elif word == "do":
            self.at += 1
            self.statement(depth + 1)
            self.plain()
        elif word in CONTROL:
            self.control(depth)
        else:
            self.plain()

    def block(self, depth):
        self.at += 1
        while self.here() not in ("}", ""):
            self.statement(depth)
        self.at += 1

    def control(self, depth):
        self.at += 1
        self.bracket()
        self.statement(depth + 1)
        if self.here() == "else":
            self.at += 1
            self.statement(depth if self.here() == "if" else depth + 1)

    def plain(self):
        """To the end of an expression, a declaration or a label."""
        start = self.at
        asked = 0
        while self.here() not in (";", ""):
            if self.here() in "([{":
                self.bracket()
                continue
            if self.here() == "}":
                return
            asked += self.here() == "?"
            if self.here() == ":":
                if asked == 0:
                    break
                asked -= 1
            self.at += 1
        self.at += 1
        assert self.at > start


def parameters_of(listed):
    """How many parameters stand between a definition's brackets."""
    depth = 0
    count = 1
    for c in listed:
        depth += c in "(["
        depth -= c in ")]"
        count += c == "," and depth == 0
    return 0 if listed.strip() in ("", "void") else count


def functions_of(code):
    """All function definitions in a file's code."""
    found = []
    for match in DEFINITION.finditer(code):
        close = closing(code, match.end() - 1)
        head = re.match(r"\s*\{", code[close:]) if close else None
        if not head:
            continue
        open_at = close + head.end() - 1
        end = code.find("\n}", open_at)
        end = len(code) if end < 0 else end + 2
        found.append(Function(
            match.group(1), code.count("\n", 0, match.start(1)) + 1,
            code.count("\n", match.start(1), end) + 1,
            parameters_of(code[match.end():close - 1]),
            WORD.findall(code[open_at + 1:end - 1])))
    return found


def closing(code, at):
    """Where the bracket that opens at `at` has been closed, or 0."""
    depth = 0
    for i in range(at, len(code)):
        depth += code[i] == "("
        depth -= code[i] == ")"
        if depth == 0:
            return i + 1
    return 0
