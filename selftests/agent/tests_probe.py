# SPDX-License-Identifier: GPL-2.0
"""Jobs that do not notify, and are looked at."""
import json
import os
import signal
import socket

from ktap import check, equal
from talk import talker, tell

FAST = "interval: 100ms, timeout: 10s, "


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_nginx_is_ready_when_it_takes_connections(v):
    port = free_port()
    with open(v.dir + "/nginx.conf", "w", encoding="ascii") as f:
        f.write("daemon off; pid %s/nginx.pid; error_log stderr; events {} http { access_log off;"
                "server { listen 127.0.0.1:%d; location / { return 204; } } }" % (v.dir, port))
    v.write_jobs("jobs:\n  nginx:\n    exec: [/usr/sbin/nginx, -p, %s, -c, %s/nginx.conf]\n"
                 "    env: {VIGIL_TEST: %s}\n    ready: probe\n    probe: {tcp: \"127.0.0.1:%d\"}\n"
                 % (v.dir, v.dir, v.marker, port))
    v.start()
    v.wait_state("nginx", "running")
    with socket.create_connection(("127.0.0.1", port)) as s:  # at once: it is ready
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        check(b" 204 " in s.recv(1000), "answer")
    v.ask("stop", "nginx")


test_nginx_is_ready_when_it_takes_connections.needs = ("/usr/sbin/nginx",)


def test_a_job_that_takes_no_connection_is_not_ready(v):
    port = free_port()
    v.write_jobs("jobs:\n" + talker(v, "tcp", "ready: probe\nstart-timeout: 300ms\nrestart: never\n"
                                    "probe: {%s tcp: \"127.0.0.1:%d\"}\n" % (FAST, port))
                 + talker(v, "unix", "ready: probe\nprobe: {%s unix: %s/sock}\n" % (FAST, v.dir)))
    v.start()
    equal(v.wait_state("tcp", "failed")["reason"], "was not ready within 0.3 s")
    tell(v, "unix", "pid")
    equal(v.status("unix")["state"], "starting")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(v.dir + "/sock")
        s.listen()
        v.wait_state("unix", "running")
    # Only its readiness is looked at.
    v.wait_job("unix", "runs on", lambda j: j["uptime_s"] > 1)
    equal(v.status("unix")["state"], "running")


def test_a_command_tells_whether_a_job_is_ready(v):
    """More than once, in a row, as the job's user, in the job's environment."""
    script = ("test $VIGIL_JOB = talk && test $MAINPID -gt 1 && test $(id -u) = 65534 && echo x >> %s/tries/n && "
              "test -e %s/up" % (v.dir, v.dir))
    os.mkdir(v.dir + "/tries")
    os.chmod(v.dir + "/tries", 0o777)
    v.write_jobs("jobs:\n  talk:\n    exec: [/bin/sleep, '1000']\n    user: nobody\n    ready: probe\n"
                 "    env: {VIGIL_TEST: %s}\n"
                 "    probe: {%s successes: 3, exec: [/bin/sh, -c, \"%s\"]}\n" % (v.marker, FAST, script))

    def tries():
        path = v.dir + "/tries/n"
        return os.path.getsize(path) // 2 if os.path.exists(path) else 0
    v.start()
    v.wait_for("it is tried", lambda: tries() >= 2)
    equal(v.status("talk")["state"], "starting")
    before = tries()
    with open(v.dir + "/up", "w", encoding="ascii"):
        pass
    v.wait_state("talk", "running")
    check(tries() >= before + 3, "tried %d times, then %d" % (before, tries()))


def test_a_job_whose_probe_fails_too_often_hangs(v):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(v.dir + "/sock")
        s.listen(4096)
        v.write_jobs("jobs:\n" + talker(v, "talk", "on-hang: restart\nrestart: never\nready: probe\n"
                                        "probe: {%s failures: 2, liveness: true, unix: %s/sock}\n" % (FAST, v.dir)))
        v.start()
        pid = v.wait_state("talk", "running")["pid"]
        v.kill()
        v.start()  # it is looked at by the next vigild, too
        equal(v.wait_state("talk", "running")["pid"], pid)
    job = v.wait_state("talk", "done")
    check(job["last_exit"]["cause"] == "hung" and job["last_exit"]["signal_name"] in ("SIGTERM", None), str(job))
    check("its probe failed 2 times, the last time: Connection refused" in v.log(), v.log())


def test_a_probe_that_takes_too_long_has_failed(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", "on-hang: kill\nrestart: never\n"
                                    "probe: {interval: 100ms, timeout: 50ms, failures: 3, liveness: true, "
                                    "exec: [/bin/sleep, \"1000\"]}\n"))
    v.start()
    equal(v.wait_state("talk", "done")["last_exit"]["cause"], "hung")
    check("its probe failed 3 times, the last time: the command did not end in time" in v.log(), v.log())
    check(v.processes() == {}, str(v.processes()))


def test_an_adopted_job_is_still_looked_at_for_its_readiness(v):
    v.write_jobs("jobs:\n" + talker(v, "talk", "ready: probe\nprobe: {%s exec: [/usr/bin/test, -e, %s/up]}\n"
                                    % (FAST, v.dir)))
    v.start()
    pid = tell(v, "talk", "pid")
    v.kill(signal.SIGKILL)
    v.start()
    job = v.status("talk")
    check(job["state"] == "starting" and job["pid"] == pid, str(job))
    with open(v.dir + "/up", "w", encoding="ascii"):
        pass
    equal(v.wait_state("talk", "running")["pid"], pid)


def http_server(v, port):
    """A server that answers /good with 204 if the header is there, /moved with 302, /slow never, and all else with 500."""
    return ("import http.server, time\n"
            "class H(http.server.BaseHTTPRequestHandler):\n"
            "    def do_GET(self):\n"
            "        good = self.headers.get('X-Probe') == 'a b' and self.headers.get('User-Agent').startswith('vigild')\n"
            "        if self.path == '/slow':\n"
            "            time.sleep(1000)\n"
            "        self.send_response({'/good': 204 if good else 400, '/moved': 302}.get(self.path, 500))\n"
            "        self.send_header('Location', '/')\n"
            "        self.end_headers()\n"
            "http.server.ThreadingHTTPServer(('127.0.0.1', %d), H).serve_forever()\n" % port)


def http_job(v, name, probe, keys=""):
    port = free_port()
    words = ["/usr/bin/python3", "-c", http_server(v, port)]
    return ("  %s:\n    exec: %s\n    env: {VIGIL_TEST: %s}\n    probe: {interval: 100ms, %s}\n%s"
            % (name, json.dumps(words), v.marker, probe % port, "".join("    %s\n" % k for k in keys.splitlines())))


def test_http_answers_tell_whether_a_job_is_ready(v):
    v.write_jobs("jobs:\n"
                 + http_job(v, "good", "timeout: 10s, http: {url: \"http://127.0.0.1:%d/good\", status: 204, "
                            "header: {X-Probe: a b}}", "ready: probe")
                 + http_job(v, "moved", "timeout: 10s, http: {url: \"http://localhost:%d/moved\"}", "ready: probe")
                 + http_job(v, "other", "timeout: 10s, http: {url: \"http://127.0.0.1:%d/good\", status: 200}",
                            "ready: probe"))
    v.options = ["--debug"]
    v.start()
    v.wait_state("good", "running")
    v.wait_state("moved", "running")
    v.wait_for("the other answers", lambda: "other: probe: the answer's status is 400" in v.log())
    equal(v.status("other")["state"], "starting")


def test_a_job_that_answers_http_with_an_error_or_not_at_all_hangs(v):
    v.write_jobs("jobs:\n"
                 + http_job(v, "bad", "timeout: 10s, failures: 2, liveness: true, initial-delay: 1s, "
                            "http: {url: \"http://127.0.0.1:%d/bad\"}", "restart: never\non-hang: kill")
                 + http_job(v, "slow", "timeout: 100ms, failures: 1, liveness: true, initial-delay: 1s, "
                            "http: {url: \"http://127.0.0.1:%d/slow\"}", "restart: never\non-hang: kill"))
    v.start()
    for name in ("bad", "slow"):
        equal(v.wait_state(name, "done")["last_exit"]["cause"], "hung")
    check("the answer's status is 500" in v.log() or "connect" in v.log(), v.log())


def test_vigild_ends_in_the_midst_of_a_request(v):
    v.write_jobs("jobs:\n" + http_job(v, "slow", "timeout: 1h, http: {url: \"http://127.0.0.1:%d/slow\"}",
                                      "ready: probe"))
    v.options = ["--debug"]
    v.start()
    v.wait_for("a request hangs", lambda: v.status("slow")["uptime_s"] and v.status("slow")["uptime_s"] > 1)
    equal(v.kill(signal.SIGTERM), 0)
    v.start()
    v.ask("stop", "slow")
