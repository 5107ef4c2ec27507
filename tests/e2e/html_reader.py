"""Reads pages as others do: their elements, and what Chromium makes of them."""

import http.server
import shutil
import struct
import subprocess
import tempfile
import threading
import zlib
from html.parser import HTMLParser
from pathlib import Path

CHROMIUM = shutil.which("chromium")
VOID = {"meta", "br", "link", "img"}


class Page(HTMLParser):
    """Balances the elements and notes what would reach out or run."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.tags = {}
        self.ids = []
        self.links = []
        self.active = []
        self.style = ""
        self.policy = ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.ids += [given["id"]] if "id" in given else []
        for key, value in attrs:
            if key == "href":
                self.links.append(value)
            if key == "src" or key == "style" or key.startswith("on"):
                self.active.append((tag, key, value))
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data


class Browser:
    """Headless Chromium, a fresh profile each time."""

    FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--enable-logging=stderr"]

    def __init__(self, folder):
        self.folder = Path(folder)
        self.shots = 0

    def open(self, address, size=(1280, 800), dark=False):
        """Returns what the console said, and the picture."""
        self.shots += 1
        picture = self.folder / f"{self.shots}.png"
        done = self.run(f"--window-size={size[0]},{size[1]}",
                        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                        f"--screenshot={picture}", address)
        said = [line for line in done.stderr.decode(errors="replace").splitlines()
                if "CONSOLE" in line]
        return said, picture.read_bytes()

    def elements(self, address):
        """The page as the browser has read it, written down again."""
        return self.run("--dump-dom", address).stdout.decode()

    def run(self, *words):
        with tempfile.TemporaryDirectory(dir=self.folder) as profile:
            return subprocess.run([CHROMIUM, *self.FLAGS, f"--user-data-dir={profile}",
                                   *words], capture_output=True, timeout=90, check=True)


def corner(png):
    """The colour of the picture's first pixel, which no filter touches."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed = 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IDAT":
            packed += png[at + 8:at + 8 + size]
        at += 12 + size
    return zlib.decompressobj().decompress(packed, 4)[1:4].hex()


class Served(http.server.BaseHTTPRequestHandler):
    page = b""
    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200 if self.path == "/report.html" else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if self.path == "/report.html":
            self.wfile.write(self.page)

    def log_message(self, *_):
        pass


def asked_for(browser, page):
    """Opens a page from a server; what the console said, the picture, what was asked.

    Chromium asks for a site's icon by itself, whatever the page says.
    """
    Served.page, Served.asked = page, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said, picture = browser.open(f"http://127.0.0.1:{server.server_port}/report.html")
    server.shutdown()
    server.server_close()
    return said, picture, set(Served.asked)
