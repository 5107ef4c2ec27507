"""What lies in a folder, remembered whole: to compare, and to put back.

A file that was not touched since it was last read (same inode, same change time,
which no program can set) is not read again; but for one on a volume of its own, that
may have been put back beneath the mount.
"""

import os
import shutil
import stat
import subprocess
from pathlib import Path

# What ntfs-3g tells of a file beyond what every file system does.  Of the times those
# of creation and of the content count: looking moves that of reading, and that of the
# record no program can put back.
NTFS_ATTRIBUTES = ("system.ntfs_acl", "system.ntfs_attrib", "system.ntfs_times_be",
                   "system.ntfs_dos_name", "system.ntfs_reparse_data")
NTFS_TIMES_KEPT = 16
NTFS_STREAM = "Zone.Identifier"
NTFS_OWN = "$"  # files of the volume itself, at its root


class Entry:
    """One name: what stands there, and how to know that it is still the same."""

    __slots__ = ("mode", "owner", "mtime", "atime", "attributes", "content", "identity")

    def __init__(self, path, found, known, mounted):
        self.mode = found.st_mode
        self.owner = (found.st_uid, found.st_gid)
        self.mtime = found.st_mtime_ns
        self.atime = found.st_atime_ns
        self.identity = (found.st_dev, found.st_ino, found.st_ctime_ns, found.st_size)
        same = known.get(self.identity)
        if same is not None and not mounted:
            self.content, self.attributes = same.content, same.attributes
        else:
            self.content = content_of(path, found.st_mode)
            self.attributes = attributes_of(path, mounted)
        if "system.ntfs_times_be" in self.attributes:
            self.mtime = 0  # is in there; the kernel's own may be a second old

    def is_folder(self):
        return stat.S_ISDIR(self.mode)


def content_of(path, mode):
    if stat.S_ISREG(mode):
        return quiet_read(path)
    if stat.S_ISLNK(mode):
        return os.fsencode(os.readlink(path))
    return b""


def quiet_read(path):
    """The content, without a new time of reading where the system lets us."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOATIME | os.O_NOFOLLOW)
    except PermissionError:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(fd, "rb") as f:
        return f.read()


def attributes_of(path, mounted):
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except OSError:  # ntfs-3g has none to tell of some of its own
        names = []
    found = {name: os.getxattr(path, name, follow_symlinks=False) for name in names}
    for name in NTFS_ATTRIBUTES if mounted else ():
        try:
            found[name] = os.getxattr(path, name, follow_symlinks=False)
        except OSError:
            continue
    stream = f"{path}:{NTFS_STREAM}"
    if mounted and os.path.isfile(path) and os.path.exists(stream):
        found[f"stream {NTFS_STREAM}"] = quiet_read(stream)
    times = found.get("system.ntfs_times_be")
    if times:
        found["system.ntfs_times_be"] = times[:NTFS_TIMES_KEPT]
    return found


class Tree:
    """All entries beneath a folder, by their path from it; "" is the folder itself."""

    def __init__(self, root, known=(), mounted=False):
        self.entries = {}
        self.mounted = mounted
        by_identity = {entry.identity: entry
                       for tree in known for entry in tree.entries.values()}
        self.walk(str(root), "", by_identity)

    def walk(self, root, name, known):
        path = os.path.join(root, name) if name else root
        entry = Entry(path, os.lstat(path), known, self.mounted)
        self.entries[name] = entry
        if entry.is_folder():
            for inner in sorted(os.listdir(path)):
                if self.mounted and not name and inner.startswith(NTFS_OWN):
                    continue
                self.walk(root, f"{name}/{inner}" if name else inner, known)

    def put_back(self, root, now):
        """Makes the folder, which is as `now` tells, as this tree is again."""
        wrong = {name for name in set(self.entries) | set(now.entries)
                 if differences_at(name, self, now, times=True)}
        for name in sorted(wrong, reverse=True):
            old, new = self.entries.get(name), now.entries.get(name)
            if new and (not old or stat.S_IFMT(old.mode) != stat.S_IFMT(new.mode)):
                remove(Path(root, name))
        folders = {os.path.dirname(name) for name in wrong} - {""} | {""}
        for name in sorted(wrong & set(self.entries)):
            write(Path(root, name), self.entries[name])
        for name in sorted(folders & set(self.entries), reverse=True):
            settle(Path(root, name), self.entries[name])
        for name in (wrong | folders) & set(self.entries):
            found = os.lstat(os.path.join(root, name) if name else root)
            self.entries[name].identity = (found.st_dev, found.st_ino,
                                           found.st_ctime_ns, found.st_size)


def clear_away(folder):
    """A folder and all in it, with what may still be mounted there."""
    with open("/proc/mounts", encoding="utf-8") as f:
        places = [line.split()[1] for line in f]
    for place in places:
        if place.startswith(f"{folder}/"):
            subprocess.run(["umount", "-l", place], check=True)
    shutil.rmtree(folder, ignore_errors=True)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write(path, entry):
    if entry.is_folder():
        path.mkdir(exist_ok=True)
    elif stat.S_ISLNK(entry.mode):
        path.unlink(missing_ok=True)
        path.symlink_to(os.fsdecode(entry.content))
        return
    else:
        path.unlink(missing_ok=True)
        path.write_bytes(entry.content)
    settle(path, entry)


def settle(path, entry):
    """Mode, owner, attributes and times of something that is no link."""
    os.chown(path, *entry.owner)
    os.chmod(path, stat.S_IMODE(entry.mode))
    for name in os.listxattr(path):
        if name not in entry.attributes:
            os.removexattr(path, name)
    for name, value in entry.attributes.items():
        os.setxattr(path, name, value)
    os.utime(path, ns=(entry.atime, entry.mtime))


def differences_at(name, one, two, times):
    """In words, what differs at one name."""
    a, b = one.entries.get(name), two.entries.get(name)
    if not a or not b:
        return [f"{name}: {'appeared' if b else 'is gone'}"]
    found = []
    if a.mode != b.mode or a.owner != b.owner:
        found.append(f"{name}: mode {a.mode:o} {a.owner}, now {b.mode:o} {b.owner}")
    if a.content != b.content:
        found.append(f"{name}: content differs ({first_difference(a, b)})")
    if times and a.mtime != b.mtime:
        found.append(f"{name}: time {a.mtime}, now {b.mtime}")
    for key in sorted(set(a.attributes) | set(b.attributes)):
        if not times and key == "system.ntfs_times_be":
            continue
        if a.attributes.get(key) != b.attributes.get(key):
            found.append(f"{name}: {key} {a.attributes.get(key)}, "
                         f"now {b.attributes.get(key)}")
    return found


def first_difference(a, b):
    if len(a.content) != len(b.content):
        return f"{len(a.content)} bytes, now {len(b.content)}"
    at = next(i for i, (x, y) in enumerate(zip(a.content, b.content)) if x != y)
    return f"first at {at:#x}"


def differences(one, two, times=True):
    """In words, all that differs between two trees."""
    found = []
    for name in sorted(set(one.entries) | set(two.entries)):
        found += differences_at(name, one, two, times)
    return found
