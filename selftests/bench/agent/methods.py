# SPDX-License-Identifier: GPL-2.0
"""The supervisors that are compared: each with so many of the same job, in a folder of its own, removed at the end."""
import os
import select
import shutil
import signal
import subprocess

# Any of them may be slow to bring a thousand jobs up on an emulated machine.
DEADLINE_S = 300


def _write(path, text, mode=0o644):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, mode)


def _read(path):
    try:
        with open(path, encoding="ascii", errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def parents():
    """{pid: pid of its parent}."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = _read("/proc/%s/stat" % entry).rsplit(")", 1)[-1].split()
            if fields:
                found[int(entry)] = int(fields[1])
    return found


def descendants(root):
    """Its processes, root first."""
    children = {}
    for pid, parent in parents().items():
        children.setdefault(parent, []).append(pid)
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _exe(pid):
    try:
        return os.readlink("/proc/%d/exe" % pid)
    except OSError:
        return None


class Method:
    """One supervisor with jobs in the slots first .. first + n - 1 of the board."""
    name = None
    needs = ()      # programs without which it is left out
    note = ""
    polls = False   # it looks at its jobs now and then: its restarts take about a second
    young_s = 0     # a job that is younger when it dies is held back by it

    def __init__(self, conf, board, first, n):
        self.conf, self.board, self.slots = conf, board, range(first, first + n)
        self.dir = "%s/%s-%d" % (conf.dir, self.name.replace(" ", "-").replace(",", ""), first)
        self.process = None

    @classmethod
    def missing(cls):
        return [program for program in cls.needs if not shutil.which(program)]

    def folder(self, slot):
        return "%s/%d" % (self.dir, slot)

    def make_folders(self, program_as=None):
        os.mkdir(self.dir)
        for slot in self.slots:
            os.mkdir(self.folder(slot))
            os.symlink(self.board.path, self.folder(slot) + "/board")
            if program_as:
                os.symlink(self.conf.job, "%s/%s" % (self.folder(slot), program_as))

    def spawn(self, argv, **more):
        with open(self.dir + "/log", "ab") as log:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, **more)

    def prepare(self):
        """Make its files."""
        self.make_folders()

    def launch(self):
        """Start it."""
        raise NotImplementedError

    def start(self):
        before = {slot: self.board.starts(slot) for slot in self.slots}
        self.prepare()
        self.launch()
        self.await_starts(before)

    def await_starts(self, before):
        """Wait until every slot has had more starts than before."""
        waiting = dict(before)

        def all_up():
            for slot in [s for s, starts in waiting.items() if self.board.starts(s) != starts]:
                del waiting[slot]
            return not waiting

        self.board.wait(all_up, DEADLINE_S, "jobs of %s: %s" % (self.name, _read(self.dir + "/log")[-1000:]))

    def pid_of(self, slot):
        return self.board.read(slot)[1]

    def processes(self):
        """Those of the supervisor: not the jobs."""
        return [pid for pid in descendants(self.process.pid) if _exe(pid) != self.conf.job]

    def stop(self):
        """End it with all its jobs. Killed, since some take their time over an orderly end."""
        if self.process:
            pids = set(self.processes() + descendants(self.process.pid))
            jobs = {self.board.read(slot)[1] for slot in self.slots}
            # Those who would start more of them first.
            kill_all(sorted(pids))
            kill_all(pid for pid in jobs if _exe(pid) == self.conf.job)
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def kill_all(pids):
    """And wait until they are dead."""
    left = select.poll()
    dying = []
    for pid in pids:
        try:
            fd = os.pidfd_open(pid)
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        left.register(fd, select.POLLIN)
        dying.append(fd)
    open_fds = set(dying)
    while open_fds:
        for fd, _ in left.poll(DEADLINE_S * 1000) or [(fd, 0) for fd in open_fds]:
            left.unregister(fd)
            os.close(fd)
            open_fds.discard(fd)


class Floor(Method):
    name = "vfork + exec loop"
    note = "one process that does nothing else, no cgroup"

    def launch(self):
        assert len(self.slots) == 1
        self.spawn([self.conf.floor, self.conf.job], cwd=self.folder(self.slots[0]))


class Vigil(Method):
    name = "vigil"
    note = "a cgroup for each job, its output captured"
    log = ""

    def __init__(self, conf, board, first, n):
        super().__init__(conf, board, first, n)
        self.disk = "%s/%s" % (conf.disk, os.path.basename(self.dir))

    def prepare(self):
        super().prepare()
        # What is to last is on a disk, as elsewhere.
        os.mkdir(self.disk)
        os.mkdir(self.dir + "/jobs")
        self.write_jobs()

    def write_jobs(self):
        _write(self.dir + "/jobs/jobs.yaml", "jobs:\n" + "".join(
            "  job-%d:\n    exec: %s\n    directory: %s\n    healthy-after: %s\n"
            "    restart-limit: {max: 0}\n%s" % (slot, self.conf.job, self.folder(slot), self.conf.healthy, self.log)
            for slot in self.slots))

    @property
    def cgroup(self):
        return "%s/bench-%s" % (self.conf.cgroup, os.path.basename(self.dir))

    def launch(self):
        self.spawn([self.conf.build + "/vigild", "--jobs", self.dir + "/jobs", "--state", self.disk + "/state",
                    "--run", self.dir + "/run", "--logs", self.disk + "/logs",
                    "--cgroup", self.cgroup if self.conf.cgroup else "none",
                    "--owner", os.path.basename(self.dir), "--detection", self.conf.detection])

    def ctl(self, *words):
        return [self.conf.build + "/vigil", words[0], "--socket", self.dir + "/run/vigild.sock", *words[1:]]

    def processes(self):
        """With its logger and its holder, whoever is their parent now."""
        found = set(super().processes())
        for entry in os.listdir("/proc"):
            words = _read("/proc/%s/cmdline" % entry).split("\0") if entry.isdigit() else []
            if self.dir + "/run" in words and int(entry) not in found:
                found.add(int(entry))
        return sorted(found)

    def stop(self):
        super().stop()
        shutil.rmtree(self.disk, ignore_errors=True)
        if self.conf.cgroup:
            remove_cgroups(self.cgroup)


class VigilPlain(Vigil):
    name = "vigil, no log"
    note = "a cgroup for each job, its output not kept"
    log = "    output: /dev/null\n"


class S6(Method):
    name = "s6"
    needs = ("s6-svscan", "s6-supervise")
    note = "s6-svscan, one s6-supervise for each job, no logger"
    polls = True
    young_s = 1

    def prepare(self):
        self.make_folders(program_as="run")

    def launch(self):
        # It counts the loggers' services in as well.
        self.spawn(["s6-svscan", "-c", str(2 * len(self.slots) + 100), "-t", "0", self.dir])


class S6Log(S6):
    name = "s6, s6-log"
    needs = (*S6.needs, "s6-log")
    note = "s6-svscan, one s6-supervise and one s6-log with its own s6-supervise for each job"

    def prepare(self):
        super().prepare()
        for slot in self.slots:
            os.mkdir(self.folder(slot) + "/log")
            _write(self.folder(slot) + "/log/run", "#!/bin/sh\nexec s6-log -b t ./main\n", 0o755)


class Runit(Method):
    name = "runit"
    needs = ("runsvdir", "runsv")
    note = "runsvdir, one runsv for each job, no logger"
    young_s = 1

    def prepare(self):
        self.make_folders(program_as="run")

    def launch(self):
        self.spawn(["runsvdir", self.dir])


class RunitLog(Runit):
    name = "runit, svlogd"
    needs = (*Runit.needs, "svlogd")
    note = "runsvdir, one runsv and one svlogd for each job"

    def prepare(self):
        super().prepare()
        for slot in self.slots:
            os.makedirs(self.folder(slot) + "/log/main")
            _write(self.folder(slot) + "/log/run", "#!/bin/sh\nexec svlogd -tt ./main\n", 0o755)


class Supervisord(Method):
    name = "supervisord"
    needs = ("supervisord",)
    note = "startsecs=0"
    polls = True

    def prepare(self):
        super().prepare()
        _write(self.dir + "/conf", "[supervisord]\nnodaemon=true\nuser=root\nlogfile=/dev/null\nlogfile_maxbytes=0\n"
               "pidfile=%s/pid\nchildlogdir=%s\nminfds=1024\n" % (self.dir, self.dir) + "".join(
                   "[program:job-%d]\ncommand=%s\ndirectory=%s\nautorestart=true\nstartsecs=0\nstartretries=1000000\n"
                   % (slot, self.conf.job, self.folder(slot)) for slot in self.slots))

    def launch(self):
        self.spawn(["supervisord", "-c", self.dir + "/conf"])


class Monit(Method):
    name = "monit"
    needs = ("monit", "start-stop-daemon")
    note = "a look each second, the shortest there is"
    polls = True

    def prepare(self):
        super().prepare()
        _write(self.dir + "/conf", "set daemon 1\nset log %s/monit.log\nset idfile %s/id\nset statefile %s/state\n"
               "set pidfile %s/pid\n" % ((self.dir,) * 4) + "".join(
                   "check process job-%d with pidfile %s/pid\n  start program = \"/sbin/start-stop-daemon --start "
                   "--background --make-pidfile --pidfile %s/pid --chdir %s --exec %s\"\n"
                   % (slot, self.folder(slot), self.folder(slot), self.folder(slot), self.conf.job)
                   for slot in self.slots), 0o600)

    def launch(self):
        self.spawn(["monit", "-I", "-c", self.dir + "/conf"])


class Systemd(Method):
    """Process 1 of a PID namespace, with its own mounts and cgroup2: as a container's or a guest's init."""
    name = "systemd"
    needs = ("/lib/systemd/systemd", "unshare")
    note = "process 1 of a PID namespace, RestartSec=0"

    @property
    def cgroup(self):
        return "%s/bench-%s" % (self.conf.cgroup, os.path.basename(self.dir))

    def prepare(self):
        super().prepare()
        units = self.dir + "/units"
        os.mkdir(units)
        _write(units + "/bench.target", "[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n%s" % "".join(
            "Wants=job-%d.service\n" % slot for slot in self.slots))
        for slot in self.slots:
            _write("%s/job-%d.service" % (units, slot),
                   "[Unit]\nDefaultDependencies=no\nStartLimitIntervalSec=0\n[Service]\nType=simple\nExecStart=%s\n"
                   "WorkingDirectory=%s\nRestart=always\nRestartSec=0\nStandardOutput=null\nStandardError=null\n"
                   % (self.conf.job, self.folder(slot)))
        # /tmp may hold the jobs' folders; /run and /sys/fs/cgroup must be its own.
        _write(self.dir + "/boot", "#!/bin/sh\nset -e\nmount --make-rprivate /\nmount -t proc proc /proc\n"
               "mount -t tmpfs tmpfs /run\numount -R /sys/fs/cgroup 2>/dev/null || umount -Rl /sys/fs/cgroup\n"
               "mount -t cgroup2 cgroup2 /sys/fs/cgroup\n"
               "exec env -i PATH=$PATH container=bench SYSTEMD_UNIT_PATH=%s "
               "/lib/systemd/systemd --system --unit=bench.target --log-target=console --show-status=no --log-level=warning\n" % units, 0o755)

    def launch(self):
        os.makedirs(self.cgroup, exist_ok=True)
        # The namespace of cgroups begins where it is made: go there first.
        self.spawn(["sh", "-c", 'echo $$ >"$1/cgroup.procs"; exec unshare -m -p -C -f --kill-child "$2"', "sh",
                    self.cgroup, self.dir + "/boot"])

    def pid_of(self, slot):
        """As seen from here: the job itself knows another."""
        path = "%s/system.slice/job-%d.service/cgroup.procs" % (self.cgroup, slot)
        return int(_read(path).split()[0])

    def processes(self):
        return [pid for pid in super().processes() if pid != self.process.pid]

    def stop(self):
        super().stop()
        remove_cgroups(self.cgroup)


def remove_cgroups(top):
    """Those of processes that are dead."""
    for path, _, _ in os.walk(top, topdown=False):
        try:
            os.rmdir(path)
        except OSError:
            pass


ONE_JOB = [Floor, Vigil, VigilPlain, S6, Runit, Systemd, Supervisord, Monit]
MANY_JOBS = [Vigil, VigilPlain, S6, S6Log, Runit, RunitLog, Systemd]
