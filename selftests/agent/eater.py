#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A job that uses up what it is told to: eater.py DIR NAME

It reads orders, a line each, from the FIFO DIR/NAME.orders: `mem MIB` (hold so many), `fds N` (hold so many),
`grow KIB MS` (so much more each MS, for ever), `saw KIB MS TEETH` (the same, given back after so many steps),
`spin N` (so many processes that compute), `child N` (one with so many descriptors), `fill PATH KIB`, `read FOLDER`.
Each order that was carried out is put on record in DIR/eaten. If there is a FIFO DIR/NAME.gate it becomes ready
only when that has been written to.
"""
import os
import select
import socket
import sys

MIB = 1 << 20
folder, name = sys.argv[1:3]
held, files, steps = [], [], [0]


def notify(text):
    if os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(text, os.environ["NOTIFY_SOCKET"])


def record(what, words):
    with open(folder + "/" + what, "a", encoding="ascii") as f:
        f.write(" ".join([name, str(os.getpid()), *words]) + "\n")


def take(size):
    held.append(bytearray(b"x") * size)


def grow(words):
    take(int(words[1]) << 10)
    steps[0] += 1
    if words[0] == "saw" and steps[0] % int(words[3]) == 0:
        held.clear()


def spawn(work):
    if os.fork() == 0:
        work()
        os._exit(0)


def spin():
    while True:
        pass


def open_many(n):
    while len(files) > n:
        os.close(files.pop())
    while len(files) < n:
        files.append(os.open("/dev/null", os.O_RDONLY))


def hold_many(n):
    open_many(n)
    select.select([], [], [])


def read_all(path):
    for top, _, entries in os.walk(path):
        for entry in entries:
            try:
                with open(top + "/" + entry, "rb") as f:
                    while f.read(MIB):
                        pass
            except OSError:
                pass


def obey(words):
    """How to go on by itself: the words, and how often."""
    if words[0] == "mem":
        held.clear()
        take(int(words[1]) * MIB)
    elif words[0] == "fds":
        open_many(int(words[1]))
    elif words[0] == "spin":
        for _ in range(int(words[1])):
            spawn(spin)
    elif words[0] == "child":
        spawn(lambda: hold_many(int(words[1])))
    elif words[0] == "fill":
        with open(words[1], "wb") as f:
            f.write(b"x" * (int(words[2]) << 10))
    elif words[0] == "read":
        read_all(words[1])
    elif words[0] in ("grow", "saw"):
        return words, int(words[2])
    return None, None


def main():
    orders = folder + "/" + name + ".orders"
    if not os.path.exists(orders):
        os.mkfifo(orders)
    fd = os.open(orders, os.O_RDWR)
    gate = folder + "/" + name + ".gate"
    record("started", [])
    if os.path.exists(gate):
        with open(gate, "rb") as f:
            f.read(1)
    notify(b"READY=1")
    record("eats", [])
    more, ms, rest = None, None, b""
    while True:
        if not select.select([fd], [], [], ms and ms / 1000)[0]:
            grow(more)
            continue
        *lines, rest = (rest + os.read(fd, 4096)).split(b"\n")
        for line in lines:
            more, ms = obey(line.decode().split())
            record("eaten", line.decode().split())


main()
