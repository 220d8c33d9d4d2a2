# SPDX-License-Identifier: GPL-2.0
"""Waiting for what other processes do: every wait looks again at each event, and ends at a deadline."""
import ctypes
import os
import select
import time

# <sys/inotify.h>
IN_MODIFY, IN_MOVED_TO, IN_CREATE, IN_DELETE = 0x2, 0x80, 0x100, 0x200

# Between looks at what gives no event. A look costs time, too: the longer the wait, the less often.
PAUSE_S_MIN, PAUSE_S_MAX = 0.005, 1

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result, of_what):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), of_what)
    return result


class Late(AssertionError):
    """What was waited for did not come in time."""


class Changes:
    """The event that anything in one of these folders was made, written, renamed or removed."""

    def __init__(self, *folders):
        self._fd = _checked(_libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK), "inotify")
        for folder in folders:
            _checked(_libc.inotify_add_watch(self._fd, os.fsencode(folder),
                                             IN_MODIFY | IN_MOVED_TO | IN_CREATE | IN_DELETE), folder)

    def fileno(self):
        return self._fd

    def drain(self):
        try:
            while os.read(self._fd, 65536):
                pass
        except BlockingIOError:
            pass

    def close(self):
        os.close(self._fd)


def _pause(events, seconds):
    poll = select.poll()
    for event in events:
        poll.register(event, select.POLLIN)
    fired = {fd for fd, _ in poll.poll(seconds * 1000)}
    for event in events:
        if event.fileno() in fired:
            event.drain()


def until(what, look, deadline_s, events=()):
    """What look() gives, once that is true; Late, with `what`, at the deadline.

    It looks at once, whenever one of the events fires, and now and then for what gives no event.
    """
    begin = time.monotonic()
    while True:
        look_begin = time.monotonic()
        value = look()
        if value:
            return value
        now = time.monotonic()
        waited = now - begin
        if waited >= deadline_s:
            raise Late(f"not within {deadline_s:g} s: {what}")
        # Events come in swarms, and who is looked at has work to do: half of the time it is let alone.
        _pause((), now - look_begin)
        _pause(events, min(PAUSE_S_MIN + waited / 10, PAUSE_S_MAX, deadline_s - waited))


def sleeps_in(pid, *calls):
    """Whether a process is blocked in one of these system calls: all that comes before it is done."""
    try:
        with open(f"/proc/{pid}/syscall", encoding="ascii") as f:
            return f.read().split()[0] in map(str, calls)
    except OSError:
        return False
