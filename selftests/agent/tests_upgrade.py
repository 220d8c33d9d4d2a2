# SPDX-License-Identifier: GPL-2.0
"""vigild replaced by the program that is installed anew: its jobs notice nothing."""
import os
import random
import shutil
import signal
import sqlite3

from ktap import check, contains, equal
from vigild import all_pids, lives, stat_of

CHURN = "backoff: {initial: 1ms, max: 2ms}\nhealthy-after: 0ms\nrestart-limit: {max: 0}\n"


def install(v, source=None):
    """A program in the place of vigild, as a package does it."""
    shutil.copy(source or v.conf.build + "/vigild", v.dir + "/vigild.new")
    os.rename(v.dir + "/vigild.new", v.dir + "/vigild")
    v.program = v.dir + "/vigild"


def start_installed(v, jobs):
    install(v)
    v.write_jobs("jobs:\n" + jobs)
    v.start()
    return {n: j["pid"] for n, j in v.wait_all_running().items()}


def runs_what_is_installed(v):
    return os.path.samestat(os.stat("/proc/%d/exe" % v.process.pid), os.stat(v.program))


def test_an_upgrade_keeps_process_and_jobs(v):
    before = start_installed(v, "".join(v.job("u%d" % i) for i in range(20)))
    install(v)
    check(not runs_what_is_installed(v), "it is the new one already")
    answer = v.ask("upgrade")
    equal(answer["agent"]["pid"], v.process.pid)
    check(runs_what_is_installed(v), "it is the old one still")
    equal(v.check_one_each(before), before)
    equal({n: j["pid"] for n, j in v.status().items()}, before)
    equal(len(v.testimony("started")), 20)


def test_how_a_job_ends_is_known_after_an_upgrade(v):
    """Its jobs are its children still."""
    before = start_installed(v, v.job("one") + v.job("two"))
    v.ask("upgrade")
    os.kill(before["one"], signal.SIGKILL)
    last = v.wait_back("one", before["one"])["last_exit"]
    equal((last["cause"], last["signal"]), ("signalled", signal.SIGKILL))
    v.ask("stop", "two")
    v.wait_for("it is reaped", lambda: stat_of(before["two"]) is None)


def test_a_job_gets_the_same_limits_after_an_upgrade(v):
    v.prefix = ["prlimit", "--nofile=512:4096"]
    before = start_installed(v, v.job("one"))
    v.ask("upgrade")
    os.kill(before["one"], signal.SIGKILL)
    pid = v.wait_back("one", before["one"])["pid"]
    with open("/proc/%d/limits" % pid, encoding="ascii") as f:
        line = next(line for line in f if line.startswith("Max open files"))
    equal(line.split()[3:5], ["512", "4096"])


def test_a_program_that_is_no_vigild_is_refused(v):
    before = start_installed(v, v.job("one"))
    for program, why in (("/bin/true", "exited with 0"), ("/bin/false", "exited with 1")):
        install(v, program)
        answer = v.request("upgrade")
        equal((answer["ok"], answer["errno"]), (False, "EINVAL"))
        contains(answer["error"], why)
    os.unlink(v.program)
    answer = v.request("upgrade")
    equal((answer["ok"], answer["errno"]), (False, "EIO"))
    contains(answer["error"], "No such file")
    equal(v.check_one_each(before), before)
    install(v)
    v.ask("upgrade")
    check(runs_what_is_installed(v), "a good one is refused, too")


def test_a_vigild_that_does_not_know_the_store_is_refused(v):
    """As an older one does not know that of a newer one."""
    start_installed(v, v.job("one"))
    with sqlite3.connect(v.state + "/vigil.db") as db:
        db.execute("PRAGMA user_version = 1000")
    answer = v.request("upgrade")
    equal((answer["ok"], answer["errno"]), (False, "EINVAL"))
    contains(v.log(), "its schema has version 1000")


def test_upgrades_under_churn_lose_no_job(v):
    names = ["c%d" % i for i in range(10)]
    start_installed(v, "".join(v.job(n, "", CHURN) for n in names))
    for _ in range(10):
        for pids in v.processes().values():
            if random.random() < 0.5:
                os.kill(pids[0], signal.SIGKILL)
        v.ask("upgrade")
    v.wait_all_running()
    v.check_one_each(names)
    v.check_none_doubled()
    zombies = [p for p in all_pids() if not lives(p) and (stat_of(p) or ["", ""])[1] == str(v.process.pid)]
    v.wait_for("all are reaped", lambda: not any(stat_of(p) and not lives(p) for p in zombies))


def test_a_child_that_is_no_job_is_reaped(v):
    """As what ran for the vigild before is, when an upgrade comes between."""
    v.prefix = ["sh", "-c", 'sleep infinity & echo $! >%s/stranger; exec "$@"' % v.dir, "sh"]
    start_installed(v, v.job("one"))
    with open(v.dir + "/stranger", encoding="ascii") as f:
        pid = int(f.read())
    equal(stat_of(pid)[1], str(v.process.pid))
    os.kill(pid, signal.SIGKILL)
    v.wait_for("it is reaped", lambda: stat_of(pid) is None)
