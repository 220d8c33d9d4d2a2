# SPDX-License-Identifier: GPL-2.0
"""Sockets that vigild holds open for a job, over the job's restarts and its own."""
import errno
import json
import os
import signal
import socket
import stat

from ktap import check, equal

HERE = os.path.dirname(os.path.abspath(__file__))
DEADLINE_S = 300
FAST = "backoff: {initial: 1ms, max: 1ms}\n"


def free_port(family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family) as s:
        s.bind((host, 0))
        return s.getsockname()[1]


def accepter(v, name, sockets, orders="", extra=FAST):
    words = ["/usr/bin/python3", HERE + "/accepter.py"] + orders.split()
    return ("  %s:\n    exec: %s\n    env: {VIGIL_TEST: %s}\n    sockets: [%s]\n%s"
            % (name, json.dumps(words), v.marker, ", ".join(sockets),
               "".join("    %s\n" % line for line in extra.splitlines())))


def connect(address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind)
    s.settimeout(DEADLINE_S)
    s.connect(address)
    return s


def ask(address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    """What the job answers to one connection."""
    with connect(address, family, kind) as s:
        return json.loads(s.makefile("rb").readline())


def is_refused(address, family=socket.AF_INET):
    try:
        connect(address, family).close()
    except OSError as e:
        return e.errno in (errno.ECONNREFUSED, errno.ENOENT)
    return False


def test_sockets_are_handed_over_as_sd_listen_fds_has_it(v):
    port, path = free_port(), v.dir + "/sub/stream.sock"
    v.write_jobs("jobs:\n" + accepter(v, "web", [
        "{stream: '127.0.0.1:%d', name: http}" % port,
        "{stream: %s, mode: 0600, user: nobody, group: daemon}" % path,
        "{seqpacket: '@%s', backlog: 5}" % v.owner]))
    v.start()
    pid = v.wait_state("web", "running")["pid"]
    for address, family, kind in ((("127.0.0.1", port), socket.AF_INET, socket.SOCK_STREAM),
                                  (path, socket.AF_UNIX, socket.SOCK_STREAM),
                                  ("\0" + v.owner, socket.AF_UNIX, socket.SOCK_SEQPACKET)):
        got = ask(address, family, kind)
        equal((got["pid"], got["names"], got["blocking"]), (pid, ["http", "web", "web"], True))
        equal(got["fds"], [0, 1, 2, 3, 4, 5, 6])  # the last is that of the listing itself
    st = os.stat(path)
    equal((stat.S_IMODE(st.st_mode), st.st_uid), (0o600, 65534))


def test_datagrams_wait_for_the_job(v):
    path = v.dir + "/dgram.sock"
    v.write_jobs("jobs:\n" + accepter(v, "dgram", ["{datagram: %s}" % path]))
    v.start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.settimeout(DEADLINE_S)
        s.bind(v.dir + "/client.sock")
        s.sendto(b"x", path)
        equal(json.loads(s.recv(4096))["pid"], v.wait_state("dgram", "running")["pid"])


def test_ipv6_and_both_families(v):
    one, both = free_port(socket.AF_INET6, "::1"), free_port()
    v.write_jobs("jobs:\n" + accepter(v, "six", ["{stream: '[::1]:%d'}" % one, "{stream: '*:%d'}" % both]))
    v.start()
    pid = v.wait_state("six", "running")["pid"]
    equal(ask(("::1", one), socket.AF_INET6)["pid"], pid)
    equal(ask(("::1", both), socket.AF_INET6)["pid"], pid)
    equal(ask(("127.0.0.1", both))["pid"], pid)


def test_no_connection_is_refused_while_the_job_restarts(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '%s:%d'}" % address]))
    v.start()
    pids = {ask(address)["pid"]}
    for _ in range(10):
        pid = v.wait_state("web", "running")["pid"]
        os.kill(pid, signal.SIGKILL)
        got = ask(address)["pid"]  # made while it is dead, or is starting
        pids.add(got)
    check(len(pids) > 5, "it was hardly restarted: %s" % pids)


def test_a_connection_waits_through_the_back_off(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '%s:%d'}" % address], "", "backoff: {initial: 1h, max: 1h}\n"))
    v.start()
    first = v.wait_state("web", "running")["pid"]
    ask(address)
    os.kill(first, signal.SIGKILL)
    v.wait_state("web", "backoff")
    with connect(address) as s:
        v.ask("start", "web")
        check(json.loads(s.makefile("rb").readline())["pid"] != first, "the same process")


def test_a_stop_closes_them_and_a_start_opens_them(v):
    address, path = ("127.0.0.1", free_port()), v.dir + "/s.sock"
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '%s:%d'}" % address, "{stream: %s}" % path]))
    v.start()
    ask(address)
    v.ask("stop", "web")
    check(is_refused(address) and is_refused(path, socket.AF_UNIX), "still open")
    v.ask("start", "web")
    ask(address)
    ask(path, socket.AF_UNIX)  # in place of the file that lay there
    v.ask("restart", "web")
    ask(address)


def test_a_job_given_up_on_refuses_connections(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '%s:%d'}" % address], "die",
                                      FAST + "restart-limit: {max: 2, within: 1h}\n"))
    v.start()
    with connect(address):
        v.wait_state("web", "failed")
    check(is_refused(address), "still open")


def test_an_address_in_use_is_a_start_failure(v):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        port = s.getsockname()[1]
        v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '127.0.0.1:%d'}" % port], "", "restart: never\n"))
        v.start()
        equal(v.wait_state("web", "failed")["reason"],
              "cannot open the socket 127.0.0.1:%d: Address already in use" % port)
    v.ask("start", "web")
    ask(("127.0.0.1", port))


def test_they_are_taken_back_after_a_crash_of_vigild(v):
    address, path = ("127.0.0.1", free_port()), v.dir + "/s.sock"
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '%s:%d'}" % address, "{stream: %s}" % path,
                                                 "{datagram: %s2}" % path]))
    v.start()
    first = ask(address)["pid"]
    v.kill()
    equal(ask(address)["pid"], first)
    v.start()
    equal(v.wait_state("web", "running")["pid"], first)
    check("cannot open" not in v.log(), v.log())
    # Only what vigild has taken back takes a connection now.
    os.kill(first, signal.SIGSTOP)
    with connect(address) as one, connect(path, socket.AF_UNIX) as two:
        os.kill(first, signal.SIGKILL)
        for s in (one, two):
            check(json.loads(s.makefile("rb").readline())["pid"] != first, "the same process")


def test_they_stay_open_over_an_upgrade(v):
    down, lazy, up = (("127.0.0.1", free_port()) for _ in range(3))
    v.write_jobs("jobs:\n" + accepter(v, "down", ["{stream: '%s:%d'}" % down], "die", "backoff: {initial: 1h, max: 1h}\n")
                 + accepter(v, "lazy", ["{stream: '%s:%d', on-demand: true}" % lazy])
                 + accepter(v, "up", ["{stream: '%s:%d'}" % up]))
    v.start()
    pid = ask(up)["pid"]
    with connect(down) as waits:
        v.wait_state("down", "backoff")
        v.ask("upgrade")
        equal(ask(up)["pid"], pid)
        equal(v.status("lazy")["state"], "listening")
        ask(lazy)
        # The connection is that of a socket that no process has but vigild.
        v.write_jobs("jobs:\n" + accepter(v, "down", ["{stream: '%s:%d'}" % down]))
        v.ask("reload")
        v.ask("start", "down")
        equal(json.loads(waits.makefile("rb").readline())["pid"], v.status("down")["pid"])
    v.wait_for("only one is left", lambda: held_sockets(v.process.pid) == 1)


def test_an_upgrade_closes_what_no_job_wants_any_more(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: '%s:%d', on-demand: true}" % address]))
    v.start()
    equal(held_sockets(v.process.pid), 1)
    v.write_jobs("jobs: {}\n")
    v.ask("upgrade")
    equal(held_sockets(v.process.pid), 0)
    check(is_refused(address), "somebody has it")


def held_sockets(pid):
    """How many sockets that listen for TCP it has."""
    with open("/proc/net/tcp", encoding="ascii") as f:
        listening = {line.split()[9] for line in f if line.split()[3] == "0A"}
    links = [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)
             if os.path.lexists("/proc/%d/fd/%s" % (pid, fd))]
    return len([link for link in links if link[8:-1] in listening])


def test_one_that_the_job_has_closed_is_bound_anew(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '%s:%d'}" % address], "closed"))
    v.start()
    v.wait_state("web", "running")
    connect(address).close()
    v.wait_for("it is closed", lambda: not has_socket(v.status("web")["pid"]))
    v.kill()
    check(is_refused(address), "who holds it?")
    v.start()
    connect(address).close()


def has_socket(pid):
    return any(os.readlink("/proc/%d/fd/%s" % (pid, fd)).startswith("socket:") for fd in os.listdir("/proc/%d/fd" % pid))


def test_a_reload_keeps_those_that_stay(v):
    ports = [free_port() for _ in range(3)]
    sockets = ["{stream: '127.0.0.1:%d'}" % port for port in ports]
    v.write_jobs("jobs:\n" + accepter(v, "web", sockets[:2], "deaf"))
    v.start()
    first = v.wait_state("web", "running")["pid"]
    with connect(("127.0.0.1", ports[1])) as waits:
        v.write_jobs("jobs:\n" + accepter(v, "web", [sockets[2], sockets[1]], "", FAST + "on-change: keep\n"))
        v.ask("reload")
        with connect(("127.0.0.1", ports[2])) as new:  # open before the next start
            os.kill(first, signal.SIGKILL)
            pid = json.loads(waits.makefile("rb").readline())["pid"]
            equal(json.loads(new.makefile("rb").readline())["pid"], pid)
    check(is_refused(("127.0.0.1", ports[0])), "the first one is still open")


ON_DEMAND = FAST + "restart: on-failure\n"


def test_the_first_connection_starts_the_job(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: '%s:%d', on-demand: true}" % address], "once", ON_DEMAND))
    v.start()
    equal(v.status("lazy")["state"], "listening")
    pids = set()
    for _ in range(3):
        pids.add(ask(address)["pid"])
        v.wait_state("lazy", "listening")
    equal(len(pids), 3)
    equal(v.ask("stop", "lazy")["job"]["state"], "stopped")
    check(is_refused(address), "still open")
    v.ask("start", "lazy")
    equal(v.status("lazy")["state"], "listening")
    equal(v.ask("restart", "lazy")["job"]["state"], "running")


def test_a_job_goes_on_listening_after_a_crash_of_vigild(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: '%s:%d', on-demand: true}" % address], "", ON_DEMAND))
    v.start()
    v.wait_state("lazy", "listening")
    v.kill()
    v.start()
    equal(v.status("lazy")["state"], "listening")
    pid = ask(address)["pid"]
    v.kill()
    v.start()
    equal(v.wait_state("lazy", "running")["pid"], pid)


def test_a_connection_that_is_not_taken_does_not_start_it_for_ever(v):
    address = ("127.0.0.1", free_port())
    v.write_jobs("jobs:\n  lazy:\n    exec: /bin/true\n    restart: on-failure\n    restart-limit: {max: 3, within: 1h}\n"
                 "    sockets: [{stream: '%s:%d', on-demand: true}]\n    %s" % (*address, FAST))
    v.start()
    with connect(address):
        v.wait_state("lazy", "failed")
    check(is_refused(address), "still open")


def test_a_reload_changes_or_ends_the_wait_for_a_connection(v):
    port = free_port()
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: '127.0.0.1:%d', on-demand: true}" % port]))
    v.start()
    v.wait_state("lazy", "listening")
    old, port = port, free_port()
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: '127.0.0.1:%d', on-demand: true}" % port], "once", ON_DEMAND))
    v.ask("reload")
    v.wait_for("it is closed", lambda: is_refused(("127.0.0.1", old)))
    equal(v.status("lazy")["state"], "listening")
    ask(("127.0.0.1", port))
    v.wait_state("lazy", "listening")
    v.write_jobs("jobs:\n" + accepter(v, "lazy", ["{stream: '127.0.0.1:%d'}" % port]))
    v.ask("reload")
    v.wait_state("lazy", "running")
    v.write_jobs("jobs: {}\n")
    v.ask("reload")
    v.wait_for("it is gone", lambda: is_refused(("127.0.0.1", port)))


def test_replicas_share_a_port(v):
    port = free_port()
    v.write_jobs("jobs:\n" + accepter(v, "web", ["{stream: '127.0.0.1:%d', reuse-port: true}" % port,
                                                 "{stream: %s/%%i.sock}" % v.dir], "", FAST + "replicas: 3\n"))
    v.start()
    jobs = v.wait_all_running()
    for i in range(1, 4):
        equal(ask("%s/%d.sock" % (v.dir, i), socket.AF_UNIX)["pid"], jobs["web@%d" % i]["pid"])
    check(ask(("127.0.0.1", port))["pid"] in [j["pid"] for j in jobs.values()], "somebody else answers")
