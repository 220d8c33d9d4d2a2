# SPDX-License-Identifier: GPL-2.0
"""vigild killed at any moment: its jobs run on, none is lost, none runs twice."""
import os
import random
import signal
import subprocess

from ktap import check
from vigild import all_pids, lives, name_of, stat_of

CHURN = "backoff: {initial: 1ms, max: 2ms}\nhealthy-after: 0ms\nrestart-limit: {max: 0}\n"


def test_jobs_run_on_and_are_adopted(v):
    names = ["s%d" % i for i in range(20)]
    v.write_jobs("jobs:\n" + "".join(v.job(n) for n in names))
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    for sig in (signal.SIGKILL, signal.SIGTERM):
        code = v.kill(sig)
        check(code == (0 if sig == signal.SIGTERM else -9), "exit status %d" % code)
        check(v.check_one_each(names) == before, "jobs did not run on")
        v.start()
        check({n: j["pid"] for n, j in v.wait_all_running().items()} == before, "not adopted")
    check(len(v.testimony("started")) == len(names), "started again")
    os.kill(before["s0"], signal.SIGKILL)  # an adopted job is watched, too
    v.wait_back("s0", before["s0"])


def test_a_job_that_died_meanwhile_is_restarted(v):
    v.write_jobs("jobs:\n" + v.job("killed") + v.job("kept") + v.job("once", "", "restart: never\n"))
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    v.kill()
    for name in ("killed", "once"):
        os.kill(before[name], signal.SIGKILL)
        v.wait_for("it is dead", lambda n=name: not lives(before[n]))
    v.start()
    # It answers before it has seen who is dead.
    job = v.wait_job("killed", "runs anew", lambda j: j["state"] == "running" and j["pid"] != before["killed"])
    check(v.status("kept")["pid"] == before["kept"], "kept was restarted")
    once = v.wait_state("once", "done")
    for state in (job, once):
        last = state["last_exit"]
        if v.detection == "kernel":
            check(last["cause"] == "signalled" and last["signal"] == 9, str(state))
        else:
            check(last["cause"] == "unknown", str(state))
    v.check_none_doubled()


def test_wishes_outlive_vigild(v):
    v.write_jobs("jobs:\n" + v.job("down") + v.job("up", "", "autostart: false\n")
                 + v.job("failed", "exit 5", "restart-limit: {max: 1, within: 1h}\n"
                         "backoff: {initial: 1ms, max: 1ms}\n") + v.job("done", "", "restart: on-failure\n"))
    v.start()
    v.ask("stop", "down")
    v.ask("start", "up")
    v.ask("restart", "done")
    reason = v.wait_state("failed", "failed")["reason"]
    v.kill()
    v.start()
    jobs = v.status()
    check(jobs["down"]["state"] == "stopped" and jobs["up"]["state"] == "running", str(jobs))
    check(jobs["failed"]["state"] == "failed" and jobs["failed"]["reason"] == reason, str(jobs))
    check(jobs["failed"]["last_exit"]["code"] == 5, str(jobs))
    v.check_none_doubled()


def test_a_stop_goes_on_after_a_crash(v):
    v.write_jobs("jobs:\n" + v.job("deaf", "deaf", "stop: {timeout: 500ms}\n"))
    v.start()
    v.wait_for("it is deaf", lambda: v.testimony("started"))
    with v.asking("stop", "deaf") as s:
        v.wait_state("deaf", "stopping")
        v.kill()
    v.start()
    check(v.wait_state("deaf", "stopped")["pid"] is None, "stop")
    check(v.processes() == {}, str(v.processes()))


def test_jobs_removed_while_no_vigild_ran_are_stopped(v):
    v.write_jobs("jobs:\n" + v.job("keep") + v.job("drop"))
    v.start()
    v.wait_all_running()
    v.kill()
    v.write_jobs("jobs:\n" + v.job("keep"))
    v.start()
    v.wait_for("drop is gone", lambda: "drop" not in v.processes())
    check(list(v.status()) == ["keep"], str(v.status()))


def check_no_process_doubled(v):
    """Each process twice in a row: one between two scans of /proc may be in both."""
    found = v.processes()
    for name, pids in found.items():
        alive = [p for p in pids if lives(p)]
        check(len(alive) <= 1, "%s runs as %s" % (name, pids))


def test_vigild_killed_under_churn_loses_and_doubles_none(v):
    stable = ["stable%02d" % i for i in range(30)]
    churn = ["churn%02d" % i for i in range(20)]
    v.write_jobs("jobs:\n" + "".join(v.job(n) for n in stable)
                 + "".join(v.job(n, "run %d exit %d" % (random.randrange(1, 40), i % 2), CHURN)
                           for i, n in enumerate(churn)))
    v.start()
    v.wait_for("stable jobs run", lambda: all(j["state"] == "running" for n, j in v.status().items()
                                              if n in stable))
    pids = v.check_one_each(stable)
    for _ in range(v.conf.kills):
        v.live_on(0.4)
        victim = random.choice(stable)
        when = random.randrange(3)  # a stable job dies before, after, or not at all
        if when == 0:
            os.kill(pids[victim], signal.SIGKILL)
        v.kill()
        if when == 1:
            os.kill(pids[victim], signal.SIGKILL)
        check_no_process_doubled(v)
        v.launch()  # and not always waited for: some are killed while they start
        if random.randrange(4):
            v.wait_for("vigild answers", v.answers)
        if when < 2:
            if not v.process:
                v.launch()
            v.wait_for("vigild answers", v.answers)
            pids[victim] = v.wait_back(victim, pids[victim])["pid"]
    v.wait_for("vigild answers", v.answers)
    check(v.check_one_each(stable) == pids, "a stable job was lost, or started for nothing")
    seen = len(v.testimony("started"))
    v.wait_for("churn goes on", lambda: set(churn) <= {t[0] for t in v.testimony("started")[seen:]})
    check_no_process_doubled(v)
    v.check_none_doubled()
    print("# %d starts, %d kills of vigild" % (len(v.testimony("started")), v.conf.kills))


def test_vigild_killed_in_the_storm(v):
    """A hundred jobs die at once, and vigild at any moment of bringing them back."""
    names = ["job%03d" % i for i in range(100)]
    v.write_jobs("jobs:\n" + "".join(v.job(n, "", CHURN) for n in names))
    v.start()
    v.wait_all_running()
    for _ in range(10):
        before = v.check_one_each(names)
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        v.live_on(0.1)
        v.kill()
        v.start()
        v.wait_all_back(before)
    v.check_one_each(names)
    v.check_none_doubled()


def test_the_module_goes_while_vigild_runs(v):
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b"))
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    check(v.agent()["detection"] == "kernel", str(v.agent()))
    parameters = "/sys/module/vigil"
    check(os.path.isdir(parameters), "where is the module?")
    subprocess.run(["rmmod", "vigil"], check=True)
    try:
        v.wait_for("pidfds are used", lambda: v.agent()["detection"] == "pidfd")
        check(any("unloaded" in w for w in v.agent()["weaker"]), str(v.agent()))
        check({n: j["pid"] for n, j in v.status().items()} == before, "restarted")
        os.kill(before["a"], signal.SIGSEGV)
        job = v.wait_back("a", before["a"])
        check(job["last_exit"]["signal_name"] == "SIGSEGV", str(job))
    finally:
        release = os.uname().release
        subprocess.run(["insmod", v.conf.build + "/kmod/%s/vigil.ko" % release], check=True)


test_the_module_goes_while_vigild_runs.needs = ("kernel",)


def test_one_that_waits_at_its_gate_is_no_program_that_runs(v):
    """It stands still there, so that it does not notice that nobody will let it through."""
    v.write_jobs("jobs:\n" + v.job("once", "", "restart: never\n"))
    v.prefix = ["env", "LD_PRELOAD=%s/selftests/agent/cutter.so" % v.conf.build, "VIGIL_TEST_KILL_AT=gate",
                "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0"]
    v.launch()
    v.wait_for("it is killed", lambda: v.process.poll() is not None)
    waiting = [p for p in all_pids() if name_of(p) == "vigil-gate" and (stat_of(p) or "?")[0] == "T"]
    check(waiting, "nobody waits at a gate")
    v.prefix = []
    try:
        v.start()
        job = v.wait_state("once", "running")
        v.wait_for("its program runs", lambda: v.testimony("started"))
    finally:
        for pid in waiting:
            if name_of(pid) == "vigil-gate":  # what ends a test waits for all of them to go
                os.kill(pid, signal.SIGKILL)
    check(v.status("once")["pid"] == job["pid"] and job["pid"] not in waiting, str(job))
    check([int(t[1]) for t in v.testimony("started")] == [job["pid"]], str(v.testimony("started")))
    kinds = [e["kind"] for e in v.ask("why", "once")["events"]]
    check("adopted" not in kinds and "ended" not in kinds, str(kinds))
