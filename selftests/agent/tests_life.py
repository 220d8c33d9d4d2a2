# SPDX-License-Identifier: GPL-2.0
"""What a job gets and what becomes of it."""
import os
import signal
import subprocess
import time

from ktap import check
from vigild import lives, stat_of

FAST = "backoff: {initial: 10ms, max: 50ms}\nhealthy-after: 0ms\n"


def test_a_job_runs_in_a_session_of_its_own(v):
    v.write_jobs("jobs:\n" + v.job("one"))
    v.start()
    pid = v.wait_state("one", "running")["pid"]
    check(v.processes() == {"one": [pid]}, "processes: %s" % v.processes())
    fields = stat_of(pid)
    check(int(fields[2]) == pid and int(fields[3]) == pid, "group and session: %s" % fields[2:4])
    check(int(fields[4]) == 0, "it has a terminal")


def test_a_job_does_not_get_the_priority_of_vigild(v):
    v.write_jobs("jobs:\n" + v.job("one"))
    v.prefix = ["chrt", "--fifo", "1", "nice", "-n", "-5"]
    v.start()
    check(os.sched_getscheduler(v.process.pid) & ~os.SCHED_RESET_ON_FORK == os.SCHED_FIFO, "vigild's own")
    pid = v.wait_state("one", "running")["pid"]
    check(os.sched_getscheduler(pid) == os.SCHED_OTHER, "policy %d" % os.sched_getscheduler(pid))
    check(os.getpriority(os.PRIO_PROCESS, pid) == 0, "nice %d" % os.getpriority(os.PRIO_PROCESS, pid))


def test_a_job_gets_a_clean_place_to_run_in(v):
    """Environment, working directory, descriptors, signals, limits, output."""
    script = ("env; pwd; ls -l /proc/self/fd; grep Sig /proc/self/status; ulimit -n; echo error >&2; "
              "exec tail -f /dev/null")
    v.write_jobs("jobs:\n  shell:\n    exec: [/bin/sh, -c, \"%s\"]\n    env: {VIGIL_TEST: %s, PATH: "
                 "/usr/bin:/bin}\n    directory: /usr\n    output: %s/out\n    limits: {nofile: 123}\n"
                 % (script, v.marker, v.dir))
    v.start()
    v.wait_state("shell", "running")

    def read():
        with open(v.dir + "/out", encoding="utf-8") as f:
            return f.read()
    v.wait_for("output", lambda: os.path.exists(v.dir + "/out") and "error" in read())
    text = read()
    lines = text.splitlines()
    for line in ("VIGIL_JOB=shell", "PATH=/usr/bin:/bin", "HOME=/root", "/usr", "123", "error",
                 "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"):
        check(line in lines, "%r is not in %r" % (line, text))
    names = {line.split("=")[0] for line in lines if "=" in line}
    check(names <= {"VIGIL_JOB", "VIGIL_TEST", "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD"},
          "environment: %s" % names)
    check(os.stat(v.dir + "/out").st_mode & 0o777 == 0o640, "mode of the output")
    fds = [line.split()[8:] for line in lines if " -> " in line]
    check(["0", "->", "/dev/null"] in fds and ["1", "->", v.dir + "/out"] in fds
          and len(fds) == 4, "descriptors: %s" % fds)  # the fourth is ls's own


def test_a_job_runs_as_its_user(v):
    v.write_jobs("jobs:\n  who:\n    exec: [/bin/sleep, '1000']\n    user: nobody\n    env: {VIGIL_TEST: %s}\n"
                 % v.marker)
    v.start()
    pid = v.wait_state("who", "running")["pid"]
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        ids = {l.split()[0]: l.split()[1:] for l in f if l.startswith(("Uid", "Gid", "Groups"))}
    check(ids["Uid:"] == ["65534"] * 4 and ids["Gid:"] == ["65534"] * 4
          and ids["Groups:"] in ([], ["65534"]), "ids: %s" % ids)


def test_policies_decide_what_follows_an_end(v):
    policies = {"always": "always", "onfail": "on-failure", "never": "never"}
    text = "jobs:\n"
    for key, policy in policies.items():
        for code in (0, 3):
            text += v.job("%s-%d" % (key, code), "run 20 exit %d" % code,
                          "restart: %s\n" % policy + FAST + "restart-limit: {max: 0}\n")
    v.write_jobs(text)
    v.start()
    for name, code in (("onfail-0", 0), ("never-0", 0), ("never-3", 3)):
        job = v.wait_state(name, "done")
        check(job["last_exit"]["cause"] == "exited" and job["last_exit"]["code"] == code, str(job))
        check(job["restarts"] == 0, str(job))
    for name in ("always-0", "always-3", "onfail-3"):
        v.wait_job(name, "was restarted", lambda j: j["restarts"] >= 3)
    for name in ("onfail-0", "never-0", "never-3"):
        check(len([t for t in v.testimony("started") if t[0] == name]) == 1, "%s ran again" % name)


def test_too_many_restarts_fail_the_job_with_the_reason(v):
    v.write_jobs("jobs:\n" + v.job("loops", "run 1 exit 4",
                                    FAST + "restart-limit: {max: 3, within: 30s}\n")
                 + v.job("other"))
    v.start()
    job = v.wait_state("loops", "failed")
    check(job["reason"] == "3 restarts in 30 s; last: exited with code 4", job["reason"])
    check(len([t for t in v.testimony("started") if t[0] == "loops"]) == 4, "runs")
    v.wait_state("other", "running")
    v.ask("start", "loops")
    v.wait_state("loops", "failed")
    check(len([t for t in v.testimony("started") if t[0] == "loops"]) == 8, "runs after start")


def test_backoff_doubles_and_is_told(v):
    v.write_jobs("jobs:\n" + v.job("slow", "exit 1", "backoff: {initial: 2s, max: 1h}\n"))
    v.start()
    job = v.wait_state("slow", "backoff")
    check(0 < job["next_start_s"] <= 2.4 and job["reason"] == "exited with code 1", str(job))
    job = v.wait_job("slow", "backs off again", lambda j: j["state"] == "backoff" and j["restarts"] == 2)
    check(2.4 < job["next_start_s"] <= 4.8, str(job))


def test_a_healthy_run_is_restarted_at_once(v):
    v.write_jobs("jobs:\n" + v.job("web", "", "backoff: {initial: 1h, max: 1h}\nhealthy-after: 50ms\n"))
    v.start()
    first = v.wait_state("web", "running")["pid"]
    v.wait_job("web", "is healthy", lambda j: j["uptime_s"] > 0.05)
    os.kill(first, signal.SIGKILL)
    job = v.wait_back("web", first)
    check(job["last_exit"]["signal_name"] == "SIGKILL" and
          job["last_exit"]["cause"] == "signalled", str(job))


def test_descendants_end_before_the_next_instance(v):
    v.write_jobs("jobs:\n" + v.job("parent", "child", FAST))
    v.start()
    first = v.wait_state("parent", "running")["pid"]
    v.wait_for("the child", lambda: len(v.processes().get("parent", [])) == 2)
    pids = v.processes()["parent"]
    os.kill(first, signal.SIGKILL)
    v.wait_back("parent", first)
    v.wait_for("its testimony", lambda: len(v.testimony("started")) == 2)
    check(not any(lives(p) for p in pids), "left over: %s" % pids)
    v.check_none_doubled()  # the child holds the lock, too
    v.ask("stop", "parent")
    check(v.processes() == {}, "after the stop: %s" % v.processes())


test_descendants_end_before_the_next_instance.needs = ("cgroup",)


def test_a_thousand_jobs_killed_at_once_all_come_back(v):
    names = ["job-%04d" % i for i in range(v.conf.jobs)]
    v.write_jobs("jobs:\n" + "".join(v.job(n) for n in names))
    v.start()
    v.wait_all_running()
    before = v.check_one_each(names)
    begin = time.monotonic()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    check(v.request("status", names[0])["ok"], "no answer in the storm")
    v.wait_all_back(before)
    print("# %d jobs back after %.2f s" % (len(names), time.monotonic() - begin))
    after = v.check_one_each(names)
    check(not set(before.values()) & set(after.values()), "some were not killed")
    v.check_none_doubled()
    check(all(j["last_exit"]["signal"] == 9 and j["restarts"] == 1 for j in v.status().values()),
          "exits")


def test_redis_is_kept_running(v):
    sock = v.dir + "/redis.sock"
    v.write_jobs("jobs:\n  redis:\n    exec: [/usr/bin/redis-server, --port, '0', --unixsocket, %s, --save, '']\n"
                 "    env: {VIGIL_TEST: %s}\n    directory: %s\n" % (sock, v.marker, v.dir))
    v.start()

    def ping():
        r = subprocess.run(["redis-cli", "-s", sock, "ping"], capture_output=True, text=True,
                           check=False)
        return r.stdout.strip() == "PONG"
    v.wait_for("redis answers", ping)
    first = v.status("redis")["pid"]
    os.kill(first, signal.SIGSEGV)
    v.wait_back("redis", first)
    v.wait_for("redis answers again", ping)
    answer = v.ask("stop", "redis")["job"]
    check(answer["last_exit"]["cause"] == "exited" and answer["last_exit"]["code"] == 0, str(answer))


test_redis_is_kept_running.needs = ("/usr/bin/redis-server",)


def test_memory_exhaustion_is_told_apart(v):
    v.write_jobs("jobs:\n  eater:\n    exec: [/bin/sh, -c, 'exec tail /dev/zero']\n    restart: never\n"
                 "    limits: {memory: 16M}\n    env: {VIGIL_TEST: %s}\n" % v.marker)
    v.start()
    job = v.wait_state("eater", "done")
    check(job["last_exit"]["cause"] == "oom-killed", str(job))


test_memory_exhaustion_is_told_apart.needs = ("kernel", "cgroup", "memory controller")
