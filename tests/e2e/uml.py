"""A Linux kernel as a process (User Mode Linux), for file systems that this one lacks.

It has this machine's files as its own, the drives that it is given as /dev/ubda and on,
and Linux' own drivers for FAT.
"""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

KERNEL = "linux.uml"
MEMORY = "384M"
# What the kernel's first process does: everything, and then it turns it off.
FIRST = """#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mkdir -p /dev/shm && mount -t tmpfs shm /dev/shm
kernel=/usr/lib/uml/modules/$(uname -r)/kernel
for part in nls/nls_cp437 nls/nls_iso8859-1 nls/nls_ascii nls/nls_utf8 fat/fat fat/vfat
do
    if [ -f $kernel/fs/$part.ko ]; then insmod $kernel/fs/$part.ko; fi
done
cd {folder}
{environment} {words} > {said} 2>&1 < /dev/null
echo $? > {code}
sync
echo o > /proc/sysrq-trigger
sleep 60
"""


def missing():
    """What is not here of what it takes; "" where all is."""
    if os.geteuid() != 0:
        return "a kernel of one's own needs root here, to read what root may read"
    for tool in (KERNEL, "insmod"):
        if not shutil.which(tool):
            return f"{tool} (user-mode-linux, kmod) is not there"
    try:
        code, said = run(["grep", "-w", "vfat", "/proc/filesystems"], seconds=60)
    except AssertionError as why:  # some machines do not let it trace its processes
        return str(why).replace("\n", " ")[-500:]
    return "" if code == 0 else f"its kernel has no vfat: {said}"


def run(words, drives=(), seconds=100):
    """Runs the words there, in this folder; returns exit code and all that they said."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        at = Path(folder).absolute()
        said, code, first = at / "said", at / "code", at / "first"
        wanted = {name: os.environ[name] for name in ("CONFINE", "CONFINE_TOP", "TMPDIR")
                  if name in os.environ}
        first.write_text(FIRST.format(
            folder=shlex.quote(os.getcwd()), said=said, code=code,
            environment=shlex.join(f"{k}={v}" for k, v in wanted.items()),
            words=shlex.join(str(word) for word in words)))
        first.chmod(0o755)
        letters = "abcdefgh"
        boot = [KERNEL, f"mem={MEMORY}", "root=/dev/root", "rootfstype=hostfs",
                "rootflags=/", "rw", f"init={first}", "con=null", "con0=null,fd:1",
                "quiet", f"uml_dir={at}",
                *[f"ubd{letters[i]}={Path(d).absolute()}" for i, d in enumerate(drives)]]
        kernel = subprocess.Popen(boot, stdin=subprocess.DEVNULL, start_new_session=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  env=dict(os.environ, TMPDIR=str(at)))
        try:
            console = kernel.communicate(timeout=seconds)[0].decode(errors="replace")
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"the kernel is not done after {seconds} s") from late
        finally:
            try:
                os.killpg(kernel.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            kernel.wait()
        if not code.exists():
            raise AssertionError(f"the kernel did not get to run it: {console[-2000:]}")
        return int(code.read_text()), said.read_text(errors="replace")
