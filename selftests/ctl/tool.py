# SPDX-License-Identifier: GPL-2.0
"""Running `vigil`, with a deadline on all that may take time."""
import os
import subprocess
import time

DEADLINE_S = 60
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


def start(*args, socket=None):
    """Starts it; whoever calls reads its output."""
    return subprocess.Popen([VIGIL, *args], env=environment(socket), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process):
    out, err = process.communicate(timeout=DEADLINE_S)
    return Done(process.returncode, out.decode(errors="surrogateescape"), err.decode(errors="surrogateescape"))


def until(what, look):
    """For what gives no event: looks until it is there."""
    end = time.monotonic() + DEADLINE_S
    while True:
        result = look()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.01)


def waits_in_poll(pid):
    """Whether the process sleeps in poll(): all that comes before it is done."""
    try:
        with open(f"/proc/{pid}/syscall", encoding="ascii") as f:
            number = f.read().split()[0]
    except OSError:
        return False
    return number in ("7", "271")  # poll, ppoll on x86-64
