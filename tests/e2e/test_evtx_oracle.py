#!/usr/bin/env python3
# e2e: seconds=120 light together
"""Event logs of Windows Vista and later, as confine reads them and as libevtx does.

The logs are those of tests/data/evtx, and one that the lab writes.
libevtx reads nothing of logs without templates, nor of a chunk that is cut: what is
in those is written out here.
"""

import calendar
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

DUMP = Path(os.environ["CONFINE"]).parent / "tests" / "unit" / "evtx_dump"
MAKER = DUMP.with_name("evtx_maker")
PACKED = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "evtx"
LOGS = Path(tempfile.mkdtemp(dir="."))
UNREADABLE = {"no-template-issue_201.evtx", "no-template-security-4799-4624.evtx"}
# Records that only confine finds: behind a gap in a chunk, in a chunk that is cut.
MORE = {"bad-chunk-magic.evtx": 34, "truncated-System2.evtx": 89}
AUDITING = "Microsoft-Windows-Security-Auditing"
WANTED = {(AUDITING, number): 2 for number in
          (4624, 4625, 4648, 4698, 4719, 4740, 4768, 4769, 4771, 4776)}
WANTED.update({("Microsoft-Windows-Eventlog", number): 3 for number in (1101, 1102)})
FAILURE = 0x0010000000000000
EPOCH = 11644473600  # seconds from 1601 to 1970
TEXTS = ["TargetUserName", "TargetDomainName", "Workstation", "IpAddress",
         "LogonProcessName", "ProcessName", "SubjectUserName", "TargetServerName"]


def run(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def dump(log, *options):
    """Head, events and totals, each split."""
    lines = [line.split("\t") for line in
             run(DUMP, *options, LOGS / log).decode().splitlines()]
    return lines[0][1:], [line[1:] for line in lines[1:-1]], lines[-1][1:]


def number(text):
    """Of a value as libevtx writes it; 0 where it is none."""
    try:
        return int(text or "0", 0)
    except ValueError:
        return 0


def filetime(text):
    seconds = calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
    return (seconds + EPOCH) * 10**7 + int(text[20:29]) // 100


def line_of(record, event):
    """What evtx_dump has to say of an event that libevtx has read, or None."""
    space = re.match(r"\{.*\}", event.tag).group()
    system = event.find(space + "System")
    what = int(system.findtext(space + "EventID"))
    kind = WANTED.get((system.find(space + "Provider").get("Name"), what))
    if not kind or system.findtext(space + "Channel") != "Security":
        return None
    data = {d.get("Name"): d.text or "" for d in event.iter(space + "Data")
            if kind == 2}
    data.setdefault("Workstation", data.get("WorkstationName", ""))
    if what == 4740:
        data["Workstation"] = data.pop("TargetDomainName")
    if what == 4719:
        data["TargetUserName"] = data["SubcategoryId"]
        data["TargetDomainName"] = data["AuditPolicyChanges"]
    if what == 4698:
        data["TargetUserName"] = data["SubjectUserName"]
        data["TargetServerName"] = data["TaskName"]
    if what != 4648:
        data.pop("SubjectUserName", None)
    status = number(data.get("SubStatus")) or number(data.get("Status"))
    texts = [system.findtext(space + "Computer")] + \
        [data.get(name, "") for name in TEXTS]
    return [str(record), str(kind), str(what), "0",
            str(filetime(system.find(space + "TimeCreated").get("SystemTime"))),
            str(int(number(system.findtext(space + "Keywords")) & FAILURE != 0)),
            f"{status:08x}", str(number(data.get("LogonType"))),
            str(number(data.get("IpPort"))), str(number(data.get("ProcessId"))),
            *[text.replace("\\", "\\u005c") for text in texts]]


def libevtx(log):
    """How many records, and the lines of those that are wanted."""
    numbers = re.findall(r"^Event number\t+: (\d+)$",
                         run("evtxexport", LOGS / log).decode("utf-8", "replace"),
                         re.M)
    xml = run("evtxexport", "-f", "xml", LOGS / log).decode("utf-8", "replace")
    xml = re.sub("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "\ufffd", xml)
    events = [ElementTree.fromstring(text) for text in
              re.findall(r"<Event .*?</Event>", xml, re.S)]
    assert len(events) == len(numbers), (log, len(events), len(numbers))
    lines = [line_of(*pair) for pair in zip(numbers, events)]
    return len(numbers), [line for line in lines if line]


def logs():
    return sorted(path.name for path in LOGS.glob("*.evtx"))


def logs_read_as_another_program_reads_them():
    compared = 0
    for log in logs():
        if log in UNREADABLE:
            continue
        count, theirs = libevtx(log)
        head, events, totals = dump(log)
        ours = [event for event in events if event[3] == "0"]
        assert head[0] == "heard", (log, head)
        assert int(totals[0]) == count + MORE.get(log, 0), (log, totals, count)
        if log == "truncated-System2.evtx":
            assert len(ours) == 92 and totals[6] == "1", (len(ours), totals)
            ours = ours[:len(theirs)]
        assert len(ours) == len(theirs), (log, len(ours), len(theirs))
        for mine, other in zip(ours, theirs):
            assert mine == other, (log, mine, other)
        compared += len(theirs)
    assert compared > 1000, compared


def logs_without_templates_are_read():
    head, events, totals = dump("no-template-security-4799-4624.evtx")
    assert head == ["heard", "3.1", "0"], head
    current = [event for event in events if event[3] == "0"]
    assert totals[:4] == ["55", "19", "74", "0"], totals
    assert len(current) == 44 and {event[2] for event in current} == {"4624"}
    assert current[0] == [
        "1", "2", "4624", "0", "132645059059210336", "0", "00000000", "3", "62173", "0",
        "atanids01.offsec.lan", "admmig", "OFFSEC.LAN", "-", "10.23.23.9", "Kerberos",
        "-", "", ""], current[0]
    assert dump("no-template-issue_201.evtx")[2][:4] == ["1", "0", "0", "0"]


def without_shapes_it_is_the_same():
    for log in logs():
        assert dump(log) == dump(log, "-s"), log


def main():
    if not shutil.which("evtxexport"):
        print("evtxexport is not installed")
        return 77
    for packed in PACKED.glob("*.xz"):
        (LOGS / packed.stem).write_bytes(lzma.decompress(packed.read_bytes()))
    run(MAKER, LOGS / "made.evtx", "1500")
    passed = failed = 0
    for case in [logs_read_as_another_program_reads_them,
                 logs_without_templates_are_read,
                 without_shapes_it_is_the_same]:
        try:
            case()
            passed += 1
        except AssertionError as why:
            failed += 1
            print(f"{case.__name__}: {str(why)[:600]}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
