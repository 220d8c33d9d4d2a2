#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A job that serves the sockets it is given: accepter.py [once] [deaf] [closed] [die]

It answers each connection with its process ID and what LISTEN_* said, and ends it.
once: end after the first one; deaf: take none; closed: close the sockets at once; die: end with 3 before it takes one.
"""
import json
import os
import select
import signal
import socket
import sys

ORDERS = sys.argv[1:]


def given():
    n = int(os.environ["LISTEN_FDS"]) if os.environ.get("LISTEN_PID") == str(os.getpid()) else 0
    return [socket.socket(fileno=3 + i) for i in range(n)]


def answer(listener, names):
    text = json.dumps({"pid": os.getpid(), "names": names, "fds": sorted(map(int, os.listdir("/proc/self/fd"))),
                       "blocking": os.get_blocking(listener.fileno())}).encode()
    if listener.type == socket.SOCK_DGRAM:
        peer = listener.recvfrom(100)[1]
        listener.sendto(text, peer)
        return
    connection, _ = listener.accept()
    connection.sendall(text + b"\n")
    connection.close()


def main():
    listeners = given()
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    if "closed" in ORDERS:
        for listener in listeners:
            listener.close()
    while "deaf" in ORDERS or "closed" in ORDERS:
        signal.pause()
    while True:
        for ready in select.select(listeners, [], [])[0]:
            if "die" in ORDERS:
                sys.exit(3)
            answer(ready, names)
            if "once" in ORDERS:
                sys.exit(0)


main()
