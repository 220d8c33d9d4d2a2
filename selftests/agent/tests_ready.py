# SPDX-License-Identifier: GPL-2.0
"""Jobs that say when they are ready, and what else they say: sd_notify, as the supervisor."""
import json
import os
import signal
import socket
import subprocess
import time

from ktap import check, equal
from talk import order, path_of, talker, tell
from vigild import lives

NOTIFY = "ready: notify\nbackoff: {initial: 10ms, max: 50ms}\nhealthy-after: 0ms\n"


def starting(v, name):
    """The talker answers, so its program runs, and it is not ready."""
    pid = tell(v, name, "pid")
    job = v.status(name)
    check(job["state"] == "starting" and not job["ready"], str(job))
    return pid


def test_a_job_is_ready_when_it_says_so(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    pid = starting(v, "talk")
    tell(v, "talk", "send", "STATUS=warming up")
    equal(v.wait_job("talk", "has a status", lambda j: j["status_text"])["status_text"], "warming up")
    starting(v, "talk")
    tell(v, "talk", "send", "READY=1\nSTATUS=serves\nX_UNKNOWN=1")
    job = v.wait_state("talk", "running")
    check(job["ready"] and job["status_text"] == "serves" and job["pid"] == pid, str(job))


def test_a_job_that_needs_not_say_so_is_ready_at_exec(v):
    v.write_jobs("jobs:\n" + talker(v, "talk"))
    v.start()
    check(v.wait_state("talk", "running")["ready"], "ready")
    check("NOTIFY_SOCKET" not in tell(v, "talk", "environ"), "it is told of the socket")


def test_systemd_notify_is_heard(v):
    """A shell's child tells; it has gone by the time of an answer, so it waits for a barrier."""
    script = "systemd-notify --ready --status=told; exec sleep 1000"
    v.write_jobs("jobs:\n  sh:\n    exec: [/bin/sh, -c, \"%s\"]\n    env: {VIGIL_TEST: %s}\n"
                 "    ready: notify\n    notify-access: all\n" % (script, v.marker))
    v.start()
    equal(v.wait_state("sh", "running")["status_text"], "told")


test_systemd_notify_is_heard.needs = ("/usr/bin/systemd-notify", "cgroup")


def test_redis_tells_that_it_is_ready(v):
    v.write_jobs("jobs:\n  redis:\n    exec: [/usr/bin/redis-server, --port, '0', --unixsocket, %s/r, --save, '',"
                 " --supervised, systemd]\n    env: {VIGIL_TEST: %s}\n    directory: %s\n    ready: notify\n"
                 % (v.dir, v.marker, v.dir))
    v.start()
    job = v.wait_state("redis", "running")
    check(job["ready"] and job["status_text"] == "Ready to accept connections", str(job))
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(v.dir + "/r")  # at once: it is ready
        s.sendall(b"PING\r\n")
        equal(s.recv(100), b"+PONG\r\n")
    v.ask("stop", "redis")  # its process hides its environment, and would not be found


test_redis_tells_that_it_is_ready.needs = ("/usr/bin/redis-server",)


def test_a_job_that_is_not_ready_in_time_is_a_failed_start(v):
    v.write_jobs("jobs:\n" + talker(v, "mute", "ready: notify\nstart-timeout: 200ms\nrestart: never\n"))
    v.start()
    job = v.wait_state("mute", "failed")
    equal(job["reason"], "was not ready within 0.2 s")
    check(job["last_exit"]["signal_name"] == "SIGTERM", str(job))


def test_a_late_job_that_is_deaf_is_killed(v):
    v.write_jobs("jobs:\n" + talker(v, "deaf", "ready: notify\nstart-timeout: 30s\nrestart: never\n"
                                    "stop: {timeout: 200ms}\n"))
    v.start()
    starting(v, "deaf")
    tell(v, "deaf", "ignore", "SIGTERM")
    # Cut short only now that it is deaf: the definition in force is that of the file.
    v.write_jobs("jobs:\n" + talker(v, "deaf", "ready: notify\nstart-timeout: 1ms\nrestart: never\n"
                                    "stop: {timeout: 200ms}\n"))
    v.ask("reload")
    v.kill()
    v.start()
    job = v.wait_state("deaf", "failed")
    check("did not end in time" in v.log(), str(job))


def test_a_longer_start_is_granted(v):
    v.write_jobs("jobs:\n" + talker(v, "slow", NOTIFY + "restart: never\n")
                 + talker(v, "late", NOTIFY + "restart: never\n"))
    v.start()
    pid = starting(v, "slow")
    starting(v, "late")
    tell(v, "slow", "send", "EXTEND_TIMEOUT_USEC=3600000000")
    tell(v, "slow", "barrier")
    v.kill()
    # The time that is left is the store's; for one that asked for none the file tells, from its start on.
    short = NOTIFY + "start-timeout: 1ms\nrestart: never\n"
    v.write_jobs("jobs:\n" + talker(v, "slow", short) + talker(v, "late", short))
    v.start()
    equal(v.wait_state("late", "failed")["reason"], "was not ready within 0.001 s")
    equal(starting(v, "slow"), pid)


def test_an_end_before_ready_is_a_failure_however_clean(v):
    v.write_jobs("jobs:\n" + talker(v, "quits", NOTIFY + "restart: on-failure\n"))
    v.start()
    starting(v, "quits")
    order(v, "quits", "exit", 0)
    job = v.wait_job("quits", "was restarted", lambda j: j["restarts"] == 1)
    equal(job["last_exit"]["code"], 0)
    v.write_jobs("jobs:\n" + talker(v, "quits", NOTIFY + "restart: never\n"))
    v.ask("reload")
    tell(v, "quits", "pid")
    order(v, "quits", "exit", 0)
    equal(v.wait_state("quits", "done")["reason"], "exited with code 0 before it was ready")


def test_restart_waits_until_the_job_is_ready(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY, "READY=1"))
    v.start()
    first = v.wait_state("talk", "running")["pid"]
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "on-change: keep\n"))
    v.ask("reload")
    with v.asking("restart", "talk") as s:
        v.wait_job("talk", "starts again", lambda j: j["pid"] not in (None, first))
        starting(v, "talk")
        s.sock.setblocking(False)
        try:
            check(False, "answered too early: %s" % s.sock.recv(1000))
        except BlockingIOError:
            pass
        s.sock.setblocking(True)
        tell(v, "talk", "send", "READY=1")
        answer = s.answer()
    check(answer["ok"] and answer["job"]["state"] == "running", str(answer))


def test_an_unready_job_is_still_unready_after_a_kill_of_vigild(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    pid = starting(v, "talk")
    v.kill()
    v.start()
    equal(starting(v, "talk"), pid)
    tell(v, "talk", "send", "READY=1")
    equal(v.wait_state("talk", "running")["pid"], pid)
    v.kill()
    v.start()
    job = v.status("talk")
    check(job["state"] == "running" and job["ready"] and job["pid"] == pid, str(job))


def test_the_time_of_a_start_goes_on_over_a_kill_of_vigild(v):
    v.write_jobs("jobs:\n" + talker(v, "mute", "ready: notify\nstart-timeout: 20s\nrestart: never\n"))
    v.start()
    starting(v, "mute")
    begin = time.monotonic()
    v.kill()
    v.start()
    equal(v.wait_state("mute", "failed")["reason"], "was not ready within 20 s")
    check(time.monotonic() - begin < 20, "it was given the whole time again")


def test_ready_said_while_no_vigild_ran_is_not_lost(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    pid = starting(v, "talk")
    v.kill()
    equal(tell(v, "talk", "send", "READY=1\nSTATUS=alone"), "sent")
    v.start()
    job = v.wait_state("talk", "running")
    check(job["pid"] == pid and job["status_text"] == "alone", str(job))


def test_nobody_waits_for_a_vigild_that_is_away(v):
    """More messages than a socket queues: beats are dropped, what matters is kept."""
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    starting(v, "talk")
    v.kill()
    for i in range(700):
        equal(tell(v, "talk", "send", "WATCHDOG=1"), "sent")
    equal(tell(v, "talk", "send", "READY=1"), "sent")
    v.start()
    v.wait_state("talk", "running")


def test_only_the_main_process_is_heard(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    starting(v, "talk")
    tell(v, "talk", "fork", path_of(v, "child"))
    tell(v, "child", "send", "STATUS=child")
    tell(v, "talk", "send", "STATUS=main")
    v.wait_job("talk", "is heard", lambda j: j["status_text"] == "main")
    check("not the main process" in v.log(), v.log())


def test_all_its_processes_are_heard_if_wanted(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "notify-access: all\n"))
    v.start()
    starting(v, "talk")
    tell(v, "talk", "fork", path_of(v, "child"))
    tell(v, "child", "send", "READY=1\nSTATUS=child")
    equal(v.wait_state("talk", "running")["status_text"], "child")


def test_strangers_are_not_heard(v):
    """Neither another process, nor another job, nor another user's process of no job."""
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "notify-access: all\n")
                 + talker(v, "other") + talker(v, "third", NOTIFY + "notify-access: all\n"))
    v.start()
    starting(v, "talk")
    for user in (0, 65534):
        def send(uid=user):
            os.setuid(uid)
        subprocess.run(["/usr/bin/python3", "-c",
                        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto("
                        "b'READY=1', '%s')" % (v.run + "/notify")], preexec_fn=send, check=True)
    tell(v, "other", "send", "READY=1", [], v.run + "/notify")
    tell(v, "third", "send", "READY=1")
    v.wait_state("third", "running")  # it was the last: the others have been read
    starting(v, "talk")
    check("was dropped" in v.log() and "is no process of a job" in v.log(), v.log())


def test_a_job_that_runs_as_another_user_is_heard(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "notify-access: all\n"))
    v.start()
    starting(v, "talk")
    tell(v, "talk", "fork", path_of(v, "child"))
    equal(tell(v, "child", "nobody_send", "STATUS=nobody"), "sent")
    order(v, "child", "send", "READY=1")
    v.wait_state("talk", "running")


def test_messages_that_are_too_long_are_dropped(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    starting(v, "talk")
    tell(v, "talk", "send", "READY=1\n" + 4096 * "x")
    tell(v, "talk", "send", "READY=1\0\nSTATUS=nul")
    tell(v, "talk", "send", "BARRIER=1\nREADY=1")
    tell(v, "talk", "send", "STATUS=" + 4000 * "y")
    v.wait_job("talk", "is heard", lambda j: j["status_text"])
    starting(v, "talk")
    equal(v.status("talk")["status_text"], 255 * "y")


def test_descriptors_that_nobody_wants_are_closed(v):
    path = os.path.realpath(v.dir) + "/passed"
    open(path, "w", encoding="utf-8").close()
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    starting(v, "talk")
    for text in ("STATUS=x", "STATUS=" + 5000 * "x", "BARRIER=1\nSTATUS=x", "FDSTORE=1"):
        equal(tell(v, "talk", "send_file_fds", text, 253, path), "sent")
    tell(v, "talk", "send", "READY=1")
    v.wait_state("talk", "running")

    def held():
        folder = "/proc/%d/fd/" % v.process.pid
        links = [os.readlink(folder + fd) for fd in os.listdir(folder) if os.path.lexists(folder + fd)]
        return links.count(path)
    v.wait_for("none of them is held", lambda: held() == 0)


def test_a_barrier_ends_when_all_before_it_was_obeyed(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    starting(v, "talk")
    for i in range(20):
        tell(v, "talk", "send", "READY=1\nSTATUS=%d" % i)
        equal(tell(v, "talk", "barrier"), ["sent", ""])
        job = v.status("talk")
        check(job["state"] == "running" and job["status_text"] == str(i), str(job))


def test_the_main_process_can_be_another(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "notify-access: all\n"))
    v.start()
    first = starting(v, "talk")
    child = tell(v, "talk", "fork", path_of(v, "child"))
    tell(v, "talk", "send", "READY=1\nMAINPID=%d" % child)
    equal(v.wait_state("talk", "running")["pid"], child)
    order(v, "talk", "exit", 0)
    v.wait_for("the first is gone for good", lambda: not os.path.exists("/proc/%d" % first))
    equal(v.status("talk")["pid"], child)
    v.kill()
    v.start()
    equal(v.wait_state("talk", "running")["pid"], child)
    os.kill(child, signal.SIGKILL)
    v.wait_job("talk", "is started again", lambda j: j["pid"] not in (None, child))


test_the_main_process_can_be_another.needs = ("cgroup",)


def test_a_main_process_that_names_another_and_dies_at_once_was_heard(v):
    """What a daemon does that forks into the background."""
    script = ("import os, socket, time, signal\n"
              "pid = os.fork()\n"
              "if pid == 0:\n"
              "    signal.pause()\n"
              "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
              "s.sendto(b'READY=1\\nMAINPID=%d' % pid, os.environ['NOTIFY_SOCKET'])\n"
              "os._exit(0)\n")
    v.write_jobs("jobs:\n  daemon:\n    exec: %s\n    env: {VIGIL_TEST: %s}\n    ready: notify\n"
                 % (json.dumps(["/usr/bin/python3", "-c", script]), v.marker))
    for _ in range(5):
        v.start()
        job = v.wait_state("daemon", "running")
        check(job["restarts"] == 0 and lives(job["pid"]), str(job))
        v.ask("stop", "daemon")
        v.ask("start", "daemon")
        job = v.wait_state("daemon", "running")
        check(job["restarts"] == 0 and lives(job["pid"]), str(job))
        v.kill()
        v.start()
        equal(v.wait_state("daemon", "running")["pid"], job["pid"])
        v.kill()


test_a_main_process_that_names_another_and_dies_at_once_was_heard.needs = ("cgroup",)


def test_what_was_said_before_a_death_is_heard_before_it(v):
    """vigild finds the messages and the death at once, and the first message is for the store."""
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY))
    v.start()
    pid = starting(v, "talk")
    child = tell(v, "talk", "fork", path_of(v, "child"))
    os.kill(v.process.pid, signal.SIGSTOP)
    tell(v, "talk", "send", "READY=1")
    tell(v, "talk", "send", "MAINPID=%d" % child)
    order(v, "talk", "exit", 0)
    v.wait_for("the first is dead", lambda: not lives(pid))
    os.kill(v.process.pid, signal.SIGCONT)
    job = v.wait_state("talk", "running")
    check(job["pid"] == child and job["restarts"] == 0, str(job))


test_what_was_said_before_a_death_is_heard_before_it.needs = ("cgroup",)


def test_a_stranger_does_not_become_the_main_process(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY) + v.job("other"))
    v.start()
    pid = starting(v, "talk")
    other = v.wait_state("other", "running")["pid"]
    for stranger in (1, os.getpid(), other, v.process.pid, 2147483647):
        tell(v, "talk", "send", "MAINPID=%d" % stranger)
    tell(v, "talk", "send", "READY=1")
    equal(v.wait_state("talk", "running")["pid"], pid)
    check(v.log().count("is no process of it") == 5, v.log())


def test_a_job_that_says_it_stops_is_given_the_time_to_stop(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "restart: never\nstop: {timeout: 300ms}\n", "READY=1")
                 + talker(v, "good", NOTIFY + "restart: never\n", "READY=1"))
    v.start()
    v.wait_all_running()
    tell(v, "good", "send", "STOPPING=1")
    v.wait_state("good", "stopping")
    order(v, "good", "exit", 0)
    check(v.wait_state("good", "done")["last_exit"]["code"] == 0, "end")
    tell(v, "talk", "send", "STOPPING=1")
    check(v.wait_state("talk", "done")["last_exit"]["signal_name"] == "SIGKILL", "end")


def test_a_job_that_stops_itself_goes_on_to_over_a_kill_of_vigild(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "restart: never\nstop: {timeout: 1s}\n", "READY=1"))
    v.start()
    v.wait_all_running()
    tell(v, "talk", "send", "STOPPING=1")
    v.wait_state("talk", "stopping")
    v.kill()
    v.start()
    check(v.wait_state("talk", "done")["last_exit"] is not None, "end")
    check(v.processes() == {}, str(v.processes()))


STORE = NOTIFY + "fd-store: 4\n"


def next_instance(v, name, end=lambda v, pid: os.kill(pid, signal.SIGKILL)):
    """Ends the instance; the next one takes orders."""
    pid = tell(v, name, "pid")
    os.unlink(path_of(v, name))
    end(v, pid)
    tell(v, name, "pid")


def test_descriptors_are_kept_over_restarts(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1"))
    v.start()
    equal(tell(v, "talk", "passed"), None)
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=one\nFDPOLL=0", 1, "a")
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDPOLL=0", 2, "b")
    tell(v, "talk", "barrier")
    next_instance(v, "talk")
    equal(tell(v, "talk", "environ")["LISTEN_FDS"], "3")
    equal(tell(v, "talk", "passed"), [["one", "a0"], ["stored", "b0"], ["stored", "b1"]])
    # They are the same files: what was read is read.
    next_instance(v, "talk", lambda v, pid: v.ask("restart", "talk"))
    equal(tell(v, "talk", "passed"), [["one", ""], ["stored", ""], ["stored", ""]])
    v.ask("stop", "talk")
    v.ask("start", "talk")
    v.wait_state("talk", "running")
    equal(tell(v, "talk", "passed"), None)


def test_descriptors_outlive_vigild(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1"))
    for sig in (signal.SIGKILL, signal.SIGTERM):
        v.start()
        v.wait_state("talk", "running")
        tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=n\nFDPOLL=0", 1, str(sig))
        tell(v, "talk", "barrier")
        v.kill(sig)
        v.start()
        v.wait_state("talk", "running")
        next_instance(v, "talk")
        equal(tell(v, "talk", "passed")[-1], ["n", str(sig) + "0"])
        v.kill()
    v.start()
    equal(len(tell(v, "talk", "passed")), 2)


def test_descriptors_stored_while_no_vigild_ran_are_kept(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    v.kill()
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=n\nFDPOLL=0", 2, "away")
    v.start()
    next_instance(v, "talk")
    equal(tell(v, "talk", "passed"), [["n", "away0"], ["n", "away1"]])


def test_descriptors_outlive_their_holder(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=n\nFDPOLL=0", 1, "x")
    tell(v, "talk", "barrier")
    first = v.wait_for("a holder", v.holders)
    os.kill(first[0], signal.SIGKILL)
    other = v.wait_for("another holder", lambda: [pid for pid in v.holders() if pid not in first])
    # Its own five, the socket of notifications, the pipes of the job's output, the run directory, and the one that was stored.
    v.wait_for("it has everything", lambda: len(os.listdir("/proc/%d/fd" % other[0])) == 10)
    v.kill()
    v.start()
    next_instance(v, "talk")
    equal(tell(v, "talk", "passed"), [["n", "x0"]])


def test_descriptors_are_refused_beyond_what_a_job_may_store(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1") + talker(v, "none", NOTIFY, "READY=1"))
    v.start()
    v.wait_all_running()
    for name in ("talk", "none"):
        tell(v, name, "send_fds", "FDSTORE=1\nFDPOLL=0", 6, "x")
        tell(v, name, "barrier")
        next_instance(v, name)
    equal(len(tell(v, "talk", "passed")), 4)
    equal(tell(v, "none", "passed"), None)


def test_descriptors_can_be_removed(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1"))
    v.start()
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=a\nFDPOLL=0", 2, "a")
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=b\nFDPOLL=0", 1, "b")
    tell(v, "talk", "send", "FDSTOREREMOVE=1\nFDNAME=a")
    tell(v, "talk", "barrier")
    next_instance(v, "talk")
    equal(tell(v, "talk", "passed"), [["b", "b0"]])


def test_a_descriptor_whose_other_end_is_gone_is_forgotten(v):
    """The pipes of the talker have no writer: each is at its end."""
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1"))
    v.start()
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=a", 2, "a")
    tell(v, "talk", "barrier")
    next_instance(v, "talk")
    equal(tell(v, "talk", "passed"), None)


def refused(v, name, errno):
    answer = v.request("reload", name)
    check(not answer["ok"] and answer["errno"] == errno, str(answer))
    return answer["error"]


def test_a_job_is_reloaded_by_a_signal(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", "reload: {signal: USR1}\n") + talker(v, "none")
                 + v.job("down", "", "autostart: false\nreload: {signal: HUP}\n"))
    v.start()
    tell(v, "talk", "heed", "SIGUSR1", "")
    pid = v.status("talk")["pid"]
    equal(v.ask("reload", "talk")["job"]["pid"], pid)
    equal(tell(v, "talk", "pid"), pid)
    check("no \"reload\"" in refused(v, "none", "EINVAL"), "why")
    refused(v, "down", "EBUSY")
    refused(v, "nobody", "ENOENT")
    v.ask("reload")  # the job files, as ever


def test_a_reload_of_a_job_that_notifies_ends_when_it_is_ready(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", NOTIFY + "reload: {signal: USR1}\n", "READY=1"))
    v.start()
    v.wait_state("talk", "running")
    tell(v, "talk", "heed", "SIGUSR1", "RELOADING=1\nMONOTONIC_USEC=%d\nSTATUS=reloads")
    before = tell(v, "talk", "monotonic_us")
    with v.asking("reload", "talk") as s:
        v.wait_job("talk", "reloads", lambda j: j["reloading"])
        v.kill()  # and the next one knows
        v.start()
        v.wait_job("talk", "still reloads", lambda j: j["reloading"])
    tell(v, "talk", "send", "READY=1")
    v.wait_job("talk", "is ready", lambda j: not j["reloading"])
    with v.asking("reload", "talk") as s:
        v.wait_job("talk", "reloads", lambda j: j["reloading"])
        tell(v, "talk", "send", "READY=1")
        check(s.answer()["ok"], "answer")
    # One that is older than the request is not meant.
    tell(v, "talk", "heed", "SIGUSR1", "STATUS=deaf")
    with v.asking("reload", "talk") as s:
        v.wait_job("talk", "is asked", lambda j: j["status_text"] == "deaf")
        tell(v, "talk", "send", "RELOADING=1\nMONOTONIC_USEC=%d" % before)
        tell(v, "talk", "send", "READY=1\nSTATUS=old")
        v.wait_job("talk", "is heard", lambda j: j["status_text"] == "old")
        order(v, "talk", "exit", 1)
        answer = s.answer()
    check(not answer["ok"] and "its process has ended" in answer["error"], str(answer))


def test_a_job_is_reloaded_by_a_command(v):
    script = "test $MAINPID -gt 1 && echo $MAINPID $(id -u) > %s/reloaded && test ! -e %s/bad" % (v.dir, v.dir)
    v.write_jobs("jobs:\n" + talker(v, "talk", "reload: {exec: [/bin/sh, -c, \"%s\"]}\n" % script)
                 + talker(v, "stuck", "start-timeout: 200ms\nreload: {exec: [/bin/sleep, \"1000\"]}\n"))
    v.start()
    pid = v.wait_state("talk", "running")["pid"]
    v.ask("reload", "talk")
    with open(v.dir + "/reloaded", encoding="ascii") as f:
        equal(f.read(), "%d 0\n" % pid)
    with open(v.dir + "/bad", "w", encoding="ascii"):
        pass
    check("the command exited with code 1" in refused(v, "talk", "EIO"), "why")
    equal(v.status("talk")["pid"], pid)
    v.wait_state("stuck", "running")
    check("the command did not end in time" in refused(v, "stuck", "EIO"), "why")


def test_what_a_job_has_told_outlives_an_upgrade(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", STORE, "READY=1\nSTATUS=told") + talker(v, "mute", NOTIFY))
    v.start()
    pid = v.wait_state("talk", "running")["pid"]
    starting(v, "mute")
    tell(v, "talk", "send_fds", "FDSTORE=1\nFDNAME=n\nFDPOLL=0", 1, "x")
    tell(v, "talk", "barrier")
    v.ask("upgrade")
    job = v.status("talk")
    check(job["ready"] and job["pid"] == pid and job["status_text"] == "told", str(job))
    starting(v, "mute")
    tell(v, "mute", "send", "READY=1")
    v.wait_state("mute", "running")
    next_instance(v, "talk")
    equal(tell(v, "talk", "passed"), [["n", "x0"]])
