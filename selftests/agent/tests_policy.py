# SPDX-License-Identifier: GPL-2.0
"""Which ends restart a job, and what follows when it has been restarted too often."""
import os
import signal

from ktap import check

FAST = "backoff: {initial: 10ms, max: 50ms}\nhealthy-after: 0ms\nrestart-limit: {max: 0}\n"
ONCE = "backoff: {initial: 1ms, max: 1ms}\nrestart-limit: {max: 1, within: 1h}\n"


def starts(v, name):
    return len([t for t in v.testimony("started") if t[0] == name])


def kill_when_up(v, name, sig):
    v.wait_for("%s has started" % name, lambda: starts(v, name))
    pid = v.wait_state(name, "running")["pid"]
    os.kill(pid, sig)
    return pid


def test_on_abnormal_restarts_after_a_signal_only(v):
    v.write_jobs("jobs:\n" + v.job("code", "run 20 exit 3", "restart: on-abnormal\n" + FAST)
                 + v.job("sig", "", "restart: on-abnormal\n" + FAST))
    v.start()
    v.wait_back("sig", kill_when_up(v, "sig", signal.SIGKILL))
    job = v.wait_state("code", "done")
    check(job["restarts"] == 0 and starts(v, "code") == 1, str(job))


def test_listed_ends_count_as_clean(v):
    extra = "restart: on-failure\nsuccess-exit: [3, TERM]\n" + FAST
    v.write_jobs("jobs:\n" + v.job("code", "run 20 exit 3", extra) + v.job("other", "run 20 exit 4", extra)
                 + v.job("sig", "", extra) + v.job("sig2", "", extra))
    v.start()
    kill_when_up(v, "sig", signal.SIGTERM)
    v.wait_back("sig2", kill_when_up(v, "sig2", signal.SIGINT))
    for name in ("code", "sig"):
        v.wait_state(name, "done")
    v.wait_job("other", "was restarted", lambda j: j["restarts"] >= 2)


def test_listed_ends_prevent_and_force_a_restart(v):
    lists = "restart-prevent: [64, KILL]\nrestart-force: [65, 64]\n" + FAST
    v.write_jobs("jobs:\n" + v.job("prevented", "run 20 exit 64", "restart: always\n" + lists)
                 + v.job("killed", "", "restart: always\n" + lists)
                 + v.job("forced", "run 20 exit 65", "restart: never\n" + lists))
    v.start()
    kill_when_up(v, "killed", signal.SIGKILL)
    for name in ("prevented", "killed"):
        check(v.wait_state(name, "done")["restarts"] == 0, name)
    v.wait_job("forced", "was restarted", lambda j: j["restarts"] >= 2)


def test_a_job_that_loops_makes_the_node_unfit_until_it_is_started(v):
    v.write_jobs("jobs:\n" + v.job("vital", "exit 5", ONCE + "on-limit: node-unfit\n")
                 + v.job("other", "exit 5", ONCE))
    v.start()
    v.wait_state("other", "failed")
    reason = v.wait_state("vital", "failed")["reason"]
    check(v.agent()["unfit"] == "vital: " + reason, str(v.agent()))
    v.kill()
    v.start()
    check(v.agent()["unfit"] == "vital: " + reason, "forgotten: %s" % v.agent())
    v.write_jobs("jobs:\n" + v.job("vital", "", ONCE + "on-limit: node-unfit\n")
                 + v.job("other", "exit 5", ONCE))
    v.ask("reload")
    v.ask("start", "vital")
    v.wait_state("vital", "running")
    check(v.agent()["unfit"] is None, str(v.agent()))


def test_a_failed_start_makes_no_node_unfit(v):
    v.write_jobs("jobs:\n  none:\n    exec: [/nonexistent/program]\n    restart: never\n    on-limit: node-unfit\n")
    v.start()
    v.wait_state("none", "failed")
    check(v.agent()["unfit"] is None, str(v.agent()))
