# e2e: seconds=300 show
"""An unmodified nmap calls the same hosts infected and clean as confine does.

Needs root, for ports 445 and 139 of loopback addresses: nmap's scripts look at no
others.  Where the two differ on purpose, the difference is listed with its reason,
and it is a failure if it is not there.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

from lab_net import FOLDER, Cases, Lab, scan, verdicts

NETWORK = "127.83.0.0/24"
MIX = ("clean=8,clean-7b=4,unpatched=4,infected-old=8,infected-new=4,infected-old+p2p=3,"
       "samba=4,denied=3,pipes-denied=3,pipe-not-found=3,smb2-only=3,browser-off=3,"
       "infected-zero=2,both-57=2,emulator=2,fault=2,not-supported=2,guest=2,"
       "fragments=2,keepalive=2,clean+p2p-echo=2,reset=1,garbage=1")

# Kinds on which nmap is known to say something else, and why we do not.
DIFFERENT = {
    "both-57": "nmap takes a refusal of both paths for infected; it may be a filter",
    "infected-zero": "nmap wants 5c 00 in the buffer, and misses the zero form",
    "clean+p2p-echo": "nmap takes its own probe, sent back, for a peer",
    "keepalive": "nmap does not skip a keep-alive before an answer",
}

# nmap asks behind \\browser alone, we behind \\srvsvc where that is missing.
OTHER_DOOR = "browser-off"


def nmap_opinion(script_output):
    """infected, clean or nothing, out of what the scripts printed."""
    text = script_output
    if "LIKELY VULNERABLE" in text or "INFECTED" in text.replace("NOT INFECTED", ""):
        return "infected"
    if "NOT VULNERABLE" in text or "CLEAN" in text:
        return "clean"
    return "nothing"


def run_nmap(addresses):
    """Address to (opinion of the SMB script, of the P2P script, OS it names)."""
    xml = FOLDER / "nmap.xml"
    subprocess.run(["nmap", "-n", "-Pn", "-T4", "-p445", "--script",
                    "smb-vuln-conficker,p2p-conficker,smb-os-discovery",
                    "--script-args", "vulns.showall", "--script-timeout", "60s",
                    "-oX", str(xml), *addresses],
                   stdout=subprocess.DEVNULL, check=True, timeout=240)
    result = {}
    for host in ET.parse(xml).getroot().iter("host"):
        address = host.find("address").get("addr")
        said = {s.get("id"): s.get("output") for s in host.iter("script")}
        result[address] = (nmap_opinion(said.get("smb-vuln-conficker", "")),
                           nmap_opinion(said.get("p2p-conficker", "")),
                           said.get("smb-os-discovery", ""))
    return result


def opinion_of_both(smb, p2p):
    if "infected" in (smb, p2p):
        return "infected"
    return smb


def table(kinds, nmap, ours):
    """Kind by kind: how often which opinion."""
    rows = {}
    for ip, kind in kinds.items():
        key = (kind, opinion_of_both(*nmap[ip][:2]), ours[ip]["state"])
        rows[key] = rows.get(key, 0) + 1
    print(f"{'kind':18} {'nmap':10} {'confine':10} hosts")
    for (kind, theirs, mine), count in sorted(rows.items()):
        print(f"{kind:18} {theirs:10} {mine:10} {count:5}")


def main():
    if os.geteuid() != 0:
        print("needs root for ports 445 and 139")
        sys.exit(77)
    cases = Cases()
    with Lab(NETWORK, "--respond", "0.4", "--mix", MIX, "--port", "445", "--nbt-port",
             "139", "--nbstat-port", "137", "--p2p") as lab:
        addresses = sorted(lab.kind)
        code, lines, _ = scan("--quick", "--p2p-rate", "0", *addresses)
        ours = verdicts(lines)
        nmap = run_nmap(addresses)
        cases.check("the scan found something", code == 1, code)
        cases.check("every host has a verdict", set(ours) == set(addresses),
                    set(addresses) - set(ours))
        table(lab.kind, nmap, ours)
        for ip in addresses:
            kind = lab.kind[ip]
            mine = ours[ip]["state"]
            theirs = opinion_of_both(*nmap[ip][:2])
            cases.check(f"{ip} {kind} is what the lab says", mine == lab.state[ip],
                        f"{mine}, not {lab.state[ip]}")
            if kind in DIFFERENT:
                continue
            cases.check(f"{ip} {kind}: infected to both or to neither",
                        (mine == "infected") == (theirs == "infected"),
                        f"confine {mine}, nmap {theirs}")
            cases.check(f"{ip} {kind}: no sign to us is clean to nmap",
                        mine != "no-sign" or theirs == "clean", f"nmap {theirs}")
            if kind.startswith(OTHER_DOOR):
                continue
            seen = {"netpath-invalid-parameter", "netpath-root-accepted"} & set(
                ours[ip]["reasons"])
            cases.check(f"{ip} {kind}: over SMB alone, infected to both or to neither",
                        bool(seen) == (nmap[ip][0] == "infected"),
                        f"confine {ours[ip]['reasons']}, nmap {nmap[ip][0]}")
        for kind, why in sorted(DIFFERENT.items()):
            odd = [ip for ip in addresses if lab.kind[ip] == kind]
            if odd:
                print(f"differs on purpose: {kind}: {why}")
        named = [ip for ip in addresses if "OS: Windows XP" in nmap[ip][2]]
        cases.check("nmap and confine name the same XP machines", named and all(
            ours[ip]["os"].startswith("Windows XP") for ip in named),
            [(ip, ours[ip]["os"]) for ip in named][:5])
        unneeded = [ip for ip in addresses
                    if ours[ip]["state"] == "unknown" and lab.state[ip] != "unknown"]
        print(f"unneeded unknowns: {len(unneeded)}")
        cases.check("no unneeded unknown", not unneeded, unneeded)
    cases.close()


if __name__ == "__main__":
    main()
