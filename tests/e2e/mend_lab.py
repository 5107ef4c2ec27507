"""What the tests of clean, undo and the small commands share: disks of the lab, NTFS
volumes that are mounted, and prints of all that a volume keeps."""

import hashlib
import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

CONFINE = os.environ["CONFINE"]
WINDOWS = ("2000", "xp", "2003", "vista", "2008", "7")
VARIANTS = ("A", "B", "D")
HAS_NTFS = bool(shutil.which("mkntfs") and shutil.which("ntfs-3g")
                and Path("/dev/fuse").exists() and os.getuid() == 0)


def confine(*words, **more):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *map(str, words)], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False,
                          **{"timeout": 120, **more})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def of_type(text, kind):
    return [line for line in lines(text) if line["type"] == kind]


def make_disk(path, windows="xp", variant="B", seed=1):
    """A disk of the lab at `path`; without a variant it is clean."""
    words = ["--variant", variant] if variant else ["--clean"]
    code, _, err = confine("lab", "disk", path, "--windows", windows, "--seed", seed,
                           *words)
    assert code == 0, err
    return Path(path)


def change(*words):
    """A command that changes, in JSON: exit code, its lines, standard error."""
    code, out, err = confine(*words, "--format", "json")
    return code, (lines(out) if out else []), err


def summary(told):
    return told[-1]


def state_of(path):
    """What check says now."""
    out = confine("check", "--format", "json", path)[1]
    return of_type(out, "verdict")[0]["state"]


def attributes(path):
    """All extended attributes that can be read, the ACL and the DOS ones included."""
    found = {}
    for name in ("system.ntfs_acl", "system.ntfs_attrib_be", "system.ntfs_times_be",
                 "system.ntfs_dos_name", "system.ntfs_reparse_data"):
        try:
            found[name] = os.getxattr(path, name, follow_symlinks=False).hex()
        except OSError:
            found[name] = None
    try:
        for name in os.listxattr(path, follow_symlinks=False):
            found[name] = os.getxattr(path, name, follow_symlinks=False).hex()
    except OSError:
        pass
    return found


def print_of(root):
    """Of every file and folder below: kind, mode, size, times, attributes, content."""
    found = {}
    for path in sorted(Path(root).rglob("*")):
        if path.relative_to(root).parts[0].startswith("$"):
            continue  # the file system's own
        info = path.lstat()
        content = ""
        if path.is_file() and not path.is_symlink():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        times = attributes(path)
        ntfs = times["system.ntfs_times_be"]
        found[str(path.relative_to(root))] = (
            info.st_mode, info.st_size, info.st_mtime_ns, content,
            {name: value for name, value in times.items()
             if name != "system.ntfs_times_be"},
            # created and written; read and changed are ours by reading and undoing
            ntfs[:32] if ntfs else None)
    return found


def differences(before, after):
    """The names that are not as they were."""
    return sorted(name for name in before.keys() | after.keys()
                  if before.get(name) != after.get(name))


def reglookup(hive):
    """Every key and value of a hive as an independent reader sees them."""
    done = subprocess.run(["reglookup", "-H", hive], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.decode("utf-8", "replace").splitlines())


def hives(root):
    """The hives of a machine, by their path in it."""
    found = {}
    for path in Path(root).rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size > 4096:
            with open(path, "rb") as f:
                if f.read(4) == b"regf":
                    found[str(path.relative_to(root))] = path
    return found


class Volume:
    """An NTFS volume in a file, mounted in a with-block."""

    def __init__(self, name, megabytes=96):
        self.image = Path(f"{name}.img")
        self.folder = Path(f"{name}.mount")
        with open(self.image, "wb") as f:
            f.truncate(megabytes << 20)
        subprocess.run(["mkntfs", "-F", "-Q", "-q", self.image], check=True,
                       capture_output=True)
        self.folder.mkdir()

    def fill(self, *words):
        """A disk of the lab on it; "$MFT" is not shown meanwhile, it is to be empty."""
        self.mount(show=False)
        try:
            make_disk(self.folder, *words)
        finally:
            self.umount()

    def mount(self, *options, show=True):
        words = ["streams_interface=windows", *options]
        words += ["show_sys_files"] if show else []
        subprocess.run(["ntfs-3g", "-o", ",".join(words), self.image, self.folder],
                       check=True, capture_output=True)

    def umount(self):
        for _ in range(50):
            if subprocess.run(["umount", self.folder], capture_output=True,
                              check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"{self.folder} is busy")

    def __enter__(self):
        self.mount()
        return self.folder

    def __exit__(self, *_):
        self.umount()

    def is_sound(self):
        done = subprocess.run(["ntfsfix", "-n", self.image], capture_output=True,
                              check=False)
        return done.returncode == 0, done.stdout.decode() + done.stderr.decode()


class Terminal:
    """confine on a terminal: what it shows, and what is typed."""

    def __init__(self, *words):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.execv(CONFINE, [CONFINE, *map(str, words)])
        self.shown = ""

    def wait_for(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.shown):
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                raise AssertionError(f"no {pattern} in: {self.shown}")

    def read(self, seconds):
        ready = select.select([self.fd], [], [], seconds)[0]
        if not ready:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            return False
        self.shown += got.decode("utf-8", "replace")
        return bool(got)

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self, seconds=60):
        while self.read(seconds):
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
