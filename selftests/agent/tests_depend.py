# SPDX-License-Identifier: GPL-2.0
"""Jobs that wait for each other, stop before each other, and follow each other's ends."""
import os
import random
import signal

from gate import open_gate, wait_at
from ktap import check
from tale import actor, in_order, tale, tell, wait_told
from vigild import stat_of


def pid_of(v, name):
    return v.wait_state(name, "running")["pid"]


def kill_job(v, name):
    pid = pid_of(v, name)
    os.kill(pid, signal.SIGKILL)
    return pid


def wait_waiting(v, job, reason):
    return v.wait_job(job, "waits", lambda j: j["state"] == "starting" and j["reason"] == reason)


def slow(v, word):
    """A pre-start that ends when the test opens the gate."""
    return "pre-start: [%s]\n" % tell(v, word, wait_at(v))


def in_order_of_start(v, *names):
    """Do all jobs run, and is none of these older than the one before it?"""
    jobs = v.all_running()
    stats = [stat_of(jobs[n]["pid"]) for n in names] if jobs else [None]
    return None not in stats and sorted(stats, key=lambda s: int(s[19])) == stats


def test_after_waits_until_the_other_runs(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "after: [b]") + actor(v, "b", slow(v, "prepare")))
    v.start()
    wait_waiting(v, "a", "waits for b (starting)")
    wait_told(v, "prepare")
    check("+a" not in tale(v), "a did not wait")
    open_gate(v)
    words = wait_told(v, "+a", "+b")
    check(in_order(words, "prepare", "+b"), str(words))


def test_after_does_not_wait_for_one_that_is_down_or_failed(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "after: [down, failed]") + actor(v, "down", "autostart: false")
                 + v.job("failed", "exit 1", "backoff: {initial: 1ms, max: 1ms}\n"
                         "restart-limit: {max: 1, within: 1h}\n"))
    v.start()
    v.wait_state("failed", "failed")
    v.wait_state("a", "running")
    check(v.status("down")["state"] == "stopped", "after started it")


def test_a_required_job_is_started_too(v):
    v.write_jobs("jobs:\n" + actor(v, "web", "requires: [db]\nautostart: false")
                 + actor(v, "db", "requires: [disk]\nautostart: false") + actor(v, "disk", "autostart: false"))
    v.start()
    check({j["state"] for j in v.status().values()} == {"stopped"}, str(v.status()))
    v.ask("start", "web")
    v.wait_state("web", "running")
    check(v.status("db")["state"] == "running" and v.status("disk")["state"] == "running", str(v.status()))
    check(in_order_of_start(v, "disk", "db", "web"), "order")


def test_what_a_job_wanted_at_the_start_requires_is_started_too(v):
    v.write_jobs("jobs:\n" + actor(v, "web", "requires: [db]") + actor(v, "db", "autostart: false"))
    v.start()
    v.wait_state("web", "running")
    check(v.status("db")["state"] == "running", str(v.status()))


def test_a_stop_ends_dependents_first_and_they_come_back_with_it(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "requires: [b]") + actor(v, "b", "requires: [c]") + actor(v, "c"))
    v.start()
    wait_told(v, "+a", "+b", "+c")
    v.wait_all_running()
    v.ask("stop", "c")
    check(tale(v)[-3:] == ["-a", "-b", "-c"], str(tale(v)))
    wait_waiting(v, "b", "waits for c (stopped)")
    wait_waiting(v, "a", "waits for b (starting)")
    v.ask("start", "c")
    v.wait_all_running()
    v.check_none_doubled()


def test_a_slow_dependent_does_not_make_the_stop_time_out(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "requires: [b]\nstop: {timeout: 7s}", "true")
                 + actor(v, "b", "stop: {timeout: 10ms}"))
    v.start()
    wait_told(v, "+a", "+b")
    v.wait_all_running()
    check(v.ask("stop", "b")["job"]["state"] == "stopped", "stop")


def test_a_restart_takes_those_that_require_it_along(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "requires: [b]") + actor(v, "b") + actor(v, "free", "after: [b]"))
    v.start()
    wait_told(v, "+a", "+b", "+free")
    v.wait_all_running()
    v.ask("restart", "b")
    words = wait_told(v, "+a", "+a", "+b", "+b")
    check(in_order(words, "-a", "-b", "+b") and words.count("+free") == 1, str(words))
    v.wait_all_running()


def test_requires_outlives_a_restart_and_follows_a_failure(v):
    limit = "restart-limit: {max: 1, within: 1h}"
    v.write_jobs("jobs:\n" + actor(v, "a", "requires: [b]") + actor(v, "b", limit))
    v.start()
    wait_told(v, "+a", "+b")
    first = pid_of(v, "a")
    v.wait_back("b", kill_job(v, "b"))
    check(v.status("a")["pid"] == first, "a did not live on")
    kill_job(v, "b")
    v.wait_state("b", "failed")
    wait_waiting(v, "a", "waits for b (failed)")
    v.ask("start", "b")
    v.wait_all_running()


def test_binds_to_is_restarted_with_it(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "binds-to: [b]") + actor(v, "b"))
    v.start()
    wait_told(v, "+a", "+b")
    old = pid_of(v, "a")
    kill_job(v, "b")
    v.wait_back("a", old)
    words = wait_told(v, "+a", "+a", "+b", "+b")
    check(words.count("-a") == 1, str(words))
    check(v.status("a")["restarts"] == 0, "it counts as a restart of its own")


def test_on_dependency_decides_what_follows(v):
    v.write_jobs("jobs:\n" + actor(v, "db") + actor(v, "again", "requires: [db]\non-dependency: restart")
                 + actor(v, "ends", "requires: [db]\non-dependency: stop")
                 + actor(v, "hears", "binds-to: [db]\non-dependency: signal HUP")
                 + actor(v, "ignores", "binds-to: [db]\non-dependency: ignore"))
    v.start()
    wait_told(v, "+db", "+again", "+ends", "+hears", "+ignores")
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    kill_job(v, "db")
    v.wait_back("again", before["again"])
    v.wait_state("ends", "stopped")
    words = wait_told(v, "!hears")
    check(words.count("!hears") == 1, str(words))
    for name in ("hears", "ignores"):
        check(v.status(name)["pid"] == before[name], name)
    v.ask("stop", "db")
    wait_waiting(v, "hears", "waits for db (stopped)")
    check(v.status("ignores")["pid"] == before["ignores"], "ignores did not")


def test_jobs_removed_together_stop_in_reverse_order(v):
    v.write_jobs("jobs:\n" + actor(v, "z", "after: [m]") + actor(v, "m", "after: [b]") + actor(v, "b"))
    v.start()
    wait_told(v, "+z", "+m", "+b")
    v.wait_all_running()
    v.write_jobs("jobs: {}\n")
    v.ask("reload")
    words = wait_told(v, "-z", "-m", "-b")
    check(words[-3:] == ["-z", "-m", "-b"], str(words))
    v.wait_for("they are gone", lambda: v.status() == {})


def test_a_dependent_goes_on_waiting_after_a_crash(v):
    v.write_jobs("jobs:\n" + actor(v, "web", "requires: [db]") + actor(v, "db"))
    v.start()
    wait_told(v, "+web", "+db")
    v.wait_all_running()
    v.ask("stop", "db")
    wait_waiting(v, "web", "waits for db (stopped)")
    v.kill()
    v.start()
    wait_waiting(v, "web", "waits for db (stopped)")
    v.ask("start", "db")
    v.wait_all_running()
    check(wait_told(v, "+web", "+web").count("+web") == 2, str(tale(v)))


def test_a_stop_in_order_goes_on_after_a_crash(v):
    deaf = "%s; echo =web >>%s/tale; exit 0" % (wait_at(v), v.dir)
    v.write_jobs("jobs:\n" + actor(v, "web", "requires: [db]\nstop: {timeout: 5min}", deaf) + actor(v, "db"))
    v.start()
    wait_told(v, "+web", "+db")
    v.wait_all_running()
    with v.asking("stop", "db") as s:
        wait_told(v, "-web")
        v.kill()
    v.start()
    v.wait_state("db", "stopping")
    check("-db" not in tale(v), "db did not wait for web")
    open_gate(v)
    v.wait_state("db", "stopped")
    wait_waiting(v, "web", "waits for db (stopped)")
    check(in_order(tale(v), "=web", "-db"), str(tale(v)))


def test_a_job_bound_to_one_that_died_meanwhile_follows(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "binds-to: [b]") + actor(v, "b") + actor(v, "c", "requires: [b]"))
    v.start()
    wait_told(v, "+a", "+b", "+c")
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    v.kill()
    os.kill(before["b"], signal.SIGKILL)
    v.start()
    v.wait_back("a", before["a"])
    v.wait_back("b", before["b"])
    check(v.status("c")["pid"] == before["c"], "c followed, too")


def test_order_outlives_vigild_killed_at_any_moment(v):
    free = "restart-limit: {max: 0}\nbackoff: {initial: 1ms, max: 5ms}\n"
    hooks = "pre-start: [/bin/true, /bin/true]\npost-stop: [/bin/true]\n"
    v.write_jobs("jobs:\n" + v.job("db", "", free + hooks) + v.job("web", "", free + "binds-to: [db]")
                 + v.job("app", "", free + "requires: [web]\n" + hooks) + v.job("g1", "", free)
                 + v.job("g2", "", free + hooks) + v.job("g3", "", free + "after: [db]")
                 + "supervision:\n  g: {strategy: rest-for-one, jobs: [g1, g2, g3], restart-limit: {max: 0}}\n")
    v.start()
    v.wait_all_running()
    for _ in range(v.conf.kills):
        found = v.processes()
        for name in random.sample(sorted(found), min(len(found), random.randrange(3))):
            for pid in found[name]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        v.live_on(0.1)
        v.kill()
        v.start()
    v.wait_for("the bound one is the younger", lambda: in_order_of_start(v, "db", "web"))
    v.wait_for("the group is in order", lambda: in_order_of_start(v, "g1", "g2", "g3"))
    v.check_one_each(["db", "web", "app", "g1", "g2", "g3"])
    v.check_none_doubled()


def test_a_reload_is_no_news_of_a_restart_long_ago(v):
    v.write_jobs("jobs:\n" + actor(v, "a") + actor(v, "b"))
    v.start()
    wait_told(v, "+a", "+b")
    old = pid_of(v, "a")
    v.wait_back("b", kill_job(v, "b"))
    v.write_jobs("jobs:\n" + actor(v, "a", "binds-to: [b]") + actor(v, "b"))
    for _ in range(2):
        v.ask("reload")
        check(v.status("a")["pid"] == old and v.status("a")["state"] == "running", str(v.status("a")))
    v.wait_back("b", kill_job(v, "b"))
    v.wait_back("a", old)


def test_bad_names_and_cycles_are_refused_over_files(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "after: [b]"), "1.yaml")
    v.write_jobs("jobs:\n" + actor(v, "b"), "2.yaml")
    v.start()
    v.wait_all_running()
    check(v.agent()["errors"] == [], str(v.agent()["errors"]))
    v.write_jobs("jobs:\n" + actor(v, "b", "requires: [a]"), "2.yaml")
    v.write_jobs("jobs:\n" + actor(v, "c", "requires: [nope]"), "3.yaml")
    v.write_jobs("jobs:\n" + actor(v, "d", "requires: [c]"), "4.yaml")
    errors = sorted(e.split("/")[-1] for e in v.ask("reload")["errors"])
    check(errors == ['2.yaml:6:16: jobs wait for each other: a -> b -> a',
                     '3.yaml:6:16: there is no job "nope"',
                     '4.yaml:6:16: there is no job "c"'], str(errors))
    check(sorted(v.status()) == ["a", "b"], str(v.status()))
    v.write_jobs("jobs:\n" + actor(v, "nope"), "5.yaml")
    errors = v.ask("reload")["errors"]
    check(len(errors) == 1 and sorted(v.status()) == ["a", "b"], str(errors))
    v.write_jobs("jobs:\n" + actor(v, "b"), "2.yaml")
    errors = v.ask("reload")["errors"]
    check(errors == [] and sorted(v.status()) == ["a", "b", "c", "d", "nope"], str(errors))
