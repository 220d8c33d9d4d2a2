# SPDX-License-Identifier: GPL-2.0
"""How a job's process is made: environment files, identity, priority, limits, capabilities."""
import ctypes
import grp
import os
import resource
import signal

from ktap import check, equal

SYS_IOPRIO_GET = 252


def sleeper(v, name, extra="", env=""):
    """A job that does nothing, marked."""
    return ("  %s:\n    exec: [/bin/sleep, '1000']\n    env: {VIGIL_TEST: %s%s}\n%s"
            % (name, v.marker, env, "".join("    %s\n" % line for line in extra.splitlines())))


def run_one(v, extra, env=""):
    """The process of a job with these keys."""
    v.write_jobs("jobs:\n" + sleeper(v, "one", extra, env))
    v.start()
    job = v.wait_job("one", "was started", lambda j: j["state"] != "starting")
    equal(job["state"], "running", job["reason"])
    return job["pid"]


def status_of(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return {line.split(":")[0]: line.split(":")[1].strip() for line in f}


def environ_of(pid):
    with open("/proc/%d/environ" % pid, "rb") as f:
        return dict(e.decode().split("=", 1) for e in f.read().split(b"\0") if e)


def refused(v, extra):
    """Why a job with these keys is not started."""
    v.write_jobs("jobs:\n" + sleeper(v, "one", extra + "\nrestart: never\n"))
    v.start()
    return v.wait_state("one", "failed")["reason"]


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def test_groups_are_added_to_those_of_the_user(v):
    pid = run_one(v, "user: nobody\ngroups: [daemon, '4321']")
    groups = set(status_of(pid)["Groups"].split())
    want = {str(grp.getgrnam("daemon").gr_gid), "4321"}
    check(want <= groups and "0" not in groups, "groups: %s" % groups)


def test_an_unknown_group_is_a_start_failure(v):
    equal(refused(v, "groups: [nogroupofthisname]"), 'there is no group "nogroupofthisname"')


def test_env_files_are_read_in_their_order_and_win(v):
    write(v.dir + "/first", "# comment\nA=1\nB='single $x' \nC=\"double \\\"q\\\"\"\n")
    write(v.dir + "/second", "\n; comment\nA=2\nD=\n")
    pid = run_one(v, "env-file: [%s/first, -%s/missing, %s/second]" % (v.dir, v.dir, v.dir), ", A: env, E: env")
    env = environ_of(pid)
    equal([env.get(name) for name in "ABCDE"], ["2", "single $x", 'double "q"', "", "env"])


def test_env_files_are_read_at_each_start(v):
    path = v.dir + "/file"
    write(path, "A=1\n")
    pid = run_one(v, "env-file: %s\nbackoff: {initial: 1ms, max: 1ms}" % path)
    write(path, "A=2\n")
    os.kill(pid, signal.SIGKILL)
    equal(environ_of(v.wait_back("one", pid)["pid"])["A"], "2")


def test_a_missing_env_file_is_a_start_failure(v):
    path = v.dir + "/missing"
    equal(refused(v, "env-file: " + path),
          "cannot take the environment of %s: No such file or directory" % path)


def test_a_bad_env_file_is_told_with_its_line(v):
    write(v.dir + "/bad", "A=1\n\nno variable\n")
    equal(refused(v, "env-file: -%s/bad" % v.dir), "%s/bad:3: NAME=VALUE is wanted here" % v.dir)


def test_priorities_are_set(v):
    pid = run_one(v, "umask: 0027\nnice: 7\noom-score-adj: 250\ncpu-affinity: [0]\n"
                     "scheduler: {policy: batch}\nio-priority: {class: best-effort, level: 6}\nuser: nobody")
    status = status_of(pid)
    equal(status["Umask"], "0027")
    equal(status["Cpus_allowed_list"], "0")
    equal(os.getpriority(os.PRIO_PROCESS, pid), 7)
    equal(os.sched_getscheduler(pid), os.SCHED_BATCH)
    equal(ctypes.CDLL(None).syscall(SYS_IOPRIO_GET, 1, pid), 2 << 13 | 6)
    with open("/proc/%d/oom_score_adj" % pid, encoding="ascii") as f:
        equal(f.read().strip(), "250")


def test_a_real_time_policy_is_set(v):
    pid = run_one(v, "scheduler: {policy: rr, priority: 3}\nuser: nobody")
    equal(os.sched_getscheduler(pid), os.SCHED_RR)
    equal(os.sched_getparam(pid).sched_priority, 3)


def test_a_cpu_that_is_not_there_is_a_start_failure(v):
    equal(refused(v, "cpu-affinity: 1023"), "cannot set the CPU affinity: Invalid argument")


def limits_of(pid):
    """{name: (soft, hard)} as the kernel tells it."""
    with open("/proc/%d/limits" % pid, encoding="ascii") as f:
        lines = f.read().splitlines()[1:]
    return {line[:25].strip(): tuple(line[25:].split()[:2]) for line in lines}


def test_every_rlimit_is_set(v):
    # Not everywhere may root raise those that are 0 by default.
    few = [min(n, resource.getrlimit(r)[1]) if resource.getrlimit(r)[1] >= 0 else n
           for n, r in ((5, resource.RLIMIT_RTPRIO), (30, resource.RLIMIT_NICE))]
    pid = run_one(v, "rlimits: {nofile: {soft: 100, hard: 200}, nproc: 4000, stack: 4M, memlock: 1M, core: 0,"
                     " cpu: unlimited, fsize: {soft: 1G, hard: unlimited}, as: 1T, data: 512G, rtprio: %d,"
                     " rttime: 2s, nice: %d, sigpending: 1000, msgqueue: 64K, locks: 12}\nuser: nobody" % tuple(few))
    limits = limits_of(pid)
    for name, *want in (("Max open files", 100, 200), ("Max processes", 4000), ("Max stack size", 4 << 20),
                        ("Max locked memory", 1 << 20), ("Max core file size", 0),
                        ("Max cpu time", "unlimited"), ("Max file size", 1 << 30, "unlimited"),
                        ("Max address space", 1 << 40), ("Max data size", 1 << 39),
                        ("Max realtime priority", few[0]), ("Max realtime timeout", 2000000),
                        ("Max nice priority", few[1]), ("Max pending signals", 1000),
                        ("Max msgqueue size", 65536), ("Max file locks", 12)):
        equal(limits[name], (str(want[0]), str(want[-1])), name)


def test_a_limit_that_cannot_be_had_is_named(v):
    equal(refused(v, "rlimits: {nofile: 1073741824}"), "cannot set the limit nofile: Operation not permitted")


def capabilities_of(pid):
    status = status_of(pid)
    return [int(status["Cap" + name], 16) for name in ("Bnd", "Prm", "Eff", "Inh", "Amb")]


def test_a_user_gets_the_capabilities_that_are_named_and_no_other(v):
    pid = run_one(v, "user: nobody\ncapabilities: [CAP_NET_BIND_SERVICE, SYS_NICE]\nno-new-privileges: true")
    equal(capabilities_of(pid), [1 << 10 | 1 << 23] * 5)
    status = status_of(pid)
    equal(status["Uid"].split(), ["65534"] * 4)
    equal(status["NoNewPrivs"], "1")


def test_root_keeps_the_capabilities_that_are_named_and_no_other(v):
    equal(capabilities_of(run_one(v, "capabilities: KILL")), [1 << 5] * 5)


def test_root_without_capabilities(v):
    equal(capabilities_of(run_one(v, "capabilities: []")), [0] * 5)


def test_a_user_has_no_capabilities_unless_they_are_named(v):
    equal(capabilities_of(run_one(v, "user: nobody"))[1:], [0] * 4)


def file_of(v, job, name):
    """A file of the job's cgroup."""
    with open("%s/job-%s/%s" % (v.cgroup, job, name), encoding="ascii") as f:
        return f.read().strip()


ALL_LIMITS = {"memory": "64M", "memory-high": "32M", "memory-swap": "16M", "tasks": "50", "cpu": "150%",
              "cpu-weight": "250", "io-weight": "300"}


def limits_key(limits):
    return "limits: {%s}\n" % ", ".join("%s: %s" % pair for pair in limits.items())


def test_limits_are_set_in_the_cgroup_and_taken_back(v):
    key = limits_key(ALL_LIMITS) + "backoff: {initial: 1ms, max: 1ms}"
    pid = run_one(v, key)
    mib = 1 << 20
    files = (("memory.max", str(64 * mib)), ("memory.high", str(32 * mib)), ("memory.swap.max", str(16 * mib)),
             ("pids.max", "50"), ("cpu.max", "150000 100000"), ("cpu.weight", "250"), ("io.weight", "default 300"))
    for name, want in files:
        equal(file_of(v, "one", name), want, name)
    equal([w for w in v.agent()["weaker"] if w.startswith("limits:")], [])
    # The definition changes, and the cgroup is another one or the same, as the kernel needs it.
    v.write_jobs("jobs:\n" + sleeper(v, "one", "limits: {tasks: 60}\nbackoff: {initial: 1ms, max: 1ms}"))
    v.ask("reload")
    os.kill(pid, signal.SIGKILL)
    v.wait_back("one", pid)
    for (name, _), want in zip(files, ("max", "max", "max", "60", "max 100000", "100", "default 100")):
        equal(file_of(v, "one", name), want, name)


test_limits_are_set_in_the_cgroup_and_taken_back.needs = (
    "cgroup", "memory controller", "pids controller", "cpu controller", "io controller")


def test_a_job_cannot_have_more_tasks_than_its_limit(v):
    script = "sleep 1000 & sleep 1000 & sleep 1000 & wait"
    v.write_jobs("jobs:\n  forks:\n    exec: [/bin/sh, -c, '%s']\n    env: {VIGIL_TEST: %s}\n    restart: never\n"
                 "    limits: {tasks: 3}\n    output: %s/out\n" % (script, v.marker, v.dir))
    v.start()
    v.wait_state("forks", "done")
    with open(v.dir + "/out", encoding="utf-8") as f:
        check("fork" in f.read(), "no fork was refused")
    check(file_of(v, "forks", "pids.events") != "max 0", "pids.events")


test_a_job_cannot_have_more_tasks_than_its_limit.needs = ("cgroup", "pids controller")


def test_status_tells_which_limits_are_not_enforced(v):
    run_one(v, limits_key(ALL_LIMITS))
    with open(v.conf.cgroup + "/cgroup.controllers", encoding="ascii") as f:
        there = f.read().split()
    controllers = {"tasks": "pids", "io-weight": "io"}
    want = []
    for key in ALL_LIMITS:
        controller = controllers.get(key, key.split("-")[0])
        if controller not in there:
            want.append("limits: %s is not enforced: the %s controller is not available." % (key, controller))
    equal([w for w in v.agent()["weaker"] if w.startswith("limits:")], want)


test_status_tells_which_limits_are_not_enforced.needs = ("cgroup",)


def test_the_process_is_made_the_same_after_a_crash_of_vigild(v):
    keys = ("user: nobody\ncapabilities: [KILL]\nnice: 3\nrlimits: {nofile: 99}\nhealthy-after: 0ms\n")
    first = run_one(v, keys)
    v.kill()
    os.kill(first, signal.SIGKILL)
    v.start()
    pid = v.wait_back("one", first)["pid"]
    equal(capabilities_of(pid), [1 << 5] * 5)
    equal(os.getpriority(os.PRIO_PROCESS, pid), 3)
    equal(limits_of(pid)["Max open files"], ("99", "99"))
