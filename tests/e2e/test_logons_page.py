#!/usr/bin/env python3
# e2e: together seconds=180
"""The page of `confine logons`, in Chromium: it shows, asks for nothing, runs nothing."""

import lzma
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from html_reader import CHROMIUM, Browser, Page, asked_for, corner

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data"
SAMPLE = Path(CONFINE).parent / "tests" / "unit" / "logons_page"
CORPUS = "smb-password-guessing-security.evtx"


def outbreak(attackers, others, unaudited=0):
    """The page of a made-up outbreak, with names that are meant to break it."""
    return subprocess.run([SAMPLE, str(attackers), str(others), str(unaudited)],
                          check=True, timeout=60,
                          stdout=subprocess.PIPE).stdout.decode()


def logons(logs, page):
    """The page of these logs, which is written to a file."""
    done = subprocess.run([CONFINE, "logons", logs, "-q", "-o", page], timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b""), done
    return Path(page).read_text(encoding="utf-8")


def of_the_lab():
    if not Path("lab").exists():
        subprocess.run([CONFINE, "lab", "logs", "lab"], check=True, timeout=60,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return logons("lab", "lab.html")


def of_the_corpus():
    packed = next(DATA.glob(f"ev*/{CORPUS}.xz"))
    Path(CORPUS).write_bytes(lzma.decompress(packed.read_bytes()))
    return logons(CORPUS, "corpus.html")


def every_page():
    return {"lab": of_the_lab(), "corpus": of_the_corpus(), "nobody": outbreak(0, 3),
            "one": outbreak(1, 0), "several": outbreak(9, 40),
            "very many": outbreak(400, 4000, 20),
            "unknown": outbreak(0, 3, 2)}


class Passive(unittest.TestCase):
    def test_its_elements_are_closed_and_none_acts(self):
        for name, text in every_page().items():
            with self.subTest(page=name):
                page = Page(text)
                self.assertEqual(page.active, [])
                self.assertFalse({"script", "img", "iframe", "object", "link", "form",
                                  "image", "foreignobject"} & set(page.tags))
                self.assertEqual(len(page.ids), len(set(page.ids)))
                self.assertLessEqual({link[1:] for link in page.links}, set(page.ids))
                self.assertTrue(all(link.startswith("#") for link in page.links))
                self.assertTrue(page.policy.startswith("default-src 'none';"))
                self.assertLess(len(text), 200_000)

    def test_it_names_the_machine_and_the_command(self):
        text = of_the_corpus()
        self.assertIn("<h1>Go to <bdi>192.168.198.149</bdi> first: it guesses "
                      "passwords</h1>", text)
        self.assertIn("<code>confine scan 192.168.198.149</code>", text)
        self.assertIn("3,561 guesses", text)
        self.assertIn("DESKTOP-M5SN04R", text)

    def test_the_lab_s_machines_that_were_tried_are_drawn_with_their_numbers(self):
        text = of_the_lab()
        for number in range(12):
            # 20 accounts with 250 passwords, of which the last one may be right.
            self.assertRegex(text, rf">WARD-{number}</text><text [^>]*>"
                                   r"(?:4,999|5,0\d\d)</text>")


@unittest.skipUnless(CHROMIUM, "there is no chromium")
class InChromium(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.browser = Browser(folder.name)

    def test_it_asks_for_nothing_and_hostile_names_stay_text(self):
        said, picture, asked = asked_for(self.browser, outbreak(9, 40).encode())
        self.assertEqual(said, [])
        self.assertEqual(corner(picture), "fcfbf8")
        self.assertLessEqual(asked, {"/report.html", "/favicon.ico"})

    def test_its_title_and_the_elements_that_the_browser_made(self):
        path = self.browser.folder / "page.html"
        path.write_text(outbreak(9, 40), encoding="utf-8")
        dom = self.browser.elements(path.as_uri())
        self.assertIn("<title>Go to WARD-0 (10.0.0.1) first: it guesses passwords",
                      dom)
        self.assertNotIn("<script", dom)
        page = Page(dom)
        self.assertEqual(page.tags["marker"], 2)
        self.assertEqual(page.tags["h1"], 1)

    def test_pages_of_logs_dark_and_narrow(self):
        for name, text in (("lab", of_the_lab()), ("corpus", of_the_corpus())):
            path = self.browser.folder / f"{name}.html"
            path.write_text(text, encoding="utf-8")
            said, picture = self.browser.open(path.as_uri(), size=(500, 900), dark=True)
            self.assertEqual(said, [])
            self.assertEqual(corner(picture), "15171a")


if __name__ == "__main__":
    unittest.main()
