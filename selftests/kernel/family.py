# SPDX-License-Identifier: GPL-2.0
"""The netlink family, driven by the kernel's YAML client as the library that it is."""
import os
import sys

from ktap import Skip
from tool import TOP

SPEC = f"{TOP}/Documentation/netlink/specs/vigil.yaml"
CACHE = os.environ.get("VIGIL_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "vigil")
YNL = f"{CACHE}/linux-source-6.12/tools/net/ynl"


def open_family():
    """do(request, attributes) gives the answer, or raises an exception with its errno in `error`."""
    if not os.path.isdir(YNL):
        raise Skip("tools/net/ynl of linux-source-6.12 is missing: run scripts/deps")
    sys.path.append(YNL)
    from lib import YnlFamily  # pylint: disable=import-outside-toplevel
    return YnlFamily(SPEC, "")


def refusal(do, *args):
    """The errno of a request that must be refused."""
    try:
        do(*args)
    except Exception as e:  # pylint: disable=broad-except # the library's own, which is not there to be named
        return e.error
    return 0


def watch(family, pid, owner, **more):
    """The id of a new watch of a child of the caller."""
    fd = os.pidfd_open(pid)
    try:
        return family.do("watch-new", {"pidfd": fd, "owner": owner, **more})["id"]
    finally:
        os.close(fd)
