"""What may be, after a command that met a fault, and what may not.

By itself it ends with exit code 0 and the volume as after a good run, or with 2, a
line that says why, and the volume as before.  Where everything fails from then on, it
cannot put back what it has done, and says so; an undo that meets a failure stops and
says how to go on.  Killed, it leaves each file old or new,
or a hive between that its way back mends.  And the way back always leads to the
original, bit for bit.
"""

import os
import re

from fault import ENDS_IT, Fault
from tree import Tree, differences, differences_at


# A line of its own stands above it: the database's, or that of an output that failed
# after all had been done.
REFERS = re.compile(r"the line above|the journal could not be written$"
                    r"|changed all the same")


class Verdict:
    """What is wrong with one point, and what was seen besides."""

    def __init__(self):
        self.wrong = []
        self.notes = []


def place_of(scene, now):
    """start, after or between; what is left behind is another matter."""
    left = set(litter(scene, now))
    from_start = differences(scene.start, now, scene.goes_back)
    if not left.issuperset(names_of(from_start, left)):
        wrong = scene.settled(differences(scene.after, now, times=False))
        return "after" if left.issuperset(names_of(wrong, left)) else "between"
    return "start"


def names_of(wrong, left):
    """Where it differs; the times of a folder go with what is left in it."""
    folders = {os.path.dirname(name) for name in left}
    return {line.split(":")[0] for line in wrong} - folders


def lines_wrong(scene, fault, outcome):
    """A failure is one line: what, on what, and what now.  Many have many."""
    lines = outcome.err.splitlines()
    told = [line for line in lines if line.startswith((f"{scene.program}: ",
                                                       f"{scene.program} "))]
    if outcome.code == 2 and not told:
        yield "failed without a word"
    told = [line for line in told if not REFERS.search(line)]
    if len(told) > 1 and fault.how == "fail-once":
        yield f"said {len(told)} lines: {told}"


def litter(scene, now):
    """Names that are neither of before nor of after."""
    known = set(scene.start.entries) | set(scene.after.entries)
    return sorted(set(now.entries) - known - {""})


def judge_end(scene, fault, outcome, now, verdict):
    """It ended by itself."""
    place = place_of(scene, now)
    half = place == "between"
    if outcome.code not in (0, 1, 2, 3):
        verdict.wrong.append(outcome.ended())
    verdict.wrong += lines_wrong(scene, fault, outcome)
    may_be_half = fault.how == "fail-on" or scene.may_stop_halfway
    if half and may_be_half and outcome.code == 2 and "undo" in outcome.err:
        verdict.notes.append("stopped halfway, and said how to go on")
        return
    fine = (0, 1, 3) if scene.looks_again else (1, 3)
    if half and not (saw_less(scene, fault, outcome) and outcome.code in fine):
        verdict.wrong.append(f"{outcome.ended()}, and the volume is neither as before "
                             "nor as after: " + "; ".join(half_in_words(scene, now)))
    nothing = place == "start" != place_of(scene, scene.after)
    if nothing and outcome.code in scene.good and not (
            saw_less(scene, fault, outcome) and outcome.code != 0):
        verdict.wrong.append(f"{outcome.ended()}, and nothing was done")
    if outcome.code == 2 and place == "after":
        verdict.notes.append("exit code 2, and all was done")
    for name in litter(scene, now):
        # It could not even be taken away; or undo will when it is run again.
        if fault.how == "fail-on" or scene.may_stop_halfway and outcome.code == 2:
            verdict.notes.append("something begun was left behind")
        else:
            verdict.wrong.append(f"{name}: left behind")


def saw_less(scene, fault, outcome):
    """What failed was looking: so less was found, and said to be unknown."""
    changed = any(where.startswith(f"{folder}/") for where in (outcome.path,)
                  for folder in (scene.root, scene.journals))
    return fault.reads or (fault.how == "fail-once" and not changed)


def half_in_words(scene, now):
    from_start = differences(scene.start, now)
    from_after = scene.settled(differences(scene.after, now, times=False))
    return ["from before: " + ", ".join(from_start[:3]),
            "from after: " + ", ".join(from_after[:3])]


def judge_killed(scene, outcome, now, verdict):
    """Each file is old, or new, or a hive between."""
    if outcome.signal != 9:
        verdict.wrong.append(f"was to be killed, and {outcome.ended()}")
    for name in now.entries:
        if now.entries[name].is_folder() or name in scene.moves:
            continue
        old = differences_at(name, scene.start, now, times=False)
        new = differences_at(name, scene.after, now, times=False)
        if not old or not new:
            continue
        if name in scene.start.entries and name in scene.after.entries:
            verdict.notes.append("a file between, of those that are changed in place")
        elif name not in scene.start.entries and name not in scene.after.entries:
            verdict.notes.append("a file begun")
        else:
            verdict.notes.append("a file on its way")


def judge_way_back(scene, now, verdict):
    """Undo leads to the original; without a journal it must be that already."""
    words = scene.words_back()
    said = ""
    if not scene.goes_back:
        return now
    for command in words:
        outcome = scene.stand.run(command)
        said += f" [{outcome.ended()}] {outcome.err.strip()}"
        if outcome.signal or outcome.code not in (0, 1, 2, 3):
            verdict.wrong.append(f"the way back: {outcome.ended()}: {outcome.err}")
    back = scene.look() if words else now
    wrong = differences(scene.original, back)
    if wrong:
        verdict.wrong.append("the way back" + said + " does not lead to the original: " +
                             "; ".join(wrong[:4]))
    return back


def judge(scene, fault):
    """Plays one point; the scene is at its beginning before and after."""
    verdict = Verdict()
    outcome = scene.run(fault)
    now = scene.look()
    if fault.how == "short" and outcome.hits and outcome.code not in scene.good:
        verdict.wrong.append(f"a short write is no failure, and {outcome.ended()}: "
                             + outcome.err.strip())
    if fault.how in ENDS_IT and outcome.hits:
        judge_killed(scene, outcome, now, verdict)
    else:
        judge_end(scene, fault, outcome, now, verdict)
    back = judge_way_back(scene, now, verdict)
    scene.reset(back)
    verdict.outcome = outcome
    return verdict


def judge_guard(scene):
    """Nothing on the volume before the journals are synced."""
    if not scene.goes_back:
        return []
    outcome = scene.run(Fault(), guard=(scene.root, scene.journals))
    wrong = []
    if outcome.signal or outcome.code not in scene.good:
        wrong.append(f"{outcome.ended()}: {outcome.err.strip()}")
    scene.reset(Tree(scene.root, scene.known(), scene.mounted))
    return wrong
