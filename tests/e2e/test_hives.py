#!/usr/bin/env python3
# e2e: seconds=120 light together
"""Registry hives, as confine reads them in its cage and as reglookup reads them.

The dirty ones have to be, with their logs, what Windows made of them: the files
that it left are beside them in tests/data/hive.
"""

import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

DUMP = Path(os.environ["CONFINE"]).parent / "tests" / "unit" / "hive_dump"
PACKED = Path(os.environ["CONFINE_TOP"]) / "tests" / "data" / "hive"
HIVES = Path(tempfile.mkdtemp(dir="."))
SOUND = ["100_sub_keys.hiv", "BadListHive", "BigDataHive", "SAM-win7", "SAM-win8",
         "SECURITY-win8", "minimal", "rlenvalue_test_hive",
         "OldDirtyHive.recovered-by-windows7", "NewDirtyHive1.recovered-by-windows10"]
TYPES = {"NONE": 0, "SZ": 1, "EXPAND_SZ": 2, "BINARY": 3, "DWORD": 4, "DWORD_BE": 5,
         "LINK": 6, "MULTI_SZ": 7, "RSRC_LIST": 8, "RSRC_DESC": 9, "RSRC_REQ_LIST": 10,
         "QWORD": 11}


def dump(hive, *logs, also=()):
    """The lines of hive_dump, split; logs are .LOG, .LOG1, .LOG2 or None."""
    words = [HIVES / log if log else "-" for log in logs]
    done = subprocess.run([*also, DUMP, HIVES / hive, *words], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = done.stdout.decode().splitlines()
    return [line.split("\t") for line in lines]


def keys_of(lines):
    """Path to seconds since 1970."""
    return {path.replace("\\", "/"): int(ms) // 1000
            for kind, path, ms, *_ in (line for line in lines if line[0] == "K")}


def values_of(lines):
    """Path and name to type and bytes."""
    return {(path.replace("\\", "/"), name): (int(kind), bytes.fromhex(digits))
            for _, path, name, kind, digits in
            (line for line in lines if line[0] == "V")}


def unquoted(text):
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]),
                  text.encode("utf-8", "surrogateescape"))


def reglookup(hive):
    """The same two, and who owns each key, out of another program."""
    done = subprocess.run(["reglookup", "-s", HIVES / hive], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    keys, values, owners = {}, {}, {}
    for line in done.stdout.decode("utf-8", "surrogateescape").splitlines()[1:]:
        path, kind, value, when, owner, *_ = line.split(",")
        if kind == "KEY":
            path = unquoted(path).decode().strip("/")
            stamp = datetime.strptime(when, "%Y-%m-%d %H:%M:%S")
            keys[path] = int(stamp.replace(tzinfo=timezone.utc).timestamp())
            owners[path] = owner
        else:
            path, _, name = path.rpartition("/")
            key = (unquoted(path).decode().strip("/"), unquoted(name).decode())
            values[key] = (kind, value)
    return keys, values, owners


def sid_of(security, offset):
    """A SID in words, out of a self-relative security descriptor."""
    at = int.from_bytes(security[offset:offset + 4], "little")
    count = security[at + 1]
    parts = [security[at], int.from_bytes(security[at + 2:at + 8], "big")]
    parts += [int.from_bytes(security[at + 8 + 4 * i:at + 12 + 4 * i], "little")
              for i in range(count)]
    return "S-" + "-".join(map(str, parts))


def are_the_same(kind, text, data):
    """Of types that it does not write in a way of its own."""
    if text == "(null)":
        return data == b""
    if kind == "BINARY":
        return unquoted(text) == data
    if kind == "DWORD":
        return text == "0x%08X" % int.from_bytes(data, "little")
    return True


def sound_hives_read_as_another_program_reads_them():
    for hive in SOUND:
        lines = dump(hive)
        keys, values, owners = reglookup(hive)
        assert lines[0][:5] == ["state", "heard", "0", "0", "0"], (hive, lines[0])
        assert keys_of(lines) == keys, hive
        mine = values_of(lines)
        assert mine.keys() == values.keys(), hive
        for key, (number, data) in mine.items():
            kind, text = values[key]
            assert TYPES.get(kind, number) == number, (hive, key, kind)
            assert are_the_same(kind, text, data), (hive, key)
        for _, path, _, security in (line for line in lines if line[0] == "K"):
            owner = sid_of(bytes.fromhex(security), 4)
            assert owner == owners[path.replace("\\", "/")], (hive, path)


def dirty_hives_are_what_windows_made_of_them():
    for hive, logs, twin in [
            ("OldDirtyHive", (None, "OldDirtyHive.LOG1"),
             "OldDirtyHive.recovered-by-windows7"),
            ("NewDirtyHive1", (None, "NewDirtyHive1.LOG1", "NewDirtyHive1.LOG2"),
             "NewDirtyHive1.recovered-by-windows10")]:
        state, *lines = dump(hive, *logs)
        assert state == ["state", "heard", "1", "1", "0", ""], state
        assert lines == dump(twin)[1:], hive
        without, *old = dump(hive)
        assert without[:5] == ["state", "heard", "1", "0", "0"], without
        assert old != lines, hive


def a_lost_base_block_comes_back_from_a_log():
    whole = (HIVES / "OldDirtyHive").read_bytes()
    (HIVES / "headless").write_bytes(bytes(512) + whole[512:])
    state, *lines = dump("headless", None, "OldDirtyHive.LOG1")
    assert state == ["state", "heard", "1", "1", "1", ""], state
    assert lines == dump("OldDirtyHive.recovered-by-windows7")[1:]
    state, *lines = dump("headless")
    assert state[1] == "odd" and not lines, state


def broken_hives_say_so():
    state, *lines = dump("SAMBadHBinHeader")
    assert state[1] == "odd" and "damaged inside" in state[5] and not lines, state
    state, *lines = dump("corrupt_sub_key_list.hiv")
    assert state[1] == "heard" and [line[0] for line in lines] == ["!"], lines
    state, *lines = dump("TruncatedHive")
    assert "12288 of 491520" in state[5], state
    assert [line[0] for line in lines] == ["K", "!"], lines


def hives_cut_anywhere_end_in_words():
    whole = (HIVES / "SAM-win8").read_bytes()
    for length in [*range(0, 34000, 1777), 8192, 12288, 32767, 32768]:
        (HIVES / "cut").write_bytes(whole[:length])
        state, *lines = dump("cut")
        assert state[1] in ("heard", "short", "odd"), (length, state)
        assert state[5] or length >= 32768, (length, state)


def nothing_is_opened_for_writing():
    trace = HIVES / "trace"
    lines = dump("OldDirtyHive", None, "OldDirtyHive.LOG1",
                 also=["strace", "-f", "-o", trace, "-e",
                       "trace=open,openat,creat,rename,unlink,truncate"])
    if lines and lines[0][1] != "heard":
        raise AssertionError(lines[0])
    for line in trace.read_text().splitlines():
        assert "O_WRONLY" not in line and "O_RDWR" not in line, line
        assert not re.search(r" (creat|rename|unlink|truncate)\(", line), line
    opened = re.findall(r'"(/proc/self/fd/3)", (O_\S+)\)', trace.read_text())
    assert opened == [("/proc/self/fd/3", "O_RDONLY|O_CLOEXEC")], opened
    before = lzma.decompress((PACKED / "OldDirtyHive.xz").read_bytes())
    assert (HIVES / "OldDirtyHive").read_bytes() == before


def main():
    for packed in PACKED.glob("*.xz"):
        (HIVES / packed.stem).write_bytes(lzma.decompress(packed.read_bytes()))
    if not shutil.which("reglookup"):
        print("reglookup is not installed")
        return 77
    passed = failed = 0
    for case in [sound_hives_read_as_another_program_reads_them,
                 dirty_hives_are_what_windows_made_of_them,
                 a_lost_base_block_comes_back_from_a_log,
                 broken_hives_say_so,
                 hives_cut_anywhere_end_in_words,
                 nothing_is_opened_for_writing]:
        try:
            case()
            passed += 1
        except AssertionError as why:
            failed += 1
            print(f"{case.__name__}: {str(why)[:600]}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
