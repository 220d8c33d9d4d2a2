# SPDX-License-Identifier: GPL-2.0
"""The files of /sys/kernel/vigil, and a death that they count."""
import os
import signal

from ktap import equal
from tool import finish, start

SYS = "/sys/kernel/vigil"


def read(path):
    with open(path, encoding="ascii") as f:
        return f.read()


def number(name):
    return int(read(f"{SYS}/{name}"))


def write(path, text):
    """Like a shell's echo: one write; the errno, or 0."""
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    except OSError as e:
        return e.errno
    finally:
        os.close(fd)
    return 0


def death():
    """A process is watched and killed; its pid, and when it was killed."""
    pid = os.fork()
    if not pid:
        signal.pause()
    watch = start("watch", str(pid))
    os.kill(pid, signal.SIGTERM)
    done = finish(watch)
    os.waitpid(pid, 0)
    equal(done.code, 0, done.err)
    return pid
