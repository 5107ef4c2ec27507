"""Listeners that note what the scanner does to them, and do little else."""

import selectors
import socket
import threading
import time


class Guest:
    """One connection: when it came, when it was over, and what was said on it."""

    def __init__(self, address, port):
        self.address, self.port = address, port
        self.came, self.went = time.monotonic(), None
        self.said = b""


class Listener:
    """Listens at all `doors`, (address, port) each, while a with block lasts.

    Says nothing; keeps a guest for `hold` seconds, or as long as he stays.  With
    `answer`, a function of what was said so far, it gives what that returns.
    """

    def __init__(self, doors, hold=0.0, answer=None):
        self.hold, self.answer = hold, answer
        self.guests = []
        self.watch = selectors.DefaultSelector()
        self.doors = [socket.create_server(door, backlog=64) for door in doors]
        self.ending = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.present = {}

    def __enter__(self):
        for door in self.doors:
            door.setblocking(False)
            self.watch.register(door, selectors.EVENT_READ, self.accept)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join(5)
        for end in [*self.doors, *self.present]:
            end.close()
        self.watch.close()

    def run(self):
        while not self.ending:
            for key, _ in self.watch.select(0.01):
                key.data(key.fileobj)
            now = time.monotonic()
            for end, guest in list(self.present.items()):
                if self.hold and now - guest.came >= self.hold:
                    self.part(end)

    def accept(self, door):
        try:
            end, _ = door.accept()
        except BlockingIOError:
            return
        self.guests.append(Guest(*end.getsockname()[:2]))
        self.present[end] = self.guests[-1]
        self.watch.register(end, selectors.EVENT_READ, self.hear)

    def hear(self, end):
        guest = self.present[end]
        try:
            came = end.recv(65536)
        except ConnectionResetError:
            came = b""
        guest.said += came
        if not came:
            self.part(end)
        elif self.answer:
            end.sendall(self.answer(guest.said))

    def part(self, end):
        self.watch.unregister(end)
        self.present.pop(end).went = time.monotonic()
        end.close()

    def most_at_once(self, key):
        """How many guests were there at the same time, of those with equal key."""
        moves = sorted((when, step, key(guest)) for guest in self.guests
                       for when, step in ((guest.came, 1), (guest.went or 1e12, -1)))
        now, most = {}, 0
        for _, step, whose in moves:
            now[whose] = now.get(whose, 0) + step
            most = max(most, now[whose])
        return most


def per_second(moments):
    """The most of these moments that fall within any one second."""
    moments = sorted(moments)
    first = most = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most
