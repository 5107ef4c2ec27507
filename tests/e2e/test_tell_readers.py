#!/usr/bin/env python3
# e2e: together seconds=180 light
"""The output formats, read by programs that are not ours.

The rows are those of tests/unit/tell_rows.c, among them hosts whose names are
meant to break each format.
"""

import base64
import csv
import hashlib
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from html_reader import CHROMIUM, Browser, Page, asked_for, corner

CONFINE = os.environ["CONFINE"]
SAMPLE = Path(CONFINE).parent / "tests" / "unit" / "tell_sample"
DTD = Path("/usr/share/nmap/nmap.dtd")
NAMES = {  # host to what the formats with visible escapes say of its name
    "10.0.3.7": "WARD-3",
    "10.0.4.1": "</td><script>alert(1)</script>",
    "10.0.4.2": r"\x1b]0;owned\x07\x1b[2J",
    "10.0.4.3": r"\u202egpj.exe",
    "10.0.4.4": r"\ufffe\uffff",
    "10.0.4.5": r"\tTAB,COMMA",
}


def sample(*words):
    return subprocess.run([SAMPLE, *map(str, words)], check=True,
                          stdout=subprocess.PIPE).stdout.decode()


def json_lines_are_json():
    lines = [json.loads(line) for line in sample("json").splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds[0] == "run" and kinds[-1] == "summary", kinds
    verdicts = {line["host"]: line for line in lines if line["type"] == "verdict"}
    assert len(verdicts) == 9
    assert verdicts["10.0.4.2"]["name"] == "\x1b]0;owned\x07\x1b[2J"
    assert verdicts["10.0.4.2"]["os"] == "\r\n10.9.9.9 clean"
    assert verdicts["10.0.4.3"]["name"] == "\u202egpj.exe"
    assert verdicts["10.0.3.8"]["absent"] is True


def csv_has_a_line_and_fourteen_cells_a_host():
    text = sample("csv")
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert len(text.splitlines()) == len(rows) == 10
    assert {len(row) for row in rows} == {14}
    cells = {row[0]: dict(zip(rows[0], row)) for row in rows[1:]}
    for host, name in NAMES.items():
        assert cells[host]["name"].removeprefix("'") == name, cells[host]
    assert cells["10.0.4.1"]["domain"] == "\"'&<!--]]>"
    assert cells["10.0.4.1"]["variants"] == "A,B,C,D"


def no_cell_is_a_formula():
    cells = [cell for row in csv.reader(io.StringIO(sample("csv"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] and cell[0] in "=+-@\t\r"]
    guarded = [cell for cell in cells if cell.startswith("'")]
    assert guarded == ["'=cmd|'/c calc'!A1", r"'\r\n10.9.9.9 clean", "'@SUM(1,2)",
                       "'+1", "'-2+3", r"'\tTAB,COMMA"], guarded


def xml_is_valid_against_nmaps_dtd():
    for words in (["xml"], ["xml", 300]):
        done = subprocess.run(["xmllint", "--noout", "--dtdvalid", DTD, "-"],
                              input=sample(*words).encode(), stderr=subprocess.PIPE,
                              check=False)
        assert done.returncode == 0, done.stderr.decode()[:2000]


def xml_says_what_the_hosts_said():
    tree = ElementTree.fromstring(sample("xml"))
    hosts = {host.find("address").get("addr"): host for host in tree.iter("host")}
    assert len(hosts) == 9
    for host, name in NAMES.items():
        assert hosts[host].find("hostnames/hostname").get("name") == name
    script = hosts["10.0.4.1"].find("hostscript/script")
    assert script.get("id") == "confine"
    assert "infected: Conficker A,B,C,D" in script.get("output")
    assert [e.text for e in script.findall("table[@key='variants']/elem")] == list("ABCD")
    ports = [port.get("portid") for port in hosts["10.0.3.7"].iter("port")]
    assert ports == ["445"]


def the_page_is_well_formed_and_passive():
    page = Page(sample("html"))
    assert not page.active, page.active
    assert not {"script", "img", "iframe", "object", "link", "form"} & set(page.tags)
    assert len(page.ids) == len(set(page.ids)), "an id twice"
    assert all(link.startswith("#") for link in page.links)
    digest = hashlib.sha256(page.style.encode()).digest()
    assert f"style-src 'sha256-{base64.b64encode(digest).decode()}'" in page.policy
    assert page.policy.startswith("default-src 'none';")


def links_lead_somewhere():
    page = Page(sample("html", 300))
    lost = {link[1:] for link in page.links} - set(page.ids)
    assert not lost, lost


PAGES = (  # of a look inside, and of the commands that ask for one thing
    ("check", "infected"), ("check", "clean"), ("check", "infected", "clean"),
    ("usb", "infected"), ("patches", "infected"), ("tasks", "list", "infected"),
    ("autorun", "status", "clean"), ("audit", "status", "clean"),
    ("clean", "infected", "--dry-run"), ("autorun", "disable", "clean", "--dry-run"),
)


def pages_of_machines(folder):
    """A page for each of these commands, on disks of the lab."""
    for name, option in (("infected", "--variant=B"), ("clean", "--clean")):
        if not Path(folder, name).exists():
            subprocess.run([CONFINE, "lab", "disk", Path(folder, name), option],
                           check=True, stdout=subprocess.DEVNULL)
    for words in PAGES:
        page = Path(folder, "-".join(words) + ".html")
        done = subprocess.run([CONFINE, *words, "-q", "-o", page], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        assert done.returncode in (0, 1) and not done.stderr, done.stderr
        yield words, page


def pages_of_machines_are_well_formed_and_passive():
    with tempfile.TemporaryDirectory() as folder:
        for words, path in pages_of_machines(folder):
            page = Page(path.read_text(encoding="utf-8"))
            assert not page.active, (words, page.active)
            assert not {"script", "img", "iframe", "form"} & set(page.tags), words
            assert {link[1:] for link in page.links} <= set(page.ids), words
            assert page.policy.startswith("default-src 'none';"), words


def a_network_and_a_machine_in_one_case_are_told_as_both():
    with tempfile.TemporaryDirectory() as folder:
        list(pages_of_machines(folder))
        at = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        subprocess.run([CONFINE, "scan", "127.93.9.0/30", "--ports", "4997", "--case",
                        "c", "-q"], check=False, **at)
        subprocess.run([CONFINE, "check", "infected", "--case", "c", "-q"],
                       check=False, **at)
        done = subprocess.run([CONFINE, "report", "--case", "c", "-o", "c.html"],
                              check=False, **at)
        assert done.returncode == 1
        page = Path(folder, "c.html").read_text(encoding="utf-8")
        for text in ("4 addresses asked, 1 machine looked at from inside",
                     "1 machine was looked at from inside, and the worm is on it."):
            assert text in page, text


def chromium_shows_the_page_and_asks_for_nothing_else(browser):
    said, picture, asked = asked_for(browser, sample("html").encode())
    assert not said, said
    assert corner(picture) == "fcfbf8", "its style was not applied"
    assert asked <= {"/report.html", "/favicon.ico"}, asked


def chromium_shows_the_page_dark_where_that_is_wished(browser):
    path = browser.folder / "report.html"
    path.write_text(sample("html"))
    said, picture = browser.open(path.as_uri(), dark=True)
    assert not said, said
    assert corner(picture) == "15171a"


def the_policy_stops_what_would_have_got_in(browser):
    bad = ('<main><script>document.title="owned"</script><style>*{color:red}</style>'
           '<img src="http://127.0.0.1:9/x.png"><p style="color:red">x</p>')
    path = browser.folder / "bad.html"
    path.write_text(sample("html").replace("<main>", bad, 1))
    said, _ = browser.open(path.as_uri())
    blocked = "\n".join(said)
    assert len(re.findall("Applying inline style violates", blocked)) == 2, blocked
    assert "Executing inline script violates" in blocked
    assert "Loading the image" in blocked


def a_page_of_4000_hosts_opens(browser):
    path = browser.folder / "large.html"
    path.write_text(sample("html", 4000, 3))
    said, picture = browser.open(path.as_uri(), size=(412, 900))
    assert not said, said
    assert corner(picture) == "fcfbf8"


def chromium_shows_the_pages_of_machines(browser):
    looks = itertools.cycle((((1280, 800), False, "fcfbf8"),
                             ((500, 900), True, "15171a")))
    for (words, path), look in zip(pages_of_machines(browser.folder), looks):
        size, dark, paper = look
        said, picture = browser.open(path.as_uri(), size=size, dark=dark)
        assert not said, (words, said)
        assert corner(picture) == paper, words


def main():
    cases = [json_lines_are_json, csv_has_a_line_and_fourteen_cells_a_host,
             no_cell_is_a_formula, xml_says_what_the_hosts_said,
             the_page_is_well_formed_and_passive, links_lead_somewhere,
             pages_of_machines_are_well_formed_and_passive,
             a_network_and_a_machine_in_one_case_are_told_as_both]
    shown = [chromium_shows_the_page_and_asks_for_nothing_else,
             chromium_shows_the_page_dark_where_that_is_wished,
             the_policy_stops_what_would_have_got_in, a_page_of_4000_hosts_opens,
             chromium_shows_the_pages_of_machines]
    if "ASAN_OPTIONS" in os.environ:
        shown = []  # the pages are the same, and Chromium is not what is looked at
    counts = {"passed": 0, "failed": 0, "skipped": 0}

    def run(case, possible=True, *given):
        word = "skipped"
        if possible:
            try:
                case(*given)
                word = "passed"
            except (AssertionError, subprocess.SubprocessError) as wrong:
                word = "failed"
                print(f"{case.__name__}: {wrong!r}")
        counts[word] += 1

    for case in cases:
        run(case)
    run(xml_is_valid_against_nmaps_dtd, DTD.exists() and shutil.which("xmllint"))
    with tempfile.TemporaryDirectory() as folder:
        for case in shown:
            run(case, CHROMIUM is not None, Browser(folder))
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
