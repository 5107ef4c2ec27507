"""What the campaign plays: a command, on a fixture, from a known beginning.

A scene lays its fixture once, runs the command once without a fault to know how the
volume looks afterwards, and is then put back to its beginning before each fault.
"""

import os
import shutil
from pathlib import Path

from fault import BUILD, CannotPlay, Fault, Stand
from tree import Tree, clear_away, differences

CONFINE = Path(os.environ.get("CONFINE", BUILD / "confine"))


class Scene:
    """One command on one fixture, in a folder of its own."""

    name = ""
    program = ""          # its lines on standard error begin with this
    mounted = False  # the volume is an image of its own
    may_stop_halfway = False  # of an undo: there is nothing to put back to
    looks_again = False  # it ends with a check, and 0 says that that found nothing
    goes_back = True  # there is a way back, and it has to work
    good = (0,)           # exit codes of the command when nothing fails

    def __init__(self, folder):
        self.stand = Stand(folder)
        self.folder = self.stand.folder
        self.root = self.folder / "volume"
        self.journals = self.folder / "journals"
        self.lay()
        self.original = self.look()
        self.prepare()
        self.begin()
        self.start_journals = self.look_at_journals()
        self.baseline = self.run(Fault())
        if self.baseline.code not in self.good:
            raise CannotPlay(f"{self.name}: without a fault: {self.baseline.ended()}: "
                             f"{self.baseline.err}")
        self.after = self.look()
        self.moves = self.moving_names()

    # What a scene says of itself.

    def lay(self):
        """Makes self.root as it was before anybody touched it."""
        raise NotImplementedError

    def prepare(self):
        """From there to where the command begins."""

    def words(self):
        """The command."""
        raise NotImplementedError

    def words_back(self):
        """The commands that give back self.original, whatever has happened."""
        raise NotImplementedError

    def read_folders(self):
        """Where a read may fail: what the command stands on, not what it is made of."""
        return (self.root, self.journals)

    def look_over(self):
        """What a reader that only looks says of the volume as it is, if it fails."""
        return []

    # What all of them do.

    def run(self, fault, **more):
        return self.stand.run(self.words(), fault, **more)

    def known(self):
        return [tree for tree in (getattr(self, name, None) for name in
                                  ("start", "after", "original")) if tree]

    def look(self):
        return Tree(self.root, self.known(), self.mounted)

    def look_at_journals(self):
        return Tree(self.journals) if self.journals.exists() else None

    def begin(self):
        """The command begins from how it is now."""
        self.start = self.look()

    def reset(self, now=None):
        """Everything to where the command begins."""
        self.start.put_back(self.root, now or self.look())
        self.reset_journals()

    def reset_journals(self):
        if not self.start_journals:
            shutil.rmtree(self.journals, ignore_errors=True)
            return
        self.journals.mkdir(exist_ok=True)
        self.start_journals.put_back(self.journals, Tree(self.journals))

    def moving_names(self):
        """Files whose content is not the same after two runs: times are in it."""
        self.reset()
        again = self.run(Fault())
        if again.code not in self.good:
            raise CannotPlay(f"{self.name}: the second time: {again.ended()}")
        now = self.look()
        moving = {line.split(":")[0] for line in differences(self.after, now, False)}
        self.reset(now)
        return moving

    def settled(self, wrong):
        """Without what differs between two good runs anyway."""
        return [line for line in wrong if line.split(":")[0] not in self.moves]

    def end(self):
        clear_away(self.folder)


class Keeper(Scene):
    """The small program of keeper.c, with or without one of its faults."""

    program = "keeper"
    fault = ""

    def lay(self):
        self.root.mkdir()
        (self.root / "worm").write_bytes(bytes(range(256)) * 40)
        (self.root / "hive").write_bytes(b"regf" + bytes(12000))
        (self.root / "other").write_bytes(b"of no interest")
        for at, name in enumerate(("worm", "hive", "other", "")):
            os.utime(self.root / name, ns=(10**18 + at, 10**18 + 7 * at))

    def command(self, verb):
        words = [BUILD / "tests" / "faults" / "keeper", verb, self.root, self.journals]
        return words + [self.fault] if self.fault else words

    def words_back(self):
        there = (self.journals / "keeper.journal").exists()
        return [self.command("undo")] if there else []


class KeeperDoes(Keeper):
    name = "keeper do"

    def words(self):
        return self.command("do")


class KeeperUndoes(Keeper):
    name = "keeper undo"
    may_stop_halfway = True

    def prepare(self):
        self.stand.run(self.command("do"))

    def words(self):
        return self.command("undo")
