"""The scenes of confine's own commands, on folders and on volumes mounted by ntfs-3g."""

import json
import os
import shutil
import subprocess
import sys

from fault import TOP, CannotPlay
from scenes import CONFINE, Scene
from tree import NTFS_STREAM, Tree

sys.path.append(str(TOP / "tests" / "e2e"))
from tiny_pe import tiny_program  # noqa: E402

DRIVE_BIN = "RECYCLER/S-5-3-42-2819952290-8240758988-879315005-3665"
AUTORUN = (b"[AUTorUN]\r\nAcTION=Open folder\r\nshelLExECUte=RuNdLl32.EXE .\\"
           + DRIVE_BIN.replace("/", "\\").encode()
           + b"\\jwgkvsq.vmx,ahaezedrn\r\nuseAuTopLAY=1\r\n")
IMAGE_SIZE = 48 << 20
MOUNT_OPTIONS = "show_sys_files,streams_interface=windows"


def quiet(*words):
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise CannotPlay(f"{words}: {done.stderr.decode()}")
    return done.stdout.decode()


class Machine(Scene):
    """A disk of the lab in a folder."""

    program = "confine"
    good = (0, 1, 3)
    disk = ("--windows", "xp", "--variant", "B")
    changes = ("clean",)  # the command and its words, without the machine

    def lay(self):
        self.root.mkdir()
        quiet(CONFINE, "lab", "disk", self.root, *self.disk)

        self.thin_out()

    def thin_out(self):
        """Of two dozen tasks of the same kind two are enough."""
        for job in self.root.glob("*/Tasks/At*.job"):
            like = job.parent / "At1.job"
            if int(job.stem[2:]) > 2 and job.stat().st_size == like.stat().st_size:
                job.unlink()

    def change(self):
        return [CONFINE, *self.changes, self.root, "--yes", "--journal-dir",
                self.journals, "--format", "json"]

    def words(self):
        return self.change()

    def all_journals(self):
        return sorted(self.journals.glob("*.journal")) if self.journals.exists() else []

    def words_back(self):
        return [self.undo(path) for path in reversed(self.all_journals())]

    def undo(self, path, *more):
        return [CONFINE, "undo", path, "--yes", "--format", "json", *more]

    def look_over(self):
        done = self.stand.run([CONFINE, "check", self.root, "--format", "json"])
        fine = done.code in (0, 1, 3) and not done.signal
        return [] if fine else [f"{done.ended()}: {done.err}"]


class Clean(Machine):
    looks_again = True


class Undo(Machine):
    """The way back itself, after a good run."""

    may_stop_halfway = True

    def prepare(self):
        done = self.stand.run(self.change())
        if done.code not in self.good:
            raise CannotPlay(f"{self.name}: {done.ended()}: {done.err}")

    def words(self):
        return self.undo(self.all_journals()[0])


class UndoOne(Undo):
    """One change of it: the first of its kind."""

    may_stop_halfway = False

    def words(self):
        return self.undo(self.all_journals()[0], "--only", self.number())

    def number(self):
        done = self.stand.run([CONFINE, "undo", "--list", "--format", "json",
                               self.all_journals()[0]])
        lines = [json.loads(line) for line in done.out.splitlines()]
        return next(line["id"] for line in lines if line["type"] == "change" and
                    line["kind"] == self.kind)

    kind = "registry-delete-key"


class UndoOneFile(UndoOne):
    kind = "task-delete"


class Check(Machine):
    """Looks only: the volume never changes; and a case that can be opened, or none."""

    good = (1,)

    def words(self):
        return [CONFINE, "check", self.root, "--case", self.journals / "ward.case"]

    def prepare(self):
        self.journals.mkdir()

    def words_back(self):
        return [[CONFINE, "case", "status", "--case", self.journals / "ward.case"]]


class Report(Machine):
    """A page is the old one or the new one."""

    goes_back = False

    def lay(self):
        self.root.mkdir()
        (self.root / "page.html").write_bytes(b"the page of yesterday")
        quiet(CONFINE, "lab", "disk", self.folder / "disk", *self.disk)
        self.stand.run([CONFINE, "check", self.folder / "disk", "--case",
                        self.folder / "ward.case"])

    def words(self):
        return [CONFINE, "report", "--case", self.folder / "ward.case", "-o",
                self.root / "page.html"]

    def words_back(self):
        return []

    def read_folders(self):
        return (self.folder,)


class Drive(Machine):
    """A removable drive of the worm's, beside what is somebody's own."""

    looks_again = True
    changes = ("usb", "--clean")

    def lay(self):
        self.root.mkdir()
        self.fill()

    def fill(self):
        bin_folder = self.root / DRIVE_BIN
        bin_folder.mkdir(parents=True)
        (self.root / "autorun.inf").write_bytes(AUTORUN)
        (bin_folder / "jwgkvsq.vmx").write_bytes(tiny_program())
        (self.root / "letters").mkdir()
        (self.root / "letters" / "to whom it may concern.txt").write_bytes(b"hello\r\n")
        for at, name in enumerate(("autorun.inf", f"{DRIVE_BIN}/jwgkvsq.vmx",
                                   DRIVE_BIN, "RECYCLER", "letters", "")):
            os.utime(self.root / name, ns=(1_240_000_000 * 10**9 + 200 * at,
                                           1_230_000_000 * 10**9 + 100 * at))

    def look_over(self):
        done = self.stand.run([CONFINE, "usb", self.root, "--format", "json"])
        fine = done.code in (0, 1, 3) and not done.signal
        return [] if fine else [f"{done.ended()}: {done.err}"]


class UndoDrive(Undo, Drive):
    pass


class EmptyDrive(Drive):
    """One that is to be vaccinated."""

    changes = ("usb", "--vaccinate")

    def fill(self):
        (self.root / "letters").mkdir()
        (self.root / "letters" / "a.txt").write_bytes(b"hello\r\n")
        for at, name in enumerate(("letters/a.txt", "letters", "")):
            os.utime(self.root / name, ns=(1_240_000_000 * 10**9 + 200 * at,
                                           1_230_000_000 * 10**9 + 100 * at))


class Mounted:
    """The same on an NTFS that ntfs-3g has mounted, from a fresh image each time."""

    mounted = True
    image = None
    fresh = None  # the bytes where the command begins

    def lay(self):
        self.root.mkdir()
        self.image = self.folder / "volume.img"
        with open(self.image, "wb") as f:
            f.truncate(IMAGE_SIZE)
        self.make_volume()
        self.mount("streams_interface=windows")
        self.fill()
        self.add_streams()
        self.unmount()
        self.mount()

    def make_volume(self):
        quiet("mkntfs", "-F", "-Q", "-q", "-L", "LAB", self.image)

    def fill(self):
        quiet(CONFINE, "lab", "disk", self.root, *self.disk)
        self.thin_out()

    def add_streams(self):
        """Where a file came from, as Windows writes it down beside the worm's."""
        for path in self.root.glob("**/*.vmx"):
            times = path.stat()
            with open(f"{path}:{NTFS_STREAM}", "wb") as f:
                f.write(b"[ZoneTransfer]\r\nZoneId=3\r\n")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def mount(self, options=MOUNT_OPTIONS):
        quiet("ntfs-3g", self.image, self.root, "-o", options)

    def unmount(self):
        quiet("umount", self.root)

    def reset(self, now=None):
        self.unmount()
        if self.fresh is None:
            raise CannotPlay(f"{self.name}: reset before it has begun")
        shutil.copyfile(self.fresh, self.image)
        self.mount()
        self.reset_journals()

    def begin(self):
        self.unmount()
        self.fresh = self.folder / "fresh.img"
        shutil.copyfile(self.image, self.fresh)
        self.mount()
        self.start = Tree(self.root, (), self.mounted)


class MountedMachine(Mounted, Machine):
    pass


class MountedClean(Mounted, Clean):
    pass


class MountedUndo(Mounted, Undo):
    pass


class MountedDrive(Mounted, Drive):
    fill = Drive.fill


class MountedUndoDrive(Mounted, UndoDrive):
    fill = Drive.fill


def can_mount():
    """ntfs-3g is here, and we may."""
    return os.geteuid() == 0 and os.path.exists("/dev/fuse") and \
        shutil.which("ntfs-3g") is not None and shutil.which("mkntfs") is not None


XP_B = ("--windows", "xp", "--variant", "B")
XP_D = ("--windows", "xp", "--variant", "D")
OLD_A = ("--windows", "2000", "--variant", "A")
SEVEN_D = ("--windows", "7", "--variant", "D")

# name, what it is, the disk, the command
TABLE = [
    ("check --case, folder", Check, XP_B, ()),
    ("report", Report, XP_B, ()),
    ("clean, folder", Clean, XP_B, ("clean",)),
    ("clean Windows 2000, folder", Clean, OLD_A, ("clean",)),
    ("clean Windows 7, folder", Clean, SEVEN_D, ("clean",)),
    ("undo, folder", Undo, XP_B, ("clean",)),
    ("undo Windows 7, folder", Undo, SEVEN_D, ("clean",)),
    ("undo --only a key, folder", UndoOne, XP_B, ("clean",)),
    ("undo --only a task, folder", UndoOneFile, XP_B, ("clean",)),
    ("autorun disable, folder", Machine, XP_B, ("autorun", "disable")),
    ("tasks delete, folder", Machine, XP_B, ("tasks", "delete")),
    ("undo of tasks delete, folder", Undo, XP_B, ("tasks", "delete")),
    ("audit enable, folder", Machine, XP_D, ("audit", "enable")),
    ("usb --clean, folder", Drive, (), ("usb", "--clean")),
    ("undo of usb --clean, folder", UndoDrive, (), ("usb", "--clean")),
    ("usb --vaccinate, folder", EmptyDrive, (), ("usb", "--vaccinate")),
]
# No FAT: the kernel that this was made on has no driver for it, and confine refuses
# volumes that others than ntfs-3g bring in through FUSE.
MOUNTED_TABLE = [
    ("clean, NTFS", MountedClean, XP_B, ("clean",)),
    ("undo, NTFS", MountedUndo, XP_B, ("clean",)),
    ("tasks delete, NTFS", MountedMachine, XP_B, ("tasks", "delete")),
    ("usb --clean, NTFS", MountedDrive, (), ("usb", "--clean")),
    ("undo of usb --clean, NTFS", MountedUndoDrive, (), ("usb", "--clean")),
]


def all_scenes():
    rows = TABLE + (MOUNTED_TABLE if can_mount() else [])
    return [type(name, (kind,), {"name": name, "disk": disk, "changes": changes})
            for name, kind, disk, changes in rows]
