# SPDX-License-Identifier: GPL-2.0
"""vigild as the keeper: the kernel brings it back as it was, and its jobs notice nothing."""
import json
import os
import resource
import select
import signal
import subprocess

from ktap import check, equal
from vigild import lives

FOLDER = "/sys/kernel/vigil/keeper/"
PATIENCE = int(os.environ.get("VIGIL_PATIENCE", "1"))


class Respawned:
    """A vigild that is no child of ours, with what Vigild asks of a Popen."""

    def __init__(self, pid):
        self.pid = pid
        self.returncode = None
        self.pidfd = os.pidfd_open(pid)

    def send_signal(self, sig):
        signal.pidfd_send_signal(self.pidfd, sig)

    def wait(self, timeout):
        check(select.select([self.pidfd], [], [], timeout)[0], "vigild does not end")
        os.close(self.pidfd)

    def poll(self):
        return None if lives(self.pid) else 1


def knob(name):
    with open(FOLDER + name, encoding="ascii") as f:
        return f.read().strip()


def serving_pid(v):
    try:
        return v.agent()["pid"]
    except (ConnectionError, FileNotFoundError, json.JSONDecodeError):
        return None


def wait_kept(v, old_pid):
    """Another vigild answers and is the keeper; v runs it from now on."""
    pid = v.wait_for("another vigild answers", lambda: serving_pid(v) not in (None, old_pid) and serving_pid(v))
    v.process = Respawned(pid)
    v.wait_for("it is the keeper", lambda: knob("state") == "kept" and knob("pid") == str(pid))
    return pid


def start_kept(v, names, options=("--keeper",)):
    v.options = list(options)
    v.write_jobs("jobs:\n" + "".join(v.job(n) for n in names))
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    v.wait_for("it is the keeper", lambda: knob("pid") == str(v.process.pid))
    return before


def test_the_kernel_brings_vigild_back(v):
    names = ["s%d" % i for i in range(20)]
    before = start_kept(v, names)
    for _ in range(3):
        pid = v.process.pid
        v.kill()
        wait_kept(v, pid)
        equal(v.check_one_each(names), before, "jobs did not run on")
        equal({n: j["pid"] for n, j in v.wait_all_running().items()}, before)
    v.check_none_doubled()
    equal(len(v.testimony("started")), len(names), "starts")
    os.kill(before["s0"], signal.SIGKILL)  # the one that the kernel started restarts jobs, too
    v.wait_back("s0", before["s0"])
    equal(v.agent()["weaker"], [])


def test_a_job_that_dies_with_vigild_is_restarted(v):
    before = start_kept(v, ["a", "b"])
    pid = v.process.pid
    os.kill(before["a"], signal.SIGKILL)
    v.kill()
    wait_kept(v, pid)
    v.wait_back("a", before["a"])
    equal(v.status("b")["pid"], before["b"])
    v.check_none_doubled()


def test_a_vigild_that_hangs_is_brought_back(v):
    """Stopped, it misses its beat: the kernel kills it and starts another. An orderly end is no hang."""
    before = start_kept(v, ["a", "b"], options=["--keeper=%d" % (2000 * PATIENCE)])
    pid = v.process.pid
    os.kill(pid, signal.SIGSTOP)
    v.wait_for("the one that hangs is killed", lambda: not lives(pid))
    wait_kept(v, pid)
    equal(v.check_one_each(["a", "b"]), before, "jobs did not run on")
    v.check_none_doubled()


def what_it_has(pid):
    def text(name):
        with open("/proc/%d/%s" % (pid, name), encoding="ascii") as f:
            return f.read()
    status = dict(line.split(":", 1) for line in text("status").splitlines())
    return {
        "cwd": os.readlink("/proc/%d/cwd" % pid),
        "cgroup": text("cgroup"),
        "limits": text("limits"),
        "oom": text("oom_score_adj"),
        "log": os.readlink("/proc/%d/fd/2" % pid),
        "priority": text("stat").rsplit(")", 1)[1].split()[15:17],
        "policy": text("stat").rsplit(")", 1)[1].split()[38],
        "umask": status["Umask"],
        "identity": (status["Uid"], status["Gid"]),
        "signals": status["SigBlk"],
        "command": text("cmdline").split("\0")[1:],
        "exe": os.readlink("/proc/%d/exe" % pid),
    }


def test_a_respawned_vigild_has_what_the_last_one_had(v):
    cgroup = v.conf.cgroup + "/keeper-" + v.owner
    os.mkdir(cgroup)
    try:
        v.prefix = ["env", "-C", v.dir, "sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', cgroup,
                    "prlimit", "--nofile=900:5000", "--memlock=123456:654321", "choom", "-n", "123", "--",
                    "chrt", "-f", "3"]
        start_kept(v, ["a"])
        first = what_it_has(v.process.pid)
        equal(first["cwd"], v.dir)
        equal(first["oom"], "123\n")
        for _ in range(2):
            pid = v.process.pid
            v.kill()
            new = what_it_has(wait_kept(v, pid))
            equal(new, first)
        for fd in (0, 1, 2):
            check(os.path.exists("/proc/%d/fd/%d" % (v.process.pid, fd)), "descriptor %d is closed" % fd)
        equal(v.log().count("the kernel keeps this vigild"), 3, v.log())
        # A job that it starts has the limit that vigild was given first.
        old = v.status("a")["pid"]
        os.kill(old, signal.SIGKILL)
        equal(resource.prlimit(v.wait_back("a", old)["pid"], resource.RLIMIT_NOFILE), (900, 5000))
        v.kill(signal.SIGTERM)
    finally:
        os.rmdir(cgroup)


def test_an_upgrade_keeps_the_keeper(v):
    """The same process beats on, and is brought back as ever."""
    before = start_kept(v, ["a", "b"])
    respawns = knob("respawns")
    v.ask("upgrade")
    equal((knob("state"), knob("pid"), knob("respawns")), ("kept", str(v.process.pid), respawns))
    equal(v.agent()["weaker"], [])
    pid = v.process.pid
    v.kill()
    wait_kept(v, pid)
    equal(v.check_one_each(["a", "b"]), before, "jobs did not run on")


def test_an_orderly_end_is_no_death(v):
    before = start_kept(v, ["a"])
    pid = v.process.pid
    equal(v.kill(signal.SIGTERM), 0)
    equal((knob("state"), knob("pid"), knob("respawns")), ("none", "0", "0"))
    v.start()  # by hand: the kernel has started none, or this one could not have the lock
    check(v.process.pid != pid, "the same process")
    equal(knob("pid"), str(v.process.pid))
    v.check_one_each(["a"])
    equal(v.status("a")["pid"], before["a"])
    # One that the kernel respawned ends in order, too.
    pid = v.process.pid
    v.kill()
    wait_kept(v, pid)
    v.kill(signal.SIGTERM)
    equal(knob("state"), "none")


def test_one_keeper_is_enough(v):
    """Another process is the keeper: vigild runs without, and says so."""
    start_kept(v, ["a"])
    other = [*v.arguments()]
    for option in ("--run", "--state", "--jobs"):
        path = v.dir + "/other" + option
        os.mkdir(path)
        other[other.index(option) + 1] = path
    other[other.index("--owner") + 1] = v.owner + "-2"
    with open(v.dir + "/other-log", "wb") as log:
        second = subprocess.Popen(other, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        def refused():
            with open(v.dir + "/other-log", encoding="utf-8") as f:
                return "will not bring this vigild back: process %d is the keeper" % v.process.pid in f.read()
        v.wait_for("the second is refused", refused)
        equal(knob("pid"), str(v.process.pid))
    finally:
        second.kill()
        second.wait()
    equal(knob("state"), "kept")


def test_status_says_that_nobody_brings_vigild_back(v):
    v.options = ["--keeper"]
    v.detection = "pidfd"
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    check(any("does not bring this vigild back" in w for w in v.agent()["weaker"]), str(v.agent()))


for _test in (test_the_kernel_brings_vigild_back, test_a_job_that_dies_with_vigild_is_restarted,
              test_a_vigild_that_hangs_is_brought_back, test_an_upgrade_keeps_the_keeper,
              test_an_orderly_end_is_no_death, test_one_keeper_is_enough):
    _test.needs = ("kernel",)
test_a_respawned_vigild_has_what_the_last_one_had.needs = ("kernel", "cgroup")
