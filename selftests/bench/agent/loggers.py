# SPDX-License-Identifier: GPL-2.0
"""What loggers take of one stream of lines: each line with its time, files of 10 MB, twenty of them."""
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../..")
from waiting import Changes, until  # noqa: E402

DEADLINE_S = 300
SIZE, FILES = 10000000, 20


def _piped(conf, lines, argv):
    """(seconds, CPU seconds of the logger): it ends when its standard input does."""
    since = time.monotonic()
    producer = subprocess.Popen([conf.producer, str(lines)], stdout=subprocess.PIPE)
    logger = subprocess.Popen(argv, stdin=producer.stdout)
    producer.stdout.close()
    producer.wait()
    _, status, usage = os.wait4(logger.pid, 0)
    logger.returncode = status
    if status:
        raise RuntimeError("%s ended with status %d" % (argv[0], status))
    return time.monotonic() - since, usage.ru_utime + usage.ru_stime


def s6_log(conf, lines, folder):
    return _piped(conf, lines, ["s6-log", "-b", "t", "n%d" % FILES, "s%d" % SIZE, folder + "/main"])


def svlogd(conf, lines, folder):
    os.mkdir(folder + "/main")
    with open(folder + "/main/config", "w", encoding="ascii") as f:
        f.write("s%d\nn%d\n" % (SIZE, FILES))
    return _piped(conf, lines, ["svlogd", "-tt", folder + "/main"])


def _cpu_s(pid):
    with open("/proc/%d/schedstat" % pid, encoding="ascii") as f:
        own = int(f.read().split()[0])
    for task in os.listdir("/proc/%d/task" % pid):
        if int(task) != pid:
            with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as f:
                own += int(f.read().split()[0])
    return own / 1e9


def _of(run):
    """{name: pid} of the processes that work for a vigild with this folder."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open("/proc/%s/cmdline" % entry, "rb") as f:
                words = f.read().split(b"\0")
        except OSError:
            continue
        if run.encode() in words:
            found[words[0].decode()] = int(entry)
    return found


def _ends_with(path, number):
    """Is this line the last one?"""
    try:
        with open(path, "rb") as f:
            f.seek(max(0, os.fstat(f.fileno()).st_size - 4096))
            return b"%010d " % number in f.read()
    except OSError:
        return False


def _count(folder):
    total = 0
    for name in os.listdir(folder):
        with open(folder + "/" + name, "rb") as f:
            total += f.read().count(b"\n")
    return total


def vigil_log(conf, lines, folder):
    """The pipe loses its name when all of it is read and written."""
    run = folder + "/run"
    os.mkdir(folder + "/jobs")
    os.makedirs(run + "/log")
    with open(folder + "/jobs/lines.yaml", "w", encoding="ascii") as f:
        f.write("jobs:\n  lines:\n    exec: [%s, \"%d\"]\n    autostart: false\n    restart: never\n"
                "    log: {max-size: %d, max-files: %d, rate-limit: {max: 0}}\n" % (conf.producer, lines, SIZE, FILES))
    vigil = [conf.build + "/vigil"]
    socket = ["--socket", run + "/vigild.sock"]
    changes = Changes(run, run + "/log")
    vigild = subprocess.Popen([conf.build + "/vigild", "--jobs", folder + "/jobs", "--state", folder + "/state",
                               "--run", run, "--logs", folder + "/logs", "--cgroup", "none",
                               "--owner", "bench-lines", "--detection", conf.detection], stderr=subprocess.DEVNULL)
    try:
        until("vigild answers", lambda: subprocess.run([*vigil, "status", *socket], check=False,
              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0, DEADLINE_S, [changes])
        logger = until("the logger runs", lambda: _of(run).get("vigil-log"), DEADLINE_S, [changes])
        cpu = _cpu_s(logger)
        since = time.monotonic()
        subprocess.run([*vigil, "start", *socket, "lines"], check=True, stdout=subprocess.DEVNULL)
        until("all is logged", lambda: _ends_with(folder + "/logs/lines.log", lines - 1) and not
              [n for n in os.listdir(run + "/log") if n.endswith((",out", ",err"))], DEADLINE_S, [changes])
        taken = time.monotonic() - since, _cpu_s(logger) - cpu
        kept = _count(folder + "/logs")
        if kept != lines:
            raise RuntimeError("%d lines of %d are in the logs" % (kept, lines))
        return taken
    finally:
        vigild.kill()
        vigild.wait()
        for pid in _of(run).values():
            os.kill(pid, signal.SIGKILL)
        changes.close()


WAYS = [("vigil-log", vigil_log, None), ("s6-log", s6_log, "s6-log"), ("svlogd", svlogd, "svlogd")]


def measure(conf, lines, rounds):
    """{name: [(seconds, CPU seconds)]}, interleaved."""
    taken = {}
    for n in range(rounds):
        ways = [way for way in WAYS if not way[2] or shutil.which(way[2])]
        for name, fn, _ in ways[n % len(ways):] + ways[:n % len(ways)]:
            folder = "%s/log-%d-%s" % (conf.disk, n, name)
            os.mkdir(folder)
            try:
                taken.setdefault(name, []).append(fn(conf, lines, folder))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    return taken
