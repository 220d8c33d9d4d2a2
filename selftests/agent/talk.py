# SPDX-License-Identifier: GPL-2.0
"""Jobs that run talker.py, and what the tests say to them."""
import json
import os
import socket

from vigild import DEADLINE_S

TALKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "talker.py")


def talker(v, name, keys="", first=None):
    """One such job, as YAML lines."""
    words = ["/usr/bin/python3", "-B", TALKER, path_of(v, name)] + ([first] if first else [])
    return ("  %s:\n    exec: %s\n    env: {VIGIL_TEST: %s}\n%s"
            % (name, json.dumps(words), v.marker, "".join("    %s\n" % k for k in keys.splitlines())))


def path_of(v, name):
    return v.witness_dir + "/" + name + ".orders"


def tell(v, name, *order):
    """What the talker answers. It must be there; one that has been replaced is gone for good."""
    path = path_of(v, name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind("")  # to be answered
        s.settimeout(DEADLINE_S)

        def connected():
            try:
                s.connect(path)
                return True
            except (FileNotFoundError, ConnectionRefusedError):
                return False
        v.wait_for(name + " takes orders", connected)
        s.send(json.dumps(order).encode())
        return json.loads(s.recv(65536))


def order(v, name, *words):
    """An order that is not answered."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.sendto(json.dumps(words).encode(), path_of(v, name))
