# SPDX-License-Identifier: GPL-2.0
"""The control socket and what it can ask for."""
import json
import os
import signal
import socket
import subprocess

from ktap import check
from vigild import lives


def test_stop_start_restart(v):
    v.write_jobs("jobs:\n" + v.job("web") + v.job("off", "", "autostart: false\n"))
    v.start()
    first = v.wait_state("web", "running")["pid"]
    check(v.status("off")["state"] == "stopped", "autostart")
    job = v.ask("restart", "web")["job"]
    check(job["state"] == "running" and job["pid"] != first and not lives(first), str(job))
    job = v.ask("stop", "web")["job"]
    check(job["state"] == "stopped" and job["pid"] is None and v.processes() == {}, str(job))
    check(job["last_exit"]["signal_name"] == "SIGTERM", str(job))
    v.ask("start", "web")
    v.ask("start", "off")
    v.wait_all_running()
    v.check_one_each(["web", "off"])
    v.check_none_doubled()


def test_a_deaf_job_is_killed_after_its_timeout(v):
    v.write_jobs("jobs:\n" + v.job("deaf", "deaf", "stop: {timeout: 200ms}\n"))
    v.start()
    v.wait_for("it is deaf", lambda: v.testimony("started"))
    job = v.ask("stop", "deaf")["job"]
    check(job["last_exit"]["signal_name"] == "SIGKILL", str(job))


def test_start_during_stop_brings_it_back(v):
    v.write_jobs("jobs:\n" + v.job("deaf", "deaf", "stop: {timeout: 300ms}\n"))
    v.start()
    v.wait_for("it is deaf", lambda: v.testimony("started"))
    first = v.status("deaf")["pid"]
    with v.connect() as s:
        s.sendall(b'{"cmd":"stop","job":"deaf"}\n')
        v.wait_state("deaf", "stopping")
        v.ask("start", "deaf")
        answer = json.loads(s.makefile("rb").readline())
    check(not answer["ok"] and answer["errno"] == "EBUSY", str(answer))
    v.wait_back("deaf", first)


def test_reload_follows_the_files(v):
    v.write_jobs("jobs:\n" + v.job("keep") + v.job("change") + v.job("drop"))
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    v.write_jobs("jobs:\n" + v.job("keep") + v.job("change", "exit 0", "restart: never\non-change: keep\n")
                 + v.job("new"))
    answer = v.ask("reload")
    check(answer["errors"] == [], str(answer))
    v.wait_for("drop is gone", lambda: "drop" not in v.processes())
    v.wait_state("new", "running")
    jobs = v.status()
    check(sorted(jobs) == ["change", "keep", "new"], str(sorted(jobs)))
    check(jobs["keep"]["pid"] == before["keep"], "keep was restarted")
    check(jobs["change"]["pid"] == before["change"], "change was restarted by the reload")
    os.kill(before["change"], signal.SIGKILL)
    job = v.wait_state("change", "done")
    check(job["last_exit"]["signal"] == 9, "the new policy holds at once: %s" % job)
    v.ask("start", "change")
    check(v.wait_state("change", "done")["last_exit"]["code"] == 0, "the new definition")
    v.process.send_signal(signal.SIGHUP)
    v.write_jobs("jobs:\n" + v.job("keep"))
    v.process.send_signal(signal.SIGHUP)
    v.wait_for("SIGHUP is followed", lambda: sorted(v.status()) == ["keep"])
    check(v.status("keep")["pid"] == before["keep"], "keep was restarted")


def test_bad_requests_are_refused_in_words(v):
    v.write_jobs("jobs:\n" + v.job("web"))
    v.start()
    cases = (
        (b"{}", "EINVAL"), (b"", "EINVAL"), (b"[]", "EINVAL"), (b"\xff\xfe", "EINVAL"),
        (b'{"cmd":1}', "EINVAL"), (b'{"cmd":"frob"}', "EINVAL"), (b'{"cmd":"stop"}', "EINVAL"),
        (b'{"cmd":"reload","job":"web"}', "EINVAL"), (b'{"cmd":"status","x":1}', "EINVAL"),
        (b'{"cmd":"status","job":"nobody"}', "ENOENT"), (b'{"cmd":"stop","job":""}', "ENOENT"),
        (b'{"cmd":"status","cmd":"status"}', "EINVAL"), (b"{" * 4000, "EINVAL"),
    )
    with v.connect() as s:
        f = s.makefile("rb")
        for line, errno in cases:
            s.sendall(line + b"\n")
            answer = json.loads(f.readline())
            check(not answer["ok"] and answer["errno"] == errno and answer["error"],
                  "%r: %s" % (line, answer))
        s.sendall(b'{"cmd":"status"}\n' * 20)  # several at once, answered in order
        for _ in range(20):
            check(json.loads(f.readline())["ok"], "pipelined")
        s.sendall(b"x" * 5000)
        answer = json.loads(f.readline())
        check(answer["errno"] == "EINVAL" and "too long" in answer["error"], str(answer))
        try:
            rest = f.readline()
        except ConnectionResetError:
            rest = b""
        check(rest == b"", "the connection goes on: %r" % rest)


def test_strangers_are_refused_and_the_group_is_heard(v):
    v.write_jobs("jobs:\n" + v.job("web"))
    v.start()
    script = ("import socket,sys\n"
              "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
              "try: s.sendall(b'{\"cmd\":\"status\"}\\n')\n"
              "except BrokenPipeError: pass\n"  # refused already, the answer can be read
              "print(s.makefile('r').readline())")

    def ask_as(*setpriv):
        r = subprocess.run(["setpriv", *setpriv, "/usr/bin/python3", "-c", script,
                            v.run + "/vigild.sock"], capture_output=True, text=True, check=False)
        check(r.returncode == 0, r.stderr)
        return json.loads(r.stdout)
    answer = ask_as("--reuid=65534", "--regid=65534", "--clear-groups")
    check(answer["errno"] == "EACCES", str(answer)[:200])
    v.kill(signal.SIGTERM)
    v.arguments = lambda base=v.arguments: base() + ["--group", "daemon"]
    v.start()
    check(ask_as("--reuid=65534", "--regid=1", "--clear-groups")["ok"], "primary group")
    check(ask_as("--reuid=65534", "--regid=65534", "--groups=1,7")["ok"], "supplementary group")
    check(not ask_as("--reuid=65534", "--regid=65534", "--groups=7")["ok"], "another group")


test_strangers_are_refused_and_the_group_is_heard.needs = ("/usr/bin/setpriv",)


def test_many_clients_and_slow_ones_do_not_stop_it(v):
    v.write_jobs("jobs:\n" + "".join(v.job("j%03d" % i, "", "autostart: false\n") for i in range(300)))
    v.start()
    clients = []
    for _ in range(100):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.setblocking(False)
        try:
            s.connect(v.run + "/vigild.sock")
            s.send(b'{"cmd":"status"}\n' * 50)  # and never reads
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            pass
        clients.append(s)
    for s in clients:
        s.close()
    v.wait_for("it answers", v.answers)


def test_the_second_vigild_refuses(v):
    v.write_jobs("jobs:\n" + v.job("web"))
    v.start()
    v.wait_state("web", "running")
    r = subprocess.run(v.arguments(), capture_output=True, text=True, check=False, timeout=60)
    check(r.returncode == 3, "exit status %d" % r.returncode)
    check("another vigild (pid %d) already runs on %s" % (v.process.pid, v.run) in r.stderr,
          r.stderr)
    check(v.answers() and v.check_one_each(["web"]), "the first one suffered")


def test_check_tells_every_error(v):
    v.write_jobs("jobs:\n  a:\n    exec: relative\n    frobs: 1\n  b: {}\n")
    v.write_jobs("jobs:\n  c: {exec: [/bin/true]}\n", "c.yaml")
    v.write_jobs("jobs:\n  c: {exec: [/bin/true]}\n", "d.yaml")
    r = subprocess.run(v.arguments() + ["--check"], capture_output=True, text=True, check=False)
    lines = r.stderr.splitlines()
    check(r.returncode == 1 and len(lines) == 4, r.stderr)
    for place in ("jobs.yaml:3:", "jobs.yaml:4:", "jobs.yaml:5:"):
        check(any(place in line for line in lines), "%s is not in %s" % (place, r.stderr))
    check(any('d.yaml:2:3: job "c" is defined in %s/c.yaml:2, too' % v.jobs in line for line in lines),
          r.stderr)
    check(not os.path.exists(v.state) and not os.path.exists(v.run), "--check has made something")
