# SPDX-License-Identifier: GPL-2.0
"""Conditions that foretell failure: real processes that use up memory, descriptors, a disk, the CPU."""
import json
import os
import signal

import ktap
from ktap import check, equal
from tests_history import events, kinds, window

EATER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "eater.py")
SOON = "interval: 100ms, "
GIB = 1 << 30


def eater(v, name, foretell, extra="limits: {memory: 1G}\n"):
    """A job that obeys eat(), with these conditions."""
    words = ["/usr/bin/python3", EATER, v.witness_dir, name]
    if "replicas" in extra:
        words[3] = "%n"
    keys = "foretell: {%s%s}\nhealthy-after: 1h\n" % (SOON, foretell) + extra
    return ("  %s:\n    exec: %s\n    env: {VIGIL_TEST: %s}\n%s"
            % (name, json.dumps(words), v.marker, "".join("    %s\n" % line for line in keys.splitlines())))


def begin(v, *jobs, rest=""):
    v.write_jobs("jobs:\n" + "".join(jobs) + rest)
    v.start()
    return v.wait_all_running()


def records(v, what, name):
    return [t for t in v.testimony(what) if t[0] == name]


def order_to(v, name, order):
    """The instance that runs is to do that, which may be its end; its pid."""
    pid = str(v.wait_state(name, "running")["pid"])
    v.wait_for("%s eats" % name, lambda: any(t[1] == pid for t in records(v, "eats", name)))
    with open("%s/%s.orders" % (v.witness_dir, name), "w", encoding="ascii") as f:
        f.write(order + "\n")
    return pid


def eat(v, name, order):
    """It has done that, and lives on for the time being."""
    pid = order_to(v, name, order)
    v.wait_for("%s has eaten" % name,
               lambda: any(t[1:] == [pid, *order.split()] for t in records(v, "eaten", name)))


def wait_flagged(v, name, condition):
    """The flag, once it is raised."""
    def look(job):
        return any(f["condition"] == condition for f in job["flags"])
    flags = v.wait_job(name, "is flagged for " + condition, look)["flags"]
    return [f for f in flags if f["condition"] == condition][0]


def wait_cleared(v, name):
    v.wait_job(name, "is no longer flagged", lambda j: not j["flags"])


def check_foretold(v, name, words, times=1):
    """It was restarted before it failed, which is on record, and no crash."""
    noted = events(v, name, "foretold")
    check(len(noted) == times and words in noted[-1]["text"], str(noted))
    check(noted[-1]["text"].startswith("restarted before it failed: "), str(noted))
    ends = events(v, name, "ended")
    equal([e["decision"]["verdict"] for e in ends], ["foretold"] * times)
    check("to be started again, before it failed" in ends[-1]["text"], str(ends))
    job = v.status(name)
    equal((job["restarts"], job["flags"]), (0, []))
    check("backoff" not in v.log() and v.agent()["flagged"] == [], str(v.agent()))


def test_a_job_near_its_memory_limit_is_restarted(v):
    pid = begin(v, eater(v, "web", "memory: {above: 20%, for: 300ms}"))["web"]["pid"]
    eat(v, "web", "mem 100")
    order_to(v, "web", "mem 250")
    v.wait_back("web", pid)
    check_foretold(v, "web", "memory at 2")
    text = events(v, "web", "foretold")[0]["text"]
    check(" % of 1 GiB for 0." in text, text)
    w = window(v, "web")
    check(list(w["down_by"]) == ["foretold"] and w["outages"] == 0 and w["down_s"] > 0, str(w))
    equal((w["mttr_s"], w["restarts"], w["starts"]), (None, 0, 2))


def test_a_flag_survives_vigild_and_is_cleared(v):
    pid = begin(v, eater(v, "web", "memory: {above: 20%, for: 0s, action: flag}"))["web"]["pid"]
    eat(v, "web", "mem 300")
    flag = wait_flagged(v, "web", "memory")
    check(flag["action"] == "flag" and flag["note"] is None and "memory at " in flag["text"], str(flag))
    equal(v.agent()["flagged"], ["web"])
    v.kill()
    v.start()
    again = v.status("web")["flags"]
    equal((again, v.agent()["flagged"]), ([flag], ["web"]))
    eat(v, "web", "mem 100")
    wait_cleared(v, "web")
    equal([k for k in kinds(v, "web") if "flag" in k], ["flagged", "unflagged"])
    equal((v.status("web")["pid"], v.agent()["flagged"]), (pid, []))
    check(flag["text"] in events(v, "web", "flagged")[0]["text"], str(events(v, "web")))


def test_a_second_restart_too_soon_is_only_flagged(v):
    pid = begin(v, eater(v, "web", "spacing: 1h, memory: {above: 20%, for: 0s}"))["web"]["pid"]
    order_to(v, "web", "mem 300")
    pid = v.wait_back("web", pid)["pid"]
    v.kill()
    v.start()
    eat(v, "web", "mem 300")
    flag = wait_flagged(v, "web", "memory")
    check("and is at most every 3600 s" in flag["note"], str(flag))
    equal((v.status("web")["pid"], kinds(v, "web").count("foretold")), (pid, 1))
    text = events(v, "web", "flagged")[0]["text"]
    check("its failure is foretold: memory at" in text and "at most every 3600 s" in text, text)


def open_gate(v, name):
    with open("%s/%s.gate" % (v.witness_dir, name), "wb") as f:
        f.write(b"x")


def check_one_after_the_other(v, names, before):
    """All are to be restarted: each only while the others are ready, also if vigild dies amid it."""
    for name in names:
        os.mkfifo("%s/%s.gate" % (v.witness_dir, name))
    for name in names:
        with open("%s/%s.orders" % (v.witness_dir, name), "w", encoding="ascii") as f:
            f.write("mem 300\n")
    left = list(names)
    while left:
        def one_starts():
            jobs = v.status()
            return [n for n in left if jobs[n]["state"] == "starting" and jobs[n]["pid"]
                    and jobs[n]["pid"] != before[n]]
        now, = v.wait_for("one starts anew", one_starts)
        left.remove(now)
        for name in left:
            flag = wait_flagged(v, name, "memory")
            if flag["note"] and now in flag["note"]:  # a vigild that has just started has not looked yet
                check("waits for %s (" % now in flag["note"], str(flag))
        if len(left) == len(names) - 1:
            v.kill()
            v.start()
        jobs = v.status()
        for name in names:
            if name != now:
                equal(jobs[name]["state"], "running", name)
        for name in left:
            equal(jobs[name]["pid"], before[name], name)
        open_gate(v, now)
    v.wait_all_running()
    for name in names:
        equal(kinds(v, name).count("foretold"), 1, name)


def test_replicas_are_restarted_one_after_the_other(v):
    extra = "replicas: 3\nready: notify\nlimits: {memory: 1G}\n"
    jobs = begin(v, eater(v, "web", "memory: {above: 20%, for: 0s}", extra))
    check_one_after_the_other(v, sorted(jobs), {n: j["pid"] for n, j in jobs.items()})


def test_a_group_is_restarted_one_after_the_other(v):
    extra = "ready: notify\nlimits: {memory: 1G}\n"
    jobs = begin(v, *(eater(v, n, "memory: {above: 20%, for: 0s}", extra) for n in ("a", "b")),
                 rest="supervision:\n  pair: {jobs: [a, b]}\n")
    check_one_after_the_other(v, ["a", "b"], {n: j["pid"] for n, j in jobs.items()})


def test_a_job_waits_for_a_replica_that_has_failed(v):
    """An operator who stops one has decided that; one that has failed is missed."""
    extra = "replicas: 2\nlimits: {memory: 1G}\nrestart: never\n"
    pid = begin(v, eater(v, "web", "memory: {above: 20%, for: 0s}", extra))["web@1"]["pid"]
    v.write_jobs("jobs:\n" + eater(v, "web", "memory: {above: 20%, for: 0s}",
                                   extra.replace("restart: never", "restart-limit: {max: 1, within: 1h}")))
    v.ask("reload")
    for _ in range(2):
        other = v.wait_state("web@2", "running")["pid"]
        os.kill(other, signal.SIGKILL)
        v.wait_job("web@2", "is dead", lambda j: j["pid"] != other)
    v.wait_state("web@2", "failed")
    eat(v, "web@1", "mem 300")
    flag = wait_flagged(v, "web@1", "memory")
    check("waits for web@2 (failed)" in flag["note"], str(flag))
    v.ask("stop", "web@2")
    v.wait_back("web@1", pid)


def test_a_job_near_its_descriptor_limit_is_restarted(v):
    pid = begin(v, eater(v, "web", "descriptors: {above: 90%, for: 0s}", "rlimits: {nofile: 100}\n"))["web"]["pid"]
    eat(v, "web", "fds 70")
    order_to(v, "web", "fds 89")
    v.wait_back("web", pid)
    check_foretold(v, "web", " of 100 descriptors open in pid %d" % pid)


def test_descriptors_of_any_process_of_the_job_count(v):
    begin(v, eater(v, "web", "descriptors: {above: 90%, for: 0s, action: flag}", "rlimits: {nofile: 100}\n"))
    eat(v, "web", "child 89")
    flag = wait_flagged(v, "web", "descriptors")
    check(str(v.status("web")["pid"]) not in flag["text"].split("pid")[1], str(flag))


test_descriptors_of_any_process_of_the_job_count.needs = ("cgroup",)


def test_a_disk_with_little_room_is_flagged(v):
    path = v.small_disk("full", "4m")
    begin(v, eater(v, "share", "disk: {path: %s, below: 20%%, for: 200ms}" % path, ""),
          eater(v, "bytes", "disk: {path: %s, below: 1M, for: 0s}" % path, ""),
          eater(v, "gone", "disk: {path: %s/none, for: 0s}" % path, ""))
    eat(v, "share", "fill %s/a 3500" % path)
    for name in ("share", "bytes"):
        flag = wait_flagged(v, name, "disk")
        check("/full has 1" in flag["text"] and "KiB" in flag["text"], str(flag))
    # The disk stays as full as it is, whatever becomes of the job.
    pid = v.status("share")["pid"]
    os.kill(pid, signal.SIGKILL)
    v.wait_back("share", pid)
    equal(kinds(v, "share").count("flagged"), 1)
    check(v.status("share")["flags"], "forgotten")
    os.unlink(path + "/a")
    for name in ("share", "bytes"):
        wait_cleared(v, name)
    equal(v.status("gone")["flags"], [])


def test_memory_that_grows_steadily_is_seen_and_a_saw_tooth_is_not(v):
    growth = "growth: {within: 24h, window: 3s, for: 0s}"
    pids = begin(v, eater(v, "saw", growth), eater(v, "grows", growth))
    eat(v, "saw", "saw 1024 50 15")
    order_to(v, "grows", "grow 1024 50")
    v.wait_back("grows", pids["grows"]["pid"])
    check_foretold(v, "grows", "memory grows by ")
    check("a minute, and reaches 1 GiB in " in events(v, "grows", "foretold")[0]["text"], "text")
    # It had begun before.
    equal((v.status("saw")["pid"], kinds(v, "saw")), (pids["saw"]["pid"], ["autostart", "started"]))


def test_a_stall_is_flagged(v):
    begin(v, eater(v, "web", "pressure-cpu: {above: 10%, for: 0s}", "cpu-affinity: 0\n"))
    eat(v, "web", "spin 4")
    flag = wait_flagged(v, "web", "pressure-cpu")
    check("stalled for want of CPU 10 % of the time or more" in flag["text"], str(flag))
    check(not any("foretell" in w for w in v.agent()["weaker"]), str(v.agent()))


test_a_stall_is_flagged.needs = ("cgroup", "/proc/pressure/cpu")


def test_a_stall_for_memory_under_a_limit_is_flagged(v):
    begin(v, eater(v, "web", "pressure-memory: {above: 10%, for: 0s}", "limits: {memory-high: 32M}\n"))
    eat(v, "web", "grow 1024 1")
    flag = wait_flagged(v, "web", "pressure-memory")
    check("stalled for want of memory 10 % of the time or more" in flag["text"], str(flag))


test_a_stall_for_memory_under_a_limit_is_flagged.needs = ("cgroup", "memory controller", "/proc/pressure/memory")


def memory_of(v, name):
    """Of its cgroup, and how much of that is cache of files."""
    path = "%s/job-%s/" % (v.cgroup, name)
    with open(path + "memory.current", encoding="ascii") as f:
        current = int(f.read())
    with open(path + "memory.stat", encoding="ascii") as f:
        stat = dict(line.split() for line in f)
    return current, int(stat["active_file"]) + int(stat["inactive_file"])


def test_a_cache_of_files_is_no_false_alarm(v):
    condition = "memory: {above: 50%, for: 0s}"
    pids = begin(v, eater(v, "cache", condition, "limits: {memory: 128M}\n"),
                 eater(v, "real", condition, "limits: {memory: 128M}\n"))
    eat(v, "cache", "read /usr/lib")
    current, cache = memory_of(v, "cache")
    if cache < 90 << 20:
        raise ktap.Skip("a file system that is cached is missing: %d of %d bytes" % (cache, current))
    order_to(v, "real", "mem 90")
    v.wait_back("real", pids["real"]["pid"])
    check_foretold(v, "real", "of 128 MiB")
    equal((v.status("cache")["pid"], v.status("cache")["flags"]), (pids["cache"]["pid"], []))


test_a_cache_of_files_is_no_false_alarm.needs = ("cgroup", "memory controller")


def test_a_reload_brings_conditions_and_takes_them_away(v):
    flags = "memory: {above: 20%, for: 0s, action: flag}"
    plain = "descriptors: {above: 90%}"
    pid = begin(v, eater(v, "web", plain))["web"]["pid"]
    eat(v, "web", "mem 300")
    v.write_jobs("jobs:\n" + eater(v, "web", flags))
    v.ask("reload")
    wait_flagged(v, "web", "memory")
    v.write_jobs("jobs:\n" + eater(v, "web", plain))
    v.ask("reload")
    equal((v.status("web")["flags"], v.agent()["flagged"]), ([], []))
    v.kill()
    v.start()
    equal((v.status("web")["flags"], v.status("web")["pid"]), ([], pid))


def test_a_missing_measure_is_told_and_changes_nothing(v):
    v.cgroup = None
    begin(v, eater(v, "web", "pressure-io: {for: 0s}, memory: {above: 20%, for: 0s, action: flag}"))
    check(any("foretell: pressure-io is not seen" in w for w in v.agent()["weaker"]), str(v.agent()["weaker"]))
    eat(v, "web", "mem 300")
    wait_flagged(v, "web", "memory")
