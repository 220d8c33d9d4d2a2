# SPDX-License-Identifier: GPL-2.0
"""What shows only where two of vigild's parts meet."""
import contextlib
import os
import select
import shutil
import signal
import socket
import sqlite3
import struct

from ktap import check, equal
from talk import talker, tell
from tests_sockets import accepter, ask, free_port
from tests_standby import service, up, write
from vigild import stat_of

FAST = "backoff: {initial: 10ms, max: 50ms}\nhealthy-after: 0ms\n"


def outlives(v, name, pid, seconds):
    """It must not end before: a wait for something that must not come."""
    fd = os.pidfd_open(pid)
    try:
        check(not select.select([fd], [], [], seconds)[0], "%s has ended: %s" % (name, v.status(name)))
    finally:
        os.close(fd)


def test_a_job_that_is_to_notify_from_now_on_runs_on_with_the_next_vigild(v):
    """It was started when nothing was asked of it: it is as ready as it ever will be."""
    v.write_jobs("jobs:\n" + talker(v, "talk"))
    v.start()
    pid = v.wait_state("talk", "running")["pid"]
    v.kill()
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\nstart-timeout: 1ms\nwatchdog: 100ms\n"))
    v.start()
    outlives(v, "talk", pid, 1)
    equal((v.status("talk")["pid"], v.status("talk")["state"]), (pid, "running"))


def test_a_job_that_is_to_notify_no_more_is_ready_at_once(v):
    """What it says is not heard from then on: to wait for it would be to wait for the start timeout."""
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\nstart-timeout: 24h\n"))
    v.start()
    pid = tell(v, "talk", "pid")
    equal(v.status("talk")["state"], "starting")
    v.write_jobs("jobs:\n" + talker(v, "talk"))
    v.ask("reload")
    equal((v.status("talk")["state"], v.status("talk")["pid"]), ("running", pid))


def test_a_job_that_is_to_be_probed_from_now_on_is_ready_by_that(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\nstart-timeout: 24h\n"))
    v.start()
    pid = tell(v, "talk", "pid")
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: probe\nstart-timeout: 24h\nprobe: {exec: [/bin/true]}\n"))
    v.ask("reload")
    equal(v.wait_state("talk", "running")["pid"], pid)


def test_a_job_whose_readiness_is_forgotten_is_not_ended_for_it(v):
    """The store knows nothing of what it has said, and it will not say so again."""
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\nrestart: never\n", "READY=1"))
    v.start()
    pid = v.wait_state("talk", "running")["pid"]
    v.kill()
    if v.detection == "kernel":  # whose watch still tells of the job
        shutil.rmtree(v.state)
    else:
        with contextlib.closing(sqlite3.connect(v.state + "/vigil.db")) as db, db:
            equal(db.execute("DELETE FROM ready").rowcount, 1)
            db.execute("UPDATE job SET state = 'starting'")
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\nrestart: never\nstart-timeout: 1ms\n", "READY=1"))
    v.start()
    equal(v.wait_state("talk", "running")["pid"], pid)


def test_a_reload_that_takes_the_watchdog_away_ends_nothing(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", "watchdog: 1s\n"))
    v.start()
    pid = v.wait_state("talk", "running")["pid"]
    v.write_jobs("jobs:\n" + talker(v, "talk"))
    v.ask("reload")
    outlives(v, "talk", pid, 2)
    equal(v.status("talk")["pid"], pid)


def test_a_job_may_require_one_that_waits_for_connections(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: '%s:%d', on-demand: true}" % address])
                 + v.job("needs", "", "requires: [lazy]\n"))
    v.start()
    pid = v.wait_state("needs", "running")["pid"]
    equal(v.status("lazy")["state"], "listening")
    ask(address)
    v.wait_state("lazy", "running")
    equal(v.status("needs")["pid"], pid)


def test_a_job_that_says_that_it_stops_does_not_take_along_who_needs_it(v):
    v.write_jobs("jobs:\n" + talker(v, "base", "ready: notify\n" + FAST, "READY=1")
                 + v.job("needs", "", "requires: [base]\n"))
    v.start()
    before = v.wait_state("base", "running")["pid"]
    pid = v.wait_state("needs", "running")["pid"]
    tell(v, "base", "send", "STOPPING=1")
    v.wait_state("base", "stopping")
    os.kill(before, signal.SIGKILL)
    v.wait_back("base", before)
    equal(v.status("needs")["pid"], pid)


def test_who_stops_before_it_was_ready_has_failed(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\nrestart: on-failure\nsuccess-exit: [KILL]\n" + FAST))
    v.start()
    pid = tell(v, "talk", "pid")
    tell(v, "talk", "send", "STOPPING=1")
    v.wait_state("talk", "stopping")
    os.kill(pid, signal.SIGKILL)  # a clean end, as its file says
    v.wait_job("talk", "is started again", lambda j: j["pid"] not in (pid, None))


def test_a_hang_counts_as_an_outage(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\nwatchdog: 1h\non-hang: kill\n" + FAST, "READY=1"))
    v.start()
    pid = v.wait_state("talk", "running")["pid"]
    tell(v, "talk", "send", "WATCHDOG=trigger")
    v.wait_back("talk", pid)
    life = next(w for w in v.ask("stats", "talk")["windows"] if w["window"] == "life")
    equal(life["outages"], 1)
    check("hung" in life["down_by"], str(life))


def lingering():
    """A connection whose close waits, and the ends that keep it so."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    end = socket.create_connection(listener.getsockname())
    other, _ = listener.accept()
    end.setblocking(False)
    try:
        while True:
            end.send(bytes(65536))
    except BlockingIOError:
        pass
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 1000))
    return end, other


def test_a_descriptor_that_takes_long_to_close_holds_nothing_up(v):
    """Anybody can send one; were vigild to close it, it would do nothing else for so long."""
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: notify\n", "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    end, other = lingering()
    # It must be vigild that would close it last: it does not read before the test has let go.
    v.process.send_signal(signal.SIGSTOP)
    v.wait_for("vigild stands still", lambda: stat_of(v.process.pid)[0] == "T")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.connect(v.run + "/notify")
        socket.send_fds(s, [b"READY=1"], [end.fileno()])
        end.close()
    v.process.send_signal(signal.SIGCONT)
    tell(v, "talk", "send", "STATUS=heard")
    v.wait_job("talk", "is heard", lambda j: j["status_text"] == "heard")
    other.close()


# Standbys, and changed definitions.

def test_a_condition_taken_from_a_job_with_a_standby_is_gone(v):
    disk = "foretell: {interval: 200ms, disk: {path: /tmp, below: 1%}}\n"
    write(v, service(v, "db", extra=disk))
    v.start()
    up(v, "db")
    write(v, service(v, "db"))
    v.ask("reload")
    state = up(v, "db")
    outlives(v, "db", v.process.pid, 1)  # several looks
    equal(up(v, "db"), state)


def test_a_bad_version_is_rolled_back_although_a_standby_is_ready(v):
    def text(bad):
        return ("  db:\n    exec: [/bin/sh, -c, 'test $BAD$VIGIL_ROLE = 1primary && exit 4; exec sleep 1000']\n"
                "    env: {VIGIL_TEST: %s, BAD: '%d'}\n    standby: 1\n    healthy-after: 300ms\n"
                "    backoff: {initial: 10ms, max: 10ms}\n    restart-limit: {max: 0}\n" % (v.marker, bad))
    v.write_jobs("jobs:\n" + text(0))
    v.start()
    v.wait_state("db", "running")
    v.wait_state("db+1", "running")
    v.wait_job("db", "has run for long enough", lambda j: j["uptime_s"] > 0.5)
    v.write_jobs("jobs:\n" + text(1))
    v.ask("reload")
    v.wait_job("db", "is rolled back", lambda j: j["rolled_back"] and j["state"] == "running")
    # And so is the standby, also for the next vigild.
    v.kill()
    v.start()
    equal(v.status("db+1")["rolled_back"], v.status("db")["rolled_back"])


def test_a_job_whose_adopted_standby_took_over_is_restarted_for_a_change(v):
    write(v, service(v, "db"))
    v.start()
    first = up(v, "db")[0]
    v.kill()
    v.start()
    second = up(v, "db")[1]["db+1"]
    os.kill(first, signal.SIGKILL)
    v.wait_job("db", "was taken over", lambda j: j["pid"] == second)
    write(v, service(v, "db", extra="nice: 1\n"))
    plan = {j["name"]: j["action"] for j in v.ask("plan")["plan"]["jobs"]}
    equal(plan, {"db": "restart"})
    v.ask("reload")
    v.wait_job("db", "is another", lambda j: j["state"] == "running" and j["pid"] not in (first, second))


def test_a_standby_is_kept_whatever_it_ends_with(v):
    write(v, service(v, "db", extra="restart-prevent: [TERM]\n"))
    v.start()
    before = up(v, "db")
    os.kill(before[1]["db+1"], signal.SIGTERM)
    v.wait_job("db+1", "is another", lambda j: j["state"] == "running" and j["pid"] not in (None, before[1]["db+1"]))
    equal(v.status("db")["pid"], before[0])
