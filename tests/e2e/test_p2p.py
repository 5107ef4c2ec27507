#!/usr/bin/env python3
# e2e: seconds=120 show
"""The worm's own ports: --quick asks four of them, --deep every one that answers."""

import contextlib
import time
import unittest

from lab_net import Lab, confine, verdicts
from listener import Listener
from p2p_peer import (BARRED, FLAGS_TCP, FLAGS_UDP, FRAGILE, UdpPeer, is_barred,
                      is_question, now_ports, ports_of, rows_of, tcp_answer)

PORT = 4485
DEAF = "127.100.8."  # hosts that refuse everything over SMB
DEEP = "127.100.9.1"


def scan(*words, timeout=100):
    return confine("scan", "--ports", PORT, "--rate", "0", "--format", "json", "-q",
                   *words, timeout=timeout)


def traces(done, host):
    return {f["trace"]: f for f in done.lines("finding") if f["host"] == host}


class TheRule(unittest.TestCase):
    def test_this_second_implementation_knows_the_vectors(self):
        for row in rows_of("tests/data/p2p/ports.tsv"):
            self.assertEqual(ports_of(row["ip"], int(row["week"])),
                             tuple(int(row[key]) for key in
                                   ("tcp_fixed", "udp_fixed", "tcp_weekly",
                                    "udp_weekly")))
        for row in rows_of("tests/data/p2p/probes.tsv"):
            self.assertTrue(is_question(bytes.fromhex(row["wire"]),
                                        {"tcp": FLAGS_TCP, "udp": FLAGS_UDP}
                                        [row["transport"]]), row)
        bits = sum(bin(word).count("1") for word in BARRED.values())
        self.assertEqual(bits * 32, 9152)


class Quick(unittest.TestCase):
    MIX = ("pipes-denied+p2p=4,denied+p2p=2,anon-refused-both+p2p=2,smb2-only+p2p=2,"
           "infected-old+p2p=2,clean+p2p-echo=2,pipes-denied+p2p-echo=1,"
           "pipes-denied+p2p-badsum=2,pipes-denied+p2p-silent=2,pipes-denied=3,clean=3")

    def test_hosts_that_refuse_everything_over_smb_are_found(self):
        with Lab("127.100.0.0/25", "--respond", "1", "--port", str(PORT), "--mix",
                 self.MIX, "--p2p") as lab:
            done = scan("--quick", "--p2p-rate", "0", "127.100.0.0/25", "--timeout",
                        "1500")
            blind = scan("127.100.0.0/25")
        rows = verdicts(done.lines())
        self.assertEqual(set(rows), set(lab.kind))
        wrong = [(ip, kind, rows[ip]["state"], rows[ip]["reasons"], lab.state[ip])
                 for ip, kind in lab.kind.items() if rows[ip]["state"] != lab.state[ip]]
        self.assertEqual(wrong, [])
        found = 0
        for ip, kind in lab.kind.items():
            self.assertEqual("p2p-answer" in traces(done, ip), kind.endswith("+p2p"),
                             kind)
            if kind.endswith("+p2p") and not kind.startswith("infected"):
                found += 1
                self.assertEqual((rows[ip]["state"], rows[ip]["variants"]),
                                 ("infected", ["D", "E"]), rows[ip])
                self.assertEqual(verdicts(blind.lines())[ip]["state"], "unknown")
        self.assertGreater(found, 30)
        print(f"--quick: {found} hosts found that refuse everything over SMB; "
              f"{done.seconds:.1f} s for {len(rows)} hosts")

    def test_each_of_the_four_ports_is_enough(self):
        hosts = [DEAF + str(i) for i in range(1, 7)]
        with contextlib.ExitStack() as stack:
            for ip in hosts:
                stack.enter_context(Lab(f"{ip}/32", "--respond", "1", "--port",
                                        str(PORT), "--mix", "pipes-denied"))
            tcp = [stack.enter_context(Listener([(ip, now_ports(ip)[at])],
                                                answer=tcp_answer))
                   for ip, at in ((hosts[0], 0), (hosts[1], 2))]
            udp = [stack.enter_context(UdpPeer(ip, now_ports(ip)[at], mute))
                   for ip, at, mute in ((hosts[2], 1, 0), (hosts[3], 3, 0),
                                        (hosts[4], 1, 1))]
            done = scan("--quick", *hosts)
        rows = verdicts(done.lines())
        self.assertEqual([rows[ip]["state"] for ip in hosts],
                         ["infected"] * 5 + ["unknown"])
        where = [traces(done, ip)["p2p-answer"] for ip in hosts[:5]]
        ports = [now_ports(ip)[at] for ip, at in zip(hosts, (0, 2, 1, 3, 1))]
        self.assertEqual([f["where"] for f in where],
                         [f"{port}/{name}" for port, name in
                          zip(ports, ("tcp", "tcp", "udp", "udp", "udp"))])
        self.assertEqual([f["fields"]["port_rule"] for f in where],
                         ["fixed", "weekly", "fixed", "weekly", "fixed"])
        for listener in tcp:
            self.assertEqual([is_question(g.said, FLAGS_TCP) for g in listener.guests],
                             [True])
        # A lost datagram is said once more, and no more than that.
        self.assertEqual([len(peer.asked) for peer in udp], [1, 1, 2])
        for peer in udp:
            self.assertTrue(all(is_question(said, FLAGS_UDP) for said in peer.asked))

    def test_behind_translation_the_hosts_own_address_counts(self):
        ip = DEAF + "10"
        with Lab(f"{ip}/32", "--respond", "1", "--port", str(PORT), "--mix",
                 "denied"), \
                Listener([(ip, now_ports("10.1.2.3")[0])], answer=tcp_answer):
            self.assertEqual(scan("--quick", ip).code, 3)
            self.assertEqual(scan("--quick", ip, "--real-ip", "10.1.2.3").code, 1)

    def test_it_has_a_pace_of_its_own(self):
        with Lab("127.100.7.0/28", "--respond", "1", "--port", str(PORT), "--mix",
                 "pipes-denied"):
            took = [scan("--quick", "--p2p-rate", rate, "127.100.7.0/28").seconds
                    for rate in (0, 10)]
        self.assertLess(took[0], 1)
        self.assertTrue(1.3 < took[1] < 3, took)


class Deep(unittest.TestCase):
    def test_a_peer_on_any_port_is_found_and_the_fragile_are_left_alone(self):
        fragile = sorted(p for p in FRAGILE if p > 1024)
        self.assertTrue([p for p in fragile if not is_barred(p)])
        barred = [2000, 3306, 5432, 8080]
        self.assertTrue(all(map(is_barred, barred)))
        own = set(now_ports(DEEP))
        free = [p for p in range(20001, 65535) if not is_barred(p) and p not in FRAGILE
                and p not in own and p != PORT]
        peer, quiet, banner = free[17], free[3000], free[-5]
        greets = Listener([(DEEP, banner)])
        greets.accept = self.greeting(greets)
        with Lab(f"{DEEP}/32", "--respond", "1", "--port", str(PORT), "--mix",
                 "pipes-denied"), \
                Listener([(DEEP, p) for p in fragile + barred]) as untouched, \
                Listener([(DEEP, peer)], answer=tcp_answer) as asked, \
                Listener([(DEEP, quiet)]) as silent, greets:
            quick = scan("--quick", DEEP)
            done = scan("--deep", DEEP, "--timeout", "400")
        self.assertEqual(quick.code, 3)
        row = verdicts(done.lines())[DEEP]
        self.assertEqual((row["state"], row["variants"]), ("infected", ["D", "E"]))
        finding = traces(done, DEEP)["p2p-deep-answer"]
        self.assertEqual(finding["where"], f"{peer}/tcp")
        self.assertNotIn("p2p-deep-unfinished", traces(done, DEEP))
        self.assertEqual([(g.port, g.said) for g in untouched.guests], [])
        for listener in (asked, silent, greets):
            self.assertEqual([is_question(g.said, FLAGS_TCP) for g in listener.guests],
                             [True])
        self.assertLess(done.seconds, 60)
        print(f"--deep: {done.seconds:.1f} s for one host, about 56,000 ports; "
              f"{len(fragile)} fragile ports untouched; {done.peak:.0f} MiB")

    def greeting(self, listener):
        """accept, for a service that speaks first."""
        usual = listener.accept

        def accept(door):
            usual(door)
            for end, guest in list(listener.present.items()):
                if not guest.said:
                    end.sendall(b"SSH-2.0-dropbear\r\n")
        return accept

    def test_an_echo_on_some_port_is_no_peer(self):
        ip = "127.100.9.2"
        own = set(now_ports(ip))
        port = next(p for p in range(30000, 65535) if not is_barred(p)
                    and p not in FRAGILE and p not in own)
        with Lab(f"{ip}/32", "--respond", "1", "--port", str(PORT), "--mix", "clean"), \
                Listener([(ip, port)], answer=lambda said: said):
            done = scan("--deep", ip)
        self.assertEqual(verdicts(done.lines())[ip]["state"], "no-sign")
        self.assertNotIn("p2p-deep-answer", traces(done, ip))

    def test_one_connection_at_a_time_and_none_left_open(self):
        ip = "127.100.9.3"
        doors = [(ip, p) for p in range(40000, 40200) if not is_barred(p)]
        with Lab(f"{ip}/32", "--respond", "1", "--port", str(PORT), "--mix", "clean"), \
                Listener(doors, hold=0.02) as listener:
            began = time.monotonic()
            scan("--deep", ip)
            took = time.monotonic() - began
        self.assertEqual(listener.most_at_once(lambda g: g.address), 1)
        self.assertGreaterEqual(len(listener.guests), len(doors) - 4)
        self.assertLess(took, 60)


if __name__ == "__main__":
    unittest.main()
