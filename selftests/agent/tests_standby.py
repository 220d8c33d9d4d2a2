# SPDX-License-Identifier: GPL-2.0
"""Warm standbys: who takes over, when, and that there are never two."""
import os
import signal

from ktap import check
from vigild import lives

EXTRA = "restart-limit: {max: 0}\nbackoff: {initial: 10ms, max: 100ms}\n"


def service(v, name, orders="", extra="", standby=1):
    """A job of the standby witness, whose testimony is that of NAME."""
    program = v.dir + "/stander"
    if not os.path.exists(program):
        with open(v.conf.build + "/selftests/agent/standby_witness", "rb") as src, \
             open(program + ".new", "wb") as dst:
            dst.write(src.read())
        os.chmod(program + ".new", 0o755)
        os.rename(program + ".new", program)
    words = [program, v.witness_dir + "/" + name] + orders.split()
    lines = "".join("    %s\n" % line for line in (EXTRA + extra).splitlines())
    return ("  %s:\n    exec: [%s]\n    env: {VIGIL_TEST: %s}\n    standby: %d\n%s"
            % (name, ", ".join('"%s"' % w for w in words), v.marker, standby, lines))


def write(v, *jobs):
    v.write_jobs("jobs:\n" + "".join(jobs))


def says(v, name, word):
    """The process IDs that said the word, in this order."""
    return [int(pid) for w, pid, _ in v.testimony(name) if w == word]


def wait_said(v, name, word, pid):
    v.wait_for("%s of %d" % (word, pid), lambda: pid in says(v, name, word))


def is_ready(v, name, slot):
    state = v.status().get("%s+%d" % (name, slot))
    # It is told that its program runs before the program has got to its first line.
    return state if state and state["state"] == "running" and \
        state["pid"] in says(v, name, "standby") else None


def wait_standby(v, name, slot=1):
    """The state of a standby that is ready, and has been chosen if it is the only one."""
    return v.wait_for("standby %d of %s" % (slot, name), lambda: is_ready(v, name, slot))


def wait_chosen(v, name):
    """The name of the one that takes over next."""
    def look():
        chosen = [n for n, j in v.status().items() if j["next"] and j["standby_of"] == name]
        return chosen[0] if chosen and is_ready(v, name, int(chosen[0].rsplit("+", 1)[1])) else None
    return v.wait_for("a standby of %s is chosen" % name, look)


def up(v, name, standby=1):
    """The primary's process ID, and those of the standbys, by their names."""
    v.wait_state(name, "running")
    for slot in range(1, standby + 1):
        wait_standby(v, name, slot)
    wait_chosen(v, name)
    return (v.status(name)["pid"],
            {n: j["pid"] for n, j in v.status().items() if j["standby_of"] == name})


def kinds(v, job):
    return [e["kind"] for e in v.ask("why", job)["events"]]


def texts(v, job):
    return [e["text"] for e in v.ask("why", job)["events"]]


def wait_new_primary(v, name, pid):
    wait_said(v, name, "primary", pid)
    v.wait_job(name, "runs as %d" % pid, lambda j: j["pid"] == pid and j["role"] == "primary")


def test_a_standby_takes_over_from_one_that_was_killed(v):
    write(v, service(v, "db"))
    v.start()
    first, standbys = up(v, "db")
    state = v.status()
    check(state["db"]["role"] == "primary" and state["db"]["standbys"] == ["db+1"], str(state["db"]))
    check(state["db+1"]["role"] == "standby" and state["db+1"]["standby_of"] == "db", str(state["db+1"]))
    check(says(v, "db", "primary") == [first], str(v.testimony("db")))
    os.kill(first, signal.SIGKILL)
    wait_new_primary(v, "db", standbys["db+1"])
    second, behind = up(v, "db")
    check(second == standbys["db+1"], "the standby is the job: %d" % second)
    check(behind["db+1"] not in (first, second), "a new standby is behind it: %s" % behind)
    check(v.status("db")["last_exit"]["signal"] == 9, str(v.status("db")))
    # The primary's end is on record once, and with the job that it was of.
    told = texts(v, "db")
    check(any("standby db+1" in t and "pid %d" % second in t for t in told), str(told))
    check(any("a standby takes over" in t for t in told), str(told))
    check(kinds(v, "db").count("ended") == 1 and "ended" not in kinds(v, "db+1"), str(told))
    check("promoted" in kinds(v, "db+1"), str(kinds(v, "db+1")))
    stats = v.ask("stats", "db")
    check(stats["ok"], str(stats))
    os.kill(second, signal.SIGKILL)
    wait_new_primary(v, "db", behind["db+1"])


def test_a_standby_takes_over_from_one_that_exits(v):
    write(v, service(v, "db", extra="takeover-signal: USR1\nstop: {signal: INT, timeout: 5s}"))
    v.start()
    first, standbys = up(v, "db")
    os.kill(first, signal.SIGTERM)
    wait_new_primary(v, "db", standbys["db+1"])
    v.wait_for("the signal", lambda: says(v, "db", "signal"))
    check(len(says(v, "db", "signal")) == 1, str(v.testimony("db")))


def test_an_end_that_no_restart_follows_is_no_takeover(v):
    jobs = {"a": "restart: on-failure\nsuccess-exit: [TERM]", "b": "restart-prevent: [TERM]"}
    write(v, *(service(v, name, extra=extra) for name, extra in jobs.items()))
    v.start()
    for name in jobs:
        first, standbys = up(v, name)
        os.kill(first, signal.SIGTERM)
        v.wait_state(name, "done")
        v.wait_job(name + "+1", "is stopped", lambda j: j["state"] == "stopped")
        check(says(v, name, "primary") == [first], str(v.testimony(name)))
        # An end that is followed by a restart is one.
        v.ask("start", name)
        first, standbys = up(v, name)
        os.kill(first, signal.SIGKILL)
        wait_new_primary(v, name, standbys[name + "+1"])


def test_the_one_that_stood_longest_is_chosen_and_another_if_it_dies(v):
    write(v, service(v, "db", standby=3))
    v.start()
    first, standbys = up(v, "db", 3)
    chosen = wait_chosen(v, "db")
    dead = standbys.pop(chosen)
    os.kill(dead, signal.SIGKILL)
    v.wait_for("another is chosen", lambda: v.status().get(chosen, {}).get("pid") not in (None, dead)
               and wait_chosen(v, "db") != chosen)
    chosen = wait_chosen(v, "db")
    os.kill(first, signal.SIGKILL)
    wait_new_primary(v, "db", standbys[chosen])
    # The third is the one that stands longest by now.
    left = [pid for name, pid in standbys.items() if name != chosen]
    up(v, "db", 3)
    os.kill(standbys[chosen], signal.SIGKILL)
    wait_new_primary(v, "db", left[0])
    check(len(says(v, "db", "primary")) == 3, str(v.testimony("db")))


def test_a_singleton_never_has_two_primaries(v):
    write(v, service(v, "db", "lock %s/lock child" % v.dir, "singleton: true", 2))
    v.start()
    for n in range(12):
        primary, standbys = up(v, "db", 2)
        os.kill(primary, (signal.SIGKILL, signal.SIGSEGV)[n % 2])
        v.wait_job("db", "has another primary",
                   lambda j, old=primary: j["pid"] != old and j["role"] == "primary" and
                   j["pid"] in says(v, "db", "primary"))
        if n % 4 == 3:
            v.kill()
            v.start()
        check(v.status("db")["pid"] in standbys.values(), "it was a standby")
    check(not says(v, "db", "doubled"), str(v.testimony("db")))
    check(len(says(v, "db", "prepare")) >= 12, "each was told to prepare: %s" % v.testimony("db"))


test_a_singleton_never_has_two_primaries.needs = ("cgroup",)


def test_takeovers_that_kills_of_vigild_cut_are_completed(v):
    write(v, service(v, "db", "lock %s/lock child" % v.dir, "singleton: true", 2))
    v.start()
    for _ in range(8):
        primary, standbys = up(v, "db", 2)
        os.kill(primary, signal.SIGKILL)
        v.live_on(0.03)
        v.kill()
        v.start()
        v.wait_job("db", "was taken over", lambda j, pids=standbys: j["pid"] in pids.values() and
                   j["role"] == "primary" and j["pid"] in says(v, "db", "primary"))
        # One of them, and no more.
        check(len([p for p in standbys.values() if p in says(v, "db", "primary")]) == 1, str(v.testimony("db")))
    check(not says(v, "db", "doubled"), str(v.testimony("db")))


test_takeovers_that_kills_of_vigild_cut_are_completed.needs = ("cgroup",)


def test_a_singleton_prepares_before_the_old_one_is_gone(v):
    """A stopped process that is killed is certain to die, and yet dead only with its last thread: told at once."""
    write(v, service(v, "db", "lock %s/lock" % v.dir, "singleton: true"))
    v.start()
    first, standbys = up(v, "db")
    # No vigild confirms: the standby stays prepared, and no more.
    v.kill()
    os.kill(first, signal.SIGKILL)
    wait_said(v, "db", "prepare", standbys["db+1"])
    check(standbys["db+1"] not in says(v, "db", "primary"), str(v.testimony("db")))
    v.start()
    wait_new_primary(v, "db", standbys["db+1"])
    check(not says(v, "db", "doubled"), str(v.testimony("db")))


test_a_singleton_prepares_before_the_old_one_is_gone.needs = ("kernel",)


def test_the_kernel_tells_the_standby_while_no_vigild_runs(v):
    write(v, service(v, "db", standby=2))
    v.start()
    first, standbys = up(v, "db", 2)
    chosen = wait_chosen(v, "db")
    v.kill()
    os.kill(first, signal.SIGKILL)
    wait_said(v, "db", "primary", standbys[chosen])
    v.start()
    wait_new_primary(v, "db", standbys[chosen])
    check(len(says(v, "db", "primary")) == 2, "one takes over: %s" % v.testimony("db"))
    up(v, "db", 2)
    check(says(v, "db", "primary") == [first, standbys[chosen]], str(v.testimony("db")))


test_the_kernel_tells_the_standby_while_no_vigild_runs.needs = ("kernel",)


def test_a_vigild_that_comes_later_completes_the_takeover(v):
    write(v, service(v, "db", standby=2))
    v.start()
    for _ in range(3):
        first, standbys = up(v, "db", 2)
        chosen = wait_chosen(v, "db")
        v.kill()
        os.kill(first, signal.SIGKILL)
        v.wait_for("it is dead", lambda pid=first: not lives(pid))
        v.start()
        wait_new_primary(v, "db", standbys[chosen])
        # They stand by as before, and what was known of them is.
        check(all(lives(pid) for pid in standbys.values()), str(standbys))
    # The kernel knows how they ended even so.
    if v.conf.detection == "kernel":
        check(v.status("db")["last_exit"]["signal"] == 9, str(v.status("db")))


def test_the_next_vigild_adopts_standbys_after_takeovers(v):
    write(v, service(v, "db", standby=2))
    v.start()
    first, standbys = up(v, "db", 2)
    os.kill(first, signal.SIGKILL)
    v.wait_job("db", "was taken over", lambda j: j["pid"] in standbys.values())
    primary, standbys = up(v, "db", 2)
    v.kill()
    v.start()
    again, same = up(v, "db", 2)
    check((again, same) == (primary, standbys), "%s %s, before %s %s" % (again, same, primary, standbys))
    # Without the key they go, and the job stays.
    v.kill()
    v.write_jobs("jobs:\n" + service(v, "db", standby=0))
    v.start()
    v.wait_for("the standbys are gone", lambda: list(v.status()) == ["db"])
    check(v.status("db")["pid"] == primary, str(v.status("db")))
    v.wait_for("their processes too", lambda: not any(lives(p) for p in standbys.values()))
    write(v, service(v, "db", standby=1))
    v.ask("reload")
    _, standbys = up(v, "db", 1)
    os.kill(primary, signal.SIGKILL)
    wait_new_primary(v, "db", standbys["db+1"])


def test_a_standby_that_cannot_be_told_any_more_is_replaced(v):
    write(v, service(v, "db"))
    v.start()
    first, standbys = up(v, "db")
    v.kill()
    # The eventfd is left to the standby alone.
    for pid in v.holders():
        os.kill(pid, signal.SIGKILL)
    v.wait_for("the holder is dead", lambda: not v.holders())
    v.start()
    v.wait_job("db+1", "is another", lambda j: j["pid"] not in (None, standbys["db+1"]))
    again, standbys = up(v, "db")
    check(again == first, "the primary is as it was")
    os.kill(first, signal.SIGKILL)
    wait_new_primary(v, "db", standbys["db+1"])


def test_an_upgrade_keeps_standbys(v):
    write(v, service(v, "db"))
    v.start()
    before = up(v, "db")
    v.ask("upgrade")
    check(up(v, "db") == before, "they run on")
    os.kill(before[0], signal.SIGKILL)
    wait_new_primary(v, "db", before[1]["db+1"])


def test_stop_ends_the_standbys_and_nobody_takes_over(v):
    write(v, service(v, "db", standby=2))
    v.start()
    first, standbys = up(v, "db", 2)
    v.ask("stop", "db")
    check(not any(lives(pid) for pid in [first, *standbys.values()]), "all are gone")
    check({n: j["state"] for n, j in v.status().items()} ==
          {"db": "stopped", "db+1": "stopped", "db+2": "stopped"}, str(v.status()))
    check(says(v, "db", "primary") == [first], str(v.testimony("db")))
    v.ask("start", "db")
    up(v, "db", 2)


def test_restart_begins_anew_with_all_of_them(v):
    write(v, service(v, "db", standby=2))
    v.start()
    first, standbys = up(v, "db", 2)
    v.ask("restart", "db")
    v.wait_for("all are new", lambda: all(v.status(n)["pid"] not in (None, first, *standbys.values())
                                          for n in ("db", "db+1", "db+2")))
    second, _ = up(v, "db", 2)
    check(says(v, "db", "primary") == [first, second], str(v.testimony("db")))


def test_with_no_standby_ready_the_job_is_restarted(v):
    # It never says that it is ready: it cannot take over.
    write(v, service(v, "db", extra="ready: exec"))
    v.start()
    first, standbys = up(v, "db")
    # Stopped, it is seen dead by nobody before the primary: both die at once.
    for pid in (standbys["db+1"], first):
        os.kill(pid, signal.SIGKILL)
    v.wait_back("db", first)
    up(v, "db")
    check(standbys["db+1"] not in says(v, "db", "primary"), str(v.testimony("db")))


def test_a_standby_that_is_not_ready_does_not_take_over(v):
    write(v, service(v, "db", extra="ready: notify\nstart-timeout: 1h"))
    v.start()
    v.wait_state("db", "starting")
    check(v.status("db+1")["state"] == "stopped", "a standby starts behind a primary that runs")
    v.ask("stop", "db")


def test_one_that_crashes_backs_off_and_fails_by_itself(v):
    program = v.dir + "/crasher"
    with open(program, "w", encoding="ascii") as f:
        f.write("#!/bin/sh\n[ $VIGIL_ROLE = primary ] && exec sleep 1000\nexit 3\n")
    os.chmod(program, 0o755)
    v.write_jobs("jobs:\n  db:\n    exec: %s\n    standby: 1\n    env: {VIGIL_TEST: %s}\n"
                 "    restart-limit: {max: 3}\n    backoff: {initial: 1ms, max: 2ms}\n"
                 "    on-limit: node-unfit\n    restart: on-abnormal\n" % (program, v.marker))
    v.start()
    v.wait_state("db+1", "failed")
    check(v.status("db")["state"] == "running", str(v.status("db")))
    check(v.agent()["unfit"] is None, "a standby makes no node unfit")
    check(kinds(v, "db+1").count("ended") >= 4, "each crash is on record: %s" % kinds(v, "db+1"))
    v.ask("start", "db")
    v.wait_for("it was tried again", lambda: kinds(v, "db+1").count("ended") >= 8)
    v.ask("stop", "db")


def test_replicas_have_standbys_of_their_own(v):
    write(v, service(v, "web", extra="replicas: 2").replace("witness/web", "witness/%n"))
    v.start()
    ones = up(v, "web@1")
    other = up(v, "web@2")
    check(sorted(v.status()) == ["web@1", "web@1+1", "web@2", "web@2+1"], str(sorted(v.status())))
    os.kill(ones[0], signal.SIGKILL)
    v.wait_job("web@1", "was taken over", lambda j: j["pid"] == ones[1]["web@1+1"])
    check(up(v, "web@2") == other, "the other is as it was")
    check([j["name"] for j in v.ask("status", "web")["jobs"]] == ["web@1", "web@1+1", "web@2", "web@2+1"],
          "the template names its instances, and each is shown with its standby")
    v.ask("stop", "web")
    check(all(j["state"] == "stopped" for j in v.status().values()), str(v.status()))


def test_a_standby_cannot_be_commanded(v):
    write(v, service(v, "db"))
    v.start()
    before = up(v, "db")
    for cmd in ("start", "stop", "restart", "reload"):
        answer = v.request(cmd, "db+1")
        check(not answer["ok"] and answer["errno"] == "EINVAL" and '"db"' in answer["error"], str(answer))
    answer = v.request("stop", "*+1")
    check(not answer["ok"] and answer["errno"] == "ENOENT", str(answer))
    check([j["name"] for j in v.ask("status", "db")["jobs"]] == ["db", "db+1"], "shown with its job")
    check(up(v, "db") == before, "nothing has changed")


def test_dependents_and_groups_see_one_job(v):
    v.write_jobs("jobs:\n" + service(v, "db") + v.job("app", extra="requires: [db]\non-dependency: ignore\n") +
                 v.job("peer") + "supervision:\n  all: {strategy: one-for-all, jobs: [db, peer]}\n")
    v.start()
    first, standbys = up(v, "db")
    v.wait_all_running()
    before = {n: v.status(n)["pid"] for n in ("app", "peer")}
    os.kill(standbys["db+1"], signal.SIGKILL)
    v.wait_job("db+1", "is back", lambda j: j["state"] == "running" and j["pid"] != standbys["db+1"])
    first, standbys = up(v, "db")
    os.kill(first, signal.SIGKILL)
    wait_new_primary(v, "db", standbys["db+1"])
    up(v, "db")
    check({n: v.status(n)["pid"] for n in ("app", "peer")} == before, "nobody was restarted")


def test_a_program_with_libvigil_knows_its_role(v):
    """The example, of which the standby says takeover if it sees that it is to prepare."""
    v.write_jobs("jobs:\n  db:\n    exec: [%s/examples/standby, %s/role]\n    standby: 1\n    singleton: true\n"
                 "    env: {VIGIL_TEST: %s}\n" % (v.conf.build, v.witness_dir, v.marker))
    v.start()
    first = v.wait_state("db", "running")["pid"]
    v.wait_for("the primary's word", lambda: [str(first), "primary"] in v.testimony("role"))
    standby = v.wait_job("db+1", "stands by", lambda j: j["next"])["pid"]
    v.wait_for("the standby's word", lambda: [str(standby), "standby"] in v.testimony("role"))
    check([str(standby), "primary"] not in v.testimony("role"), str(v.testimony("role")))
    os.kill(first, signal.SIGKILL)
    v.wait_for("it took over", lambda: [str(standby), "primary"] in v.testimony("role"))


def test_the_log_is_the_jobs(v):
    program = v.dir + "/talker"
    with open(program, "w", encoding="ascii") as f:
        f.write("#!/bin/sh\necho $VIGIL_ROLE $$\n"
                "[ $VIGIL_ROLE = standby ] && eval \"dd bs=8 count=1 <&$VIGIL_ROLE_FD\" >/dev/null 2>&1\n"
                "echo works $$\nexec sleep 1000\n")
    os.chmod(program, 0o755)
    v.write_jobs("jobs:\n  db:\n    exec: %s\n    standby: 1\n    env: {VIGIL_TEST: %s}\n"
                 % (program, v.marker))
    v.start()
    v.wait_state("db", "running")
    standby = v.wait_job("db+1", "runs", lambda j: j["state"] == "running" and j["next"])["pid"]
    path = v.dir + "/logs/db.log"

    def logged():
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as f:
            return f.read()
    v.wait_for("the standby's line", lambda: "standby %d" % standby in logged())
    check("works %d" % standby not in logged(), logged())
    os.kill(v.status("db")["pid"], signal.SIGKILL)
    v.wait_for("the shell took over", lambda: "works %d" % standby in logged())
