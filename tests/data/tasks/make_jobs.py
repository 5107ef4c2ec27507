#!/usr/bin/env python3
"""Writes the .job files beside it that no Windows wrote: see README.md."""

import struct
from pathlib import Path

COMMENT = "Created by NetScheduleJobAdd."


def text(words):
    """Counted in units with the closing zero; nothing at all is a count of 0."""
    if not words:
        return struct.pack("<H", 0)
    return struct.pack("<H", len(words) + 1) + (words + "\0").encode("utf-16-le")


def job(application, parameters, author="SYSTEM", comment=COMMENT):
    """As NetScheduleJobAdd makes it on XP: on every day of the month at 13:00."""
    strings = b"".join(map(text, (application, parameters, "", author, comment)))
    middle = strings + struct.pack("<H", 0) + struct.pack("<H", 8) + bytes(8)
    head = struct.pack("<HH16sHH", 0x0501, 1, bytes(range(16)), 70, 70 + len(middle))
    head += struct.pack("<4HIIIII", 0, 0, 60, 0, 0x20, 259200000, 0, 0x00041303, 0)
    head += bytes(16) + struct.pack("<H", 0)
    trigger = struct.pack("<HH3H3H2HIII", 0x30, 0, 2009, 2, 12, 0, 0, 0, 13, 0, 0, 0, 0)
    trigger += struct.pack("<IIHHHH", 3, 0x7FFFFFFF, 0xFFF, 0, 0, 0)
    assert len(head) == 70
    assert len(trigger) == 48
    return head + middle + struct.pack("<H", 1) + trigger


JOBS = {
    "worm-form": job("rundll32.exe", "jxcvqm.uu,hpkmbt"),
    "worm-form-path": job(r"C:\WINDOWS\system32\rundll32.exe", "jxcvqm.uu,hpkmbt",
                          author="WORKGROUP\\KANG$"),
    "other-author": job("rundll32.exe", "jxcvqm.uu,hpkmbt", author="Brian"),
    "other-comment": job("rundll32.exe", "jxcvqm.uu,hpkmbt",
                         comment="Created by NetScheduleJobAdc."),
    "german-comment": job("rundll32.exe", "jxcvqm.uu,hpkmbt",
                          comment="Erstellt durch NetScheduleJobAdd."),
    "capital": job("rundll32.exe", "jxcvqm.uu,hpKmbt"),
    "more-words": job("rundll32.exe", "jxcvqm.uu,hpkmbt now"),
    "control-panel": job("rundll32.exe", "shell32.dll,Control_RunDLL inetcpl.cpl"),
    "genuine-dll": job("rundll32.exe", "advpack.dll,delnodexn"),
    "backup": job("cmd.exe", r"/c D:\backup\nightly.cmd"),
}
JOBS["cut"] = JOBS["worm-form"][:200]

for name, content in JOBS.items():
    Path(__file__).with_name(name + ".job").write_bytes(content)
