#!/usr/bin/env python3
# e2e: seconds=60 together
"""The lab's .evtx logs, as two programs read them that nobody here wrote.

Every record and every field is held against what the maker was asked for, which is
worked out here once more; and one program against the other.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

CONFINE = os.environ["CONFINE"]
MAKER = Path(CONFINE).parent / "tests" / "unit" / "evtx_maker"
NOBODY, SYSTEM = "S-1-0-0", "S-1-5-18"
DOMAIN = "S-1-5-21-1-2-3-"
BEGINS = datetime(2009, 4, 17, 20, 26, 40, tzinfo=timezone.utc)
PROVIDER = "Microsoft-Windows-Security-Auditing"
NO_GUID = "{00000000-0000-0000-0000-000000000000}"
TASKS = {4624: 12544, 4625: 12544, 4634: 12545, 4698: 12804, 4719: 13568, 4740: 13824,
         4768: 14339, 4771: 14339, 4776: 14336}
CHUNK = 65536

# ---- what the maker was asked for


def hex32(number):
    return f"0x{number:08x}"


def hex64(number):
    return f"0x{number:016x}"


class Asked:
    """The record `i` of `count`, as tests/unit/evtx_maker.c makes it."""

    def __init__(self, i, count):
        self.user = f"Ärztin{i // 7}" if i % 5 else ""
        self.station = f"WARD-{i % 200}"
        self.computer = "MACHINENAME" if i < count // 2 else "WARD-3"
        self.time = BEGINS + timedelta(seconds=i // 30, milliseconds=i % 30 * 33)
        self.type = "3" if i % 4 else "10"
        self.address = "10.0.3.7" if i % 3 else None
        self.port = str(1024 + i % 60000) if i % 3 else "-"
        seconds = int(self.time.timestamp()) % 100000
        self.session = hex64(0x100000 + seconds * 1000 + i % 30 * 33)
        self.status = 0xC000006A if i % 5 else 0xC0000234
        self.task = f"At{i}" if i % 24 == 10 else f"Defrag {i}"
        self.id, self.failed, self.data = self.of_kind(i % 12)

    def of_kind(self, kind):
        return {1: lambda: self.ntlm(self.status), 2: lambda: self.ntlm(0),
                3: self.lockout, 4: self.success, 5: self.logoff,
                6: lambda: self.ticket(0), 7: lambda: self.ticket(6),
                8: self.refused, 9: self.policy, 10: self.a_task}.get(kind, self.failure)()

    def ntlm(self, status):
        return 4776, status != 0, {
            "PackageName": "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0",
            "TargetUserName": self.user, "Workstation": self.station,
            "Status": hex32(status)}

    def lockout(self):
        return 4740, False, {
            "TargetUserName": self.user, "TargetDomainName": self.station,
            "TargetSid": DOMAIN + "1004", "SubjectUserSid": SYSTEM,
            "SubjectUserName": self.computer + "$", "SubjectDomainName": "WARDNET",
            "SubjectLogonId": hex64(0x3e7)}

    def success(self):
        return 4624, False, {
            "SubjectUserSid": NOBODY, "SubjectUserName": "-", "SubjectDomainName": "-",
            "SubjectLogonId": hex64(0), "TargetUserSid": DOMAIN + "1004",
            "TargetUserName": self.user, "TargetDomainName": "WARDNET",
            "TargetLogonId": self.session, "LogonType": self.type,
            "LogonProcessName": "NtLmSsp ", "AuthenticationPackageName": "NTLM",
            "WorkstationName": self.station, "LogonGuid": NO_GUID,
            "TransmittedServices": "-", "LmPackageName": "NTLM V2", "KeyLength": "128",
            "ProcessId": hex64(0), "ProcessName": "-",
            "IpAddress": self.address or "-", "IpPort": self.port}

    def failure(self):
        locked = self.status == 0xC0000234
        return 4625, True, {
            "SubjectUserSid": NOBODY, "SubjectUserName": "-", "SubjectDomainName": "-",
            "SubjectLogonId": hex64(0), "TargetUserSid": NOBODY,
            "TargetUserName": self.user, "TargetDomainName": "WARDNET",
            "Status": hex32(self.status if locked else 0xC000006D),
            "FailureReason": "%%2307" if locked else "%%2313",
            "SubStatus": hex32(0 if locked else self.status), "LogonType": self.type,
            "LogonProcessName": "NtLmSsp ", "AuthenticationPackageName": "NTLM",
            "WorkstationName": self.station, "TransmittedServices": "-",
            "LmPackageName": "-", "KeyLength": "0", "ProcessId": hex64(0),
            "ProcessName": "-", "IpAddress": self.address or "-", "IpPort": self.port}

    def logoff(self):
        return 4634, False, {
            "TargetUserSid": DOMAIN + "1004", "TargetUserName": self.user,
            "TargetDomainName": "WARDNET", "TargetLogonId": self.session,
            "LogonType": self.type}

    def kerberos(self):
        return {"IpAddress": "::ffff:" + self.address if self.address else "",
                "IpPort": self.port, "CertIssuerName": "", "CertSerialNumber": "",
                "CertThumbprint": ""}

    def ticket(self, status):
        return 4768, status != 0, {
            "TargetUserName": self.user, "TargetDomainName": "WARDNET",
            "TargetSid": NOBODY if status else DOMAIN + "1004",
            "ServiceName": "krbtgt", "ServiceSid": NOBODY if status else DOMAIN + "502",
            "TicketOptions": hex32(0x40810010), "Status": hex32(status),
            "TicketEncryptionType": hex32(0xFFFFFFFF if status else 0x12),
            "PreAuthType": "-" if status else "2", **self.kerberos()}

    def refused(self):
        return 4771, True, {
            "TargetUserName": self.user, "TargetSid": DOMAIN + "1004",
            "ServiceName": "krbtgt/WARDNET", "TicketOptions": hex32(0x40810010),
            "Status": hex32(0x18), "PreAuthType": "2", **self.kerberos()}

    def policy(self):
        self.time = self.time.replace(microsecond=0)
        return 4719, False, {
            "SubjectUserSid": SYSTEM, "SubjectUserName": self.computer + "$",
            "SubjectDomainName": "WORKGROUP", "SubjectLogonId": hex64(0x3e7),
            "CategoryId": "%%8273", "SubcategoryId": "%%12544",
            "SubcategoryGuid": "{0cce9215-69ae-11d9-bed3-505054503030}",
            "AuditPolicyChanges": "%%8449, %%8451"}

    def a_task(self):
        # An XML parser makes one line end of two characters.
        content = f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.0" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>WARDNET\\{self.user}</Author>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <StartBoundary>2009-01-17T01:00:00</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>
  </Triggers>
  <Settings>
    <Hidden>false</Hidden>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>defrag.exe C: &amp; exit</Command>
    </Exec>
  </Actions>
</Task>"""
        return 4698, False, {
            "SubjectUserSid": DOMAIN + "1004", "SubjectUserName": self.user,
            "SubjectDomainName": "WARDNET", "SubjectLogonId": self.session,
            "TaskName": "\\" + self.task, "TaskContent": content}

    def fields(self, number):
        keywords = 0x8010000000000000 if self.failed else 0x8020000000000000
        return (PROVIDER, "{54849625-5478-4994-a5ba-3e3b0328c30d}", str(self.id), "0",
                "0", str(TASKS[self.id]), "0", hex64(keywords), str(number), "752",
                "4068", "Security", self.computer, list(self.data.items()))


# ---- what others read


def read_event(text):
    """A record's time in ms, and all its fields but empty attributes."""
    event = ElementTree.fromstring(text)
    space = re.match(r"\{.*\}", event.tag).group()
    assert space == "{http://schemas.microsoft.com/win/2004/08/events/event}"
    assert [child.tag for child in event] == [space + "System", space + "EventData"]
    system = {child.tag.removeprefix(space): child for child in event[0]}
    when = system["TimeCreated"].get("SystemTime").replace("T", " ").rstrip("Z")
    when, _, part = when.partition(".")
    ms = datetime.fromisoformat(when + "+00:00").timestamp() * 1000
    ms += round(float(f"0.{part or 0}") * 1000)
    data = [(child.get("Name"), guid(child.text or "")) for child in event[1]]
    texts = [system[name].text for name in (
        "EventID", "Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID")]
    return ms, (system["Provider"].get("Name"), guid(system["Provider"].get("Guid")),
                *texts, system["Execution"].get("ProcessID"),
                system["Execution"].get("ThreadID"), system["Channel"].text,
                system["Computer"].text, data)


def guid(text):
    return text.lower() if re.fullmatch(r"\{[0-9A-Fa-f-]{36}\}", text) else text


def events_of(command):
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE).stdout.decode()
    return [read_event(text) for text in re.findall(r"<Event .*?</Event>", out, re.S)]


def exported(log):
    return events_of(["evtxexport", "-f", "xml", log])


def dumped(log):
    return events_of(["evtx_dump.py", log])


class Written(unittest.TestCase):
    maxDiff = 3000

    def assert_is_what_was_asked_for(self, events, count):
        self.assertEqual(len(events), count)
        for i, (ms, fields) in enumerate(events):
            asked = Asked(i, count)
            self.assertEqual(fields, asked.fields(i + 1), i)
            self.assertEqual(ms, asked.time.timestamp() * 1000, i)

    def make(self, count):
        subprocess.run([MAKER, "made.evtx", str(count)], check=True)
        return "made.evtx"

    def test_libevtx_reads_every_field_of_every_record(self):
        for count in (0, 1, 1500):
            with self.subTest(count=count):
                self.assert_is_what_was_asked_for(exported(self.make(count)), count)

    def test_python_evtx_reads_every_field_of_every_record(self):
        self.assert_is_what_was_asked_for(dumped(self.make(140)), 140)

    def test_sums_and_tables_are_sound(self):
        """By its own account of a file; a sum that is wrong says so."""
        for wrong in (None, 8, 4096 + 130, 4096 + 600):
            log = Path(self.make(150))
            data = bytearray(log.read_bytes())
            if wrong is not None:
                data[wrong] ^= 1
                log.write_bytes(data)
            said = subprocess.run(["evtx_info.py", log], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False).stdout.decode()
            with self.subTest(wrong=wrong):
                self.assertEqual("fail" in said or "Error" in said, wrong is not None)
                self.assertIn("clean", said)

    def test_a_chunk_is_as_windows_fills_it(self):
        data = Path(self.make(3000)).read_bytes()
        self.assertEqual((len(data) - 4096) % CHUNK, 0)
        for at in range(4096, len(data), CHUNK):
            chunk = data[at:at + CHUNK]
            last, free, crc = struct.unpack_from("<3I", chunk, 44)
            self.assertEqual(zlib.crc32(chunk[512:free]), crc)
            self.assertEqual(chunk[last:last + 4], b"**\0\0")
            self.assertEqual(last + struct.unpack_from("<I", chunk, last + 4)[0], free)
            self.assertEqual(chunk[free:].strip(b"\0"), b"")
            # A name stands once, however many templates have it.
            self.assertEqual(chunk.count("EventRecordID".encode("utf-16le")), 1)


class Lab(unittest.TestCase):
    def test_all_that_the_lab_writes_is_read(self):
        subprocess.run([CONFINE, "lab", "logs", "logs", "--seed", "5"], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        logs = sorted(Path("logs").glob("*.evtx"))
        self.assertGreater(len(logs), 3)
        seen = set()
        for log in logs:
            out = subprocess.run(["evtxexport", log], check=True, stderr=subprocess.PIPE,
                                 stdout=subprocess.PIPE).stdout.decode()
            numbers = re.findall(r"^Event number\s+: (\d+)$", out, re.M)
            seen.update(re.findall(r"\((4\d+)\)$", out, re.M))
            self.assertEqual(numbers, [str(i + 1) for i in range(len(numbers))])
            self.assertEqual(set(re.findall(r"^Computer name\s+: (.*)$", out, re.M)),
                             {log.name.removesuffix("-Security.evtx")})
            data = log.read_bytes()
            self.assertEqual(struct.unpack_from("<Q", data, 24)[0], len(numbers) + 1)
        self.assertEqual(seen, {str(number) for number in TASKS})


if __name__ == "__main__":
    for tool in ("evtxexport", "evtx_dump.py", "evtx_info.py"):
        if not shutil.which(tool):
            print(f"{tool} (libevtx-utils, python3-evtx) is not there")
            sys.exit(77)
    unittest.main()
