#!/usr/bin/env python3
# e2e: seconds=60 light
"""The same over IPv6: on ::1, and on a network of it in a namespace of the test's."""

import csv
import io
import json
import os
import re
import socket
import subprocess
import unittest
import xml.etree.ElementTree as ET

from lab_net import CONFINE, FOLDER, Lab, confine, verdicts

PORT = 4480
NETWORK = "fd12:3456::/120"

# Loopback alone, and one network of which every address is our own.
INSIDE = f"""
ip link set lo up || exit 77
for i in $(seq 0 255); do
    printf 'address add fd12:3456::%x/128 dev lo nodad\\n' "$i"
done | ip -batch - || exit 77
"$CONFINE" lab up --range {NETWORK} --respond 0.4 --port 445 --nbt-port 139 \\
    --mix clean=3,infected-old=2,denied=1,smb2-only=1,name-refused=1 --seed 3 \\
    --truth truth.csv --seconds 30 >ready &
lab=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do [ -s ready ] || sleep 0.2; done
"$CONFINE" scan {NETWORK} --exclude fd12:3456::80/121 --rate 0 --case six.db \\
    -o six.jsonl -o six.xml -q
"$CONFINE" scan --from-xml six.xml --exclude fd12:3456::1 --ports 445 --rate 0 -q \\
    -o again.jsonl
kill $lab
wait
"""


def can_ipv6():
    try:
        socket.create_server(("::1", PORT), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@unittest.skipUnless(can_ipv6(), "this machine has no ::1")
class OnLoopback(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(Lab("::1/128", "--respond", "1", "--port", str(PORT),
                                  "--mix", "infected-old"))

    def test_every_way_to_write_the_address_finds_the_host(self):
        for target in ("::1", "[::1]", "::1/128", "0:0:0:0:0:0:0:1", "::0001",
                       "::1%lo", "::1,::1"):
            with self.subTest(target=target):
                done = confine("scan", target, "--ports", PORT, "--format", "json",
                               "-q")
                self.assertEqual((done.code, done.err), (1, ""))
                self.assertEqual({ip: row["state"] for ip, row in
                                  verdicts(done.lines()).items()}, {"::1": "infected"})
                self.assertEqual(done.lines("summary")[0]["targets"], 1)

    def test_every_format_has_it(self):
        files = {end: FOLDER / f"one.{end}" for end in ("txt", "jsonl", "csv", "xml",
                                                        "html")}
        words = [word for path in files.values() for word in ("-o", path)]
        done = confine("scan", "::1", "--ports", PORT, "--case", FOLDER / "one.db",
                       "-q", *words)
        self.assertEqual((done.code, done.out, done.err), (1, "", ""))
        text = {end: path.read_text() for end, path in files.items()}
        self.assertRegex(text["txt"], r"(?m)^::1 +infected ")
        self.assertEqual(list(verdicts(map(json.loads, text["jsonl"].splitlines()))),
                         ["::1"])
        row = next(csv.DictReader(io.StringIO(text["csv"])))
        self.assertEqual((row["host"], row["state"]), ("::1", "infected"))
        address = ET.fromstring(text["xml"]).find("host/address")
        self.assertEqual(address.attrib, {"addr": "::1", "addrtype": "ipv6"})
        self.assertTrue(re.search(r">::1<", text["html"]))

    def test_the_case_knows_it(self):
        case = FOLDER / "case.db"
        confine("scan", "::1", "--ports", PORT, "--case", case, "-q")
        for name in ("::1", "0:0::1"):
            done = confine("case", "show", name, "--case", case)
            self.assertEqual(done.code, 1, done.err)
            self.assertIn("::1: infected", done.out)
        done = confine("scan", "--resume", "--case", case, "--format", "json", "-q")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.lines("summary")[0]["targets"], 0)

    def test_the_worm_has_no_ports_there_so_none_is_asked(self):
        done = confine("scan", "::1", "--ports", PORT, "--deep", "--format", "json",
                       "-q")
        self.assertEqual(done.code, 1)
        self.assertLess(done.seconds, 5)
        self.assertFalse([f for f in done.lines("finding") if f["detector"] == "p2p"])


class OnANetwork(unittest.TestCase):
    def lines_of(self, name):
        return [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]

    @unittest.skipUnless(os.geteuid() == 0, "needs root, for a network namespace")
    def test_a_network_of_it(self):
        done = subprocess.run(["unshare", "-n", "sh", "-c", INSIDE], cwd=FOLDER,
                              env={**os.environ, "CONFINE": CONFINE}, timeout=50,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        if done.returncode == 77:
            self.skipTest(f"no IPv6 in a namespace here: {done.stderr.strip()}")
        self.assertEqual(done.stderr, "")
        truth = {row["ip"]: row["state"] for row in
                 csv.DictReader((FOLDER / "truth.csv").read_text().splitlines())}
        asked = {ip: state for ip, state in truth.items()
                 if int(ip.rpartition(":")[2] or "0", 16) < 0x80}
        self.assertGreater(len(asked), 30)

        lines = self.lines_of("six.jsonl")
        self.assertEqual({ip: row["state"] for ip, row in verdicts(lines).items()},
                         asked)
        self.assertEqual(lines[-1]["targets"], 128)
        report = confine("report", "--case", FOLDER / "six.db", "--all", "--format",
                         "csv")
        order = [row["host"] for row in csv.DictReader(report.out.splitlines())]
        self.assertEqual(len(set(order)), 128)

        # What we write as nmap's XML can be read as such, too.
        again = verdicts(self.lines_of("again.jsonl"))
        named = set(again)
        self.assertTrue(named and named <= set(asked))
        self.assertEqual({ip: row["state"] for ip, row in again.items()},
                         {ip: asked[ip] for ip in named})


if __name__ == "__main__":
    unittest.main()
