# SPDX-License-Identifier: GPL-2.0
"""Tests of the tracepoints: each is enabled, and fires with its facts when what it tells of happens."""
import contextlib
import errno
import os
import signal
import subprocess

import yaml

from family import SPEC, open_family, refusal, watch
from knobs import SYS, death, number, read, write
from ktap import Skip, check, contains, equal, lacks, test
from tool import DEADLINE_S
from tracing import TRACE, documented, fields_of, forget, lines, there, traced, words_of
from waiting import until

# (tracepoint, field): the enumeration of the netlink specification whose words it uses
ENUMS = {
    ("vigil_death", "cause"): "cause",
    ("vigil_hung", "state"): "hang-state",
    ("vigil_hung", "action"): "beat-action",
    ("vigil_keeper", "stage"): "keeper-stage",
    ("vigil_keeper", "why"): "keeper-why",
    ("vigil_keeper", "last_resort"): "keeper-last-resort",
    ("vigil_watchdog", "stage"): "watchdog-stage",
    ("vigil_watchdog", "gate"): "watchdog-gate",
    ("vigil_lease_refused", "state"): "lease-state",
}
LIFE = ("vigil_watch_new", "vigil_watch_del", "vigil_death", "vigil_event", "vigil_send")
BEAT_MS = 100
LONG_MS = 600000  # a grace, limit or lease that no test outlives
TIMEOUT_S = 3600  # of a device that never fires
NEVER = 99


@contextlib.contextmanager
def child():
    """A process that does nothing; it is gone afterwards."""
    pid = os.fork()
    if not pid:
        signal.pause()
        os._exit(NEVER)
    try:
        yield pid
    finally:
        kill(pid)


def kill(pid, sig=signal.SIGKILL):
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, sig)
        os.waitpid(pid, 0)


@contextlib.contextmanager
def knobs_kept(*names):
    was = {name: read(f"{SYS}/{name}").strip() for name in names}
    try:
        yield
    finally:
        for name, value in was.items():
            write(f"{SYS}/{name}", value)


def told(name):
    return [f for tracepoint, f in lines() if tracepoint == name]


def becomes(name, value):
    until(f"{name} is {value}", lambda: read(f"{SYS}/{name}").strip() == value, DEADLINE_S)


@test
def formats_are_documented():
    """the fields of each tracepoint are those that are documented, and a tool can find them in a record"""
    equal(there(), set(documented()))
    for name, said in documented().items():
        fields = fields_of(name)
        equal([field for _, field, _, _ in fields], said, name)
        end = 8  # of the common fields
        for kind, field, offset, size in fields:
            check(offset >= end and size, f"{name}.{field}: {kind} at {offset}, of {size} bytes")
            end = offset + size


@test
def words_are_the_specifications():
    """whatever a tracepoint tells in a word has the words of the netlink specification"""
    with open(SPEC, encoding="utf-8") as f:
        definitions = {d["name"]: d for d in yaml.safe_load(f)["definitions"]}
    said = {(name, field): words for name in there() for field, words in words_of(name).items()}
    wanted = {key: {definitions[enum].get("value-start", 0) + i: entry["name"]
                    for i, entry in enumerate(definitions[enum]["entries"])} for key, enum in ENUMS.items()}
    equal(said, wanted)


@test
def a_life_is_traced():
    """watch, death, number, sending and release are traced, in this order and with their facts"""
    seq = number("seq") + 1
    pids = []
    found = traced(lambda: pids.append(death()), LIFE)
    mine = [(name, f) for name, f in found if f.get("pid") == str(pids[0])]
    equal([name for name, _ in mine], ["vigil_watch_new", "vigil_death", "vigil_watch_del"])
    new, dead, _ = (f for _, f in mine)
    equal((dead["cause"], int(dead["status"], 16)), ("signalled", signal.SIGTERM))
    contains(new["owner"], "vigil-watch")
    net = os.readlink("/proc/self/ns/net")
    numbered = [f for name, f in found if name == "vigil_event" and f["watch"] == new["id"]]
    equal(len(numbered), 1)
    equal(int(numbered[0]["seq"]), seq)
    equal(f"net:[{numbered[0]['net']}]", net)
    equal(numbered[0]["boottime"], dead["boottime"])
    sent = [f for name, f in found if name == "vigil_send"]
    check(any(int(f["events"]) >= 1 and int(f["listeners"]) >= 1 for f in sent), f"sent: {sent}")


@test
def dying_is_traced():
    """a process that is certain to die is traced in its own context, once, and before its death"""
    family = open_family()
    ids = []

    def happen():
        with child() as pid:
            ids.append((watch(family, pid, "sight", flags=["dying"]), pid, read(f"/proc/{pid}/comm").strip()))
            kill(pid)
        family.do("watch-del", {"id": ids[0][0]})

    found = traced(happen, ("vigil_dying", "vigil_death", "vigil_event"))
    equal([name for name, f in found if f.get("id") == str(ids[0][0])], ["vigil_dying", "vigil_death"])
    dying = dict(found)["vigil_dying"]
    equal((dying["pid"], dying["comm"]), (str(ids[0][1]), ids[0][2]))
    equal([f["boottime"] for name, f in found if name == "vigil_event"][:1], [dying["boottime"]])
    check(any(f"-{ids[0][1]} " in line and "vigil_dying" in line for line in read(TRACE).splitlines()),
          "the trace shows the dying process as the one that was running")


@test
def a_hang_is_traced():
    """a missed beat is traced with what is known of the process, and its end, too"""
    family = open_family()

    def happen():
        with child() as pid:
            beat = {"deadline-ms": BEAT_MS, "action": "signal", "signal": signal.SIGWINCH}
            wid = watch(family, pid, "sight", beat=beat)
            until("it hangs", lambda: told("vigil_hung"), DEADLINE_S)
            family.do("beat", {"id": wid})
            until("it has recovered", lambda: told("vigil_recovered"), DEADLINE_S)
            family.do("watch-del", {"id": wid})
            happen.known = str(wid), str(pid)

    found = traced(happen, ("vigil_hung", "vigil_recovered", "vigil_event"))
    equal([name for name, _ in found if name != "vigil_event"][:2], ["vigil_hung", "vigil_recovered"])
    hung, recovered = dict(reversed(found))["vigil_hung"], dict(reversed(found))["vigil_recovered"]
    for f in hung, recovered:
        equal((f["id"], f["pid"]), happen.known)
        contains([e["boottime"] for name, e in found if name == "vigil_event"], f["boottime"])
    equal((hung["state"], hung["action"], hung["signal"]), ("sleeping", "signal", str(int(signal.SIGWINCH))))
    equal(hung["deadline_ms"], str(BEAT_MS))
    check(int(hung["boottime"]) - int(hung["last_beat"]) >= BEAT_MS * 1000000, f"too early: {hung}")
    check(0 < int(hung["cpu_window"]) and int(hung["cpu_time"]) <= int(hung["cpu_window"]), f"times: {hung}")


def keeping(family, command):
    """A keeper dies, its only respawn is this, and it resigns."""
    with child() as pid, knobs_kept("keeper/respawn_max"):
        wid = watch(family, pid, "sight")
        family.do("keeper-set", {"id": wid, "argv": [command], "respawn-max": 1})
        kill(pid)
        becomes("keeper/state", "exhausted")
        family.do("keeper-resign", {})
        family.do("watch-del", {"id": wid})
    return str(pid)


@test
def a_keeper_is_traced():
    """whatever becomes of the keeper is traced: with its stage, the reason and the process"""
    family = open_family()
    pids = []
    found = traced(lambda: pids.append(keeping(family, "/bin/false")), ("vigil_keeper",))
    equal([(f["stage"], f["why"]) for _, f in found],
          [("registered", "none"), ("lost", "dead"), ("respawned", "none"), ("respawn-failed", "dead"),
           ("exhausted", "limit"), ("resigned", "none")])
    equal([f["pid"] for _, f in found[:2]], pids * 2)
    lacks([f["pid"] for _, f in found[2:]], pids[0])
    equal([f["respawns"] for _, f in found], ["0", "0", "1", "1", "1", "1"])
    equal({(f["error"], f["last_resort"]) for _, f in found}, {("0", "report")})


@test
def a_failed_exec_is_traced():
    """a respawn that cannot be run is traced with its error"""
    family = open_family()
    found = traced(lambda: keeping(family, "/nonexistent"), ("vigil_keeper",))
    failed = [f for _, f in found if f["stage"] == "respawn-failed"]
    equal([(f["why"], f["error"]) for f in failed], [("exec", str(errno.ENOENT))])


def softdog():
    """The device file of a watchdog that bites nobody."""
    if subprocess.run(["modprobe", "softdog", "soft_noboot=1"], check=False).returncode:
        raise Skip("the kernel has no softdog")
    for name in os.listdir("/sys/class/watchdog"):
        if read(f"/sys/class/watchdog/{name}/identity").strip() == "Software Watchdog":
            return f"/dev/{name}"
    raise Skip("softdog gives no device")


def missed(family, stage):
    """A vital death, until the watchdog has come to the stage; the watch."""
    with child() as pid:
        wid = watch(family, pid, "sight", flags=["vital"])
        kill(pid)
        becomes("watchdog/stage", stage)
    return wid


@test
def a_watchdog_is_traced():
    """each stage of the hardware watchdog is traced, with the gate that is missed and the device"""
    device, family = softdog(), open_family()
    wids = []

    def happen():
        with knobs_kept("watchdog/grace_ms", "watchdog/gates/cpus/limit_ms", "watchdog/gates/vital/limit_ms"):
            write(f"{SYS}/watchdog/gates/cpus/limit_ms", str(LONG_MS))
            write(f"{SYS}/watchdog/gates/vital/limit_ms", "0")
            try:
                family.do("watchdog-arm", {"device": device, "timeout-s": TIMEOUT_S, "grace-ms": LONG_MS})
                wids.append(missed(family, "warning"))
                family.do("watch-del", {"id": wids[0]})
                becomes("watchdog/stage", "armed")
                write(f"{SYS}/watchdog/grace_ms", "0")
                wids.append(missed(family, "bite"))
                family.do("watch-del", {"id": wids[1]})
            finally:
                equal(write(f"{SYS}/watchdog/armed", "0"), 0)

    found = [f for _, f in traced(happen, ("vigil_watchdog",))]
    one, two = (str(wid) for wid in wids)
    equal([(f["stage"], f["gate"], f["detail"]) for f in found],
          [("armed", "none", "0"), ("warning", "vital", one), ("recovered", "vital", one),
           ("warning", "vital", two), ("bite", "vital", two), ("disarmed", "none", "0")])
    equal({(f["device"], f["timeout_s"]) for f in found}, {(os.path.basename(device), str(TIMEOUT_S))})
    in_ms = [int(f["reset_in_ms"]) for f in found]
    equal([in_ms[i] for i in (0, 2, 5)], [0, 0, 0])
    check(TIMEOUT_S * 1000 < in_ms[1] <= TIMEOUT_S * 1000 + LONG_MS, f"in the warning: {in_ms[1]} ms")
    equal(in_ms[3:5], [TIMEOUT_S * 1000] * 2)


def fenced(family, lease):
    until("it is fenced", lambda: family.do("lease-get", lease)["state"] == "fenced", DEADLINE_S)


def lease_life(family, lease, refused):
    """Granted, renewed, recalled with something bound, held again, run out, given back."""
    with child() as pid:
        wid = watch(family, pid, "sight")
        family.do("lease-new", {**lease, "epoch": 5, "duration-ms": LONG_MS})
        family.do("lease-renew", {**lease, "epoch": 6, "duration-ms": 2 * LONG_MS})
        refused.append(refusal(family.do, "lease-renew", {**lease, "epoch": 5, "duration-ms": LONG_MS}))
        refused.append(refusal(family.do, "lease-fence", {**lease, "epoch": 4}))
        family.do("lease-bind", {**lease, "watch-id": wid})
        family.do("lease-fence", {**lease, "epoch": 6})
        fenced(family, lease)
        refused.append(refusal(family.do, "lease-renew", {**lease, "epoch": 6, "duration-ms": LONG_MS}))
        again = family.do("lease-renew", {**lease, "epoch": 7, "duration-ms": 1})
        fenced(family, lease)
        family.do("lease-del", lease)
        family.do("watch-del", {"id": wid})
    return again["deadline"]


@test
def a_lease_is_traced():
    """the life of a lease is traced from its grant to its end, refusals and lateness included"""
    family = open_family()
    lease, refused, deadlines = {"name": "sight"}, [], []
    names = [f"vigil_lease_{what}" for what in ("granted", "renewed", "refused", "recalled", "killed", "fenced",
                                                "expired", "ended")]
    found = traced(lambda: deadlines.append(lease_life(family, lease, refused)), names)
    equal({f["name"] for _, f in found}, {"sight"})
    equal([(name.removeprefix("vigil_lease_"), f["epoch"]) for name, f in found],
          [("granted", "5"), ("renewed", "6"), ("refused", "5"), ("refused", "4"), ("recalled", "6"), ("killed", "6"),
           ("fenced", "6"), ("refused", "6"), ("granted", "7"), ("expired", "7"), ("killed", "7"), ("fenced", "7"),
           ("ended", "7")])
    equal([f.get("living") for _, f in found],
          ["0", "0", None, None, "1", found[5][1]["living"], "0", None, "0", "0", "0", "0", "0"])
    turned_down = [f for name, f in found if name == "vigil_lease_refused"]
    equal([int(f["error"]) for f in turned_down], refused)
    equal(refused, [errno.ESTALE, errno.ESTALE, errno.ETIME])
    equal([(f["newest"], f["state"]) for f in turned_down], [("6", "held"), ("6", "held"), ("6", "fenced")])
    expired, killed = found[9][1], found[10][1]
    equal(expired["deadline"], str(deadlines[0]))
    check(int(killed["late"]) >= int(expired["late"]), f"killed before it expired: {found[9:11]}")


@test
def off_is_off():
    """nothing is traced that is not enabled"""
    forget()
    death()
    lacks(read(TRACE), "vigil_")
