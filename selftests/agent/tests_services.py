# SPDX-License-Identifier: GPL-2.0
"""Services of Debian, untouched, each through its whole life: start, ready, reload, crash, hang, stop."""
import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess

from ktap import check
from vigild import lives

BACK = "backoff: {initial: 1ms, max: 100ms}\n"
LIVENESS = "interval: 200ms, timeout: 2s, failures: 2, liveness: true"


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def folder(v, name, user=None):
    path = v.dir + "/" + name
    os.mkdir(path)
    if user:
        shutil.chown(path, user, user)
    return path


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def job(v, name, exec_line, extra):
    lines = "".join("    %s\n" % line for line in (extra + BACK).splitlines())
    v.write_jobs("jobs:\n  %s:\n    exec: %s\n    env: {VIGIL_TEST: %s}\n%s" % (name, exec_line, v.marker, lines))


def run(*words):
    """What a command prints, or None if it fails."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip()


def in_cgroup(v, name):
    try:
        with open("%s/job-%s/cgroup.procs" % (v.cgroup, name), encoding="ascii") as f:
            return [int(line) for line in f]
    except FileNotFoundError:
        return []


def through_its_life(v, name, works, reload, crash_cause="signalled"):
    """works: it does what it is for; reload: change something, and a look whether that is in force."""
    v.start()
    try:
        first = v.wait_state(name, "running")
        check(first["ready"], str(first))
        v.wait_for("it works", works)
        changed = reload()
        answer = v.request("reload", name)
        check(answer["ok"] and answer["job"]["pid"] == first["pid"], str(answer))
        v.wait_for("what was changed is in force", changed)

        os.kill(first["pid"], signal.SIGKILL)
        second = v.wait_back(name, first["pid"])
        # Without vigil.ko nobody tells how a process ended that is no child of vigild.
        check(second["last_exit"]["cause"] in (crash_cause, "unknown"), str(second))
        check(second["last_exit"]["cause"] == crash_cause or v.detection == "pidfd", str(second))
        v.wait_for("it works after a crash", works)

        os.kill(second["pid"], signal.SIGSTOP)
        third = v.wait_back(name, second["pid"])
        check(third["last_exit"]["cause"] == "hung" and not lives(second["pid"]), str(third))
        v.wait_for("it works after a hang", works)

        v.kill()  # of vigild it takes no notice
        v.start()
        check(v.status(name)["pid"] == third["pid"], str(v.status(name)))
        stopped = v.ask("stop", name)["job"]
        check(stopped["state"] == "stopped" and not lives(third["pid"]), str(stopped))
        check(not in_cgroup(v, name), str(in_cgroup(v, name)))
        ends = [e["end"]["cause"] for e in v.ask("why", name)["events"] if e["kind"] == "ended"]
        check(len(ends) == 3 and ends[1] == "hung", str(ends))
    finally:
        # Some hide their environment, by which what is left of a test is found.
        if v.process:
            v.request("stop", name)
        for pid in in_cgroup(v, name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_redis(v):
    """It notifies; a probe sees that it hangs. It has no reload but by commands."""
    sock = v.dir + "/redis.sock"

    def cli(*words):
        return run("redis-cli", "-s", sock, *words)

    write(v.dir + "/reload", "#!/bin/sh\nexec redis-cli -s %s config set maxclients $(cat %s/clients)\n"
          % (sock, v.dir))
    os.chmod(v.dir + "/reload", 0o755)

    def reload():
        write(v.dir + "/clients", "123\n")
        return lambda: (cli("config", "get", "maxclients") or "").endswith("123")

    job(v, "redis", "[/usr/bin/redis-server, --port, '0', --unixsocket, %s, --save, '', --supervised, systemd]" % sock,
        "ready: notify\non-hang: kill\nprobe: {exec: [/usr/bin/redis-cli, -s, %s, ping], %s}\n"
        "reload: {exec: [%s/reload]}\n" % (sock, LIVENESS, v.dir))
    through_its_life(v, "redis", lambda: cli("ping") == "PONG", reload)


def nginx_files(v, daemon):
    """Its configuration, and a function that gives it another answer."""
    port = free_port()

    def say(word):
        write(v.dir + "/nginx.conf",
              "daemon %s; pid %s/nginx.pid; error_log stderr; events {} http { access_log off; %s"
              " server { listen 127.0.0.1:%d; location / { return 200 %s; } } }"
              % (daemon, v.dir, " ".join("%s_temp_path %s/%s;" % (t, v.dir, t) for t in
                                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")), port, word))
    say("one")
    return port, say


def nginx_life(v, daemon, extra):
    port, say = nginx_files(v, daemon)
    url = "http://127.0.0.1:%d/" % port

    def answers(word=None):
        got = run("curl", "-s", "-f", "-m", "5", url)
        return got == word if word else got in ("one", "two")

    def reload():
        say("two")
        return lambda: answers("two")

    job(v, "nginx", "[/usr/sbin/nginx, -e, stderr, -p, %s, -c, %s/nginx.conf]" % (v.dir, v.dir),
        "on-hang: kill\nstop: {signal: QUIT}\nreload: {signal: HUP}\n" + extra % url)
    through_its_life(v, "nginx", answers, reload)


def hang_probe(v):
    """A look at the master, which nothing else asks: workers answer while it stands still."""
    write(v.dir + "/probe", "#!/bin/sh\ncurl -s -f -m 1 \"$1\" >/dev/null || exit 1\n"
          "case $(cut -d ' ' -f 3 /proc/$MAINPID/stat) in T) exit 1 ;; esac\n")
    os.chmod(v.dir + "/probe", 0o755)
    return v.dir + "/probe"


def test_nginx(v):
    """A probe tells that it is ready, and that it hangs."""
    nginx_life(v, "off", "ready: probe\nprobe: {exec: [%s, '%%s'], %s}\n" % (hang_probe(v), LIVENESS))


def test_nginx_in_the_background(v):
    """It writes its pid file after its first process has left."""
    nginx_life(v, "on", "ready: forks\npid-file: %s/nginx.pid\nprobe: {exec: [%s, '%%s'], %s}\n"
               % (v.dir, hang_probe(v), LIVENESS))


def postgres_program(name):
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name))
    return found[-1] if found else "/usr/lib/postgresql/bin/" + name


def test_postgresql(v):
    """It notifies that it is ready, but not that it reloads; it will not be root, and has many processes."""
    pwd.getpwnam("postgres")
    base = folder(v, "pg", "postgres")
    data = base + "/data"
    subprocess.run(["runuser", "-u", "postgres", "--", postgres_program("initdb"), "-D", data, "-N", "-A", "trust"],
                   check=True, capture_output=True, cwd=base)

    def ask(sql):
        return run("runuser", "-u", "postgres", "--", postgres_program("psql"), "-h", base, "-d", "postgres", "-Atc", sql)

    def reload():
        with open(data + "/postgresql.conf", "a", encoding="ascii") as f:
            f.write("work_mem = '7MB'\n")
        return lambda: ask("show work_mem") == "7MB"

    job(v, "postgres", "[%s, -D, %s, -k, %s, -c, listen_addresses=]" % (postgres_program("postgres"), data, base),
        "user: postgres\nready: notify\non-hang: kill\nstop: {signal: INT, timeout: 60s}\n"
        "reload: {exec: [/bin/sh, -c, 'kill -HUP $MAINPID']}\nprobe: {exec: [%s, -q, -h, %s, -t, '1'], %s}\n"
        % (postgres_program("pg_isready"), base, LIVENESS))
    through_its_life(v, "postgres", lambda: ask("select 6 * 7") == "42", reload)


def test_etcd(v):
    """It notifies when it has a leader. Nothing of it can be reloaded: the job's command asks for its health."""
    client, peer = free_port(), free_port()
    url = "http://127.0.0.1:%d" % client
    data = folder(v, "etcd")

    def ctl(*words):
        return run("curl", "-s", "-f", "-m", "5", url + "/v3/kv/" + words[0], "-d", words[1])

    def works():
        return (ctl("put", '{"key":"Zm9v","value":"YmFy"}') is not None
                and "YmFy" in (ctl("range", '{"key":"Zm9v"}') or ""))

    job(v, "etcd", "[/usr/bin/etcd, --data-dir, %s, --listen-client-urls, '%s', --advertise-client-urls, '%s',"
        " --listen-peer-urls, 'http://127.0.0.1:%d']" % (data, url, url, peer),
        "ready: notify\nstart-timeout: 10min\non-hang: kill\n"
        "reload: {exec: [/usr/bin/curl, -s, -f, '%s/health']}\nprobe: {http: {url: '%s/health'}, %s}\n"
        % (url, url, LIVENESS))
    through_its_life(v, "etcd", works, lambda: works)


def dnsmasq_job(v, port, extra=""):
    job(v, "dnsmasq", "[/usr/sbin/dnsmasq, -C, /dev/null, --port=%d, --listen-address=127.0.0.1, --bind-interfaces,"
        " --no-resolv, --no-hosts, --addn-hosts=%s/hosts, --user=root, --group=root, --pid-file=%s/dnsmasq.pid]"
        % (port, v.dir, v.dir), "ready: forks\npid-file: %s/dnsmasq.pid\n" % v.dir + extra)


def resolve(port, name):
    """The address that a name server has for a name, or None."""
    question = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        try:
            s.sendto(b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + question, ("127.0.0.1", port))
            answer = s.recv(512)
        except OSError:
            return None
    return ".".join(map(str, answer[-4:])) if answer[7] else None


DIG = """#!/usr/bin/python3
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
s.sendto(b"\\x12\\x34\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\3one\\0\\0\\1\\0\\1", ("127.0.0.1", int(sys.argv[1])))
s.recv(512)
"""


def test_dnsmasq(v):
    """It forks twice, and names the process that is left in its pid file."""
    port = free_port(socket.SOCK_DGRAM)
    write(v.dir + "/hosts", "10.0.0.1 one\n")
    write(v.dir + "/dig", DIG)
    os.chmod(v.dir + "/dig", 0o755)

    def reload():
        write(v.dir + "/hosts", "10.0.0.2 one\n")
        return lambda: resolve(port, "one") == "10.0.0.2"

    dnsmasq_job(v, port, "on-hang: kill\nreload: {signal: HUP}\nprobe: {exec: [%s/dig, '%d'], %s}\n"
                % (v.dir, port, LIVENESS))
    through_its_life(v, "dnsmasq", lambda: resolve(port, "one") in ("10.0.0.1", "10.0.0.2"), reload)


# Daemons of their own making: what may go wrong while one goes into the background.

def daemon_job(v, script, extra="start-timeout: 30s\n"):
    write(v.dir + "/daemon", "#!/bin/sh\n" + script)
    os.chmod(v.dir + "/daemon", 0o755)
    job(v, "d", "[%s/daemon]" % v.dir, "ready: forks\npid-file: %s/d.pid\n" % v.dir + extra)


def the_pid(v):
    with contextlib.suppress(OSError, ValueError), open(v.dir + "/d.pid", encoding="ascii") as f:
        return int(f.read())
    return None


DAEMON = "setsid sleep 1000 & echo $! >{0}/d.pid.new; mv {0}/d.pid.new {0}/d.pid\n"


def test_a_pid_file_that_names_anothers_process_is_not_believed(v):
    write(v.dir + "/d.pid", "%d\n" % os.getpid())
    daemon_job(v, "setsid sh -c 'until [ -e %s/go ]; do sleep 0.05; done; echo $$ >%s/d.pid; exec sleep 1000' &\n"
               % (v.dir, v.dir))
    v.start()
    v.wait_for("its first process has left", lambda: v.status("d")["pid"] and not lives(v.status("d")["pid"]))
    check(v.status("d")["state"] == "starting", str(v.status("d")))
    write(v.dir + "/go", "")
    state = v.wait_state("d", "running")
    check(state["pid"] == the_pid(v), str(state))


def test_a_daemon_that_never_writes_its_pid_file_fails_and_leaves_nothing(v):
    daemon_job(v, "setsid sleep 1000 &\n", "start-timeout: 300ms\nrestart: never\n")
    v.start()
    state = v.wait_state("d", "failed")
    check("was not ready within 0.3 s" in state["reason"], str(state))
    v.wait_for("nothing is left", lambda: not in_cgroup(v, "d"))


def test_a_first_process_that_fails_is_a_start_that_failed(v):
    daemon_job(v, "exit 3\n", "restart: never\n")
    v.start()
    state = v.wait_state("d", "done")
    check(state["last_exit"]["code"] == 3 and "before it was ready" in state["reason"], str(state))


def test_a_daemon_that_leaves_nobody_has_failed(v):
    daemon_job(v, "exit 0\n", "restart: never\n")
    v.start()
    state = v.wait_state("d", "done")
    check("before it was ready" in state["reason"], str(state))


def test_a_daemon_may_be_stopped_while_it_goes_into_the_background(v):
    daemon_job(v, "setsid sleep 1000 &\n")
    v.start()
    v.wait_for("its first process has left", lambda: v.status("d")["pid"] and not lives(v.status("d")["pid"]))
    check(v.ask("stop", "d")["job"]["state"] == "stopped", "stop")
    check(not in_cgroup(v, "d"), str(in_cgroup(v, "d")))
    v.request("start", "d")
    write(v.dir + "/jobs/jobs.yaml", "jobs: {}\n")
    v.ask("reload")  # and removed
    v.wait_for("it is gone", lambda: not v.status() and not in_cgroup(v, "d"))


def test_a_daemon_that_goes_into_the_background_while_no_vigild_runs_is_found(v):
    daemon_job(v, "until [ -e %s/go ]; do sleep 0.05; done\n" % v.dir + DAEMON.format(v.dir))
    v.start()
    first = v.wait_job("d", "starts", lambda j: j["pid"])["pid"]
    v.kill()
    write(v.dir + "/go", "")
    v.wait_for("it has gone there", lambda: the_pid(v) and not lives(first))
    v.start()
    state = v.wait_state("d", "running")
    check(state["pid"] == the_pid(v) and state["restarts"] == 0, str(state))
    check(not [e for e in v.ask("why", "d")["events"] if e["kind"] == "ended"], "an end is told")
    v.kill()
    v.start()
    check(v.status("d")["pid"] == state["pid"], "not adopted")
    os.kill(state["pid"], signal.SIGKILL)
    os.unlink(v.dir + "/d.pid")
    v.wait_job("d", "is back", lambda j: j["state"] == "running" and j["pid"] == the_pid(v))
    instances = [e["instance"] for e in v.ask("why", "d")["events"] if e["kind"] == "ended"]
    check(instances == [1], str(instances))


for _name, _needs in (("redis", "/usr/bin/redis-server"), ("nginx", "/usr/sbin/nginx"),
                      ("nginx_in_the_background", "/usr/sbin/nginx"),
                      ("postgresql", postgres_program("postgres")), ("etcd", "/usr/bin/etcd"),
                      ("dnsmasq", "/usr/sbin/dnsmasq")):
    globals()["test_" + _name].needs = ("cgroup", _needs)
for _test in [t for n, t in globals().items() if n.startswith(("test_a_daemon", "test_a_pid", "test_a_first"))]:
    _test.needs = ("cgroup",)
