#!/usr/bin/env python3
# e2e: seconds=60 together
"""`confine logons` on logs that other programs have turned into text."""

import csv
import functools
import io
import json
import lzma
import os
import re
import subprocess
import unittest
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

CONFINE = os.environ["CONFINE"]
DATA = Path(os.environ["CONFINE_TOP"]) / "tests" / "data"
LOGS = ("4771-one-user-54.evtx", "kerberos-spray-small.evtx", "password-spray.evtx",
        "4625-4776-openssh-nouser.evtx", "4625-local-tool.evtx")


def unpack(name):
    """A log of tests/data, in the folder that the test runs in."""
    packed = next(DATA.glob(f"ev*/{name}.xz"))
    Path(name).write_bytes(lzma.decompress(packed.read_bytes()))
    return name


@functools.cache
def plain(name):
    """What is told of the log itself."""
    return told(lines(name))


@functools.cache
def output_of(*words):
    """What another program writes."""
    return subprocess.run(words, check=True, stdin=subprocess.DEVNULL, timeout=60,
                          capture_output=True).stdout


def lines(*words):
    """The objects of a run as JSON Lines, by type."""
    done = subprocess.run([CONFINE, "logons", *words, "--format", "json"], timeout=60,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert done.stderr == b"", done.stderr
    found = {"attacker": [], "log": []}
    for line in done.stdout.decode().splitlines():
        one = json.loads(line)
        found.setdefault(one["type"], []).append(one)
    return found


def told(found):
    """What was found, without the kind of the log and where it lies.  What the others
    do not read, records that were left over, counts for nobody."""
    leave = {"path", "kind", "recovered", "security", "dirty"}
    return ([{k: v for k, v in one.items() if k not in leave} for one in found["log"]],
            found["attacker"])


class Text(unittest.TestCase):
    """The same log gives the same by every way."""

    def expect(self, text, name, kind):
        Path(f"{name}.{kind}").write_bytes(text)
        found = lines(f"{name}.{kind}")
        self.assertEqual(found["log"][0]["kind"], kind)
        self.assertEqual(told(found), plain(name), name)

    def expect_xml(self, text, name):
        """Also in UTF-16, with and without a mark, and without the root."""
        words = text.decode()
        self.expect(text, name, "xml")
        if name != LOGS[0]:
            return
        for encoded in (words.encode("utf-16"), words.encode("utf-16-be"),
                        b"\xEF\xBB\xBF" + text,
                        "".join(words.partition("<Event ")[1:])
                        .replace("</Events>", "").replace("\n", "").encode("utf-8")):
            self.expect(encoded, name, "xml")


class Xml(Text):
    def test_of_evtxexport(self):
        for name in LOGS:
            with self.subTest(log=name):
                self.expect_xml(output_of("evtxexport", "-f", "xml", unpack(name)), name)

    def test_of_python_evtx(self):
        for name in LOGS[:2]:
            with self.subTest(log=name):
                self.expect_xml(output_of("evtx_dump.py", unpack(name)), name)

    def test_with_a_prefix(self):
        text = output_of("evtx_dump.py", unpack(LOGS[0])).decode()
        prefixed = re.sub("<(/?)(?=[A-Z])", r"<\1e:", text).replace("xmlns=", "xmlns:e=")
        self.assertIn("<e:Event ", prefixed)
        self.expect(prefixed.encode(), LOGS[0], "xml")

    def test_packed_and_as_a_folder(self):
        name = unpack(LOGS[0])
        Path("logs").mkdir()
        Path("logs/a.xml").write_bytes(output_of("evtx_dump.py", name))
        Path("logs/other.xml").write_text("<?xml version='1.0'?><Event/>",
                                          encoding="ascii")
        subprocess.run(["zip", "-qr", "x.zip", "logs"], check=True,
                       stdin=subprocess.DEVNULL)
        for path in ("logs", "x.zip"):
            self.assertEqual(told(lines(path)), told(lines(name)))

    def test_one_that_is_damaged_costs_that_one(self):
        name = unpack(LOGS[0])
        text = output_of("evtx_dump.py", name)
        damaged = text.replace(b"</EventID>", b"</EventId>", 1)
        Path("damaged.xml").write_bytes(damaged)
        found = lines("damaged.xml")
        log = found["log"][0]
        self.assertEqual((log["records"], log["undecodable"], log["failures"]),
                         (54, 1, 53))
        self.assertEqual(found["attacker"][0]["failures"], 53)

    def test_one_that_is_cut_is_told(self):
        text = output_of("evtx_dump.py", unpack(LOGS[0]))
        inside = text.index(b"<Computer>", len(text) // 2)
        between = text.index(b"<Event ", len(text) // 2)
        for at, undecodable in ((inside, 1), (between, 0)):
            Path("cut.xml").write_bytes(text[:at])
            log = lines("cut.xml")["log"][0]
            self.assertTrue(log["cut"])
            self.assertEqual(log["undecodable"], undecodable)
        Path("cut.xml").write_bytes(text[inside:])
        self.assertEqual(lines("cut.xml")["log"][0]["undecodable"], 1)


SPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"


def events(name):
    """The events of a log as evtxexport reads them: (system, data) of texts."""
    text = output_of("evtxexport", "-f", "xml", name).decode()
    root = ET.fromstring("<Events>" + text[text.index("<Event "):] + "</Events>")
    for event in root.iter(f"{SPACE}Event"):
        system = {e.tag.removeprefix(SPACE): e.text for e in event.find(f"{SPACE}System")}
        system["Provider"] = event.find(f"{SPACE}System/{SPACE}Provider").get("Name")
        system["Time"] = event.find(f"{SPACE}System/{SPACE}TimeCreated").get("SystemTime")
        data = [(e.get("Name"), e.text) for e in event.iter(f"{SPACE}Data")]
        yield system, data


def as_winlogbeat(system, data):
    """Fields as Elastic documents them for winlogbeat 8 (exported fields, winlog)."""
    return {"@timestamp": system["Time"],
            "event": {"code": system["EventID"], "kind": "event",
                      "provider": system["Provider"]},
            "host": {"name": "collector"},
            "winlog": {"api": "wineventlog", "channel": system["Channel"],
                       "computer_name": system["Computer"],
                       "event_id": system["EventID"],
                       "process": {"pid": 516, "thread": {"id": 3240}},
                       "keywords": ["Audit Failure"
                                    if int(system["Keywords"], 16) >> 52 & 1
                                    else "Audit Success"],
                       "provider_name": system["Provider"],
                       "event_data": {k: v for k, v in data if v is not None}}}


def as_points(system, data):
    """The same with points in the names, as some pipelines write it."""
    flat = {}
    todo = [("", as_winlogbeat(system, data))]
    while todo:
        before, value = todo.pop()
        for key, inner in value.items():
            if isinstance(inner, dict):
                todo.append((f"{before}{key}.", inner))
            else:
                flat[before + key] = inner
    return flat


def as_nxlog(system, data):
    """Fields as NXLog documents them for im_msvistalog."""
    failed = int(system["Keywords"], 16) >> 52 & 1
    return {"EventTime": system["Time"].replace("Z", "+00:00"),
            "Hostname": system["Computer"], "Keywords": str(int(system["Keywords"], 16)),
            "EventType": "AUDIT_FAILURE" if failed else "AUDIT_SUCCESS",
            "SeverityValue": 4, "EventID": int(system["EventID"]),
            "SourceName": system["Provider"], "ProcessID": 516, "ThreadID": 3240,
            "Channel": system["Channel"], **dict(data),
            "SourceModuleType": "im_msvistalog"}


def as_evtx_dump(system, data):
    """As the program evtx_dump (omerbenamram/evtx) writes it."""
    return {"Event": {"#attributes": {"xmlns": SPACE[1:-1]},
                      "System": {"Provider": {"#attributes": {"Name": system["Provider"]}},
                                 "EventID": {"#attributes": {"Qualifiers": ""},
                                             "#text": int(system["EventID"])},
                                 "Keywords": system["Keywords"],
                                 "TimeCreated": {"#attributes":
                                                 {"SystemTime": system["Time"]}},
                                 "Execution": {"#attributes": {"ProcessID": 516}},
                                 "Channel": system["Channel"],
                                 "Computer": system["Computer"]},
                      "EventData": dict(data)}}


class Json(Text):
    def expect_json(self, one, name):
        made = [one(*event) for event in events(unpack(name))]
        rows = "".join(json.dumps(event) + "\n" for event in made)
        self.expect(rows.encode(), name, "json")
        if name != LOGS[0]:
            return
        self.expect(json.dumps(made).encode(), name, "json")
        self.expect(json.dumps(made, indent=2).encode("utf-16"), name, "json")
        wrapped = {"took": 1, "hits": {"hits": [{"_id": "x", "_source": event}
                                                for event in made]}}
        self.expect(json.dumps(wrapped).encode(), name, "json")

    def test_what_collectors_write(self):
        for one in (as_winlogbeat, as_points, as_nxlog, as_evtx_dump):
            for name in (LOGS[0], LOGS[2]):
                with self.subTest(collector=one.__name__, log=name):
                    self.expect_json(one, name)

    def test_what_is_no_event_is_counted(self):
        made = [json.dumps(as_nxlog(*event)) for event in events(unpack(LOGS[0]))]
        made[5:5] = ['{"Message": "no event"}', "{ broken }"]
        Path("odd.json").write_text("\n".join(made), encoding="utf-8")
        log = lines("odd.json")["log"][0]
        self.assertEqual((log["records"], log["undecodable"], log["failures"]),
                         (56, 2, 54))
        text = json.dumps([as_nxlog(*event) for event in events(LOGS[0])])
        Path("cut.json").write_text(text[:len(text) // 2 - 100], encoding="utf-8")
        log = lines("cut.json")["log"][0]
        self.assertTrue(log["cut"])
        self.assertEqual(log["undecodable"], 1)

    def test_a_line_that_is_torn_costs_that_one(self):
        made = [json.dumps(as_nxlog(*event)) for event in events(unpack(LOGS[0]))]
        whole = "\n".join(made)
        for end in (60, made[5].index(",") + 1):
            made[5] = made[5][:end]
            Path("torn.json").write_text("\n".join(made), encoding="utf-8")
            log = lines("torn.json")["log"][0]
            self.assertEqual((log["records"], log["undecodable"], log["failures"]),
                             (54, 1, 53))
            self.assertNotIn("cut", log)
            many = "\n".join((*made, *[whole] * 40, *made))
            Path("torn.json").write_text(many, encoding="utf-8")
            log = lines("torn.json")["log"][0]
            self.assertEqual((log["undecodable"], log["failures"]), (2, 42 * 54 - 2))

    def test_objects_that_never_end_cost_no_time(self):
        for opened in ("{", '{"\\"'):
            Path("open.json").write_text('{"EventID":1,' + opened * 5_000_000,
                                         encoding="ascii")
            log = lines("open.json")["log"][0]
            self.assertTrue(log["cut"])
            self.assertGreaterEqual(log["undecodable"], 4)
            self.assertNotIn("why", log)

    def test_other_json_is_no_log(self):
        Path("other.json").write_text('{"name": "a", "version": 1}', encoding="ascii")
        self.assertEqual(lines("other.json")["log"][0]["kind"], "none")


def table(rows, names, **how):
    """As Python's csv module writes it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="", **how)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_flat(system, data):
    """Columns that have the names of Windows."""
    return {"EventID": system["EventID"], "TimeCreated": system["Time"],
            "Provider_Name": system["Provider"], "Channel": system["Channel"],
            "Computer": system["Computer"], "Keywords": system["Keywords"], **dict(data)}


# The texts of adtschema.dll, as Microsoft documents them ("Advanced security auditing
# FAQ", a page for each event), with the names of the Data that they show.
SUBJECT = """Subject:
\tSecurity ID:\t\t{SubjectUserSid}
\tAccount Name:\t\t{SubjectUserName}
\tAccount Domain:\t\t{SubjectDomainName}
\tLogon ID:\t\t{SubjectLogonId}"""
NETWORK = """Network Information:
\tWorkstation Name:\t{WorkstationName}
\tSource Network Address:\t{IpAddress}
\tSource Port:\t\t{IpPort}

Detailed Authentication Information:
\tLogon Process:\t\t{LogonProcessName}
\tAuthentication Package:\t{AuthenticationPackageName}
\tTransited Services:\t{TransmittedServices}
\tPackage Name (NTLM only):\t{LmPackageName}
\tKey Length:\t\t{KeyLength}"""
MESSAGES = {
    "4625": """An account failed to log on.

""" + SUBJECT + """

Logon Type:\t\t\t{LogonType}

Account For Which Logon Failed:
\tSecurity ID:\t\t{TargetUserSid}
\tAccount Name:\t\t{TargetUserName}
\tAccount Domain:\t\t{TargetDomainName}

Failure Information:
\tFailure Reason:\t\tUnknown user name or bad password.
\tStatus:\t\t\t{Status}
\tSub Status:\t\t{SubStatus}

Process Information:
\tCaller Process ID:\t{ProcessId}
\tCaller Process Name:\t{ProcessName}

""" + NETWORK + """

This event is generated when a logon request fails.""",
    "4624": """An account was successfully logged on.

""" + SUBJECT + """

Logon Type:\t\t\t{LogonType}

New Logon:
\tSecurity ID:\t\t{TargetUserSid}
\tAccount Name:\t\t{TargetUserName}
\tAccount Domain:\t\t{TargetDomainName}
\tLogon ID:\t\t{TargetLogonId}
\tLogon GUID:\t\t{LogonGuid}

Process Information:
\tProcess ID:\t\t{ProcessId}
\tProcess Name:\t\t{ProcessName}

""" + NETWORK,
    "4648": """A logon was attempted using explicit credentials.

""" + SUBJECT + """
\tLogon GUID:\t\t{LogonGuid}

Account Whose Credentials Were Used:
\tAccount Name:\t\t{TargetUserName}
\tAccount Domain:\t\t{TargetDomainName}
\tLogon GUID:\t\t{TargetLogonGuid}

Target Server:
\tTarget Server Name:\t{TargetServerName}
\tAdditional Information:\t{TargetInfo}

Process Information:
\tProcess ID:\t\t{ProcessId}
\tProcess Name:\t\t{ProcessName}

Network Information:
\tNetwork Address:\t{IpAddress}
\tPort:\t\t\t{IpPort}""",
    "4698": """A scheduled task was created.

""" + SUBJECT + """

Task Information:
\tTask Name: \t\t{TaskName}
\tTask Content: \t\t{TaskContent}""",
    "4771": """Kerberos pre-authentication failed.

Account Information:
\tSecurity ID:\t\t{TargetSid}
\tAccount Name:\t\t{TargetUserName}

Service Information:
\tService Name:\t\t{ServiceName}

Network Information:
\tClient Address:\t\t{IpAddress}
\tClient Port:\t\t{IpPort}

Additional Information:
\tTicket Options:\t\t{TicketOptions}
\tFailure Code:\t\t{Status}
\tPre-Authentication Type:\t{PreAuthType}""",
    "4776": """The computer attempted to validate the credentials for an account.

Authentication Package:\t{PackageName}
Logon Account:\t{TargetUserName}
Source Workstation:\t{Workstation}
Error Code:\t{Status}""",
}


def as_read_by_people(system, data):
    """The message, in which the file and the words stand as Event Viewer shows them."""
    texts = {name: text or "-" for name, text in data}
    return MESSAGES[system["EventID"]].format(**texts).replace("\n", "\r\n")


def as_event_viewer(made):
    """Save All Events As: the last column has no name."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["Keywords", "Date and Time", "Source", "Event ID", "Task Category"])
    for system, data in made:
        failed = int(system["Keywords"], 16) >> 52 & 1
        writer.writerow(["Audit Failure" if failed else "Audit Success",
                         shown_time(system), system["Provider"], system["EventID"],
                         "Logon", as_read_by_people(system, data)])
    return out.getvalue()


def as_powershell(made):
    """Get-WinEvent | Export-Csv: all in quotes, the keywords with a sign."""
    rows = []
    for system, data in made:
        keywords = int(system["Keywords"], 16)
        rows.append({"Message": as_read_by_people(system, data),
                     "Id": system["EventID"], "Level": 0,
                     "Keywords": keywords - (1 << 64 if keywords >> 63 else 0),
                     "ProviderName": system["Provider"], "LogName": system["Channel"],
                     "ProcessId": 516, "ThreadId": 3240,
                     "MachineName": system["Computer"],
                     "TimeCreated": shown_time(system),
                     "Properties": "System.Collections.Generic.IList`1"})
    return table(rows, rows[0], quoting=csv.QUOTE_ALL)


def shown_time(system):
    """As both show it in English: to seconds, and in the test's zone, which is UTC."""
    return f"{datetime.fromisoformat(system['Time'][:19]):%-m/%-d/%Y %-I:%M:%S %p}"


def tried(found, keys):
    """Of the attackers what does not depend on parts of seconds."""
    return [{k: one.get(k) for k in keys} for one in found["attacker"]]


# The first line that EvtxECmd 2026.5 writes.
ECMD = ("RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,"
        "ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,"
        "PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,"
        "ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload")


def as_evtxecmd(system, data):
    """A row of EvtxECmd: Data without a name is one text there, and so is what has no
    value."""
    named = [{"@Name": k, **({"#text": v} if v is not None else {})} for k, v in data]
    failed = int(system["Keywords"], 16) >> 52 & 1
    return {"EventRecordId": system["EventRecordID"], "EventId": system["EventID"],
            "TimeCreated": system["Time"].replace("T", " ").rstrip("Z")[:27],
            "Level": "LogAlways", "Provider": system["Provider"], "ProcessId": "516",
            "Channel": system["Channel"], "Computer": system["Computer"],
            "MapDescription": "Failed logon", "UserName": "-\\-", "RemoteHost": "- (-)",
            "PayloadData1": "Target: LAB\\nobody", "HiddenRecord": "False",
            "Keywords": "Audit failure" if failed else "Audit success",
            "Payload": json.dumps({"EventData": {"Data": named if len(named) != 1
                                                 else named[0]}})}


class Csv(Text):
    def test_of_evtxecmd(self):
        for name in LOGS:
            with self.subTest(log=name):
                rows = [as_evtxecmd(*event) for event in events(unpack(name))]
                text = table(rows, ECMD.split(","))
                self.expect(text.encode("utf-8-sig"), name, "csv")
                made = "".join(json.dumps(row) + "\n" for row in rows)
                self.expect(made.encode("utf-8-sig"), name, "json")

    def test_of_collectors(self):
        for name in LOGS:
            with self.subTest(log=name):
                made = [as_flat(*event) for event in events(unpack(name))]
                names = list({key: None for one in made for key in one})
                self.expect(table(made, names).encode(), name, "csv")
        name = LOGS[0]
        made = [as_flat(*event) for event in events(name)]
        for between in (";", "\t"):
            text = table(made, made[0], delimiter=between, lineterminator="\n")
            for encoding in ("utf-8-sig", "utf-16", "utf-16-be"):
                self.expect(text.encode(encoding), name, "csv")

    def expect_shown(self, text, name, count, keys):
        Path("shown.csv").write_bytes(text.encode("utf-8-sig"))
        found = lines("shown.csv")
        log = found["log"][0]
        self.assertEqual((log["kind"], log["records"], log["undecodable"]),
                         ("csv", count, 0), name)
        self.assertEqual(tried(found, keys), tried(lines(name), keys), name)

    def test_of_event_viewer_and_powershell(self):
        """The first of them does not say which machine wrote it."""
        keys = ("address", "failures", "accounts", "verdict")
        for name in (LOGS[0], *LOGS[2:]):
            made = [event for event in events(unpack(name))
                    if event[0]["EventID"] in MESSAGES]
            self.expect_shown(as_event_viewer(made), name, len(made), keys)
            table_of = as_powershell(made)
            keys_of = (*keys, "workstation", "targets")
            self.expect_shown(table_of, name, len(made), keys_of)
            self.expect_shown("#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord"
                              "\r\n" + table_of, name, len(made), keys_of)

    def test_packed(self):
        """Larger than the parts that it is unpacked in."""
        name = unpack(LOGS[4])
        made = [as_flat(*event) for event in events(name)] * 100
        Path("large.csv").write_text(table(made, made[0]), encoding="utf-8", newline="")
        self.assertGreater(Path("large.csv").stat().st_size, 300_000)
        subprocess.run(["zip", "-q", "large.zip", "large.csv"], check=True,
                       stdin=subprocess.DEVNULL)
        self.assertEqual(told(lines("large.zip")), told(lines("large.csv")))
        self.assertEqual(lines("large.zip")["log"][0]["records"], len(made))

    def test_what_is_no_event_is_counted(self):
        made = [as_flat(*event) for event in events(unpack(LOGS[0]))]
        rows = table(made, made[0]).splitlines(keepends=True)
        rows[5:5] = ["4771,soon\r\n", "a,b" + "," * len(made[0]) + "c\r\n"]
        Path("odd.csv").write_text("".join(rows), encoding="utf-8", newline="")
        log = lines("odd.csv")["log"][0]
        self.assertEqual((log["records"], log["undecodable"], log["failures"]),
                         (56, 2, 54))
        self.assertNotIn("cut", log)
        Path("cut.csv").write_text("".join(rows)[:-60], encoding="utf-8", newline="")
        log = lines("cut.csv")["log"][0]
        self.assertEqual((log["records"], log["undecodable"], log["failures"]),
                         (56, 3, 53))
        self.assertTrue(log["cut"])

    def test_what_says_too_little_is_no_all_clear(self):
        """Neither of the machine that wrote it, nor of those who tried to log on."""
        made = [{k: v for k, v in as_flat(*event).items() if k != "Status"}
                for event in events(unpack(LOGS[0]))]
        Path("poor.csv").write_text(table(made, made[0]), encoding="utf-8", newline="")
        found = lines("poor.csv")
        self.assertEqual(found["log"][0]["undecodable"], 54)
        self.assertEqual(found["attacker"], [])
        self.assertNotIn("audit", found)
        why = found["summary"][0]["why"]
        self.assertIn("no failed logon could be read. Of 54 records", why)
        self.assertNotIn("not recorded", why)

    def test_quotes_that_never_end_cost_no_time(self):
        head = "EventID,TimeCreated,TargetUserName\n"
        Path("open.csv").write_text(head + '4625,"x\n' * 2_000_000, encoding="ascii")
        log = lines("open.csv")["log"][0]
        self.assertTrue(log["cut"])
        self.assertGreater(log["undecodable"], 15)

    def test_other_tables_are_no_log(self):
        Path("other.csv").write_text("EventID,name\n4625,x\n", encoding="ascii")
        self.assertEqual(lines("other.csv")["log"][0]["kind"], "none")


if __name__ == "__main__":
    unittest.main()
