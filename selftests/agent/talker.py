#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A job that does as it is told: talker.py SOCKET [FIRST MESSAGE].

Orders are JSON lists, each answered by one JSON value: [name, argument...]. The sd_notify messages that it
sends are made by hand, so that they may be as wrong as a test wants them.
"""
import array
import json
import mmap
import os
import signal
import socket
import sys
import time


def send(text, fds=(), path=None):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            s.sendmsg([text.encode("latin-1")], rights, 0, path or os.environ["NOTIFY_SOCKET"])
        except OSError as e:
            return str(e)
    return "sent"


def in_child(function):
    """What it gives in a child, which is reaped before this one goes on."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(w, json.dumps(function()).encode())
        os._exit(0)
    os.close(w)
    with open(r, "rb") as f:
        value = json.loads(f.read())
    os.waitpid(pid, 0)
    return value


def as_nobody(text):
    os.setuid(65534)
    return send(text)


def fork(order):
    """A child that takes the orders on another socket from now on."""
    pid = os.fork()
    if pid:
        return pid
    serve(order)
    return None


def fds_with(count, text):
    """Descriptors of files that hold a text."""
    fds = []
    for i in range(count):
        r, w = os.pipe()
        os.write(w, (text + str(i)).encode())
        os.close(w)
        fds.append(r)
    return fds


def send_fds(text, count, content):
    fds = fds_with(count, content)
    answer = send(text, fds)
    for fd in fds:
        os.close(fd)
    return answer


def send_file_fds(text, count, path):
    """As many descriptors as are asked for, of a file that can be told from others."""
    fds = [os.open(path, os.O_RDONLY) for _ in range(count)]
    answer = send(text, fds)
    for fd in fds:
        os.close(fd)
    return answer


def barrier():
    """Whether vigild has closed the other end of the pipe."""
    r, w = os.pipe()
    answer = send("BARRIER=1", [w])
    os.close(w)
    return [answer, os.read(r, 1).decode()]


def passed():
    """[name, what can be read] of each descriptor that was passed."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    names = os.environ["LISTEN_FDNAMES"].split(":")
    return [[name, os.read(3 + i, 100).decode()] for i, name in enumerate(names)]


def beat():
    """One store to the memory that vigil.ko sees."""
    fd, offset = map(int, os.environ["VIGIL_BEAT_FD"].split(":"))
    with mmap.mmap(fd, os.fstat(fd).st_size) as page:
        count = int.from_bytes(page[offset:offset + 8], "little") + 1
        page[offset:offset + 8] = count.to_bytes(8, "little")
    return count


def heed(name, text):
    """Sends a message at a signal, with the time if it has a place for it."""
    def say(*_):
        if text:
            send(text.replace("%d", str(time.monotonic_ns() // 1000)))
    signal.signal(getattr(signal, name), say)


ORDERS = {
    "heed": heed,
    "beat": beat,
    "send": send,
    "send_fds": send_fds,
    "send_file_fds": send_file_fds,
    "child_send": lambda text: in_child(lambda: send(text)),
    "nobody_send": lambda text: in_child(lambda: as_nobody(text)),
    "fork": fork,
    "barrier": barrier,
    "passed": passed,
    "environ": lambda: dict(os.environ),
    "pid": os.getpid,
    "monotonic_us": lambda: time.monotonic_ns() // 1000,
    "ignore": lambda name: signal.signal(getattr(signal, name), signal.SIG_IGN) and None,
    "exit": os._exit,
}


def serve(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        if os.path.exists(path):
            os.unlink(path)
        s.bind(path)
        while True:
            text, peer = s.recvfrom(65536)
            name, *arguments = json.loads(text)
            s.sendto(json.dumps(ORDERS[name](*arguments)).encode(), peer)


if len(sys.argv) > 2:
    send(sys.argv[2])
serve(sys.argv[1])
