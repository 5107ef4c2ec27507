# e2e: seconds=180 show
"""A real Samba, in six moods, on a loopback address of the test's own.

Samba has no such function as the worm hooks, so its verdict is always unknown; what
is tested is that the conversation goes as far as it can, in every form, with and
without an account, and names the server.
"""

import os
import subprocess
import sys
import time

from lab_net import FOLDER, Cases, scan, verdicts

ADDRESS = "127.0.84.1"
PORT = "4459"
USER = "daemon"  # on every Debian; only this Samba gets to know a password for it
PASSWORD = "correct horse"

BASE = """
[global]
interfaces = {address}/8
bind interfaces only = yes
disable netbios = yes
smb ports = {port}
workgroup = WARD
netbios name = XRAY-1
server min protocol = {least}
server max protocol = {most}
private dir = {here}
lock directory = {here}
state directory = {here}
cache directory = {here}
pid directory = {here}
ncalrpc dir = {here}/ncalrpc
passdb backend = tdbsam:{here}/passdb.tdb
log file = {here}/log
{more}
"""


class Samba:
    """smbd with this configuration, for as long as a with block lasts."""

    def __init__(self, name, least="NT1", most="SMB3", more="", account=False):
        self.here = FOLDER / name
        self.here.mkdir()
        self.conf = self.here / "smb.conf"
        self.conf.write_text(BASE.format(address=ADDRESS, port=PORT, least=least,
                                         most=most, here=self.here, more=more))
        self.account = account

    def __enter__(self):
        if self.account:
            subprocess.run(["smbpasswd", "-c", str(self.conf), "-s", "-a", USER],
                           input=f"{PASSWORD}\n{PASSWORD}\n", text=True, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            ["smbd", "-F", "-s", str(self.conf), "--no-process-group"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)  # at its end it ends its whole process group
        for _ in range(100):
            time.sleep(0.1)
            _, lines, _ = scan("--ports", PORT, "--timeout", "500", ADDRESS)
            if verdicts(lines):
                return self
        raise RuntimeError("smbd did not come up")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def ask(*more):
    """The one verdict, and the exit code."""
    code, lines, _ = scan("--ports", PORT, *more, ADDRESS)
    return verdicts(lines)[ADDRESS], code, lines


def account_file(password):
    path = FOLDER / "account"
    path.write_text(f"username = {USER}\npassword = {password}\ndomain = WARD\n")
    path.chmod(0o600)
    return str(path)


def fields(lines, key):
    return [line["fields"].get(key) for line in lines if line["type"] == "finding"]


def plain(cases):
    with Samba("nt1"):
        v, code, lines = ask()
        cases.check("SMB1: unknown, not Windows",
                    (v["state"], v["reasons"][0]) == ("unknown", "not-windows"), v)
        cases.check("SMB1: exit code 3", code == 3, code)
        cases.check("SMB1: Samba names itself", v["os"].startswith("Samba 4."), v["os"])
        cases.check("SMB1: the clock is told", abs(v.get("clock_skew_s", 99)) < 5, v)
        print(f"SMB1            {v['state']:8} {v['reasons'][0]:20} {v['os']}")


def newer(cases):
    for name, least, most in (("smb2", "SMB2_02", "SMB2_02"), ("smb21", "SMB2_10", "SMB2_10"),
                              ("smb3", "SMB3_00", "SMB3_02"),
                              ("smb311", "SMB3_11", "SMB3_11")):
        with Samba(name, least, most):
            v, code, _ = ask()
            cases.check(f"{name}: SMB1 is off",
                        (v["state"], v["reasons"][0]) == ("unknown", "smb1-off"), v)
            cases.check(f"{name}: named all the same", v["name"] == "XRAY-1", v)
            cases.check(f"{name}: exit code 3", code == 3, code)
            print(f"{name:15} {v['state']:8} {v['reasons'][0]:20} {v['os']} {v['name']}")


def strict(cases):
    with Samba("restrict", more="restrict anonymous = 2\nserver signing = mandatory"):
        v, _, _ = ask()
        cases.check("restricted: unknown with a reason of its own",
                    v["state"] == "unknown" and v["reasons"], v)
        print(f"restricted      {v['state']:8} {v['reasons'][0]:20} {v['os']}")


def with_account(cases):
    for signing in ("mandatory", "disabled"):
        with Samba(f"account-{signing}", more=f"server signing = {signing}",
                   account=True):
            v, _, lines = ask("-A", account_file(PASSWORD))
            cases.check(f"account, signing {signing}: logged in, not Windows",
                        v["reasons"][0] == "not-windows", v)
            cases.check(f"account, signing {signing}: with the account",
                        fields(lines, "session") == ["account"], lines)
            v, _, lines = ask("-A", account_file("wrong"))
            cases.check(f"wrong password, signing {signing}: anonymous goes on",
                        v["reasons"][0] == "not-windows", v)
            cases.check(f"wrong password, signing {signing}: without the account",
                        fields(lines, "session") == [None, None] and
                        v["reasons"][1] == "logon-failure", lines)
            print(f"account, {signing:9} {v['state']:6} {v['reasons'][0]}")


def as_guest(cases):
    with Samba("guest", more="map to guest = Bad User"):
        path = FOLDER / "stranger"
        path.write_text("username = stranger\npassword = x\n")
        path.chmod(0o600)
        v, _, lines = ask("-A", str(path))
        cases.check("an account that becomes a guest is said aloud",
                    "account-is-guest" in v["reasons"], v)
        cases.check("and the session is a guest's", "guest" in fields(lines, "session"),
                    lines)
        print(f"account as guest {v['state']:7} {' '.join(v['reasons'])}")


def main():
    if os.geteuid() != 0:
        print("needs root to run smbd")
        sys.exit(77)
    cases = Cases()
    subprocess.run(["ip", "address", "add", f"{ADDRESS}/32", "dev", "lo"],
                   stderr=subprocess.DEVNULL, check=False)
    try:
        plain(cases)
        newer(cases)
        strict(cases)
        with_account(cases)
        as_guest(cases)
    finally:
        subprocess.run(["ip", "address", "del", f"{ADDRESS}/32", "dev", "lo"],
                       stderr=subprocess.DEVNULL, check=False)
    cases.close()


if __name__ == "__main__":
    main()
