#!/usr/bin/env python3
# e2e: seconds=60
"""Hosts that accept and reset at once have answered: they always get a verdict."""

import selectors
import socket
import struct
import threading
import unittest

from lab_net import confine

PORT = 4471
HOSTS = [f"127.98.0.{i}" for i in range(1, 41)]
AT_ONCE = struct.pack("ii", 1, 0)  # a linger of 0 seconds: close resets


class Resetting:
    """Resets whoever comes, while a with block lasts."""

    def __enter__(self):
        self.ending = False
        self.doors = [socket.create_server((h, PORT), backlog=64) for h in HOSTS]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join(5)
        for door in self.doors:
            door.close()

    def run(self):
        watch = selectors.DefaultSelector()
        for door in self.doors:
            watch.register(door, selectors.EVENT_READ)
        while not self.ending:
            for key, _ in watch.select(0.05):
                end, _ = key.fileobj.accept()
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                end.close()
        watch.close()


class Reset(unittest.TestCase):
    def test_no_host_that_accepted_is_absent(self):
        with Resetting():
            for _ in range(5):
                done = confine("scan", "--ports", PORT, "--rate", "0", "--timeout",
                               "1000", "--format", "json", *HOSTS)
                self.assertEqual(done.code, 3, done.err)
                self.assertEqual(done.out.count('"type":"verdict"'), len(HOSTS))
                self.assertEqual(done.out.count('"absent":0'), 1, done.out[-300:])


if __name__ == "__main__":
    unittest.main()
