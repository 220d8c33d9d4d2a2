# SPDX-License-Identifier: GPL-2.0
"""One vigild under test: its folders, its process, its control socket, its jobs' processes."""
import contextlib
import json
import os
import random
import select
import shutil
import signal
import subprocess
import tempfile
import uuid

from client import Connection
from ktap import check
from waiting import Changes, until

# An emulated machine with a thousand processes is slow; what is waited for is mostly there at once.
DEADLINE_S = 300


def stat_of(pid):
    """Fields 3.. of /proc/PID/stat, or None."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
            return f.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None


def all_pids():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def name_of(pid):
    try:
        with open("/proc/%d/comm" % pid, encoding="ascii", errors="replace") as f:
            return f.read().strip()
    except OSError:
        return None


def lives(pid):
    fields = stat_of(pid)
    return fields is not None and fields[0] not in "ZX"


def find_cgroup2():
    with open("/proc/self/mounts", encoding="ascii", errors="replace") as f:
        for line in f:
            words = line.split()
            if words[2] == "cgroup2":
                return words[1]
    return None


class Vigild:
    def __init__(self, conf):
        self.conf = conf
        self.dir = tempfile.mkdtemp(prefix="vigild-")
        self.marker = uuid.uuid4().hex
        self.owner = "test-" + self.marker[:16]
        self.state = self.dir + "/state"
        self.jobs = self.dir + "/jobs"
        self.run = self.dir + "/run"
        self.witness_dir = self.dir + "/witness"
        self.cgroup = conf.cgroup + "/" + self.owner if conf.cgroup else None
        self.process = None
        self.program = conf.build + "/vigild"
        self.prefix = []  # a command that runs it
        self.options = []  # more of them
        self.detection = conf.detection
        self.mounts = []
        os.mkdir(self.jobs)
        os.mkdir(self.witness_dir)
        # What vigild logs, also that it answers from now on; what the jobs testify.
        self.changes = Changes(self.dir, self.witness_dir)
        os.chmod(self.dir, 0o755)
        self.witness = shutil.copy(conf.witness, self.dir + "/program")

    def wait_for(self, what, look):
        """What look() gives, once that is true."""
        return until(what, look, DEADLINE_S, [self.changes])

    # Its process.

    def arguments(self):
        return [*self.prefix, self.program, "--jobs", self.jobs, "--state", self.state,
                "--run", self.run, "--logs", self.dir + "/logs",
                "--cgroup", self.cgroup or "none", "--owner", self.owner,
                "--detection", self.detection, *self.options]

    def launch(self):
        with open(self.dir + "/log", "ab") as log:
            self.process = subprocess.Popen(self.arguments(), stdin=subprocess.DEVNULL, stderr=log,
                                            stdout=log, start_new_session=True)

    def start(self):
        self.launch()
        self.wait_for("vigild answers", self.answers)

    def answers(self):
        check(self.process.poll() is None, "vigild ended with %s: %s"
              % (self.process.returncode, self.log()[-2000:]))
        try:
            return self.request("agent")["pid"] == self.process.pid
        except (ConnectionError, FileNotFoundError):
            return False

    def kill(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)
        code = self.process.wait(DEADLINE_S)
        self.process = None
        return code

    def live_on(self, longest_s):
        """Until a random moment, since a fault comes whenever it comes: vigild must not end before."""
        ended = os.pidfd_open(self.process.pid)
        try:
            fired = select.select([ended], [], [], random.uniform(0, longest_s))[0]
        finally:
            os.close(ended)
        check(not fired, "vigild ended by itself: %s" % self.log()[-2000:])

    def end(self):
        """End vigild, and look for what the sanitizers said."""
        if self.process:
            self.kill(signal.SIGTERM)
        log = self.log()
        for word in ("AddressSanitizer", "runtime error", "LeakSanitizer", "ThreadSanitizer"):
            check(word not in log, "a sanitizer spoke: " + log[max(log.find(word) - 500, 0):][:4000])

    def sweep(self):
        """End all that is left of it."""
        if self.process:
            self.kill()
        # vigild is dead: nothing can be started any more, and few passes are needed.
        self.wait_for("all jobs are gone", self.kill_jobs)
        if self.cgroup and os.path.isdir(self.cgroup):
            self.wait_for("cgroups are removed", self.remove_cgroups)
        for path in self.mounts:
            subprocess.run(["umount", "-l", path], check=True)
        self.changes.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def helpers(self):
        """{pid: words} of the processes that keep descriptors for it, or its logs, or are to become one of these."""
        found = {}
        for pid in all_pids():
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as f:
                    words = f.read().split(b"\0")
            except OSError:
                continue
            if self.run.encode() in words and not (self.process and pid == self.process.pid):
                found[pid] = words
        return found

    def holders(self):
        """Those that keep descriptors for it."""
        return [pid for pid, words in self.helpers().items() if b"--holder" in words]

    def kill_jobs(self):
        # One that was let through its gate just before vigild died carries our mark only after exec; before it, vigild's
        # own words, which tell it from those of another vigild.
        helpers = self.helpers()
        if any(name_of(pid) == "vigil-gate" and lives(pid) for pid in helpers):
            return False
        return self.kill_jobs_only(helpers)

    def kill_jobs_only(self, others=()):
        pids = [pid for pids in self.processes().values() for pid in pids] + list(others)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return not pids

    def remove_cgroups(self):
        # One that had just been started when vigild was killed was not to be told from it.
        for pid in self.helpers():
            os.kill(pid, signal.SIGKILL)
        for name in os.listdir(self.cgroup):
            path = self.cgroup + "/" + name
            if os.path.isdir(path):
                try:
                    os.rmdir(path)
                except OSError:
                    return False
        os.rmdir(self.cgroup)
        return True

    def log(self):
        if not os.path.exists(self.dir + "/log"):
            return ""
        with open(self.dir + "/log", encoding="utf-8", errors="replace") as f:
            return f.read()

    # Its files.

    def write_jobs(self, text, name="jobs.yaml"):
        path = self.jobs + "/" + name
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.rename(path + ".new", path)

    def job(self, name, orders="", extra=""):
        """One job of the witness, as YAML lines; marked, so that its processes are found."""
        words = [self.witness, self.witness_dir, name] + orders.split()
        return ("  %s:\n    exec: %s\n    env: {VIGIL_TEST: %s}\n%s"
                % (name, json.dumps(words), self.marker,
                   "".join("    %s\n" % line for line in extra.splitlines())))

    def testimony(self, name):
        try:
            with open(self.witness_dir + "/" + name, encoding="utf-8") as f:
                return [line.split() for line in f]
        except FileNotFoundError:
            return []

    def check_none_doubled(self):
        check(not self.testimony("doubled"), "doubled: %s" % self.testimony("doubled"))

    def small_disk(self, name, size="256k"):
        path = self.dir + "/" + name
        os.mkdir(path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path], check=True)
        self.mounts.append(path)
        return path

    # Its socket.

    def connect(self):
        return Connection(self.run + "/vigild.sock", DEADLINE_S)

    @contextlib.contextmanager
    def asking(self, cmd, job=None):
        """A request on its way; its answer()."""
        with self.connect() as c:
            c.send_request(cmd, job)
            yield c

    def request(self, cmd, job=None):
        """An answer, good or bad."""
        with self.connect() as c:
            answer = c.ask_status(job) if cmd == "status" else c.ask(cmd, job)
        return self.taken_over(answer) if cmd == "upgrade" and answer["ok"] else answer

    def taken_over(self, old):
        """The answer of the vigild that an upgrade has brought."""
        def look():
            try:
                with self.connect() as c:
                    agent = c.ask("agent")
            except ConnectionError:
                return None
            return agent if agent["incarnation"] != old["agent"]["incarnation"] else None
        return {"ok": True, "agent": self.wait_for("another vigild serves", look)}

    def ask(self, cmd, job=None):
        """A request that must succeed."""
        answer = self.request(cmd, job)
        check(answer["ok"], "%s %s: %s" % (cmd, job, answer))
        return answer

    def agent(self):
        return self.ask("agent")

    def status(self, job=None):
        """{name: state object}, or one of them."""
        if job:
            return self.ask("status", job)["jobs"][0]
        return {j["name"]: j for j in self.ask("status")["jobs"]}

    def wait_job(self, job, what, good):
        """The job's state object, once it is good."""
        def look():
            state = self.status(job)
            return state if good(state) else None
        return self.wait_for("%s %s" % (job, what), look)

    def wait_state(self, job, state):
        return self.wait_job(job, "is " + state, lambda j: j["state"] == state)

    def wait_back(self, job, old_pid):
        """Its next instance runs."""
        return self.wait_job(job, "is back", lambda j: j["state"] == "running" and j["pid"] != old_pid)

    def wait_all_running(self):
        return self.wait_for("all jobs run", self.all_running)

    def wait_all_back(self, before):
        """All jobs run, none with the process that it had before."""
        def look():
            jobs = self.all_running()
            return jobs and all(jobs[name]["pid"] != pid for name, pid in before.items())
        self.wait_for("all are back", look)

    def all_running(self):
        jobs = self.status()
        return jobs if all(j["state"] == "running" for j in jobs.values()) else None

    # Its jobs' processes.

    def processes(self):
        """{job name: [pids]} of the live processes that carry our mark, whoever started them."""
        found = {}
        mark = b"VIGIL_TEST=" + self.marker.encode()
        for pid in all_pids():
            try:
                with open("/proc/%d/environ" % pid, "rb") as f:
                    env = f.read().split(b"\0")
            except OSError:
                continue
            if mark not in env or not lives(pid):
                continue
            name = [e[10:].decode() for e in env if e.startswith(b"VIGIL_JOB=")]
            found.setdefault(name[0], []).append(pid)
        return found

    def check_one_each(self, names):
        found = self.processes()
        for name in names:
            check(len(found.get(name, [])) == 1, "%s has processes %s" % (name, found.get(name)))
        return {name: found[name][0] for name in names}
