# SPDX-License-Identifier: GPL-2.0
"""What happened to jobs is recorded, once each, and outlives vigild; so do the statistics drawn from it."""
import contextlib
import json
import os
import random
import signal
import sqlite3
import time

from ktap import check
from vigild import lives
from tests_faults import fill, kill_and_see_back

CHURN = "backoff: {initial: 1ms, max: 2ms}\nhealthy-after: 0ms\nrestart-limit: {max: 0}\n"
CAUSES = ((signal.SIGKILL, ("signalled",)), (signal.SIGSEGV, ("core-dumped", "signalled")))


def events(v, job, kind=None):
    return [e for e in v.ask("why", job)["events"] if kind in (None, e["kind"])]


def kinds(v, job):
    return [e["kind"] for e in events(v, job)]


def led(v, job):
    return [e["kind"] for e in events(v, job) if e["led"]]


def window(v, job, name="life"):
    return next(w for w in v.ask("stats", job)["windows"] if w["window"] == name)


def check_no_end_twice(v, job):
    """And each instance has its number."""
    ends = [(e["boot_id"], e["pid"], e["instance"]) for e in events(v, job, "ended")]
    check(len(ends) == len(set(ends)), "an end is there twice: %s" % ends)
    numbers = [e["instance"] for e in events(v, job, "ended")]
    check(numbers == sorted(set(numbers)), "instances %s" % numbers)


def test_each_end_is_recorded_with_its_cause_and_what_was_decided(v):
    v.write_jobs("jobs:\n" + v.job("a", "", "backoff: {initial: 1ms, max: 1ms}\n")
                 + v.job("coded", "exit 7", "restart-limit: {max: 2, within: 1h}\nbackoff: {initial: 1ms, max: 1ms}\n"))
    v.start()
    v.wait_state("a", "running")
    for sig, _ in CAUSES:
        pid = v.status("a")["pid"]
        os.kill(pid, sig)
        v.wait_back("a", pid)
    ends = events(v, "a", "ended")
    check(len(ends) == len(CAUSES), str(ends))
    for e, (sig, causes) in zip(ends, CAUSES):
        check(e["end"]["cause"] in causes and e["end"]["signal"] == sig, str(e))
        check(e["end"]["core"] == (e["end"]["cause"] == "core-dumped"), str(e))
        check(e["decision"]["verdict"] == "restart" and e["decision"]["restarts_max"] == 10, str(e))
        check((e["end"]["detect_s"] is not None) == (v.detection == "kernel"), str(e))
    check([e["decision"]["restart"] for e in ends] == [1, 2], str(ends))
    starts = events(v, "a", "started")
    check([e["instance"] for e in starts] == [1, 2, 3], str(starts))
    check([e["restart_s"] is None for e in starts] == [True, False, False], str(starts))
    v.wait_state("coded", "failed")
    ends = events(v, "coded", "ended")
    check([e["end"]["code"] for e in ends] == [7, 7, 7], str(ends))
    check([e["decision"]["verdict"] for e in ends] == ["restart", "restart", "failed"], str(ends))
    check(led(v, "coded")[0] == "autostart" and led(v, "coded")[-1] == "ended", str(led(v, "coded")))


def test_who_asked_is_recorded_and_begins_what_led_to_the_state(v):
    v.write_jobs("jobs:\n" + v.job("a") + v.job("held", "", "autostart: false\n"))
    v.start()
    v.wait_state("a", "running")
    check(kinds(v, "held") == ["held"], str(kinds(v, "held")))
    check(v.ask("why", "held")["now"] == "stopped", str(v.ask("why", "held")))
    v.ask("restart", "a")
    check(led(v, "a") == ["restart-asked", "ended", "started"], str(led(v, "a")))
    v.ask("stop", "a")
    check(led(v, "a") == ["stop-asked", "ended", "stopped"], str(led(v, "a")))
    end = events(v, "a", "ended")[-1]
    check(end["decision"]["verdict"] == "stopped", str(end))
    for kind in ("restart-asked", "stop-asked"):
        by = events(v, "a", kind)[0]["by"]
        check(by == {"uid": os.geteuid(), "pid": os.getpid()}, str(by))
    check(events(v, "a")[0]["by"] is None, "nobody asked for an autostart")


def test_what_a_reload_changes_is_recorded(v):
    v.write_jobs("jobs:\n" + v.job("a"), "a.yaml")
    v.start()
    v.wait_state("a", "running")
    v.write_jobs("jobs:\n" + v.job("a", "", "restart: never\n"), "a.yaml")
    v.write_jobs("jobs:\n" + v.job("b"), "b.yaml")
    v.ask("reload")
    v.wait_state("b", "running")
    v.ask("reload")  # which finds nothing new
    check(kinds(v, "a") == ["autostart", "started", "redefined"], str(kinds(v, "a")))
    check(kinds(v, "b") == ["defined", "started"], str(kinds(v, "b")))
    check(v.jobs + "/a.yaml" in events(v, "a")[-1]["text"], str(events(v, "a")[-1]))


def test_a_start_that_fails_is_recorded_with_the_reason(v):
    v.write_jobs("jobs:\n  gone:\n    exec: [/no/such/program]\n    restart: never\n")
    v.start()
    v.wait_state("gone", "failed")
    e = events(v, "gone", "not-started")
    check(len(e) == 1 and "cannot run /no/such/program" in e[0]["text"], str(e))
    check(e[0]["decision"]["verdict"] == "failed", str(e))
    check(list(window(v, "gone")["down_by"]) == ["not-started"], str(window(v, "gone")))


def test_the_history_of_a_job_is_bounded_and_its_statistics_are_not(v):
    v.write_jobs("jobs:\n" + v.job("a", "exit 1", CHURN))
    v.start()
    v.wait_for("much has happened", lambda: int(events(v, "a")[-1]["seq"]) > 450)
    kept = events(v, "a")
    check(len(kept) <= 201, "%d events" % len(kept))
    check(sum(e["led"] for e in kept) <= 41 and v.ask("why", "a")["omitted"] > 0, "all led to it?")
    check(window(v, "a")["starts"] > 220, str(window(v, "a")))
    check_no_end_twice(v, "a")


def stored_jobs(v):
    db = sqlite3.connect(v.state + "/vigil.db")
    try:
        return {row[0] for table in ("event", "history", "roll") for row in db.execute("SELECT job FROM %s" % table)}
    finally:
        db.close()


def test_a_removed_job_leaves_nothing(v):
    v.write_jobs("jobs:\n" + v.job("keep") + v.job("drop"))
    v.start()
    v.wait_all_running()
    v.write_jobs("jobs:\n" + v.job("keep"))
    v.ask("reload")
    v.wait_for("nothing is left", lambda: stored_jobs(v) == {"keep"})
    v.kill(signal.SIGTERM)
    v.write_jobs("jobs:\n" + v.job("other"))  # removed while no vigild runs
    v.start()
    v.wait_for("it is gone", lambda: list(v.status()) == ["other"])
    v.kill(signal.SIGTERM)
    v.start()
    v.kill(signal.SIGTERM)
    db = sqlite3.connect(v.state + "/vigil.db")
    check({row[0] for row in db.execute("SELECT job FROM history")} == {"other"}, "left behind")
    db.close()


def test_the_past_outlives_vigild(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    v.wait_state("a", "running")
    kill_and_see_back(v, "a")
    before = events(v, "a")
    stats = window(v, "a")
    for sig in (signal.SIGKILL, signal.SIGTERM):
        v.kill(sig)
        v.start()
    after = events(v, "a")
    check(after[:len(before)] == [dict(e, led=a["led"]) for e, a in zip(before, after)], "changed")
    check([e["kind"] for e in after[len(before):]] == ["adopted"] * 2, str(kinds(v, "a")))
    now = window(v, "a")
    check(now["starts"] == stats["starts"] == 2 and now["outages"] == 1 and now["restarts"] == 1, str(now))
    check(now["up_s"] >= stats["up_s"] and now["down_s"] == stats["down_s"], "%s %s" % (stats, now))
    check(abs(now["up_s"] + now["down_s"] + sum(now["other"].values()) - now["span_s"]) < 0.001, str(now))


def test_a_death_is_recorded_once_however_vigild_is_killed(v):
    names = ["a", "b", "c"]
    v.write_jobs("jobs:\n" + "".join(v.job(n, "", "backoff: {initial: 1ms, max: 2ms}\nrestart-limit: {max: 0}\n")
                                     for n in names))
    v.start()
    pids = {n: j["pid"] for n, j in v.wait_all_running().items()}
    dead = {n: [] for n in names}
    for _ in range(15):
        victim = random.choice(names)
        with contextlib.suppress(ProcessLookupError):  # without vigil.ko it may be one that ends at its gate
            os.kill(pids[victim], signal.SIGKILL)
        dead[victim].append(pids[victim])
        v.live_on(random.choice((0.001, 0.02, 0.1)))
        v.kill()
        v.start()
        pids[victim] = v.wait_back(victim, pids[victim])["pid"]
    for n in names:
        ends = [e["pid"] for e in events(v, n, "ended")]
        # Without vigil.ko one that vigild did not live to let through its gate looks like any other.
        extra = set(ends) - set(dead[n])
        check(not extra & set(started(v, n)) and (not extra or v.detection == "pidfd"), "%s: %s" % (n, extra))
        check([p for p in ends if p not in extra] == dead[n], "%s: killed %s, recorded %s" % (n, dead[n], ends))
        check(window(v, n)["starts"] == len(ends) + 1, str(window(v, n)))
        outages = window(v, n)["outages"]
        check(len(dead[n]) <= outages + len(extra) and outages <= len(ends), str(window(v, n)))
        check_no_end_twice(v, n)
    v.check_none_doubled()


def started(v, name):
    """pids of the instances whose program ran, as they tell themselves"""
    return [int(t[1]) for t in v.testimony("started") if t[0] == name]


def test_vigild_killed_at_each_step_of_a_restart(v):
    """Before each write, sync and message that a start and a restart take, one after the other."""
    v.write_jobs("jobs:\n" + v.job("a", "", "backoff: {initial: 1ms, max: 2ms}\nrestart-limit: {max: 0}\n"))
    cut = ["env", "LD_PRELOAD=%s/selftests/agent/cutter.so" % v.conf.build,
           "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0"]
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    dead = []
    at = 0
    while at < 400:
        at += random.choice((1, 1, 2, 3))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        dead.append(pid)
        v.wait_for("it is dead", lambda: not lives(dead[-1]) or v.status("a")["pid"] != dead[-1])
        v.kill()
        v.prefix = cut + ["VIGIL_TEST_KILL_AT=%d" % at]
        v.launch()
        v.prefix = []
        # It ends at its step, or has made fewer.
        v.wait_for("it is killed, or done", lambda: v.process.poll() is not None or done(v, dead[-1]))
        through = v.process.poll() is None
        v.kill()
        v.start()
        pid = v.wait_back("a", dead[-1])["pid"]
        if through:
            break
        check(v.agent()["store"] == "ok" and v.agent()["store_note"] is None, str(v.agent()))
    ran = started(v, "a")
    ends = [e["pid"] for e in events(v, "a", "ended")]
    check(len(ends) == len(set(ends)), "twice: %s" % ends)
    lost = [p for p in ran if p not in ends and p != pid]
    w = window(v, "a")
    check(w["starts"] == len(ends) + 1 and w["outages"] <= len(ends), "%d ends, %s" % (len(ends), w))
    check(not lost, "%s ran, and of their ends nothing is known: %s" % (lost, ends))
    check_no_end_twice(v, "a")
    v.check_one_each(["a"])
    v.check_none_doubled()
    print("# killed at steps up to %d, %d instances" % (at, len(ran)))


def done(v, old):
    try:
        job = v.status("a")
        return job["state"] == "running" and job["pid"] != old
    except (ConnectionError, FileNotFoundError, json.JSONDecodeError):
        return False


def test_nothing_is_lost_while_the_disk_is_full(v):
    disk = v.small_disk("disk", "768k")
    v.state = disk + "/state"
    v.write_jobs("jobs:\n" + v.job("a", "", "restart-limit: {max: 0}\nbackoff: {initial: 1ms, max: 1ms}\n"))
    v.start()
    v.wait_state("a", "running")
    fill(disk)
    dead = []

    def die():
        pid = v.status("a")["pid"]
        kill_and_see_back(v, "a")
        dead.append(pid)
        return v.agent()["store"] != "ok"

    v.wait_for("the store is full", die)
    die()
    check([e["pid"] for e in events(v, "a", "ended")] == dead, "while it is full")
    os.unlink(disk + "/ballast")
    v.wait_for("the store is back", lambda: v.agent()["store"] == "ok")
    starts = window(v, "a")["starts"]
    check(starts == len(dead) + 1, "%d starts, %d deaths" % (starts, len(dead)))
    v.kill()
    v.start()
    check([e["pid"] for e in events(v, "a", "ended")] == dead, str(events(v, "a")))
    check(window(v, "a")["starts"] == starts, str(window(v, "a")))
    check_no_end_twice(v, "a")


def test_a_stop_is_no_outage(v):
    v.write_jobs("jobs:\n" + v.job("a") + v.job("once", "exit 0", "restart: on-failure\n"))
    v.start()
    v.wait_state("a", "running")
    v.wait_state("once", "done")
    v.ask("stop", "a")
    v.ask("start", "a")
    v.wait_state("a", "running")
    v.ask("restart", "a")
    a = window(v, "a")
    check(a["outages"] == 0 and a["down_s"] == 0 and a["availability"] == 1, str(a))
    check(a["starts"] == 3 and a["restarts"] == 0, str(a))
    check(a["other"]["stopped"] > 0 and a["other"]["restarting"] > 0, str(a))
    once = window(v, "once")
    check(once["outages"] == 0 and once["down_s"] == 0 and v.ask("stats", "once")["phase"] == "done", str(once))


def test_down_time_has_its_cause_and_restarts_their_time(v):
    v.write_jobs("jobs:\n" + v.job("a", "", "backoff: {initial: 300ms, max: 300ms}\n"))
    v.start()
    v.wait_state("a", "running")
    kill_and_see_back(v, "a")
    for name in ("1h", "24h", "7d", "30d", "life"):
        w = window(v, "a", name)
        check(list(w["down_by"]) == ["signalled"] and w["outages"] == 1, str(w))
        check(0.2 <= w["restart"]["mean_s"] <= w["down_s"] + 0.001, str(w))
        check(w["restart"]["p99_s"] == w["restart"]["max_s"] and w["restart"]["n"] == 1, str(w))
        check(w["mttr_s"] == w["down_s"] and w["mtbf_s"] == w["up_s"], str(w))
        check(0 < w["availability"] < 1, str(w))
        check((w["detect"]["n"] == 1) == (v.detection == "kernel"), str(w))


def pretend_reboot(v, off_s):
    """The store as it would be had the node been off for so long before this boot."""
    booted_ns = time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    db = sqlite3.connect(v.state + "/vigil.db")
    db.execute("UPDATE clock SET boot_id = 'another', alive_real_ns = ?", (booted_ns - off_s * 10**9,))
    db.execute("UPDATE job SET boot_id = 'another'")
    db.commit()
    db.close()


def test_the_time_a_node_was_off_has_its_own_cause(v):
    v.write_jobs("jobs:\n" + v.job("a") + v.job("down"))
    v.start()
    v.wait_all_running()
    v.ask("stop", "down")
    v.kill()
    v.kill_jobs()
    v.wait_for("its processes are gone", v.kill_jobs)
    pretend_reboot(v, 1000)
    v.start()
    v.wait_all_running()
    check(led(v, "a") == ["autostart", "started"] and "node-down" in kinds(v, "a"), str(kinds(v, "a")))
    w = window(v, "a")
    check(list(w["down_by"]) == ["node-down"] and w["down_s"] >= 1000 and w["outages"] == 1, str(w))
    check(w["restarts"] == 0 and w["starts"] == 2, str(w))
    check("node-down" not in window(v, "down")["down_by"], "one that was not wanted up")
    v.kill()
    v.start()
    check(kinds(v, "a").count("node-down") == 1, "told again")


def test_a_wall_clock_set_back_makes_no_negative_time(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    v.wait_all_running()
    v.kill()
    v.wait_for("its processes are gone", v.kill_jobs)
    pretend_reboot(v, -10**6)
    v.start()
    v.wait_all_running()
    w = window(v, "a")
    boot_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    check(0 <= w["down_s"] <= boot_s and 0 <= w["up_s"] <= boot_s and w["span_s"] <= 2 * boot_s, str(w))


test_the_time_a_node_was_off_has_its_own_cause.needs = ("pidfds",)
test_a_wall_clock_set_back_makes_no_negative_time.needs = ("pidfds",)
