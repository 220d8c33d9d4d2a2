# SPDX-License-Identifier: GPL-2.0
"""From kill to the first instruction of the next instance."""
import os
import signal
import time

DEADLINE_S = 60


def median(values):
    return sorted(values)[len(values) // 2]


def p99(values):
    return sorted(values)[min(len(values) - 1, len(values) * 99 // 100)]


def _kill(method):
    slot = method.slots[0]
    starts, _, _ = method.board.read(slot)
    pid = method.pid_of(slot)
    killed_ns = time.monotonic_ns()
    os.kill(pid, signal.SIGKILL)
    return slot, starts, killed_ns


def _await(method, killed):
    slot, starts, killed_ns = killed
    method.board.wait(lambda: method.board.starts(slot) != starts, DEADLINE_S, method.name)
    return method.board.read(slot)[2] - killed_ns


def _await_age(method, age_s):
    """Until its job is so old: what is too young is held back by some."""
    due = method.board.read(method.slots[0])[2] / 1e9 + age_s
    time.sleep(max(0, due - time.monotonic()))


def measure(methods, rounds, age_s):
    """{method: [ns]}. Each round begins with another method; those that poll are waited for together."""
    taken = {method: [] for method in methods}
    quick = [m for m in methods if not m.polls]
    slow = [m for m in methods if m.polls]
    for n in range(rounds):
        first = n % max(1, len(quick))
        for method in quick[first:] + quick[:first]:
            _await_age(method, age_s)
            taken[method].append(_await(method, _kill(method)))
        for method in slow:
            _await_age(method, age_s)
        killed = [(method, _kill(method)) for method in slow]
        for method, what in killed:
            taken[method].append(_await(method, what))
    return taken
