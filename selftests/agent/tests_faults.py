# SPDX-License-Identifier: GPL-2.0
"""Disks that are full, files that are bad, programs that are missing: each is told, nothing else stops."""
import os
import signal

from ktap import check


def kill_and_see_back(v, name):
    first = v.wait_state(name, "running")["pid"]
    os.kill(first, signal.SIGKILL)
    return v.wait_back(name, first)


def fill(disk):
    """Take every byte of it."""
    with open(disk + "/ballast", "wb", buffering=0) as f:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    f.write(b"\0" * size)
            except OSError:
                pass


def test_a_full_disk_under_the_store(v):
    disk = v.small_disk("disk", "512k")
    v.state = disk + "/state"
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b"))
    v.start()
    v.wait_all_running()
    check(v.agent()["store"] == "ok", "store: %s" % v.agent()["store"])
    fill(disk)
    # More deaths than fit into what the log has allotted already.
    v.wait_for("the store is full", lambda: kill_and_see_back(v, "a") and v.agent()["store"] != "ok")
    agent = v.agent()
    check("full" in agent["store"] or "disk" in agent["store"], agent["store"])
    check(any(agent["store"] in w for w in agent["weaker"]), str(agent["weaker"]))
    kill_and_see_back(v, "b")
    v.ask("stop", "b")
    os.unlink(disk + "/ballast")
    v.wait_for("the store is back", lambda: v.agent()["store"] == "ok")
    pid = v.status("a")["pid"]
    v.kill()
    v.start()
    check(v.status("a")["pid"] == pid and v.status("b")["state"] == "stopped", str(v.status()))
    v.check_none_doubled()


def test_a_full_disk_under_the_output(v):
    disk = v.small_disk("disk")
    fill(disk)
    v.write_jobs("jobs:\n" + v.job("lost", "", "output: %s/no/such/place\n" % disk)
                 + v.job("full", "", "output: /dev/full\n") + v.job("ballast", "", "output: %s/ballast\n" % disk))
    v.start()
    jobs = v.wait_all_running()
    v.wait_for("they ran", lambda: len(v.testimony("started")) == 3)
    check("output is lost: cannot open %s/no/such/place: No such file" % disk in
          v.status("lost")["reason"], str(jobs["lost"]))
    check(v.status("full")["reason"] is None, str(jobs["full"]))


def test_a_store_that_cannot_be_written(v):
    v.state = "/proc/nowhere/state"
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b"))
    v.start()
    v.wait_all_running()
    agent = v.agent()
    check(agent["store"].startswith("/proc/nowhere/state: "), agent["store"])
    check(any("store cannot be written" in w for w in agent["weaker"]), str(agent["weaker"]))
    kill_and_see_back(v, "a")
    check(v.ask("stop", "b")["job"]["state"] == "stopped", "stop")
    check(v.log().count("the store cannot be written") == 1, "told more than once")


def test_a_store_that_is_no_database(v):
    os.mkdir(v.state)
    with open(v.state + "/vigil.db", "w", encoding="ascii") as f:
        f.write("this is not a database " * 100)
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    v.wait_state("a", "running")
    check("not a database" in v.agent()["store"], v.agent()["store"])
    kill_and_see_back(v, "a")


def test_a_missing_program(v):
    v.write_jobs("jobs:\n  gone:\n    exec: [/no/such/program]\n    backoff: {initial: 5ms, max: 20ms}\n"
                 "    restart-limit: {max: 3, within: 60s}\n  never:\n    exec: [/no/such/program]\n"
                 "    restart: never\n  nodir:\n    exec: [/bin/true]\n    directory: /no/dir\n"
                 "    backoff: {initial: 1h, max: 1h}\n  nouser:\n    exec: [/bin/true]\n    user: no-such-user\n"
                 "    backoff: {initial: 1h, max: 1h}\n" + v.job("good"))
    v.start()
    job = v.wait_state("gone", "failed")
    check(job["reason"] == "3 restarts in 60 s; last: cannot run /no/such/program: "
          "No such file or directory", job["reason"])
    job = v.wait_state("never", "failed")
    check(job["reason"] == "cannot run /no/such/program: No such file or directory", job["reason"])
    job = v.wait_state("nodir", "backoff")
    check(job["reason"] == "cannot change to directory /no/dir: No such file or directory",
          job["reason"])
    job = v.wait_state("nouser", "backoff")
    check(job["reason"] == 'there is no user "no-such-user"', job["reason"])
    kill_and_see_back(v, "good")
    answer = v.request({"cmd": "restart", "job": "nodir"})
    check(not answer["ok"] and "/no/dir" in answer["error"], str(answer))


def test_an_unreadable_job_file(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    os.symlink(v.dir + "/nowhere", v.jobs + "/lost.yaml")
    os.mkdir(v.jobs + "/folder.yaml")
    v.start()
    v.wait_state("a", "running")
    errors = v.agent()["errors"]
    check(len(errors) == 2, str(errors))
    check(any("lost.yaml: cannot read it: No such file" in e for e in errors), str(errors))
    check(any("folder.yaml: cannot read it: Is a directory" in e for e in errors), str(errors))
    kill_and_see_back(v, "a")


def test_a_bad_job_file_keeps_the_running_version(v):
    v.write_jobs("jobs:\n" + v.job("a"), "a.yaml")
    v.write_jobs("jobs:\n" + v.job("b"), "b.yaml")
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    v.write_jobs("jobs:\n  a:\n    exec: [/bin/true]\n    frob: 1\n  c:\n    exec: 7\n", "a.yaml")
    v.write_jobs("jobs:\n" + v.job("b") + v.job("d"), "b.yaml")
    errors = v.ask("reload")["errors"]
    check(len(errors) == 2 and all("%s/a.yaml:" % v.jobs in e for e in errors), str(errors))
    check(any("a.yaml:4:5:" in e for e in errors), str(errors))
    jobs = v.wait_all_running()
    check(sorted(jobs) == ["a", "b", "d"], str(sorted(jobs)))
    check(jobs["a"]["pid"] == before["a"] and jobs["b"]["pid"] == before["b"], "restarted")
    kill_and_see_back(v, "a")  # by its last good definition
    pid = v.status("a")["pid"]
    v.kill()
    v.start()  # which outlives vigild
    check(v.status("a")["pid"] == pid and v.agent()["errors"] == errors, str(v.status("a")))
    kill_and_see_back(v, "a")
    v.check_one_each(["a", "b", "d"])


def test_a_name_taken_twice_changes_nothing(v):
    v.write_jobs("jobs:\n" + v.job("a"), "a.yaml")
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    v.write_jobs("jobs:\n" + v.job("b") + v.job("a", "exit 1"), "z.yaml")
    errors = v.ask("reload")["errors"]
    check(errors == ['%s/z.yaml:5:3: job "a" is defined in %s/a.yaml:2, too' % (v.jobs, v.jobs)], str(errors))
    check(list(v.status()) == ["a"] and v.status("a")["pid"] == pid, str(v.status()))


def test_a_job_directory_that_vanishes_changes_nothing(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    os.rename(v.jobs, v.jobs + ".away")
    errors = v.ask("reload")["errors"]
    check(errors == ["%s: cannot read it: No such file or directory" % v.jobs], str(errors))
    check(v.status("a")["pid"] == pid, "restarted")
    v.kill()
    v.start()
    check(v.status("a")["pid"] == pid and v.agent()["errors"] == errors, "after a restart")
    os.rename(v.jobs + ".away", v.jobs)
    check(v.ask("reload")["errors"] == [], "healed")
    check(v.status("a")["pid"] == pid, "restarted")
