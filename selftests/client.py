# SPDX-License-Identifier: GPL-2.0
"""What the tests say to a vigild over HTTP."""
import http.client
import json
import socket
import urllib.parse


class Connection(http.client.HTTPConnection):
    """To a Unix socket."""

    def __init__(self, path, timeout):
        super().__init__("vigild", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)  # with no timeout set it waits for its turn
        self.sock.settimeout(self.timeout)

    def send_request(self, cmd, job=None, body=None):
        """One command; answer() has what came of it."""
        job = None if job is None else urllib.parse.quote(job, safe="")
        method = "GET" if cmd in ("agent", "jobs", "why", "stats", "plan") else "POST"
        self.request(method, f"/v1/{cmd}" if job is None else f"/v1/jobs/{job}/{cmd}",
                     body and json.dumps(body), {"Content-Type": "application/json"} if body else {})

    def answer(self):
        """The object that came, with "ok": whether it is what was asked for."""
        response = self.getresponse()
        body = response.read()
        answer = json.loads(body)
        answer["ok"] = response.status < 400
        return answer

    def ask(self, cmd, job=None, body=None):
        self.send_request(cmd, job, body)
        return self.answer()

    def ask_status(self, match=None):
        """The jobs and the agent."""
        self.request("GET", "/v1/jobs" + ("" if match is None else "?match=" + urllib.parse.quote(match, safe="")))
        answer = self.answer()
        if answer["ok"]:
            answer["agent"] = self.ask("agent")
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
