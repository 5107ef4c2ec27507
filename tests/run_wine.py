#!/usr/bin/env python3
"""Runs confine.exe under wine and requires the lines it must print.

    run_wine.py [FOLDER OF THE WINDOWS BUILDS]

wine64 runs the 64-bit program.  Given a 32-bit one it prints nothing and exits
0, so an exit code proves nothing here, and the 32-bit one is run only where a
32-bit wine is installed; otherwise only its imports have been checked.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
WINE32 = Path("/usr/lib/wine/wine")

# arguments, exit code, what must stand in the output
RUNS = [
    (["--version"], 0, "confine 0."),
    (["selftest"], 0, "codecs"),
    (["explain", "netpath-invalid-parameter"], 0, "netpath-invalid-parameter"),
    (["explain", "no-such-trace"], 2, "no-such-trace"),
    (["--help"], 0, "selftest"),
    (["no-such-command"], 2, "no-such-command"),
]


def faults(exe, env):
    for arguments, code, must in RUNS:
        done = subprocess.run(["wine", str(exe), *arguments], env=env, timeout=120,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        said = done.stdout.decode(errors="replace")
        if done.returncode != code or must not in said:
            yield (f"{exe} {' '.join(arguments)}: exit code {done.returncode},"
                   f" expected {code} and {must!r} in:\n{said}")


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else TOP / "build" / "windows")
    prefix = folder.resolve() / "wine"
    env = dict(os.environ, WINEPREFIX=str(prefix), WINEDEBUG="-all",
               WINEDLLOVERRIDES="mscoree,mshtml=", HOME=str(folder.resolve()))
    failed = 0
    try:
        if not (prefix / "system.reg").exists():
            subprocess.run(["wine", "wineboot", "-i"], env=env, timeout=180,
                           stdin=subprocess.DEVNULL, capture_output=True, check=False)
        kinds = ["x86_64"] + (["i686"] if WINE32.exists() else [])
        for kind in kinds:
            for fault in faults(folder / kind / "confine.exe", env):
                print(fault)
                failed += 1
        if "i686" not in kinds:
            print("the 32-bit program was not run: no 32-bit wine is installed")
    finally:
        server = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        for order in ("-k", "-w"):
            subprocess.run([server, order], env=env, capture_output=True, check=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
