# SPDX-License-Identifier: GPL-2.0
"""Jobs that are to beat, and what becomes of those that do not."""
import os
import signal
import time

from ktap import check, equal
from talk import order, path_of, talker, tell

KEYS = "ready: notify\nrestart: never\n"


def beat_for(v, name, seconds):
    """Beats, and the job must run all the time."""
    begin = time.monotonic()
    pid = v.status(name)["pid"]
    while time.monotonic() - begin < seconds:
        tell(v, name, "send", "WATCHDOG=1")
        equal(v.status(name)["pid"], pid)


def test_a_job_that_beats_runs_on_and_one_that_stops_is_hung(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", KEYS + "watchdog: 3s\n", "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    env = tell(v, "talk", "environ")
    check(env["WATCHDOG_USEC"] == "3000000" and env["WATCHDOG_PID"] == str(tell(v, "talk", "pid")), str(env))
    beat_for(v, "talk", 4)
    job = v.wait_state("talk", "done")
    check(job["last_exit"]["cause"] == "hung" and job["last_exit"]["signal_name"] == "SIGABRT", str(job))
    equal(job["reason"], "hung, and was killed")
    check("no beat within 3 s" in v.log(), v.log())


def test_a_hung_job_is_ended_as_its_file_says(v):
    v.write_jobs("jobs:\n" + talker(v, "kill", KEYS + "watchdog: 100ms\non-hang: kill\n", "READY=1")
                 + talker(v, "stop", KEYS + "watchdog: {time: 100ms}\non-hang: restart\n"
                          "stop: {signal: USR1}\n", "READY=1"))
    v.start()
    for name, sig in (("kill", "SIGKILL"), ("stop", "SIGUSR1")):
        last = v.wait_state(name, "done")["last_exit"]
        check(last["cause"] == "hung" and last["signal_name"] == sig, str(last))


def test_a_hung_job_that_is_deaf_is_killed_and_started_again(v):
    v.write_jobs("jobs:\n" + talker(v, "deaf", "ready: notify\nwatchdog: 1h\nstop: {timeout: 200ms}\n"
                                    "backoff: {initial: 10ms, max: 50ms}\n", "READY=1"))
    v.start()
    first = v.wait_state("deaf", "running")["pid"]
    tell(v, "deaf", "ignore", "SIGABRT")
    tell(v, "deaf", "send", "WATCHDOG=trigger")
    job = v.wait_back("deaf", first)
    check(job["last_exit"]["cause"] == "hung" and job["last_exit"]["signal_name"] == "SIGKILL", str(job))


def test_a_stopped_process_is_hung(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", KEYS + "watchdog: 500ms\non-hang: kill\n", "READY=1"))
    v.start()
    pid = v.wait_state("talk", "running")["pid"]
    os.kill(pid, signal.SIGSTOP)
    equal(v.wait_state("talk", "done")["last_exit"]["cause"], "hung")


def test_no_beat_is_wanted_before_ready(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", KEYS + "watchdog: 100ms\n"))
    v.start()
    tell(v, "talk", "pid")
    v.wait_job("talk", "starts long", lambda j: j["uptime_s"] > 0.5)
    equal(v.status("talk")["state"], "starting")
    tell(v, "talk", "send", "READY=1")
    equal(v.wait_state("talk", "done")["last_exit"]["cause"], "hung")


def test_a_job_chooses_the_time_of_its_beat(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", KEYS + "watchdog: 1h\n", "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    tell(v, "talk", "send", "WATCHDOG_USEC=200000")
    equal(v.wait_state("talk", "done")["last_exit"]["cause"], "hung")
    check("no beat within 0.2 s" in v.log(), v.log())


def test_a_beat_is_wanted_anew_after_a_kill_of_vigild(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", KEYS + "watchdog: 1h\n", "READY=1")
                 + talker(v, "exec", "watchdog: 3s\nrestart: never\n"))
    v.start()
    v.wait_all_running()
    tell(v, "talk", "send", "WATCHDOG_USEC=3000000")
    v.wait_job("talk", "has chosen", lambda j: j["watchdog_s"] == 3)
    v.kill()
    v.start()
    beat_for(v, "talk", 4)
    v.wait_for("both have hung", lambda: all(j["state"] == "done" for j in v.status().values()))
    check(v.log().count("no beat within 3 s") == 2, v.log())


def test_a_hang_is_told_by_the_vigild_that_comes_after(v):
    """Killed while the hung job is ending."""
    v.write_jobs("jobs:\n" + talker(v, "deaf", "ready: notify\nwatchdog: 1h\nstop: {timeout: 1s}\n"
                                    "restart: never\n", "READY=1"))
    v.start()
    v.wait_state("deaf", "running")
    tell(v, "deaf", "ignore", "SIGABRT")
    tell(v, "deaf", "send", "WATCHDOG=trigger")
    v.wait_state("deaf", "stopping")
    v.kill()
    v.start()
    job = v.wait_state("deaf", "done")
    check(job["last_exit"]["cause"] == "hung" and job["reason"] == "hung, and was killed", str(job))


def test_vigild_blames_nobody_for_its_own_delay(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", KEYS + "watchdog: 2s\n", "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    os.kill(v.process.pid, signal.SIGSTOP)
    begin = time.monotonic()
    v.wait_for("it is late", lambda: time.monotonic() - begin > 3.5)
    os.kill(v.process.pid, signal.SIGCONT)
    beat_for(v, "talk", 1)
    check("vigild itself was late" in v.log(), v.log())


BEAT = KEYS + "watchdog: {time: 10s, by: beat}\n"


def beats(v, name, until):
    """Beats until the state of the job is such, at least once."""
    pid = v.status(name)["pid"]
    while True:
        tell(v, name, "beat")
        equal(v.status(name)["pid"], pid)
        if until(v.status(name)):
            return


def test_a_job_that_beats_by_the_module_is_hung_when_it_stops(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", BEAT, "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    beats(v, "talk", lambda j: j["uptime_s"] > 25)
    job = v.wait_state("talk", "done")
    check(job["last_exit"]["cause"] == "hung" and job["last_exit"]["signal_name"] == "SIGABRT", str(job))


def test_the_module_goes_on_to_wait_for_beats_without_vigild(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", BEAT, "READY=1") + talker(v, "dead", BEAT, "READY=1"))
    v.start()
    v.wait_all_running()
    v.kill()
    begin = time.monotonic()
    while time.monotonic() - begin < 15:
        tell(v, "talk", "beat")
    v.start()
    equal(v.wait_state("dead", "done")["last_exit"]["cause"], "hung")
    tell(v, "talk", "beat")
    equal(v.status("talk")["state"], "running")
    equal(v.wait_state("talk", "done")["last_exit"]["cause"], "hung")


for _test in (test_a_job_that_beats_by_the_module_is_hung_when_it_stops,
              test_the_module_goes_on_to_wait_for_beats_without_vigild):
    _test.needs = ("kernel",)


def test_it_is_told_that_nobody_sees_beats_without_the_module(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", BEAT, "READY=1"))
    v.detection = "pidfd"
    v.start()
    v.wait_state("talk", "running")
    equal(tell(v, "talk", "beat"), 1)
    check(any("by: beat" in w for w in v.agent()["weaker"]), str(v.agent()))
