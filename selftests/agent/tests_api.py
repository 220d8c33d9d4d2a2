# SPDX-License-Identifier: GPL-2.0
"""HTTP on vigild's socket: who is served what, by which clients, and what it costs the jobs."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import jsonschema
import client
import yaml

from ktap import check, contains, equal, lacks
from vigild import DEADLINE_S, lives

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OPENAPI = TOP + "/Documentation/openapi.yaml"
CHURN = "backoff: {initial: 1ms, max: 2ms}\nhealthy-after: 0ms\nrestart-limit: {max: 0}\n"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")


def get(v, path, method="GET", body=None, headers=()):
    """(status, headers, body)"""
    with v.connect() as c:
        c.request(method, path, body, dict(headers))
        response = c.getresponse()
        return response.status, response.headers, response.read()


def start(v, jobs=None, *options):
    v.write_jobs("jobs:\n" + (jobs or v.job("web")))
    v.options = [*v.options, *options]
    v.start()


# Its description.

def description():
    with open(OPENAPI, encoding="utf-8") as f:
        return yaml.safe_load(f)


def as_json_schema(node):
    """OpenAPI 3.0 has nullable where JSON Schema has a type null."""
    if isinstance(node, list):
        return [as_json_schema(n) for n in node]
    if not isinstance(node, dict):
        return node
    out = {k: as_json_schema(n) for k, n in node.items() if k != "nullable"}
    return {"anyOf": [out, {"type": "null"}]} if node.get("nullable") is True else out


class Described:
    """The description, as something to hold answers against."""

    def __init__(self):
        self.text = description()
        self.schemas = as_json_schema(self.text["components"])

    def resolve(self, node):
        while "$ref" in node:
            found = self.text
            for part in node["$ref"].split("/")[1:]:
                found = found[part]
            node = found
        return node

    def validate(self, schema, value):
        jsonschema.validate(value, {**as_json_schema(schema), "components": self.schemas})

    def named(self, name, value):
        self.validate({"$ref": "#/components/schemas/" + name}, value)

    def operations(self):
        for path, item in self.text["paths"].items():
            for method in ("get", "post", "put", "delete", "patch"):
                if method in item:
                    yield path, method.upper(), item[method]

    def judge(self, operation, status, headers, body):
        """Whether the answer is one that is described."""
        response = operation["responses"].get(str(status)) or operation["responses"]["default"]
        content = self.resolve(response)["content"]
        kind = headers["Content-Type"].split(";")[0]
        contains(list(content), kind)
        if kind == "application/json":
            self.validate(content[kind]["schema"], json.loads(body))


def served():
    """What the program's table says that it serves."""
    with open(TOP + "/user/agent/control.c", encoding="utf-8") as f:
        lines = re.findall(r'\{ \.path = "([^"]+)"(.*?)\}[,;]', f.read())
    return {(path, "POST" if ".post = true" in rest else "GET") for path, rest in lines}


def test_the_description_and_what_is_served_are_the_same(v):
    described = {(path, method) for path, method, _ in Described().operations()}
    equal(described, served())
    check(len(described) > 10, str(described))
    start(v)
    status, headers, body = get(v, "/v1/openapi.yaml")
    with open(OPENAPI, "rb") as f:
        equal((status, headers["Content-Type"], body), (200, "application/yaml", f.read()))
    for path, method in described:
        for other in METHODS:
            if (path, other) in described or (other == "HEAD" and (path, "GET") in described):
                continue
            status, headers, _ = get(v, path.replace("{name}", "web"), other)
            equal(status, 405, f"{other} {path}")
            contains(headers["Allow"].split(", "), method)


def test_every_answer_is_as_it_is_described(v):
    d = Described()
    start(v, v.job("web", "", "reload: {signal: CONT}") + v.job("fails", "exit 3", CHURN)
          + v.job("off", "", "autostart: false"))
    v.wait_state("web", "running")
    v.wait_job("fails", "is restarted", lambda j: j["restarts"] > 2)
    for path, method, operation in d.operations():
        if path in ("/v1/events", "/v1/upgrade"):
            continue
        good = get(v, path.replace("{name}", "web"), method)
        equal(good[0], 200, f"{method} {path}: {good[2]}")
        d.judge(operation, *good)
        if "{name}" in path:
            for name, status in (("none", 404), ("off", None), ("fails", None)):
                answer = get(v, path.replace("{name}", name), method)
                check(status in (None, answer[0]), f"{method} {path}: {answer}")
                d.judge(operation, *answer)
    answer = get(v, "/v1/upgrade", "POST")
    d.judge(d.text["paths"]["/v1/upgrade"]["post"], *answer)
    equal(answer[0], 202)
    v.taken_over(json.loads(answer[2]))
    status, _, body = get(v, "/v1/jobs/w%2A/start", "POST")
    equal((status, [j["name"] for j in json.loads(body)["jobs"]]), (200, ["web"]))
    d.judge(d.text["paths"]["/v1/jobs/{name}/start"]["post"], status, {"Content-Type": "application/json"}, body)


# Foreign clients.

def curl(v, *words):
    r = subprocess.run(["curl", "-sS", "--max-time", str(DEADLINE_S), "--unix-socket", v.run + "/vigild.sock", *words],
                       capture_output=True, text=True, check=False)
    equal(r.returncode, 0, r.stderr)
    return r.stdout


def test_curl_is_served(v):
    start(v)
    v.wait_state("web", "running")
    equal(json.loads(curl(v, "http://vigild/v1/jobs/web"))["state"], "running")
    equal(json.loads(curl(v, "-X", "POST", "http://vigild/v1/jobs/web/stop"))["job"]["state"], "stopped")
    equal(curl(v, "-o", "/dev/null", "-w", "%{http_code}", "http://vigild/v1/jobs/none"), "404")
    contains(curl(v, "-I", "http://vigild/v1/agent"), "application/json")
    two = curl(v, "-w", "%{num_connects} ", "-o", "/dev/null", "-o", "/dev/null", "http://vigild/v1/agent",
               "http://vigild/metrics")
    equal(two, "1 0 ", "both over one connection")


def test_head_tells_what_get_would_without_a_body(v):
    start(v)
    for path in ("/v1/openapi.yaml", "/v1/events"):
        status, headers, body = get(v, path, "HEAD")
        equal((status, body), (200, b""), path)
    status, headers, _ = get(v, "/v1/openapi.yaml", "HEAD")
    equal(int(headers["Content-Length"]), os.path.getsize(OPENAPI))


def test_requests_may_follow_each_other_without_waiting(v):
    start(v)
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(DEADLINE_S)
        s.connect(v.run + "/vigild.sock")
        s.sendall(b"GET /v1/jobs/web HTTP/1.1\r\nHost: v\r\n\r\n" * 19
                  + b"GET /v1/jobs/web HTTP/1.1\r\nHost: v\r\nConnection: close\r\n\r\n")
        equal(read_all(s).count(b"HTTP/1.1 200 "), 20)


def read_all(s):
    data = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                return data
            data += more
    except ConnectionResetError:
        return data


# What is refused.

def test_bad_requests_are_refused_in_words(v):
    start(v, v.job("web") + v.job("a"))
    v.wait_all_running()
    typed = {"Content-Type": "application/json"}
    cases = (
        ("GET", "/", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs/", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs/web/", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs/%", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs/a%00b", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs/" + "x" * 300, None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs/%ff", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs/*", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs?match=nobody", None, {}, 404, "ENOENT"),
        ("GET", "/v1/jobs?match=", None, {}, 400, "EBADMSG"),
        ("GET", "/v1/jobs?match=a&match=b", None, {}, 400, "EBADMSG"),
        ("GET", "/v1/jobs?after=1-1", None, {}, 400, "EBADMSG"),
        ("GET", "/v1/agent", b"{}", typed, 400, "EBADMSG"),
        ("POST", "/v1/jobs/nobody/stop", None, {}, 404, "ENOENT"),
        ("POST", "/v1/jobs/web/reload", None, {}, 409, "EINVAL"),
        ("POST", "/v1/jobs/web/start", b"{}", {"Content-Type": "text/plain"}, 415, "EPROTONOSUPPORT"),
        ("POST", "/v1/jobs/web/start", b"{", typed, 400, "EBADMSG"),
        ("POST", "/v1/jobs/web/start", b"[]", typed, 400, "EBADMSG"),
        ("POST", "/v1/jobs/web/start", b'{"now":true}', typed, 400, "EBADMSG"),
        ("POST", "/v1/jobs/web/start", b"{" * 4097, typed, 413, "EMSGSIZE"),
        ("POST", "/v1/jobs/web/start", iter([b"{" * 4097]), typed, 413, "EMSGSIZE"),
        ("POST", "/v1/jobs", None, {}, 405, "EOPNOTSUPP"),
        ("BREW", "/v1/jobs", None, {}, 405, "EOPNOTSUPP"),
    )
    for method, path, body, headers, status, errno in cases:
        answer = get(v, path, method, body, headers)
        told = json.loads(answer[2])
        equal((answer[0], told["errno"]), (status, errno), f"{method} {path}: {told}")
        check(told["error"], f"{method} {path}")
        Described().named("Error", told)
    equal(get(v, "/v1/jobs/web/start", "POST", b" {} ", {"Content-Type": "application/json; charset=utf-8"})[0], 200)


def test_what_is_no_http_harms_nobody(v):
    start(v)
    pid = v.wait_state("web", "running")["pid"]
    garbage = (
        b"", b"\n" * 1000, b"\0" * 1000, b"{}\n", b'{"cmd":"status"}\n', b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1/agent HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: v\r\n" + b"X: y\r\n" * 100000,
        b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n", b"POST /v1/reload HTTP/1.1\r\nHost: v\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/reload HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", os.urandom(5000),
        b"POST /v1/reload HTTP/1.1\r\nHost: v\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    )
    for data in garbage:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(DEADLINE_S)
            s.connect(v.run + "/vigild.sock")
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            answer = read_all(s)
            check(not answer or answer.startswith(b"HTTP/1."), f"{data[:60]}: {answer[:200]}")
            check(b" 200 " not in answer[:20], f"{data[:60]}: {answer[:200]}")
    equal(v.status("web")["pid"], pid)


def test_one_that_drips_is_cut_off(v):
    start(v)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(v.run + "/vigild.sock")
        s.sendall(b"GET /v1/agent HTTP/1.1\r\nHost: v\r\nX: ")

        def cut_off():
            # Never still for long enough to be idle.
            try:
                s.send(b"x", socket.MSG_NOSIGNAL)
                return False
            except (BrokenPipeError, ConnectionResetError):
                return True
        v.wait_for("it is cut off", cut_off)
    check(v.answers(), "others suffer")


# Who may do what.

AS_USER = """
import sys
sys.path.insert(0, sys.argv[1])
from client import Connection
with Connection(sys.argv[2], 300) as c:
    c.request(*sys.argv[3:5])
    r = c.getresponse()
    print(r.status)
    print(r.read().decode())
"""


def ask_as(v, who, method="GET", path="/v1/jobs"):
    r = subprocess.run(["setpriv", *who.split(), "/usr/bin/python3", "-B", "-c", AS_USER, v.dir,
                        v.run + "/vigild.sock", method, path], capture_output=True, text=True, check=False)
    equal(r.returncode, 0, r.stderr)
    status, body = r.stdout.split("\n", 1)
    return int(status), json.loads(body)


def test_strangers_are_refused_readers_may_look_and_the_group_is_heard(v):
    with open(client.__file__, encoding="utf-8") as f:
        text = f.read()
    with open(v.dir + "/client.py", "w", encoding="utf-8") as f:
        f.write(text)
    start(v)
    nobody = "--reuid=65534 --regid=65534 --clear-groups"
    for method, path in (("GET", "/v1/jobs"), ("POST", "/v1/jobs/web/stop"), ("GET", "/nothing")):
        status, body = ask_as(v, nobody, method, path)
        equal((status, body["errno"]), (403, "EACCES"), str(body))
    v.kill(signal.SIGTERM)
    start(v, None, "--group", "daemon", "--read-group", "sys")
    v.wait_state("web", "running")
    for who in ("--reuid=65534 --regid=1 --clear-groups", "--reuid=65534 --regid=65534 --groups=1,7",
                "--reuid=65534 --regid=3 --groups=1"):
        equal(ask_as(v, who)[0], 200, who)
        equal(ask_as(v, who, "POST", "/v1/jobs/web/start")[0], 200, who)
    for who in ("--reuid=65534 --regid=3 --clear-groups", "--reuid=65534 --regid=65534 --groups=3,7"):
        equal(ask_as(v, who)[0], 200, who)
        status, body = ask_as(v, who, "POST", "/v1/jobs/web/stop")
        equal((status, body["errno"]), (403, "EACCES"), who)
        contains(body["error"], "may only look")
    equal(ask_as(v, "--reuid=65534 --regid=65534 --groups=7")[0], 403)
    equal(v.status("web")["state"], "running")


test_strangers_are_refused_readers_may_look_and_the_group_is_heard.needs = ("/usr/bin/setpriv",)


# What it costs.

def stall(v, path, n=1):
    """Clients that ask, and never read."""
    clients = []
    for _ in range(n):
        s = socket.socket(socket.AF_UNIX)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.connect(v.run + "/vigild.sock")
        s.setblocking(False)
        try:
            while True:
                s.send(b"GET %s HTTP/1.1\r\nHost: v\r\n\r\n" % path.encode())
        except (BlockingIOError, BrokenPipeError):
            pass
        clients.append(s)
    return clients


def test_jobs_are_restarted_while_readers_stall(v):
    start(v, "".join(v.job("j%03d" % i, "", CHURN) for i in range(100)))
    before = {n: j["pid"] for n, j in v.wait_all_running().items()}
    clients = stall(v, "/v1/jobs", 20) + stall(v, "/v1/events", 10) + stall(v, "/metrics", 5)
    try:
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        v.wait_all_back(before)
        v.check_one_each(before)
    finally:
        for s in clients:
            s.close()
    v.check_none_doubled()
    for _ in range(3):  # and those that come and go at once
        for s in stall(v, "/v1/jobs", 30):
            s.close()
    v.wait_for("it answers", v.answers)


def test_a_thousand_jobs_are_told_of_at_once(v):
    start(v, "".join(v.job("j%04d" % i, "", "autostart: false") for i in range(1000)))
    with v.connect() as c:
        times = []
        for _ in range(20):
            begin = time.monotonic()
            c.request("GET", "/v1/jobs")
            jobs = json.loads(c.getresponse().read())["jobs"]
            times.append(time.monotonic() - begin)
            equal(len(jobs), 1000)
            equal([j["name"] for j in jobs], sorted(j["name"] for j in jobs))
    sys.stdout.write("# GET /v1/jobs of 1000 jobs, read and parsed: median %.1f ms\n" % (sorted(times)[10] * 1000))


def test_what_is_done_is_seen_in_the_next_look(v):
    start(v, v.job("web") + v.job("x", "", "autostart: false"))
    with v.connect() as poster, v.connect() as looker:
        for _ in range(20):
            check(poster.ask("stop", "x")["ok"], "stop")
            equal(looker.ask_status("x")["jobs"][0]["state"], "stopped")
            check(poster.ask("restart", "x")["ok"], "restart")
            equal(looker.ask_status("x")["jobs"][0]["state"], "running")
        v.write_jobs("jobs:\n" + v.job("web"))
        check(poster.ask("reload")["ok"], "reload")
        v.wait_for("x is gone", lambda: not looker.ask_status("x")["ok"])
        v.write_jobs("jobs:\n" + v.job("web") + v.job("y", "", "autostart: false"))
        check(poster.ask("reload")["ok"], "reload")
        equal(looker.ask_status("y")["jobs"][0]["state"], "stopped")


def test_requests_that_wait_are_refused_when_vigild_ends(v):
    start(v, v.job("deaf", "deaf", "stop: {timeout: 5min}"))
    v.wait_for("it is deaf", lambda: v.testimony("started"))
    with v.asking("stop", "deaf") as s:
        v.wait_state("deaf", "stopping")
        v.kill(signal.SIGTERM)
        answer = s.answer()
    equal((answer["ok"], answer["errno"]), (False, "ESHUTDOWN"))


# Events.

class Follower:
    """A stream of events."""

    def __init__(self, v, path="/v1/events", headers=()):
        self.connection = v.connect()
        self.connection.request("GET", path, headers=dict(headers))
        self.response = self.connection.getresponse()
        equal((self.response.status, self.response.headers["Content-Type"]), (200, "text/event-stream"))
        self.last = None

    def next(self):
        """(type, data); type None: only an id."""
        found, data = None, None
        while True:
            line = self.response.readline().decode()
            check(line, "the stream ends")
            word, _, value = line.rstrip("\n").partition(": ")
            if word == "id":
                self.last = value
            elif word == "event":
                found = value
            elif word == "data":
                data = json.loads(value)
            elif not word and self.last:
                return found, data

    def until(self, good):
        seen = []
        while True:
            seen.append(self.next())
            if good(*seen[-1]):
                return seen

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def is_running(kind, data):
    return kind == "state" and data["state"] == "running"


def test_a_follower_is_told_of_states_and_history(v):
    d = Described()
    start(v, v.job("web") + v.job("other"))
    pid = v.wait_all_running()["web"]["pid"]
    with Follower(v) as f, Follower(v, "/v1/events?match=o*") as of_other:
        equal(f.next(), (None, None))
        equal(of_other.next(), (None, None))
        os.kill(pid, signal.SIGKILL)
        seen = f.until(is_running)
        kinds = [data.get("kind") or data["state"] for kind, data in seen]
        check(kinds.index("ended") < kinds.index("started") < len(kinds) - 1, str(kinds))
        for kind, data in seen:
            d.named("StateEvent" if kind == "state" else "HistoryEvent", data)
            equal(data["job"], "web")
        ended = next(data for kind, data in seen if data.get("kind") == "ended")
        equal((ended["end"]["cause"], ended["end"]["signal"], ended["pid"]), ("signalled", 9, pid))
        equal(ended["seq"], [e["seq"] for e in v.ask("why", "web")["events"] if e["kind"] == "ended"][-1])
        v.ask("restart", "other")
        for kind, data in of_other.until(is_running):
            equal(data["job"], "other", f"{kind} {data}")


def test_a_follower_that_comes_back_has_missed_nothing(v):
    start(v)
    v.wait_state("web", "running")
    with Follower(v) as f:
        f.next()
        v.ask("restart", "web")
        first = f.until(is_running)
        last = f.last
        v.ask("restart", "web")
        second = f.until(is_running)
    for headers, query in (({"Last-Event-ID": last}, ""), ({}, "?after=" + last)):
        with Follower(v, "/v1/events" + query, headers) as f:
            equal(f.next(), (None, None))
            equal(f.last, last)
            equal(f.until(is_running), second)
    check(first != second, "the same")
    v.kill(signal.SIGTERM)
    v.start()
    with Follower(v, headers={"Last-Event-ID": last}) as f:
        equal(f.next(), ("gap", {"missed": None}))
    for odd in ("x", "1-", "-1", "1-1-1", "0" * 1000, last.split("-")[0] + "-99999999999999999999999"):
        with Follower(v, headers={"Last-Event-ID": odd}) as f:
            equal(f.next(), ("gap", {"missed": None}), odd)


def test_a_follower_that_is_too_late_is_told_how_much_it_missed(v):
    start(v, v.job("web") + v.job("fast", "exit 0", CHURN))
    with Follower(v) as f:
        f.next()
        first = f.last
    number = int(first.split("-")[1])

    def gone():
        with Follower(v) as f:
            f.next()
            return int(f.last.split("-")[1]) > number + 3000
    v.wait_for("events have gone", gone)
    with Follower(v, headers={"Last-Event-ID": first}) as f:
        f.next()
        kind, data = f.next()
        equal(kind, "gap")
        check(data["missed"] > 900, str(data))
        equal(int(f.last.split("-")[1]), number + data["missed"])
        Described().named("GapEvent", data)
        now = int(f.last.split("-")[1])
        f.next()
        check(int(f.last.split("-")[1]) == now + 1, "and then nothing")


def test_a_stream_ends_with_vigild(v):
    start(v)
    v.wait_state("web", "running")
    with Follower(v) as f:
        f.next()
        v.kill(signal.SIGTERM)
        lacks(f.response.read(), b"event: state")


# Metrics.

def test_metrics_are_what_prometheus_reads(v):
    from prometheus_client.parser import text_string_to_metric_families  # pylint: disable=import-outside-toplevel
    start(v, v.job("web", "", CHURN) + v.job("off", "", "autostart: false"))
    for _ in range(3):
        pid = v.wait_state("web", "running")["pid"]
        os.kill(pid, signal.SIGKILL)
        v.wait_back("web", pid)
    status, headers, body = get(v, "/metrics")
    equal((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
    families = {f.name: f for f in text_string_to_metric_families(body.decode())}
    samples = {}
    for family in families.values():
        check(family.documentation and family.type in ("gauge", "counter", "histogram", "summary"), str(family))
        for s in family.samples:
            key = (s.name, *sorted(s.labels.items()))
            check(key not in samples, f"twice: {key}")
            samples[key] = s.value
    web = ("job", "web")
    equal(samples["vigil_job_state", web, ("state", "running")], 1)
    equal(sum(n for k, n in samples.items() if k[:2] == ("vigil_job_state", ("job", "off"))), 1)
    equal(samples["vigil_job_state", ("job", "off"), ("state", "stopped")], 1)
    equal(samples["vigil_job_exits_total", ("cause", "signalled"), web], 3)
    equal(samples["vigil_job_starts_total", web], 4)
    equal(samples["vigil_job_restarts_total", web], 3)
    equal(samples["vigil_job_outages_total", web], 3)
    equal(samples["vigil_job_restart_seconds_count", web], 3)
    equal(samples["vigil_job_restart_seconds_bucket", web, ("le", "+Inf")], 3)
    check(0 < samples["vigil_job_availability_ratio", web] <= 1, "availability")
    check(samples["vigil_job_down_seconds_total", ("by", "signalled"), web] > 0, "down by")
    equal(samples["vigil_agent_jobs",], 2)
    equal(samples["vigil_agent_store_ok",], 1)
    buckets = [s.value for s in families["vigil_job_restart_seconds"].samples if s.name.endswith("_bucket")]
    equal(buckets, sorted(buckets))
    check(len(buckets) > 10, "buckets")
    # What is of the job's life goes on, what this vigild counts begins anew.
    v.kill()
    v.start()
    body = get(v, "/metrics")[2].decode()
    contains(body, 'vigil_job_starts_total{job="web"} 4\n')
    contains(body, 'vigil_job_exits_total{job="web",cause="signalled"} 0\n')


# Threads.

def test_signals_are_the_loops(v):
    """Each of its other threads has all of them blocked."""
    start(v)
    pid = v.process.pid
    threads = [int(t) for t in os.listdir(f"/proc/{pid}/task") if int(t) != pid]
    check(threads, "there is no other thread")
    for thread in threads:
        with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as f:
            blocked = next(line.split()[1] for line in f if line.startswith("SigBlk:"))
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD, signal.SIGPIPE):
            check(int(blocked, 16) >> (sig - 1) & 1, f"{sig!r} is not blocked: {blocked}")


def test_readers_and_changes_at_once(v):
    """The jobs live through it; a sanitizer of threads finds nothing: see selftests/suites."""
    names = ["c%d" % i for i in range(10)]
    start(v, "".join(v.job(n, "", CHURN) for n in names))
    v.wait_all_running()
    script = ("import sys; sys.path.insert(0, %r)\n"
              "from client import Connection\n"
              "with Connection(sys.argv[1], 300) as c:\n"
              "    for i in range(100):\n"
              "        for path in sys.argv[2:]:\n"
              "            c.request('GET', path); r = c.getresponse(); r.read(); assert r.status == 200, path\n"
              % os.path.dirname(os.path.abspath(client.__file__)))
    paths = ("/v1/agent", "/v1/jobs", "/v1/jobs/c1/why", "/v1/jobs/c2/stats", "/metrics", "/v1/jobs?match=c*")
    readers = [subprocess.Popen(["/usr/bin/python3", "-B", "-c", script, v.run + "/vigild.sock", *paths])
               for _ in range(4)]
    try:
        with Follower(v) as f:
            while any(r.poll() is None for r in readers):
                v.ask("restart", names[0])
                for pids in list(v.processes().values()):
                    if lives(pids[0]):
                        os.kill(pids[0], signal.SIGKILL)
                v.write_jobs("jobs:\n" + "".join(v.job(n, "", CHURN) for n in names) + v.job("more"))
                v.ask("reload")
                v.write_jobs("jobs:\n" + "".join(v.job(n, "", CHURN) for n in names))
                v.ask("reload")
            f.next()
    finally:
        for r in readers:
            r.kill()
            r.wait()
    equal([r.returncode for r in readers], [0] * 4)
    v.wait_for("all run", lambda: all(v.status(n)["state"] == "running" for n in names))
    v.check_none_doubled()
