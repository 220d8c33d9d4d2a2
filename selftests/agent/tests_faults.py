# SPDX-License-Identifier: GPL-2.0
"""Disks that are full, files that are bad, programs that are missing: each is told, nothing else stops."""
import os
import signal
import sqlite3

from ktap import check
from vigild import lives


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


def test_events_have_their_numbers_before_a_full_disk_takes_them(v):
    disk = v.small_disk("disk", "512k")
    v.state = disk + "/state"
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b"))
    v.start()
    v.wait_all_running()
    fill(disk)
    v.wait_for("the store is full", lambda: kill_and_see_back(v, "a") and v.agent()["store"] != "ok")
    v.ask("restart", "b")
    v.ask("stop", "b")
    told = {e["seq"]: e["kind"] for e in v.ask("why", "b")["events"]}
    check(list(told.values())[-3:] == ["stop-asked", "ended", "stopped"] and "0" not in told, str(told))
    os.unlink(disk + "/ballast")
    v.wait_for("the store is back", lambda: v.agent()["store"] == "ok")
    kept = {e["seq"]: e["kind"] for e in v.ask("why", "b")["events"]}
    check(all(kept[seq] == kind for seq, kind in told.items()), "%s, before that %s" % (kept, told))


def test_a_vigild_that_starts_on_a_full_disk_goes_on_from_what_is_there(v):
    for sig in (signal.SIGKILL, signal.SIGTERM):  # which leaves no log of the store, nor memory shared for it
        disk = v.small_disk("disk-%d" % sig, "1m")
        v.state = disk + "/state"
        v.write_jobs("jobs:\n" + v.job("a") + v.job("down") + v.job("up", "", "autostart: false\n"))
        v.start()
        v.ask("stop", "down")
        v.ask("start", "up")
        before = {n: v.wait_state(n, "running")["pid"] for n in ("a", "up")}
        told = [(e["seq"], e["kind"]) for e in v.ask("why", "a")["events"]]
        if sig == signal.SIGKILL:
            fill(disk)
        v.kill(sig)
        if sig == signal.SIGTERM:
            fill(disk)
        v.start()
        jobs = v.status()
        check(v.agent()["store"] != "ok", "there is room")
        check({n: jobs[n]["pid"] for n in before} == before and jobs["down"]["state"] == "stopped", str(jobs))
        kill_and_see_back(v, "a")
        v.ask("start", "down")
        os.unlink(disk + "/ballast")
        v.wait_for("the store is back", lambda: v.agent()["store"] == "ok")
        kept = [(e["seq"], e["kind"]) for e in v.ask("why", "a")["events"]]
        check(kept[:len(told)] == told and "ended" in dict(kept[len(told):]).values(), "%s, then %s" % (told, kept))
        v.kill()
        v.start()
        check(v.status("down")["state"] == "running", "the store does not know what was asked for")
        v.kill(signal.SIGTERM)
        v.kill_jobs_only()
    v.check_none_doubled()


def test_what_no_store_has_heard_of_is_not_left_running(v):
    disk = v.small_disk("disk", "512k")
    v.state = disk + "/state"
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b") + v.job("c", "", "requires: [b]\n"))
    v.start()
    v.wait_all_running()
    v.ask("stop", "b")
    v.wait_job("c", "waits for b", lambda j: j["state"] == "starting")
    fill(disk)
    v.wait_for("the store is full", lambda: kill_and_see_back(v, "a") and v.agent()["store"] != "ok")
    v.ask("start", "b")
    pids = [v.wait_state(name, "running")["pid"] for name in ("b", "c")]
    v.kill()
    v.start()
    v.wait_for("they are ended", lambda: not any(map(lives, pids)))
    v.wait_state("b", "stopped")
    v.wait_state("c", "starting")
    v.check_none_doubled()


test_what_no_store_has_heard_of_is_not_left_running.needs = ("cgroup",)


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


def spoil_the_store(v, vigild_runs=False):
    """Every page of it but the first, and no log that would heal them."""
    db = sqlite3.connect(v.state + "/vigil.db")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(v.state + "/vigil.db", "r+b") as f:
        pages = os.fstat(f.fileno()).st_size // 4096
        f.seek(4096)
        f.write(os.urandom((pages - 1) * 4096))
    if vigild_runs:  # what it keeps of them in memory is old from here on
        db.execute("PRAGMA user_version = %d" % db.execute("PRAGMA user_version").fetchone()[0])
    db.close()


def spoil_a_table(v, name):
    """The first page of it."""
    db = sqlite3.connect(v.state + "/vigil.db")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    db.close()
    with open(v.state + "/vigil.db", "r+b") as f:
        f.seek((page - 1) * 4096)
        f.write(os.urandom(4096))


def check_set_aside(v):
    agent = v.agent()
    check(agent["store"] == "ok", agent["store"])
    note = agent["store_note"]
    check(note.startswith(v.state + "/vigil.db.damaged-") and os.path.exists(note), str(note))
    check(any(note in w for w in agent["weaker"]), str(agent["weaker"]))
    check("the store is damaged" in v.log(), "not logged")
    os.unlink(note)
    check(v.agent()["store_note"] is None and not any(note in w for w in v.agent()["weaker"]), "still told of")


def check_lasts(v, name):
    pid = kill_and_see_back(v, name)["pid"]
    v.kill()
    v.start()
    check(v.status(name)["pid"] == pid, "not adopted by the new store")


def test_a_store_that_is_no_database_is_set_aside(v):
    os.mkdir(v.state)
    with open(v.state + "/vigil.db", "w", encoding="ascii") as f:
        f.write("this is not a database " * 100)
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    v.wait_state("a", "running")
    check("not a database" in v.log(), v.log())
    check_set_aside(v)
    check_lasts(v, "a")


def test_a_store_damaged_while_no_vigild_ran_is_set_aside(v):
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b"))
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    v.kill()
    spoil_the_store(v)
    v.start()
    after = {n: j["pid"] for n, j in v.wait_all_running().items()}
    if v.detection == "kernel":
        check(after == before, "not adopted by the watches")
    else:  # nothing else knows them; in their cgroups they were found, and ended
        check(after != before, "how were they known?")
        check(any("without vigil.ko nothing" in w for w in v.agent()["weaker"]), str(v.agent()["weaker"]))
    check_set_aside(v)
    if v.cgroup or v.detection == "kernel":
        v.check_one_each(["a", "b"])
        v.check_none_doubled()
    check_lasts(v, "a")


def test_what_can_be_read_of_a_damaged_store_is_gone_on_from(v):
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b") + v.job("down"))
    v.start()
    v.wait_all_running()
    v.ask("stop", "down")
    before = {n: v.status(n)["pid"] for n in ("a", "b")}
    v.kill()
    spoil_a_table(v, "file")
    v.start()
    check({n: v.status(n)["pid"] for n in ("a", "b")} == before, "not adopted")
    check(v.status("down")["state"] == "stopped", "started again")
    check(any("states of 3 jobs could" in w for w in v.agent()["weaker"]), str(v.agent()["weaker"]))
    check_set_aside(v)
    check_lasts(v, "a")
    v.check_none_doubled()


def test_damage_that_only_a_question_shows_is_set_aside(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    v.kill()
    spoil_a_table(v, "event")
    v.start()
    check(v.status("a")["pid"] == pid, "restarted")
    v.request("why", "a")
    v.wait_for("it is set aside", lambda: v.agent()["store_note"])
    check_set_aside(v)
    check(v.ask("why", "a")["now"].startswith("running"), "why")
    check_lasts(v, "a")


def test_a_store_damaged_under_vigild_is_set_aside(v):
    v.write_jobs("jobs:\n" + v.job("a") + v.job("b"))
    v.start()
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    spoil_the_store(v, vigild_runs=True)
    kill_and_see_back(v, "a")
    v.wait_for("it is set aside", lambda: v.agent()["store_note"])
    check_set_aside(v)
    check(v.status("b")["pid"] == before["b"], "restarted")
    v.kill()
    v.start()
    check(v.status("b")["pid"] == before["b"], "the new store does not know it")
    check_lasts(v, "b")
    v.check_none_doubled()


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
    answer = v.request("restart", "nodir")
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
    check({n: j["pid"] for n, j in jobs.items()} == before, "not all files were good: %s" % jobs)
    kill_and_see_back(v, "a")  # by its last good definition
    pid = v.status("a")["pid"]
    v.kill()
    v.start()  # which outlives vigild
    check(v.status("a")["pid"] == pid and v.agent()["errors"] == errors, str(v.status("a")))
    kill_and_see_back(v, "a")
    # A vigild that starts takes what is good: b.yaml is.
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
