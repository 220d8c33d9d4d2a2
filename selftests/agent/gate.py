# SPDX-License-Identifier: GPL-2.0
"""A gate that jobs' scripts wait at until the test opens it, for those that come later, too."""
import os

MOST = 4096  # so many may come; what a pipe holds


def _path(v):
    path = v.dir + "/gate"
    if not os.path.exists(path):
        os.mkfifo(path)
    return path


def wait_at(v):
    """Words of a shell that waits there; a signal makes it wait on. It opens the pipe without waiting for anybody."""
    return "until read -r _ <>%s; do :; done" % _path(v)


def open_gate(v):
    """It stays open as long as the test, since the pipe keeps what is in it."""
    v.gate = os.fdopen(os.open(_path(v), os.O_RDWR), "wb", buffering=0)
    v.gate.write(b"\n" * MOST)
