# SPDX-License-Identifier: GPL-2.0
"""Jobs that are handed to the level above when they have been restarted too often."""
import os

from ktap import check, equal
from tests_history import events, pretend_reboot
from tests_policy import ONCE, starts

GIVES = ONCE + "on-limit: hand-over\n"


def handed_over(v):
    return {one["job"]: one["reason"] for one in v.agent()["handed_over"]}


def check_given(v, name, reason):
    job = v.status(name)
    equal((job["state"], job["reason"], job["handed_over"]), ("failed", reason, True))
    equal(handed_over(v), {name: reason})


def give(v, rest="", name="given"):
    """Jobs, one of which is handed over; why."""
    v.write_jobs("jobs:\n" + v.job(name, "exit 5", GIVES) + rest)
    v.start()
    return v.wait_job(name, "is handed over", lambda j: j["handed_over"])["reason"]


def test_a_job_that_loops_is_handed_over_until_it_is_started(v):
    reason = give(v, v.job("other", "exit 5", ONCE))
    check(not v.wait_state("other", "failed")["handed_over"], "other")
    check_given(v, "given", reason)
    check("1 restarts" in reason and "exited with code 5" in reason, reason)
    check("No level above is connected" in v.agent()["level_above"], str(v.agent()))
    v.kill()
    v.start()
    check_given(v, "given", reason)
    equal(starts(v, "given"), 2)
    v.write_jobs("jobs:\n" + v.job("given", "", GIVES))
    v.ask("reload")
    check_given(v, "given", reason)
    v.ask("start", "given")
    check(not v.wait_state("given", "running")["handed_over"], "still")
    v.kill()
    v.start()
    equal(handed_over(v), {})


def test_a_hand_over_is_on_record_and_in_the_chain(v):
    reason = give(v)
    noted = events(v, "given", "handed-over")
    check(len(noted) == 1 and noted[0]["led"] and reason in noted[0]["text"], str(noted))
    check("not started here again by itself" in noted[0]["text"], str(noted))


def test_a_job_handed_over_is_not_started_by_a_boot(v):
    reason = give(v)
    v.kill()
    pretend_reboot(v, 1000)
    v.start()
    check_given(v, "given", reason)
    v.kill()
    v.start()
    check_given(v, "given", reason)
    equal(starts(v, "given"), 2)
    v.ask("start", "given")
    v.wait_job("given", "is tried again", lambda j: starts(v, "given") > 2)


test_a_job_handed_over_is_not_started_by_a_boot.needs = ("pidfds",)


def test_neither_those_that_need_it_nor_its_group_start_it(v):
    lead = "backoff: {initial: 1ms, max: 1ms}\nrestart-limit: {max: 1, within: 1h}\non-limit: restart-group\n"
    reason = give(v, v.job("needs", "", "requires: [given]\nautostart: false\n") + v.job("lead", "", lead)
                  + "supervision:\n  pair: {strategy: one-for-one, jobs: [given, lead]}\n")
    v.ask("start", "needs")
    v.wait_job("needs", "waits", lambda j: j["reason"] == "waits for given (failed)")
    # The second death restarts the whole group, those that have failed, too.
    for _ in range(2):
        pid = v.wait_state("lead", "running")["pid"]
        os.kill(pid, 9)
        v.wait_back("lead", pid)
    check("its whole group is restarted" in v.log(), "no group was restarted")
    check_given(v, "given", reason)
    equal(starts(v, "given"), 2)


def test_a_stop_takes_it_off_the_list_and_a_removed_one_is_forgotten(v):
    give(v)
    v.ask("stop", "given")
    equal((v.status("given")["state"], handed_over(v)), ("stopped", {}))
    v.ask("start", "given")
    v.wait_job("given", "is handed over again", lambda j: j["handed_over"])
    v.write_jobs("jobs: {}\n")
    v.ask("reload")
    v.wait_for("it is gone", lambda: "given" not in v.status())
    v.write_jobs("jobs:\n" + v.job("given", "", GIVES))
    v.ask("reload")
    v.wait_state("given", "running")
