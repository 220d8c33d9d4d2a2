# SPDX-License-Identifier: GPL-2.0
"""Running `vigil`, with a deadline on all that may take time."""
import os
import subprocess

from waiting import sleeps_in, until

DEADLINE_S = 60 * int(os.environ.get("VIGIL_PATIENCE", "1"))
POLL, PPOLL = 7, 271  # on x86-64
TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("VIGIL_BUILD", os.path.join(TOP, "build"))
VIGIL = f"{BUILD}/vigil"


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


def environment(socket=None):
    env = {k: v for k, v in os.environ.items() if k not in ("VIGIL_SOCKET", "NO_COLOR")}
    if socket:
        env["VIGIL_SOCKET"] = socket
    return env


def vigil(*args, socket=None, user=None, **kwargs):
    """Runs it to its end; the outputs may be any bytes. A user may not be able to enter the tree, so the
    program is named by a descriptor."""
    program = os.open(VIGIL, os.O_PATH)
    try:
        run = subprocess.run([f"/proc/self/fd/{program}", *args], env=environment(socket), pass_fds=(program,),
                             stdin=subprocess.DEVNULL, stdout=kwargs.pop("stdout", subprocess.PIPE),
                             stderr=subprocess.PIPE, timeout=DEADLINE_S, check=False, user=user,
                             extra_groups=[] if user else None, **kwargs)
    finally:
        os.close(program)
    return Done(run.returncode, (run.stdout or b"").decode(errors="surrogateescape"),
                run.stderr.decode(errors="surrogateescape"))


def start(*args):
    """Starts it, and returns once it waits in poll() or has ended; whoever calls reads its output."""
    process = subprocess.Popen([VIGIL, *args], env=environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(f"vigil {' '.join(args)} waits",
          lambda: process.poll() is not None or sleeps_in(process.pid, POLL, PPOLL), DEADLINE_S)
    return process


def finish(process):
    out, err = process.communicate(timeout=DEADLINE_S)
    return Done(process.returncode, out.decode(errors="surrogateescape"), err.decode(errors="surrogateescape"))
