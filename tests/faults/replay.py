#!/usr/bin/env python3
"""The power goes: what was not on stable storage may be there, in part, or not.

    replay.py [SCENE...] [--seconds N] [--seed N] [--tries N]
    replay.py --repeat SCENE:PREFIX:TRY       one point again, told in full
    replay.py --self-test                     the known faults of keeper.c are found

A good run of each scene is recorded, every change with its bytes.  For each prefix of
that record the disk is made as it could be found after a power cut at that moment:
what was synced is there; of the rest nothing, or everything, or any part in any order,
a write torn at a sector of 512 bytes.  On that, the way back (undo) has to lead to the
original, bit for bit, and `check` must not fall over it.
"""

import multiprocessing
import os
import random
import stat
import struct
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import confine_scenes
import scenes
from campaign import SHOWN, base_folder, known_faults_are_found, usual_options
from fault import WRITES, CannotPlay, Fault
from tree import clear_away, differences, remove

SECTOR = 512
RECORD = struct.Struct("<16sqQQQIIIIII")  # struct record of trace.c
AT_REMOVEDIR = 0x200
RENAME_EXCHANGE = 2
UTIME_NOW, UTIME_OMIT = (1 << 30) - 1, (1 << 30) - 2
TRIES = 6  # ways in which the unsynced can be lost, of every prefix
# Faults of the small program that only a power cut brings to light.
NEED_A_POWER_CUT = ("unsynced", "nameless", "early")


class Op:
    """One line of the record."""

    def __init__(self, fields, path, second, value):
        (call, self.result, self.offset, self.device, self.inode, self.flags,
         self.mode, self.was_there, _, _, _) = fields
        self.call = call.rstrip(b"\0").decode()
        self.path, self.second, self.bytes = path, second, value
        self.life = 0  # of the inode: how often it has been made anew

    def node(self):
        return self.device, self.inode, self.life

    def makes(self):
        """Whether there is a file or a folder more after it."""
        return self.call.startswith("mkdir") or \
            (self.call in OPENS and not self.was_there)


def read_record(path):
    """All operations, in order."""
    ops = []
    whole = Path(path).read_bytes()
    at = 0
    while at < len(whole):
        fields = RECORD.unpack_from(whole, at)
        at += RECORD.size
        parts = []
        for length in fields[8:11]:
            parts.append(whole[at:at + length])
            at += length
        ops.append(Op(fields, os.fsdecode(parts[0]), os.fsdecode(parts[1]), parts[2]))
    return lives(ops)


def lives(ops):
    """The same number is given to another file when one is gone."""
    made = Counter()
    for op in ops:
        made[op.device, op.inode] += op.makes()
        op.life = made[op.device, op.inode]
    return ops


class Node:
    """A file or a folder on the pretended disk."""

    def __init__(self, entry=None, mode=0):
        self.mode = entry.mode if entry else mode
        self.owner = entry.owner if entry else (0, 0)
        self.folder = entry.is_folder() if entry else stat.S_ISDIR(mode)
        self.content = entry.content if entry else b""
        self.attributes = dict(entry.attributes) if entry else {}
        self.times = (entry.atime, entry.mtime) if entry else (0, 0)
        self.touched = entry is None

    def write(self, at, value):
        self.cut(max(len(self.content), at + len(value)))
        self.content[at:at + len(value)] = value

    def cut(self, length):
        self.touched = True
        self.content = bytearray(self.content)
        del self.content[length:]
        self.content.extend(bytes(length - len(self.content)))


class Disk:
    """Names and files as they would be found."""

    def __init__(self, first):
        """`first`: (path, Entry, inode) of what was there when the record began."""
        self.names = {}
        self.nodes = {}  # by the inode that the record tells
        for path, entry, inode in first:
            self.names[path] = self.nodes[(*inode, 0)] = Node(entry)
        self.before = dict(self.names)

    def node(self, op):
        """What the operation was about; its making may not have reached the disk."""
        if op.life == 0 and op.node() not in self.nodes:
            raise CannotPlay(f"replay.py: nobody knows what this was about: {op.path}")
        return self.nodes.setdefault(op.node(), Node(mode=op.mode))

    def touched(self, op):
        node = self.node(op)
        node.touched = True
        return node

    def apply(self, op, value=None):
        DOES[op.call](self, op, op.bytes if value is None else value)

    def make(self, op, _=None):
        if op.was_there:
            if op.flags & os.O_TRUNC:
                self.node(op).cut(0)
            return
        self.names[op.path] = self.node(op)

    def make_folder(self, op, _):
        self.names[op.path] = self.node(op)

    def write(self, op, value):
        self.node(op).write(op.offset, value)

    def cut(self, op, _):
        self.node(op).cut(op.offset)

    def rename(self, op, _):
        node = self.names.get(op.path)
        if node is None:
            return  # the name that it had never reached the disk
        if op.flags & RENAME_EXCHANGE:
            self.names[op.path] = self.names.get(op.second, node)
        else:
            del self.names[op.path]
        self.names[op.second] = node
        for name in [n for n in self.names if n.startswith(op.path + "/")]:
            self.names[op.second + name[len(op.path):]] = self.names.pop(name)

    def link(self, op, _):
        node = self.nodes.get(op.node())
        if node is not None:
            self.names[op.second] = node

    def remove(self, op, _):
        if not any(name.startswith(op.path + "/") for name in self.names):
            self.names.pop(op.path, None)

    def set_attribute(self, op, value):
        self.touched(op).attributes[op.second] = bytes(value)

    def remove_attribute(self, op, _):
        self.touched(op).attributes.pop(op.second, None)

    def set_mode(self, op, _):
        node = self.touched(op)
        node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(op.mode)

    def set_times(self, op, value):
        node = self.touched(op)
        parts = struct.unpack("<4q", value) if value else (0, UTIME_NOW, 0, UTIME_NOW)
        times = list(node.times)
        for i in range(2):
            seconds, nanos = parts[2 * i:2 * i + 2]
            if nanos == UTIME_NOW:
                times[i] = time.time_ns()
            elif nanos != UTIME_OMIT:
                times[i] = seconds * 10**9 + nanos
        node.times = tuple(times)

    def lay(self):
        """Makes the real folders, which are as they were before, as the disk is."""
        for path in sorted(set(self.before) - set(self.names), reverse=True):
            remove(Path(path))
        wrong = {path for path, node in self.names.items()
                 if node.touched or self.before.get(path) is not node}
        for path in sorted(wrong):
            if os.path.isdir(os.path.dirname(path)):
                lay_one(path, self.names[path])
        folders = {os.path.dirname(path) for path in wrong | set(self.before)}
        for path in sorted((wrong | folders) & set(self.names), reverse=True):
            if os.path.isdir(path):
                os.utime(path, ns=self.names[path].times)


def lay_one(path, node):
    if node.folder:
        os.makedirs(path, exist_ok=True)
    else:
        Path(path).unlink(missing_ok=True)
        Path(path).write_bytes(node.content)
    os.chown(path, *node.owner)
    os.chmod(path, stat.S_IMODE(node.mode))
    for name in set(os.listxattr(path)) - set(node.attributes):
        os.removexattr(path, name)
    for name, value in node.attributes.items():
        os.setxattr(path, name, value)
    os.utime(path, ns=node.times)


OPENS = ("open", "openat", "openat2", "creat")
SYNCS = ("fsync", "fdatasync", "syncfs")
DOES = {
    "open": Disk.make, "openat": Disk.make, "openat2": Disk.make, "creat": Disk.make,
    "ftruncate": Disk.cut, "truncate": Disk.cut, "mkdir": Disk.make_folder,
    "mkdirat": Disk.make_folder, "rename": Disk.rename, "renameat": Disk.rename,
    "renameat2": Disk.rename, "unlink": Disk.remove, "unlinkat": Disk.remove,
    "rmdir": Disk.remove, "linkat": Disk.link, "link": Disk.link,
    "setxattr": Disk.set_attribute, "lsetxattr": Disk.set_attribute,
    "fsetxattr": Disk.set_attribute, "removexattr": Disk.remove_attribute,
    "lremovexattr": Disk.remove_attribute, "fremovexattr": Disk.remove_attribute,
    "utimensat": Disk.set_times, "chmod": Disk.set_mode, "fchmod": Disk.set_mode,
    "fchmodat": Disk.set_mode, "fchown": lambda *_: None, "chown": lambda *_: None,
    "fchownat": lambda *_: None, "lchown": lambda *_: None,
    **{name: Disk.write for name in WRITES},
}


def is_of_names(op):
    """Changes a folder, and lasts when that is synced."""
    return op.makes() or op.call in ("rename", "renameat", "renameat2", "unlink",
                                     "unlinkat", "rmdir", "link", "linkat")


def is_synced_by(op, sync):
    if sync.call == "syncfs":
        return op.device == sync.device
    if not is_of_names(op):
        return op.node() == sync.node()
    folders = {os.path.dirname(path) for path in (op.path, op.second) if path}
    return sync.path in folders


class Cut:
    """The record up to the moment of the power cut: what lasts, what may."""

    def __init__(self, ops):
        self.ops = [op for op in ops if op.call not in SYNCS]
        lasting = set()
        waiting = []
        for op in ops:
            if op.call not in SYNCS:
                waiting.append(op)
                continue
            lasting.update(id(one) for one in waiting if is_synced_by(one, op))
            waiting = [one for one in waiting if not is_synced_by(one, op)]
        self.lasting = lasting

    def choose(self, way, chance):
        """The operations that reach the disk, in which order, torn or not."""
        waiting = [op for op in self.ops if id(op) not in self.lasting]
        if way == 0:
            kept = set()
        elif way == 1:
            kept = {id(op) for op in waiting}
        else:
            kept = {id(op) for op in waiting if chance.random() < 0.5}
        chosen = [op for op in self.ops if id(op) in self.lasting or id(op) in kept]
        return shuffled(chosen, kept, chance) if way > 1 else \
            [(op, None) for op in chosen]


def shuffled(chosen, loose, chance):
    """Unsynced writes of bytes in any order among themselves, some of them torn."""
    places = [i for i, op in enumerate(chosen)
              if id(op) in loose and op.call in WRITES]
    moved = places[:]
    chance.shuffle(moved)
    order = list(chosen)
    for place, source in zip(places, moved):
        order[place] = chosen[source]
    return [(op, torn(op, chance) if id(op) in loose and op.call in WRITES else None)
            for op in order]


def torn(op, chance):
    """The bytes up to some sector's edge; often all of them."""
    edges = range(SECTOR - op.offset % SECTOR, len(op.bytes), SECTOR)
    if not edges or chance.random() < 0.5:
        return None
    return op.bytes[:chance.choice(edges)]


def first_of(root, tree):
    """What a tree has, each with its inode of now: putting back may give another."""
    for name, entry in (tree.entries if tree else {}).items():
        path = os.path.join(root, name) if name else str(root)
        yield path, entry, entry.identity[:2]


class Record:
    """One scene, and what was recorded of its good run."""

    def __init__(self, scene):
        self.scene = scene
        self.first = list(first_of(scene.root, scene.start))
        self.first += first_of(scene.journals, scene.start_journals)
        trace = scene.folder / "trace"
        outcome = scene.run(Fault(under=(scene.root, scene.journals)), trace=trace)
        if outcome.code not in scene.good:
            raise CannotPlay(f"{scene.name}: {outcome.ended()}: {outcome.err}")
        self.ops = read_record(trace)
        self.shape = scene.journals.stat() if scene.journals.exists() else None
        scene.reset()

    def play(self, prefix, way, seed):
        """Complaints about one point."""
        chance = random.Random(f"{seed} {self.scene.name} {prefix} {way}")
        cut = Cut(self.ops[:prefix])
        disk = Disk(self.first)
        for op, value in cut.choose(way, chance):
            disk.apply(op, value)
        disk.lay()
        return self.complain()

    def complain(self):
        scene = self.scene
        wrong = [f"check: {line}" for line in scene.look_over()]
        said = ""
        for command in scene.words_back():
            outcome = scene.stand.run(command)
            said += f" [{outcome.ended()}] {outcome.err.strip()}"
            if outcome.signal or outcome.code not in (0, 1, 2, 3):
                wrong.append(f"the way back: {outcome.ended()}: {outcome.err}")
        back = scene.look()
        # A time that was not synced is that of the crash: of a folder, or of a file
        # that nobody had to touch.
        differ = differences(scene.original, back)
        if differ:
            wrong.append(f"the way back{said} does not lead to the original: "
                         + "; ".join(differ[:4]))
        scene.reset(back)
        return wrong


# ---- playing all of them

_stage = {}


def begin_worker(folder):
    _stage["folder"] = tempfile.mkdtemp(prefix="replay-", dir=folder)
    _stage["records"] = {}


def record_of(name):
    if name not in _stage["records"]:
        for old in _stage["records"].values():
            old.scene.end()
        kinds = {scene.name: scene for scene in confine_scenes.all_scenes()}
        folder = Path(_stage["folder"], name.replace(" ", "-").replace(",", ""))
        _stage["records"] = {name: Record(kinds[name](folder))}
    return _stage["records"][name]


def length_of(name):
    """How long its record is, or why there is none."""
    try:
        return name, len(record_of(name).ops), ""
    except CannotPlay as end:
        return name, 0, str(end)


def play(point):
    name, prefix, way, seed = point
    record = record_of(name)
    if prefix > len(record.ops):
        return point, []
    wrong = record.play(prefix, way, seed)
    if wrong:
        _stage["records"].pop(name).scene.end()
    return point, wrong


def replay(names, args):
    folder = tempfile.mkdtemp(prefix="confine-replay-", dir=base_folder())
    began = time.monotonic()
    counts, failed = {}, {}
    try:
        with multiprocessing.Pool(args.workers, begin_worker, (folder,)) as pool:
            lengths = {}
            for name, length, wrong in pool.imap_unordered(length_of, names):
                lengths[name] = length
                if wrong:
                    counts[name], failed[name] = 1, 1
                    print(f"EXCEPTION {name}: {wrong}", flush=True)
            names = [name for name in names if name not in failed]
            for number, name in enumerate(names):
                left = args.seconds - (time.monotonic() - began)
                until = time.monotonic() + max(left, 0) / (len(names) - number)
                points = [(name, prefix, way, args.seed)
                          for prefix in range(lengths[name] + 1)
                          for way in range(args.tries)]
                if args.seconds:
                    random.Random(args.seed).shuffle(points)
                counts[name], failed[name] = 0, 0
                for point, wrong in pool.imap_unordered(play, points, chunksize=8):
                    counts[name] += 1
                    failed[name] += bool(wrong)
                    if wrong and sum(failed.values()) <= SHOWN:
                        tell(point, wrong)
                    if args.seconds and time.monotonic() > until:
                        pool.terminate()
                        break
                if args.seconds and time.monotonic() > until and number + 1 < len(names):
                    pool = multiprocessing.Pool(args.workers, begin_worker, (folder,))
    finally:
        clear_away(folder)
    return show(counts, failed, time.monotonic() - began)


def tell(point, wrong):
    name, prefix, way, seed = point
    print(f"EXCEPTION {name}: power cut after {prefix} operations, way {way}")
    for line in wrong:
        print(f"    {line[:1000]}")
    print(f"    repeat: python3 tests/faults/replay.py --seed {seed} --repeat "
          f"'{name}:{prefix}:{way}'", flush=True)


def show(counts, failed, took):
    print("| power cut in | points | exceptions |\n| --- | ---: | ---: |")
    for name in counts:
        print(f"| {name} | {counts[name]:,} | {failed[name]} |")
    points, wrong = sum(counts.values()), sum(failed.values())
    print(f"{points:,} points in {took:.0f} s; {wrong} exceptions")
    print(f"{points - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


def repeat(name, seed):
    scene, prefix, way = name.rsplit(":", 2)
    folder = tempfile.mkdtemp(prefix="confine-replay-", dir=base_folder())
    try:
        begin_worker(folder)
        record = record_of(scene)
        for number, op in enumerate(record.ops[:int(prefix)], 1):
            print(f"{number:5} {op.call} {op.path} {op.second} at {op.offset}, "
                  f"{len(op.bytes)} bytes")
        wrong = record.play(int(prefix), int(way), seed)
        print("\n".join(wrong) or "nothing is wrong")
        return 1 if wrong else 0
    finally:
        clear_away(folder)


def finds(folder, fault):
    found = []
    for number, kind in enumerate((scenes.KeeperDoes, scenes.KeeperUndoes)):
        one = type(kind.__name__, (kind,), {"fault": fault})
        record = Record(one(Path(folder, f"{fault or 'none'}-{number}")))
        for prefix in range(len(record.ops) + 1):
            for way in range(TRIES):
                found += [f"{kind.name}:{prefix}:{way}: {line}"
                          for line in record.play(prefix, way, 1)]
        record.scene.end()
    return found


def main():
    parser = usual_options()
    parser.add_argument("--tries", type=int, default=TRIES)
    args = parser.parse_args()
    if args.self_test:
        return known_faults_are_found(NEED_A_POWER_CUT, finds)
    if args.repeat:
        return repeat(args.repeat, args.seed)
    # What a disk of its own does is up to ntfs-3g; and a page needs no way back.
    usual = [scene.name for scene in confine_scenes.all_scenes()
             if scene.goes_back and not scene.mounted]
    return replay(args.scenes or usual, args)


if __name__ == "__main__":
    sys.exit(main())
