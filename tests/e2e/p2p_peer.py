"""The worm's ports and the empty message of its peers, by the published rule.

A second implementation, for the tests to hold the first one against.  A peer made
of this can say that it is one, and nothing else.
"""

import csv
import os
import random
import socket
import threading
import time
from pathlib import Path

TOP = Path(os.environ["CONFINE_TOP"])
FLAGS_UDP, FLAGS_TCP = 0x8001, 0x8005


def rows_of(path):
    """The rows of a table with remarks at its head."""
    with (TOP / path).open(encoding="utf-8") as f:
        yield from csv.DictReader((line for line in f if not line.startswith("#")),
                                  delimiter="\t")


BARRED = {int(row["index"]): int(row["word"], 16)
          for row in rows_of("src/know/p2p-barred.tsv")}
FRAGILE = {port for row in rows_of("src/know/fragile-ports.tsv")
           for port in range(int(row["from"]), int(row["to"]) + 1)}


def is_barred(port):
    return bool(BARRED[port >> 10] >> ((port >> 5) % 32) & 1)


def week_of(moment):
    return int((moment - 345600) // 604800)


def draw(state):
    """Two ports, and the state after them."""
    q = [0, 0]
    while True:
        for i in range(10):
            m = state * 0x015A4E35 + 1
            state = m & 0xFFFFFFFF
            q[i % 2] ^= (m >> 32) >> i & 0xFFFF
        if q[0] != q[1] and not is_barred(q[0]) and not is_barred(q[1]):
            return q[0], q[1], state


def ports_of(address, week):
    """(fixed TCP, fixed UDP, weekly TCP, weekly UDP)."""
    state = ~int.from_bytes(socket.inet_aton(address), "little") & 0xFFFFFFFF
    tcp, udp, state = draw(state)
    weekly_tcp, weekly_udp, _ = draw(state ^ week)
    return tcp, udp, weekly_tcp, weekly_udp


def now_ports(address):
    return ports_of(address, week_of(time.time()))


def cipher(key, text):
    out = bytearray()
    for byte in text:
        key = (key << 1 | key >> 63) & 0xFFFFFFFFFFFFFFFF
        k = key & 0xFF
        out.append(byte ^ k)
        key = (key + k) & 0xFFFFFFFFFFFFFFFF
    return bytes(out)


def checksum(text):
    value = len(text)
    for byte in text:
        value ^= byte
        value = (value << 1 | value >> 31) & 0xFFFFFFFF
    return value


def message(flags, key=None):
    """The smallest message that is whole."""
    key = (key or random.getrandbits(63) + 1).to_bytes(8, "little")
    plain = flags.to_bytes(2, "little")
    plain += checksum(key + plain).to_bytes(4, "little")
    return key + cipher(int.from_bytes(key, "little"), plain)


def tcp_answer(said):
    """For a Listener: nothing before the question is whole."""
    answer = message(FLAGS_TCP)
    return len(answer).to_bytes(2, "little") + answer if len(said) >= 16 else b""


def is_question(said, flags):
    """The empty question and nothing more: it carries no data and asks for none."""
    if flags == FLAGS_TCP:
        if said[:2] != (14).to_bytes(2, "little"):
            return False
        said = said[2:]
    key = said[:8]
    return said == message(flags, int.from_bytes(key, "little"))


class UdpPeer:
    """Answers at one UDP port, while a with block lasts."""

    def __init__(self, address, port, mute=0):
        self.asked, self.mute = [], mute  # the first `mute` questions get lost
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.settimeout(0.05)
        self.ending = False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join(5)
        self.socket.close()

    def run(self):
        while not self.ending:
            try:
                said, who = self.socket.recvfrom(9000)
            except TimeoutError:
                continue
            self.asked.append(said)
            if len(self.asked) > self.mute:
                self.socket.sendto(message(FLAGS_UDP), who)
