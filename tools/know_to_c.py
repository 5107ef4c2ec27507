#!/usr/bin/env python3
"""Turns a table of src/know into a const C array, and refuses a table that lies.

    know_to_c.py SOURCES.tsv TABLE.tsv OUT.c
    know_to_c.py --self-test   shows that it notices what it should

Held against every table: the header names exactly the columns that are declared
here, no field is empty, rows are sorted by their first column (bytewise, numbers
by value) without doubles, and every tag in a column `sources` is a row of SOURCES.
"""

import re
import sys
from pathlib import Path

SENTENCE_MOST = 150  # characters: what goes into a verdict


class Wrong(Exception):
    pass


def text(value):
    """A C string; what is not printable ASCII as octal, which cannot run on."""
    out = ""
    for byte in value.encode():
        if byte in b'"\\?':
            out += "\\" + chr(byte)
        elif 32 <= byte < 127:
            out += chr(byte)
        else:
            out += f"\\{byte:03o}"
    return f'"{out}"'


def quoted(value):
    """Text between quotation marks, which keep it from being taken for a number."""
    if len(value) < 3 or value[0] + value[-1] != '""':
        raise Wrong(f"not in quotation marks: {value}")
    return text(value[1:-1])


def maybe(value):
    return '""' if value == "-" else text(value)


def sentence(value):
    if len(value) > SENTENCE_MOST:
        raise Wrong(f"{len(value)} characters, {SENTENCE_MOST} at most: {value}")
    odd = set(re.sub("[ -~…]", "", value))
    if odd:
        raise Wrong(f"neither ASCII nor …: {' '.join(sorted(odd))}")
    return text(value)


def number(value):
    if not re.fullmatch(r"[0-9]+|0x[0-9a-f]+", value):
        raise Wrong(f"not a number: {value}")
    return value


def maybe_number(value):
    return "0" if value == "-" else number(value)


def version(value):
    """major, minor and build, each -1 for any: 6.1.7601, 6.1, *.*.7601 or -."""
    if value == "-":
        return "-1, -1, -1"
    parts = (value.split(".") + ["*"])[:3]
    if len(parts) < 3 or not all(re.fullmatch("[0-9]+|[*]", p) for p in parts):
        raise Wrong(f"not a version: {value}")
    return ", ".join("-1" if p == "*" else p for p in parts)


def four(value):
    """Four parts of 16 bits as one number, so that versions compare as they should."""
    parts = value.split(".")
    if len(parts) != 4 or not all(re.fullmatch("[0-9]+", p) for p in parts) \
            or any(int(p) > 0xffff for p in parts):
        raise Wrong(f"not four numbers of 16 bits: {value}")
    whole = 0
    for part in parts:
        whole = whole << 16 | int(part)
    return f"UINT64_C(0x{whole:016x})"


def maybe_four(value):
    return "0" if value == "-" else four(value)


def same_or_four(value):
    """0 where it is the number of the column before, or none."""
    return "0" if value == "=" else maybe_four(value)


def member(prefix, allowed):
    """One of some words, as a member of an enum."""
    def convert(value):
        if value not in allowed:
            raise Wrong(f"not one of {', '.join(allowed)}: {value}")
        return prefix + value.upper().replace("-", "_")
    return convert


def members(prefix, allowed):
    """The same for several words, parted by commas."""
    one = member(prefix, allowed)
    return lambda value: " | ".join(one(word) for word in value.split(","))


def yes(value):
    if value not in ("yes", "no"):
        raise Wrong(f"neither yes nor no: {value}")
    return "true" if value == "yes" else "false"


def key(value):
    if not re.fullmatch("([0-9a-f]{2}){32,512}", value):
        raise Wrong(f"not 32 to 512 bytes in hexadecimal: {value}")
    return text(value)


def variants(value):
    if value == "-":
        return "0"
    letters = value.split(",")
    if letters != sorted(set(letters)) or set(letters) - set("ABCDE"):
        raise Wrong(f"not letters A to E in order: {value}")
    return " | ".join(f"VARIANT_{letter}" for letter in letters)


GRADES = "conclusive strong weak exonerating undetermined".split()
VICTIMS = "exploit account yes hardly no".split()


def start(value):
    """Is it there, and how does it start by itself?"""
    words = {"-": "START_NONE", "2": "START_AUTOMATIC", "3": "START_MANUAL",
             "delayed": "START_DELAYED"}
    if value not in words:
        raise Wrong(f"not one of {', '.join(words)}: {value}")
    return words[value]


def by_windows(to):
    """The columns of a struct by_windows."""
    return {"w2000": lambda value: "{ " + to(value),
            **dict.fromkeys("xp w2003 vista w2008".split(), to),
            "w7": lambda value: to(value) + " }"}


PROCESSORS = "x86 x64 ia64 any".split()
needs = member("NEEDS_", "yes no-package included unaffected unknown none".split())

# Table: header to include, type and name of the array, columns in the order of
# the struct's members.
TABLES = {
    "antivirus-services": ("antivirus.h", "struct antivirus_service",
                           "antivirus_services",
                           {"service": text, "product": text, "sources": None}),
    "detectors": ("detectors.h", "struct detector", "detectors",
                  {"id": text, "what": text}),
    "disabled-services": ("disabled_services.h", "struct disabled_service",
                          "disabled_services",
                          {"service": text, "name": text,
                           **by_windows(start), "sources": text}),
    "display-name-words": ("service_names.h", "struct display_name_word",
                           "display_name_words", {"word": text, "sources": text}),
    "fragile-ports": ("fragile.h", "struct fragile_ports", "fragile_ports",
                      {"from": number, "to": number, "what": text,
                       "sources": text}),
    "microsoft-roots": ("microsoft_roots.h", "struct microsoft_root",
                        "microsoft_roots",
                        {"thumbprint": text, "name": text, "sources": text}),
    "netsvcs": ("netsvcs.h", "struct netsvcs_member", "netsvcs_members",
                {"service": text, **by_windows(yes), "sources": text}),
    "p2p-barred": ("p2p_barred.h", "uint32_t", "p2p_barred_words",
                   {"index": None, "word": number, "sources": None}),
    "package-languages": ("patches.h", "struct package_language",
                          "package_languages",
                          {"letters": text, "id": text, "language": text,
                           "sources": None}),
    "patches": ("patches.h", "struct patch_row", "patch_rows",
                {"id": text, "bulletin": text, "kb": text, "cves": None,
                 "product": text, "version": None, "sp": number,
                 "arch": member("PROCESSOR_", PROCESSORS),
                 "branch": member("BRANCH_", "both gdr ldr none".split()),
                 "file": text, "path": text, "range_from": maybe_four,
                 "range_below": maybe_four, "fixed": maybe_four, "wow64": yes,
                 "package": text, "package_sha1": maybe, "restart": None,
                 "installed_key": None, "confidence": text, "sources": text,
                 "notes": None}),
    "safeboot-xp": ("safeboot.h", "struct safeboot_entry", "safeboot_xp",
                    {"path": text, "kind": maybe, "sources": None}),
    "service-name-words": ("service_names.h", "struct service_name_word",
                           "service_name_words",
                           {"word": text, "part": member("WORD_", ["begins", "ends"]),
                            "sources": text}),
    "rsa-keys": ("rsa_keys.h", "struct rsa_key", "rsa_keys",
                 {"variants": variants, "bits": None, "hex": key,
                  "sources": text}),
    "sources": ("traces.h", "struct source", "sources",
                {"tag": text, "text": text}),
    "supersedence": ("patches.h", "struct supersedence_row", "supersedence_rows",
                     {"id": text, "kb": text, "product": text, "version": None,
                      "sp": number, "arch": member("PROCESSOR_", PROCESSORS),
                      "place": number, "by_bulletin": text, "by_kb": maybe,
                      "released": None, "file": maybe, "fixed_gdr": maybe_four,
                      "fixed_ldr": same_or_four, "formal": None, "package": maybe,
                      "named": member("NAMED_", "read inferred none".split()),
                      "package_sha1": maybe, "confidence": text, "sources": text,
                      "notes": None}),
    "traces": ("traces.h", "struct trace", "traces",
               {"id": text, "detector": text, "grade": member("GRADE_", GRADES),
                "variants": variants, "title": sentence, "meaning": text,
                "fooled": text, "next": sentence, "sources": text}),
    "variants": ("variants.h", "struct variant", "variants_known",
                 {"letter": text, "first_seen": text, "sri": text, "bonn": text,
                  "nmap": text, "symantec": text, "eset": text, "kaspersky": text,
                  "f_secure": text, "trend": text, "sophos": text,
                  "sources": text}),
    "worm-passwords": ("worm_passwords.h", "struct worm_password", "worm_passwords",
                       {"word": quoted, "sources": text}),
    "windows": ("windows.h", "struct windows_row", "windows_rows",
                {"said": maybe, "version": version, "dialect": maybe_number,
                 "name": text, "victim": member("VICTIM_", VICTIMS),
                 "sources": text}),
    "windows-files": ("stock.h", "char *const", "windows_files",
                      {"name": text, "sources": None}),
    "windows-services": ("stock.h", "char *const", "windows_services",
                         {"name": text, "sources": None}),
    "windows-versions": ("patches.h", "struct windows_level", "windows_levels",
                         {"id": text, "product": text, "name": text,
                          "version": version, "sp_least": number,
                          "sp_most": number,
                          "role": member("ROLE_",
                                         "client server embedded any".split()),
                          "arch": members("PROCESSOR_", PROCESSORS),
                          "KB958644": needs, "KB957097": needs, "KB958687": needs,
                          "KB967715": needs, "KB950582": needs, "KB971029": needs,
                          "support_end": maybe, "do_first": maybe,
                          "confidence": text, "sources": text, "notes": maybe}),
}

# Tables whose order has a meaning: the first row that fits is taken.
ORDERED = {"windows", "windows-versions"}


def rows_of(table, columns):
    """The rows as lists of fields; each with the number of its line."""
    rows = []
    header = None
    for at, line in enumerate(table.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if header is None:
            header = fields
            if header != columns:
                raise Wrong(f"line {at}: the columns must be {' '.join(columns)}")
            continue
        if len(fields) != len(columns):
            raise Wrong(f"line {at}: {len(fields)} fields, must be {len(columns)}")
        if any(not f or f != f.strip() for f in fields):
            raise Wrong(f"line {at}: a field is empty or has blanks around it")
        rows.append((at, fields))
    if not rows:
        raise Wrong("there is no row")
    return rows


def key_of(fields):
    first = fields[0]
    return (int(first), b"") if first.isdigit() else (-1, first.encode())


def check_order(name, rows):
    seen = {}
    for at, fields in rows:
        key = tuple(fields[:3]) if name in ORDERED else key_of(fields)
        if key in seen:
            raise Wrong(f"line {at}: the same as line {seen[key]}: {fields[0]}")
        seen[key] = at
    keys = [key_of(fields) for _, fields in rows]
    for (at, fields), before, now in zip(rows[1:], keys, keys[1:]):
        if name not in ORDERED and now < before:
            raise Wrong(f"line {at}: not in order: {fields[0]}")


def check_sources(rows, columns, tags):
    if "sources" not in columns:
        return
    for at, fields in rows:
        for tag in fields[columns.index("sources")].split(" "):
            if tag not in tags:
                raise Wrong(f"line {at}: no such source: {tag}")


def convert(rows, columns):
    lines = []
    for at, fields in rows:
        try:
            cells = [to(f) for f, to in zip(fields, columns.values()) if to]
        except Wrong as wrong:
            raise Wrong(f"line {at}: {wrong}") from None
        one = cells[0] if len(cells) == 1 else "{ " + ", ".join(cells) + " }"
        lines.append(f"\t{one},")
    return lines


def made(name, table, sources):
    """The C text of a table, from the texts of it and of the list of sources."""
    header, kind, array, columns = TABLES[name]
    rows = rows_of(table, list(columns))
    known = rows_of(sources, list(TABLES["sources"][3]))
    check_order(name, rows)
    check_sources(rows, list(columns), {fields[0] for _, fields in known})
    return "\n".join([
        f"/* Made from {name}.tsv by tools/know_to_c.py. */",
        f'#include "know/{header}"', "",
        f"const {kind} {array}[] = {{", *convert(rows, columns), "};",
        f"const size_t {array}_count = sizeof {array} / sizeof {array}[0];", ""])


SELF_TEST = [
    # table, its rows after the header, what the complaint must say ("" for none)
    ("detectors", "a\tone\nb\ttwo", ""),
    ("detectors", "# nothing", "no row"),
    ("detectors", "b\tone\na\ttwo", "not in order"),
    ("detectors", "a\tone\na\ttwo", "the same as line 2"),
    ("detectors", "a\t", "empty"),
    ("detectors", "a\t one", "blanks around it"),
    ("detectors", "a", "1 fields"),
    ("fragile-ports", "9\t9\tx\tKYE\n10\t10\tx\tKYE", ""),
    ("fragile-ports", "9\t9\tx\tKYE INF", "no such source: INF"),
    ("fragile-ports", "9\tnine\tx\tKYE", "not a number"),
    ("rsa-keys", "A\t256\t" + "0f" * 32 + "\tKYE", ""),
    ("rsa-keys", "A\t256\t" + "0f" * 31 + "\tKYE", "not 32 to 512 bytes"),
    ("traces", "a\tsmb\tweak\tA,B\tT.\tM.\tF.\tN.\tKYE", ""),
    ("traces", "a\tsmb\tsure\tA,B\tT.\tM.\tF.\tN.\tKYE", "not one of"),
    ("traces", "a\tsmb\tweak\tB,A\tT.\tM.\tF.\tN.\tKYE", "in order"),
    ("traces", "a\tsmb\tweak\t-\t" + "T" * 151 + "\tM\tF\tN\tKYE", "150 at most"),
    ("traces", "a\tsmb\tweak\t-\tT\u00fc\tM\tF\tN\tKYE", "neither ASCII"),
    ("package-languages", "ENU\t0409\tx\tKYE\nDEU\t0407\tx\tKYE", "not in order"),
    ("microsoft-roots", "3b\tx\tKYE", ""),
    ("windows", "-\t6.1\t-\tx\tyes\tKYE\n-\t6.0\t-\tx\tyes\tKYE", ""),
    ("windows", "-\tsix\t-\tx\tyes\tKYE", "not a version"),
]


def self_test():
    failed = 0
    for name, rows, expected in SELF_TEST:
        table = "\t".join(TABLES[name][3]) + "\n" + rows
        try:
            made(name, table, "tag\ttext\nKYE\tsomewhere")
            said = ""
        except Wrong as wrong:
            said = str(wrong)
        if expected not in said or bool(expected) != bool(said):
            print(f"self-test: {name}: {rows!r}: expected {expected!r}, got {said!r}")
            failed += 1
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    sources, path, out = map(Path, sys.argv[1:])
    try:
        text_of_c = made(path.stem, path.read_text(encoding="utf-8"),
                         sources.read_text(encoding="utf-8"))
    except Wrong as wrong:
        sys.exit(f"{path}: {wrong}")
    out.write_text(text_of_c, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
