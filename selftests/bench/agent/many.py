# SPDX-License-Identifier: GPL-2.0
"""A supervisor with many jobs: its memory, what it does while nothing happens, and all of its jobs killed at once."""
import os
import re
import signal
import subprocess
import time

from latency import median

DEADLINE_S = 300
IDLE_S = 10
REQUESTS = 20
# Until this much after the newest start it may still be busy with it; some hold back who dies younger.
AGE_S = 2.5


def _read(path):
    try:
        with open(path, encoding="ascii", errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def _number(text, name):
    found = re.search(r"^%s:\s+(\d+)" % name, text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def memory_kib(pids):
    """(proportional, resident) of all of them."""
    texts = [_read("/proc/%d/smaps_rollup" % pid) for pid in pids]
    return sum(_number(t, "Pss") for t in texts), sum(_number(t, "Rss") for t in texts)


def _work(pids):
    """(ns of CPU time, times that a processor was given up to wait)."""
    cpu = sum(int((_read("/proc/%d/schedstat" % pid).split() or [0])[0]) for pid in pids)
    waits = sum(_number(_read("/proc/%d/status" % pid), "voluntary_ctxt_switches") for pid in pids)
    return cpu, waits


def idle(pids):
    """(CPU us, waits) for each second in which nothing happens."""
    cpu, waits = _work(pids)
    since = time.monotonic()
    time.sleep(IDLE_S)
    seconds = time.monotonic() - since
    cpu_after, waits_after = _work(pids)
    return (cpu_after - cpu) / 1000 / seconds, (waits_after - waits) / seconds


def storm(method):
    """ms from the first SIGKILL until the last job runs again."""
    board = method.board
    newest_ns = max(board.read(slot)[2] for slot in method.slots)
    time.sleep(max(0, newest_ns / 1e9 + AGE_S - time.monotonic()))
    before = {slot: board.starts(slot) for slot in method.slots}
    pids = [method.pid_of(slot) for slot in method.slots]
    killed_ns = time.monotonic_ns()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    method.await_starts(before)
    return (max(board.read(slot)[2] for slot in method.slots) - killed_ns) / 1e6


def request_ms(method, *words):
    """The median time of a whole command, its own start included."""
    taken = []
    for _ in range(REQUESTS):
        since = time.monotonic()
        subprocess.run(method.ctl(*words), check=True, stdout=subprocess.DEVNULL, timeout=DEADLINE_S)
        taken.append((time.monotonic() - since) * 1000)
    return median(taken)


def measure(method):
    """A row: see run."""
    since = time.monotonic()
    method.start()
    row = {"up_s": time.monotonic() - since}
    # Those with a logger may begin with it later.
    time.sleep(AGE_S)
    pids = method.processes()
    row["processes"] = len(pids)
    row["pss_kib"], row["rss_kib"] = memory_kib(pids)
    row["idle_us"], row["waits"] = idle(pids)
    row["storm_ms"] = storm(method)
    if hasattr(method, "ctl"):
        row["status_ms"] = request_ms(method, "status")
        row["reload_ms"] = request_ms(method, "reload")
    return row
