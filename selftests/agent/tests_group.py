# SPDX-License-Identifier: GPL-2.0
"""Groups: what the death of one job does to the others of its group."""
import os
import signal

from gate import open_gate, wait_at
from ktap import check
from tale import actor, in_order, tale, wait_told

NAMES = ["m", "a", "z"]  # not in the order of the alphabet


def group(strategy, extra=""):
    return "supervision:\n  pipe: {strategy: %s, jobs: [m, a, z]%s}\n" % (strategy, extra)


def begin(v, text):
    v.write_jobs(text)
    v.start()
    words = wait_told(v, "+m", "+a", "+z")
    return words, {n: j["pid"] for n, j in v.wait_all_running().items()}


def jobs(v, extra=""):
    return "jobs:\n" + "".join(actor(v, n, extra) for n in sorted(NAMES))


def test_one_for_one_leaves_the_others_alone(v):
    _, before = begin(v, jobs(v) + group("one-for-one"))
    os.kill(before["m"], signal.SIGKILL)
    v.wait_back("m", before["m"])
    check({n: v.status(n)["pid"] for n in ("a", "z")} == {n: before[n] for n in ("a", "z")}, "others")


def slow_z(v, strategy):
    """z tells that it is to end, and ends when the test has it go."""
    return ("jobs:\n" + actor(v, "m") + actor(v, "a")
            + actor(v, "z", "stop: {timeout: 5min}", wait_at(v) + "; exit 0") + group(strategy))


def test_rest_for_one_restarts_those_after_it_in_order(v):
    """Half way through, vigild is killed."""
    _, before = begin(v, slow_z(v, "rest-for-one"))
    os.kill(before["a"], signal.SIGKILL)
    wait_told(v, "-z")
    v.wait_job("a", "waits", lambda j: j["reason"] == "waits for z (stopping)")
    v.kill()
    v.start()
    v.wait_job("a", "waits", lambda j: j["reason"] == "waits for z (stopping)")
    check(tale(v).count("+a") == 1, str(tale(v)))
    open_gate(v)
    v.wait_back("z", before["z"])
    v.wait_back("a", before["a"])
    words = wait_told(v, "+a", "+a", "+z", "+z")
    check(in_order(words, "+z", "-z", "+a"), str(words))
    check(v.status("m")["pid"] == before["m"] and "-m" not in words, "m was touched")


def test_one_for_all_restarts_all_in_order(v):
    _, before = begin(v, jobs(v) + group("one-for-all"))
    os.kill(before["a"], signal.SIGKILL)
    v.wait_all_back(before)
    words = wait_told(v, "+m", "+m", "+a", "+a", "+z", "+z")
    check(in_order(words, "-z", "-m") and words.count("-m") == 1 and words.count("-z") == 1, str(words))
    check(in_order(words, "-m", "+m"), str(words))
    check([v.status(n)["restarts"] for n in NAMES] == [0, 1, 0], "restarts")


def test_a_stop_by_the_operator_leaves_the_group_alone(v):
    _, before = begin(v, jobs(v) + group("one-for-all"))
    v.ask("stop", "a")
    os.kill(before["m"], signal.SIGKILL)
    v.wait_back("m", before["m"])
    v.wait_back("z", before["z"])
    check(v.status("a")["state"] == "stopped", "a was started")


def test_a_group_beyond_its_limit_fails_as_a_whole(v):
    _, before = begin(v, jobs(v) + group("one-for-one", ", restart-limit: {max: 1, within: 1h}"))
    os.kill(before["m"], signal.SIGKILL)
    v.wait_back("m", before["m"])
    os.kill(before["a"], signal.SIGKILL)
    reason = "group pipe: 1 restarts in 3600 s; last: a was killed by SIGKILL"
    for name in NAMES:
        check(v.wait_state(name, "failed")["reason"] == reason, str(v.status(name)))
    v.wait_for("all their processes are gone", lambda: v.processes() == {})
    v.kill()
    v.start()
    check({j["state"] for j in v.status().values()} == {"failed"}, str(v.status()))
    v.ask("start", "m")
    v.wait_state("m", "running")
    check(v.status("z")["state"] == "failed", "z was started")


def test_a_groups_count_outlives_vigild(v):
    _, before = begin(v, jobs(v) + group("one-for-one", ", restart-limit: {max: 1, within: 1h}"))
    os.kill(before["z"], signal.SIGKILL)
    v.wait_back("z", before["z"])
    v.kill()
    v.start()
    os.kill(v.wait_state("z", "running")["pid"], signal.SIGKILL)
    for name in NAMES:
        v.wait_state(name, "failed")


def test_the_limit_of_a_job_restarts_its_group_once(v):
    limit = "restart-limit: {max: 1, within: 1h}\n"
    text = ("jobs:\n" + actor(v, "a", limit + "on-limit: restart-group") + actor(v, "m", limit) + actor(v, "z", limit)
            + group("one-for-one"))
    _, before = begin(v, text)
    os.kill(before["z"], signal.SIGKILL)
    z = v.wait_back("z", before["z"])["pid"]
    os.kill(z, signal.SIGKILL)
    v.wait_state("z", "failed")
    os.kill(before["a"], signal.SIGKILL)
    a = v.wait_back("a", before["a"])["pid"]
    check(v.status("m")["pid"] == before["m"], "the group was restarted too early")
    os.kill(a, signal.SIGKILL)
    v.wait_back("m", before["m"])
    v.wait_back("z", z)
    v.kill()
    v.start()
    os.kill(v.wait_back("a", a)["pid"], signal.SIGKILL)
    v.wait_job("a", "counts", lambda j: j["restarts"] >= 3 and j["state"] == "running")
    os.kill(v.status("a")["pid"], signal.SIGKILL)
    v.wait_state("a", "failed")
    check(v.status("m")["state"] == "running", "the group failed, too")


def test_a_restart_of_the_group_cut_in_half_is_finished(v):
    _, before = begin(v, slow_z(v, "one-for-all"))
    os.kill(before["a"], signal.SIGKILL)
    wait_told(v, "-z")
    v.wait_job("a", "waits", lambda j: j["reason"] == "waits for m (stopping)")
    v.kill()
    v.start()
    v.wait_state("z", "stopping")
    check("-m" not in tale(v) and tale(v).count("+a") == 1, str(tale(v)))
    open_gate(v)
    v.wait_all_back(before)
    words = wait_told(v, "+m", "+m", "+a", "+a", "+z", "+z")
    check(in_order(words, "-z", "-m", "+m"), str(words))
    check(words.count("+m") == 2 and words.count("+z") == 2, str(words))
