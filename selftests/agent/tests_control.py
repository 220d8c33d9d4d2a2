# SPDX-License-Identifier: GPL-2.0
"""What clients can ask for: tests_api.py is about how."""
import os
import signal
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
    with v.asking("stop", "deaf") as s:
        v.wait_state("deaf", "stopping")
        v.ask("start", "deaf")
        answer = s.answer()
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
