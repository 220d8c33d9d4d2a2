# SPDX-License-Identifier: GPL-2.0
"""What the demo plays with: the module, vigild, its jobs, and what each of them tells. Every wait has a deadline."""
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

import client
from waiting import Changes, Late, until

DEADLINE_S = 60
REDIS_PORT = 7001
WEB_PORT = 7002

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("VIGIL_BUILD", os.path.join(TOP, "build"))
CGROUP = "/sys/fs/cgroup/vigil-demo"


class Failed(Exception):
    """Something expected was not seen."""


NGINX = """\
daemon off;
pid {dir}/nginx.pid;
error_log stderr;
events {{ }}
http {{
	access_log off;
	client_body_temp_path {dir}/body;
	proxy_temp_path {dir}/proxy;
	fastcgi_temp_path {dir}/fastcgi;
	uwsgi_temp_path {dir}/uwsgi;
	scgi_temp_path {dir}/scgi;
	server {{
		listen 127.0.0.1:{port};
		location / {{ return 200 "hello"; }}
	}}
}}
"""

# The hog eats once, and is a modest job when it comes back.
HOG = """\
import os, signal
full = {marker!r}
if os.path.exists(full):
    signal.pause()
open(full, "w").close()
held = []
while True:
    held.append(b"x" * (1 << 20))
"""

JOBS = """\
jobs:
  cache:
    exec: [/usr/bin/redis-server, --port, "{redis}", --bind, 127.0.0.1, --save, "", --dir, /]{user}
    restart: always
  web:
    exec: [/usr/sbin/nginx, -e, stderr, -c, {dir}/nginx.conf]
    restart: always
    stop: {{signal: QUIT, timeout: 5s}}
  worker:
    exec: [/bin/sh, -c, "read line <{dir}/fifo; exit 42"]
    restart: always
    stop: {{timeout: 2s}}
  hog:
    exec: [/usr/bin/python3, {dir}/hog.py]
    autostart: false
    restart: on-failure
    limits: {{memory: 48M}}
  crasher:
    exec: [/bin/sh, -c, "exit 3"]
    autostart: false
    backoff: {{initial: 100ms, max: 800ms}}
    restart-limit: {{max: 5, within: 1min}}
"""


class Events:
    """The stream of `vigil events --follow -o json`."""

    def __init__(self, env):
        self.process = subprocess.Popen([f"{BUILD}/vigil", "events", "--follow", "-o", "json"], env=env,
                                        stdout=subprocess.PIPE)
        self.buffer = b""
        self.seen = []

    def fileno(self):
        return self.process.stdout.fileno()

    def drain(self):
        data = os.read(self.fileno(), 65536)
        if not data:
            raise Failed("vigil events ended")
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        self.seen += [json.loads(line) for line in lines]

    def wait(self, what, found):
        """What found(all events so far) gives, once that is true."""
        return until(f"an event of {what}", lambda: found(self.seen), DEADLINE_S, [self])

    def close(self):
        self.process.terminate()
        self.process.wait(DEADLINE_S)
        self.process.stdout.close()


class World:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="vigil-demo.", dir="/run")
        os.chmod(self.dir, 0o755)
        self.env = dict(os.environ, VIGIL_SOCKET=f"{self.dir}/run/vigild.sock", NO_COLOR="1")
        self.module = os.environ.get("VIGIL_KO", f"{BUILD}/kmod/{os.uname().release}/vigil.ko")
        self.daemon = None
        self.events = None
        self.write_files()
        self.changes = Changes(self.dir, f"{self.dir}/run", f"{self.dir}/logs")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.events:
            self.events.close()
        if self.daemon:
            self.daemon.kill()
            self.daemon.wait(DEADLINE_S)
        self.kill_jobs()
        self.changes.close()
        shutil.rmtree(self.dir)

    def write(self, name, text):
        with open(f"{self.dir}/{name}", "w", encoding="utf-8") as f:
            f.write(text)

    def write_files(self):
        for name in ("jobs", "state", "run", "logs"):
            os.mkdir(f"{self.dir}/{name}")
        os.mkfifo(f"{self.dir}/fifo")
        self.write("nginx.conf", NGINX.format(dir=self.dir, port=WEB_PORT))
        self.write("hog.py", HOG.format(marker=f"{self.dir}/hog.was-full"))
        try:
            pwd.getpwnam("redis")
            user = "\n    user: redis"
        except KeyError:
            user = ""
        self.write("jobs/demo.yaml", JOBS.format(dir=self.dir, redis=REDIS_PORT, user=user))

    def load_module(self):
        begin = time.monotonic()
        if not os.path.exists("/sys/module/vigil"):
            subprocess.run(["insmod", self.module], check=True, timeout=DEADLINE_S)
        seconds = time.monotonic() - begin
        self.events = Events(self.env)
        return seconds

    def unload_module(self):
        self.events.close()
        self.events = None
        subprocess.run(["rmmod", "vigil"], check=True, timeout=DEADLINE_S)

    def start_daemon(self):
        begin = time.monotonic()
        with open(f"{self.dir}/vigild.log", "a", encoding="utf-8") as log:
            self.daemon = subprocess.Popen(
                [f"{BUILD}/vigild", "--jobs", f"{self.dir}/jobs", "--state", f"{self.dir}/state",
                 "--run", f"{self.dir}/run", "--logs", f"{self.dir}/logs", "--cgroup", CGROUP],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.retry("vigild answers", self.answers)
        seconds = time.monotonic() - begin
        status = self.ask("/v1/agent")
        if status["detection"] != "kernel":
            raise Failed(f"vigild does not use vigil.ko: {status['weaker']}")
        return seconds

    def answers(self):
        if self.daemon.poll() is not None:
            raise Failed(f"vigild ended with {self.daemon.returncode}")
        try:
            # The socket of a vigild that was killed is still there, but not its pid.
            return self.ask("/v1/agent")["pid"] == self.daemon.pid
        except OSError:
            return False

    def kill_daemon(self):
        self.daemon.kill()
        self.daemon.wait(DEADLINE_S)

    def stop_daemon(self):
        self.daemon.terminate()
        self.daemon.wait(DEADLINE_S)

    def kill_jobs(self):
        """What a failed demo left; vigild itself leaves its jobs running."""
        try:
            with open(f"{CGROUP}/cgroup.kill", "w", encoding="ascii") as f:
                f.write("1")
        except OSError:
            pass

    def retry(self, what, look):
        return until(what, look, DEADLINE_S, [self.changes])

    def ask(self, address):
        """vigild's answer, as Documentation/api.md has it."""
        with client.Connection(self.env["VIGIL_SOCKET"], DEADLINE_S) as c:
            c.request("GET", address)
            answer = c.answer()
        if not answer["ok"]:
            raise Failed(f"vigild answered {answer} to {address}")
        return answer

    def job(self, name):
        return self.ask(f"/v1/jobs/{name}")

    def until(self, name, good):
        """The job's state once it is good."""
        last = {}

        def look():
            nonlocal last
            last = self.job(name)
            return good(last) and last

        try:
            return self.retry(f"job {name} as it should be", look)
        except Late as e:
            raise Late(f"{e}; it is {last}") from None

    def pids(self):
        """The pids of the jobs that run, and a note of who each is."""
        jobs = {j["name"]: j["pid"] for j in self.ask("/v1/jobs")["jobs"] if j["pid"]}
        self.starts = {pid: self.start_ticks(pid) for pid in jobs.values()}
        return jobs

    @staticmethod
    def start_ticks(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]

    def same_process(self, pid):
        return self.start_ticks(pid) is not None and self.start_ticks(pid) == self.starts[pid]

    def vigil(self, *args):
        """A vigil command that must succeed; what it prints."""
        run = subprocess.run([f"{BUILD}/vigil", *args], env=self.env, capture_output=True, text=True,
                             timeout=DEADLINE_S, check=False)
        if run.returncode:
            raise Failed(f"vigil {' '.join(args)} exited with {run.returncode}: {run.stderr.strip()}")
        return run.stdout

    def death_of(self, pid):
        def found(events):
            return next((e for e in events if e["type"] == "dead" and e["pid"] == pid), None)
        return self.events.wait(f"the death of pid {pid}", found)

    def deaths_tagged(self, tag, n):
        def found(events):
            hits = [e for e in events if e["type"] == "dead" and e["tag"] == tag]
            return hits[:n] if len(hits) >= n else None
        return self.events.wait(f"{n} deaths of {tag}", found)

    def end_worker(self):
        """The worker reads one line and exits with 42; it is known to have the other end open."""
        fd = self.retry("the worker listens", self.open_fifo)
        os.write(fd, b"go\n")
        os.close(fd)

    def open_fifo(self):
        try:
            return os.open(f"{self.dir}/fifo", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return None

    def ask_redis(self):
        return self.retry("redis-server answers", lambda: self.talk(REDIS_PORT, b"PING\r\n", b"+PONG")).lstrip("+")

    def ask_web(self):
        text = self.retry("nginx answers", lambda: self.talk(WEB_PORT, b"GET / HTTP/1.0\r\n\r\n", b"hello"))
        return text.splitlines()[-1]

    @staticmethod
    def talk(port, request, wanted):
        try:
            with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as s:
                s.sendall(request)
                data = b""
                while wanted not in data:
                    more = s.recv(4096)
                    if not more:
                        return None
                    data += more
        except OSError:
            return None
        return data.decode().strip()

    def explain(self):
        """For whoever has to find out why a step was not seen."""
        logs = [f"logs/{name}" for name in sorted(os.listdir(f"{self.dir}/logs"))]
        for name in ["vigild.log"] * bool(self.daemon) + logs:
            with open(f"{self.dir}/{name}", encoding="utf-8", errors="replace") as f:
                print(f"--- {name}\n{f.read()[-4000:]}", flush=True)
