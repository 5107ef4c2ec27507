#!/usr/bin/env python3
# e2e: seconds=120 light together
"""Event logs of Windows NT 4 to 2003, as confine reads them and as evtexport does.

Record by record: its number, time, source, computer, id and strings.  The logs are
those of tests/data/evt, and what the lab writes.
"""

import lzma
import os
import re
import shutil
import subprocess
import sys
import unittest
from datetime import datetime, timezone
from pathlib import Path

UNIT = Path(os.environ["CONFINE"]).parent / "tests" / "unit"
PACKED = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "evt"
FIELD = re.compile(r"^([A-Z][A-Za-z]+(?: [a-z]+)*(?:: \d+)?)\t+: (.*)$", re.S)


def plain(text):
    """What evt_dump wrote, without its escapes."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), text)


def dump(log, *options):
    """The lines of evt_dump, split; what it says of the file is the last one."""
    done = subprocess.run([UNIT / "evt_dump", *options, log], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [line.split("\t") for line in done.stdout.decode().split("\n")[:-1]]


def records(log):
    """By "current" and "recovered": tuples as those of exported(), and None for each
    that is torn."""
    found = {"current": [], "recovered": []}
    for kind, _, number, code, seconds, source, *rest in dump(log, "-r")[:-1]:
        if source == "undecodable":
            found[kind].append(None)
            continue
        computer, count, *strings = rest
        assert int(count) == len(strings)
        found[kind].append((int(number), int(code, 16), int(seconds), plain(source),
                            plain(computer), tuple(map(plain, strings))))
    return found


def field_lists(text):
    """A list of [name, value] for each event; a value may have several lines."""
    events = []
    for line in text.removesuffix("\n").split("\n")[1:]:
        field = FIELD.match(line)
        if field and field[1] == "Event number":
            events.append([])
        if field:
            events[-1].append([field[1], field[2]])
        elif events:
            events[-1][-1][1] += "\n" + line
    for event in events:
        event[-1][1] = event[-1][1].removesuffix("\n")
    return events


def exported(log, mode):
    """The same out of another program; mode is "items" or "recovered"."""
    done = subprocess.run(["evtexport", "-t", "security", "-m", mode, log], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    found = []
    for fields in field_lists(done.stdout.decode()):
        event = dict(fields)
        when = datetime.strptime(event["Creation time"], "%b %d, %Y %H:%M:%S UTC")
        strings = [value for name, value in fields if name.startswith("String: ")]
        found.append((int(event["Event number"]),
                      int(event["Event identifier"].split()[0], 16),
                      int(when.replace(tzinfo=timezone.utc).timestamp()),
                      event["Source name"], event["Computer name"], tuple(strings)))
    return found


def make(name, size, count, *flush, options=()):
    subprocess.run([UNIT / "evt_maker", *options, name, str(size), str(count),
                    *map(str, flush)], check=True)
    return name


class Records(unittest.TestCase):
    maxDiff = 2000

    def same(self, log):
        """Both read the same; returns how many are current and recovered."""
        ours = records(log)
        self.assertEqual(ours["current"], exported(log, "items"))
        theirs = sorted(exported(log, "recovered"))
        whole = sorted(record for record in ours["recovered"] if record)
        # It decodes what is left of a torn one, too.
        self.assertLessEqual(set(whole), set(theirs))
        self.assertEqual(len(ours["recovered"]), len(theirs))
        return len(ours["current"]), len(theirs)

    def test_real_logs(self):
        counts = {"SysEvent-wrapped-dirty.Evt": (6063, 438)}
        packed = sorted(PACKED.glob("*.xz"))
        self.assertEqual({path.stem for path in packed}, set(counts))
        for path in packed:
            log = Path(path.stem)
            log.write_bytes(lzma.decompress(path.read_bytes()))
            self.assertEqual(self.same(log), counts[path.stem])

    def test_a_log_that_grows(self):
        for count in (0, 1, 12, 500):
            with self.subTest(count=count):
                self.assertEqual(self.same(make("grown.evt", 0, count)), (count, 0))

    def test_logs_that_wrap(self):
        for count in range(300, 340, 2):
            with self.subTest(count=count):
                current, _ = self.same(make("wrapped.evt", 65536, count))
                self.assertGreater(current, 200)

    def test_a_dirty_log_is_what_it_is_when_closed(self):
        for flush in (0, 1, 30, 59):
            with self.subTest(flush=flush):
                dirty = records(make("dirty.evt", 65536, 60, flush))
                self.assertEqual(dirty["current"], exported("dirty.evt", "items"))
                self.assertEqual(len(dirty["current"]), 60)

    def test_a_dirty_log_that_wrapped_is_what_it_is_when_closed(self):
        """The other reader begins where the header says, which is written over."""
        closed = make("closed.evt", 65536, 330)
        for flush in (0, 100, 200, 320, 329):
            with self.subTest(flush=flush):
                dirty = records(make("dirty.evt", 65536, 330, flush))
                self.assertEqual(dirty["current"], exported(closed, "items"))
                self.assertLessEqual(set(exported("dirty.evt", "items")),
                                     set(dirty["current"]))

    def test_what_fills_the_end_of_the_ring_is_passed(self):
        """The other reader stops there: it has the same records without it."""
        for count in range(324, 332):
            with self.subTest(count=count):
                theirs = exported(make("wrapped.evt", 65536, count), "items")
                ours = records(make("filled.evt", 65536, count, options=["-f"]))
                self.assertIn(b"\x27\0\0\0", Path("filled.evt").read_bytes()[-4:])
                self.assertEqual(ours["current"], theirs[-len(ours["current"]):])
                self.assertGreater(len(ours["current"]), 240)
                self.assertEqual(dump("filled.evt", "-r")[-1][1].split()[-4:],
                                 ["gaps", "0", "jumps", "0"])

    def test_events_are_what_the_strings_say(self):
        log = make("events.evt", 0, 120)
        events = dump(log)[:-2]
        wanted = {529, 680, 644, 540, 528, 517, 602, 612}
        theirs = [record for record in exported(log, "items")
                  if record[3].lower() == "security" and record[1] in wanted]
        self.assertEqual([int(event[0]) for event in events],
                         [record[0] for record in theirs])
        for event, (_, code, seconds, _, computer, strings) in zip(events, theirs):
            self.assertEqual((int(event[3]), int(event[5])), (code, seconds))
            self.assertEqual(event[10], computer)
            if code == 529:
                self.assertEqual((event[11], event[12], event[13]),
                                 (strings[0], strings[1], strings[5]))
                self.assertEqual(event[14], strings[11] if len(strings) > 6 else "")
            if code == 602:
                self.assertEqual((event[11], event[12], plain(event[18])),
                                 (strings[6], strings[7], strings[0]))
        self.assertEqual([record[5][0] for record in theirs if record[1] == 602][:2],
                         ["C:\\WINDOWS\\Tasks\\At10.job",
                          "C:\\WINDOWS\\Tasks\\Defrag 22.job"])


if __name__ == "__main__":
    if not shutil.which("evtexport"):
        print("evtexport (libevt-utils) is not there")
        sys.exit(77)
    unittest.main()
