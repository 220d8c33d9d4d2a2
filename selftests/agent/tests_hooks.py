# SPDX-License-Identifier: GPL-2.0
"""The commands before and after a job's program."""
import os
import signal

from gate import open_gate, wait_at
from ktap import check, equal
from tale import actor, in_order, tale, tell, wait_told
from talk import talker
from talk import tell as talk


def test_commands_run_before_and_after_the_program(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "pre-start: [%s, %s]\npost-stop: [%s, %s]\n"
                                   % tuple(tell(v, w) for w in ("p1", "p2", "s1", "s2"))))
    v.start()
    check(wait_told(v, "+a") == ["p1", "p2", "+a"], str(tale(v)))
    os.kill(v.wait_state("a", "running")["pid"], signal.SIGKILL)
    wait_told(v, "+a", "+a")
    check(v.ask("stop", "a")["job"]["state"] == "stopped", "stop")
    check(tale(v) == ["p1", "p2", "+a", "s1", "s2", "p1", "p2", "+a", "-a", "s1", "s2"], str(tale(v)))
    check(v.status("a")["restarts"] == 1, str(v.status("a")))


def test_commands_run_as_the_job_does(v):
    look = tell(v, "x", "echo $VIGIL_TEST $VIGIL_JOB $(id -u) $(pwd) >%s/out/look" % v.dir)
    os.mkdir(v.dir + "/out")
    os.chmod(v.dir + "/out", 0o777)
    v.write_jobs("jobs:\n" + v.job("a", "", "user: nobody\ndirectory: /usr\npre-start: [%s]\n"
                                   % look.replace("tale", "out/tale")))
    os.chmod(v.witness_dir, 0o777)
    v.start()
    v.wait_state("a", "running")
    with open(v.dir + "/out/look", encoding="utf-8") as f:
        check(f.read().split() == [v.marker, "a", "65534", "/usr"], "look")


def environment(v, name):
    """The variables that a command has left in a file, which is there when it is whole."""
    path = v.dir + "/" + name
    v.wait_for(name + " has run", lambda: os.path.exists(path))
    with open(path, encoding="utf-8") as f:
        return {line.split("=")[0] for line in f}


def leave_environment(v, name):
    return '[/bin/sh, -c, "env >%s/%s.new; mv %s/%s.new %s/%s"]' % ((v.dir, name) * 3)


def test_what_tells_the_program_of_vigild_is_not_for_other_commands(v):
    """NOTIFY_SOCKET is where all processes are heard, as with systemd; the rest never is."""
    for access in ("main", "all"):
        names = {what: "%s-%s" % (what, access) for what in ("pre", "post", "probe", "reload")}
        left = {what: leave_environment(v, name) for what, name in names.items()}
        v.write_jobs("jobs:\n" + talker(v, access, "ready: notify\nnotify-access: %s\nwatchdog: 1h\nfd-store: 1\n"
                                        "sockets: [{stream: %s/%s.sock}]\npre-start: [%s]\npost-stop: [%s]\n"
                                        "reload: {exec: %s}\nprobe: {exec: %s, liveness: true, interval: 100ms}\n"
                                        % (access, v.dir, access, left["pre"], left["post"], left["reload"],
                                           left["probe"]), "READY=1"))
        if v.process:
            v.ask("reload")
        else:
            v.start()
        v.wait_state(access, "running")
        mine = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID"}
        equal(mine & set(talk(v, access, "environ")), mine)
        v.ask("reload", access)
        environment(v, names["probe"])
        v.ask("stop", access)
        for what, name in names.items():
            equal(mine & environment(v, name), {"NOTIFY_SOCKET"} if access == "all" else set(), what)


def test_a_failing_pre_start_fails_the_start(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "pre-start: [[/bin/sh, -c, exit 7], %s]\nrestart: never\n" % tell(v, "p2"))
                 + actor(v, "b", "pre-start: [[-/bin/false], [/nonexistent/x]]\nrestart: never\n")
                 + actor(v, "c", "pre-start: [-/bin/false]\n"))
    v.start()
    check(v.wait_state("a", "failed")["reason"] == "pre-start /bin/sh exited with code 7", str(v.status("a")))
    reason = v.wait_state("b", "failed")["reason"]
    check(reason == "cannot run /nonexistent/x: No such file or directory", reason)
    wait_told(v, "+c")
    check(tale(v) == ["+c"], str(tale(v)))


def test_a_command_that_takes_too_long_is_killed(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "pre-start: [[/bin/sleep, infinity]]\ncommand-timeout: 50ms\nrestart: never\n")
                 + actor(v, "b", "post-stop: [[/bin/sleep, infinity]]\ncommand-timeout: 50ms\nrestart: never\n"))
    v.start()
    check(v.wait_state("a", "failed")["reason"] == "pre-start /bin/sleep took too long", str(v.status("a")))
    wait_told(v, "+b")
    os.kill(v.wait_state("b", "running")["pid"], signal.SIGKILL)
    job = v.wait_state("b", "done")
    check(job["reason"] == "was killed by SIGKILL" and job["last_exit"]["signal"] == 9, str(job))
    check(v.processes() == {}, str(v.processes()))


def test_post_stop_knows_how_the_program_ended(v):
    look = tell(v, "x", "echo $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS >>%s/ends" % v.dir)
    extra = "restart: never\npost-stop: [%s]\n" % look
    v.write_jobs("jobs:\n" + v.job("code", "run 1 exit 3", extra) + v.job("sig", "", extra)
                 + v.job("clean", "run 1 exit 0", extra))
    v.start()
    v.wait_state("code", "done")
    v.wait_state("clean", "done")
    os.kill(v.wait_state("sig", "running")["pid"], signal.SIGTERM)
    v.wait_state("sig", "done")
    with open(v.dir + "/ends", encoding="utf-8") as f:
        lines = sorted(f.read().splitlines())
    check(lines == ["exit-code exited 3", "signal killed TERM", "success exited 0"], str(lines))


def test_a_stop_ends_a_pre_start(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "pre-start: [%s]\npost-stop: [%s]\n"
                                   % (tell(v, "p", "exec sleep infinity"), tell(v, "s"))))
    v.start()
    wait_told(v, "p")
    job = v.status("a")
    check(job["state"] == "starting" and job["reason"] == "runs pre-start /bin/sh" and job["pid"] is None, str(job))
    check(v.ask("stop", "a")["job"]["state"] == "stopped", "stop")
    check(v.processes() == {} and tale(v) == ["p"], str(tale(v)))


def test_a_stop_lets_the_post_stop_finish(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "post-stop: [%s, %s]\n" % (tell(v, "s1", wait_at(v)), tell(v, "s2"))))
    v.start()
    wait_told(v, "+a")
    os.kill(v.wait_state("a", "running")["pid"], signal.SIGKILL)
    wait_told(v, "s1")
    with v.asking("stop", "a") as s:
        open_gate(v)
        check(s.answer()["job"]["state"] == "stopped", "answer")
    check(tale(v) == ["+a", "s1", "s2"], str(tale(v)))


def test_a_pre_start_goes_on_after_a_crash(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "pre-start: [%s, %s]\n" % (tell(v, "p1", wait_at(v)), tell(v, "p2"))))
    v.start()
    wait_told(v, "p1")
    v.kill()
    v.start()
    check(v.wait_state("a", "starting")["pid"] is None, str(v.status("a")))
    open_gate(v)
    v.wait_state("a", "running")
    words = wait_told(v, "+a")
    # Through a pidfd nobody learns how a command ended that an earlier vigild started: it is run again.
    again = ["p1", "p1", "p2", "+a"]
    check(words == (["p1", "p2", "+a"] if v.detection == "kernel" else again), str(words))


def test_a_post_stop_goes_on_after_a_crash(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "restart: never\npost-stop: [%s, %s]\n"
                                   % (tell(v, "s1", wait_at(v)), tell(v, "s2"))))
    v.start()
    wait_told(v, "+a")
    os.kill(v.wait_state("a", "running")["pid"], signal.SIGKILL)
    wait_told(v, "s1")
    v.kill()
    open_gate(v)
    v.start()
    job = v.wait_state("a", "done")
    check(job["last_exit"]["signal"] == 9, str(job))
    check(in_order(tale(v), "+a", "s1", "s2") and "p" not in tale(v), str(tale(v)))


def test_a_program_after_commands_is_adopted_as_such(v):
    v.write_jobs("jobs:\n" + actor(v, "a", "pre-start: [%s]\npost-stop: [%s]\n" % (tell(v, "p"), tell(v, "s"))))
    v.start()
    wait_told(v, "+a")
    pid = v.wait_state("a", "running")["pid"]
    for _ in range(2):
        v.kill()
        v.start()
        check(v.wait_state("a", "running")["pid"] == pid, "not adopted")
    os.kill(pid, signal.SIGKILL)
    v.wait_back("a", pid)
    check(wait_told(v, "+a", "+a") == ["p", "+a", "s", "p", "+a"], str(tale(v)))


def test_a_post_stop_after_a_death_is_no_stop_to_those_that_require_the_job(v):
    v.write_jobs("jobs:\n" + actor(v, "db", "post-stop: [%s]\n" % tell(v, "s", wait_at(v)))
                 + actor(v, "web", "requires: [db]"))
    v.start()
    wait_told(v, "+db", "+web")
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    os.kill(before["db"], signal.SIGKILL)
    wait_told(v, "s")
    open_gate(v)
    v.wait_back("db", before["db"])
    check(v.status("web")["pid"] == before["web"] and "-web" not in tale(v), str(tale(v)))


def test_a_post_stop_that_cannot_run_changes_nothing_else(v):
    v.write_jobs("jobs:\n" + v.job("a", "run 20 exit 3", "restart: never\npost-stop: [/nonexistent/x]\n"))
    v.start()
    job = v.wait_state("a", "done")
    check(job["reason"] == "exited with code 3" and job["last_exit"]["code"] == 3, str(job))
    check("a: not tidied up: cannot run /nonexistent/x: No such file or directory" in v.log(), v.log())
