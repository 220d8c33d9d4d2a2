# SPDX-License-Identifier: GPL-2.0
"""Reloads: the plan, all or nothing, one replica at a time, and the way back."""
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import time

from ktap import check, equal
from talk import talker, tell
from tests_ready import starting
from tests_sockets import accepter, ask

FAST = "backoff: {initial: 1ms, max: 1ms}\n"
# Good at once.
PROVED = "healthy-after: 0s\n" + FAST


def vigil(v, *words):
    """Exit status, stdout and stderr."""
    done = subprocess.run([v.conf.build + "/vigil", "--socket", v.run + "/vigild.sock", *words], check=False,
                          capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
    return done.returncode, done.stdout, done.stderr


def plan(v):
    """{job: item} of those that are not the same, and the id."""
    answer = v.ask("plan")
    equal(answer["errors"], [])
    return {item["name"]: item for item in answer["plan"]["jobs"]}


def actions(v):
    return {name: item["action"] for name, item in plan(v).items()}


def pids(v):
    return {name: job["pid"] for name, job in v.status().items()}


def test_a_plan_tells_what_a_reload_then_does(v):
    v.write_jobs("jobs:\n" + v.job("keep") + v.job("change", "", FAST) + v.job("drop") + v.job("again")
                 + v.job("bound", "", "binds-to: [again]\n") + v.job("down", "", "autostart: false\n"))
    v.start()
    v.wait_for("they run", lambda: all(j["state"] == "running" for n, j in v.status().items() if n != "down"))
    equal(actions(v), {})
    equal(vigil(v, "plan")[0], 0)
    before = pids(v)
    v.write_jobs("jobs:\n" + v.job("keep") + v.job("change", "", FAST + "restart: never\nstart-timeout: 5s\n")
                 + v.job("again", "", "nice: 1\numask: 0077\nstop: {timeout: 9s}\n")
                 + v.job("bound", "", "binds-to: [again]\n") + v.job("new")
                 + v.job("held", "", "autostart: false\n"))
    wanted = {"change": "change", "drop": "stop", "again": "restart", "bound": "restart", "new": "start",
              "held": "add", "down": "remove"}
    items = plan(v)
    equal({n: i["action"] for n, i in items.items()}, wanted)
    equal((items["change"]["now"], items["change"]["next_start"]), (["restart"], ["start-timeout"]))
    equal((items["again"]["restart_for"], items["again"]["now"]), (["umask", "nice"], ["stop"]))
    equal((items["bound"]["with"], items["new"]["line"] > 0), ("again", True))
    status, text, _ = vigil(v, "plan")
    equal(status, 8)
    for part in ("umask, nice; at once: stop", "with again", "no job file names it any more",
                 "at once: restart; at its next start: start-timeout", "1 unchanged", "%s/jobs.yaml:" % v.jobs):
        check(part in text, "%s is not in %s" % (part, text))
    for option in ("-n", "--dry-run"):
        status, dry, _ = vigil(v, "reload", option)
        equal((status, dry), (8, text))
    equal(pids(v), before)  # so far nothing was done
    done = v.ask("reload")
    equal({i["name"]: i["action"] for i in done["plan"]["jobs"]}, wanted)
    check(done["applied"], str(done))
    v.wait_for("drop is gone", lambda: sorted(v.status()) == ["again", "bound", "change", "held", "keep", "new"])
    for name in ("again", "bound"):
        v.wait_back(name, before[name])
    v.wait_state("new", "running")
    after = pids(v)
    equal((after["keep"], after["change"], after["held"]), (before["keep"], before["change"], None))
    equal(actions(v), {"change": "nothing"})
    equal(plan(v)["change"]["next_start"], ["start-timeout"])
    equal(vigil(v, "plan")[0], 0)
    v.check_none_doubled()


def test_a_reload_does_the_plan_it_was_told_or_none(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    v.write_jobs("jobs:\n" + v.job("a", "", "nice: 1\n"))
    old = v.ask("plan")["plan"]["id"]
    equal(v.ask("plan")["plan"]["id"], old)
    v.write_jobs("jobs:\n" + v.job("a", "", "nice: 2\n"))
    with v.connect() as c:
        answer = c.ask("reload", None, {"plan": old})
    equal((answer["ok"], answer["errno"]), (False, "ESTALE"))
    check("nothing was changed" in answer["error"], str(answer))
    equal(v.status("a")["pid"], pid)
    equal(vigil(v, "reload", "--plan", old)[0], 1)
    equal(v.status("a")["pid"], pid)
    status, out, err = vigil(v, "reload", "--plan", v.ask("plan")["plan"]["id"])
    equal((status, err), (0, ""))
    check("1 being restarted" in out, out)
    v.wait_back("a", pid)
    for cmd, job, body in (("restart", "a", {"plan": old}), ("reload", None, {"plan": 1}), ("reload", None, {"no": "x"})):
        with v.connect() as c:
            equal(c.ask(cmd, job, body)["errno"], "EBADMSG")


def test_one_bad_file_and_nothing_is_done(v):
    v.write_jobs("jobs:\n" + v.job("a"), "a.yaml")
    v.write_jobs("jobs:\n" + v.job("b"), "b.yaml")
    v.start()
    v.wait_all_running()
    before = pids(v)
    v.write_jobs("jobs:\n" + v.job("a", "", "nice: 1\n") + v.job("c"), "a.yaml")
    v.write_jobs("jobs:\n  b:\n    exec: 7\n    frob: 1\n", "b.yaml")
    answer = v.ask("reload")
    equal((answer["applied"], answer["plan"], len(answer["errors"])), (False, None, 2))
    check("%s/b.yaml:4:5: " % v.jobs in answer["errors"][1], str(answer))
    equal(v.agent()["errors"], answer["errors"])
    for words in (("plan",), ("reload",)):
        status, out, err = vigil(v, *words)
        equal((status, out), (1, ""))
        check("b.yaml:3:11:" in err and "b.yaml:4:5:" in err and "keep their running version" in err, err)
    equal(pids(v), before)
    v.kill()
    v.start()
    equal(pids(v)["b"], before["b"])  # by what the store has
    os.unlink(v.jobs + "/b.yaml")
    check(v.ask("reload")["applied"], "mended")
    equal(v.agent()["errors"], [])


def test_a_socket_that_cannot_be_bound_refuses_the_whole_reload(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        path = v.dir + "/made.sock"
        v.write_jobs("jobs:\n" + v.job("a", "", "restart: never\n")
                     + accepter(v, "web", ["{stream: %s}" % path, "{stream: '127.0.0.1:%d'}" % port]))
        answer = v.request("reload")
        equal((answer["ok"], answer["errno"]), (False, "EIO"))
        check("nothing was changed: job \"web\": cannot open the socket 127.0.0.1:%d: Address already in use" % port
              in answer["error"], str(answer))
        equal((list(v.status()), v.status("a")["pid"]), (["a"], pid))
        check(not os.path.exists(path), "the first socket is left")
        equal(actions(v), {"a": "change", "web": "start"})
    v.ask("reload")
    ask(("127.0.0.1", port))
    ask(path, socket.AF_UNIX)


def test_a_store_that_cannot_be_written_refuses_a_reload(v):
    v.state = v.small_disk("small", "768k") + "/state"
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    v.ask("stop", "a")
    v.ask("start", "a")
    pid = v.wait_state("a", "running")["pid"]
    # More than the disk holds, whatever is free of it.
    v.write_jobs("# %s\njobs:\n%s" % ("x" * (1 << 20), v.job("a", "", "nice: 1\n") + v.job("b")))
    answer = v.request("reload")
    equal((answer["ok"], answer["errno"]), (False, "EIO"))
    check("nothing was changed: the store cannot be written" in answer["error"], str(answer))
    equal((list(v.status()), v.status("a")["pid"]), (["a"], pid))
    v.write_jobs("jobs:\n" + v.job("a", "", "nice: 1\n") + v.job("b"))
    check(v.ask("reload")["applied"], "with room")
    v.wait_back("a", pid)


def test_a_job_that_says_so_is_not_restarted(v):
    v.write_jobs("jobs:\n" + v.job("a", "", "on-change: keep\n" + FAST))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    v.write_jobs("jobs:\n" + v.job("a", "", "on-change: keep\nnice: 3\n" + FAST))
    item = plan(v)["a"]
    equal((item["action"], item["next_start"], item["keeps"]), ("change", ["nice"], True))
    v.ask("reload")
    v.kill()
    v.start()
    equal(v.status("a")["pid"], pid)
    equal((plan(v)["a"]["action"], plan(v)["a"]["next_start"]), ("nothing", ["nice"]))
    os.kill(pid, signal.SIGKILL)
    new = v.wait_back("a", pid)["pid"]
    equal(os.getpriority(os.PRIO_PROCESS, new), os.getpriority(os.PRIO_PROCESS, 0) + 3)
    equal(plan(v), {})


def test_what_a_file_was_changed_to_while_no_vigild_ran_is_pending(v):
    v.write_jobs("jobs:\n" + v.job("a"))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    v.kill()
    v.write_jobs("jobs:\n" + v.job("a", "", "nice: 1\n"))
    v.start()
    equal(v.status("a")["pid"], pid)
    for _ in range(2):  # the store knows by what it runs, also when it has the new file
        equal((actions(v), v.status("a")["pid"]), ({"a": "restart"}, pid))
        v.kill()
        v.start()
    v.ask("reload")
    v.wait_back("a", pid)
    equal(actions(v), {})


def test_a_failed_job_is_started_when_its_file_mends_it(v):
    v.write_jobs("jobs:\n" + v.job("a", "exit 3", FAST + "restart-limit: {max: 1, within: 1h}\n"))
    v.start()
    v.wait_state("a", "failed")
    v.write_jobs("jobs:\n" + v.job("a", "", "restart: never\n"))
    equal(actions(v), {"a": "start"})
    v.ask("reload")
    v.wait_state("a", "running")


def test_a_new_version_that_fails_is_rolled_back(v):
    for name, extra, orders, why in (
            ("crash", PROVED.replace("0s", "100ms"), "exit 4", "crash exited with code 4"),
            ("late", "ready: notify\nstart-timeout: 200ms\n" + FAST, None, "late was not ready within 0.2 s"),
            ("gone", PROVED, "gone", "gone cannot run /no/such/program: No such file or directory")):
        notify = "ready: notify" in extra
        good = talker(v, name, extra.replace("200ms", "60s"), "READY=1") if notify else v.job(name, "", extra)
        bad = talker(v, name, extra) if notify else v.job(name, orders, extra)
        if orders == "gone":
            bad = "  gone:\n    exec: [/no/such/program]\n    env: {VIGIL_TEST: %s}\n    healthy-after: 0s\n" % v.marker
        v.write_jobs("jobs:\n" + good, name + ".yaml")
        if not v.process:
            v.start()
        else:
            v.ask("reload")
        pid = v.wait_state(name, "running")["pid"]
        if name == "crash":  # it counts as ready by then
            v.wait_job(name, "has run for long enough", lambda j: j["uptime_s"] > 0.2)
        v.write_jobs("jobs:\n" + bad, name + ".yaml")
        v.ask("reload")
        job = v.wait_job(name, "is back", lambda j: j["rolled_back"] and j["state"] == "running")
        check(job["pid"] != pid, "it was not tried")
        equal(job["rolled_back"], "rolled back: %s (%s/%s.yaml:2)" % (why, v.jobs, name))
        item = plan(v)[name]
        equal((item["action"], item["again"]), ("restart", True))
        kinds = [e["kind"] for e in v.ask("why", name)["events"]]
        check("rolled-back" in kinds, str(kinds))
        # Over deaths of the job and of vigild.
        v.kill()
        v.start()
        equal(v.status(name)["rolled_back"], job["rolled_back"])
        os.kill(job["pid"], signal.SIGKILL)
        job = v.wait_job(name, "is back by itself", lambda j: j["state"] == "running" and j["pid"] != job["pid"])
        check(job["rolled_back"], str(job))
        status, out, _ = vigil(v, "status", name)
        check("%s: rolled back: " % name in out and status == 0, out)
        # A reload tries it once more; the old file takes the note away.
        v.ask("reload")
        v.wait_job(name, "was tried again", lambda j: j["state"] == "running" and j["pid"] != job["pid"]
                   and j["rolled_back"])
        v.write_jobs("jobs:\n" + good, name + ".yaml")
        equal(v.ask("reload")["applied"], True)
        equal(v.status(name)["rolled_back"], None)
        equal(plan(v), {})
    v.check_none_doubled()


def test_a_job_may_say_that_it_does_not_go_back(v):
    keys = PROVED + "rollback: false\nrestart-limit: {max: 2, within: 1h}\n"
    v.write_jobs("jobs:\n" + v.job("a", "", keys))
    v.start()
    v.wait_state("a", "running")
    v.write_jobs("jobs:\n" + v.job("a", "exit 4", keys.replace("0s", "1h")))
    v.ask("reload")
    job = v.wait_state("a", "failed")
    equal((job["rolled_back"], job["restarts"]), (None, 2))


def test_a_rollback_is_finished_by_the_next_vigild(v):
    keys = "ready: notify\nstart-timeout: 1h\n" + FAST
    v.write_jobs("jobs:\n" + talker(v, "a", keys, "READY=1"))
    v.start()
    first = v.wait_state("a", "running")["pid"]
    v.write_jobs("jobs:\n" + talker(v, "a", keys))
    v.ask("reload")
    v.wait_job("a", "is tried", lambda j: j["pid"] not in (None, first) and j["state"] == "starting")
    pid = starting(v, "a")
    equal(v.status("a")["rollout"], "trial")
    v.kill()
    v.start()
    equal((v.status("a")["pid"], v.status("a")["rollout"]), (pid, "trial"))
    v.kill()
    os.kill(pid, signal.SIGKILL)  # nobody sees it
    v.start()
    job = v.wait_job("a", "is back", lambda j: j["state"] == "running" and j["rolled_back"])
    check(job["pid"] not in (first, pid), str(job))


WEB = "replicas: 3\nready: notify\nstart-timeout: 1h\n" + FAST


def webs(v, first=None):
    return "jobs:\n" + talker(v, "web", WEB, first).replace("/web.orders", "/web@%i.orders")


def test_a_replica_that_fails_without_a_way_back_keeps_the_others_as_they_are(v):
    def web(orders, keys):
        return "jobs:\n" + v.job("web", orders, keys).replace('"web"', '"web@%i"')
    keys = "replicas: 2\nrollback: false\nrestart-limit: {max: 1, within: 1h}\n" + PROVED
    v.write_jobs(web("", keys))
    v.start()
    v.wait_all_running()
    first = pids(v)
    v.write_jobs(web("exit 4", keys.replace("0s", "1h")))
    v.ask("reload")
    v.wait_state("web@1", "failed")
    equal((v.status("web@2")["pid"], v.status("web@2")["rollout"]), (first["web@2"], "waiting"))
    v.write_jobs(web("", keys + "nice: 1\n"))
    equal(actions(v), {"web@1": "start", "web@2": "restart"})
    v.ask("reload")
    v.wait_back("web@2", first["web@2"])
    v.wait_all_running()


def wait_rollout(v, done, trial):
    """The replicas run: done by the new version, one on trial, the others by the old one."""
    v.wait_for("%s is on trial" % trial, lambda: v.status(trial)["rollout"] == "trial"
               and v.status(trial)["state"] == "starting")
    jobs = v.status()
    for name, job in jobs.items():
        if name != trial:
            equal((name, job["state"], job["rollout"]), (name, "running", None if name in done else "waiting"))
    return {name: job["pid"] for name, job in jobs.items()}


def test_replicas_are_restarted_one_at_a_time(v):
    v.write_jobs(webs(v, "READY=1"))
    v.start()
    v.wait_all_running()
    first = pids(v)
    v.write_jobs(webs(v))
    equal(actions(v), {"web@%d" % i: "restart" for i in (1, 2, 3)})
    v.ask("reload")
    done = []
    for name in ("web@1", "web@2", "web@3"):
        now = wait_rollout(v, done, name)
        for other in first:
            check((now[other] != first[other]) == (other in done or other == name), "%s %s" % (first, now))
        if name == "web@2":
            v.kill()
            v.start()
            equal(wait_rollout(v, done, name), now)
        starting(v, name)
        tell(v, name, "send", "READY=1")
        v.wait_state(name, "running")
        done.append(name)
    v.wait_for("it is over", lambda: all(j["rollout"] is None for j in v.status().values()))
    equal(actions(v), {})


def test_the_first_replica_that_fails_takes_all_back(v):
    v.write_jobs(webs(v, "READY=1"))
    v.start()
    v.wait_all_running()
    first = pids(v)
    v.write_jobs(webs(v))
    v.ask("reload")
    wait_rollout(v, [], "web@1")
    starting(v, "web@1")
    tell(v, "web@1", "send", "READY=1")
    now = wait_rollout(v, ["web@1"], "web@2")
    v.kill()
    v.start()
    os.kill(starting(v, "web@2"), signal.SIGKILL)
    v.wait_for("all have the old one", lambda: all(j["state"] == "running" and j["rolled_back"] and not j["rollout"]
                                                   for j in v.status().values()))
    last = pids(v)
    equal(last["web@3"], first["web@3"])
    check(last["web@1"] != now["web@1"] and last["web@2"] != now["web@2"], "%s %s" % (now, last))
    for job in v.status().values():
        check(job["rolled_back"].startswith("rolled back: web@2 ")
              and job["rolled_back"].endswith(" before it was ready (%s/jobs.yaml:2)" % v.jobs), str(job))
    v.check_none_doubled()


def is_stored(v, text):
    db = sqlite3.connect(v.state + "/vigil.db")
    try:
        return [row[0] for row in db.execute("SELECT text FROM file")] == [text.encode()]
    finally:
        db.close()


def test_a_reload_that_a_crash_cuts_short_is_finished(v):
    """At whatever moment vigild dies: jobs of the new set, and only those, run by their new definitions."""
    def text(i):
        mark = "nice: %d\n" % (i % 2) + PROVED
        return "jobs:\n" + "".join(v.job("j%d" % n, "", mark) for n in range(6)) + v.job("odd" if i % 2 else "even")
    v.write_jobs(text(0))
    v.start()
    v.wait_all_running()
    base = os.getpriority(os.PRIO_PROCESS, 0)
    for i in range(1, 9):
        v.write_jobs(text(i))
        with v.connect() as c:
            c.send_request("reload")
            if i % 2:
                c.answer()
            else:
                v.live_on(0.02)
            v.kill()
        begun = is_stored(v, text(i))
        check(begun or i % 2 == 0, "answered before it was stored")
        v.start()
        if not begun:
            v.ask("reload")
        names = {"j%d" % n for n in range(6)} | {"odd" if i % 2 else "even"}

        def done():
            jobs = v.status()
            return set(jobs) == names and all(j["state"] == "running" and not j["rollout"] for j in jobs.values()) \
                and all(os.getpriority(os.PRIO_PROCESS, jobs["j%d" % n]["pid"]) == base + i % 2 for n in range(6))
        v.wait_for("the new set runs", done)
        v.check_one_each(names)
    v.check_none_doubled()


def test_the_mode_and_backlog_of_a_socket_are_changed_in_place(v):
    path = v.dir + "/web.sock"
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: %s, mode: '0600', backlog: 3}" % path]))
    v.start()
    pid = v.wait_state("web", "running")["pid"]
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: %s, mode: '0666', backlog: 77}" % path]))
    item = plan(v)["web"]
    equal((item["action"], item["now"]), ("change", ["sockets.attributes"]))
    v.ask("reload")
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o666)
    equal(v.status("web")["pid"], pid)
    shown = subprocess.run(["ss", "-Hlx", "src", path], check=True, capture_output=True, text=True).stdout
    equal(shown.split()[3], "77")


def test_a_connection_starts_what_the_job_requires(v):
    path = v.dir + "/lazy.sock"
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: %s, on-demand: true}" % path], "", "requires: [db]\n")
                 + v.job("db", "", "autostart: false\n"))
    v.start()
    v.wait_state("lazy", "listening")
    v.ask("stop", "db")
    ask(path, socket.AF_UNIX)
    equal(v.status("db")["state"], "running")


def test_limits_are_changed_in_place(v):
    v.write_jobs("jobs:\n" + v.job("a", "", "limits: {tasks: 50}\n"))
    v.start()
    pid = v.wait_state("a", "running")["pid"]
    v.write_jobs("jobs:\n" + v.job("a", "", "limits: {tasks: 60}\n"))
    v.ask("reload")
    found = [root for root, _, files in os.walk(v.cgroup) if "pids.max" in files and root != v.cgroup]
    with open(found[0] + "/pids.max", encoding="ascii") as f:
        equal(f.read().strip(), "60")
    equal(v.status("a")["pid"], pid)


test_limits_are_changed_in_place.needs = ("cgroup", "pids controller")


def test_a_reload_with_no_change_does_nothing(v):
    """And is soon done, with many jobs: the bench has the limit, this shows the figure."""
    v.write_jobs("jobs:\n" + "".join(v.job("j%03d" % i, "", "autostart: false\n") for i in range(1000)))
    v.start()
    v.ask("reload")
    begin = time.monotonic()
    answer = v.ask("reload")
    took = time.monotonic() - begin
    equal((answer["plan"]["idle"], answer["plan"]["unchanged"], answer["plan"]["jobs"]), (True, 1000, []))
    print("# a reload of 1000 jobs with no change took %.1f ms" % (took * 1000))
