"""Event logs of Windows NT 4 to 2003, written by hand: what tests read."""

import calendar
import struct
import time

FAILURE, SUCCESS = 16, 8
PASSWORD = 0xC000006A


def seconds(text):
    """'2009-01-16 09:30:00' as seconds since 1970."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S"))


def wide(text):
    return text.encode("utf-16-le") + b"\0\0"


def record(number, when, event, kind, computer, strings, source="Security"):
    """One record (specification: EVENTLOGRECORD of winnt.h)."""
    head = wide(source) + wide(computer)
    head += b"\0" * (-(56 + len(head)) % 4)
    at = 56 + len(head)
    body = b"".join(wide(s) for s in strings)
    whole = at + len(body)
    whole += -whole % 4 + 4
    fixed = struct.pack("<I4sIIIIHHHHIIIIII", whole, b"LfLe", number, when, when, event,
                        kind, len(strings), 2, 0, 0, at, 0, at, 0, at)
    out = fixed + head + body
    return out + b"\0" * (whole - 4 - len(out)) + struct.pack("<I", whole)


class Log:
    """A Security log of one machine; events in the order in which they are added."""

    def __init__(self, computer):
        self.computer = computer
        self.records = []

    def add(self, when, event, kind, *strings):
        self.records.append(record(len(self.records) + 1, when, event, kind,
                                   self.computer, strings))
        return self

    def failure(self, when, user, workstation, address=None, event=529):
        """A failed logon over the network; without an address as XP writes it."""
        strings = [user, "WARDNET", "3", "NtLmSsp ", "NTLM", workstation]
        if address is not None:
            strings += ["-", "-", "-", "-", "-", address, "1025"]
        return self.add(when, event, FAILURE, *strings)

    def success(self, when, user, workstation, address=None):
        strings = [user, "WARDNET", "(0x0,0x1234)", "3", "NtLmSsp ", "NTLM",
                   workstation, "{00000000-0000-0000-0000-000000000000}"]
        if address is not None:
            strings += ["-", "-", "-", "-", "-", address, "1025"]
        return self.add(when, 540, SUCCESS, *strings)

    def lockout(self, when, user, caller):
        return self.add(when, 644, SUCCESS, user, caller, "%{S-1-5-21-1-2-3-1000}",
                        self.computer + "$", "WARDNET", "(0x0,0x3E7)")

    def task(self, when, name, user):
        """602: a scheduled task was made."""
        return self.add(when, 602, SUCCESS, "C:\\WINDOWS\\Tasks\\" + name, "rundll32.exe",
                        "At 1:00 AM every day, starting 1/17/2009.",
                        "1/17/2009 1:00:00 AM", "0x18000C0", "WARDNET\\" + user, user,
                        "WARDNET", "(0x0,0x1234)")

    def policy(self, when, logon):
        """612, with what of logons is recorded: "+-" is success alone."""
        marks = ["-"] * 18
        marks[2:4] = marks[16:18] = list(logon)
        return self.add(when, 612, SUCCESS, *marks, self.computer + "$", "WARDNET",
                        "(0x0,0x3E7)")

    def storm(self, begin, workstation, address=None, accounts=8, tries=40):
        """Guesses as the worm's: account by account, ten a second."""
        for i in range(accounts * tries):
            self.failure(begin + i // 10, f"user{i // tries:02}", workstation, address)
        return self

    def bytes(self):
        body = b"".join(self.records)
        end = 48 + len(body)
        count = len(self.records)
        first = 1 if count else 0
        tail = struct.pack("<10I", 0x28, 0x11111111, 0x22222222, 0x33333333, 0x44444444,
                           48, end, count + 1, first, 0x28)
        head = struct.pack("<I4s10I", 48, b"LfLe", 1, 1, 48, end, count + 1, first,
                           end + 40, 0, 0, 48)
        return head + body + tail

    def write(self, path):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(self.bytes())
        return str(path)
