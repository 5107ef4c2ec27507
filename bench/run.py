#!/usr/bin/env python3
"""The figures of bench/RESULTS.md: ratios, each against a peer in the same run.

    run.py [NAME...]        refused silent stalling floor wide million lab

Everything happens on loopback or in two network namespaces that this makes and
takes away again; needs root.  Prints one row a figure, as Markdown.
"""

import csv
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
CONFINE = Path(os.environ.get("CONFINE", TOP / "build" / "confine"))
HERE = Path(tempfile.mkdtemp(prefix="confine-bench-"))
MIX = "clean=40,clean-7b=10,unpatched=15,infected-old=20,infected-new=5,samba=10"
ORDINARY = 0.0975  # of 4,096 addresses: the 399 of the measurements beforehand
SILENT_NET = "198.18.0.0/20"
EXPERT = ["nmap", "-n", "-Pn", "-T4", "--min-hostgroup", "4096", "--min-parallelism",
          "100", "--max-parallelism", "1000", "--min-rate", "5000", "--max-retries",
          "1", "--script-timeout", "30s", "-p445", "--script", "smb-vuln-conficker",
          "--script-args", "vulns.showall"]


def run(words, inside=None, timeout=600):
    """Runs a command; returns its output, wall and CPU seconds, peak MiB."""
    words = [str(w) for w in words]
    if inside:
        words = ["ip", "netns", "exec", inside] + words
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        subprocess.run(words, stdout=out, stderr=subprocess.DEVNULL, timeout=timeout,
                       stdin=subprocess.DEVNULL, check=False)
        wall = time.monotonic() - began
        out.seek(0)
        text = out.read().decode(errors="replace")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return text, wall, cpu


def peak_mib(words):
    """Peak resident memory of a command, by /usr/bin/env's own child."""
    code = ("import resource,subprocess,sys\n"
            "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,"
            "stderr=subprocess.DEVNULL)\n"
            "u=resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "print(u.ru_maxrss/1024,u.ru_utime+u.ru_stime)")
    began = time.monotonic()
    out = subprocess.run([sys.executable, "-c", code, *map(str, words)],
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    rss, cpu = map(float, out.split())
    return rss, cpu, time.monotonic() - began


class Lab:
    """The lab, in a namespace or on loopback."""

    def __init__(self, network, *options, inside=None):
        self.truth = HERE / "truth.csv"
        self.words = [str(CONFINE), "lab", "up", "--range", network, "--seed", "3",
                      "--truth", str(self.truth), "--seconds", "900", *options]
        if inside:
            self.words = ["ip", "netns", "exec", inside] + self.words

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline().startswith("ready"):
            sys.exit("run.py: the lab did not come up")
        with self.truth.open(encoding="utf-8") as f:
            self.state = {row["ip"]: row["state"] for row in csv.DictReader(f)}
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def scan(network, *more, inside=None, parallel=4096):
    """A scan as fast as it goes; returns states by address, wall, CPU."""
    text, wall, cpu = run([CONFINE, "scan", "--format", "json", "--rate", "0",
                           "--parallel", parallel, *more, network], inside)
    states = {}
    times = {}
    for line in text.splitlines():
        row = json.loads(line)
        if row["type"] == "verdict":
            states[row["host"]] = row["state"]
            times[row["host"]] = row["took_ms"]
    return states, wall, cpu, times


def nmap(network, inside=None):
    """nmap as an expert runs it; the number of hosts whose verdict it printed."""
    xml = HERE / "nmap.xml"
    _, wall, cpu = run([*EXPERT, "-oX", xml, network], inside)
    said = {}
    for host in ET.parse(xml).getroot().iter("host"):
        text = " ".join(s.get("output") for s in host.iter("script"))
        if "VULNERABLE" in text or "INFECTED" in text:
            said[host.find("address").get("addr")] = \
                "infected" if "INFECTED" in text else "clean"
    return said, wall, cpu


def agreement(truth, states):
    return sum(states.get(ip) == state for ip, state in truth.items())


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |", flush=True)


def median(runs, at):
    """The run in the middle, by what stands at `at`."""
    return sorted(runs, key=lambda r: r[at])[len(runs) // 2]


def refused():
    """The rest refuses: nmap at its best.  The middle one of five runs each."""
    network = "127.90.0.0/20"
    with Lab(network, "--respond", str(ORDINARY), "--mix", MIX, "--port", "445",
             "--nbt-port", "0") as lab:
        theirs = [nmap(network) for _ in range(5)]
        said, nmap_wall, _ = median(theirs, 1)
        nmap_cpu = median(theirs, 2)[2]
        live = len(lab.state)
        peer = f"nmap {nmap_wall:.2f} s, cpu {nmap_cpu:.2f} s, {len(said)}/{live}"
        for what, more in (("445 only", ["--ports", "445"]), ("default (445, 139)", [])):
            ours = [scan(network, *more) for _ in range(5)]
            states, wall, _, _ = median(ours, 1)
            cpu = median(ours, 2)[2]
            row(f"refused, {what}", f"4,096 ({live})", peer,
                f"{wall:.3f} s, cpu {cpu:.3f} s, {agreement(lab.state, states)}/{live}",
                f"{nmap_wall / wall:.1f} x faster, {nmap_cpu / cpu:.1f} x less CPU")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Namespaces:
    """Two hosts and a cable.  What has no local route in cnB is silent."""

    def __enter__(self):
        for name in ("cnA", "cnB"):
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL,
                           check=False)
            ip("netns", "add", name)
        ip("link", "add", "cvA", "netns", "cnA", "type", "veth", "peer", "name", "cvB",
           "netns", "cnB")
        ip("-n", "cnA", "address", "add", "198.19.255.1/30", "dev", "cvA")
        ip("-n", "cnB", "address", "add", "198.19.255.2/30", "dev", "cvB")
        for name, link in (("cnA", "cvA"), ("cnB", "cvB")):
            ip("-n", name, "link", "set", link, "up")
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", "cnA", "route", "add", "198.18.0.0/15", "via", "198.19.255.2")
        return self

    def live(self, network, *options):
        """Starts the lab once to learn who lives there, then gives only those a route."""
        ip("-n", "cnB", "route", "add", "local", network, "dev", "lo")
        with Lab(network, *options, inside="cnB") as lab:
            addresses = list(lab.state)
        ip("-n", "cnB", "route", "del", "local", network, "dev", "lo")
        batch = HERE / "routes"
        batch.write_text("".join(f"route add local {a} dev lo\n" for a in addresses))
        ip("-n", "cnB", "-batch", str(batch))
        return Lab(network, *options, inside="cnB")

    def __exit__(self, *_):
        for name in ("cnA", "cnB"):
            subprocess.run(["ip", "netns", "del", name], check=False)


class Swallow:
    """A UDP port of a namespace that takes everything and never answers."""

    def __init__(self, inside, port):
        code = (f"import socket,time\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
                f"s.bind(('',{port}))\nprint('ready',flush=True)\ntime.sleep(600)")
        self.words = ["ip", "netns", "exec", inside, sys.executable, "-c", code]

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def silent():
    """The rest is silent, UDP 137 swallowed, as most networks have it."""
    with Namespaces() as net, Swallow("cnB", 137), \
            net.live(SILENT_NET, "--respond", "0.104", "--mix", MIX, "--port", "445",
                     "--nbt-port", "0", "--nbstat-port", "0") as lab:
        live = len(lab.state)
        states, wall, cpu, _ = scan(SILENT_NET, "--ports", "445", "--timeout", "1000",
                                    inside="cnA")
        states2, wall2, cpu2, _ = scan(SILENT_NET, "--timeout", "1000", inside="cnA")
        said, nmap_wall, nmap_cpu = nmap(SILENT_NET, inside="cnA")
        row("silent, UDP 137 swallowed, 445 only", f"4,096 ({live})",
            f"nmap {nmap_wall:.2f} s, {len(said)}/{live}",
            f"{wall:.3f} s, cpu {cpu:.3f} s, {agreement(lab.state, states)}/{live}",
            f"{nmap_wall / wall:.1f} x faster")
        row("silent, default (445, 139)", f"4,096 ({live})",
            f"nmap {nmap_wall:.2f} s, {len(said)}/{live}",
            f"{wall2:.3f} s, cpu {cpu2:.3f} s, {agreement(lab.state, states2)}/{live}",
            f"{nmap_wall / wall2:.1f} x faster")


def stalling():
    """15 stalling hosts and one that drips among 427: the others do not wait."""
    mix = "clean=192,unpatched=60,infected-old=120,infected-new=20,samba=19," \
          "silent=10,half=5,slow-drip=1"
    network = "127.91.0.0/20"
    with Lab(network, "--respond", "0.104", "--mix", mix, "--port", "445",
             "--nbt-port", "0") as lab:
        states, wall, _, times = scan(network, "--ports", "445")
        slow = [a for a, s in lab.state.items() if s == "unknown" and times[a] > 1000]
        rest = [times[a] for a in lab.state if a not in slow]
        said, nmap_wall, _ = nmap(network)
        row("stalling hosts", f"4,096 ({len(lab.state)}, {len(slow)} stall)",
            f"nmap {nmap_wall:.1f} s, {len(said)}/{len(lab.state)}",
            f"{wall:.1f} s in all, the others within {max(rest) / 1000:.2f} s, "
            f"{agreement(lab.state, states)}/{len(lab.state)}",
            f"{nmap_wall / wall:.1f} x faster; the slowest host took "
            f"{max(times.values()) / 1000:.1f} s of its 30 s")


def floor():
    """All refuse: beside connect and close alone."""
    program = compiled("floor")
    best = {"floor": 0.0, "confine": 0.0}
    cpu = 0.0
    for _ in range(5):
        text, _, _ = run([program, "127.92.0.0/16", "4448", "1000", "1000"])
        best["floor"] = max(best["floor"], float(text.split()[2]))
        text, wall, cpu = run([CONFINE, "scan", "--format", "json", "--rate", "0",
                               "--ports", "4448", "127.92.0.0/16"])
        seconds = json.loads(text.splitlines()[-1])["seconds"]
        best["confine"] = max(best["confine"], 65536 / seconds)
    row("all refuse, 445 only", "65,536 (0)", f"bare epoll {best['floor']:,.0f} a second",
        f"{best['confine']:,.0f} a second, {cpu / 65536 * 1e6:.1f} us CPU a host",
        f"{best['confine'] / best['floor']:.2f} of it")


def wide():
    """65,536 silent addresses at the fastest setting."""
    with Namespaces():
        _, wall, cpu, _ = scan("198.18.0.0/16", "--ports", "445", "--timeout", "1000",
                               inside="cnA", parallel=30000)
        row("silent, fastest setting", "65,536 (0)", "-", f"{wall:.1f} s, cpu {cpu:.1f} s",
            "30,000 in flight, 1 s")


def million():
    """Memory does not grow with the number of targets."""
    small, _, _ = peak_mib([CONFINE, "scan", "--format", "json", "--rate", "0",
                            "--ports", "4448", "127.92.0.0/18"])
    rss, cpu, wall = peak_mib([CONFINE, "scan", "--format", "json", "--rate", "0",
                               "--ports", "4448", "127.96.0.0/12"])
    row("memory", "1,048,576 (0)", f"16,384 targets: {small:.1f} MiB",
        f"{rss:.1f} MiB, {wall:.0f} s, {cpu / 1048576 * 1e6:.1f} us CPU a host",
        f"{rss / small:.2f} x")


def compiled(name):
    """A program of this folder."""
    program = HERE / name
    subprocess.run(["cc", "-O2", "-std=gnu11", "-D_GNU_SOURCE",
                    str(TOP / "bench" / f"{name}.c"), "-o", str(program)], check=True)
    return program


def checks_a_core(load, truth, port, server, turns):
    """Full checks for each second of the server's processor time."""
    text, _, _ = run([load, truth, port, "256", "5", server, turns])
    return int(re.search(r"(\d+) checks per cpu second", text).group(1))


def lab_rate():
    """The lab is not the limit: beside a server that sends fixed bytes, unread."""
    load = compiled("lab_load")
    with Lab("127.93.0.0/22", "--respond", "0.5", "--mix", "clean=1", "--port", "4449",
             "--nbt-port", "0") as lab:
        fixed = subprocess.Popen([compiled("lab_floor"), lab.truth, "4450"],
                                 stdout=subprocess.PIPE, text=True)
        fixed.stdout.readline()
        for turns in ("7", "10"):
            ours = checks_a_core(load, lab.truth, "4449", lab.process.pid, turns)
            floor_rate = checks_a_core(load, lab.truth, "4450", fixed.pid, turns)
            row(f"the lab, {turns} round trips a check", f"{len(lab.state)} hosts",
                f"fixed answers: {floor_rate:,} checks a core and second",
                f"{ours:,}", f"{ours / floor_rate:.2f} of it")
        fixed.kill()
        fixed.wait()


FIGURES = {"refused": refused, "silent": silent, "stalling": stalling, "floor": floor,
           "wide": wide, "million": million, "lab": lab_rate}


def main():
    names = sys.argv[1:] or list(FIGURES)
    if os.geteuid() != 0:
        sys.exit("run.py: needs root, for port 445 and network namespaces")
    row("what", "addresses (live)", "peer", "confine", "ratio")
    row(*["---"] * 5)
    try:
        for name in names:
            FIGURES[name]()
    finally:
        shutil.rmtree(HERE, ignore_errors=True)


if __name__ == "__main__":
    main()
