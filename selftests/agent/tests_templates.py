# SPDX-License-Identifier: GPL-2.0
"""Replicas and instances: several jobs of one definition, and what names them."""
import fnmatch
import os
import signal

from ktap import check, equal
from tests_model import environ_of, sleeper
from vigild import name_of


def web(v, n, extra=""):
    return "jobs:\n" + sleeper(v, "web", "replicas: %d\n%s" % (n, extra), ", ME: '%n', I: '%i'") + sleeper(v, "other")


def pids_of(v, pattern="web@*"):
    return {name: job["pid"] for name, job in v.wait_all_running().items() if fnmatch.fnmatch(name, pattern)}


def test_replicas_are_jobs_of_their_own(v):
    v.write_jobs(web(v, 3))
    v.start()
    pids = pids_of(v)
    equal(sorted(pids), ["web@1", "web@2", "web@3"])
    for name, pid in pids.items():
        env = environ_of(pid)
        equal((env["ME"], env["I"], env["VIGIL_JOB"]), (name, name[-1], name))


def test_a_reload_adds_and_removes_only_the_difference(v):
    v.write_jobs(web(v, 2))
    v.start()
    two = pids_of(v)
    v.write_jobs(web(v, 4))
    v.ask("reload")
    v.wait_for("four run", lambda: len(pids_of(v)) == 4)
    four = pids_of(v)
    check(two.items() <= four.items(), "%s, then %s" % (two, four))
    v.write_jobs(web(v, 1))
    v.ask("reload")
    v.wait_for("one is left", lambda: "web@2" not in v.processes())
    equal(pids_of(v), {"web@1": two["web@1"]})


def test_replicas_are_adopted_and_their_number_is_followed_after_a_crash(v):
    v.write_jobs(web(v, 3))
    v.start()
    before = pids_of(v)
    v.kill()
    v.write_jobs(web(v, 2))
    v.start()
    v.wait_for("the third is gone", lambda: "web@3" not in v.processes())
    del before["web@3"]
    equal(pids_of(v), before)


def test_a_template_names_all_its_instances(v):
    v.write_jobs(web(v, 3))
    v.start()
    before = pids_of(v)
    other = v.status("other")["pid"]
    answer = v.ask("restart", "web")
    equal([j["name"] for j in answer["jobs"]], sorted(before))
    for job in answer["jobs"]:
        check(job["state"] == "running" and job["pid"] != before[job["name"]], str(job))
    answer = v.ask("stop", "web")
    equal([j["state"] for j in answer["jobs"]], ["stopped"] * 3)
    equal(sorted(v.processes()), ["other"])
    equal([j["name"] for j in v.ask("status", "web")["jobs"]], sorted(before))
    v.ask("start", "web")
    equal(len(pids_of(v)), 3)
    equal(v.status("other")["pid"], other)


def test_a_pattern_and_a_full_name_name_jobs_too(v):
    v.write_jobs(web(v, 11))
    v.start()
    v.wait_all_running()
    equal([j["name"] for j in v.ask("status", "web@1*")["jobs"]], ["web@1", "web@10", "web@11"])
    equal([j["name"] for j in v.ask("status", "web@1")["jobs"]], ["web@1"])
    equal(v.ask("stop", "web@2")["job"]["state"], "stopped")
    equal([j["name"] for j in v.ask("stop", "*@[34]")["jobs"]], ["web@3", "web@4"])
    running = [n for n, j in v.status().items() if j["state"] == "running"]
    equal(len(running), 12 - 3)
    for name in ("web@", "web@12", "we", "nothing*", "web@1" + "*" * 60):
        equal(v.request("stop", name)["errno"], "ENOENT", name)


def test_one_that_does_not_get_there_is_told_when_all_are(v):
    v.write_jobs("jobs:\n  odd:\n    exec: ['/bin/%%i', '1000']\n    instances: [nosuch, sleep, tail]\n"
                 "    env: {VIGIL_TEST: %s}\n    autostart: false\n    restart: on-failure\n"
                 "    backoff: {initial: 1h, max: 1h}\n" % v.marker)
    v.start()
    answer = v.request("restart", "odd@[ns]*")
    check(not answer["ok"] and answer["errno"] == "EIO" and '"odd@nosuch"' in answer["error"], str(answer))
    equal(v.status("odd@sleep")["state"], "running")
    equal(v.status("odd@tail")["state"], "stopped")


def test_the_answer_comes_when_the_last_one_is_there(v):
    v.write_jobs("jobs:\n  some:\n    exec: [/bin/sh, -c, 'test %%i = a || trap \"\" TERM; exec sleep 1000']\n"
                 "    instances: [a, deaf, later]\n    env: {VIGIL_TEST: %s}\n    stop: {timeout: 300ms}\n" % v.marker)
    v.start()
    v.wait_for("the shells are gone", lambda: all(name_of(j["pid"]) == "sleep" for j in v.wait_all_running().values()))
    equal([j["state"] for j in v.ask("stop", "some")["jobs"]], ["stopped"] * 3)
    equal([v.status("some@" + i)["last_exit"]["signal_name"] for i in ("a", "deaf", "later")],
          ["SIGTERM", "SIGKILL", "SIGKILL"])


def test_one_replica_dies_alone(v):
    v.write_jobs(web(v, 3, "backoff: {initial: 1ms, max: 1ms}"))
    v.start()
    before = pids_of(v)
    os.kill(before["web@2"], signal.SIGKILL)
    v.wait_back("web@2", before["web@2"])
    after = pids_of(v)
    equal((after["web@1"], after["web@3"]), (before["web@1"], before["web@3"]))
