#!/usr/bin/env python3
# e2e: seconds=120 light
"""What a wrong command line and a broken world get: one clear line, exit code 2.

No target in here is anything but a loopback address, or something that must be
refused before a single connection is made.  Should one not be refused, it still
reaches nobody: as root, what is to be refused runs in a network of its own.
"""

import ctypes
import os
import pty
import re
import resource
import select
import signal
import sqlite3
import subprocess
import termios
import time
import unittest
from pathlib import Path

from lab_net import CONFINE, FOLDER, SANITIZED, Lab, confine
from listener import Listener

HERE = "127.0.88.1"
PORT = 4474
SECRET = "correct-Horse-7-battery"


CLONE_NEWNET = 0x40000000


def leave_network():
    """In the child, before it runs: a network namespace with nothing in it."""
    if os.geteuid() == 0 and ctypes.CDLL(None).unshare(CLONE_NEWNET) != 0:
        os._exit(99)


def scan(*words, **more):
    return confine("scan", "--ports", PORT, *words, **more)


class Ugly(unittest.TestCase):
    """Each case has a folder of its own, which must be as before when it is over."""

    def setUp(self):
        self.folder = FOLDER / self.id().rsplit(".", 1)[1]
        self.folder.mkdir(mode=0o755)
        os.chdir(self.folder)

    def make(self, name, text, mode=0o600):
        Path(name).write_text(text)
        Path(name).chmod(mode)
        return name

    def refused(self, *words, says=(), **more):
        """Refused in a line that has all of `says`, and nothing is left behind."""
        before = {p: p.stat().st_size for p in self.folder.iterdir()}
        more.setdefault("preexec_fn", leave_network)
        done = scan(*words, timeout=20, **more)
        self.assertEqual((done.code, done.out), (2, ""), done.err)
        self.assertRegex(done.err, r"\Aconfine( scan)?: [^\n]+\n\Z")
        for part in says:
            self.assertIn(part, done.err)
        self.assertEqual({p: p.stat().st_size for p in self.folder.iterdir()}, before)
        self.assertLess(done.seconds, 5)
        return done


class Targets(Ugly):
    WRONG = {
        "": "names no target", ",": "names no target",
        "999.1.1.1": "0 to 255", "10.0.0.0-300": "0 to 255", "10.0.0": "four octets",
        "1.2.3.4.5": "four octets", "10.0.0.9-1": "smaller number", "*": "four octets",
        "127.0.0.1/33": "0 to 32", "127.0.0.1/-1": "0 to 32", "127.0.0.1/": "0 to 32",
        "127.0.0.1/08": "0 to 32", "127.0.0.1/24/24": "0 to 32", "/24": "0 to 32",
        "127.0.0.010": "octal", "127.0.0.1:445": "--ports",
        "[::1": "IPv6", "::1]": "IPv6",
        "2001:db8::g": "IPv6", "::/0": "/96", "2001:db8::/64": "/96",
        "fe80::1%nosuch0": "interface", "http://127.0.0.1/": "address",
        "not..a..host": "no such host",
        "two words": "address", "a\nb": "\\x0a", "\x1b[31mred": "\\x1b[31mred",
        "255.255.255.255": "broadcast",
        "224.0.0.1": "multicast", "ff02::1": "multicast",
        "0.0.0.0": "no hosts", "240.0.0.1": "reserved", "0.0.0.0/0": "no hosts",
        "1-255.*.*.*": "multicast", "x" * 5000: "too long",
    }

    def test_a_wrong_target_is_named_with_what_is_wrong(self):
        for target, says in self.WRONG.items():
            with self.subTest(target=target[:40]):
                self.refused(HERE, target, "--case", "c.db", "-o", "a.html", "-o",
                             "b.jsonl", says=[says])

    def test_a_name_that_nobody_has(self):
        """Looked up in the real network: RFC 2606 keeps .invalid free for ever."""
        self.refused(HERE, "no-such-host.invalid", says=["no such host"],
                     preexec_fn=None)

    def test_no_target_is_no_scan_of_everything(self):
        self.refused(says=["no targets; name addresses"])
        self.refused("-iL", self.make("empty", ""), says=["no targets"])
        self.refused("-iL", self.make("remarks", "# none\n\n   # yet\n"),
                     says=["no targets"])
        self.refused("-iL", "-", says=["no targets"])

    def test_more_than_a_slash_8_is_asked_about(self):
        self.refused("10.0.0.0/7", says=["/8", "--i-own-this-network"])
        self.refused("--gentle", "1-2.*.*.*", says=["--i-own-this-network"])

    def test_excludes_that_leave_nothing(self):
        for words in (["--exclude", "127.0.0.0/8"],
                      ["--exclude", "127.0.88.0/25,127.0.88.0-1", "--exclude",
                       "127.0.80-90.1", "--exclude", HERE]):
            self.refused(HERE, *words, "--case", "c.db", "-o", "x.html", "-o", "y.csv",
                         says=["excludes leave no target"])

    def test_wrong_excludes_stop_the_scan(self):
        for words, says in ((["--exclude", ","], "names nothing"),
                            (["--exclude", "not..a..host"], "no such host"),
                            (["--exclude", "10.0.0.300"], "0 to 255"),
                            (["--exclude-file", "missing"], "cannot read missing"),
                            (["--exclude-file", "."], "directory")):
            self.refused(HERE, *words, says=[says])

    def test_excludes_that_overlap_are_no_mistake(self):
        hosts = [f"127.0.88.{i}" for i in range(1, 9)]
        with Listener([(h, PORT) for h in hosts], hold=0.01) as listener:
            done = scan("127.0.88.0/29", "127.0.88.1-8", "--exclude", "127.0.88.0/30",
                        "--exclude", "127.0.88.2-4,127.0.88.3,127.0.88.0-4", "--format",
                        "json")
        asked = {guest.address for guest in listener.guests}
        self.assertEqual(asked, {f"127.0.88.{i}" for i in (5, 6, 7, 8)})
        self.assertEqual(done.lines("summary")[0]["targets"], 4)


class Lists(Ugly):
    def test_a_list_that_cannot_be_read(self):
        self.refused("-iL", "missing", says=["cannot read missing", "No such file"])
        self.refused("-iL", ".", says=["cannot read .", "directory"])
        self.refused("--from-xml", "missing", says=["missing", "No such file", "nmap"])
        self.refused("--from-xml", ".", says=["directory"])
        self.refused("--from-xml", "/dev/zero", says=["regular file"])

    def test_a_list_that_nobody_may_read(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to be somebody else")
        self.make("shut", HERE, 0)
        self.folder.chmod(0o777)
        FOLDER.chmod(0o755)
        for option in ("-iL", "--exclude-file", "--from-xml", "-A"):
            self.refused(HERE, option, "shut", user=65534, says=["Permission denied"])

    def test_a_list_with_something_wrong_in_it_is_told_by_its_line(self):
        self.make("bad", f"{HERE}\n# a remark\n10.0.0.300\n{HERE}\n")
        self.refused("-iL", "bad", says=["bad:3:", "10.0.0.300"])
        self.make("odd", f"{HERE}\r\n\x1b[2Jx,..\r\n")
        self.refused("-iL", "odd", says=["odd:2:", "\\x1b[2Jx"])
        self.make("long", "a" * 100000)
        self.refused("-iL", "long", says=["long:1:", "too long"])

    def test_four_gigabytes_of_nothing(self):
        with open("huge", "wb") as f:
            f.truncate(4 << 30)
        with open("huge.xml", "wb") as f:
            f.write(b'<?xml version="1.0"?>\n<nmaprun>\n')
            f.truncate(4 << 30)
        for words, says in ((["-iL", "huge"], "huge:1:"),
                            (["-iL", "/dev/zero"], "zero"),
                            (["--exclude-file", "huge"], "huge:1:"),
                            (["--from-xml", "huge"], "not XML"),
                            (["--from-xml", "huge.xml"], "not XML")):
            done = self.refused(HERE, *words, says=[says])
            self.assertLess(done.seconds, 3)

    def test_a_long_list_takes_little(self):
        with open("million", "w") as f:
            f.writelines(f"127.{i >> 16}.{i >> 8 & 255}.{i & 255}\n"
                         for i in range(1, 1000000))
        done = self.refused("-iL", "million", "--exclude", "127.0.0.0/8",
                            says=["excludes"])
        self.assertLess(done.peak, 640 if SANITIZED else 64)

    def test_standard_input_is_a_list(self):
        self.make("list", f"\ufeff{HERE}, 127.0.88.2\r\n#x\r\n127.0.88.3")
        with open("list") as f:
            done = scan("-iL", "-", "--all", "--format", "csv", "-q", stdin=f)
        self.assertEqual([line.split(",")[0] for line in sorted(done.out.split())[:3]],
                         ["127.0.88.1", "127.0.88.2", "127.0.88.3"])

    def test_what_is_no_nmap_report(self):
        for name, text, says in (
                ("none.xml", "", "empty"), ("text.xml", "hello\n", "not XML"),
                ("alien.xml", "<?xml version='1.0'?><html/>", "not nmap's"),
                ("bomb.xml", '<!DOCTYPE a [<!ENTITY b "c">]><nmaprun>&b;</nmaprun>',
                 "entities"),
                ("deep.xml", "<nmaprun>" + "<a>" * 5000, "deep")):
            self.refused("--from-xml", self.make(name, text), says=[name, says])


class Cases(Ugly):
    def test_a_case_that_is_none(self):
        self.make("text.db", "my notes, which must stay\n")
        sqlite3.connect("other.db").executescript("CREATE TABLE t (a); ").close()
        for path, says in (("missing/c.db", "missing/c.db"), (".", "no plain file"),
                           ("text.db", "no database"), ("other.db", "another program"),
                           ("postgresql://x/y", "file")):
            with self.subTest(case=path):
                self.refused(HERE, "--case", path, "-o", "x.html", "-o", "y.jsonl",
                             says=[says, "--case"])

    def test_a_case_of_another_version_is_left_as_it_is(self):
        self.assertEqual(scan(HERE, "--case", "c.db").code, 3)
        for version in (0, 999):
            base = sqlite3.connect("c.db")
            base.execute(f"PRAGMA user_version = {version}")
            base.commit()
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            base.close()
            before = Path("c.db").read_bytes()
            self.refused(HERE, "--case", "c.db", says=["c.db"])
            self.refused("--resume", "--case", "c.db", says=["c.db"])
            self.assertEqual(Path("c.db").read_bytes(), before)

    def test_resume_without_something_to_go_on_with(self):
        self.refused("--resume", says=["--case"])
        self.refused("--resume", HERE, says=["--case"])
        self.refused("--resume", "--case", "missing.db", says=["missing.db", "no such"])

    def test_a_folder_that_may_only_be_read(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to be somebody else")
        FOLDER.chmod(0o755)
        for words, says in ((["--case", "c.db"], "c.db"), (["-o", "a.html"], "a.html"),
                            (["-o", "a.jsonl"], "a.jsonl")):
            self.refused(HERE, *words, user=65534, says=[says, "Permission denied"])


class Outputs(Ugly):
    SUFFIXES = ("txt", "jsonl", "json", "csv", "xml", "html")

    def test_an_output_that_cannot_be(self):
        for suffix in self.SUFFIXES:
            self.refused(HERE, "-o", f"missing/a.{suffix}",
                         says=[f"missing/a.{suffix}", "No such file", "-o"])
            Path(f"folder.{suffix}").mkdir()
            self.refused(HERE, "-o", f"folder.{suffix}", says=["is a folder"])
        for path in ("plain", "odd.xyz", ".", "x.html.part"):
            self.refused(HERE, "-o", path, says=[path, "--format"])
        self.refused(HERE, "-o", "a.html", "-o", "a.html", says=["twice"])
        self.refused(HERE, "-o", "-", "-o", "-", says=["twice"])
        self.refused(HERE, "--format", "yaml", says=["text|json|csv|xml|html"])

    def test_what_is_there_stays_until_there_is_something_new(self):
        files = [self.make(f"old.{suffix}", "old\n") for suffix in self.SUFFIXES]
        named = [word for name in files for word in ("-o", name)]
        self.refused(HERE, *named, "-o", "missing/a.html", says=["missing"])
        self.refused(HERE, *named, "--case", ".", says=["--case"])
        self.refused(HERE, *named, "--exclude", HERE, says=["excludes"])
        self.assertEqual([Path(name).read_text() for name in files], ["old\n"] * 6)
        self.assertEqual(scan(HERE, *named, "-q").code, 3)
        for name in files:
            self.assertNotIn("old\n", Path(name).read_text())

    def check_full(self, done, others):
        """One output failed, said once; the others and the case are whole."""
        said = done.err.splitlines()
        self.assertEqual(done.code, 2, said)
        cannot = [line for line in said if line.startswith("confine: cannot")]
        self.assertEqual(len(cannot), 1, said)
        self.assertEqual(list(self.folder.rglob("*.part")), [])
        for path in others:
            self.assertGreater(path.stat().st_size, 200, path)

    def test_a_full_device(self):
        for format_name in ("text", "json", "csv", "xml", "html"):
            with self.subTest(format=format_name):
                done = scan(HERE, "--format", format_name, "-o", "/dev/full", "-o",
                            "page.html", "--case", "c.db", "-q")
                self.assertIn("/dev/full: No space left", done.err)
                self.check_full(done, [Path("page.html"), Path("c.db")])

    def test_a_full_disk(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to mount a small disk")
        small = self.folder / "small"
        small.mkdir()
        with Lab("127.0.89.0/24", "--respond", "1", "--port", str(PORT), "--mix",
                 "infected-old,pipes-denied") as lab:
            self.assertGreater(len(lab.kind), 200)
            for suffix in self.SUFFIXES:
                with self.subTest(output=suffix):
                    self.fill(small, suffix)

    def fill(self, small, suffix):
        script = ('mount -t tmpfs -o size=16k none "$1" || exit 77; shift; "$@"; '
                  'code=$?; ls small/*.part 2>&-; exit $code')
        command = [CONFINE, "scan", "127.0.89.0/24", "--ports", str(PORT), "--rate",
                   "0", "-o", f"small/a.{suffix}", "-o", "whole.html", "--case",
                   f"{suffix}.db", "-q"]
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", str(small),
                               *command], capture_output=True, text=True, timeout=60,
                              check=False, stdin=subprocess.DEVNULL)
        if done.returncode == 77:
            self.skipTest("no file system can be mounted here")
        said = [line for line in done.stderr.splitlines() if "confine: cannot" in line]
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertEqual(len(said), 1, done.stderr)
        self.assertIn(f"small/a.{suffix}: No space left on device", said[0])
        self.assertIn("</html>", Path("whole.html").read_text())

    def test_a_limit_on_file_sizes(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

        with Lab("127.0.89.0/24", "--respond", "1", "--port", str(PORT), "--mix",
                 "infected-old,pipes-denied"):
            for words in (["-o", "a.html"], ["-o", "a.jsonl"], ["--case", "c.db"]):
                done = scan("127.0.89.0/24", "--rate", "0", *words, "-q",
                            stdout=subprocess.DEVNULL, preexec_fn=limit)
                self.assertEqual(done.code, 2, (words, done.err))
                self.assertIn(words[1], done.err)
                self.assertFalse(Path("a.html").exists())
                self.assertEqual(list(self.folder.glob("*.part")), [])


class Numbers(Ugly):
    def test_numbers_that_are_none(self):
        for option in ("rate", "parallel", "timeout", "retries", "per-host-delay",
                       "p2p-rate", "seed", "nbstat-port"):
            for value in ("x", "1e3", "1.5", "0x10", "+1", " 1", "1 ", "9" * 20):
                with self.subTest(option=option, value=value):
                    self.refused(HERE, f"--{option}={value}",
                                 says=[f"--{option}", "number"])
            self.refused(HERE, f"--{option}", says=["needs a value"])
            self.refused(HERE, f"--{option}", "-1", says=[f"--{option}"])
        for words in (["--parallel", "0"], ["--timeout", "0"], ["--retries", "11"],
                      ["--nbstat-port", "65536"]):
            self.refused(HERE, *words, says=[words[0]])

    def test_ports_that_are_none(self):
        for value in ("0", "65536", "abc", "445,,139", "445/tcp", "445 139",
                      "445/nbt/nbt", "9" * 20, "1,2,3,4,5,6,7,8,9", ","):
            with self.subTest(ports=value):
                self.refused(HERE, "--ports", value, says=["--ports"])

    def test_shards_that_are_none(self):
        for value in ("0/3", "4/3", "1", "1/", "/3", "a/b", "1/3x", "1/-3", "1/0",
                      "1/99999999999999999999"):
            with self.subTest(shard=value):
                self.refused(HERE, "--shard", value, says=["--shard", "1/4"])

    def test_a_real_address_is_for_one_target(self):
        self.refused("127.0.88.0/24", "--real-ip", "10.0.0.1", says=["single target"])
        self.refused(HERE, "--real-ip", "::1", says=["IPv4"])


class Accounts(Ugly):
    def account(self, name="account", mode=0o600):
        return self.make(name, f"username = nurse\npassword = {SECRET}\ndomain = W\n",
                         mode)

    def test_accounts_that_are_none(self):
        self.make("nameless", f"password = {SECRET}\n")
        self.make("long", "username = " + "x" * 400 + "\n")
        self.make("empty", "")
        for words, says in ((["-A", "missing"], "No such file"),
                            (["-A", "."], "directory"),
                            (["-A", "nameless"], "username"),
                            (["-A", "long"], "too long"),
                            (["--user", "x", "--password-file", "empty"], "first line"),
                            (["--user", "x", "--password-file", "missing"], "No such"),
                            (["--user", "x"], "no password for x"),
                            (["--domain", "x"], "without an account"),
                            (["--password-file", "long"], "without an account")):
            with self.subTest(words=words):
                done = self.refused(HERE, *words, says=[says])
                self.assertNotIn(SECRET, done.err)

    def test_a_file_that_others_can_read_is_warned_of(self):
        done = scan(HERE, "-A", self.account("open", 0o644), "-q")
        self.assertEqual(done.code, 3)
        self.assertRegex(done.err, r"\Aconfine: open can be read by others[^\n]*"
                                   r"chmod 600[^\n]*\n\Z")

    def test_the_password_is_nowhere(self):
        outputs = [word for suffix in Outputs.SUFFIXES
                   for word in ("-o", f"a.{suffix}")]
        with Lab("127.0.89.0/28", "--respond", "1", "--port", str(PORT), "--mix",
                 "clean,infected-old,pipes-denied,anon-refused,silent"):
            child = subprocess.Popen(
                [CONFINE, "scan", "127.0.89.0/28", "--ports", str(PORT), "-A",
                 self.account(), "--case", "c.db", *outputs, "-v", "--timeout", "900"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            time.sleep(0.4)
            seen = [Path(f"/proc/{child.pid}/{name}").read_bytes()
                    for name in ("cmdline", "environ")]
            seen += child.communicate(timeout=60)
        Path("account").unlink()
        seen += [path.read_bytes() for path in self.folder.iterdir()]
        self.assertGreater(len(seen), 9)
        for form in (SECRET.encode(), SECRET.encode("utf-16-le"), b"battery"):
            self.assertEqual([s[:60] for s in seen if form in s], [])

    def ask_on_a_terminal(self, typed):
        """Exit code, what the terminal showed, and whether it shows typing again."""
        main, end = pty.openpty()
        child = subprocess.Popen([CONFINE, "scan", HERE, "--ports", str(PORT), "--user",
                                  "nurse", "--no-progress"], stdin=end, stdout=end,
                                 stderr=end, start_new_session=True,
                                 preexec_fn=lambda: os.close(os.open(os.ttyname(0),
                                                                     os.O_RDWR)))
        shown = b""
        while b"Password of nurse: " not in shown:
            shown += os.read(main, 1000)
        time.sleep(0.1)
        os.write(main, typed)
        child.wait(20)
        while select.select([main], [], [], 0.2)[0]:
            shown += os.read(main, 4000)
        echoes = bool(termios.tcgetattr(end)[3] & termios.ECHO)
        os.close(main)
        os.close(end)
        return child.returncode, shown.decode(), echoes

    def test_a_password_is_asked_for_and_not_shown(self):
        code, shown, echoes = self.ask_on_a_terminal(SECRET.encode() + b"\n")
        self.assertEqual((code, echoes), (3, True), shown)
        self.assertNotIn("battery", shown)

    def test_control_c_at_the_password_gives_the_terminal_back(self):
        code, shown, echoes = self.ask_on_a_terminal(b"half a pass\x03")
        self.assertEqual((code, echoes), (2, True), shown)
        self.assertTrue(re.search(r"confine: stopped .*\n", shown), shown)
        self.assertNotIn("half", shown)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    unittest.main()
