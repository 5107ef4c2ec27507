"""A witness between the scanner and a host of the lab.

It passes everything on and notes what a host sees of a scan: when connections
come, how they end, and which SMB commands are said on each, with the status that
each was answered with.
"""

import selectors
import socket
import threading
import time

COMMANDS = {0x04: "CLOSE", 0x25: "TRANSACTION", 0x2B: "ECHO", 0x2E: "READ",
            0x2F: "WRITE", 0x71: "TREE_DISCONNECT", 0x72: "NEGOTIATE", 0x73: "SESSION",
            0x74: "LOGOFF", 0x75: "TREE_CONNECT", 0xA2: "CREATE"}


class Messages:
    """Cuts a stream of NetBIOS frames into SMB1 messages."""

    def __init__(self):
        self.waiting = b""

    def feed(self, more):
        """Yields (command, status) of each message that is complete now."""
        self.waiting += more
        while len(self.waiting) >= 4:
            end = 4 + int.from_bytes(self.waiting[1:4], "big")
            if len(self.waiting) < end:
                return
            frame, self.waiting = self.waiting[:end], self.waiting[end:]
            if frame[0] == 0 and frame[4:8] == b"\xffSMB":
                yield (COMMANDS.get(frame[8], hex(frame[8])),
                       int.from_bytes(frame[9:13], "little"))


class Pair:
    """One connection: the scanner's end and the host's."""

    def __init__(self, client, peer, began):
        self.client, self.host = client, None
        self.peer, self.began, self.ended = peer, began, None
        self.asked, self.answered = [], []
        self.reset = False  # the scanner reset it
        self.left_first = False  # the scanner closed before the host did
        self.readers = (Messages(), Messages())
        self.held = []  # (when, bytes) for the scanner


class Proxy:
    """Listens at `here` and passes on to `there`, for as long as a with block lasts."""

    def __init__(self, here, there, delay=0.0):
        self.there, self.delay = there, delay
        self.pairs = []
        self.door = socket.create_server(here, backlog=256)
        self.watch = selectors.DefaultSelector()
        self.watch.register(self.door, selectors.EVENT_READ, self.accept)
        self.ending = False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join(5)
        for key in list(self.watch.get_map().values()):
            key.fileobj.close()
        self.watch.close()

    def run(self):
        while not self.ending:
            for key, _ in self.watch.select(0.02):
                key.data(key.fileobj)
            self.release()

    def accept(self, door):
        client, peer = door.accept()
        pair = Pair(client, peer, time.monotonic())
        pair.host = socket.create_connection(self.there)
        self.pairs.append(pair)
        self.watch.register(client, selectors.EVENT_READ, lambda _: self.asks(pair))
        self.watch.register(pair.host, selectors.EVENT_READ,
                            lambda _: self.answers(pair))

    def asks(self, pair):
        """The scanner has said something, or gone."""
        try:
            came = pair.client.recv(65536)
        except ConnectionResetError:
            pair.reset = True
            came = b""
        if not came:
            pair.left_first = pair.ended is None
            self.end(pair)
            return
        pair.asked += [command for command, _ in pair.readers[0].feed(came)]
        pair.host.sendall(came)

    def answers(self, pair):
        """The host has said something, or gone."""
        try:
            came = pair.host.recv(65536)
        except ConnectionResetError:
            came = b""
        if not came:
            pair.ended = pair.ended or time.monotonic()
            self.watch.unregister(pair.host)
            pair.client.shutdown(socket.SHUT_WR)
            return
        pair.answered += pair.readers[1].feed(came)
        if self.delay:
            pair.held.append((time.monotonic() + self.delay, came))
        else:
            self.give(pair, came)

    def give(self, pair, came):
        try:
            pair.client.sendall(came)
        except OSError:
            pair.reset = True

    def release(self):
        """Passes on what has been held long enough."""
        for pair in self.pairs:
            while pair.held and pair.held[0][0] <= time.monotonic():
                self.give(pair, pair.held.pop(0)[1])

    def end(self, pair):
        pair.ended = pair.ended or time.monotonic()
        pair.held.clear()
        for end in (pair.client, pair.host):
            if end.fileno() >= 0 and end in self.watch.get_map():
                self.watch.unregister(end)
            end.close()
