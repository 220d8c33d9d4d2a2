# SPDX-License-Identifier: GPL-2.0
"""What the state of a job may be after an operation: the model that selftests/agent/random compares vigild with.

A state is a pair: one of STATES, in which a job stays while nobody does anything, and how many restarts
count. What is known of a job is a set of them: where operations cross each other there is more than one.

    operation      from                          to
    start          any                           running, no restart counts
    restart        any                           running, no restart counts
    stop           any                           stopped
    kill           running                       as its policy says after an abnormal end
    finish         running                       as its policy says after a clean end, if it calls USR1 clean
    remove         any                           gone
    define         gone                          running
    anything else  any                           as it was
"""
RUNNING, STOPPED, DONE, FAILED, GONE = STATES = ("running", "stopped", "done", "failed", "gone")

LIMIT = 3
QUICK = "backoff: {initial: 1ms, max: 2ms}\nhealthy-after: 0ms\nstop: {timeout: 300ms}\n"
FREE = QUICK + "restart-limit: {max: 0}\n"
BEAT_MS = 200


class Kind:
    """What is alike in jobs of one kind: how they are written, and what follows from their end."""

    def __init__(self, orders="", extra=FREE, restart="always", limit=0, processes=1, beats=False):
        self.orders = orders
        self.restart = restart
        self.limit = limit
        self.processes = processes  # of one instance
        self.beats = beats
        self.extra = extra + "restart: %s\n" % restart
        if restart != "always":
            self.extra += "success-exit: [USR1]\n"

    def after_death(self, restarts, clean):
        if self.restart == "never" or (self.restart == "on-failure" and clean):
            return DONE, restarts
        if self.limit and restarts >= self.limit:
            return FAILED, restarts
        return RUNNING, restarts + 1


KINDS = {
    "steady": Kind(),
    "onfail": Kind(restart="on-failure"),
    "never": Kind(restart="never"),
    "limited": Kind(extra=QUICK + "restart-limit: {max: %d, within: 24h}\n" % LIMIT, limit=LIMIT),
    "child": Kind(orders="child", processes=2),
    "deaf": Kind(orders="deaf"),
    "beats": Kind(orders="beat %d" % BEAT_MS, beats=True,
                  extra=FREE + "ready: notify\nwatchdog: 1s\non-hang: kill\n"),
    "hooked": Kind(extra=FREE + "pre-start: [[/bin/true]]\npost-stop: [[/bin/true]]\n"),
    "base": Kind(),
    "needs": Kind(extra=FREE + "requires: [base]\n"),
}


def step(kind, state, operation, clean_seen=True):
    """The states that may follow from one; clean_seen: whoever takes note of its end knows how it was."""
    name, restarts = state
    if name == GONE:
        return {(RUNNING, 0)} if operation == "define" else {state}
    if operation in ("start", "restart"):
        return {(RUNNING, 0)}
    if operation == "stop":
        return {(STOPPED, restarts)}
    if operation == "remove":
        return {(GONE, 0)}
    if operation in ("kill", "finish") and name == RUNNING:
        ends = {kind.after_death(restarts, operation == "finish")}
        if not clean_seen:
            ends.add(kind.after_death(restarts, False))
        return ends
    return {state}


def step_all(kind, states, operation, certain=True, clean_seen=True):
    """As step() of each; not certain: or it came to nothing."""
    out = set() if certain else set(states)
    for state in states:
        out |= step(kind, state, operation, clean_seen)
    return out
