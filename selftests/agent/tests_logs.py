# SPDX-License-Identifier: GPL-2.0
"""What jobs write: every line once, whoever is killed, and nobody waits for a disk."""
import ctypes
import fcntl
import json
import os
import random
import re
import signal
import socket
import subprocess
import termios
import threading

from gate import open_gate, wait_at
from ktap import check, equal
from vigild import all_pids, lives, name_of

RECORD = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) (stdout|stderr|vigil) ([FP]) (.*)", re.S)
UNLIMITED = "rate-limit: {max: 0}"
ONCE = "restart: never\n"

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207


def shell(v, name, script, extra=ONCE):
    return ("  %s:\n    exec: [/bin/sh, -c, %s]\n    env: {VIGIL_TEST: %s}\n%s"
            % (name, json.dumps(script), v.marker, "".join("    %s\n" % l for l in extra.splitlines())))


def files(v, name):
    """The log's files, oldest first."""
    found = []
    if os.path.isdir(v.dir + "/logs"):
        found = [f for f in os.listdir(v.dir + "/logs") if re.fullmatch(re.escape(name) + r"\.log(\.\d+)?", f)]
    return [v.dir + "/logs/" + f for f in sorted(found, key=lambda f: -int((f.split(".log.") + ["0"])[1]))]


def raw(v, name):
    data = b""
    for path in files(v, name):
        try:
            with open(path, "rb") as f:
                data += f.read()
        except FileNotFoundError:  # it is being rotated just now
            continue
    return data


def records(v, name):
    """[(stream, tag, text)]"""
    data = raw(v, name)
    check(not data or data.endswith(b"\n"), "half a line: %r" % data[-200:])
    found = []
    for line in data.split(b"\n")[:-1]:
        match = RECORD.fullmatch(line)
        check(match, "no record: %r" % line[:200])
        found.append((match[2].decode(), match[3].decode(), match[4]))
    return found


def texts(v, name, stream="stdout"):
    return [text for s, _, text in records(v, name) if s == stream]


def wait_for_text(v, name, text, stream="stdout"):
    v.wait_for("%s has logged %r" % (name, text),
               lambda: text in raw(v, name) and text in texts(v, name, stream))


def loggers(v):
    found = []
    for pid in all_pids():
        try:
            with open("/proc/%d/cmdline" % pid, "rb") as f:
                words = f.read().split(b"\0")
        except OSError:
            continue
        if words[:2] == [b"vigil-log", v.run.encode()] and lives(pid):
            found.append(pid)
    return found


def the_logger(v):
    return v.wait_for("a logger", lambda: loggers(v))[0]


def kill_logger(v):
    for pid in loggers(v):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        v.wait_for("it is dead", lambda p=pid: not lives(p))


def pipes(v, name):
    return [f for f in os.listdir(v.run + "/log") if f.startswith(name + ",") and not f.endswith("rules")]


def numbers(n):
    return [b"%d" % i for i in range(1, n + 1)]


def gated(v, script):
    return wait_at(v) + "; " + script


def counting(n, steps=200):
    """Counts to n, with pauses, so that there is time for kills."""
    return ("i=0; while [ $i -lt %d ]; do seq $((i * %d + 1)) $((i * %d + %d)); i=$((i + 1)); sleep 0.01; done"
            % (steps, n // steps, n // steps, n // steps))


def all_read(v, *names):
    return not any(pipes(v, name) for name in names)


def size_of(v, name):
    """Changes with each record written."""
    try:
        return [os.stat(path).st_size for path in files(v, name)]
    except FileNotFoundError:
        return []


def wait_for_progress(v, *names):
    before = {name: size_of(v, name) for name in names}
    v.wait_for("more is written", lambda: all_read(v, *names) or
               any(size_of(v, name) != before[name] for name in names))


def check_all(v, name, n, stream="stdout"):
    got, want = texts(v, name, stream), numbers(n)
    if got == want:
        return
    at = next((i for i, (g, w) in enumerate(zip(got, want)) if g != w), min(len(got), len(want)))
    check(False, "%s: %d lines of %d; at %d: %r" % (name, len(got), n, at, got[at - 2:at + 3]))


def test_each_line_is_logged_with_its_time_and_stream(v):
    v.write_jobs("jobs:\n" + shell(v, "web", "echo one; echo two >&2; printf 'half'; printf ' whole\\n'; "
                                             "printf 'no end'"))
    v.start()
    v.wait_state("web", "done")
    wait_for_text(v, "web", b"no end")
    equal(texts(v, "web"), [b"one", b"half whole", b"no end"])
    equal(texts(v, "web", "stderr"), [b"two"])
    equal({tag for _, tag, _ in records(v, "web")}, {"F"})
    equal(os.stat(v.dir + "/logs/web.log").st_mode & 0o777, 0o640)
    v.wait_for("its pipes are gone", lambda: not pipes(v, "web"))


def test_what_the_jobs_other_commands_say_is_in_its_log(v):
    """Each as a line of its own, also while the program has left one half done."""
    v.write_jobs("jobs:\n" + shell(v, "web", "printf half; read -r _ < %s/go; echo ' whole'; exec sleep 1000" % v.dir,
                                   "pre-start: [[/bin/sh, -c, 'echo before']]\npost-stop: [[/bin/sh, -c, 'echo after']]\n"
                                   "reload: {exec: [/bin/sh, -c, 'echo reload; echo wrong >&2']}\n"
                                   "probe: {exec: [/bin/sh, -c, 'printf probed'], liveness: true, interval: 100ms}\n"))
    os.mkfifo(v.dir + "/go")
    v.start()
    wait_for_text(v, "web", b"probed")
    v.ask("reload", "web")
    wait_for_text(v, "web", b"reload")
    wait_for_text(v, "web", b"wrong", "stderr")
    with open(v.dir + "/go", "w", encoding="ascii"):
        pass
    wait_for_text(v, "web", b"half whole")
    v.ask("stop", "web")
    wait_for_text(v, "web", b"after")
    lines = texts(v, "web")
    equal((lines[0], lines[-1], set(lines)),
          (b"before", b"after", {b"before", b"probed", b"reload", b"half whole", b"after"}))
    v.wait_for("no pipe is left", lambda: not pipes(v, "web"))


def test_any_bytes_are_kept_and_long_lines_come_in_pieces(v):
    v.write_jobs("jobs:\n" + shell(v, "bytes", "printf '\\000\\001\\377\\r\\n\\n'; head -c 40000 /dev/zero | tr "
                                               "'\\000' x; echo; echo after; head -c 16384 /dev/zero | "
                                               "tr '\\000' y; echo"))
    v.start()
    wait_for_text(v, "bytes", b"y" * 16384)
    found = records(v, "bytes")
    equal(found[:2], [("stdout", "F", b"\0\1\xff\r"), ("stdout", "F", b"")])
    equal([(tag, len(text)) for _, tag, text in found[2:5]], [("P", 16384), ("P", 16384), ("F", 7232)])
    equal([(tag, len(text)) for _, tag, text in found[5:]], [("F", 5), ("F", 16384)])


def test_more_unfinished_lines_than_are_kept(v):
    """Each becomes a piece at once, and ends with its stream."""
    jobs = 160
    v.write_jobs("jobs:\n" + "".join(
        shell(v, "j%03d" % i, "printf begin; " + gated(v, "printf ' end'"))
        for i in range(jobs)))
    v.start()
    v.wait_for("some are pieces", lambda: any(raw(v, "j%03d" % i) for i in range(jobs)))
    open_gate(v)
    for i in range(jobs):
        v.wait_for("all is there", lambda n="j%03d" % i: b" F " in raw(v, n))
        equal(b"".join(texts(v, "j%03d" % i)), b"begin end")


def test_the_users_own_stdout_can_be_opened_by_name(v):
    v.write_jobs("jobs:\n" + shell(v, "named", "echo by name >/dev/stdout; exec sleep 1000",
                                   "user: nobody\n" + ONCE))
    v.start()
    wait_for_text(v, "named", b"by name")


def test_a_stream_can_be_left_out(v):
    v.write_jobs("jobs:\n" + shell(v, "quiet", "echo out; echo err >&2; echo end", ONCE + "log: {stderr: false}"))
    v.start()
    wait_for_text(v, "quiet", b"end")
    equal(texts(v, "quiet", "stderr"), [])


def test_the_logger_killed_under_load_loses_and_doubles_no_line(v):
    n = 100000
    names = ["a", "b", "c"]
    v.write_jobs("jobs:\n" + "".join(
        shell(v, name, gated(v, "seq 1 %d >&2; %s; echo end" % (n // 10, counting(n))),
              ONCE + "log: {max-size: %s, max-files: 100, %s}" % (size, UNLIMITED))
        for name, size in zip(names, ("256K", "1M", "100M"))))
    v.start()
    v.wait_all_running()
    open_gate(v)
    kills = 0
    while not all_read(v, *names):
        wait_for_progress(v, *names)
        v.live_on(0.02)
        kills += len(loggers(v))
        kill_logger(v)
    for name in names:
        wait_for_text(v, name, b"end")
        check(texts(v, name) == numbers(n) + [b"end"], "%s: %d lines" % (name, len(texts(v, name))))
        check_all(v, name, n // 10, "stderr")
    print("# %d kills of the logger" % kills)


def test_vigild_and_the_logger_killed_under_load_lose_no_line(v):
    n = 150000
    v.write_jobs("jobs:\n" + shell(v, "a", gated(v, counting(n)), ONCE + "log: {max-size: 100M, %s}" % UNLIMITED)
                 + shell(v, "b", gated(v, "{ %s; } >&2" % counting(n)), ONCE + "log: {max-size: 256K, max-files: 100, %s}" % UNLIMITED))
    v.start()
    v.wait_all_running()
    open_gate(v)
    kills = 0
    while not all_read(v, "a", "b"):
        wait_for_progress(v, "a", "b")
        v.live_on(0.05)
        for who in random.sample([v.kill, lambda: kill_logger(v)], random.randint(1, 2)):
            who()
            kills += 1
        if not v.process:
            v.start()
    wait_for_text(v, "a", b"%d" % n)
    wait_for_text(v, "b", b"%d" % n, "stderr")
    check_all(v, "a", n)
    check_all(v, "b", n, "stderr")
    print("# %d kills" % kills)


def test_logging_goes_on_while_no_vigild_runs(v):
    v.write_jobs("jobs:\n" + shell(v, "on", gated(v, "seq 1 50000; echo end; exec sleep 1000"), ONCE + "log: {max-size: 100M, %s}" % UNLIMITED))
    v.start()
    v.wait_state("on", "running")
    the_logger(v)
    v.kill()
    open_gate(v)
    wait_for_text(v, "on", b"end")
    equal(texts(v, "on")[:-1], numbers(50000))


def test_the_last_words_of_a_job_that_ends_while_nobody_listens(v):
    v.write_jobs("jobs:\n" + shell(v, "last", gated(v, "echo why >&2; printf last; exit 3")))
    v.start()
    pid = v.wait_state("last", "running")["pid"]
    the_logger(v)
    v.wait_for("the holder keeps its pipes", lambda: any(name_of(p) == "vigil-holder" for p in v.holders()))
    v.kill()
    kill_logger(v)
    open_gate(v)
    v.wait_for("it has ended", lambda: not lives(pid))
    v.start()
    wait_for_text(v, "last", b"last")
    equal(texts(v, "last", "stderr"), [b"why"])


def test_rotation_keeps_the_newest_lines_and_the_bounds(v):
    n = 100000
    v.write_jobs("jobs:\n" + shell(v, "r", "seq 1 %d" % n, ONCE + "log: {max-size: 256K, max-files: 3, %s}" % UNLIMITED))
    v.start()
    v.wait_for("all is written", lambda: raw(v, "r").endswith(b" F %d\n" % n))
    equal(files(v, "r"), [v.dir + "/logs/r.log" + end for end in (".2", ".1", "")])
    check(all(os.path.getsize(f) <= 256 << 10 for f in files(v, "r")), "too large")
    check(all(os.path.getsize(f) > 64 << 10 for f in files(v, "r")[:-1]), "rotated early")
    got = texts(v, "r")
    equal(got, numbers(n)[n - len(got):])


def test_lines_beyond_the_rate_limit_are_dropped_and_counted(v):
    v.write_jobs("jobs:\n" + shell(v, "fast", "seq 1 1000", ONCE + "log: {rate-limit: {max: 100, within: 1h}}"))
    v.start()
    v.wait_for("the end is told", lambda: texts(v, "fast", "vigil"))
    equal(texts(v, "fast"), numbers(100))
    told = texts(v, "fast", "vigil")
    check(len(told) == 1 and re.fullmatch(rb"900 lines dropped in \d+\.\d{3} s: more than rate-limit allows", told[0]),
          str(told))
    equal(v.status("fast")["log"], {"file": v.dir + "/logs/fast.log", "lines": 1000, "dropped": 900,
                                    "unforwarded": 0})


def test_a_full_disk_loses_lines_counts_them_and_delays_no_restart(v):
    disk = v.small_disk("logs", "128k")
    with open(disk + "/ballast", "wb") as f:
        f.write(bytes(64 << 10))
    v.write_jobs("jobs:\n" + shell(v, "much", "seq 1 20000; " + gated(v, "echo room; exec sleep 1000"), ONCE + "log: {%s}" % UNLIMITED)
                 + v.job("other"))
    v.start()
    v.wait_for("it is told", lambda: "much.log: No space left" in v.log())
    pid = v.status("other")["pid"]
    os.kill(pid, signal.SIGKILL)
    v.wait_back("other", pid)
    v.wait_for("all has been read", lambda: v.status("much")["log"]["lines"] == 20000)
    os.unlink(disk + "/ballast")
    open_gate(v)
    wait_for_text(v, "much", b"room")
    told = b" ".join(texts(v, "much", "vigil"))
    dropped = sum(int(m) for m in re.findall(rb"(\d+) lines dropped in \S+ s: the file could not be written", told))
    got = texts(v, "much")
    equal((len(got) - 1 + dropped, dropped > 0), (20000, True), str(told))
    equal(got[:-1], [b"%d" % i for i in sorted(int(g) for g in got[:-1])])
    equal(v.status("much")["log"]["dropped"], dropped)


def ptrace(what, pid):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long] * 4
    check(libc.ptrace(what, pid, 0, 0) == 0, "ptrace: " + os.strerror(ctypes.get_errno()))


def test_a_stuck_disk_holds_up_neither_jobs_nor_restarts(v):
    """Its writing thread stands still, as in a write that does not come back."""
    n = 1000000
    v.write_jobs("jobs:\n" + shell(v, "flood", gated(v, "seq 1 %d; echo end" % n), ONCE + "log: {max-size: 1G, %s}" % UNLIMITED) + v.job("other"))
    v.start()
    v.wait_all_running()
    logger = the_logger(v)
    writer = v.wait_for("its writer", lambda: [int(t) for t in os.listdir("/proc/%d/task" % logger)
                                               if int(t) != logger])[0]
    ptrace(PTRACE_SEIZE, writer)
    try:
        ptrace(PTRACE_INTERRUPT, writer)
        open_gate(v)
        v.wait_state("flood", "done")
        pid = v.status("other")["pid"]
        os.kill(pid, signal.SIGKILL)
        v.wait_back("other", pid)
        os.waitpid(writer, 0x40000000)  # __WALL: it has stopped
    finally:
        ptrace(PTRACE_DETACH, writer)
    v.wait_for("the drop is told", lambda: any(b"in time" in t for t in texts(v, "flood", "vigil")))
    log = v.status("flood")["log"]
    equal(log["lines"], n + 1)
    told = [int(t.split()[0]) for t in texts(v, "flood", "vigil")]
    equal(sum(told), log["dropped"])
    equal(loggers(v), [logger], "the logger was replaced")


def test_a_job_may_close_its_output(v):
    v.write_jobs("jobs:\n" + shell(v, "closed", "echo last; exec >&- 2>&-; exec sleep 1000"))
    v.start()
    wait_for_text(v, "closed", b"last")
    v.wait_for("its pipes are gone", lambda: not pipes(v, "closed"))
    equal(v.status("closed")["state"], "running")


def test_what_outlives_the_job_is_logged_on(v):
    v.cgroup = None
    os.mkfifo(v.dir + "/on")
    v.write_jobs("jobs:\n" + shell(v, "parent", "setsid sh -c 'echo >%s/on; %s' & read -r _ <%s/on; echo parent"
                                   % (v.dir, gated(v, "echo late"), v.dir)))
    v.start()
    v.wait_state("parent", "done")
    v.kill()
    kill_logger(v)
    v.start()
    open_gate(v)
    wait_for_text(v, "parent", b"late")
    v.wait_for("its pipes are gone", lambda: not pipes(v, "parent"))


def test_a_file_that_was_moved_away_or_emptied_begins_anew(v):
    v.write_jobs("jobs:\n" + shell(v, "moved", "while read -r line; do echo $line; done < %s/orders; exec sleep 1000"
                                   % v.dir))
    os.mkfifo(v.dir + "/orders")
    v.start()
    path = v.dir + "/logs/moved.log"
    with open(v.dir + "/orders", "wb", buffering=0) as orders:
        orders.write(b"one\n")
        wait_for_text(v, "moved", b"one")
        os.rename(path, v.dir + "/elsewhere")
        orders.write(b"two\n")
        wait_for_text(v, "moved", b"two")
        equal(texts(v, "moved"), [b"two"])
        os.truncate(path, 0)
        orders.write(b"three\n")
        wait_for_text(v, "moved", b"three")
        equal(texts(v, "moved"), [b"three"])


def test_the_logger_ends_when_nothing_is_left_for_it(v):
    v.write_jobs("jobs:\n" + shell(v, "one", "echo hello; exec sleep 1000"))
    v.start()
    wait_for_text(v, "one", b"hello")
    logger = the_logger(v)
    equal(v.kill(signal.SIGTERM), 0)
    check(lives(logger), "it did not outlive vigild")
    v.wait_for("all is gone", v.kill_jobs_only)
    v.wait_for("it has ended", lambda: not lives(logger))


def test_a_dead_logger_is_replaced(v):
    v.write_jobs("jobs:\n" + shell(v, "one", "while sleep 0.05; do echo again; done"))
    v.start()
    wait_for_text(v, "one", b"again")
    first = the_logger(v)
    os.kill(first, signal.SIGKILL)
    v.wait_for("another", lambda: [p for p in loggers(v) if p != first])
    seen = len(texts(v, "one"))
    v.wait_for("it goes on", lambda: len(texts(v, "one")) > seen)


def test_a_logger_that_stands_still_is_replaced(v):
    v.write_jobs("jobs:\n" + shell(v, "one", "while sleep 0.05; do echo again; done"))
    v.start()
    wait_for_text(v, "one", b"again")
    first = the_logger(v)
    os.kill(first, signal.SIGSTOP)
    v.wait_for("another", lambda: [p for p in loggers(v) if p != first])
    check("hangs: killed" in v.log(), v.log())
    seen = len(texts(v, "one"))
    v.wait_for("it goes on", lambda: len(texts(v, "one")) > seen)


def test_a_logger_that_cannot_start_is_tried_ever_more_seldom(v):
    """It is told once, and what the jobs write waits in their pipes."""
    os.makedirs(v.run + "/log/state")  # where its memory is to be: a file
    v.options = ["--debug"]
    v.write_jobs("jobs:\n" + shell(v, "much", "seq 1 50000", ONCE + "log: {%s}" % UNLIMITED))
    v.start()
    pauses = [200, 400, 800, 1600]
    v.wait_for("the pauses grow", lambda: "tried again in %d ms" % pauses[-1] in v.log())
    for pause in pauses:
        equal(v.log().count("tried again in %d ms" % pause), 1, v.log())
    equal((v.log().count("error: the logger fails (it exited with code 1)"), v.log().count("error: cannot set up")),
          (1, 1), v.log())
    check(any("The logger fails" in w for w in v.agent()["weaker"]), str(v.agent()["weaker"]))
    equal((v.status("much")["state"], raw(v, "much")), ("running", b""))
    os.rmdir(v.run + "/log/state")
    v.wait_for("all is there", lambda: raw(v, "much").endswith(b" F 50000\n"))
    check_all(v, "much", 50000)
    v.wait_for("its end is told", lambda: "the logger runs again" in v.log())
    check(not any("logger" in w for w in v.agent()["weaker"]), str(v.agent()["weaker"]))


def test_a_logger_of_another_version_hands_over_without_a_gap(v):
    n = 200000
    v.write_jobs("jobs:\n" + shell(v, "load", gated(v, "seq 1 %d" % n), ONCE + "log: {max-size: 1G, %s}" % UNLIMITED))
    v.start()
    v.wait_all_running()
    first = the_logger(v)
    lock = v.run + "/log/lock"
    v.wait_for("it has its lock", lambda: os.path.exists(lock) and os.path.getsize(lock))
    v.kill()
    open_gate(v)
    with open(lock, "w", encoding="ascii") as f:
        f.write("%d 0.0.0\n" % first)
    v.start()
    v.wait_for("another", lambda: [p for p in loggers(v) if p != first])
    wait_for_text(v, "load", b"%d" % n)
    check_all(v, "load", n)
    check(not lives(first), "the old one lives")


def is_empty(pipe):
    """Whether the logger has read all that is in a job's pipe."""
    fd = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return not int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, bytes(4)), "little")
    finally:
        os.close(fd)


def test_a_line_half_read_outlives_a_logger_of_another_version(v):
    """The next one makes its memory anew, since it is laid out in another way."""
    os.mkfifo(v.dir + "/go")
    v.write_jobs("jobs:\n" + shell(v, "half", "printf one; echo said >&2; read -r _ < %s/go; printf ' two\\nthree'; "
                                   "exec sleep 1000" % v.dir))
    v.start()
    wait_for_text(v, "half", b"said", "stderr")
    pipe = v.run + "/log/" + next(p for p in pipes(v, "half") if p.endswith(",out"))
    v.wait_for("the half is read", lambda: is_empty(pipe))
    first = the_logger(v)
    v.kill()
    for name in "lock", "state":
        with open(v.run + "/log/" + name, "r+b") as f:
            f.write((b"%d 0.0.0\n" % first) if name == "lock" else b"0.0.0/1\0")
    v.start()
    v.wait_for("another", lambda: [p for p in loggers(v) if p != first])
    with open(v.dir + "/go", "w", encoding="ascii"):
        pass
    wait_for_text(v, "half", b" two")
    v.ask("stop", "half")
    wait_for_text(v, "half", b"three")
    equal([r for r in records(v, "half") if r[0] == "stdout"],
          [("stdout", "P", b"one"), ("stdout", "F", b" two"), ("stdout", "F", b"three")])
    check(not lives(first), "the old one lives")


class Receiver(threading.Thread):
    """A journald or syslogd that keeps what it is sent."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.got = []
        self.start()

    def run(self):
        while True:
            self.got.append(self.socket.recv(65536))


IN_A_PLACE_OF_ITS_OWN = """
set -e
mount -t tmpfs tmpfs "$1/dev"
for d in null zero full tty random urandom; do touch "$1/dev/$d"; mount --bind /dev/$d "$1/dev/$d"; done
ln -s "$1/syslog" "$1/dev/log"
mount --rbind "$1/dev" /dev
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal
ln -s "$1/journal" /run/systemd/journal/socket
shift
exec "$@"
"""


def test_lines_are_passed_on_to_journald_and_syslog(v):
    os.mkdir(v.dir + "/dev")
    journal, syslog = Receiver(v.dir + "/journal"), Receiver(v.dir + "/syslog")
    v.prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c", IN_A_PLACE_OF_ITS_OWN, "sh", v.dir]
    v.write_jobs("jobs:\n" + shell(v, "both", "echo out; echo err >&2; sleep 0.1; echo end",
                                   ONCE + "log: {journald: true, syslog: local3}")
                 + shell(v, "none", "echo silent"))
    v.start()
    v.wait_for("both have all", lambda: len(journal.got) == 3 and len(syslog.got) == 3)
    fields = [dict(l.split(b"=", 1) for l in m[:-1].split(b"\n")) for m in journal.got]
    equal(sorted((f[b"VIGIL_JOB"], f[b"PRIORITY"], f[b"MESSAGE"], f[b"VIGIL_STREAM"]) for f in fields),
          [(b"both", b"3", b"err", b"stderr"), (b"both", b"6", b"end", b"stdout"), (b"both", b"6", b"out", b"stdout")])
    check(all(re.fullmatch(rb"<(%d|%d)>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d both: (out|err|end)"
                           % (19 * 8 + 6, 19 * 8 + 3), m) for m in syslog.got), str(syslog.got))
    wait_for_text(v, "none", b"silent")
    equal(v.status("both")["log"]["unforwarded"], 0)


def test_lines_that_nobody_receives_are_counted_and_kept(v):
    v.prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
                'mount -t tmpfs tmpfs /run && exec "$@"', "sh"]
    v.write_jobs("jobs:\n" + shell(v, "lone", "seq 1 10", ONCE + "log: {journald: true}"))
    v.start()
    v.wait_for("all are counted", lambda: v.status("lone")["log"]["unforwarded"] == 10)
    equal(texts(v, "lone"), numbers(10))
